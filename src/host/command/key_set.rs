// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key sets of an application (EV2): InitializeKeySet `56`, ChangeKeyEV2 `C6`, FinalizeKeySet `57`, RollKeySet
//! `55`. All keys of an application change at once so: a set is filled beside the one that is used, closed, and
//! takes its place.

use super::key::{GetKeyVersion, KeyChange};
use super::{Command, Data, Extent, says_nothing};
use crate::host::answer::Answer;
use crate::host::error::{Error, Failed, Misuse};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Public, Secure, Session};
use crate::key::{CardKey, Purpose};
use crate::wire::{Ins, KeyNo, KeyType, KeyVersion, Status};

/// The number of a key set that is not the active one, 1 to 15. The active one is always 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeySetNo(u8);

impl KeySetNo {
    /// The one beside the active set that every application with key sets has.
    pub(crate) const FIRST: Self = Self(1);

    /// `None` for 0 and above 15.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 15 { Some(Self(number)) } else { None }
    }
}

impl From<KeySetNo> for u8 {
    fn from(number: KeySetNo) -> Self {
        number.0
    }
}

impl core::fmt::Display for KeySetNo {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// InitializeKeySet.
#[derive(Debug)]
pub(crate) struct InitializeKeySet {
    header: [u8; 2],
}

impl InitializeKeySet {
    /// ObsidianPay/libnxpsc's notes on a real EV3 (no bytes); Proxmark3.
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::InitializeKeySet).in_application().in_ev2().slow().hints(&[
            (Status::ParameterError, " (no such set, or its keys may not be so long)"),
            (Status::PermissionDenied, NO_SETS),
        ]);

    /// The type as it is, not in the upper bits.
    pub(crate) const fn new(set: KeySetNo, key_type: KeyType) -> Self {
        Self { header: [set.0, key_type.bits() >> 6] }
    }
}

impl Command for InitializeKeySet {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

/// ChangeKeyEV2, of a set that is not the active one.
#[derive(Debug)]
pub(crate) struct ChangeKeyOfSet<'k>(KeyChange<'k>);

impl<'k> ChangeKeyOfSet<'k> {
    /// ObsidianPay/libnxpsc's notes on a real EV3 (no bytes); Proxmark3.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ChangeKeyEv2)
        .in_application()
        .in_ev2()
        .travels([Full, Plain], [Full, Mac])
        .hints(&[
            (Status::IntegrityError, " (the old key or the key type is another?)"),
            (
                Status::NoSuchKey,
                " (no such set or key, or the set is not ready: InitializeKeySet first)",
            ),
            (
                Status::PermissionDenied,
                " (frozen by settings, or the set is closed: InitializeKeySet makes it anew)",
            ),
        ]);

    /// # Errors
    /// [`Misuse::KeyType`] where one key cannot take the other's place.
    pub(crate) fn new(
        set: KeySetNo,
        no: KeyNo,
        new: &'k CardKey,
        old: &'k CardKey,
    ) -> Result<Self, Misuse> {
        if new.key_type() != old.key_type() {
            return Err(Misuse::KeyType);
        }
        Ok(Self(KeyChange { set: Some(set.0), no: no.into(), new, old: Some(old) }))
    }
}

impl Command for ChangeKeyOfSet<'_> {
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
}

/// FinalizeKeySet.
#[derive(Debug)]
pub(crate) struct FinalizeKeySet {
    header: [u8; 2],
}

impl FinalizeKeySet {
    /// ObsidianPay/libnxpsc's notes on a real EV3 (no bytes); Proxmark3.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::FinalizeKeySet)
        .in_application()
        .in_ev2()
        .hints(&[(Status::ParameterError, " (no such set)"), (Status::PermissionDenied, NO_SETS)]);

    /// The set, and its version from now on.
    pub(crate) const fn new(set: KeySetNo, version: KeyVersion) -> Self {
        Self { header: [set.0, version.0] }
    }
}

impl Command for FinalizeKeySet {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

/// RollKeySet.
#[derive(Debug)]
pub(crate) struct RollKeySet {
    header: [u8; 1],
}

impl RollKeySet {
    /// ObsidianPay/libnxpsc's notes on a real EV3 (no bytes).
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::RollKeySet).in_application().in_ev2().slow().hints(&[
            (Status::ParameterError, " (no such set, or the active one)"),
            (
                Status::PermissionDenied,
                " (the set is not closed, FinalizeKeySet first, or its keys are of another type)",
            ),
        ]);

    /// The set that becomes the active one.
    pub(crate) const fn new(set: KeySetNo) -> Self {
        Self { header: [set.0] }
    }
}

impl Command for RollKeySet {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    /// The session is over with it.
    fn extent(&self) -> Extent {
        Extent::Bare
    }
}

const NO_SETS: &str = " (the application was created without key sets)";

impl<A: Auth> Session<'_, App, A> {
    /// GetKeyVersion of a key in a set that is not the active one (EV2). Needs no authentication.
    ///
    /// Request: key number with bit 6, set number. Reply: version (1) (liblogicalaccess; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `40` where there is no such key or set, or nothing in it yet.
    pub fn key_version_of_set(
        &mut self,
        set: KeySetNo,
        key: KeyNo,
    ) -> Result<Answer<KeyVersion>, Error> {
        self.talk.run(&GetKeyVersion::of_set(set, key))
    }
}

impl<'t> Session<'t, App, Secure> {
    /// InitializeKeySet: makes a set ready, with keys of this type that are all zero and of version 0. What was
    /// in it is gone. The application's master key must have authenticated with EV2 messaging. A card takes also
    /// a type that the application's keys do not have, and never makes such a set the active one.
    ///
    /// Request: set number (1), `00`, `01` or `02` for DES, 3K3DES or AES. Reply: nothing
    /// (ObsidianPay/libnxpsc's notes on a real EV3; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `9E` where there is no such set or the keys are too long, `9D` where the application has no key
    /// sets, `AE` where another key has authenticated. [`Misuse::OnlyEv2`] in another session.
    pub fn initialize_key_set(
        &mut self,
        set: KeySetNo,
        key_type: KeyType,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&InitializeKeySet::new(set, key_type))
    }

    /// ChangeKeyEV2 of a key in a set that is not the active one; those of the active one are changed with
    /// [`Session::change_key`] and [`Session::change_own_key`]. The key that may change keys must have
    /// authenticated with EV2 messaging; the session goes on, also where the number is its own key's.
    ///
    /// Request: set number, key number, then enciphered the new key XORed with the old, for AES the new version,
    /// and a CRC-32 of the new key. Reply: nothing (ObsidianPay/libnxpsc's notes on a real EV3; what is enciphered
    /// as in NXP AN12343, table 39; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `1E` where `old` is not what the slot holds, `40` where the set is not ready, `9D` where it is
    /// closed or the keys are frozen, `AE` where another key may change them. [`Misuse::KeyType`] where both
    /// keys are not of one type, [`Misuse::OnlyEv2`] in another session: nothing is sent then.
    pub fn change_key_of_set(
        &mut self,
        set: KeySetNo,
        no: KeyNo,
        new: &CardKey,
        old: &CardKey,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&ChangeKeyOfSet::new(set, no, new, old)?)
    }

    /// FinalizeKeySet: closes a set that is ready, and gives it its version. Now it can become the active one.
    /// The application's master key must have authenticated with EV2 messaging.
    ///
    /// Request: set number, version (1). Reply: nothing (ObsidianPay/libnxpsc's notes on a real EV3; no published
    /// bytes).
    ///
    /// # Errors
    /// [`Error`]; `9E` where there is no such set, `9D` where it was not made ready or there are no key sets, `AE`
    /// where another key has authenticated. [`Misuse::OnlyEv2`] in another session.
    pub fn finalize_key_set(
        &mut self,
        set: KeySetNo,
        version: KeyVersion,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&FinalizeKeySet::new(set, version))
    }

    /// RollKeySet: makes a closed set the active one, and so changes every key of the application at once. The
    /// key for that must have authenticated with EV2 messaging. Ends the session; the bare reply is worth
    /// [`Grade::Said`](crate::host::Grade::Said): authenticate with a key of the set to know. The set that was
    /// active keeps its keys under another number, by belief that of the set that took its place.
    ///
    /// Request: set number. Reply: the bare status (ObsidianPay/libnxpsc's notes on a real EV3; other hosts
    /// expect a MAC, which does not come).
    ///
    /// # Errors
    /// [`Failed`]; `9D` where the set is not closed or of another key type, `9E` where there is none, `AE` where
    /// another key may roll. [`Misuse::OnlyEv2`] in another session: nothing is sent then, and the session does
    /// not come back.
    pub fn roll_key_set(
        mut self,
        set: KeySetNo,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, App, Public>>> {
        let rolled = self.talk.run_last(&RollKeySet::new(set)).map(drop);
        self.onward(rolled)
    }
}

#[cfg(test)]
mod tests;
