// SPDX-License-Identifier: MIT OR Apache-2.0
//! A search, and the look at a card before it, which costs no refused authentication.

use crate::host::command::key::{GetKeyDetails, GetKeyVersion};
use crate::host::command::picc::first_version;
use crate::host::{Conversation, Error, Misbehaviour};
use crate::iso14443::{RealUid, Uid};
use crate::transport::Transport;
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion, Messaging, Product, Status};

use super::order::{Knowledge, Slot, Why, order};
use super::product::Kind;
use super::{Form, Issuer, Limits};

/// What is searched, with which keys, and what it may cost.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "what the caller decides")]
pub struct Search {
    /// The keys that may have made the card's.
    pub issuers: Vec<Issuer>,
    /// The ways in which they may have made them, the likely ones first.
    pub forms: Vec<Form>,
    /// How many authentications may be refused.
    pub limits: Limits,
    /// Whether keys of other versions than a slot reports are tried, after those that fit.
    pub any_version: bool,
    /// Whether the search goes on after the first key that opens, for the other slots.
    pub all: bool,
    /// The card's real UID, where the caller knows it. Else the card is asked.
    pub uid: Option<RealUid>,
    /// How sessions are opened; `None` by the card's generation.
    pub messaging: Option<Messaging>,
}

/// Where keys are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a level and a key")]
pub struct Target {
    /// The application, [`Aid::PICC`] for the PICC level. DESFire Light and NTAG 424 DNA have one
    /// application, which is searched whatever stands here.
    pub aid: Aid,
    /// The only key that is searched. `None` for all of an application, and for key 0 of the PICC
    /// level, where no other is tried unless it is named here.
    pub no: Option<KeyNo>,
}

/// Why a card cannot be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// It is another product: no key was tried on it.
    #[error("this is no MIFARE DESFire but: {0}; nothing was tried on it")]
    Product(Product),
    /// It tells no version, or one that nobody knows: no key was tried on it.
    #[error("this is no card that is known here; nothing was tried on it")]
    Unknown,
    /// It is a program, and there are keys marked live.
    #[error("there are keys marked live, and this is a software card; use test keys")]
    LiveKeys,
    /// There is no such application.
    #[error("there is no application {0} on the card, nor with its bytes in the other order")]
    NoApplication(Aid),
    /// It does not speak the messaging that the caller chose.
    #[error("this card has no {0} messaging; leave it out, or choose another")]
    Messaging(Messaging),
    /// It failed, or answered something that does not fit.
    #[error(transparent)]
    Card(#[from] Error),
}

/// What the card told before the first attempt.
#[derive(Debug)]
pub struct Plan {
    pub(super) kind: Kind,
    pub(super) uid: Option<RealUid>,
    pub(super) messaging: Messaging,
    pub(super) levels: Vec<Planned>,
    most: u16,
}

/// One level and its slots, in the order in which they are searched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// The application, as it is on the card.
    pub aid: Aid,
    /// Whether the caller named it with its bytes in the other order.
    pub turned: bool,
    /// Its slots.
    pub slots: Vec<Slot>,
}

impl Plan {
    /// How many authentications the card may refuse at most. The search keeps it.
    #[must_use]
    pub const fn most(&self) -> u16 {
        self.most
    }

    /// What is searched.
    #[must_use]
    pub fn levels(&self) -> &[Planned] {
        &self.levels
    }

    /// Whether the real UID is known, so that keys made of it can be tried.
    #[must_use]
    pub const fn knows_uid(&self) -> bool {
        self.uid.is_some()
    }
}

impl Search {
    /// Asks a card what it is, and which versions and types its keys have. Nobody authenticates.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn look(
        &self,
        card: &mut dyn Transport,
        shown: &Uid,
        targets: &[Target],
    ) -> Result<Plan, Trouble> {
        if card.is_software() && self.issuers.iter().any(Issuer::is_live) {
            return Err(Trouble::LiveKeys);
        }
        let (kind, told) = asked(card)?;
        if let Some(messaging) = self.messaging.filter(|&wanted| !kind.takes(wanted)) {
            return Err(Trouble::Messaging(messaging));
        }
        let shown = if let Uid::Real(uid) = shown { Some(uid.clone()) } else { None };
        let uid = self.uid.clone().or(told).or(shown);
        let mut levels: Vec<Planned> = Vec::new();
        for target in targets {
            let mut level = level(card, kind, target)?;
            // One slot of two levels would be searched twice, and cost twice as much.
            let known = |slot: &Slot| {
                let mut slots = levels.iter().flat_map(|other| &other.slots);
                slots.any(|other| (other.aid, other.no) == (slot.aid, slot.no))
            };
            level.slots.retain(|slot| !known(slot));
            if !level.slots.is_empty() || levels.iter().all(|other| other.aid != level.aid) {
                levels.push(level);
            }
        }
        let messaging = self.messaging.unwrap_or_else(|| kind.messaging());
        let mut plan = Plan { kind, uid, messaging, levels, most: 0 };
        plan.most = self.limits.most(self.counts(&plan));
        Ok(plan)
    }

    /// How many attempts each slot may see: its candidates, and those that wait for a UID. The first
    /// slot of a level may see one more of a type where the card does not know the command that opens
    /// a session with it and another is left.
    fn counts(&self, plan: &Plan) -> Vec<usize> {
        let again = match plan.kind {
            Kind::Desfire(generation) => {
                self.messaging.is_none() && generation.silicon().messaging.len() > 1
            }
            Kind::Light | Kind::Ntag424 => false,
        };
        let known = Knowledge { uid: plan.uid.as_ref(), any_version: self.any_version, seen: None };
        let mut counts = Vec::new();
        for level in &plan.levels {
            let mut spare = again;
            for slot in &level.slots {
                let ordered = order(&self.issuers, &self.forms, slot, known);
                let waiting = ordered.left.iter().filter(|left| left.why == Why::NeedsUid).count();
                let all = ordered.attempts.len() + waiting;
                let types = if slot.key_type.is_some() { 1 } else { 2 };
                let more = if all > 0 && core::mem::take(&mut spare) { types } else { 0 };
                counts.push(all + more);
            }
        }
        counts
    }
}

/// What the card is, and the UID that it tells.
fn asked(card: &mut dyn Transport) -> Result<(Kind, Option<RealUid>), Trouble> {
    let other = |product: Option<Product>| product.map_or(Trouble::Unknown, Trouble::Product);
    match first_version(card) {
        Ok(version) => match Kind::of(&version) {
            Some(kind) => Ok((kind, version.uid)),
            None => Err(other(Product::of(&version))),
        },
        Err(Error::Misbehaved { how: Misbehaviour::StatusWord(status), .. }) => {
            Err(other(Product::of_answer(status)))
        }
        Err(Error::Refused { .. } | Error::Misbehaved { .. }) => Err(Trouble::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// What one level tells of its keys.
fn level(card: &mut dyn Transport, kind: Kind, target: &Target) -> Result<Planned, Trouble> {
    if let Some(keys) = kind.keys() {
        let slots = keys.into_iter().filter(|no| target.no.is_none_or(|wanted| wanted == *no));
        let slot = |no| Slot { aid: Aid::PICC, no, version: None, key_type: Some(KeyType::Aes) };
        return Ok(Planned { aid: Aid::PICC, turned: false, slots: slots.map(slot).collect() });
    }
    let turned = Aid::from_wire(target.aid.written());
    let (aid, turned) = match select(card, target.aid) {
        Ok(_) => (target.aid, false),
        Err(error) if is_missing(&error) && turned != target.aid => match select(card, turned) {
            Ok(_) => (turned, true),
            Err(error) if is_missing(&error) => return Err(Trouble::NoApplication(target.aid)),
            Err(error) => return Err(error.into()),
        },
        Err(error) if is_missing(&error) => return Err(Trouble::NoApplication(target.aid)),
        Err(error) => return Err(error.into()),
    };
    let told = said(select(card, aid)?.run(&GetKeyDetails).map(|answer| answer.value.slots))?;
    let numbers = match (target.no, aid == Aid::PICC) {
        (Some(no), _) => vec![no],
        (None, true) => vec![KeyNo::MASTER],
        (None, false) => (0..told.map_or(14, |slots| slots.count)).map_while(KeyNo::new).collect(),
    };
    let mut slots = Vec::new();
    for no in numbers {
        let version = version(card, aid, no)?;
        // Beyond the last one, where the settings did not tell how many there are.
        if version.is_none() && told.is_none() && target.no.is_none() && no != KeyNo::MASTER {
            break;
        }
        slots.push(Slot { aid, no, version, key_type: told.map(|slots| slots.key_type) });
    }
    Ok(Planned { aid, turned, slots })
}

fn version(card: &mut dyn Transport, aid: Aid, no: KeyNo) -> Result<Option<KeyVersion>, Error> {
    said(select(card, aid)?.run(&GetKeyVersion::new(no)).map(|answer| answer.value))
}

/// What the card said; nothing where it refused, or answered what does not fit: then it is not known.
fn said<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused { .. } | Error::Misbehaved { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A new conversation at a level, whatever was selected or begun before.
pub(super) fn select(card: &mut dyn Transport, aid: Aid) -> Result<Conversation<'_>, Error> {
    let mut talk = Conversation::open(card);
    match talk.select(aid) {
        // A card in the middle of an authentication may answer that it ends, and do nothing else.
        Err(Error::Refused { status: Status::CommandAborted, .. }) => talk.select(aid)?,
        selected => selected?,
    }
    Ok(talk)
}

fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Refused { status: Status::ApplicationNotFound, .. })
}
