// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: GetFileIDs `6F`, GetFileSettings `F5`, CreateStdDataFile `CD`, CreateBackupDataFile
//! `CB`, DeleteFile `DF`.

use super::super::answer::Answer;
use super::super::error::Error;
use super::super::rules;
use super::super::session::{App, Auth, Session};
use super::Request;
use crate::bytes::DecodeError;
use crate::wire::{FileKind, FileNo, FileReport, NewFile};

impl<A: Auth> Session<'_, App, A> {
    /// GetFileIDs: the files of the application, in an order that means nothing. Needs the
    /// application's master key unless listing is free.
    ///
    /// Request: nothing. Reply: file numbers (1 each) (`RFDoorLock`, the worked CMAC step of `6F`).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn file_ids(&mut self) -> Result<Answer<Vec<FileNo>>, Error> {
        self.perform(&Request::new(&rules::GET_FILE_IDS, &[]), |reply| {
            let number =
                |(at, &no)| FileNo::new(no).ok_or_else(|| DecodeError::invalid("file IDs", at, no));
            reply.iter().enumerate().map(number).collect()
        })
    }

    /// GetFileSettings: kind, size, mode and rights of a data file. Needs the application's master
    /// key unless listing is free.
    ///
    /// Request: file number. Reply: type (1), mode (1), rights (2), size (3) (`RFDoorLock`
    /// `GetFileSettings(ID= 5)`; AN12196 5.4).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file.
    pub fn file_settings(&mut self, no: FileNo) -> Result<Answer<FileReport>, Error> {
        let header = [no.into()];
        let request = Request::new(&rules::GET_FILE_SETTINGS, &header);
        self.perform(&request, FileReport::decode)
    }

    /// CreateStdDataFile or CreateBackupDataFile, by the kind. The new file is all zero.
    ///
    /// Request: file number, mode (1), rights (2), size (3, least significant byte first). Reply:
    /// nothing (`RFDoorLock` `CreateStdDataFile(ID= 5, Size= 80)`; `CB` has the same form in
    /// libfreefare's sources).
    ///
    /// # Errors
    /// [`Error`]; `DE` where it exists, `0E` without memory, `AE` where the application's master
    /// key has to authenticate first.
    pub fn create_file(
        &mut self,
        no: FileNo,
        new: impl Into<NewFile>,
    ) -> Result<Answer<()>, Error> {
        let new = new.into();
        let rule = match new.settings.kind {
            FileKind::Standard { .. } => &rules::CREATE_STD,
            FileKind::Backup { .. } => &rules::CREATE_BACKUP,
            FileKind::Value(_) => &rules::CREATE_VALUE,
            FileKind::LinearRecord(_) => &rules::CREATE_LINEAR,
            FileKind::CyclicRecord(_) => &rules::CREATE_CYCLIC,
        };
        let mut header = arrayvec::ArrayVec::<u8, 33>::new();
        header.push(no.into());
        header.extend(new.encode());
        self.perform_empty(&Request::new(rule, &header))
    }

    /// DeleteFile. Its memory comes back only when the card is formatted.
    ///
    /// Request: file number. Reply: nothing (`RFDoorLock` `DeleteFile(ID= 5)`).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file, `AE` where the application's master key has to
    /// authenticate first.
    pub fn delete_file(&mut self, no: FileNo) -> Result<Answer<()>, Error> {
        self.perform_empty(&Request::new(&rules::DELETE_FILE, &[no.into()]))
    }
}

#[cfg(test)]
mod tests {
    use crate::host::session::{Public, Session};
    use crate::host::testing::Script;
    use crate::wire::{AccessRights, CommMode, FileKind, FileNo, FileSettings, FileSize};

    #[test]
    fn the_kind_of_file_decides_the_instruction() {
        let size = FileSize::new(0x0001_0203).unwrap();
        let (mode, rights) = (CommMode::Mac, AccessRights::from_wire([0x54, 0x12]));
        for (kind, command) in [
            (FileKind::Standard { size }, "90CD000007 1F 01 5412 030201 00"),
            (FileKind::Backup { size }, "90CB000007 1F 01 5412 030201 00"),
        ] {
            let mut script = Script::new([("905A000003 2081F4 00", "9100"), (command, "9100")]);
            let aid = "F48120".parse().unwrap();
            let mut session: Session<'_, _, Public> =
                Session::open(&mut script).select_application(aid).unwrap();
            let no = FileNo::new(0x1F).unwrap();
            assert!(session.create_file(no, FileSettings { kind, mode, rights }).is_ok());
            drop(session);
            script.assert_used_up();
        }
    }
}
