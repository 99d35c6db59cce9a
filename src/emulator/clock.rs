// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card's virtual clock.

use core::time::Duration;

use crate::timing::{Effort, Timing};

/// How long a card has been busy, in the field of its reader.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock(Duration);

impl Clock {
    /// WUPA to PPS with a seven-byte UID: 8.6 ms (a public trace).
    pub(super) fn activate(&mut self) {
        self.0 = self.0.saturating_add(Duration::from_micros(8_600));
    }

    /// The field off for 5 ms (ISO/IEC 14443-3), then an activation.
    pub(super) fn reset_field(&mut self) {
        self.0 = self.0.saturating_add(Duration::from_millis(5));
        self.activate();
    }

    pub(super) fn exchange(&mut self, timing: &Timing, down: usize, up: usize, effort: &Effort) {
        self.0 = self.0.saturating_add(timing.exchange(down, up, effort));
    }

    pub(super) const fn elapsed(&self) -> Duration {
        self.0
    }
}
