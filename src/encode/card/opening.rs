// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a level of a card is opened: with which key, within which budget, in which messaging.

use crate::diversify::FieldBytes;
use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::recovery::Wrote;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::key::GetKeyVersion;
use crate::host::{Error, Grade, Misbehaviour};
use crate::key::CardKey;
use crate::profile::{KeySpec, Layout};
use crate::wire::{KeyType, Messaging, Status};

impl Attempt<'_, '_> {
    /// Authenticates with a key that should be there, unless it already is authenticated.
    pub(crate) fn authenticate(&mut self, slot: Slot, holder: Holder) -> Result<(), Stop> {
        let position = self.walk.position();
        if position.level != slot.level {
            self.select(slot.level)?;
        } else if position.authenticated == Some(slot.no) {
            return Ok(());
        }
        let key = match self.job.key_needs_record(slot, holder) && self.agreed().is_none() {
            true => self.find_record(slot, holder)?,
            false => {
                let key = self.key(slot, holder)?;
                self.budget()?;
                if let Err(stop) = self.open(slot, &key) {
                    return Err(self.other_start(slot, holder, stop));
                }
                key
            }
        };
        self.findings.opened = Some((slot, holder));
        if holder == Holder::Own {
            // Whoever knows the key could have answered.
            let grade = if key.is_public() { Grade::Said } else { Grade::Used };
            self.findings.evidence.key(slot, grade);
        }
        let Holder::Transport(_) = holder else { return Ok(()) };
        if slot == Slot::master(self.job.first_level()) {
            self.findings.evidence.blank_key(Grade::Used);
        }
        // A transport key opens every new card: only its UID tells whether it still is this one.
        match self.walk.uid_in_field()? {
            Some(uid) if uid != *self.presented => Err(Stop::Fail(Failure::Swapped)),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`Refusal::NoMoreAttempts`] where the card has refused as many authentications as it may.
    fn budget(&self) -> Result<u8, Refusal> {
        let budget = self.job.profile().failed_authentications();
        let left = budget.saturating_sub(self.findings.refused);
        if left == 0 { Err(Refusal::NoMoreAttempts { budget }) } else { Ok(left) }
    }

    /// Opens a slot whose key is made from the record, while it is not known which of several the card is
    /// for: each that makes another key is tried, as long as the card may refuse so many. The one that
    /// opens is the card's.
    fn find_record(&mut self, slot: Slot, holder: Holder) -> Result<CardKey, Stop> {
        let (left, budget) = (self.budget()?, self.job.profile().failed_authentications());
        let mut distinct: Vec<&FieldBytes> = Vec::new();
        for candidate in &self.matching {
            if !distinct.contains(&&candidate.fields) {
                distinct.push(&candidate.fields);
            }
        }
        if distinct.len() > usize::from(left) {
            return Err(Refusal::RecordNeeded { records: distinct.len(), budget }.into());
        }
        let mut refused = None;
        for fields in distinct {
            let key = self.job.key_of(slot, holder, self.uid.as_ref(), Some(fields))?;
            match self.open(slot, &key) {
                Ok(()) => {
                    self.matching.retain(|candidate| candidate.fields == *fields);
                    return Ok(key);
                }
                Err(stop @ Stop::Refuse(Refusal::KeyRefused { .. })) => refused = Some(stop),
                Err(stop) => return Err(stop),
            }
            self.select(slot.level)?;
        }
        Err(refused.unwrap_or_else(|| Refusal::RecordNeeded { records: 0, budget }.into()))
    }

    /// Why a new application does not open with the zero key: where its slots hold another version, the
    /// card has a default key that the profile does not name, as suppliers set it.
    fn other_start(&mut self, slot: Slot, holder: Holder, stop: Stop) -> Stop {
        let made = self.findings.wrote != Wrote::Nothing && slot.level != Level::Picc;
        let zero = made && holder == Holder::Transport(0);
        if !zero || !matches!(stop, Stop::Refuse(Refusal::KeyRefused { .. })) {
            return stop;
        }
        let aid = self.job.aid(slot.level);
        match self.walk.ask(&GetKeyVersion::new(slot.no)) {
            Ok(answer) if answer.value != CardKey::zero(KeyType::Aes).version() => {
                Refusal::OtherStart { aid, version: answer.value }.into()
            }
            Ok(_) | Err(_) => stop,
        }
    }

    /// Whether the profile's own key of a slot is made from the record.
    fn is_of_record(&self, slot: Slot) -> bool {
        self.job.own_spec(slot).is_some_and(KeySpec::needs_record)
    }

    /// Authenticates in the messaging of the level, or, where the card does not know it after all, in
    /// the next that the job allows. Nobody gains by that: what the job allows proves as much.
    fn open(&mut self, slot: Slot, key: &CardKey) -> Result<(), Stop> {
        let messaging = self.job.messaging_at(slot.level, self.walk.messaging);
        let messaging = self.findings.spoken.instead_of(messaging);
        let goes_on = self.walk.position().authenticated.is_some();
        self.findings.tried = true;
        let Err(stop) = self.begin(slot, key, messaging) else {
            self.findings.spoken.opened(messaging, key.key_type());
            return Ok(());
        };
        let Stop::Fail(Failure::Card(error @ Error::Refused { status, .. })) = stop else {
            return Err(stop);
        };
        if status == Status::AuthenticationError {
            self.findings.refused = self.findings.refused.saturating_add(1);
            let (version, of_record) = (key.version(), self.is_of_record(slot));
            return Err(Refusal::KeyRefused { slot, version, of_record }.into());
        }
        let untouched = !goes_on && self.findings.wrote == Wrote::Nothing;
        if status == Status::PermissionDenied && untouched && self.counts_failures() {
            let lrp = self.job.profile().is_in_lrp();
            let blocked = Refusal::KeyBlocked { slot };
            return Err(if lrp { blocked } else { Refusal::PerhapsInLrp { slot } }.into());
        }
        let unknown = status == Status::IllegalCommand && !goes_on;
        if !unknown || !self.findings.spoken.may_do_without(messaging, key.key_type()) {
            return Err(error.into());
        }
        if self.stocked {
            return Err(Stop::Afresh);
        }
        let next = self.job.messaging_instead(messaging);
        let next = next.ok_or(Refusal::MessagingRefused { messaging, status })?;
        tracing::warn!(%messaging, %next, "the card knows no such messaging");
        self.findings.spoken.refuse(messaging, status, next);
        self.open(slot, key)
    }

    /// Authenticates in LRP where the profile is in LRP, unless the card has shown that it still is in
    /// AES: no command tells. A session goes on in what it was begun in.
    fn begin(&mut self, slot: Slot, key: &CardKey, messaging: Messaging) -> Result<(), Stop> {
        let goes_on = self.walk.position().authenticated.is_some();
        if goes_on || !self.job.profile().is_in_lrp() || self.findings.lrp == Some(false) {
            return Ok(self.walk.authenticate(slot.no, key, messaging)?);
        }
        let opened = self.walk.authenticate_lrp(slot.no, key);
        let in_aes = matches!(opened, Err(Error::Misbehaved { how: Misbehaviour::NotLrp, .. }));
        if !in_aes || self.findings.lrp == Some(true) {
            opened?;
            self.findings.lrp = Some(true);
            return Ok(());
        }
        self.walk.go_on_unsure();
        self.select_anew(slot.level)?;
        match self.walk.authenticate(slot.no, key, messaging) {
            // It is in LRP, and what it said before was disturbed.
            Err(Error::Refused { status: Status::PermissionDenied, .. }) => Ok(opened?),
            in_aes => {
                in_aes?;
                self.findings.lrp = Some(false);
                Ok(())
            }
        }
    }

    /// Whether the card refuses a session of EV1 messaging under a PICC master key that opened in EV2
    /// messaging. Leaves it at its first level, with nobody authenticated.
    pub(crate) fn refuses_legacy(&mut self, holder: Holder) -> Result<bool, Stop> {
        let master = Slot::master(Level::Picc);
        let key = self.key(master, holder)?;
        self.select_anew(master.level)?;
        let refuses = match self.walk.authenticate(master.no, &key, Messaging::Ev1) {
            Ok(()) => {
                self.select_anew(master.level)?;
                false
            }
            // Closed messaging is not begun. Any other refusal may be one of the key, which is no answer to this.
            Err(
                refused @ Error::Refused {
                    status: Status::PermissionDenied | Status::IllegalCommand,
                    ..
                },
            ) => {
                let door = self.door(master.level);
                self.walk.begin_anew(&refused, master.level, &door)?;
                self.findings.evidence.legacy_off(Grade::Said);
                true
            }
            Err(error) => return Err(error.into()),
        };
        Ok(refuses)
    }

    /// Whether the card is one that may be in LRP, and blocks a key after too many failures.
    fn counts_failures(&self) -> bool {
        matches!(self.job.profile().layout(), Layout::Fixed { .. })
    }
}
