// SPDX-License-Identifier: MIT OR Apache-2.0
//! The search itself: attempt after attempt, within the limits.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::host::command::picc::GetCardUid;
use crate::host::{Error, Session};
use crate::iso14443::{RealUid, Uid};
use crate::key::CardKey;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Aid, KeyType, Messaging, Opening, Status};

use super::limits::{Limits, Spent};
use super::order::{Attempt, Candidate, Knowledge, Left, Slot, Why, order};
use super::plan::{Plan, Search, select};
use super::product::Kind;
use super::report::{Outcome, Report, SlotReport, Stop, TargetReport, Tried};

impl Search {
    /// Tries the candidates on the card that was [looked](Self::look) at. Each attempt selects anew,
    /// as a refused authentication leaves nothing behind. Ends at the first key that opens a level,
    /// or, with [`all`](Self::all), once every slot was searched. Where the UID is hidden and a key
    /// opens, the card is asked for it, and slots are searched again with what needs it.
    #[must_use]
    pub fn run(&self, plan: Plan, card: &mut dyn Transport, rng: &mut dyn CryptoRng) -> Report {
        let slots = |slots: Vec<Slot>| slots.into_iter().map(Searched::new).collect();
        let most = plan.most();
        let levels = plan.levels.into_iter();
        let mut run = Run {
            search: self,
            kind: plan.kind,
            messaging: plan.messaging,
            uid: plan.uid,
            card,
            rng,
            spent: Spent::nothing(Limits::new(self.limits.per_key(), most)),
            refused_openings: Vec::new(),
            judging: Vec::new(),
            seen: None,
        };
        let mut levels: Vec<Level> =
            levels.map(|level| (level.aid, level.turned, slots(level.slots))).collect();
        let stop = run.levels(&mut levels).err();
        let targets = levels.into_iter().map(|(aid, turned, slots)| {
            let done = !self.all && slots.iter().any(|slot: &Searched| slot.opened);
            let report = |slot| run.report(slot, done, stop.is_some());
            TargetReport { aid, turned, slots: slots.into_iter().map(report).collect() }
        });
        let targets = targets.collect();
        Report { targets, refused: run.spent.refused, most, stop }
    }
}

/// AID, whether it was turned, and the slots.
type Level = (Aid, bool, Vec<Searched>);

/// A slot during the search.
struct Searched {
    slot: Slot,
    tried: Vec<Tried>,
    /// The keys of these attempts.
    keys: Vec<CardKey>,
    refused: u16,
    opened: bool,
    /// A refusal that every other key would meet too.
    closed: bool,
}

impl Searched {
    const fn new(slot: Slot) -> Self {
        Self { slot, tried: Vec::new(), keys: Vec::new(), refused: 0, opened: false, closed: false }
    }

    /// Whether the key was tried, as this candidate or another.
    fn knows(&self, key: &CardKey) -> bool {
        self.keys.iter().any(|tried| tried.same_key(key))
    }

    fn has_tried(&self, candidate: Candidate) -> bool {
        self.tried.iter().any(|tried| tried.candidate == candidate)
    }
}

struct Run<'s, 'c> {
    search: &'s Search,
    kind: Kind,
    messaging: Messaging,
    uid: Option<RealUid>,
    card: &'c mut dyn Transport,
    rng: &'c mut dyn CryptoRng,
    spent: Spent,
    /// What the card said it does not know.
    refused_openings: Vec<Opening>,
    /// By what the card has judged a key, so that it knows it.
    judging: Vec<Opening>,
    /// The form that opened a slot.
    seen: Option<usize>,
}

impl Run<'_, '_> {
    fn levels(&mut self, levels: &mut [Level]) -> Result<(), Stop> {
        loop {
            let knew = self.uid.is_some();
            for (_, _, slots) in &mut *levels {
                self.level(slots)?;
            }
            if knew || self.uid.is_none() {
                return Ok(());
            }
        }
    }

    fn level(&mut self, slots: &mut [Searched]) -> Result<(), Stop> {
        for at in 0..slots.len() {
            if !self.search.all && slots.iter().any(|slot| slot.opened) {
                break;
            }
            if let Some(slot) = slots.get_mut(at).filter(|slot| !slot.opened && !slot.closed) {
                self.slot(slot)?;
            }
        }
        Ok(())
    }

    fn known(&self) -> Knowledge<'_> {
        let seen = self.seen.and_then(|form| self.search.forms.get(form));
        Knowledge { uid: self.uid.as_ref(), any_version: self.search.any_version, seen }
    }

    fn slot(&mut self, slot: &mut Searched) -> Result<(), Stop> {
        let search = self.search;
        let ordered = order(&search.issuers, &search.forms, &slot.slot, self.known());
        for attempt in ordered.attempts {
            if slot.knows(&attempt.key) {
                continue;
            }
            if self.attempt(slot, &attempt)? || slot.closed {
                break;
            }
        }
        Ok(())
    }

    /// Tries a key, by another command where the card does not know the first. Whether it opened.
    fn attempt(&mut self, slot: &mut Searched, attempt: &Attempt) -> Result<bool, Stop> {
        let Attempt { candidate, key, .. } = attempt;
        let mut again = true;
        while self.spent.allows(slot.refused).is_ok() {
            let Some(opening) = self.opening(key.key_type()) else { break };
            let (answer, challenged) = self.authenticate(slot.slot, opening, key);
            let outcome = match answer {
                Ok(()) => Outcome::Opened,
                Err(error) if is_of_authentication(&error) => Outcome::Refused(error),
                Err(error) => return Err(Stop::Card(error)),
            };
            let status = if let Outcome::Refused(Error::Refused { status, .. }) = outcome {
                Some(status)
            } else {
                None
            };
            let known = challenged || self.judging.contains(&opening);
            // Somebody else spoke to the card meanwhile: that says nothing of the key. It may count
            // as a failure with the card.
            let disturbed = status == Some(Status::CommandAborted)
                || known && status == Some(Status::IllegalCommand);
            if disturbed && core::mem::take(&mut again) {
                self.spent.refuse();
                slot.refused = slot.refused.saturating_add(1);
                continue;
            }
            slot.tried.push(Tried { candidate: *candidate, opening, outcome });
            slot.keys.push(key.clone());
            if outcome == Outcome::Opened {
                self.spent.open();
                self.seen = Some(candidate.form);
                slot.opened = true;
                self.judging.push(opening);
                return Ok(true);
            }
            self.spent.refuse();
            slot.refused = slot.refused.saturating_add(1);
            if status == Some(Status::AuthenticationDelay) {
                return Err(Stop::Delay);
            }
            if status == Some(Status::AuthenticationError) {
                self.judging.push(opening);
            }
            if !known && self.strikes_off(opening, key.key_type(), status) {
                continue;
            }
            slot.closed = matches!(status, Some(Status::NoSuchKey | Status::PermissionDenied));
            break;
        }
        Ok(false)
    }

    /// Whether what the card answered to the first use of a command says that it does not take it, so
    /// that it is not used again. One that is not permitted may be the only one.
    fn strikes_off(&mut self, opening: Opening, key: KeyType, status: Option<Status>) -> bool {
        if !matches!(status, Some(Status::IllegalCommand | Status::PermissionDenied)) {
            return false;
        }
        self.refused_openings.push(opening);
        if status == Some(Status::PermissionDenied) && self.opening(key).is_none() {
            self.refused_openings.pop();
            return false;
        }
        true
    }

    /// How a key of this type opens a session: as was chosen, or else as the card may take it.
    fn opening(&self, key: KeyType) -> Option<Opening> {
        let chosen = self.search.messaging.is_some();
        let others = [Messaging::Ev1, Messaging::Ev2, Messaging::D40];
        let others = others.into_iter().filter(|messaging| !chosen && self.kind.takes(*messaging));
        let openings = [self.messaging].into_iter().chain(others);
        let mut openings = openings
            .filter(|messaging| *messaging != Messaging::D40 || key == KeyType::Des)
            .map(|messaging| Opening::of(key, messaging));
        openings.find(|opening| !self.refused_openings.contains(opening))
    }

    /// One authentication from a fresh selection. Where the UID is not known yet it is asked for in
    /// the session; a card that does not tell keeps it. With what came of it, whether the card sent a
    /// challenge.
    fn authenticate(
        &mut self,
        slot: Slot,
        opening: Opening,
        key: &CardKey,
    ) -> (Result<(), Error>, bool) {
        let mut card = Watched { card: &mut *self.card, opening, challenged: false };
        let mut rnd_a = Zeroizing::new([0; 16]);
        self.rng.fill_bytes(&mut *rnd_a);
        let asks = self.uid.is_none();
        let mut open = || -> Result<Option<RealUid>, Error> {
            let told = match self.kind.application() {
                Some(name) => {
                    let session = Session::open(&mut card).select_name(&name)?;
                    let mut session = session.authenticate(opening, slot.no, key, &rnd_a)?;
                    asks.then(|| session.card_uid())
                }
                None => {
                    let mut talk = select(&mut card, slot.aid)?;
                    talk.authenticate(opening, slot.no, key, &rnd_a)?;
                    asks.then(|| talk.run(&GetCardUid))
                }
            };
            Ok(told.and_then(Result::ok).map(|answer| answer.value))
        };
        let opened = open();
        let challenged = card.challenged;
        if let Ok(Some(uid)) = &opened {
            self.uid = Some(uid.clone());
        }
        (opened.map(|_| ()), challenged)
    }

    /// What came of a slot, with everything that was not tried.
    fn report(&self, slot: Searched, done: bool, stopped: bool) -> SlotReport {
        let search = self.search;
        let why = match self.spent.allows(slot.refused) {
            _ if slot.opened => Why::Opened,
            _ if done => Why::NotAsked,
            _ if stopped || slot.closed => Why::Stopped,
            Err(why) => why,
            Ok(()) => Why::Stopped,
        };
        let mut left: Vec<Left> = Vec::new();
        let ordered = order(&search.issuers, &search.forms, &slot.slot, self.known());
        let attempts = ordered.attempts.iter().map(|attempt| {
            let why = if slot.knows(&attempt.key) { Why::SameKey } else { why };
            (attempt.candidate, why)
        });
        let others = ordered.left.iter().map(|left| (left.candidate, left.why));
        for (candidate, why) in attempts.chain(others) {
            if !slot.has_tried(candidate) {
                left.push(Left { candidate, why });
            }
        }
        SlotReport { slot: slot.slot, tried: slot.tried, left }
    }
}

/// A card, and whether it sent a challenge.
struct Watched<'c> {
    card: &'c mut dyn Transport,
    opening: Opening,
    challenged: bool,
}

impl Transport for Watched<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.card.exchange(command, reply)?;
        let opens = command.get(1) == Some(&u8::from(self.opening.ins()));
        self.challenged |= opens && reply.ends_with(&[0x91, 0xAF]);
        Ok(())
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        self.card.is_software()
    }

    fn is_fresh(&self) -> bool {
        self.card.is_fresh()
    }

    fn longest(&self) -> usize {
        self.card.longest()
    }
}

/// Whether the card refused the key, or what it answered to it does not prove that it knows it. Each
/// may count as a failure with the card.
fn is_of_authentication(error: &Error) -> bool {
    let (Error::Refused { command, .. } | Error::Misbehaved { command, .. }) = error else {
        return false;
    };
    Opening::from_ins(*command).is_some()
}
