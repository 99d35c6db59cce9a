// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents of data files: ReadData `BD`, WriteData `3D`.

use super::super::answer::Answer;
use super::super::error::{Error, Misuse};
use super::super::file::File;
use super::super::rules;
use super::super::session::{App, Auth, Session};
use super::{Extent, Request};
use crate::secret::Secret;

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
        let mode = file.read_mode(self.key_no())?;
        let (header, meant) = file.range(offset, length)?;
        let extent = if length == 0 { Extent::Rest(meant) } else { Extent::Told(meant) };
        let request = Request { file: mode, extent, ..Request::new(&rules::READ_DATA, &header) };
        self.perform(&request, |reply| Ok(Secret::new(reply.to_vec())))
    }

    /// WriteData: replaces the bytes from `offset`. In a backup file they wait for the commit,
    /// which is why only a [`Transaction`](super::super::Transaction) writes.
    ///
    /// Request: file number, offset (3), length of the plain data (3), data in the file's mode
    /// where the session's key may write, plain where everybody may. Reply: nothing (`RFDoorLock`
    /// `WriteFileData`, skjolber/desfire-tools-for-android; NXP AN12343 tables 23 and 25).
    pub(in super::super) fn write_data(
        &mut self,
        file: &File,
        offset: u32,
        data: &[u8],
    ) -> Result<Answer<()>, Error> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite.into());
        }
        let mode = file.write_mode(self.key_no())?;
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let (header, _) = file.range(offset, length)?;
        let request = Request { file: mode, data, ..Request::new(&rules::WRITE_DATA, &header) };
        self.perform_empty(&request)
    }
}
