// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card has shown and what was changed on it, over all conversations with it.

use crate::encode::card::spoken::Spoken;
use crate::encode::card::walk::Committed;
use crate::encode::job::Job;
use crate::encode::job::bound::NoKey;
use crate::encode::job::card_keys::CardKeys;
use crate::encode::plan::place::{Holder, Slot};
use crate::encode::proof::evidence::Evidence;
use crate::encode::proof::mark::card_mark;
use crate::encode::verdict::recovery::Wrote;
use crate::iso14443::RealUid;
use crate::key::LowBits;
use crate::originality::Finding;
use crate::profile::{ForApplications, KeyIndex, Profile, Record};
use crate::wire::{Aid, FileNo, KeyVersion};

/// What outlives a conversation that has to start again.
#[expect(clippy::struct_excessive_bools, reason = "each is found out by itself")]
pub(crate) struct Findings {
    pub(crate) evidence: Evidence,
    pub(crate) wrote: Wrote,
    /// Whether a change was taken for not made because of a refusal without a MAC.
    pub(crate) refused_change: bool,
    /// How many authentications the card has refused.
    pub(crate) refused: u8,
    /// The key that the last authentication was with.
    pub(crate) opened: Option<(Slot, Holder)>,
    /// Whether any key was tried on the card.
    pub(crate) tried: bool,
    /// Keys that the card held with other low bits than the profile says, and with which.
    pub(crate) held: Vec<(Slot, LowBits)>,
    /// Its keys, once its UID is known.
    pub(crate) keys: Option<CardKeys>,
    /// What stands for it in receipts, once its UID is known.
    pub(crate) mark: Option<(RealUid, String)>,
    /// Whether the caller has permitted to change the card.
    pub(crate) permitted: bool,
    /// Whether the card bears a key of the customer's, or may.
    pub(crate) keyed: bool,
    /// What the chip's signature is worth, where the profile asks.
    pub(crate) originality: Option<Finding>,
    /// Which messaging the card has shown to know.
    pub(crate) spoken: Spoken,
    /// Whether the card is in LRP, once a session has shown it, or it was switched.
    pub(crate) lrp: Option<bool>,
    /// Which of its applications have a transaction MAC file.
    pub(crate) counts: ForApplications<bool>,
    /// What it told of transactions, and of which application: those that were committed, or the last.
    pub(crate) transactions: Vec<(Aid, Committed)>,
    /// Whether its application answers to the profile's name, where it came with another one.
    pub(crate) named: Option<bool>,
    /// The files that have the profile's numbers, where they came with others, by both, once the card told.
    pub(crate) renamed: Option<Vec<(FileNo, FileNo)>>,
    /// The record that its contents tell, where the task reads it.
    pub(crate) enrolled: Option<Record>,
    /// The versions of keys that it was asked for on behalf of lists.
    pub(crate) versions: Vec<(KeyIndex, KeyVersion)>,
    /// Whether the card refused to roll to a set that looked whole and closed.
    pub(crate) unrolled: bool,
    /// What a card keeps that is brought back to what it comes as.
    pub(crate) stays: Vec<&'static str>,
}

impl Findings {
    /// What stands for the card with this UID in receipts. It is asked for before anything is changed on
    /// the card, so that none is made that has no name.
    pub(crate) fn mark(&mut self, job: &Job, uid: &RealUid) -> Result<&str, NoKey> {
        let known = self.mark.take().filter(|(of, _)| of == uid);
        let mark = match known {
            Some(mark) => mark,
            None => (uid.clone(), card_mark(job, uid).map_err(NoKey::receipt)?),
        };
        Ok(&self.mark.insert(mark).1)
    }

    /// The same of a card that may never have been begun with; nothing where the receipt key cannot be had.
    pub(crate) fn mark_now(&self, job: &Job, uid: &RealUid) -> Option<String> {
        match &self.mark {
            Some((of, mark)) if of == uid => Some(mark.clone()),
            Some(_) | None => card_mark(job, uid).ok(),
        }
    }

    pub(crate) fn none(profile: &Profile) -> Self {
        Self {
            evidence: Evidence::none(profile),
            wrote: Wrote::Nothing,
            refused_change: false,
            refused: 0,
            opened: None,
            tried: false,
            held: Vec::new(),
            keys: None,
            mark: None,
            permitted: false,
            keyed: false,
            originality: None,
            spoken: Spoken::default(),
            lrp: None,
            counts: profile.for_applications(|_, _| false),
            transactions: Vec::new(),
            named: None,
            renamed: None,
            enrolled: None,
            versions: Vec::new(),
            unrolled: false,
            stays: Vec::new(),
        }
    }
}
