// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which card this is, before anything is planned for it.
//!
//! The version of its PICC master key, which anybody may ask for, says which of the job's keys opens
//! it; what the card is, it says in that key's session. Where the key is nobody's secret, so is what
//! the card says; it is asked again once it has the job's own key.

use super::attempt::{Attempt, Stop};
use super::failure::Failure;
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::refusal::Refusal;
use super::task::Task;
use crate::host::Error;
use crate::host::command::application::GetApplicationIds;
use crate::host::command::key::GetKeyVersion;
use crate::host::command::picc::{FreeMemory, GetCardUid, GetVersion};
use crate::profile::{Originality, Reading, Stock};
use crate::wire::{Aid, Chip, Generation, KeyNo, Messaging, Version};

/// What a card is taken for.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) chip: Chip,
    pub(crate) messaging: Messaging,
    /// Which PICC master key it holds.
    pub(crate) holder: Holder,
    /// The applications on it.
    pub(crate) applications: Vec<Aid>,
    /// Its free memory in bytes, where it was asked.
    pub(crate) free: Option<u32>,
    /// Whether this very card said so; else the first card of its stock did.
    pub(crate) identified: bool,
    /// Whether everything is looked at, whatever stands for it.
    pub(crate) doubted: bool,
}

impl Identity {
    /// What the next card of a uniform stock is taken for: the same, and new.
    pub(crate) fn of_stock(&self) -> Option<Self> {
        let new = matches!(self.holder, Holder::Transport(_));
        new.then(|| Self {
            identified: false,
            applications: Vec::new(),
            free: None,
            ..self.clone()
        })
    }
}

impl Attempt<'_, '_> {
    /// Finds out what the card is, and leaves it in the session of its PICC master key. Changes
    /// nothing. A card of a stock is taken for what its stock is, once its key has opened.
    pub(crate) fn identify(
        &mut self,
        stock: Option<Identity>,
        doubted: bool,
    ) -> Result<Identity, Stop> {
        let job = self.job;
        let master = Slot::master(Level::Picc);
        let holder = self.master_key()?;
        // Every chip has a signature of its own.
        let asks = job.profile().card().originality != Originality::Ignored;
        let stock = stock.filter(|stock| stock.holder == holder && !asks);
        let common = stock.as_ref().map(|stock| stock.messaging).or_else(|| job.common_messaging());
        self.walk.messaging = match common {
            Some(messaging) => messaging,
            None => self.by_version()?.1,
        };
        if job.key(master, holder, self.uid.as_ref()).is_none() {
            self.fetch_uid()?;
        }
        #[cfg(feature = "originality")]
        let early = self.early_signature();
        if let Err(stop) = self.authenticate(master, holder) {
            return Err(self.named_before(stop));
        }
        if let Some(stock) = stock {
            self.know_uid()?;
            return Ok(stock);
        }
        let answer = self.walk.ask(&GetVersion)?;
        let (chip, messaging) = self.fitting(&answer.value)?;
        if self.hides_uid() && answer.value.uid.is_none() {
            self.findings.evidence.random_uid(answer.grade);
        }
        self.know_uid()?;
        #[cfg(feature = "originality")]
        self.judge_signature(early, &answer.value)?;
        let applications = self.walk.ask(&GetApplicationIds)?.value;
        refuse_unnamed(job, &applications)?;
        self.walk.messaging = messaging;
        let used = job.profile().transport().stock == Stock::Used;
        let mut identity = Identity {
            chip,
            messaging,
            holder,
            applications,
            free: None,
            identified: true,
            doubted: doubted || used,
        };
        let writes = matches!(job.task(), Task::Encode if holder != Holder::Own);
        if writes || job.task() == Task::Update {
            self.check_room(&mut identity)?;
        }
        Ok(identity)
    }

    /// Which of the job's keys the card has at its PICC level, by the version that it says.
    fn master_key(&mut self) -> Result<Holder, Stop> {
        let job = self.job;
        let master = Slot::master(Level::Picc);
        let version = match self.walk.run(&GetKeyVersion::new(KeyNo::MASTER)) {
            Ok(answer) => answer.value,
            Err(error) => return Err(self.named_before(error.into())),
        };
        let Some(holder) = job.holder(master, version) else {
            let known = job.known_versions(master);
            return Err(self.named_before(Refusal::UnknownMasterKey { version, known }.into()));
        };
        let finished = !matches!(holder, Holder::Transport(_));
        if finished || matches!(job.task(), Task::Encode | Task::Recycle) {
            Ok(holder)
        } else {
            Err(self.named_before(Refusal::NotFinished.into()))
        }
    }

    /// Why a card is not taken, by its name where that says more than what it answered.
    fn named_before(&mut self, stop: Stop) -> Stop {
        let says_no = matches!(
            stop,
            Stop::Refuse(_)
                | Stop::Fail(Failure::Card(Error::Refused { .. } | Error::IsoRefused { .. }))
        );
        if !says_no {
            return stop;
        }
        match self.start_over().and_then(|()| self.by_version()) {
            Err(named @ Stop::Refuse(_)) => named,
            Err(Stop::Fail(Failure::Card(Error::Refused { .. } | Error::IsoRefused { .. })))
                if matches!(stop, Stop::Fail(_)) =>
            {
                Refusal::UnknownChip.into()
            }
            Ok(_) | Err(_) => stop,
        }
    }

    /// Chip and messaging by what the card says outside of any session.
    fn by_version(&mut self) -> Result<(Chip, Messaging), Stop> {
        let version = self.walk.run(&GetVersion)?.value;
        self.fitting(&version)
    }

    /// The chip, if the job takes it, and the messaging to use with it.
    fn fitting(&self, version: &Version) -> Result<(Chip, Messaging), Stop> {
        let chip = version.chip().ok_or(Refusal::UnknownChip)?;
        if !self.job.profile().chips().contains(&chip.generation()) {
            return Err(Refusal::WrongChip { chip }.into());
        }
        let messaging = self.job.messaging_for(chip.generation());
        let messaging = messaging.map_err(|_| Refusal::WrongMessaging { chip })?;
        // One that hides its UID reports none.
        if !self.hides_uid() && self.uid != version.uid {
            return Err(Refusal::UidMismatch.into());
        }
        Ok((chip, messaging))
    }

    /// Asks for the real UID of a card that hides it, in the session that there is.
    fn know_uid(&mut self) -> Result<(), Stop> {
        if self.uid.is_none() {
            self.uid = Some(self.walk.ask(&GetCardUid)?.value);
        }
        Ok(())
    }

    /// Whether a card that is not the profile's yet has room for it, by its size. A used one is
    /// asked how much is left, which is judged once it has been observed.
    fn check_room(&mut self, identity: &mut Identity) -> Result<(), Stop> {
        let profile = self.job.profile();
        let used = profile.transport().stock == Stock::Used || self.job.task() == Task::Update;
        // A D40 card does not tell.
        if used && identity.chip.generation() != Generation::D40 {
            identity.free = Some(self.walk.ask(&FreeMemory)?.value);
        }
        enough(blank_memory(identity.chip), profile.memory_by(Reading::Smallest))?;
        Ok(())
    }
}

/// # Errors
/// [`Refusal::TooSmall`] where the card has less than the profile still needs.
pub(crate) const fn enough(has: u32, needs: u32) -> Result<(), Refusal> {
    if has < needs { Err(Refusal::TooSmall { has, needs }) } else { Ok(()) }
}

/// # Errors
/// [`Refusal::OtherApplications`] where some of the applications are not the profile's.
pub(crate) fn refuse_unnamed(job: &Job, aids: &[Aid]) -> Result<(), Refusal> {
    let named = |aid: &Aid| job.profile().applications().iter().any(|spec| spec.aid == *aid);
    let aids: Vec<Aid> = aids.iter().copied().filter(|aid| !named(aid)).collect();
    if aids.is_empty() { Ok(()) } else { Err(Refusal::OtherApplications { aids }) }
}

/// The free memory of a blank card in bytes: AN12752, and measured on EV1 of 2K, 4K and 8K, EV2 of 2K,
/// EV3 of 4K and 8K. Other sizes, and D40 cards, which do not tell, by their nominal capacity.
pub(crate) fn blank_memory(chip: Chip) -> u32 {
    match (chip.generation(), chip.capacity()) {
        (Generation::Ev1, 2048) => 2304,
        (Generation::Ev1, 4096) => 4864,
        (Generation::Ev1, 8192) => 7936,
        (Generation::Ev2 | Generation::Ev3, 2048) => 2560,
        (Generation::Ev2 | Generation::Ev3, 4096) => 5120,
        (_, other) => other,
    }
}
