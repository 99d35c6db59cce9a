// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a job does with each card: one row a task, which answers everything that the engine asks.
//!
//! Nothing outside of this file names a task to choose what to do: who has a question asks the row.
//! A new task is a variant and a row, and does not build before the row is whole.

mod questions;
mod row;

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::alike::{nearest, write};
use crate::encode::task::row::{
    Contents, Difference, Ends, FinishedFile, ForGood, ForRecord, Listed, Looks, Missing, Proof,
    Room, Row, Takes,
};

/// What a job does with each card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "these are the jobs that there are")]
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
    /// transport key of the profile. A card with a fixed layout gets back the contents and rights of its
    /// files, and its keys.
    Recycle,
    /// Brings new contents onto a finished card, and the present keys where it has former ones.
    Update,
    /// Reads what a card tells: its UID, and the record of which it holds the contents. Changes nothing,
    /// and takes cards that others made, as far as the profile's keys open them. It ends as done without any
    /// proof: what the card says freely is taken down as it says it, with its grade in the receipt.
    Enrol,
}

/// The rows: a task without one does not build, and one with a row is in [`Task::ALL`].
macro_rules! rows {
    ($($task:ident: $row:expr,)+) => {
        impl Task {
            /// All of them.
            pub const ALL: [Self; [$(Self::$task),+].len()] = [$(Self::$task),+];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$task => &$row,)+
                }
            }
        }
    };
}

rows! {
    Encode: Row {
        name: "encode",
        takes: Takes::New,
        difference: Difference::Mended,
        ends: Ends::Finished,
        record: ForRecord::Given,
        contents: Contents::Compared(FinishedFile::Refused),
        missing: Missing::Made,
        looks: Looks::Least,
        proof: Proof::AsProfile,
        for_good: ForGood::SwitchedOn,
        room: Room::UnlessFinished,
        listed: Listed::InHand,
    },
    Verify: Row {
        name: "verify",
        takes: Takes::Finished,
        difference: Difference::Told,
        ends: Ends::Finished,
        record: ForRecord::Found,
        contents: Contents::Compared(FinishedFile::MadeWhereMissing),
        missing: Missing::Made,
        looks: Looks::Everything,
        proof: Proof::EveryKey,
        for_good: ForGood::LookedFor,
        room: Room::Never,
        listed: Listed::AsBefore,
    },
    Rekey: Row {
        name: "rekey",
        takes: Takes::Finished,
        difference: Difference::Mended,
        ends: Ends::Finished,
        record: ForRecord::Without,
        contents: Contents::Left,
        missing: Missing::Refused,
        looks: Looks::TheRest,
        proof: Proof::EveryOpenKey,
        for_good: ForGood::Left,
        room: Room::Never,
        listed: Listed::AsBefore,
    },
    Recycle: Row {
        name: "recycle",
        takes: Takes::NewToo,
        difference: Difference::Mended,
        ends: Ends::Blank,
        record: ForRecord::Without,
        contents: Contents::Left,
        missing: Missing::Made,
        looks: Looks::TheRest,
        proof: Proof::AsProfile,
        for_good: ForGood::Left,
        room: Room::Never,
        listed: Listed::StruckOut,
    },
    Update: Row {
        name: "update",
        takes: Takes::Finished,
        difference: Difference::Mended,
        ends: Ends::Finished,
        record: ForRecord::Given,
        contents: Contents::Compared(FinishedFile::Renewed),
        missing: Missing::Refused,
        looks: Looks::Everything,
        proof: Proof::AsProfile,
        for_good: ForGood::SwitchedOn,
        room: Room::Always,
        listed: Listed::Done,
    },
    Enrol: Row {
        name: "enrol",
        takes: Takes::Finished,
        difference: Difference::Told,
        ends: Ends::Finished,
        record: ForRecord::Read,
        contents: Contents::Left,
        missing: Missing::Refused,
        looks: Looks::Least,
        proof: Proof::Nothing,
        for_good: ForGood::Left,
        room: Room::Never,
        listed: Listed::AsBefore,
    },
}

impl Task {
    /// The name in receipts and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}a job is {}", write(self.0), names())]
#[non_exhaustive]
pub struct TaskError(Option<&'static str>);

/// The names of all tasks, in words.
fn names() -> String {
    let [others @ .., last] = Task::ALL.map(Task::name);
    format!("{} or {last}", others.join(", "))
}

impl FromStr for Task {
    type Err = TaskError;

    fn from_str(text: &str) -> Result<Self, TaskError> {
        let found = Self::ALL.into_iter().find(|task| task.name() == text);
        found.ok_or_else(|| TaskError(nearest(text, Self::ALL.map(Self::name))))
    }
}

impl Serialize for Task {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Task {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for task in Task::ALL {
            assert_eq!(task.name().parse(), Ok(task));
            let written = serde_json::to_string(&task).unwrap();
            assert_eq!(written, format!("\"{task}\""));
            assert_eq!(serde_json::from_str::<Task>(&written).unwrap(), task);
        }
        assert_eq!("blank".parse::<Task>(), Err(TaskError(None)));
        let said = TaskError(None).to_string();
        assert_eq!(said, "a job is encode, verify, rekey, recycle, update or enrol");
        let near = "verfiy".parse::<Task>().unwrap_err().to_string();
        assert_eq!(near, format!("write \"verify\": {said}"));
    }
}
