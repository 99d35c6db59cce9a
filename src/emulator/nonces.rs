// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card's random numbers: seeded, or set beforehand for known answers.

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Where RndB, TI and random UIDs come from.
#[derive(Clone)]
pub(super) struct Nonces {
    queued: VecDeque<u8>,
    rng: ChaCha8Rng,
}

impl Nonces {
    pub(super) fn new(seed: u64) -> Self {
        Self { queued: VecDeque::new(), rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Puts bytes in front of the generator's.
    pub(super) fn queue(&mut self, bytes: &[u8]) {
        self.queued.extend(bytes);
    }

    /// Draws bytes into all of `out`.
    pub(super) fn fill(&mut self, out: &mut [u8]) {
        self.rng.fill_bytes(out);
        for byte in out {
            if let Some(queued) = self.queued.pop_front() {
                *byte = queued;
            }
        }
    }
}
