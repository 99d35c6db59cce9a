// SPDX-License-Identifier: MIT OR Apache-2.0
//! SetConfiguration `5C` of DESFire EV2 and EV3 beyond EV1, with the PICC master key: switches, what a reader sees
//! of the card, capabilities, and older messaging switched off for good.

use super::picc::SetConfiguration;
use crate::host::answer::Answer;
use crate::host::error::Error;
use crate::host::rule::Rule;
use crate::host::session::{Picc, Secure, Session};
use crate::wire::DfName;

/// What SetConfiguration sets on a DESFire EV2 or EV3 again and again. What it sets for good has methods of its
/// own, which say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardConfiguration<'a> {
    /// Option `00`: all of these, on or off.
    Switches(CardSwitches),
    /// Option `03`: what the card answers to be selected, in both cascade levels.
    Sak([u8; 2]),
    /// Option `05`: what the card tells of itself in AuthenticateEV2First, and how long a transaction may take.
    Capabilities(Capabilities),
    /// Option `06`: the name by which the card as a whole is selected with ISO SELECT.
    Name(&'a DfName),
    /// Option `0C`: what the card answers to the request. EV3 only.
    Atqa(u16),
}

/// The bits of option `00` that can be switched off again. What has none here is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the option")]
#[expect(clippy::struct_excessive_bools, reason = "the byte has these bits")]
pub struct CardSwitches {
    /// Bit 2: data are reached only after a proximity check.
    pub proximity_check: bool,
    /// Bit 3: the card is reached only after both sides have proven keys in its selection, which is not public
    /// and which this crate does not do: it cannot speak to the card any more.
    pub virtual_card: bool,
    /// Bit 4: errors are told otherwise; how is not public. EV3 only.
    pub error_binding: bool,
    /// Bit 5: a random UID begins with `80` and not with `08`. EV3 only.
    pub legacy_random_uid: bool,
    /// Bit 6: the card shows a UID of four bytes that is not unique. EV3 only.
    pub nuid: bool,
}

/// The data of option `05` that mean something on a DESFire. What a byte has for bits, public papers leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the option")]
pub struct Capabilities {
    /// The kind of virtual card. EV3 only.
    pub virtual_card: u8,
    /// `PDCap1.2`.
    pub first: u8,
    /// `PDCap2.2`: for how long a transaction may go on after an application was selected; 0 is without end. Once
    /// it is over, the card is silent until it is activated again. How the byte counts is not public. EV3 only.
    pub timer: u8,
    /// `PDCap2.3` to `PDCap2.6`.
    pub others: [u8; 4],
}

/// What option `04` switches off for good; what is `false` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the option")]
pub struct LegacyOff {
    /// Bit 0: Authenticate `0A` and D40 messaging.
    pub d40: bool,
    /// Bit 1: AuthenticateISO `1A` and AuthenticateAES `AA`, and EV1 messaging. What has a DES key cannot
    /// authenticate any more, in no application.
    pub ev1: bool,
    /// Bit 2: data that are MACed or enciphered and come to a standard file in chained commands.
    pub chained_writes: bool,
}

impl CardSwitches {
    pub(super) fn byte(self) -> u8 {
        u8::from(self.nuid) << 6
            | u8::from(self.legacy_random_uid) << 5
            | u8::from(self.error_binding) << 4
            | u8::from(self.virtual_card) << 3
            | u8::from(self.proximity_check) << 2
    }
}

impl Capabilities {
    /// Bytes that are reserved are zero, and so is `PDCap2.1`, which other chips have for LRP.
    const fn bytes(self) -> [u8; 10] {
        let [c3, c4, c5, c6] = self.others;
        [0x00, self.virtual_card, 0x00, self.first, 0x00, self.timer, c3, c4, c5, c6]
    }
}

impl SetConfiguration<'_> {
    /// The option that only a session with EV2 messaging sets, as it may shut out all others.
    const LEGACY: Rule = Self::RULE.in_ev2();

    pub(crate) fn again(set: CardConfiguration<'_>) -> Self {
        match set {
            CardConfiguration::Switches(switches) => {
                Self::later(&Self::RULE, 0x00, &[switches.byte()])
            }
            CardConfiguration::Sak(sak) => Self::later(&Self::RULE, 0x03, &sak),
            CardConfiguration::Capabilities(told) => Self::later(&Self::RULE, 0x05, &told.bytes()),
            CardConfiguration::Name(name) => Self::later(&Self::RULE, 0x06, &named(name)),
            CardConfiguration::Atqa(atqa) => Self::later(&Self::RULE, 0x0C, &atqa.to_le_bytes()),
        }
    }

    /// Option 04 as far as it shuts nobody out, which any session sets.
    pub(crate) fn chained_writes_off() -> Self {
        Self::later(&Self::RULE, 0x04, &[0x04, 0x00])
    }

    /// Option 04: two bytes, least significant byte first.
    pub(crate) fn legacy_off(off: LegacyOff) -> Self {
        let LegacyOff { d40, ev1, chained_writes } = off;
        let bits = u8::from(chained_writes) << 2 | u8::from(ev1) << 1 | u8::from(d40);
        Self::later(&Self::LEGACY, 0x04, &[bits, 0x00])
    }
}

/// A name with zeros in front of it up to 16 bytes, and how long it is.
pub(super) fn named(name: &DfName) -> [u8; 17] {
    let name = name.as_bytes();
    let mut data = [0; 17];
    let [padded @ .., length] = &mut data;
    *length = u8::try_from(name.len()).unwrap_or_default();
    padded.iter_mut().rev().zip(name.iter().rev()).for_each(|(slot, byte)| *slot = *byte);
    data
}

impl Session<'_, Picc, Secure> {
    /// SetConfiguration of a DESFire EV2 or EV3, whose PICC master key must have authenticated. A wrong SAK or
    /// ATQA can make the card unreadable for readers that know no better.
    ///
    /// Request: option (1), then enciphered its data. Reply: nothing (NXP AN12752 and the short data sheets name
    /// the options, liblogicalaccess has their bytes; none is published).
    ///
    /// # Errors
    /// [`Error`]; `9E` for what the chip does not have, `AE` where another key has authenticated.
    pub fn configure_card(&mut self, set: CardConfiguration<'_>) -> Result<Answer<()>, Error> {
        self.talk.run(&SetConfiguration::again(set))
    }

    /// SetConfiguration option `04`: from now on the card refuses older messaging, **for good**, as nobody has
    /// published that it can be taken back. It is sent in an EV2 session only: the PICC master key is one then
    /// that can still authenticate afterwards. Keys of applications are not looked at.
    ///
    /// Request: option `04`, then enciphered the bits (2, least significant byte first). Reply: nothing
    /// (NXP AN12752; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `AE` where another key has authenticated.
    /// [`Misuse::OnlyEv2`](crate::host::Misuse::OnlyEv2) in another session: nothing is sent then.
    pub fn turn_legacy_off_for_good(&mut self, off: LegacyOff) -> Result<Answer<()>, Error> {
        self.talk.run(&SetConfiguration::legacy_off(off))
    }
}

#[cfg(test)]
mod tests;
