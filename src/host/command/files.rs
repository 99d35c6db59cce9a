// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: GetFileIDs `6F`, GetISOFileIDs `61`, GetFileSettings `F5`, ChangeFileSettings `5F`, the
//! five commands that create one (`CD`, `CB`, `CC`, `C1`, `C0`), DeleteFile `DF`.

use super::super::answer::Answer;
use super::super::error::Error;
use super::super::rules;
use super::super::session::{App, Auth, Session};
use super::Request;
use crate::bytes::{Cursor, DecodeError};
use crate::host::File;
use crate::wire::{AccessRights, CommMode, FileKind, FileNo, FileReport, IsoFileId, NewFile};

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

    /// GetFileSettings: kind, mode and rights of a file, and its state as far as they show it. Needs the application's master
    /// key unless listing is free.
    ///
    /// Request: file number. Reply: as [`FileReport::decode`] says (`RFDoorLock`
    /// `GetFileSettings(ID= 5)`; AN12196 5.4).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file.
    pub fn file_settings(&mut self, no: FileNo) -> Result<Answer<FileReport>, Error> {
        let header = [no.into()];
        let request = Request::new(&rules::GET_FILE_SETTINGS, &header);
        self.perform(&request, FileReport::decode)
    }

    /// CreateStdDataFile, CreateBackupDataFile, CreateValueFile, CreateLinearRecordFile or
    /// CreateCyclicRecordFile, by the kind. The new file is all zero, has its first value, or no
    /// record. Plain [`FileSettings`](crate::wire::FileSettings) do where it has no ISO identifier.
    ///
    /// Request: file number, then as [`NewFile::encode`] says. Reply: nothing (`RFDoorLock`
    /// `CreateStdDataFile(ID= 5, Size= 80)`; the others have their form in libfreefare's sources).
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

    /// GetISOFileIDs: the ISO identifiers of the files, in an order that means nothing. Needs the
    /// application's master key unless listing is free.
    ///
    /// Request: nothing. Reply: identifiers (2 each, least significant byte first) (libfreefare's
    /// sources; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn iso_file_ids(&mut self) -> Result<Answer<Vec<IsoFileId>>, Error> {
        self.perform(&Request::new(&rules::GET_ISO_FILE_IDS, &[]), |reply| {
            let mut cursor = Cursor::new("ISO file IDs", reply);
            let mut ids = Vec::with_capacity(reply.len() / 2);
            while cursor.remaining() > 0 {
                let wire = cursor.array()?;
                let [_, high] = wire;
                ids.push(IsoFileId::from_wire(wire).ok_or_else(|| cursor.invalid(high))?);
            }
            Ok(ids)
        })
    }

    /// ChangeFileSettings: another communication mode and other rights for `file`, whose present
    /// settings decide how the command travels: enciphered under the key that has the change right,
    /// in clear where everybody has it.
    ///
    /// Request: file number, then mode (1) and rights (2). Reply: nothing (libfreefare's sources;
    /// no published bytes for EV1).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NoRight`] before anything is sent where another key or nobody has the
    /// change right.
    ///
    /// [`Misuse::NoRight`]: super::super::Misuse::NoRight
    pub fn change_file_settings(
        &mut self,
        file: &File,
        mode: CommMode,
        rights: AccessRights,
    ) -> Result<Answer<()>, Error> {
        let sealed = file.change_mode(self.key_no())?;
        let header = [file.no().into()];
        let [r0, r1] = rights.to_wire();
        let data = &[mode.bits(), r0, r1];
        let rule = &rules::CHANGE_FILE_SETTINGS;
        self.perform_empty(&Request { file: sealed, data, ..Request::new(rule, &header) })
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
    use crate::wire::{
        AccessRights, CommMode, FileKind, FileNo, FileSettings, FileSize, RecordCount,
        RecordLayout, ValueLimits,
    };

    #[test]
    fn the_kind_of_file_decides_the_instruction() {
        let size = FileSize::new(0x0001_0203).unwrap();
        let mut limits = ValueLimits::new(-100, 9).unwrap();
        limits.limited_credit = true;
        let layout = RecordLayout { size, max: RecordCount::new(10).unwrap() };
        let (mode, rights) = (CommMode::Mac, AccessRights::from_wire([0x54, 0x12]));
        for (kind, command) in [
            (FileKind::Standard { size }, "90CD000007 1F 01 5412 030201 00"),
            (FileKind::Backup { size }, "90CB000007 1F 01 5412 030201 00"),
            (FileKind::Value(limits), "90CC000011 1F 01 5412 9CFFFFFF 09000000 00000000 01 00"),
            (FileKind::LinearRecord(layout), "90C100000A 1F 01 5412 030201 0A0000 00"),
            (FileKind::CyclicRecord(layout), "90C000000A 1F 01 5412 030201 0A0000 00"),
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
