// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that loses its power while it writes a standard file.
//!
//! Everything else that changes a card is all or nothing: what waits for a commit is made valid at
//! once, and creation, deletion and new keys and settings either happened or did not.

use crate::wire::Status;

use super::card::Card;

/// How many bytes the memory takes at once.
const PAGE: usize = 32;

/// Whether the field still feeds the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Power {
    Steady,
    /// It goes in the next write to a standard file, after so many pages.
    Failing(usize),
    /// It is gone: nothing is executed or answered any more.
    Lost,
}

impl Card {
    /// Writes into a data file. Where the power fails, the pages written before it hold the new
    /// bytes, the others the old ones. A backup file's write only waits for its commit.
    pub(super) fn store(&mut self, number: u8, offset: usize, data: &[u8]) -> Result<(), Status> {
        let power = self.power;
        let file = self.application_mut()?.file_mut(number)?.data_mut()?;
        match power {
            Power::Failing(pages) if !file.is_backed_up() => {
                let end = (offset / PAGE).saturating_add(pages).saturating_mul(PAGE);
                let kept = data.get(..end.saturating_sub(offset)).unwrap_or(data);
                file.write(offset, kept);
                self.power = Power::Lost;
            }
            Power::Steady | Power::Failing(_) | Power::Lost => file.write(offset, data),
        }
        Ok(())
    }
}
