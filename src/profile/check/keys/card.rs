// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[card]`: the PICC master key and its settings, and what tells an old one from a new one.

use crate::profile::shape::Spanned;

use crate::diversify::Recipe;
use crate::profile::error::{mistake, warning};
use crate::wire::{ChangeKeyRight, KeyNo, KeySettings, KeyVersion};

use super::super::super::error::ProfileError;
use super::super::super::model::{Application, CardSpec, KeySpec, PiccTransport, TransportKeys};
use super::super::super::shape::{self, UidStart};
use super::super::legacy::off;
use super::super::told::chained_writes;
use super::super::{Check, Declared};
use super::bit;

impl Check<'_> {
    pub(in super::super) fn card(
        &mut self,
        raw: &Spanned<shape::Card>,
        transport: &TransportKeys,
    ) -> Result<CardSpec, ProfileError> {
        let at = raw.span().start;
        let raw = raw.get_ref();
        let named = raw.master_key.as_ref().ok_or_else(|| self.missing(at, "master_key"))?;
        let at = named.span().start;
        let master_key = self.use_key(at, named.get_ref())?;
        self.own_version(master_key)?;
        if let Some(key) = self.keys.get(master_key.get()) {
            if key.item.recipe.as_ref().is_some_and(Recipe::needs_aid) {
                return Err(self.picc_level(at));
            }
            let version = key.item.version;
            if transport.picc.iter().any(|old| old.version() == version) {
                return Err(self.error(
                    mistake::KEY_VERSION,
                    key.version_at,
                    format!("a transport key has version {version} too, so old and new look alike"),
                    "write another version",
                ));
            }
        }
        self.warn_of_one_ways(raw);
        let settings = KeySettings {
            key_changeable: bit(raw.key_changeable.as_ref(), true),
            free_list: bit(raw.free_list.as_ref(), false),
            free_create: bit(raw.free_create.as_ref(), false),
            settings_changeable: bit(raw.settings_changeable.as_ref(), true),
            change: ChangeKeyRight::Key(KeyNo::MASTER),
        };
        let random_uid = bit(raw.random_uid.as_ref(), false);
        let random_uid_of_ev1 = self.uid_shown(raw)?;
        let no_format = bit(raw.no_format.as_ref(), false);
        let legacy_off = off(raw).is_some();
        let foreign = self.foreign(raw)?;
        let told = self.told(raw)?;
        Ok(CardSpec {
            master_key,
            settings,
            random_uid,
            random_uid_of_ev1,
            no_format,
            legacy_off,
            told,
            foreign,
        })
    }

    /// Whether a random UID begins as an EV1's does. What a card shows that is told to show a number as well is not
    /// public.
    fn uid_shown(&self, raw: &shape::Card) -> Result<bool, ProfileError> {
        let on = |entry: &Option<Spanned<bool>>| entry.as_ref().is_some_and(|bit| *bit.get_ref());
        let start = raw.random_uid_start.as_ref();
        if let Some(start) = start.filter(|_| !on(&raw.random_uid)) {
            let problem = "random_uid_start, and the card shows no random UID";
            let instead = "take it out, or write random_uid = true";
            return Err(self.error(mistake::CONFLICT, start.span().start, problem, instead));
        }
        if let Some(nuid) = raw.nuid.as_ref().filter(|bit| *bit.get_ref() && on(&raw.random_uid)) {
            let problem = "a card that shows a random UID and a number in place of its UID: which of the two it \
                           shows then is not public";
            let instead = "take one of them out";
            return Err(self.error(mistake::CONFLICT, nuid.span().start, problem, instead));
        }
        Ok(start.is_some_and(|start| *start.get_ref() == UidStart::Ev1))
    }

    /// What of the card can never be taken back.
    fn warn_of_one_ways(&mut self, raw: &shape::Card) {
        let said = |entry: &Option<Spanned<bool>>, what: bool| {
            entry.as_ref().filter(|bit| *bit.get_ref() == what).map(|bit| bit.span().start)
        };
        for (at, what) in [
            (said(&raw.key_changeable, false), "the PICC master key can never be changed again"),
            (
                said(&raw.settings_changeable, false),
                "the card's key settings can never be changed again",
            ),
            (said(&raw.random_uid, true), "the card hides its UID for good"),
            (said(&raw.no_format, true), "the card can never be formatted again"),
            (
                off(raw).map(|off| off.span().start),
                "the card refuses D40 and EV1 messaging for good, and with them every DES key",
            ),
            (
                chained_writes(raw).map(|off| off.span().start),
                "the card refuses MACed and enciphered writes in chained commands for good",
            ),
        ] {
            if let Some(at) = at {
                self.warn(warning::ONE_WAY, at, what.to_owned());
            }
        }
    }

    /// The former version of the PICC master key is none of a new card's.
    pub(in super::super) fn former_master_key(
        &self,
        card: &CardSpec,
        transport: &TransportKeys,
    ) -> Result<(), ProfileError> {
        let transport_at_former = |picc: &Declared<KeySpec>| {
            let alike =
                |former: &KeyVersion| transport.picc.iter().any(|key| key.version() == *former);
            picc.item.former.filter(alike)
        };
        if let Some((picc, former)) = self
            .keys
            .get(card.master_key.get())
            .and_then(|picc| Some((picc, transport_at_former(picc)?)))
        {
            let problem =
                format!("a transport key has version {former} too, so old and new look alike");
            return Err(self.error(
                mistake::KEY_VERSION,
                picc.version_at,
                problem,
                "write another version",
            ));
        }
        Ok(())
    }

    /// A card that shows a random UID tells the real one inside a session, so a key that needs
    /// no UID must open one: on a new card a transport key, later a key that stays on it.
    pub(in super::super) fn random_uid(
        &self,
        raw: &Spanned<shape::Transport>,
        raw_card: &shape::Card,
        transport: &TransportKeys,
        card: &CardSpec,
        applications: &[Application],
    ) -> Result<(), ProfileError> {
        if !transport.random_uid && !card.random_uid && !card.told.nuid {
            return Ok(());
        }
        let places = raw.get_ref().picc.iter().flat_map(Spanned::get_ref);
        for (key, place) in transport.picc.iter().zip(places) {
            let needs_uid = matches!(key, PiccTransport::Key(key) if key.needs_uid());
            if transport.random_uid && needs_uid {
                return Err(self.error(
                    mistake::RANDOM_UID,
                    place.span().start,
                    "cards with a random UID cannot be opened with a key that needs the real one",
                    "take \"uid\" out of its input",
                ));
            }
        }
        let slots = applications.iter().flat_map(Application::own_keys);
        let mut keys = slots.chain([card.master_key]).filter_map(|key| self.keys.get(key.get()));
        if keys.any(|key| !key.item.needs_uid()) {
            return Ok(());
        }
        let on = if card.told.nuid { &raw_card.nuid } else { &raw_card.random_uid };
        let at = on.as_ref().map_or(raw.span().start, |on| on.span().start);
        let entry = if card.told.nuid { "nuid" } else { "random_uid" };
        Err(self.error(
            mistake::RANDOM_UID,
            at,
            format!(
                "{entry} = true, and every key needs the real UID: no finished card could be opened"
            ),
            "declare one key of an application, or the PICC master key, without \"uid\" in its input",
        ))
    }

    pub(in super::super) fn picc_level(&self, at: usize) -> ProfileError {
        let problem = "a PICC master key has no AID to diversify with";
        self.error(
            mistake::DIVERSIFICATION,
            at,
            problem,
            "take \"aid\" out of its input, or name another key",
        )
    }
}
