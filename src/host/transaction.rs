// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writes that become valid together: CommitTransaction `C7`, AbortTransaction `A7`.

use super::answer::{Answer, Grade};
use super::command::Request;
use super::error::{Error, Misuse};
use super::file::File;
use super::rules;
use super::session::{App, Auth, Session};

/// Writes to the files of one application. What goes into a backup file waits until
/// [`Transaction::commit`]; what goes into a standard file is written at once.
///
/// Dropped with writes pending, neither committed nor aborted, it leaves a session whose every
/// later call is [`Misuse::Uncommitted`].
#[must_use = "writes to backup files count only once committed"]
pub struct Transaction<'s, 't, A: Auth> {
    session: &'s mut Session<'t, App, A>,
    weakest: Option<Grade>,
    pending: bool,
    failed: bool,
}

impl<'t, A: Auth> Session<'t, App, A> {
    /// Begins a transaction. Sends nothing.
    pub const fn transaction(&mut self) -> Transaction<'_, 't, A> {
        Transaction { session: self, weakest: None, pending: false, failed: false }
    }
}

impl<A: Auth> Transaction<'_, '_, A> {
    /// WriteData: replaces the bytes of the file from `offset`, in any number of frames.
    ///
    /// # Errors
    /// [`Error`]; `BE` where the card's file is smaller. [`Misuse::OutsideFile`],
    /// [`Misuse::NoRight`] and [`Misuse::NothingToWrite`] before anything is sent. After any of
    /// them the transaction can only be aborted.
    pub fn write(&mut self, file: &File, offset: u32, data: &[u8]) -> Result<Answer<()>, Error> {
        let written = self.session.write_data(file, offset, data);
        self.note(file, written)
    }

    /// Credit: raises the value by `amount`, at most 2,147,483,647.
    ///
    /// # Errors
    /// [`Error`]; `BE` beyond the upper limit. [`Misuse::NoRight`], [`Misuse::FileKind`] and
    /// [`Misuse::Amount`] before anything is sent.
    pub fn credit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let done = self.session.credit(file, amount);
        self.note(file, done)
    }

    /// Debit: lowers the value by `amount`, at most 2,147,483,647.
    ///
    /// # Errors
    /// [`Error`]; `BE` beyond the lower limit. [`Misuse::NoRight`], [`Misuse::FileKind`] and
    /// [`Misuse::Amount`] before anything is sent.
    pub fn debit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let done = self.session.debit(file, amount);
        self.note(file, done)
    }

    /// LimitedCredit: gives back up to what the last transaction with a debit took.
    ///
    /// # Errors
    /// [`Error`]; `9D` where it is switched off, `BE` beyond the limits. [`Misuse::NoRight`],
    /// [`Misuse::FileKind`] and [`Misuse::Amount`] before anything is sent.
    pub fn limited_credit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let done = self.session.limited_credit(file, amount);
        self.note(file, done)
    }

    /// WriteRecord: writes from `offset` into the record that this transaction appends.
    ///
    /// # Errors
    /// [`Error`]; `BE` where a linear file is full. [`Misuse::OutsideFile`], [`Misuse::NoRight`],
    /// [`Misuse::FileKind`] and [`Misuse::NothingToWrite`] before anything is sent.
    pub fn write_record(
        &mut self,
        file: &File,
        offset: u32,
        data: &[u8],
    ) -> Result<Answer<()>, Error> {
        let done = self.session.write_record(file, offset, data);
        self.note(file, done)
    }

    /// ClearRecordFile: removes all records.
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NoRight`] and [`Misuse::FileKind`] before anything is sent.
    pub fn clear_records(&mut self, file: &File) -> Result<Answer<()>, Error> {
        let done = self.session.clear_records(file);
        self.note(file, done)
    }

    /// Takes down what a step means for the transaction.
    fn note(
        &mut self,
        file: &File,
        written: Result<Answer<()>, Error>,
    ) -> Result<Answer<()>, Error> {
        match &written {
            Ok(answer) => {
                self.weaken(answer.grade);
                self.pending |= file.settings().kind.is_transactional();
            }
            Err(error) => {
                self.failed = true;
                // The card drops what was pending (libfreefare's real-card suite), but a session
                // without a key would otherwise go on as if nothing had been written.
                if self.pending && !matches!(error, Error::Misuse(_)) {
                    self.session.line.lose();
                }
            }
        }
        written
    }

    /// CommitTransaction: makes the writes to backup files valid, all or none. Sends nothing
    /// where there were none. The grade is the weakest of the writes' and the commit's.
    ///
    /// Request: nothing. Reply: nothing (libfreefare's sources; no published bytes in a session).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::WriteFailed`] where a write failed.
    pub fn commit(mut self) -> Result<Answer<()>, Error> {
        if self.failed {
            return Err(Misuse::WriteFailed.into());
        }
        self.session.line.usable()?;
        if self.pending {
            self.end(&rules::COMMIT)?;
        }
        Ok(self.answer())
    }

    /// AbortTransaction: drops the writes to backup files. Sends nothing where there were none.
    /// What went into standard files stays.
    ///
    /// Request: nothing. Reply: nothing (libfreefare's sources; no published bytes in a session).
    ///
    /// # Errors
    /// [`Error`].
    pub fn abort(mut self) -> Result<Answer<()>, Error> {
        self.weakest = None;
        self.session.line.usable()?;
        if self.pending {
            self.end(&rules::ABORT)?;
        }
        Ok(self.answer())
    }

    fn end(&mut self, rule: &rules::Rule) -> Result<(), Error> {
        let ended = self.session.perform_empty(&Request::new(rule, &[]));
        self.pending = false;
        match ended {
            Ok(answer) => {
                self.weaken(answer.grade);
                Ok(())
            }
            Err(error) => {
                // Whether the writes are valid is unknown, with a key and without one.
                self.session.line.lose();
                Err(error)
            }
        }
    }

    fn weaken(&mut self, grade: Grade) {
        self.weakest = Some(self.weakest.map_or(grade, |weakest| weakest.min(grade)));
    }

    fn answer(&self) -> Answer<()> {
        Answer { value: (), grade: self.weakest.unwrap_or(Grade::NotLookedAt) }
    }
}

impl<A: Auth> Drop for Transaction<'_, '_, A> {
    fn drop(&mut self) {
        if self.pending {
            self.session.line.leave_uncommitted();
        }
    }
}

impl<A: Auth> core::fmt::Debug for Transaction<'_, '_, A> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Transaction").field("pending", &self.pending).finish_non_exhaustive()
    }
}
