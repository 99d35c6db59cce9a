// SPDX-License-Identifier: MIT OR Apache-2.0
//! A delegated application: one that is created on a card of somebody else, by the owner's permission, in a
//! slot of the card with a part of its memory. Nothing above it is the profile's.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;

use crate::diversify::Recipe;
use crate::wire::{Generation, Ins, KeyType, Messaging};

use super::super::error::ProfileError;
use super::super::memory::Reading;
use super::super::model::{
    AppTransport, Application, Delegation, FileSpec, Identify, KeySpec, Layout, Stock,
    TransportKeys,
};
use super::super::shape;
use super::{Check, Checked, Face};

/// What to do about an entry that means nothing on a card of somebody else.
const OUT: &str = "take it out";

impl Check<'_> {
    pub(super) fn delegated(
        &mut self,
        face: &Face<'_>,
        chips: &[Generation],
        messaging: &[Messaging],
    ) -> Result<Checked, ProfileError> {
        let raw = face.applications;
        let Some(delegated) = raw.iter().find_map(|raw| raw.get_ref().delegated.as_ref()) else {
            return Err(self.missing(0, "delegated"));
        };
        let at = delegated.span().start;
        let has = |chip: &&Generation| !chip.silicon().has(Ins::CreateDelegatedApplication);
        if let Some(chip) = chips.iter().find(has) {
            let problem = format!("no {chip} chip has delegated applications");
            let instead = format!("take \"{chip}\" out of chips");
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if raw.len() > 1 {
            let problem = "beside a delegated application another one: each has a slot of somebody else's card and a \
                           permission of the owner's to itself, and comes and goes alone";
            let instead =
                "write a profile for each: a card takes the jobs of all, one after the other";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        let card = face.card.map(Spanned::get_ref);
        self.no_card(
            card,
            "the card of a delegated application is its owner's: the profile has",
            true,
        )?;
        let originality = self.originality(card, chips)?;
        let transport = self.delegated_transport(face.transport)?;
        self.chips_have_sets(raw, chips)?;
        let applications = self.applications(raw, chips, messaging)?;
        if let Some(raw) = face.transport {
            self.start_key_fits(raw, chips, &transport, &applications)?;
        }
        self.former_versions(&applications)?;
        for (raw, spec) in raw.iter().zip(&applications) {
            self.slot_fits(raw.get_ref(), spec)?;
            self.opens_hidden(at, &transport, spec)?;
        }
        Ok((transport, originality, Layout::Delegated { applications }))
    }

    pub(super) fn delegation(
        &mut self,
        raw: &Spanned<shape::Delegated>,
    ) -> Result<Delegation, ProfileError> {
        let raw = raw.get_ref();
        let at = raw.key.span().start;
        let key = self.use_key(at, raw.key.get_ref())?;
        let spec = self.keys.get(key.get()).map(|key| &key.item);
        if let Some(KeySpec { key_type, .. }) = spec.filter(|key| key.key_type != KeyType::Aes) {
            let problem =
                format!("DAMAuthKey of type {key_type}, which is an AES key on every card");
            let instead = "name a key of type \"aes128\"";
            return Err(self.error(mistake::KEY_TYPE, at, problem, instead));
        }
        if spec.is_some_and(KeySpec::needs_record) {
            let problem = "DAMAuthKey is the card owner's, who has no record";
            let instead = "take the field out of its input, or name another key";
            return Err(self.error(mistake::DIVERSIFICATION, at, problem, instead));
        }
        if spec.and_then(|key| key.recipe.as_ref()).is_some_and(Recipe::needs_aid) {
            let problem = "DAMAuthKey is the card's, and has no AID to diversify with";
            let instead = "take \"aid\" out of its input, or name another key";
            return Err(self.error(mistake::DIVERSIFICATION, at, problem, instead));
        }
        if *raw.slot_version.get_ref() == i64::from(u8::MAX) {
            let message =
                "no application comes into the slot after this one, as versions go up to 255";
            self.warn(warning::ONE_WAY, raw.slot_version.span().start, message.to_owned());
        }
        Ok(Delegation {
            slot: self.within(&raw.slot, 0, "65535")?,
            slot_version: self.within(&raw.slot_version, 0, "255")?,
            quota: self.within(&raw.quota, 1, "65535")?,
            key,
        })
    }

    /// A number from `least` to what its type holds, which is `most`.
    fn within<N: TryFrom<i64>>(
        &self,
        raw: &Spanned<i64>,
        least: i64,
        most: &str,
    ) -> Result<N, ProfileError> {
        let number = *raw.get_ref();
        let held = N::try_from(number).ok().filter(|_| number >= least);
        held.ok_or_else(|| {
            let problem = format!("{number} is out of range");
            let instead = format!("write a number from {least} to {most}");
            self.error(mistake::RANGE, raw.span().start, problem, instead)
        })
    }

    /// What the card comes with above the application is its owner's. The application starts with the key that
    /// stands in the permission.
    fn delegated_transport(
        &mut self,
        raw: Option<&Spanned<shape::Transport>>,
    ) -> Result<TransportKeys, ProfileError> {
        let (picc, stock) = (Vec::new(), Stock::New);
        let Some(raw) = raw.map(Spanned::get_ref) else {
            let (app, identify) = (AppTransport::Zero, Identify::First);
            return Ok(TransportKeys { picc, app, stock, identify, random_uid: false });
        };
        let places = [
            raw.picc.as_ref().map(|raw| (raw.span().start, "PICC master key")),
            raw.stock.as_ref().map(|raw| (raw.span().start, "stock, and each card is looked at")),
        ];
        if let Some((at, what)) = places.into_iter().flatten().next() {
            let problem = format!(
                "the card of a delegated application is its owner's: the profile has no {what}"
            );
            return Err(self.error(mistake::CONFLICT, at, problem, OUT));
        }
        let app = self.start_key(raw.app.as_ref())?;
        if let (AppTransport::Key(key), Some(at)) = (&app, &raw.app)
            && key.needs_uid()
        {
            let problem = "one permission is for every card, and so is the key in it with which the application starts";
            let instead = "take \"uid\" out of its input, or name another key";
            return Err(self.error(mistake::DIVERSIFICATION, at.span().start, problem, instead));
        }
        let (identify, random_uid) = (raw.identify, raw.random_uid);
        Ok(TransportKeys { picc, app, stock, identify, random_uid })
    }

    /// Whether the application can be created in its slot, with all files.
    fn slot_fits(
        &mut self,
        raw: &shape::Application,
        spec: &Application,
    ) -> Result<(), ProfileError> {
        let (Some(delegated), Some(slot)) = (&raw.delegated, &spec.delegation) else {
            return Ok(());
        };
        if spec.key_type != KeyType::Aes {
            let problem = format!(
                "a delegated application with keys of type {}: how they stand in a permission is not public",
                spec.key_type
            );
            let at = raw.keys.span().start;
            return Err(self.error(mistake::KEY_TYPE, at, problem, "name keys of type \"aes128\""));
        }
        let (has, needs) =
            (u32::from(slot.quota).saturating_mul(BLOCK), spec.memory_by(Reading::Measured));
        if has < needs {
            let problem = format!(
                "a quota of {} blocks is {has} bytes, and the application takes {needs} with its files",
                slot.quota
            );
            let instead = format!("write quota = {} or more", needs.div_ceil(BLOCK));
            let at = delegated.get_ref().quota.span().start;
            return Err(self.error(mistake::NO_ROOM, at, problem, instead));
        }
        self.no_spare_quota(
            delegated.get_ref().quota.span().start,
            spec,
            has.saturating_sub(needs),
        );
        Ok(())
    }

    /// A file that a later edition makes anew takes its part a second time, and a card gets no larger quota.
    fn no_spare_quota(&mut self, at: usize, spec: &Application, left: u32) {
        let memory = |file: &FileSpec| file.memory_by(Reading::Measured);
        let largest = spec.files.iter().max_by_key(|file| memory(file));
        if let Some(file) = largest.filter(|file| memory(file) > left) {
            let message = format!(
                "{left} bytes of the quota are left, and an edition that makes file {} anew takes {}: finished cards \
                 could not be brought to it",
                file.no,
                memory(file)
            );
            self.warn(warning::NO_SPARE_QUOTA, at, message);
        }
    }

    /// A card that shows a random UID tells the real one in a session: of DAMAuthKey as long as the application is
    /// not there, of one of its keys from then on.
    fn opens_hidden(
        &self,
        at: usize,
        transport: &TransportKeys,
        spec: &Application,
    ) -> Result<(), ProfileError> {
        let Some(delegation) = spec.delegation.filter(|_| transport.random_uid) else {
            return Ok(());
        };
        let needs = |key: usize| self.keys.get(key).is_some_and(|key| key.item.needs_uid());
        let closed = spec.own_keys().all(|key| needs(key.get()));
        if !needs(delegation.key.get()) && !closed {
            return Ok(());
        }
        let problem =
            "random_uid = true, and DAMAuthKey or every key of the application needs the real UID";
        let instead =
            "take \"uid\" out of the input of DAMAuthKey and of one key of the application";
        Err(self.error(mistake::RANDOM_UID, at, problem, instead))
    }
}

/// A quota is counted in blocks of so many bytes.
const BLOCK: u32 = 32;
