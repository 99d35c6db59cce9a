// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO/IEC 7816-4 commands to a DESFire card: SELECT `A4`, READ BINARY `B0`, UPDATE BINARY `D6`,
//! READ RECORDS `B2`, APPEND RECORD `E2`.
//!
//! They read and write plain file data where everybody may, by the names that applications and
//! files have. What protects more goes through a [`Session`], which [`Iso::authenticate`] opens.

mod authenticate;

use zeroize::Zeroizing;

use super::error::{Error, IsoCommand, Misuse};
use super::session::Session;
use crate::iso7816::{Command, CommandBuf, Response, StatusWord};
use crate::secret::Secret;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{DfName, FileNo, IsoFileId};

/// A conversation in ISO commands with one card.
#[derive(Debug)]
pub struct Iso<'t> {
    line: Line<'t>,
    /// Whether an application is selected; else the card.
    in_application: bool,
}

/// The transport with room for a command and a reply, wiped on drop.
struct Line<'t> {
    transport: &'t mut dyn Transport,
    command: Zeroizing<CommandBuf>,
    reply: Zeroizing<ReplyBuf>,
}

/// The most that a command carries, so that it fits a frame of 64 bytes with its header.
const CHUNK: usize = 52;

impl<'t> Iso<'t> {
    /// The card was just activated: the card itself is selected. Sends nothing.
    pub fn open(transport: &'t mut dyn Transport) -> Self {
        let line = Line { transport, command: Zeroizing::default(), reply: Zeroizing::default() };
        Self { line, in_application: false }
    }

    /// Selects the card itself, by the master file `3F00`.
    ///
    /// # Errors
    /// [`Error`].
    pub fn select_card(&mut self) -> Result<(), Error> {
        self.select(0x00, &IsoFileId::MASTER_FILE.to_be_bytes())?;
        self.in_application = false;
        Ok(())
    }

    /// Selects an application by its name (ISO/IEC 7816-4, 11.2.2: P1 `04`).
    ///
    /// # Errors
    /// [`Error`]; `6A82` where no application has it. A native AID is no name.
    pub fn select_name(&mut self, name: &DfName) -> Result<(), Error> {
        self.select(0x04, name.as_bytes())?;
        self.in_application = true;
        Ok(())
    }

    /// Selects an application by its identifier (P1 `01`).
    ///
    /// # Errors
    /// [`Error`]; `6A82` where no application has it.
    pub fn select_application(&mut self, id: IsoFileId) -> Result<(), Error> {
        self.select(0x01, &id.get().to_be_bytes())?;
        self.in_application = true;
        Ok(())
    }

    /// Selects a file of the selected application by its identifier (P1 `02`).
    ///
    /// # Errors
    /// [`Error`]; `6A82` where no file has it.
    pub fn select_file(&mut self, id: IsoFileId) -> Result<(), Error> {
        self.select(0x02, &id.get().to_be_bytes())
    }

    /// READ BINARY of the selected file: `length` bytes from `offset`, fewer where it ends earlier.
    /// Only a file that everybody may read in clear.
    ///
    /// # Errors
    /// [`Error`]; `6982` where a key is needed, `6B00` beyond the end. [`Misuse::OutsideFile`] for an
    /// offset above 32,767, before anything is sent.
    pub fn read_binary(&mut self, offset: u16, length: usize) -> Result<Secret<Vec<u8>>, Error> {
        let mut data = Secret::new(Vec::with_capacity(length));
        while data.expose_secret().len() < length {
            let bytes = data.expose_secret_mut();
            let [p1, p2] = place(offset, bytes.len())?;
            let part = (length - bytes.len()).min(CHUNK);
            let le = u16::try_from(part).ok();
            let command = Command::new([0x00, 0xB0, p1, p2], &[], le);
            let (found, word) = self.line.exchange(IsoCommand::ReadBinary, &command)?;
            if found.is_empty() || found.len() > part {
                return Err(misfit(IsoCommand::ReadBinary, word));
            }
            bytes.extend_from_slice(found);
            if word == StatusWord::END_OF_FILE {
                break;
            }
        }
        Ok(data)
    }

    /// UPDATE BINARY of the selected file, in parts. Only a file that everybody may write in clear;
    /// in a backup file the bytes wait for a commit.
    ///
    /// # Errors
    /// [`Error`]; `6982` where a key is needed, `6A84` beyond the end. [`Misuse::OutsideFile`] for an
    /// offset above 32,767 anywhere, before anything is sent.
    pub fn update_binary(&mut self, offset: u16, data: &[u8]) -> Result<(), Error> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite.into());
        }
        let _ = place(offset, data.len() - 1)?;
        for (at, part) in (0..).step_by(CHUNK).zip(data.chunks(CHUNK)) {
            let [p1, p2] = place(offset, at)?;
            self.line.bare(IsoCommand::UpdateBinary, [0x00, 0xD6, p1, p2], part)?;
        }
        Ok(())
    }

    /// READ RECORDS: one record, counted back from the newest (0). Only a file that everybody may
    /// read in clear.
    ///
    /// # Errors
    /// [`Error`]; `6A83` where there are fewer.
    pub fn read_record(&mut self, file: FileNo, newest: u8) -> Result<Secret<Vec<u8>>, Error> {
        let p2 = u8::from(file) << 3 | 0x04;
        let command = Command::new([0x00, 0xB2, newest, p2], &[], Some(256));
        let (record, word) = self.line.exchange(IsoCommand::ReadRecords, &command)?;
        if record.is_empty() {
            return Err(misfit(IsoCommand::ReadRecords, word));
        }
        Ok(Secret::new(record.to_vec()))
    }

    /// APPEND RECORD: a whole record, which waits for a commit. Only a file that everybody may write
    /// in clear.
    ///
    /// # Errors
    /// [`Error`]; `6A84` where a linear file is full, `6700` where the record has another length.
    pub fn append_record(&mut self, file: FileNo, record: &[u8]) -> Result<(), Error> {
        if record.is_empty() || record.len() > CHUNK {
            return Err(Misuse::OutsideFile.into());
        }
        let header = [0x00, 0xE2, 0x00, u8::from(file) << 3];
        self.line.bare(IsoCommand::AppendRecord, header, record)
    }

    fn select(&mut self, p1: u8, data: &[u8]) -> Result<(), Error> {
        self.line.bare(IsoCommand::Select, [0x00, 0xA4, p1, 0x0C], data)
    }
}

impl Line<'_> {
    /// Sends a command; the reply's data, and its status word where that is a success.
    fn exchange(
        &mut self,
        name: IsoCommand,
        command: &Command<'_>,
    ) -> Result<(&[u8], StatusWord), Error> {
        let fits = command.encode(&mut self.command);
        debug_assert!(fits, "no part is longer than a short APDU");
        self.transport.exchange(&self.command, &mut self.reply)?;
        let reply = Response::decode(&self.reply).map_err(|_| LinkError::NoStatusWord)?;
        tracing::trace!(command = %name, status = %reply.status, "exchange");
        match reply.status {
            word @ (StatusWord::OK | StatusWord::END_OF_FILE) => Ok((reply.data, word)),
            status => Err(Error::IsoRefused { command: name, status }),
        }
    }

    /// Sends a command whose reply has no data.
    fn bare(&mut self, name: IsoCommand, header: [u8; 4], data: &[u8]) -> Result<(), Error> {
        let (found, word) = self.exchange(name, &Command::new(header, data, None))?;
        if found.is_empty() && word == StatusWord::OK { Ok(()) } else { Err(misfit(name, word)) }
    }
}

impl core::fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Line")
    }
}

/// Fifteen bits of offset in P1 and P2 (ISO/IEC 7816-4, 11.3.1).
fn place(offset: u16, at: usize) -> Result<[u8; 2], Error> {
    let place = usize::from(offset).checked_add(at).and_then(|place| u16::try_from(place).ok());
    let place = place.filter(|&place| place <= 0x7FFF).ok_or(Misuse::OutsideFile)?;
    Ok(place.to_be_bytes())
}

const fn misfit(command: IsoCommand, status: StatusWord) -> Error {
    Error::IsoMisfit { command, status }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::Script;

    #[test]
    fn a_file_is_selected_read_and_written_in_parts() {
        let (a, b) = ("A1".repeat(52), "B2".repeat(8));
        let mut script = Script::new([
            ("00A4040C 07 D2760000850101".to_owned(), "9000".to_owned()),
            ("00A4020C 02 E104".to_owned(), "9000".to_owned()),
            ("00B00102 34".to_owned(), format!("{a}9000")),
            ("00B00136 08".to_owned(), format!("{b}9000")),
            (format!("00D67FC0 34 {a}"), "9000".to_owned()),
            (format!("00D67FF4 08 {b}"), "9000".to_owned()),
            ("00B2021C 00".to_owned(), "C3C3C39000".to_owned()),
            ("00E20018 02 D4D4".to_owned(), "9000".to_owned()),
            ("00B00000 10".to_owned(), "EE6282".to_owned()),
        ]);
        let mut iso = Iso::open(&mut script);
        iso.select_name(&"D2760000850101".parse().unwrap()).unwrap();
        iso.select_file("E104".parse().unwrap()).unwrap();
        let found = iso.read_binary(0x0102, 60).unwrap();
        assert_eq!(found.expose_secret(), &hex::decode(a.clone() + &b).unwrap());
        iso.update_binary(0x7FC0, found.expose_secret()).unwrap();
        let file = FileNo::new(3).unwrap();
        assert_eq!(iso.read_record(file, 2).unwrap().expose_secret(), &[0xC3; 3]);
        iso.append_record(file, &[0xD4; 2]).unwrap();
        assert_eq!(iso.read_binary(0, 16).unwrap().expose_secret(), &[0xEE]);
        assert_eq!(iso.read_binary(0x8000, 1).unwrap_err(), Misuse::OutsideFile.into());
        assert_eq!(iso.update_binary(0x7FFF, &[0; 60]).unwrap_err(), Misuse::OutsideFile.into());
    }

    #[test]
    fn a_refusal_names_command_status_and_cause() {
        let mut script = Script::new([("00A4040C 03 F01201", "6A82"), ("00B00000 01", "9000")]);
        let mut iso = Iso::open(&mut script);
        let refused = iso.select_name(&"F01201".parse().unwrap()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "SELECT: the card answered 6A82 (nothing has this identifier or name; is it a native \
             AID?)"
        );
        let empty = iso.read_binary(0, 1).unwrap_err();
        assert_eq!(empty.to_string(), "READ BINARY: a reply that does not fit, with status 9000");
    }
}
