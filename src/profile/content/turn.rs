// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done to bytes between where they are taken and where they are written.

use std::sync::Arc;

/// Steps, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Turn(pub(in super::super) Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// Each byte becomes the one that stands at its place in a table.
    Table(Arc<Table>),
    /// Each bit becomes the other.
    Inverse,
    /// The last byte comes first.
    Reversed,
}

/// A byte for each byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Table {
    pub(in super::super) name: String,
    pub(in super::super) bytes: [u8; 256],
}

impl Table {
    fn byte(&self, byte: u8) -> u8 {
        self.bytes.get(usize::from(byte)).copied().unwrap_or_default()
    }

    /// The byte for which another one stands; `None` where several are possible, or none.
    fn back(&self, byte: u8) -> Option<u8> {
        let mut found = (0..=u8::MAX).filter(|from| self.byte(*from) == byte);
        let first = found.next();
        first.filter(|_| found.next().is_none())
    }

    /// Whether no two bytes become the same one.
    pub(in super::super) fn can_go_back(&self) -> bool {
        (0..=u8::MAX).all(|byte| self.back(byte).is_some())
    }
}

impl Turn {
    pub(super) fn apply(&self, bytes: &mut [u8]) {
        for step in &self.0 {
            match step {
                Step::Table(table) => bytes.iter_mut().for_each(|byte| *byte = table.byte(*byte)),
                Step::Inverse => bytes.iter_mut().for_each(|byte| *byte = !*byte),
                Step::Reversed => bytes.reverse(),
            }
        }
    }

    /// The other way round; `None` where a table has no way back.
    pub(super) fn undo(&self, bytes: &mut [u8]) -> Option<()> {
        for step in self.0.iter().rev() {
            match step {
                Step::Table(table) => {
                    for byte in bytes.iter_mut() {
                        *byte = table.back(*byte)?;
                    }
                }
                Step::Inverse => bytes.iter_mut().for_each(|byte| *byte = !*byte),
                Step::Reversed => bytes.reverse(),
            }
        }
        Some(())
    }
}
