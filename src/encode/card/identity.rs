// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is taken for, and what speaks against it.

use crate::encode::card::stop::Stop;
use crate::encode::job::Job;
use crate::encode::plan::place::Holder;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::{Error, Misbehaviour};
use crate::iso7816::StatusWord;
use crate::wire::{Aid, Chip, Messaging};

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
    /// Whether a session of a secret key has told what it is, or nothing depends on it. A card that
    /// was only to be looked at and is changed after all is asked first.
    pub(crate) sure: bool,
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

/// Whether a card refused, or answered as no DESFire does.
pub(crate) fn says_no(stop: &Stop) -> bool {
    let Stop::Fail(Failure::Card(error)) = stop else { return false };
    matches!(error, Error::Refused { .. } | Error::IsoRefused { .. })
        || foreign_word(error).is_some()
}

/// The status word of ISO/IEC 7816-4 by which a card does not know a command; those that a reader
/// makes up for a card that it lost are none.
pub(super) fn foreign_word(error: &Error) -> Option<StatusWord> {
    let Error::Misbehaved { how: Misbehaviour::StatusWord(word), .. } = error else { return None };
    matches!(word.sw1(), 0x67..=0x6B | 0x6D | 0x6E).then_some(*word)
}

/// # Errors
/// [`Refusal::OtherApplications`] where some of the applications are neither the profile's nor such as
/// it allows.
pub(crate) fn refuse_unnamed(job: &Job, aids: &[Aid]) -> Result<(), Refusal> {
    let aids: Vec<Aid> = aids.iter().copied().filter(|aid| !job.admits(*aid)).collect();
    if aids.is_empty() { Ok(()) } else { Err(Refusal::OtherApplications { aids }) }
}
