// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions that a card makes a MAC over: CreateTransactionMACFile `CE`, CommitReaderID `C8`, and
//! CommitTransaction `C7` that tells counter and MAC. What a server makes of them is in
//! [`transaction`](crate::host::transaction).

use arrayvec::ArrayVec;

use super::file::ChangeFileSettings;
use super::transaction::EndTransaction;
use super::{Command, Data, Extent, Reply, says_nothing};
use crate::host::answer::Answer;
use crate::host::dynamic::SdmCipher;
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::file::File;
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Secure, Session};
use crate::host::transaction::{ReaderId, TransactionMac};
use crate::key::{CardKey, ChangeBuf, Purpose};
use crate::wire::{
    Access, AccessRights, CommMode, DetailedKind, FileDetails, FileKind, FileNo, FileSettings,
    FileSize, Ins, KeyNo, KeyType, Status,
};

/// What is set of a transaction MAC file (MF2DL(H)x0, CreateTransactionMACFile).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the command")]
pub struct TransactionMacSettings {
    /// How counter and MAC travel where they are read.
    pub mode: CommMode,
    /// Who may read them.
    pub read: Access,
    /// Who names the reader of a transaction; each then needs one. [`Access::Never`] where none has one.
    pub reader: Access,
    /// Who may change the settings.
    pub change: Access,
    /// Whether the MAC leaves out what is done without a session (bit 4 of the option).
    pub sessions_only: bool,
}

impl TransactionMacSettings {
    /// As GetFileSettings tells them; `None` of another kind of file.
    #[must_use]
    pub fn of(told: &FileDetails) -> Option<Self> {
        let DetailedKind::TransactionMac { .. } = told.kind else { return None };
        let AccessRights { read, read_write: reader, change, .. } = told.rights;
        let sessions_only = told.option & SESSIONS_ONLY != 0;
        Some(Self { mode: told.mode, read, reader, change, sessions_only })
    }

    /// The file as one to read 12 bytes from, which [`TransactionMac::decode`] takes apart: only the read
    /// right counts, and nobody writes.
    #[must_use]
    pub fn file(&self, no: FileNo) -> File {
        let rights = AccessRights { read_write: Access::Never, ..self.rights() };
        let kind = FileKind::Standard { size: FileSize::TRANSACTION_MAC };
        File::declared(no, FileSettings::new(kind, self.mode, rights))
    }

    /// ChangeFileSettings that brings these, and a limit, in place of others.
    pub(crate) fn replacing(
        &self,
        now: &Self,
        no: FileNo,
        (limit, cipher): (Option<u32>, SdmCipher),
        key: Option<KeyNo>,
    ) -> Result<ChangeFileSettings, Misuse> {
        let mut data = ArrayVec::<u8, 7>::new();
        data.push(self.option() | limit.map_or(0, |_| LIMITED));
        data.extend(self.rights().to_wire());
        match (limit, cipher) {
            (None, _) => {}
            (Some(limit), SdmCipher::Lrp) => {
                let limit = u16::try_from(limit).map_err(|_| Misuse::TransactionLimit)?;
                data.extend(limit.to_le_bytes());
            }
            (Some(limit), SdmCipher::Aes) => data.extend(limit.to_le_bytes()),
        }
        ChangeFileSettings::raw(&now.file(no), &data, key)
    }

    const fn rights(&self) -> AccessRights {
        let (read, write, read_write, change) =
            (self.read, Access::Never, self.reader, self.change);
        AccessRights { read, write, read_write, change }
    }

    fn option(&self) -> u8 {
        self.mode.bits() | if self.sessions_only { SESSIONS_ONLY } else { 0 }
    }
}

/// Bits of the option byte.
const SESSIONS_ONLY: u8 = 0x10;
const LIMITED: u8 = 0x20;

/// CreateTransactionMACFile.
#[derive(Debug)]
pub(crate) struct CreateTransactionMacFile {
    header: [u8; 5],
    key: ChangeBuf,
    purpose: Purpose,
}

impl CreateTransactionMacFile {
    /// AN12343, section 10; outside of EV2 messaging belief.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::CreateTransactionMacFile)
        .in_application()
        .secure()
        .slow()
        .travels([Full, Plain], [Full, Mac])
        .hints(&[
            (Status::PermissionDenied, " (the application has such a file already)"),
            (Status::ParameterError, " (a key that the application does not have, or a mode)"),
        ]);

    /// AES, the only way that such a key works.
    const AES: u8 = 0x02;

    /// With a key that is not looked at but for its type.
    pub(crate) fn new(
        no: FileNo,
        settings: &TransactionMacSettings,
        key: &CardKey,
    ) -> Result<Self, Misuse> {
        if key.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType);
        }
        let [low, high] = settings.rights().to_wire();
        let header = [no.into(), settings.option(), low, high, Self::AES];
        let mut data = ChangeBuf::new(ArrayVec::new());
        key.append_to(None, &mut data);
        data.expose_secret_mut().push(key.version().0);
        Ok(Self { header, key: data, purpose: key.purpose() })
    }
}

impl Command for CreateTransactionMacFile {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        Data::Sensitive(self.key.expose_secret())
    }

    fn brings_live_key(&self) -> bool {
        self.purpose == Purpose::Live
    }
}

/// CommitReaderID.
#[derive(Debug)]
pub(crate) struct CommitReaderId {
    header: [u8; 16],
    /// Whether a key has authenticated.
    secure: bool,
}

impl CommitReaderId {
    /// AN12343 table 32.
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::CommitReaderId).in_application().hints(&[(
            Status::PermissionDenied,
            " (no transaction MAC file, none whose readers are named, a reader named before in this \
             transaction, or all transactions used up)",
        )]);

    pub(crate) const fn new(ReaderId(header): ReaderId, secure: bool) -> Self {
        Self { header, secure }
    }
}

impl Command for CommitReaderId {
    type Output = Option<[u8; 16]>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    /// The reader before is told in a session only.
    fn extent(&self) -> Extent {
        Extent::Told(if self.secure { 16 } else { 0 })
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        Ok(reply.data.try_into().ok())
    }
}

/// CommitTransaction with its option: counter and MAC come back.
#[derive(Debug)]
pub(crate) struct CommitWithMac;

impl Command for CommitWithMac {
    type Output = TransactionMac;

    fn rule(&self) -> &'static Rule {
        &EndTransaction::COMMIT
    }

    fn header(&self) -> &[u8] {
        &[0x01]
    }

    fn extent(&self) -> Extent {
        Extent::Told(12)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<TransactionMac, Misbehaviour> {
        Ok(TransactionMac::decode(reply.data)?)
    }
}

impl Session<'_, App, Secure> {
    /// CreateTransactionMACFile: from now on the card counts the application's transactions and makes a MAC
    /// over each with `key`. An application has one such file; deleting it forgets counter and key. The
    /// application's master key must have authenticated.
    ///
    /// Request: file number, option (1), rights (2), `02`, then enciphered the key (16) and its version (1).
    /// Reply: nothing (NXP AN12343, section 10).
    ///
    /// # Errors
    /// [`Error`]; `9D` where there is one already, `DE` where the number is taken. [`Misuse::KeyType`] for
    /// another key than an AES key: nothing is sent then.
    pub fn create_transaction_mac_file(
        &mut self,
        no: FileNo,
        settings: &TransactionMacSettings,
        key: &CardKey,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&CreateTransactionMacFile::new(no, settings, key)?)
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// ChangeFileSettings of a transaction MAC file, whose settings are `now`; `limit` is how many
    /// transactions it counts before the application's data can only be looked at, or none. A limit, and
    /// leaving out what is done without a session, drops what is pending.
    ///
    /// Request: file number, then option (1), rights (2) and the limit (4, least significant byte first; 2 in
    /// LRP). Reply: nothing (MF2DL(H)x0, ChangeFileSettings; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `9E` for a limit that is not above the counter, or a key that there is not.
    /// [`Misuse::TransactionLimit`] for one that LRP cannot count to, [`Misuse::NoRight`] where another key or
    /// nobody has the change right: nothing is sent then.
    pub fn change_transaction_mac_file(
        &mut self,
        no: FileNo,
        now: &TransactionMacSettings,
        new: &TransactionMacSettings,
        limit: Option<u32>,
    ) -> Result<Answer<()>, Error> {
        let limit = (limit, self.talk.sdm_cipher().unwrap_or(SdmCipher::Aes));
        self.talk.run(&new.replacing(now, no, limit, self.talk.key_no())?)
    }
}

#[cfg(test)]
mod tests;
