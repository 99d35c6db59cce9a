// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents of data files: ReadData `BD`, WriteData `3D`.

use super::{Command, Data, Extent, Reply, says_nothing};
use crate::host::answer::Answer;
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
    header: [u8; 7],
    mode: CommMode,
    extent: Extent,
}

impl ReadData {
    /// How many bytes go in one piece in every communication mode: 239 enciphered are 248 with their padding
    /// and MAC (captures of an NTAG 424 DNA).
    pub(in crate::host) const WHOLE_AT_MOST: usize = 239;

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
        .hints(&[(Status::LengthError, ANOTHER_MODE)])
        .in_one_piece();

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
        let extent = if length == 0 { Extent::Rest(meant) } else { Extent::Told(meant) };
        Ok(Self { header, mode, extent })
    }
}

impl Command for ReadData {
    type Output = Secret<Vec<u8>>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
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
        .hints(&[(Status::IntegrityError, ANOTHER_MODE), (Status::LengthError, ANOTHER_MODE)])
        .in_one_piece();

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
        Ok(Self { header, mode, data: Data::Sensitive(data) })
    }
}

impl Command for WriteData<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
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

impl<A: Auth> Session<'_, App, A> {
    /// ReadData: `length` bytes from `offset`, or the rest of the file where `length` is 0.
    ///
    /// Request: file number, offset (3), length (3). Reply: the data, in the file's mode where
    /// the session's key may read, plain where everybody may (`RFDoorLock` `ReadFileData`,
    /// skjolber/desfire-tools-for-android; NXP AN12343 table 26).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::OutsideFile`], [`Misuse::NoRight`] before anything is sent.
    pub fn read_data(
        &mut self,
        file: &File,
        offset: u32,
        length: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        self.talk.run(&ReadData::new(file, offset, length, self.talk.key_no())?)
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
        let settings = FileSettings { kind, mode: CommMode::Full, rights, sdm: None };
        let file = File::declared(FileNo::new(1).unwrap(), settings);
        let write = WriteData::new(&file, 0, b"Nora", Some(KeyNo::MASTER)).unwrap();
        let shown = format!("{write:?}");
        assert!(shown.contains("<4 secret bytes>"), "{shown}");
        assert!(!shown.contains("4E6F7261") && !shown.contains("Nora"), "{shown}");
    }
}
