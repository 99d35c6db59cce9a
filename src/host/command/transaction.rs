// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writes that become valid together: CommitTransaction `C7`, AbortTransaction `A7`.

use super::data::WriteData;
use super::record::{ClearRecordFile, UpdateRecord, WriteRecord};
use super::transaction_mac::{CommitReaderId, CommitWithMac};
use super::value::{ChangeValue, RestoreTransfer};
use super::{Command, says_nothing};
use crate::host::answer::{Answer, Grade};
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Misuse};
use crate::host::file::File;
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::host::transaction::{ReaderId, TransactionMac};
use crate::wire::{Ins, Status};

/// CommitTransaction or AbortTransaction.
#[derive(Debug)]
pub(crate) struct EndTransaction(&'static Rule);

impl EndTransaction {
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const COMMIT: Rule =
        Rule::new(Ins::CommitTransaction).in_application().slow().hints(&[
            (
                Status::PermissionDenied,
                " (the application's transactions name a reader: CommitReaderID first)",
            ),
            (Status::ParameterError, " (no transaction MAC file, or nothing that it counts)"),
        ]);

    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const ABORT: Rule = Rule::new(Ins::AbortTransaction).in_application();

    /// Makes the writes valid.
    pub(crate) const fn commit() -> Self {
        Self(&Self::COMMIT)
    }

    /// Drops the writes.
    const fn abort() -> Self {
        Self(&Self::ABORT)
    }
}

impl Command for EndTransaction {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.0
    }
}

/// Writes to the files of one application. What goes into a backup file waits until
/// [`Transaction::commit`]; what goes into a standard file is written at once.
///
/// Dropped with writes pending, neither committed nor aborted, it leaves a session whose every
/// later call is [`Misuse::Uncommitted`].
#[must_use = "writes to backup files count only once committed"]
pub struct Transaction<'s, 't> {
    talk: &'s mut Conversation<'t>,
    weakest: Option<Grade>,
    pending: bool,
    failed: bool,
}

impl<'t, A: Auth> Session<'t, App, A> {
    /// Begins a transaction. Sends nothing.
    pub const fn transaction(&mut self) -> Transaction<'_, 't> {
        self.talk.transaction()
    }
}

impl<'t> Conversation<'t> {
    /// Begins a transaction. Sends nothing.
    pub(crate) const fn transaction(&mut self) -> Transaction<'_, 't> {
        Transaction { talk: self, weakest: None, pending: false, failed: false }
    }
}

impl Transaction<'_, '_> {
    /// WriteData: replaces the bytes of the file from `offset`, in any number of frames, or of
    /// commands where the file goes in one APDU ([`File::in_one_apdu`]).
    ///
    /// # Errors
    /// [`Error`]; `BE` where the card's file is smaller. [`Misuse::OutsideFile`],
    /// [`Misuse::NoRight`] and [`Misuse::NothingToWrite`] before anything is sent. After any of
    /// them the transaction can only be aborted.
    pub fn write(&mut self, file: &File, offset: u32, data: &[u8]) -> Result<Answer<()>, Error> {
        let parts = WriteData::parts(file, offset, data, self.talk.key_no());
        let parts = parts.inspect_err(|_| self.failed = true)?;
        let mut whole = Answer { value: (), grade: Grade::Used };
        for part in &parts {
            whole.grade = whole.grade.min(self.send(file, part)?.grade);
        }
        Ok(whole)
    }

    /// Credit: raises the value by `amount`, at most 2,147,483,647.
    ///
    /// # Errors
    /// [`Error`]; `BE` beyond the upper limit. [`Misuse::NoRight`], [`Misuse::FileKind`] and
    /// [`Misuse::Amount`] before anything is sent.
    pub fn credit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(file, ChangeValue::credit(file, amount, key))
    }

    /// Debit: lowers the value by `amount`, at most 2,147,483,647.
    ///
    /// # Errors
    /// [`Error`]; `BE` beyond the lower limit. [`Misuse::NoRight`], [`Misuse::FileKind`] and
    /// [`Misuse::Amount`] before anything is sent.
    pub fn debit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(file, ChangeValue::debit(file, amount, key))
    }

    /// LimitedCredit: gives back up to what the last transaction with a debit took.
    ///
    /// # Errors
    /// [`Error`]; `9D` where it is switched off, `BE` beyond the limits. [`Misuse::NoRight`],
    /// [`Misuse::FileKind`] and [`Misuse::Amount`] before anything is sent.
    pub fn limited_credit(&mut self, file: &File, amount: u32) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(file, ChangeValue::limited_credit(file, amount, key))
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
        let key = self.talk.key_no();
        self.write_one(file, WriteRecord::new(file, offset, data, key))
    }

    /// RestoreTransfer: `target` takes over the last committed value of `source`. No public paper says whether a
    /// DESFire has it: hosts send it to EV2 and EV3, which may answer `1C`. How it goes under the MAC of a
    /// transaction is not public either, so a server cannot verify one that has it.
    ///
    /// Request: file numbers of target and source. Reply: nothing (liblogicalaccess; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `BE` beyond the target's limits, `1C` where the chip has no such command.
    /// [`Misuse::NoRight`] without the target's read-and-write right and any right to the source's value,
    /// [`Misuse::FileKind`] where one is no value file or both are the same: nothing is sent then.
    pub fn restore_transfer(&mut self, target: &File, source: &File) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(target, RestoreTransfer::new(target, source, key))
    }

    /// UpdateRecord: writes from `offset` into a record that there is, the `record`th counted back from the
    /// newest (0). One record of a file in each transaction, and not beside writes to another one. DESFire Light
    /// has it, and EV2 and later.
    ///
    /// # Errors
    /// [`Error`]; `BE` where there are fewer, `9D` where another record of the file was written.
    /// [`Misuse::OutsideFile`], [`Misuse::NoRight`], [`Misuse::FileKind`] and [`Misuse::NothingToWrite`]
    /// before anything is sent.
    pub fn update_record(
        &mut self,
        file: &File,
        record: u32,
        offset: u32,
        data: &[u8],
    ) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(file, UpdateRecord::new(file, (record, offset), data, key))
    }

    /// ClearRecordFile: removes all records.
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NoRight`] and [`Misuse::FileKind`] before anything is sent.
    pub fn clear_records(&mut self, file: &File) -> Result<Answer<()>, Error> {
        let key = self.talk.key_no();
        self.write_one(file, ClearRecordFile::new(file, key))
    }

    /// Sends one write, unless it makes no sense.
    fn write_one<C: Command<Output = ()>>(
        &mut self,
        file: &File,
        command: Result<C, Misuse>,
    ) -> Result<Answer<()>, Error> {
        let command = command.inspect_err(|_| self.failed = true)?;
        self.send(file, &command)
    }

    /// Sends one write to `file`, and takes down what it means for the transaction.
    pub(crate) fn send<C: Command<Output = ()>>(
        &mut self,
        file: &File,
        command: &C,
    ) -> Result<Answer<()>, Error> {
        self.run(command, file.settings().kind.is_transactional())
    }

    /// The same of any command; `pends` where it waits for a commit.
    fn run<C: Command>(&mut self, command: &C, pends: bool) -> Result<Answer<C::Output>, Error> {
        let done = self.talk.run(command);
        match &done {
            Ok(answer) => {
                self.weaken(answer.grade);
                self.pending |= pends;
            }
            Err(error) => {
                self.failed = true;
                // The card drops what was pending (libfreefare's real-card suite), but a session
                // without a key would otherwise go on as if nothing had been written.
                if self.pending && !matches!(error, Error::Misuse(_)) {
                    self.talk.line.lose();
                }
            }
        }
        done
    }

    /// CommitReaderID: names the reader of this transaction, where a transaction MAC file wants it, before the
    /// commit and once. The answer is the reader before, enciphered for the server
    /// ([`Operation::CommitReaderId`](crate::host::transaction::Operation::CommitReaderId)); nothing without a
    /// session.
    ///
    /// Request: identifier (16). Reply: in a session 16 bytes (NXP AN12343, table 32).
    ///
    /// # Errors
    /// [`Error`]; `9D` where there is no such file, it names no readers, or was named one; `AE` where another
    /// key names them.
    pub fn commit_reader_id(
        &mut self,
        reader: ReaderId,
    ) -> Result<Answer<Option<[u8; 16]>>, Error> {
        self.run(&CommitReaderId::new(reader, self.talk.key_no().is_some()), true)
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
        self.talk.line.usable()?;
        if self.pending {
            self.end(&EndTransaction::commit())?;
        }
        Ok(self.answer())
    }

    /// CommitTransaction with its option: as [`Transaction::commit`], and the card tells the counter of its
    /// transactions and the MAC over this one, for the server. It is sent also where nothing was written here, as
    /// a card counts reads too, since the application was selected.
    ///
    /// Request: `01`. Reply: counter (4, least significant byte first), MAC (8) (MF2DL(H)x0, CommitTransaction; no
    /// published bytes of the reply).
    ///
    /// # Errors
    /// [`Error`]; `9E` where nothing is counted, `9D` where the reader was not named, `0C` where there is nothing
    /// to commit. [`Misuse::WriteFailed`] where a write failed.
    pub fn commit_with_mac(mut self) -> Result<Answer<TransactionMac>, Error> {
        if self.failed {
            return Err(Misuse::WriteFailed.into());
        }
        self.talk.line.usable()?;
        let value = self.end(&CommitWithMac)?;
        Ok(Answer { value, grade: self.answer().grade })
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
        self.talk.line.usable()?;
        if self.pending {
            self.end(&EndTransaction::abort())?;
        }
        Ok(self.answer())
    }

    fn end<C: Command>(&mut self, end: &C) -> Result<C::Output, Error> {
        let ended = self.talk.run(end);
        self.pending = false;
        match ended {
            Ok(answer) => {
                self.weaken(answer.grade);
                Ok(answer.value)
            }
            Err(error) => {
                // Whether the writes are valid is unknown, with a key and without one.
                self.talk.line.lose();
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

impl Drop for Transaction<'_, '_> {
    fn drop(&mut self) {
        if self.pending {
            self.talk.line.leave_uncommitted();
        }
    }
}

impl core::fmt::Debug for Transaction<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Transaction").field("pending", &self.pending).finish_non_exhaustive()
    }
}
