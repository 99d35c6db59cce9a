// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each step of a plan costs: exchanges, bytes, card memory, time.
//!
//! Exchanges and bytes follow from the lengths of commands and replies and are exact, as long as a
//! card cuts its replies where cards are known to; times follow the model of [`crate::timing`].

use core::ops::AddAssign;
use core::time::Duration;

use serde::Serialize;

use crate::timing::{BitRate, Effort, Part, Timing};
use crate::transport::Exchange;
use crate::wire::{Ins, KeyType, Opening};

/// What a step, or a whole plan, costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct StepCost {
    /// Exchanges with the card.
    pub exchanges: u64,
    /// Bytes of command APDUs.
    pub sent: u64,
    /// Bytes of response APDUs, status words included.
    pub received: u64,
    /// Bytes of card memory that are taken, by the rule that fits what was measured; less than zero
    /// where FormatPICC gives them back.
    pub memory: i64,
    /// How long it takes at 106, 212, 424 and 848 kbit/s: air, card, and 3 ms of reader for each
    /// exchange. In seconds where it is serialized.
    #[serde(serialize_with = "seconds")]
    #[cfg_attr(feature = "schema", schemars(with = "[f64; 4]"))]
    pub time: [Duration; 4],
}

impl StepCost {
    /// What each exchange of a conversation costs, and the command that it is part of: a continuation
    /// belongs to the command before it. A command counts as carried out where the card said so; what
    /// it wrote counts as one page of the card's memory, as no contents are looked at.
    pub fn of_each(exchanges: &[Exchange]) -> impl Iterator<Item = (Ins, Self)> {
        let timing = Timing::default();
        let mut command = Ins::AdditionalFrame;
        exchanges.iter().map(move |exchange| {
            let ins = exchange.ins.map_or(command, Ins::from);
            let part = if ins == Ins::AdditionalFrame { continued(command) } else { Part::Start };
            if ins != Ins::AdditionalFrame {
                command = ins;
            }
            let effort = Effort { part, done: exchange.is_done(), ..Effort::start(command) };
            let mut cost = Self::default();
            cost.exchange(&timing, exchange.sent, exchange.received, &effort);
            (command, cost)
        })
    }

    /// What exchanges that were made to look at a card cost.
    pub(crate) fn of_looking(exchanges: &[Exchange]) -> Self {
        let mut cost = Self::default();
        Self::of_each(exchanges).for_each(|(_, one)| cost += one);
        cost
    }

    pub(super) fn exchange(
        &mut self,
        timing: &Timing,
        sent: usize,
        received: usize,
        effort: &Effort,
    ) {
        *self += Self {
            exchanges: 1,
            sent: u64::try_from(sent).unwrap_or(u64::MAX),
            received: u64::try_from(received).unwrap_or(u64::MAX),
            memory: 0,
            time: BitRate::ALL.map(|rate| timing.at(rate).exchange(sent, received, effort)),
        };
    }
}

/// What a continuation of a command is: the second half of an authentication, or a frame.
fn continued(command: Ins) -> Part {
    Opening::from_ins(command).map_or(Part::Frame, second)
}

/// The second half of an authentication.
pub(super) const fn second(opening: Opening) -> Part {
    Part::Proof { aes: opening.takes(KeyType::Aes) }
}

fn seconds<S: serde::Serializer>(time: &[Duration; 4], to: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(to)
}

impl AddAssign for StepCost {
    fn add_assign(&mut self, other: Self) {
        self.exchanges = self.exchanges.saturating_add(other.exchanges);
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
        self.memory = self.memory.saturating_add(other.memory);
        for (time, more) in self.time.iter_mut().zip(other.time) {
            *time = time.saturating_add(more);
        }
    }
}
