// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which card this is, before anything is planned for it.

use super::attempt::{Attempt, Stop};
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::refusal::Refusal;
use super::task::Task;
use crate::host::Error;
use crate::host::command::application::GetApplicationIds;
use crate::host::command::key::GetKeyVersion;
use crate::host::command::picc::{FreeMemory, GetVersion};
use crate::profile::Stock;
use crate::wire::{Aid, Chip, Generation, KeyNo, Messaging, Status};

/// What a card is taken for.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) chip: Chip,
    pub(crate) messaging: Messaging,
    /// Which PICC master key it holds.
    pub(crate) holder: Holder,
    /// The applications on it, where they could be listed.
    pub(crate) applications: Option<Vec<Aid>>,
    /// Its free memory in bytes, where it was asked.
    pub(crate) free: Option<u32>,
    /// Whether this very card said so; else the first card of its stock did.
    pub(crate) identified: bool,
    /// How far the PICC master key stands for what is not looked at.
    pub(crate) trust: Trust,
}

/// How far a card's PICC master key stands for what is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A transport key is the sign of a new card.
    New,
    /// The profile's own key went last at its level: the steps before it stand.
    Own,
    /// Everything is looked at.
    Nothing,
}

impl Identity {
    /// What the next card of a uniform stock is taken for: the same, and new.
    pub(crate) fn of_stock(&self) -> Option<Self> {
        let new = matches!(self.holder, Holder::Transport(_));
        new.then(|| Self {
            identified: false,
            trust: Trust::New,
            applications: None,
            free: None,
            ..self.clone()
        })
    }

    /// What is left once the card has contradicted it: nothing where the card itself never said
    /// it, else all but the trust.
    pub(crate) fn doubted(self) -> Option<Self> {
        self.identified.then_some(Self { trust: Trust::Nothing, applications: None, ..self })
    }
}

impl Attempt<'_, '_> {
    /// Asks the card what it is. Changes nothing, authenticates with nothing.
    pub(crate) fn identify(&mut self) -> Result<Identity, Stop> {
        let job = self.job;
        let version = self.walk.run(&GetVersion)?.value;
        let chip = version.chip().ok_or(Refusal::UnknownChip)?;
        if !job.profile().chips().contains(&chip.generation()) {
            return Err(Refusal::WrongChip { chip }.into());
        }
        let messaging =
            job.messaging_for(chip.generation()).map_err(|_| Refusal::WrongMessaging { chip })?;
        if let (Some(presented), Some(reported)) = (&self.uid, &version.uid)
            && presented != reported
        {
            return Err(Refusal::UidMismatch.into());
        }
        let key = self.walk.run(&GetKeyVersion::new(KeyNo::MASTER))?;
        let master = Slot::master(Level::Picc);
        let holder = job.holder(master, key.value);
        let holder = holder.ok_or_else(|| Refusal::UnknownMasterKey {
            version: key.value,
            known: job.known_versions(master),
        })?;
        let task = job.task();
        match holder {
            Holder::Own => self.findings.evidence.key(master, key.grade),
            Holder::Former => {}
            Holder::Transport(_) if matches!(task, Task::Encode | Task::Recycle) => {}
            Holder::Transport(_) => return Err(Refusal::NotFinished.into()),
        }
        self.walk.messaging = messaging;
        let mut identity = Identity {
            chip,
            messaging,
            holder,
            applications: None,
            free: None,
            identified: true,
            trust: match (job.profile().transport().stock, holder) {
                (Stock::Used, _) | (_, Holder::Former) => Trust::Nothing,
                (Stock::New, Holder::Own) if task.looks_at_everything() => Trust::Nothing,
                (Stock::New, Holder::Own) => Trust::Own,
                (Stock::New, Holder::Transport(_)) => Trust::New,
            },
        };
        let writes = matches!(task, Task::Encode if holder != Holder::Own);
        if writes || task == Task::Update {
            self.check_room(&mut identity)?;
        }
        Ok(identity)
    }

    /// Whether a card that is not the profile's yet has room for it, by its size. A used one is
    /// asked what is on it and how much is left, which is judged once it has been observed.
    fn check_room(&mut self, identity: &mut Identity) -> Result<(), Stop> {
        let profile = self.job.profile();
        if profile.transport().stock == Stock::Used || self.job.task() == Task::Update {
            identity.applications = self.listed()?;
            // A D40 card does not tell.
            if identity.chip.generation() != Generation::D40 {
                identity.free = Some(self.walk.run(&FreeMemory)?.value);
            }
        }
        if let Some(aids) = &identity.applications {
            refuse_unnamed(self.job, aids)?;
        }
        enough(blank_memory(identity.chip), profile.memory())?;
        Ok(())
    }

    /// The applications, or `None` where the card lists them to its master key only.
    fn listed(&mut self) -> Result<Option<Vec<Aid>>, Stop> {
        match self.walk.run(&GetApplicationIds) {
            Ok(answer) => Ok(Some(answer.value)),
            Err(Error::Refused { status: Status::AuthenticationError, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
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

/// The free memory of a blank card in bytes, as reported for EV1 cards of 2K, 4K and 8K; other
/// sizes, and D40 cards, which do not tell, by their nominal capacity (belief: later generations
/// have at least as much).
pub(crate) fn blank_memory(chip: Chip) -> u32 {
    match (chip.generation(), chip.capacity()) {
        (Generation::D40, capacity) => capacity,
        (_, 2048) => 2304,
        (_, 4096) => 4864,
        (_, 8192) => 7936,
        (_, other) => other,
    }
}
