// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO/IEC 7816-4 commands to a DESFire card: SELECT `A4`, READ BINARY `B0`, UPDATE BINARY `D6`,
//! READ RECORDS `B2`, APPEND RECORD `E2`.
//!
//! They read and write plain file data where everybody may, by the names that applications and
//! files have. What protects more goes through an authentication: of this kind
//! ([`Session::authenticate_iso`]), or a native one after selecting by name.

mod authenticate;
mod ndef;
mod session;

use crate::host::answer::{Answer, Grade};
use crate::host::conversation::Conversation;
use crate::host::error::{Error, IsoCommand, Misuse};
use crate::iso7816::{Command as Apdu, StatusWord};
use crate::secret::Secret;
use crate::wire::{DfName, FileNo, IsoFileId};

/// An ISO command: one APDU, under no session's protection.
pub(in crate::host) trait Iso {
    /// What its reply says.
    type Output;

    /// What errors call it.
    const NAME: IsoCommand;

    /// What is sent.
    fn apdu(&self) -> Apdu<'_>;

    /// Reads a reply with a success for a status; `None` where it does not fit.
    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<Self::Output>;
}

/// The most that a command carries, so that it fits a frame of 64 bytes with its header.
const CHUNK: usize = 52;

impl Conversation<'_> {
    /// Sends an ISO command. The grade is what a bare reply is worth.
    pub(in crate::host) fn run_iso<C: Iso>(
        &mut self,
        command: &C,
    ) -> Result<Answer<C::Output>, Error> {
        let answer = self.line.iso(command);
        match &answer {
            Ok(_) => self.line.mend(),
            Err(Error::IsoRefused { .. }) if self.secure.is_none() => self.line.mend(),
            Err(_) => {}
        }
        Ok(Answer { value: answer?, grade: Grade::Said })
    }

    /// Selects an application by its name (ISO/IEC 7816-4, 11.2.2: P1 `04`); nobody is authenticated
    /// afterwards, and native commands go on from here.
    pub(crate) fn select_name(&mut self, name: &DfName) -> Result<(), Error> {
        self.select_iso(true, &Select::name(name))
    }

    /// Selects by an ISO command; nobody is authenticated afterwards.
    fn select_iso(&mut self, in_application: bool, command: &Select<'_>) -> Result<(), Error> {
        self.secure = None;
        let selected = self.run_iso(command);
        self.arrive(in_application, selected.map(drop))
    }
}

/// SELECT: P1, and what is selected.
struct Select<'a> {
    p1: u8,
    data: SelectBy<'a>,
}

/// How long SELECT by a name is, as a command APDU, and its reply, the bare status.
pub(crate) fn select_name_lengths(name: &DfName) -> (usize, usize) {
    const HEADER_AND_LENGTH: usize = 5;
    const STATUS: usize = 2;
    (HEADER_AND_LENGTH.saturating_add(name.as_bytes().len()), STATUS)
}

/// How something is named.
enum SelectBy<'a> {
    Id([u8; 2]),
    Name(&'a DfName),
}

impl<'a> Select<'a> {
    /// The card itself, by the master file `3F00`.
    const fn card() -> Self {
        Self { p1: 0x00, data: SelectBy::Id(IsoFileId::MASTER_FILE.to_be_bytes()) }
    }

    /// An application by its name (ISO/IEC 7816-4, 11.2.2: P1 `04`).
    const fn name(name: &'a DfName) -> Self {
        Self { p1: 0x04, data: SelectBy::Name(name) }
    }

    /// An application by its identifier (P1 `01`).
    const fn application(id: IsoFileId) -> Self {
        Self { p1: 0x01, data: SelectBy::Id(id.get().to_be_bytes()) }
    }

    /// Whatever has the identifier, as phones ask for it (P1 `00`).
    const fn anything(id: IsoFileId) -> Self {
        Self { p1: 0x00, data: SelectBy::Id(id.get().to_be_bytes()) }
    }

    /// A file by its identifier (P1 `02`).
    const fn file(id: IsoFileId) -> Self {
        Self { p1: 0x02, data: SelectBy::Id(id.get().to_be_bytes()) }
    }
}

impl Iso for Select<'_> {
    type Output = ();

    const NAME: IsoCommand = IsoCommand::Select;

    fn apdu(&self) -> Apdu<'_> {
        let data: &[u8] = match &self.data {
            SelectBy::Id(id) => id,
            SelectBy::Name(name) => name.as_bytes(),
        };
        Apdu::new([0x00, 0xA4, self.p1, 0x0C], data, None)
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<()> {
        nothing(reply, status)
    }
}

/// READ BINARY of the selected file, one part.
struct ReadBinary {
    place: [u8; 2],
    length: usize,
}

impl Iso for ReadBinary {
    /// The bytes, and whether the file ends with them.
    type Output = (Secret<Vec<u8>>, bool);

    const NAME: IsoCommand = IsoCommand::ReadBinary;

    fn apdu(&self) -> Apdu<'_> {
        let [p1, p2] = self.place;
        Apdu::new([0x00, 0xB0, p1, p2], &[], u16::try_from(self.length).ok())
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<Self::Output> {
        let fits = !reply.is_empty() && reply.len() <= self.length;
        fits.then(|| (Secret::new(reply.to_vec()), status == StatusWord::END_OF_FILE))
    }
}

/// UPDATE BINARY of the selected file, one part.
struct UpdateBinary<'a> {
    place: [u8; 2],
    data: &'a [u8],
}

impl Iso for UpdateBinary<'_> {
    type Output = ();

    const NAME: IsoCommand = IsoCommand::UpdateBinary;

    fn apdu(&self) -> Apdu<'_> {
        let [p1, p2] = self.place;
        Apdu::new([0x00, 0xD6, p1, p2], self.data, None)
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<()> {
        nothing(reply, status)
    }
}

/// READ RECORDS: one record, 1 the newest.
struct ReadRecord {
    file: FileNo,
    number: u8,
}

impl ReadRecord {
    /// Record 0 would be the current one (ISO/IEC 7816-4, 11.4.1), and cards have none.
    const fn new(file: FileNo, number: u8) -> Result<Self, Misuse> {
        if number == 0 { Err(Misuse::OutsideFile) } else { Ok(Self { file, number }) }
    }
}

impl Iso for ReadRecord {
    type Output = Secret<Vec<u8>>;

    const NAME: IsoCommand = IsoCommand::ReadRecords;

    fn apdu(&self) -> Apdu<'_> {
        Apdu::new([0x00, 0xB2, self.number, u8::from(self.file) << 3 | 0x04], &[], Some(256))
    }

    fn decode(&self, reply: &[u8], _: StatusWord) -> Option<Self::Output> {
        (!reply.is_empty()).then(|| Secret::new(reply.to_vec()))
    }
}

/// APPEND RECORD: a whole record.
struct AppendRecord<'a> {
    file: FileNo,
    record: &'a [u8],
}

impl<'a> AppendRecord<'a> {
    const fn new(file: FileNo, record: &'a [u8]) -> Result<Self, Misuse> {
        match record.len() {
            1..=CHUNK => Ok(Self { file, record }),
            _ => Err(Misuse::OutsideFile),
        }
    }
}

impl Iso for AppendRecord<'_> {
    type Output = ();

    const NAME: IsoCommand = IsoCommand::AppendRecord;

    fn apdu(&self) -> Apdu<'_> {
        Apdu::new([0x00, 0xE2, 0x00, u8::from(self.file) << 3], self.record, None)
    }

    fn decode(&self, reply: &[u8], status: StatusWord) -> Option<()> {
        nothing(reply, status)
    }
}

/// The reply of a command that brings no data.
fn nothing(reply: &[u8], status: StatusWord) -> Option<()> {
    (reply.is_empty() && status == StatusWord::OK).then_some(())
}

/// Fifteen bits of offset in P1 and P2 (ISO/IEC 7816-4, 11.3.1).
fn place(offset: u16, at: usize) -> Result<[u8; 2], Misuse> {
    let place = usize::from(offset).checked_add(at).and_then(|place| u16::try_from(place).ok());
    let place = place.filter(|&place| place <= 0x7FFF).ok_or(Misuse::OutsideFile)?;
    Ok(place.to_be_bytes())
}
