// SPDX-License-Identifier: MIT OR Apache-2.0
//! In which states stations were killed, and how often.

use core::fmt;

use clap::ValueEnum;

/// Where a station can kill itself: each is a state of the books that a kill from outside seldom meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Point {
    /// Nothing is claimed yet.
    Begun,
    /// An order is claimed that takes any card.
    Claimed,
    /// An order is claimed that asks for its card.
    Wants,
    /// A card is in the field, and may be changed as soon as the books say so.
    Asked,
    /// The books have said so, and nothing is changed.
    Intended,
    /// The card is half made.
    Half,
    /// The card is done, and nobody was told.
    Finished,
    /// The order's end is in the books.
    Received,
    /// The line of the receipt is outside, and not ticked off.
    HandedOut,
}

impl Point {
    pub(crate) const ALL: [Self; 9] = [
        Self::Begun,
        Self::Claimed,
        Self::Wants,
        Self::Asked,
        Self::Intended,
        Self::Half,
        Self::Finished,
        Self::Received,
        Self::HandedOut,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Claimed => "claimed",
            Self::Wants => "wants",
            Self::Asked => "asked",
            Self::Intended => "intended",
            Self::Half => "half",
            Self::Finished => "finished",
            Self::Received => "received",
            Self::HandedOut => "handed-out",
        }
    }

    /// Whether the books alone do not show it.
    pub(crate) const fn is_its_own_word(self) -> bool {
        match self {
            Self::Begun | Self::Asked | Self::Received | Self::HandedOut => true,
            Self::Claimed | Self::Wants | Self::Intended | Self::Half | Self::Finished => false,
        }
    }

    const fn state(self) -> &'static str {
        match self {
            Self::Begun => "waiting: the station has no order",
            Self::Claimed => "claimed, for any card",
            Self::Wants => "claimed, asks for its card",
            Self::Asked => "claimed, a card in the field",
            Self::Intended => "intended, the card as it was",
            Self::Half => "intended, the card half made",
            Self::Finished => "intended, the card done",
            Self::Received => "done, the receipt in the outbox",
            Self::HandedOut => "done, the receipt outside and not ticked off",
        }
    }
}

/// How often stations were killed in each state: by themselves, and from outside.
#[derive(Debug, Default)]
pub(crate) struct Toll([[u32; 2]; Point::ALL.len()]);

impl Toll {
    /// Counts one kill.
    pub(crate) fn add(&mut self, state: Point, from_outside: bool) {
        let row = self.0.get_mut(state as usize);
        if let Some(count) = row.and_then(|row| row.get_mut(usize::from(from_outside))) {
            *count += 1;
        }
    }

    fn of(&self, state: Point) -> [u32; 2] {
        self.0.get(state as usize).copied().unwrap_or_default()
    }

    /// How many of so many kills in each state there were, and how many that makes.
    pub(crate) fn met(&self, want: u32) -> (u32, u32) {
        let met = Point::ALL.map(|state| self.of(state).iter().sum::<u32>().min(want));
        (met.iter().sum(), Point::ALL.map(|_| want).iter().sum())
    }

    /// The state that was met least.
    pub(crate) fn least(&self) -> (Point, u32) {
        let counts = Point::ALL.map(|state| (state, self.of(state).iter().sum()));
        counts.into_iter().min_by_key(|(_, count)| *count).unwrap_or((Point::Begun, 0))
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:46}{:>8}{:>9}{:>6}",
            "killed while an order is", "by abort", "kill -9", "all"
        )?;
        for state in Point::ALL {
            let [own, outside] = self.of(state);
            writeln!(f, "{:46}{own:8}{outside:9}{:6}", state.state(), own + outside)?;
        }
        Ok(())
    }
}
