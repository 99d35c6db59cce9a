// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was done to bytes before they were written, and how it is undone.

use core::ops::Range;

use serde::Serialize;

use super::super::{Step, Turn};

/// Bytes of a file that were turned, one step after the other; the last is undone first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Turned {
    /// The first of them.
    pub offset: usize,
    /// How many they are.
    pub length: usize,
    /// What was done to them, in this order.
    pub steps: Vec<TurnStep>,
}

/// Something that is done to bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "what profiles have")]
pub enum TurnStep {
    /// Each bit became the other.
    Inverse,
    /// The last byte came first.
    Reversed,
    /// Each byte became the one at its place in a table.
    Table {
        /// The table's name in the profile.
        name: String,
        /// The way back: for each byte from 00 to FF the one that became it, in hexadecimal digits.
        /// Without it there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        back: Option<String>,
    },
}

impl Turned {
    /// `None` where nothing is done to them.
    pub(in super::super) fn new(turn: &Turn, bytes: &Range<usize>) -> Option<Self> {
        let step = |step: &Step| match step {
            Step::Table(table) => TurnStep::Table {
                name: table.name.clone(),
                back: table.all_back().map(hex::encode_upper),
            },
            Step::Inverse => TurnStep::Inverse,
            Step::Reversed => TurnStep::Reversed,
        };
        let steps: Vec<TurnStep> = turn.0.iter().map(step).collect();
        let turned = Self { offset: bytes.start, length: bytes.len(), steps };
        (!turned.steps.is_empty()).then_some(turned)
    }

    /// Whether it can be undone.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        self.steps.iter().all(|step| !matches!(step, TurnStep::Table { back: None, .. }))
    }

    /// The steps by their names, in the order in which they were done.
    pub(crate) fn names(&self) -> Vec<&str> {
        let name = |step| match step {
            &TurnStep::Inverse => "inverse",
            &TurnStep::Reversed => "reversed",
            TurnStep::Table { name, .. } => name.as_str(),
        };
        self.steps.iter().map(name).collect()
    }

    /// Undoes it in a file; `None` where the file is too short or a table has no way back.
    pub(super) fn undo(&self, file: &mut [u8]) -> Option<()> {
        let behind = self.offset.checked_add(self.length)?;
        let bytes = file.get_mut(self.offset..behind)?;
        for step in self.steps.iter().rev() {
            match step {
                TurnStep::Inverse => bytes.iter_mut().for_each(|byte| *byte = !*byte),
                TurnStep::Reversed => bytes.reverse(),
                TurnStep::Table { back, .. } => {
                    let back = hex::decode(back.as_ref()?).ok()?;
                    for byte in bytes.iter_mut() {
                        *byte = *back.get(usize::from(*byte))?;
                    }
                }
            }
        }
        Some(())
    }
}
