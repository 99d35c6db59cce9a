// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents of data files: ReadData `BD`, WriteData `3D`, and the forms in one APDU, ReadData `AD`
//! and WriteData `8D`.

use super::{Command, Data, Extent, Reply, says_nothing};
use crate::host::answer::{Answer, Grade};
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::file::File;
use crate::host::rule::Mode::{File as OfFile, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::secret::Secret;
use crate::wire::{CommMode, Ins, KeyNo, Status};

/// ReadData.
#[derive(Debug)]
pub(crate) struct ReadData {
    rule: &'static Rule,
    header: [u8; 7],
    mode: CommMode,
    extent: Extent,
}

impl ReadData {
    /// `RFDoorLock` `ReadFileData`, skjolber `testAES2`; AN12343 table 26. EV1 MACed reads: belief.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ReadData)
        .in_application()
        .travels([Plain, OfFile], [OfFile, OfFile])
        .hints(&[(Status::LengthError, ANOTHER_MODE)])
        .or_whole(&Self::WHOLE);

    /// The same on chips that answer in one piece (captures of an NTAG 424 DNA).
    pub(in crate::host) const WHOLE: Rule = Rule::new(Ins::ReadDataIso)
        .in_application()
        .travels([Plain, OfFile], [OfFile, OfFile])
        .hints(WHOLE_HINTS)
        .whole();

    /// `length` bytes from `offset`, or the rest of the file where `length` is 0; `key` has
    /// authenticated.
    pub(crate) fn new(
        file: &File,
        offset: u32,
        length: u32,
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        let mode = file.read_mode(key)?;
        let (header, meant) = file.range(offset, length)?;
        let rule = if file.reads_whole(mode, meant) { &Self::WHOLE } else { &Self::RULE };
        if meant > Self::most(file, mode, meant) {
            return Err(Misuse::Parts);
        }
        let extent = if length == 0 { Extent::Rest(meant) } else { Extent::Told(meant) };
        Ok(Self { rule, header, mode, extent })
    }

    /// The same in as many commands as the card needs.
    pub(crate) fn parts(
        file: &File,
        offset: u32,
        length: u32,
        key: Option<KeyNo>,
    ) -> Result<Vec<Self>, Misuse> {
        let mode = file.read_mode(key)?;
        let (_, meant) = file.range(offset, length)?;
        let most = Self::most(file, mode, meant);
        if meant <= most {
            return Ok(vec![Self::new(file, offset, length, key)?]);
        }
        let part = |at: usize| {
            let length = u32::try_from(most.min(meant - at)).map_err(|_| Misuse::OutsideFile)?;
            Self::new(file, place(offset, at)?, length, key)
        };
        (0..meant).step_by(most).map(part).collect()
    }

    /// How many bytes one command reads at most, where so many are wanted in all.
    fn most(file: &File, mode: CommMode, meant: usize) -> usize {
        if file.reads_whole(mode, meant) { file.most_read(mode) } else { usize::MAX }
    }
}

impl Command for ReadData {
    type Output = Secret<Vec<u8>>;

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }

    fn extent(&self) -> Extent {
        self.extent
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        Ok(Secret::new(reply.data.to_vec()))
    }
}

/// WriteData.
#[derive(Debug)]
pub(crate) struct WriteData<'a> {
    rule: &'static Rule,
    header: [u8; 7],
    mode: CommMode,
    data: Data<'a>,
}

impl<'a> WriteData<'a> {
    /// `RFDoorLock` `WriteFileData`, skjolber `testAES2`; AN12343 tables 23 and 25. EV1 MACed
    /// writes: belief.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::WriteData)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(&[(Status::IntegrityError, ANOTHER_MODE), (Status::LengthError, ANOTHER_MODE)])
        .or_whole(&Self::WHOLE);

    /// The same on chips that take it in one piece (captures of an NTAG 424 DNA).
    pub(in crate::host) const WHOLE: Rule = Rule::new(Ins::WriteDataIso)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(WHOLE_HINTS)
        .whole();

    /// Replaces the bytes from `offset`; `key` has authenticated.
    pub(crate) fn new(
        file: &File,
        offset: u32,
        data: &'a [u8],
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite);
        }
        let mode = file.write_mode(key)?;
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let (header, _) = file.range(offset, length)?;
        let whole = file.writes_whole(mode, (header.len(), data.len()));
        let rule = if whole { &Self::WHOLE } else { &Self::RULE };
        if data.len() > Self::most(file, mode, data.len()) {
            return Err(Misuse::Parts);
        }
        Ok(Self { rule, header, mode, data: Data::Sensitive(data) })
    }

    /// The same in as many commands as the card needs.
    pub(crate) fn parts(
        file: &File,
        offset: u32,
        data: &'a [u8],
        key: Option<KeyNo>,
    ) -> Result<Vec<Self>, Misuse> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite);
        }
        let most = Self::most(file, file.write_mode(key)?, data.len());
        if data.len() <= most {
            return Ok(vec![Self::new(file, offset, data, key)?]);
        }
        // All of it is inside the file, or nothing is written.
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let _ = file.range(offset, length)?;
        let part = |(at, part)| Self::new(file, place(offset, at)?, part, key);
        (0..).step_by(most).zip(data.chunks(most)).map(part).collect()
    }

    /// How many bytes one command writes at most, where there are so many in all.
    fn most(file: &File, mode: CommMode, length: usize) -> usize {
        if file.writes_whole(mode, (7, length)) { file.most_written(mode, 7) } else { usize::MAX }
    }
}

/// Where a part begins.
fn place(offset: u32, at: usize) -> Result<u32, Misuse> {
    let at = u32::try_from(at).map_err(|_| Misuse::OutsideFile)?;
    offset.checked_add(at).ok_or(Misuse::OutsideFile)
}

impl Command for WriteData<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        self.data
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

/// Why a card finds fault with the checksum or MAC of data for a file.
/// Real cards answer 7E to it (Proxmark3, issues 2712 and 3393; DESFire EV3 in EV2 messaging), 1E
/// where the lengths happen to fit.
pub(super) const ANOTHER_MODE: &str = " (is the file's communication mode another?)";

/// Likely causes where a card takes its data in one APDU.
const WHOLE_HINTS: &[(Status, &str)] = &[
    (Status::LengthError, ANOTHER_MODE),
    (Status::IntegrityError, " (another communication mode, or the file's read counter has ended)"),
    (
        Status::PermissionDenied,
        " (nobody may, or the file was read as often as its limit allows: GetFileCounters tells)",
    ),
];

impl<A: Auth> Session<'_, App, A> {
    /// ReadData: `length` bytes from `offset`, or the rest of the file where `length` is 0. Of a file
    /// that goes in one APDU ([`File::in_one_apdu`]) as many commands as it takes; the grade is the
    /// weakest of theirs.
    ///
    /// Request: file number, offset (3), length (3). Reply: the data, in the file's mode where
    /// the session's key may read, plain where everybody may (`RFDoorLock` `ReadFileData`,
    /// skjolber/desfire-tools-for-android; NXP AN12343 table 26; in one APDU NTAG 424 DNA captures in
    /// the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::OutsideFile`], [`Misuse::NoRight`] before anything is sent.
    pub fn read_data(
        &mut self,
        file: &File,
        offset: u32,
        length: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let parts = ReadData::parts(file, offset, length, self.talk.key_no())?;
        if let [whole] = &parts[..] {
            return self.talk.run(whole);
        }
        let mut grade = Grade::Used;
        // Room for all, so that no copy stays behind.
        let (_, room) = file.range(offset, length)?;
        let mut data = Secret::new(Vec::with_capacity(room));
        for part in &parts {
            let answer = self.talk.run(part)?;
            grade = grade.min(answer.grade);
            data.expose_secret_mut().extend_from_slice(answer.value.expose_secret());
        }
        Ok(Answer { value: data, grade })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Access, AccessRights, FileKind, FileNo, FileSettings, FileSize};

    #[test]
    fn contents_do_not_show_in_the_command_that_writes_them() {
        let own = Access::Key(KeyNo::MASTER);
        let rights = AccessRights { read: own, write: own, read_write: own, change: own };
        let kind = FileKind::Standard { size: FileSize::new(4).unwrap() };
        let settings = FileSettings::new(kind, CommMode::Full, rights);
        let file = File::declared(FileNo::new(1).unwrap(), settings);
        let write = WriteData::new(&file, 0, b"Nora", Some(KeyNo::MASTER)).unwrap();
        let shown = format!("{write:?}");
        assert!(shown.contains("<4 secret bytes>"), "{shown}");
        assert!(!shown.contains("4E6F7261") && !shown.contains("Nora"), "{shown}");
    }
}
