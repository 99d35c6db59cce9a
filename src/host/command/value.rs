// SPDX-License-Identifier: MIT OR Apache-2.0
//! Value files: GetValue `6C`, Credit `0C`, Debit `DC`, LimitedCredit `1C`, RestoreTransfer `B1`.

use super::data::ANOTHER_MODE;
use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::file::File;
use crate::host::rule::Mode::{File as OfFile, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::wire::{CommMode, FileKind, Ins, KeyNo, Status};

/// GetValue.
#[derive(Debug)]
pub(crate) struct GetValue {
    header: [u8; 1],
    mode: CommMode,
}

impl GetValue {
    /// skjolber `testAES2`, `test3K3DES2`; AN12343 table 35.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetValue)
        .in_application()
        .travels([Plain, OfFile], [OfFile, OfFile])
        .hints(&[LENGTH]);

    /// The value of the last commit; `key` has authenticated.
    pub(crate) fn new(file: &File, key: Option<KeyNo>) -> Result<Self, Misuse> {
        Ok(Self { header: [file.no().into()], mode: file.value_mode(key)? })
    }
}

impl Command for GetValue {
    type Output = i32;

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
        Extent::Told(4)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<i32, Misbehaviour> {
        let mut cursor = Cursor::new("value", reply.data);
        let value = cursor.i32_le()?;
        cursor.finish()?;
        Ok(value)
    }
}

/// Credit, Debit or LimitedCredit. It shows nowhere: an amount may be personal.
pub(crate) struct ChangeValue {
    rule: &'static Rule,
    header: [u8; 1],
    mode: CommMode,
    amount: [u8; 4],
}

impl ChangeValue {
    /// libfreefare (belief); AN12343 table 36.
    pub(in crate::host) const CREDIT: Rule = Self::row(Ins::Credit, &[FAULT, LENGTH, BEYOND]);

    /// libfreefare (belief); AN12343 table 37.
    pub(in crate::host) const DEBIT: Rule = Self::row(Ins::Debit, &[FAULT, LENGTH, BEYOND]);

    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const LIMITED_CREDIT: Rule = Self::row(
        Ins::LimitedCredit,
        &[FAULT, LENGTH, BEYOND, (Status::PermissionDenied, " (limited credit is switched off?)")],
    );

    const fn row(ins: Ins, hints: &'static [(Status, &'static str)]) -> Rule {
        Rule::new(ins).in_application().travels([OfFile, Plain], [OfFile, OfFile]).hints(hints)
    }

    /// Credit: raises the value; `key` has authenticated.
    pub(crate) fn credit(file: &File, amount: u32, key: Option<KeyNo>) -> Result<Self, Misuse> {
        Self::by(&Self::CREDIT, file, file.credit_mode(key)?, amount)
    }

    /// Debit: lowers the value; `key` has authenticated.
    pub(crate) fn debit(file: &File, amount: u32, key: Option<KeyNo>) -> Result<Self, Misuse> {
        Self::by(&Self::DEBIT, file, file.debit_mode(key)?, amount)
    }

    /// LimitedCredit: gives back what was debited; `key` has authenticated.
    pub(super) fn limited_credit(
        file: &File,
        amount: u32,
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        Self::by(&Self::LIMITED_CREDIT, file, file.write_mode(key)?, amount)
    }

    fn by(rule: &'static Rule, file: &File, mode: CommMode, amount: u32) -> Result<Self, Misuse> {
        let FileKind::Value(_) = file.settings().kind else { return Err(Misuse::FileKind) };
        let amount = i32::try_from(amount).map_err(|_| Misuse::Amount)?.to_le_bytes();
        Ok(Self { rule, header: [file.no().into()], mode, amount })
    }
}

const FAULT: (Status, &str) = (Status::IntegrityError, ANOTHER_MODE);
const LENGTH: (Status, &str) = (Status::LengthError, ANOTHER_MODE);
const BEYOND: (Status, &str) = (Status::BoundaryError, " (beyond the limits of the value)");

impl Command for ChangeValue {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        Data::Sensitive(&self.amount)
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

/// RestoreTransfer.
#[derive(Debug)]
pub(crate) struct RestoreTransfer {
    header: [u8; 2],
    mode: CommMode,
}

impl RestoreTransfer {
    /// liblogicalaccess (belief); as it has no data, an enciphered file's goes as a MACed one's.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::RestoreTransfer)
        .in_application()
        .travels([Plain, Plain], [OfFile, OfFile])
        .hints(&[LENGTH, (Status::IllegalCommand, " (the chip has no such command)")]);

    /// How it travels, where both files have a value and `key` may look at one and set the other.
    fn checked(target: &File, source: &File, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        let of_value = |file: &File| matches!(file.settings().kind, FileKind::Value(_));
        if !of_value(target) || !of_value(source) || target.no() == source.no() {
            return Err(Misuse::FileKind);
        }
        source.debit_mode(key)?;
        target.credit_mode(key)
    }

    /// The target takes the source's value; `key` has authenticated.
    pub(super) fn new(target: &File, source: &File, key: Option<KeyNo>) -> Result<Self, Misuse> {
        let mode = Self::checked(target, source, key)?;
        Ok(Self { header: [target.no().into(), source.no().into()], mode })
    }
}

impl Command for RestoreTransfer {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

impl Conversation<'_> {
    /// The value of the last commit.
    pub(crate) fn value(&mut self, file: &File) -> Result<Answer<i32>, Error> {
        self.run(&GetValue::new(file, self.key_no())?)
    }
}

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
        self.talk.value(file)
    }
}
