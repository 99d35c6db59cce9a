// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SetConfiguration has set.

use core::time::Duration;
use std::collections::BTreeMap;

use crate::iso14443::Ats;
use crate::wire::{KeyType, PiccConfiguration};

use super::failures::FailureLimit;
use super::keys::StoredKey;
use super::seal::Seal;

/// The configuration of the card.
#[derive(Clone, Default)]
pub(super) struct Configuration {
    /// The switches, each of which can only be turned on.
    pub(super) picc: PiccConfiguration,
    /// What an EV3 shows for its UID.
    pub(super) uid_form: UidForm,
    /// What the slots of a new application hold.
    pub(super) default_key: Option<DefaultKey>,
    /// The answer to select, where it is not the factory's.
    pub(super) ats: Option<Ats>,
    /// The seal, of chips that have one.
    pub(super) seal: Seal,
    /// What it was told beside: the last data of each option.
    pub(super) told: BTreeMap<u8, Vec<u8>>,
}

/// How an EV3 shows its UID: bits 5 and 6 of option 00, written anew each time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct UidForm {
    /// A random UID begins with `80`, as an EV1's does, and not with `08`.
    pub(super) legacy: bool,
    /// A fixed number of four bytes stands for the UID.
    pub(super) number: bool,
}

impl UidForm {
    /// The two bits of the byte.
    pub(super) const MASK: u8 = 0x60;

    pub(super) const fn from_byte(byte: u8) -> Self {
        Self { legacy: byte & 0x20 != 0, number: byte & 0x40 != 0 }
    }

    pub(super) const fn to_byte(self) -> u8 {
        (self.legacy as u8) << 5 | (self.number as u8) << 6
    }
}

/// What option 04 closes, of an EV2 and EV3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Closed {
    /// The messaging of D40.
    pub(super) d40: bool,
    /// That of EV1.
    pub(super) ev1: bool,
    /// Writing a standard file that asks for a MAC or more, in several frames.
    pub(super) chains: bool,
}

impl Closed {
    /// The bits that have a meaning.
    pub(super) const MASK: u8 = 0x07;

    /// The two bytes, the low one first.
    const fn from_bytes([low, _]: [u8; 2]) -> Self {
        Self { d40: low & 0x01 != 0, ev1: low & 0x02 != 0, chains: low & 0x04 != 0 }
    }
}

/// The default key: enough bytes for every type, and a version for AES.
#[derive(Clone)]
pub(super) struct DefaultKey {
    /// Behind a pointer, as those of the keys in their slots.
    pub(super) bytes: Box<crate::secret::Secret<[u8; 24]>>,
    pub(super) version: u8,
}

impl Configuration {
    /// The option that sets capabilities.
    pub(super) const CAPABILITIES: u8 = 0x05;
    /// In the first of the capabilities that are told: LRP messaging.
    pub(super) const LRP: u8 = 0x02;

    /// The option that gives a card a name beside its own.
    pub(super) const NAME: u8 = 0x06;

    /// The name in the data of option 06: sixteen bytes with the name at either end, zeros beside it, and how
    /// long it is.
    pub(super) fn name_in(data: &[u8]) -> Option<&[u8]> {
        let (&length, filled) = data.split_last()?;
        let length = usize::from(length);
        let fits = filled.len() == 16 && (1..=16).contains(&length);
        let (front, behind) = filled.split_at_checked(length).filter(|_| fits)?;
        if behind.iter().all(|&byte| byte == 0x00) {
            return Some(front);
        }
        let (before, back) = filled.split_at_checked(filled.len().saturating_sub(length))?;
        before.iter().all(|&byte| byte == 0x00).then_some(back)
    }

    /// The name that a card was given beside its own.
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.told.get(&Self::NAME).and_then(|told| Self::name_in(told))
    }

    /// The option that closes messaging.
    pub(super) const MESSAGING: u8 = 0x04;

    /// What option 04 has closed.
    pub(super) fn closed(&self) -> Closed {
        let told = self.told.get(&Self::MESSAGING);
        told.and_then(|told| told.first_chunk().copied())
            .map_or_else(Closed::default, Closed::from_bytes)
    }

    /// Closes what these bits of option 04 name. What is closed stays so.
    pub(super) fn close(&mut self, bits: u8) {
        let told = self.told.entry(Self::MESSAGING).or_insert_with(|| vec![0, 0]);
        if let Some(before) = told.first_mut() {
            *before |= bits;
        }
    }

    /// When the keys of a chip with a fixed layout are blocked; `None` where failures are not counted.
    pub(super) fn failure_limit(&self) -> Option<FailureLimit> {
        let told = self.told.get(&FailureLimit::OPTION);
        match told.and_then(|told| told.first_chunk()) {
            Some(told) => FailureLimit::from_bytes(*told),
            None => Some(FailureLimit::FACTORY),
        }
    }

    /// What a chip tells of its capabilities: the last six bytes of the ten that it was
    /// given.
    pub(super) fn capabilities(&self) -> [u8; 6] {
        let given = self.told.get(&Self::CAPABILITIES);
        given.and_then(|given| given.last_chunk().copied()).unwrap_or_default()
    }

    /// How long an EV3 goes on after an application was selected, by the second of its capabilities: so many
    /// tenths of a second (belief), and without an end where it is 0.
    pub(super) fn transaction_timer(&self) -> Option<Duration> {
        let [_, tenths, ..] = self.capabilities();
        (tenths != 0).then(|| Duration::from_millis(100).saturating_mul(tenths.into()))
    }

    /// Whether a chip with a fixed layout was switched to LRP.
    pub(super) fn is_lrp(&self) -> bool {
        let [first, ..] = self.capabilities();
        first & Self::LRP != 0
    }

    /// What the slots of a new application hold.
    pub(super) fn first_key(&self, kind: KeyType) -> StoredKey {
        let zero = StoredKey::zero(kind);
        let Some(DefaultKey { bytes, version }) = &self.default_key else { return zero };
        let bytes = bytes.expose_secret().get(..kind.length()).unwrap_or_default();
        StoredKey::new(kind, bytes, *version).unwrap_or(zero)
    }
}
