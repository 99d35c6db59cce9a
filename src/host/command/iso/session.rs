// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a session says in ISO commands.

use super::{AppendRecord, CHUNK, ReadBinary, ReadRecord, Select, UpdateBinary, place};
use crate::host::answer::{Answer, Grade};
use crate::host::error::{Error, Failed, Misuse};
use crate::host::session::{App, Auth, Level, Picc, Public, Session};
use crate::secret::Secret;
use crate::wire::{DfName, FileNo, IsoFileId};

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    /// SELECT of the card itself, by the master file `3F00`. Any authentication ends.
    ///
    /// # Errors
    /// [`Failed`], with the session only where the card refused and the PICC level was selected.
    pub fn select_card(
        mut self,
    ) -> Result<Session<'t, Picc, Public>, Failed<Session<'t, Picc, Public>>> {
        let selected = self.talk.select_iso(false, &Select::card());
        self.onward(selected)
    }

    /// SELECT of an application by its name (ISO/IEC 7816-4, 11.2.2: P1 `04`). Any authentication
    /// ends; native commands go on from here as after [`Session::select_application`].
    ///
    /// # Errors
    /// [`Failed`]; `6A82` where no application has it. A native AID is no name. The session comes
    /// back only where the card refused and the PICC level was selected.
    pub fn select_name(
        mut self,
        name: &DfName,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, Picc, Public>>> {
        let selected = self.talk.select_iso(true, &Select::name(name));
        self.onward(selected)
    }

    /// SELECT of an application by its identifier (P1 `01`). Any authentication ends.
    ///
    /// # Errors
    /// As [`Session::select_name`].
    pub fn select_identifier(
        mut self,
        id: IsoFileId,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, Picc, Public>>> {
        let selected = self.talk.select_iso(true, &Select::application(id));
        self.onward(selected)
    }
}

impl<L: Level> Session<'_, L, Public> {
    /// SELECT of a file of the selected application by its identifier (P1 `02`).
    ///
    /// # Errors
    /// [`Error`]; `6A82` where no file has it.
    pub fn select_file(&mut self, id: IsoFileId) -> Result<Answer<()>, Error> {
        self.talk.run_iso(&Select::file(id))
    }
}

impl Session<'_, App, Public> {
    /// READ BINARY of the selected file: `length` bytes from `offset`, fewer where it ends earlier.
    /// Only a file that everybody may read in clear.
    ///
    /// # Errors
    /// [`Error`]; `6982` where a key is needed, `6B00` beyond the end. [`Misuse::OutsideFile`] for an
    /// offset above 32,767, before anything is sent.
    pub fn read_binary(
        &mut self,
        offset: u16,
        length: usize,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let mut data = Secret::new(Vec::with_capacity(length.min(REACH)));
        while data.expose_secret().len() < length {
            let bytes = data.expose_secret_mut();
            let place = place(offset, bytes.len())?;
            let length = (length - bytes.len()).min(CHUNK);
            let (part, ended) = self.talk.run_iso(&ReadBinary { place, length })?.value;
            bytes.extend_from_slice(part.expose_secret());
            if ended {
                break;
            }
        }
        Ok(Answer { value: data, grade: Grade::Said })
    }

    /// UPDATE BINARY of the selected file, in parts. Only a file that everybody may write in clear;
    /// in a backup file the bytes wait for a commit.
    ///
    /// # Errors
    /// [`Error`]; `6982` where a key is needed, `6A84` beyond the end. [`Misuse::OutsideFile`] for an
    /// offset above 32,767 anywhere, before anything is sent.
    pub fn update_binary(&mut self, offset: u16, data: &[u8]) -> Result<Answer<()>, Error> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite.into());
        }
        let _ = place(offset, data.len() - 1)?;
        for (at, data) in (0..).step_by(CHUNK).zip(data.chunks(CHUNK)) {
            let _said = self.talk.run_iso(&UpdateBinary { place: place(offset, at)?, data })?;
        }
        Ok(Answer { value: (), grade: Grade::Said })
    }

    /// READ RECORDS: one record, counted back from the newest, which is number 1 (ISO/IEC 7816-4,
    /// 11.4.1: a cyclic file; Proxmark3 against its card for linear ones). Native commands count from
    /// 0. Only a file that everybody may read in clear.
    ///
    /// # Errors
    /// [`Error`]; `6A83` where there are fewer. [`Misuse::OutsideFile`] for number 0, before anything
    /// is sent.
    pub fn read_record(
        &mut self,
        file: FileNo,
        number: u8,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        self.talk.run_iso(&ReadRecord::new(file, number)?)
    }

    /// APPEND RECORD: a whole record, which waits for a commit. Only a file that everybody may write
    /// in clear.
    ///
    /// # Errors
    /// [`Error`]; `6A84` where a linear file is full, `6700` where the record has another length.
    pub fn append_record(&mut self, file: FileNo, record: &[u8]) -> Result<Answer<()>, Error> {
        self.talk.run_iso(&AppendRecord::new(file, record)?)
    }
}

/// How far READ BINARY reaches: one part from the last offset.
const REACH: usize = 0x7FFF + CHUNK;

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
            ("00B2011C 00".to_owned(), "C1C1C19000".to_owned()),
            ("00B2031C 00".to_owned(), "C3C3C39000".to_owned()),
            ("00E20018 02 D4D4".to_owned(), "9000".to_owned()),
            ("00B00000 10".to_owned(), "EE6282".to_owned()),
            ("00B00000 34".to_owned(), "EF6282".to_owned()),
        ]);
        let session = Session::open(&mut script);
        let mut iso = session.select_name(&"D2760000850101".parse().unwrap()).unwrap();
        let _ = iso.select_file("E104".parse().unwrap()).unwrap();
        let found = iso.read_binary(0x0102, 60).unwrap().value;
        assert_eq!(found.expose_secret(), &hex::decode(a.clone() + &b).unwrap());
        let _ = iso.update_binary(0x7FC0, found.expose_secret()).unwrap();
        let file = FileNo::new(3).unwrap();
        // The newest, and the one before the one before it.
        assert_eq!(iso.read_record(file, 0).unwrap_err(), Misuse::OutsideFile.into());
        assert_eq!(iso.read_record(file, 1).unwrap().value.expose_secret(), &[0xC1; 3]);
        assert_eq!(iso.read_record(file, 3).unwrap().value.expose_secret(), &[0xC3; 3]);
        let _ = iso.append_record(file, &[0xD4; 2]).unwrap();
        assert_eq!(iso.read_binary(0, 16).unwrap().value.expose_secret(), &[0xEE]);
        // However much is asked for, room is made for what a file can have.
        assert_eq!(iso.read_binary(0, usize::MAX).unwrap().value.expose_secret(), &[0xEF]);
        assert_eq!(iso.read_binary(0x8000, 1).unwrap_err(), Misuse::OutsideFile.into());
        assert_eq!(iso.update_binary(0x7FFF, &[0; 60]).unwrap_err(), Misuse::OutsideFile.into());
    }

    #[test]
    fn a_refusal_names_command_status_and_cause() {
        let mut script =
            Script::new([("00A4040C 03 F01201", "6A82"), ("00A4010C 02 E110", "9000")]);
        let session = Session::open(&mut script);
        let refused = session.select_name(&"F01201".parse().unwrap()).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "SELECT: the card answered 6A82 (nothing has this identifier or name; is it a native \
             AID?)"
        );
        let session = refused.session.unwrap();
        assert!(session.select_identifier("E110".parse().unwrap()).is_ok());
    }

    /// After a reply that does not fit, what the card did is unknown: nothing more is sent.
    #[test]
    fn a_reply_that_does_not_fit_blows_the_fuse() {
        let mut script = Script::new([("00A4040C 03 F01201", "9000"), ("00B00000 01", "9000")]);
        let mut iso = Session::open(&mut script).select_name(&"F01201".parse().unwrap()).unwrap();
        let empty = iso.read_binary(0, 1).unwrap_err();
        assert_eq!(empty.to_string(), "READ BINARY: a reply that does not fit, with status 9000");
        assert_eq!(iso.read_binary(0, 1).unwrap_err(), Error::SessionLost);
        assert_eq!(iso.select_card().unwrap_err().error, Error::SessionLost);
        script.assert_used_up();
    }
}
