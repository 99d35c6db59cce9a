// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which bits of a format are still to be had.

use super::error::LayoutProblem;
use super::{MAX_BITS, list};

/// The bits of a format that nothing has taken yet.
pub(super) struct Free(Vec<bool>);

impl Free {
    pub(super) fn new(bits: usize) -> Option<Self> {
        (1..=MAX_BITS).contains(&bits).then(|| Self(vec![true; bits]))
    }

    /// The places of a list, none of them twice.
    pub(super) fn within(&self, text: &str) -> Result<Vec<u8>, LayoutProblem> {
        let places = list::places(text).ok_or(LayoutProblem::List)?;
        let mut named = vec![false; self.0.len()];
        for &bit in &places {
            match named.get_mut(usize::from(bit)) {
                None => return Err(LayoutProblem::Outside { bit }),
                Some(named) if *named => return Err(LayoutProblem::Twice { bit }),
                Some(named) => *named = true,
            }
        }
        Ok(places)
    }

    pub(super) fn take(&mut self, text: &str) -> Result<Vec<u8>, LayoutProblem> {
        let places = self.within(text)?;
        for &bit in &places {
            match self.0.get_mut(usize::from(bit)) {
                Some(free) if *free => *free = false,
                _ => return Err(LayoutProblem::Twice { bit }),
            }
        }
        Ok(places)
    }

    pub(super) fn left(&self) -> Vec<u8> {
        let bits = (0..=u8::MAX).zip(&self.0);
        bits.filter(|(_, free)| **free).map(|(bit, _)| bit).collect()
    }
}
