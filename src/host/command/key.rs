// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys and their settings: GetKeyVersion `64`, GetKeySettings `45`, ChangeKeySettings `54`,
//! ChangeKey `C4`.

use arrayvec::ArrayVec;

use super::key_set::KeySetNo;
use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Failed, Misbehaviour, Misuse};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Level, Picc, Public, Secure, Session};
use crate::key::{CardKey, Purpose};
use crate::wire::{
    Ins, KeyDetails, KeyNo, KeySettings, KeySlots, KeyType, KeyVersion, PiccKey, Status,
};

/// GetKeyVersion.
#[derive(Debug)]
pub(crate) struct GetKeyVersion {
    header: ArrayVec<u8, 2>,
}

impl GetKeyVersion {
    /// `RFDoorLock` `GetKeyVersion`; NTAG 424 DNA capture in ntag424.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetKeyVersion);

    /// Of one key of the selected level.
    pub(crate) fn new(key: KeyNo) -> Self {
        Self { header: [key.into()].into_iter().collect() }
    }

    /// Of a key in one set: bit 6 of its number says that a set follows.
    pub(crate) fn of_set(set: KeySetNo, key: KeyNo) -> Self {
        Self { header: [u8::from(key) | 0x40, set.into()].into_iter().collect() }
    }
}

impl Command for GetKeyVersion {
    type Output = KeyVersion;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(1)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<KeyVersion, Misbehaviour> {
        let mut cursor = Cursor::new("key version", reply.data);
        let version = cursor.u8()?;
        cursor.finish()?;
        Ok(KeyVersion(version))
    }
}

/// GetKeySettings.
#[derive(Debug)]
pub(crate) struct GetKeySettings;

impl GetKeySettings {
    /// `RFDoorLock` `GetKeySettings`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetKeySettings);
}

impl Command for GetKeySettings {
    type Output = (KeySettings, KeySlots);

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(2)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        let mut cursor = Cursor::new("key settings", reply.data);
        let settings = KeySettings::from_byte(cursor.u8()?);
        let slots = KeySlots::from_byte(cursor.u8()?)?;
        cursor.finish()?;
        Ok((settings, slots))
    }
}

/// GetKeySettings, read as any generation answers.
#[derive(Debug)]
pub(crate) struct GetKeyDetails;

impl Command for GetKeyDetails {
    type Output = KeyDetails;

    fn rule(&self) -> &'static Rule {
        &GetKeySettings::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(7)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<KeyDetails, Misbehaviour> {
        Ok(KeyDetails::decode(reply.data)?)
    }
}

/// GetKeyVersion of all key sets of an application.
#[derive(Debug)]
pub(crate) struct GetKeySetVersions;

impl GetKeySetVersions {
    /// Key 0 with bit 6 for a set number to follow, and all sets instead of one.
    const HEADER: [u8; 2] = [0x40, 0x80];

    /// An application has sixteen sets at most.
    const MOST: usize = 16;
}

impl Command for GetKeySetVersions {
    type Output = Vec<KeyVersion>;

    fn rule(&self) -> &'static Rule {
        &GetKeyVersion::RULE
    }

    fn header(&self) -> &[u8] {
        &Self::HEADER
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(Self::MOST)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        Ok(reply.data.iter().copied().map(KeyVersion).collect())
    }
}

/// ChangeKeySettings.
#[derive(Debug)]
pub(crate) struct ChangeKeySettings {
    data: [u8; 1],
}

impl ChangeKeySettings {
    /// `RFDoorLock` `ChangeKeySettings`; desfire-tools-for-android in D40; Proxmark3 (belief for
    /// EV2).
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::ChangeKeySettings).secure().travels([Full, Plain], [Full, Mac]);

    /// The settings byte of the selected level.
    pub(crate) fn new(settings: KeySettings) -> Self {
        Self { data: [settings.to_byte()] }
    }
}

impl Command for ChangeKeySettings {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn data(&self) -> Data<'_> {
        Data::Plain(&self.data)
    }
}

/// ChangeKey.
#[derive(Debug)]
pub(crate) struct ChangeKey<'k>(KeyChange<'k>);

/// What goes into a change-key cryptogram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyChange<'k> {
    /// The key set, where it is not that of the session.
    pub(in crate::host) set: Option<u8>,
    /// The key number as sent; at PICC level with the type of the new key in bits 7 and 6.
    pub(in crate::host) no: u8,
    pub(in crate::host) new: &'k CardKey,
    /// The key replaced, where it is not the key of the session.
    pub(in crate::host) old: Option<&'k CardKey>,
}

impl KeyChange<'_> {
    /// The instruction, and what stands in clear in front of the cryptogram.
    pub(in crate::host) fn head(&self) -> (Ins, ArrayVec<u8, 2>) {
        let ins = if self.set.is_some() { Ins::ChangeKeyEv2 } else { Ins::ChangeKey };
        (ins, self.set.into_iter().chain([self.no]).collect())
    }

    /// How long it is before it is sealed: the new key, for AES its version, and where another key
    /// than the session's is replaced a checksum of so many bytes.
    pub(in crate::host) fn length(&self, checksum: usize) -> usize {
        let version = usize::from(self.new.key_type() == KeyType::Aes);
        let replaced = if self.old.is_some() { checksum } else { 0 };
        self.new.key_type().length() + version + replaced
    }
}

impl<'k> ChangeKey<'k> {
    /// `RFDoorLock` `ChangeKey`; desfire-tools-for-android in D40; AN12343 tables 39 and 40. The own
    /// key's reply is bare.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ChangeKey)
        .secure()
        .travels([Full, Plain], [Full, Mac])
        .hints(&[(Status::IntegrityError, " (the old key or the key type is another?)")]);

    /// Of another key than the session's own.
    pub(crate) fn other(no: KeyNo, new: &'k CardKey, old: &'k CardKey) -> Self {
        Self(KeyChange { set: None, no: no.into(), new, old: Some(old) })
    }

    /// Of the session's own key; at PICC level the number tells its new type too.
    pub(crate) fn own(in_application: bool, no: KeyNo, new: &'k CardKey) -> Self {
        let kind = if in_application { 0x00 } else { new.key_type().bits() };
        Self(KeyChange { set: None, no: u8::from(no) | kind, new, old: None })
    }
}

impl Command for ChangeKey<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn data(&self) -> Data<'_> {
        Data::KeyChange(self.0)
    }

    fn brings_live_key(&self) -> bool {
        let live = |key: &CardKey| key.purpose() == Purpose::Live;
        live(self.0.new) || self.0.old.is_some_and(live)
    }

    fn extent(&self) -> Extent {
        if self.0.old.is_some() { Extent::Told(0) } else { Extent::Bare }
    }
}

impl Conversation<'_> {
    /// Replaces another key of the application than the session's own.
    pub(crate) fn change_key(
        &mut self,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        if let Some(session) = &self.secure {
            if no == session.key_no {
                return Err(Misuse::OwnKey.into());
            }
            if [new.key_type(), old.key_type()] != [session.key_type; 2] {
                return Err(Misuse::KeyType.into());
            }
        }
        self.run(&ChangeKey::other(no, new, old))
    }

    /// Replaces the key of the session, which ends with it.
    pub(crate) fn change_own_key(&mut self, new: &CardKey) -> Result<(), Error> {
        let session = self.secure.as_ref().ok_or(Misuse::Nobody)?;
        if self.in_application && new.key_type() != session.key_type {
            return Err(Misuse::KeyType.into());
        }
        let change = ChangeKey::own(self.in_application, session.key_no, new);
        self.run_last(&change).map(drop)
    }
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// GetKeyVersion: the version of a key. Needs no authentication.
    ///
    /// Request: key number. Reply: version (1) (`RFDoorLock` `GetKeyVersion`; NTAG 424 DNA captures
    /// in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; `40` where there is no such key.
    pub fn key_version(&mut self, key: KeyNo) -> Result<Answer<KeyVersion>, Error> {
        self.talk.run(&GetKeyVersion::new(key))
    }

    /// GetKeySettings: both settings bytes of the selected level. Needs its master key unless
    /// listing is free.
    ///
    /// Request: nothing. Reply: settings (1), key slots (1) (`RFDoorLock` `GetKeySettings`).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn key_settings(&mut self) -> Result<Answer<(KeySettings, KeySlots)>, Error> {
        self.talk.run(&GetKeySettings)
    }
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// GetKeySettings of a level that may be of any generation and anybody's: the third byte and the
    /// key sets are read too.
    ///
    /// Request: nothing. Reply: as [`KeyDetails::decode`] says (`RFDoorLock` `GetKeySettings`; the
    /// longer forms by liblogicalaccess, no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn key_details(&mut self) -> Result<Answer<KeyDetails>, Error> {
        self.talk.run(&GetKeyDetails)
    }
}

impl<A: Auth> Session<'_, Picc, A> {
    /// GetKeyVersion of a key that only the PICC has (EV2). Needs no authentication.
    ///
    /// Request: key number `10` to `12`, `18` to `1A` or `20` to `23`. Reply: version (1) (the keys by NXP's short
    /// data sheets; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `40` where there is no such key.
    pub fn picc_key_version(&mut self, key: PiccKey) -> Result<Answer<KeyVersion>, Error> {
        self.talk.run(&GetKeyVersion::new(key.number()))
    }
}

impl Session<'_, Picc, Secure> {
    /// ChangeKey of a key that only the PICC has, in a session of the PICC master key, which must be an AES key as
    /// they are. The session goes on. On an EV3 this is what enables the keys of delegated application management.
    ///
    /// Request: key number, then enciphered the new key XORed with the old, the new version, and checksums, as of
    /// another key in an application (nfcjlib on a real EV2; that the number has no type in bits 7 and 6 is a
    /// belief). Reply: nothing.
    ///
    /// # Errors
    /// [`Error`]; `1E` where `old` is not what the card has, `9D` where the key is frozen or NXP's, `AE` where another
    /// key has authenticated. [`Misuse::OwnKey`] for the session's own key, [`Misuse::KeyType`] where a key, or the
    /// session's, is no AES key: nothing is sent then.
    pub fn change_picc_key(
        &mut self,
        which: PiccKey,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        if new.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType.into());
        }
        self.talk.change_key(which.number(), new, old)
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// GetKeyVersion of the key sets of the application, in their order (EV2).
    ///
    /// Request: `40`, `80`. Reply: versions (1 each) (liblogicalaccess; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; cards without key sets refuse with `7E`, `40` or `9E`.
    pub fn key_set_versions(&mut self) -> Result<Answer<Vec<KeyVersion>>, Error> {
        self.talk.run(&GetKeySetVersions)
    }
}

impl<L: Level> Session<'_, L, Secure> {
    /// ChangeKeySettings: replaces the settings byte of the selected level, whose master key must
    /// have authenticated.
    ///
    /// Request: settings (1), enciphered. Reply: nothing (`RFDoorLock` `ChangeKeySettings`).
    ///
    /// # Errors
    /// [`Error`]; `9D` where the settings are frozen, `AE` for another key.
    pub fn change_key_settings(&mut self, settings: KeySettings) -> Result<Answer<()>, Error> {
        self.talk.run(&ChangeKeySettings::new(settings))
    }
}

impl<'t> Session<'t, Picc, Secure> {
    /// ChangeKey of the PICC master key, to a key of any type. Ends the session; the bare reply
    /// is worth [`Grade::Said`](crate::host::Grade::Said).
    ///
    /// Request: key number `00` with the new key's type in bits 7 and 6, then enciphered the new
    /// key, for AES its version (and for EV1 a CRC-32 over all) (revk/DESFireAES; `RFDoorLock`
    /// `ChangeKey`; for EV2 NXP AN12343 table 40, the type bits by Proxmark3).
    ///
    /// # Errors
    /// [`Failed`]; `9D` where the master key is frozen.
    pub fn change_master_key(
        mut self,
        new: &CardKey,
    ) -> Result<Session<'t, Picc, Public>, Failed<Session<'t, Picc, Public>>> {
        let changed = self.talk.change_own_key(new);
        self.onward(changed)
    }
}

impl<'t> Session<'t, App, Secure> {
    /// ChangeKey of another key than the session's own. The session goes on.
    ///
    /// Request: key number, then enciphered the new key XORed with the old, for AES the new
    /// version, and checksums (`RFDoorLock` `ChangeKey(KeyNo= 1)`; NXP AN12343 table 39).
    ///
    /// # Errors
    /// [`Error`]; `1E` where `old` is not what the slot holds, `9D` where the keys are frozen, `AE`
    /// where another key may change this one. [`Misuse::OwnKey`] for the session's own key,
    /// [`Misuse::KeyType`] where a key is not of the application's type.
    pub fn change_key(
        &mut self,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        self.talk.change_key(no, new, old)
    }

    /// ChangeKey of the session's own key. Ends the session; the bare reply is worth
    /// [`Grade::Said`](crate::host::Grade::Said).
    ///
    /// Request: key number, then enciphered the new key, for AES its version (and for EV1 a
    /// CRC-32 over all) (`RFDoorLock` `ChangeKey(KeyNo= 0)`; NXP AN12343 table 40).
    ///
    /// # Errors
    /// [`Failed`]; `9D` where the key is frozen, `AE` where another key may change it.
    pub fn change_own_key(
        mut self,
        new: &CardKey,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, App, Public>>> {
        let changed = self.talk.change_own_key(new);
        self.onward(changed)
    }
}
