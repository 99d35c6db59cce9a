// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a card has room for the profile: by its size, by what it says is free, and by how many
//! applications it holds.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::plan::place::Level;
use crate::encode::verdict::refusal::Refusal;
use crate::host::Error;
use crate::host::command::picc::FreeMemory;
use crate::profile::{Reading, Stock};
use crate::wire::{Aid, Chip, Ins};

impl Attempt<'_, '_> {
    /// Whether a card that is not the profile's yet has room for it: refused by its size alone only
    /// where the least that anybody measured does not fit. Where the most would not, or others share the
    /// card, or nobody knows what its size means, it is asked, which is judged once it has been observed.
    pub(crate) fn check_room(&mut self, identity: &mut Identity) -> Result<(), Stop> {
        let profile = self.job.profile();
        let used = profile.transport().stock == Stock::Used || self.job.task().asks_for_room();
        let shared = identity.applications.iter().any(|aid| !self.job.owns(*aid));
        let blank = identity.chip.blank_memory();
        if let Some(blank) = blank {
            enough(blank, profile.memory_by(Reading::Smallest))?;
        }
        let plenty = blank.is_some_and(|blank| blank >= profile.memory_by(Reading::Largest));
        let tells = identity.chip.silicon().has(Ins::FreeMemory);
        if (used || shared || !plenty) && tells {
            identity.free = self.ask_free_memory()?;
        }
        Ok(())
    }

    /// Refuses a card on which those of others leave no place for the profile's applications.
    pub(crate) fn refuse_full(&self, chip: Chip, applications: &[Aid]) -> Result<(), Refusal> {
        let others = applications.iter().filter(|aid| !self.job.owns(**aid)).count();
        let own = self.job.profile().applications().len();
        match chip.generation().most_applications() {
            Some(most) if others > 0 && others.saturating_add(own) > most => {
                Err(Refusal::TooManyApplications { others, own, most })
            }
            _ => Ok(()),
        }
    }

    /// What is free, as the session's key is told; `None` where the card does not tell.
    fn ask_free_memory(&mut self) -> Result<Option<u32>, Stop> {
        match self.walk.ask(&FreeMemory) {
            Ok(answer) => Ok(Some(answer.value)),
            Err(Error::Refused { .. }) => {
                self.walk.go_on_unsure();
                self.select(Level::Picc)?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// # Errors
/// [`Refusal::TooSmall`] where the card has less than the profile still needs.
pub(crate) const fn enough(has: u32, needs: u32) -> Result<(), Refusal> {
    if has < needs { Err(Refusal::TooSmall { has, needs }) } else { Ok(()) }
}

/// The free memory of a blank card in bytes; of a size that the chip is not known to have, its nominal
/// capacity.
pub(crate) fn blank_memory(chip: Chip) -> u32 {
    chip.blank_memory().unwrap_or_else(|| chip.capacity())
}
