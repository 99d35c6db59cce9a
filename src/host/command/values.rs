// SPDX-License-Identifier: MIT OR Apache-2.0
//! Value files: GetValue `6C`, Credit `0C`, Debit `DC`, LimitedCredit `1C`.

use super::super::answer::Answer;
use super::super::error::{Error, Misuse};
use super::super::file::File;
use super::super::rules::{self, Rule};
use super::super::session::{App, Auth, Session};
use super::{Extent, Request};
use crate::bytes::Cursor;
use crate::wire::{CommMode, FileKind};

impl<A: Auth> Session<'_, App, A> {
    /// GetValue: the value of the last commit. Needs the read, write or read-and-write right, or
    /// nothing where the file says so.
    ///
    /// Request: file number. Reply: value (4, least significant byte first, two's complement), in
    /// the file's mode where the session's key has a right (skjolber/desfire-tools-for-android).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NoRight`] and [`Misuse::FileKind`] before anything is sent.
    pub fn value(&mut self, file: &File) -> Result<Answer<i32>, Error> {
        let mode = file.value_mode(self.key_no())?;
        let header = [file.no().into()];
        let request = Request::new(&rules::GET_VALUE, &header);
        self.perform(&Request { file: mode, extent: Extent::Told(4), ..request }, |reply| {
            let mut cursor = Cursor::new("value", reply);
            let value = cursor.i32_le()?;
            cursor.finish()?;
            Ok(value)
        })
    }

    /// Credit: only a [`Transaction`](super::super::Transaction) changes a value.
    ///
    /// Request: file number, then the amount (4, least significant byte first) in the file's mode.
    /// Reply: nothing (libfreefare's sources; no published bytes).
    pub(in super::super) fn credit(
        &mut self,
        file: &File,
        amount: u32,
    ) -> Result<Answer<()>, Error> {
        let mode = file.credit_mode(self.key_no())?;
        self.change_value(&rules::CREDIT, file, mode, amount)
    }

    /// Debit, as [`Session::credit`].
    pub(in super::super) fn debit(
        &mut self,
        file: &File,
        amount: u32,
    ) -> Result<Answer<()>, Error> {
        let mode = file.debit_mode(self.key_no())?;
        self.change_value(&rules::DEBIT, file, mode, amount)
    }

    /// LimitedCredit, as [`Session::credit`].
    pub(in super::super) fn limited_credit(
        &mut self,
        file: &File,
        amount: u32,
    ) -> Result<Answer<()>, Error> {
        let mode = file.write_mode(self.key_no())?;
        self.change_value(&rules::LIMITED_CREDIT, file, mode, amount)
    }

    fn change_value(
        &mut self,
        rule: &Rule,
        file: &File,
        mode: CommMode,
        amount: u32,
    ) -> Result<Answer<()>, Error> {
        let FileKind::Value(_) = file.settings().kind else {
            return Err(Misuse::FileKind.into());
        };
        let amount = i32::try_from(amount).map_err(|_| Misuse::Amount)?;
        let header = [file.no().into()];
        let data = &amount.to_le_bytes();
        self.perform_empty(&Request { file: mode, data, ..Request::new(rule, &header) })
    }
}
