// SPDX-License-Identifier: MIT OR Apache-2.0
//! Record files: ReadRecords `BB`, WriteRecord `3B`, ClearRecordFile `EB`.

use super::super::answer::Answer;
use super::super::error::{Error, Misbehaviour, Misuse};
use super::super::file::File;
use super::super::rules;
use super::super::session::{App, Auth, Session};
use super::{Extent, Request};
use crate::secret::Secret;

impl<A: Auth> Session<'_, App, A> {
    /// ReadRecords: `count` records, the oldest first, of which the last is the `newest`th counted
    /// back from the newest (0). A count of 0 asks for all that are older too.
    ///
    /// Request: file number, newest (3), count (3). Reply: the records one after the other, in the
    /// file's mode where the session's key may read (skjolber/desfire-tools-for-android).
    ///
    /// # Errors
    /// [`Error`]; `BE` where there are fewer. [`Misuse::NoRight`] and [`Misuse::FileKind`] before
    /// anything is sent.
    pub fn read_records(
        &mut self,
        file: &File,
        newest: u32,
        count: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let layout = file.layout()?;
        let mode = file.read_mode(self.key_no())?;
        if newest >= layout.max.get() || count > layout.max.get() {
            return Err(Misuse::OutsideFile.into());
        }
        let size = usize::try_from(layout.size.bytes()).map_err(|_| Misuse::OutsideFile)?;
        let extent = match usize::try_from(count).map_err(|_| Misuse::OutsideFile)? {
            0 => Extent::Any,
            count => Extent::Told(size.saturating_mul(count)),
        };
        let header = file.header(newest, count);
        let request = Request::new(&rules::READ_RECORDS, &header);
        let answer = self.perform(&Request { file: mode, extent, ..request }, |reply| {
            Ok(Secret::new(reply.to_vec()))
        })?;
        let found = answer.value.expose_secret().len();
        if found == 0 || !found.is_multiple_of(size) {
            self.line.lose();
            let how = Misbehaviour::Length { found };
            return Err(Error::Misbehaved { command: rules::READ_RECORDS.ins, how });
        }
        Ok(answer)
    }

    /// WriteRecord: only a [`Transaction`](super::super::Transaction) writes.
    ///
    /// Request: file number, offset in the record (3), length of the plain data (3), data in the
    /// file's mode. Reply: nothing (libfreefare's sources; no published bytes).
    pub(in super::super) fn write_record(
        &mut self,
        file: &File,
        offset: u32,
        data: &[u8],
    ) -> Result<Answer<()>, Error> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite.into());
        }
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let header = file.record_range(offset, length)?;
        let mode = file.write_mode(self.key_no())?;
        let request = Request { file: mode, data, ..Request::new(&rules::WRITE_RECORD, &header) };
        self.perform_empty(&request)
    }

    /// ClearRecordFile: only a [`Transaction`](super::super::Transaction) clears.
    ///
    /// Request: file number. Reply: nothing (libfreefare's sources; no published bytes).
    pub(in super::super) fn clear_records(&mut self, file: &File) -> Result<Answer<()>, Error> {
        file.layout()?;
        file.credit_mode(self.key_no())?;
        self.perform_empty(&Request::new(&rules::CLEAR_RECORD_FILE, &[file.no().into()]))
    }
}
