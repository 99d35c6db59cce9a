// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a card may be begun: the station is open, nobody has paused it, and whoever takes what is
//! told is not too far behind.

/// How many events other than receipts may wait to be taken for each reader, before nobody says more.
const NOTICES: usize = 16;

/// Whether a card may be begun.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Gate<T> {
    phase: Phase<T>,
    paused: bool,
    /// What was told and not taken yet: ends of orders, and everything else.
    receipts: usize,
    notices: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase<T> {
    Open,
    /// No further order comes, and what there is is done until then.
    Draining(T),
    /// Nothing is begun any more.
    Closed,
}

impl<T> Default for Gate<T> {
    fn default() -> Self {
        Self { phase: Phase::Open, paused: false, receipts: 0, notices: 0 }
    }
}

impl<T: Ord + Copy> Gate<T> {
    pub(super) const fn takes_orders(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    /// Whether no order comes to a worker any more, where there is none or where there are some.
    pub(super) const fn is_over(&self, idle: bool) -> bool {
        match self.phase {
            Phase::Open => false,
            Phase::Draining(_) => idle,
            Phase::Closed => true,
        }
    }

    pub(super) fn close(&mut self) {
        self.phase = Phase::Closed;
    }

    /// No further order comes; of several deadlines the first counts.
    pub(super) fn drain(&mut self, until: T) {
        self.phase = match self.phase {
            Phase::Open => Phase::Draining(until),
            Phase::Draining(before) => Phase::Draining(before.min(until)),
            Phase::Closed => Phase::Closed,
        };
    }

    /// Closes where the time for what was left is over. Tells whether it did.
    pub(super) fn drained(&mut self, now: T, idle: bool) -> bool {
        let over = matches!(self.phase, Phase::Draining(until) if idle || until <= now);
        if over {
            self.phase = Phase::Closed;
        }
        over
    }

    pub(super) const fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(super) const fn is_paused(&self) -> bool {
        self.paused
    }

    /// Something was told.
    pub(super) const fn told(&mut self, receipt: bool) {
        let count = if receipt { &mut self.receipts } else { &mut self.notices };
        *count = count.saturating_add(1);
    }

    /// Something that was told was taken.
    pub(super) const fn taken(&mut self, receipt: bool) {
        let count = if receipt { &mut self.receipts } else { &mut self.notices };
        *count = count.saturating_sub(1);
    }

    pub(super) const fn receipts(&self) -> usize {
        self.receipts
    }

    /// Whether no more waits to be taken than a station of so many readers may tell.
    pub(super) const fn has_room(&self, readers: usize) -> bool {
        self.receipts <= readers && self.notices <= readers.saturating_mul(NOTICES)
    }
}
