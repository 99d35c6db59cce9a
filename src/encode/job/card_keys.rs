// SPDX-License-Identifier: MIT OR Apache-2.0
//! All keys of one card, made at once: whether they can be had shows before anything is changed on it.

use crate::diversify::{FieldBytes, Subject};
use crate::encode::job::Job;
use crate::encode::job::bound::{Bound, NoKey};
use crate::encode::job::transport::TransportKey;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::Start;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::wire::{Aid, KeyNo};

/// The keys that a card of this UID has, or may have had before.
pub(crate) struct CardKeys {
    uid: RealUid,
    /// What of the record went in, where it is known whose card it is.
    fields: Option<FieldBytes>,
    slots: Vec<(Slot, Holder, CardKey)>,
    /// What new applications start with, where it is a key of the job's.
    start: Option<CardKey>,
}

impl CardKeys {
    /// Whether they are the keys of the card with this UID, of the record that has these fields.
    pub(crate) fn are_of(&self, uid: &RealUid, fields: Option<&FieldBytes>) -> bool {
        self.uid == *uid && self.fields.as_ref() == fields
    }

    /// The key that a slot holds.
    ///
    /// # Errors
    /// [`NoKey`] where the profile has no such slot.
    pub(crate) fn key(&self, job: &Job, slot: Slot, holder: Holder) -> Result<CardKey, NoKey> {
        if let Some(public) = job.public_key(slot, holder) {
            return Ok(public);
        }
        if let (Holder::Transport(_), Level::Application(_)) = (holder, slot.level) {
            return self.start.clone().ok_or_else(|| NoKey::nowhere(slot));
        }
        let mut slots = self.slots.iter();
        let found = slots.find(|(at, of, _)| (*at, *of) == (slot, holder));
        found.map(|(_, _, key)| key.clone()).ok_or_else(|| {
            match job.key_needs_record(slot, holder) {
                true => NoKey::NeedsRecord,
                false => NoKey::nowhere(slot),
            }
        })
    }

    /// What new applications start with; the zero key where the profile names none.
    pub(crate) fn default_key(&self, job: &Job, start: Start) -> CardKey {
        match (start, &self.start) {
            (Start::Secret, Some(key)) => key.clone(),
            (Start::Secret, None) | (Start::Public, _) => job.zero_key(),
        }
    }
}

impl Job {
    /// Makes all keys of the card with this UID. Those that a record goes into are left out as long as it
    /// is not known whose card it is.
    ///
    /// # Errors
    /// [`NoKey`] for the first that cannot be had.
    pub(crate) fn card_keys(
        &self,
        uid: &RealUid,
        fields: Option<&FieldBytes>,
    ) -> Result<CardKeys, NoKey> {
        let picc = Slot::master(Level::Picc);
        let mut slots = Vec::with_capacity(self.slot_count());
        let mut add = |slot: Slot, holder: Holder, bound: &Bound| {
            let aid = self.aid(slot.level);
            match bound.make(&Subject { uid: Some(uid), aid, no: slot.no, fields }) {
                Ok(key) => slots.push((slot, holder, key)),
                Err(NoKey::NeedsRecord) => {}
                Err(none @ (NoKey::NeedsUid | NoKey::NotHad { .. })) => return Err(none),
            }
            Ok(())
        };
        let is_keyed = self.own_spec(self.picc_slot()).is_some();
        let above = is_keyed.then(|| self.picc_slot());
        for slot in above.into_iter().chain(self.application_slots()) {
            let (own, former) = self.bound(slot).ok_or_else(|| NoKey::nowhere(slot))?;
            add(slot, Holder::Own, own)?;
            former.map_or(Ok(()), |former| add(slot, Holder::Former, former))?;
        }
        for (index, transport) in self.transport.iter().enumerate() {
            if let TransportKey::Issuer(bound) = transport {
                add(picc, Holder::Transport(index), bound)?;
            }
        }
        let subject = Subject { uid: Some(uid), aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let start = self.start.as_ref().map(|bound| bound.make(&subject)).transpose()?;
        Ok(CardKeys { uid: uid.clone(), fields: fields.cloned(), slots, start })
    }

    /// The slots of the profile's applications.
    fn application_slots(&self) -> impl Iterator<Item = Slot> {
        self.profile.each_application().flat_map(|(at, spec)| {
            spec.own_slots().map(move |no| Slot { level: Level::Application(at), no })
        })
    }

    /// How many keys a card has at most, so that room for them never grows.
    fn slot_count(&self) -> usize {
        let slots = self.application_slots().count().saturating_add(1);
        slots.saturating_mul(2).saturating_add(self.transport.len())
    }
}
