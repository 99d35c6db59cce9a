// SPDX-License-Identifier: MIT OR Apache-2.0
//! Somebody's word, which what cannot be taken back needs.

use std::collections::BTreeSet;

use super::{Fate, Refusal};

/// What somebody has to give a reason for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a tenant decides about each")]
pub enum Deed {
    /// A card is of no use.
    Spoiled,
    /// A card was destroyed.
    Destroyed,
    /// A card is lost.
    Lost,
    /// A card came back.
    Returned,
    /// An order is to have another card.
    AnotherCard,
}

impl Deed {
    /// What it is to say this of a card.
    #[must_use]
    pub const fn of(fate: Fate) -> Self {
        match fate {
            Fate::Spoiled => Self::Spoiled,
            Fate::Destroyed => Self::Destroyed,
            Fate::Lost => Self::Lost,
            Fate::Returned | Fate::MadeBlank => Self::Returned,
        }
    }
}

/// The reasons that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a list that people choose from")]
pub enum Reason {
    /// The chip does not answer any more, or does not take what is written.
    Faulty,
    /// It was printed or cut wrong.
    Misprinted,
    /// What the order said was wrong.
    WrongData,
    /// Its holder lost it.
    HolderLostIt,
    /// It was stolen.
    Stolen,
    /// It never reached its holder.
    NeverArrived,
    /// It is missing in the house.
    MissingInHouse,
    /// Its holder left, or needs it no more.
    NoLongerNeeded,
    /// It was emptied by a job that makes cards blank.
    Emptied,
    /// It was made to try something.
    Trial,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Faulty,
        Self::Misprinted,
        Self::WrongData,
        Self::HolderLostIt,
        Self::Stolen,
        Self::NeverArrived,
        Self::MissingInHouse,
        Self::NoLongerNeeded,
        Self::Emptied,
        Self::Trial,
    ];

    /// Its name, which stores keep.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faulty => "faulty",
            Self::Misprinted => "misprinted",
            Self::WrongData => "wrong-data",
            Self::HolderLostIt => "holder-lost-it",
            Self::Stolen => "stolen",
            Self::NeverArrived => "never-arrived",
            Self::MissingInHouse => "missing-in-house",
            Self::NoLongerNeeded => "no-longer-needed",
            Self::Emptied => "emptied",
            Self::Trial => "trial",
        }
    }

    /// Whether it can be the reason for that.
    #[must_use]
    pub const fn fits(self, deed: Deed) -> bool {
        let missing = matches!(
            self,
            Self::HolderLostIt | Self::Stolen | Self::NeverArrived | Self::MissingInHouse
        );
        match deed {
            Deed::Lost => missing,
            Deed::AnotherCard => !matches!(self, Self::NoLongerNeeded),
            Deed::Returned => !missing,
            Deed::Spoiled | Deed::Destroyed => !missing && !matches!(self, Self::Emptied),
        }
    }
}

/// Who says something, why, and who else says the same. People stand here by references that say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "who, why, and who else")]
pub struct Word {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Reason,
    /// The second person, where the tenant wants one.
    pub second: Option<String>,
}

/// What a tenant decides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct Rules {
    /// After how many tries in vain an order is poison. At least 1.
    pub most_tries: u16,
    /// What takes a second person.
    pub second_person: BTreeSet<Deed>,
}

impl Default for Rules {
    /// Five tries, and one person's word.
    fn default() -> Self {
        Self { most_tries: 5, second_person: BTreeSet::new() }
    }
}

impl Rules {
    /// Whether this word is good for that.
    pub(super) fn take(&self, word: &Word, deed: Deed) -> Result<(), Refusal> {
        if !word.reason.fits(deed) {
            return Err(Refusal::OtherReason { deed, reason: word.reason });
        }
        // No name is nobody, and the same one with a space is the same one.
        let second = word.second.as_deref().map(str::trim).unwrap_or_default();
        let another = !second.is_empty() && second != word.by.trim();
        if self.second_person.contains(&deed) && !another {
            return Err(Refusal::SecondPerson { deed });
        }
        Ok(())
    }
}
