// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which read counters were seen: an address counts once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Remembers the highest read counter of each tag.
pub trait Counters {
    /// Puts `counter` in the place of what is known of a tag, where it is higher than that or the first, and says
    /// whether it was: in one step, whoever else asks at the same time. `tag` names a tag by a mark, not by its
    /// UID ([`card_mark`](crate::encode::card_mark)).
    ///
    /// # Errors
    /// [`CountersError`] where it could not be kept: the address is then not taken.
    fn advance(&self, tag: &str, counter: u32) -> Result<bool, CountersError>;
}

/// Counters could not be read or kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read counters: {what}")]
#[non_exhaustive]
pub struct CountersError {
    /// In words, for the operator.
    pub what: String,
}

impl CountersError {
    /// In words, for the operator.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

/// Counters that are forgotten with the program.
#[derive(Debug, Default)]
pub struct Memory(Mutex<HashMap<String, u32>>);

impl Counters for Memory {
    fn advance(&self, tag: &str, counter: u32) -> Result<bool, CountersError> {
        // Nothing panics under the lock.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(tag).is_some_and(|seen| *seen >= counter) {
            return Ok(false);
        }
        known.insert(tag.to_owned(), counter);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_only_goes_up_and_each_tag_has_its_own() {
        let counters = Memory::default();
        let seen = |tag, counter| counters.advance(tag, counter).unwrap();
        assert!(seen("a", 0) && seen("a", 7) && seen("b", 3));
        assert!(!seen("a", 7) && !seen("a", 6) && !seen("b", 3));
        assert!(seen("a", 8));
    }
}
