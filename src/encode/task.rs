// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a job does with each card.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a job does with each card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a new task must break every match")]
pub enum Task {
    /// Makes the card what the profile says, with the record's contents. A card of the former
    /// edition gets the new keys; one that holds other contents is refused.
    #[default]
    Encode,
    /// Looks at everything, with every key, and changes nothing: is the card what the profile says,
    /// and which record is on it.
    Verify,
    /// Brings a finished card from its former key versions to the present ones. Contents are
    /// neither looked at nor changed.
    Rekey,
    /// Brings a card back to blank: no applications, the settings of the factory, the first
    /// transport key of the profile.
    Recycle,
    /// Brings new contents onto a finished card, and the present keys where it has former ones.
    Update,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Encode, Self::Verify, Self::Rekey, Self::Recycle, Self::Update];

    /// The name in receipts and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::Verify => "verify",
            Self::Rekey => "rekey",
            Self::Recycle => "recycle",
            Self::Update => "update",
        }
    }

    /// Whether it takes a record: what it does depends on what the card is to hold. The others take
    /// [`Record::none`](crate::profile::Record::none) as well as any.
    #[must_use]
    pub const fn needs_record(self) -> bool {
        self.compares_contents()
    }

    /// Whether the record's contents are compared with the card's.
    pub(crate) const fn compares_contents(self) -> bool {
        matches!(self, Self::Encode | Self::Verify | Self::Update)
    }

    /// Whether it takes everything off the card.
    pub(crate) const fn makes_blank(self) -> bool {
        matches!(self, Self::Recycle)
    }

    /// Whether everything is looked at, also what a finished level's own key stands for.
    pub(crate) const fn looks_at_everything(self) -> bool {
        matches!(self, Self::Verify | Self::Update)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job is encode, verify, rekey, recycle or update")]
#[non_exhaustive]
pub struct TaskError;

impl FromStr for Task {
    type Err = TaskError;

    fn from_str(text: &str) -> Result<Self, TaskError> {
        Self::ALL.into_iter().find(|task| task.name() == text).ok_or(TaskError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for task in Task::ALL {
            assert_eq!(task.name().parse(), Ok(task));
        }
        assert_eq!("erase".parse::<Task>(), Err(TaskError));
    }
}
