// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[card] legacy = "off"`: D40 and EV1 messaging switched off for good, and what of the profile would be
//! shut out with them.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;
use crate::wire::{Generation, KeyType, Messaging};

use super::super::error::ProfileError;
use super::super::model::{Application, CardSpec, Foreign, KeySpec};
use super::super::shape::{self, Legacy};
use super::Check;

/// Where a card is told to refuse them.
pub(super) fn off(raw: &shape::Card) -> Option<&Spanned<Legacy>> {
    raw.legacy.as_ref().filter(|legacy| *legacy.get_ref() == Legacy::Off)
}

impl Check<'_> {
    /// The messaging of cards that refuse all but EV2's: it alone, on chips that have it.
    pub(super) fn messaging_that_stays(
        &self,
        head: &shape::Head,
        off: &Spanned<Legacy>,
        chips: &[Generation],
    ) -> Result<Vec<Messaging>, ProfileError> {
        let at = off.span().start;
        if let Some(chip) = chips.iter().find(|chip| !chip.silicon().speaks_at_picc(Messaging::Ev2))
        {
            let problem =
                format!("legacy = \"off\" on a {chip} chip, which has no other messaging");
            let instead = format!(
                "take it out, or take \"{chip}\" out of chips and write another profile for those"
            );
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        let Some(named) = &head.messaging else { return Ok(vec![Messaging::Ev2]) };
        let channels = self.distinct(named, |messaging| messaging)?;
        let Some(other) = channels.iter().find(|one| **one != Messaging::Ev2) else {
            return Ok(channels);
        };
        let problem = format!("{other} messaging, which the card refuses once legacy = \"off\"");
        let instead = "write messaging = [\"ev2\"], or take legacy out of [card]";
        Err(self.error(mistake::CONFLICT, named.span().start, problem, instead))
    }

    /// Every key that is to open something on such a card is an AES key: EV2 messaging has no others.
    pub(super) fn keys_that_stay(
        &mut self,
        raw: &shape::Card,
        card: &CardSpec,
        (raw_applications, applications): (&[Spanned<shape::Application>], &[Application]),
    ) -> Result<(), ProfileError> {
        let Some(at) = off(raw).map(|off| off.span().start) else { return Ok(()) };
        let shut = |what: &str, key_type: KeyType| {
            format!("{what} of type {key_type}, which no card opens once legacy = \"off\"")
        };
        let master = self.keys.get(card.master_key.get()).map(|key| &key.item);
        if let Some(KeySpec { key_type, .. }) = master.filter(|key| key.key_type != KeyType::Aes) {
            let at = raw.master_key.as_ref().map_or(at, |named| named.span().start);
            let instead = "name a key of type \"aes128\", or take legacy out";
            let problem = shut("a PICC master key", *key_type);
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        let mut all = raw_applications.iter().zip(applications);
        if let Some((raw, spec)) = all.find(|(_, spec)| spec.key_type != KeyType::Aes) {
            let at = raw.get_ref().keys.span().start;
            let instead =
                "give the application keys of type \"aes128\", or take legacy out of [card]";
            let problem = shut(&format!("application {} has keys", spec.aid), spec.key_type);
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        if card.foreign != Foreign::Refused {
            let message = "applications of others with DES keys, or with readers of the time before EV2, \
                           are shut by legacy = \"off\"";
            self.warn(warning::ONE_WAY, at, message.to_owned());
        }
        Ok(())
    }
}
