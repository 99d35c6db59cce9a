// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long an exchange takes: the air after ISO/IEC 14443, the card, the reader. The software
//! card's clock runs by it, and what a plan will take is predicted by it.
//!
//! Air times follow the standard; times of the card come from public sniffer traces where marked
//! T and are estimates where marked E. All is counted in periods of the 13.56 MHz carrier.

use core::time::Duration;

use crate::wire::Ins;

/// The bit rate, the same in both directions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "ISO/IEC 14443-3 type A has these four")]
pub enum BitRate {
    /// 106 kbit/s.
    #[default]
    K106,
    /// 212 kbit/s.
    K212,
    /// 424 kbit/s.
    K424,
    /// 848 kbit/s.
    K848,
}

/// What a command costs the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table, written as a literal")]
pub struct Cost {
    /// From the end of the command to the start of the answer, without writing, in microseconds.
    pub base: u32,
    /// How many pages of 1 ms a success writes.
    pub pages: u32,
}

/// The times of a card at a reader.
#[derive(Debug, Clone)]
pub struct Timing {
    bit_rate: BitRate,
    reader: Duration,
    overrides: Vec<(Ins, Cost)>,
}

impl Timing {
    /// Times at a bit rate, with what the reader and its driver add to every exchange.
    #[must_use]
    pub const fn new(bit_rate: BitRate, reader: Duration) -> Self {
        Self { bit_rate, reader, overrides: Vec::new() }
    }

    /// With another cost of one command, such as from a trace of a real card.
    #[must_use]
    pub fn with_cost(mut self, ins: Ins, cost: Cost) -> Self {
        self.overrides.retain(|(other, _)| *other != ins);
        self.overrides.push((ins, cost));
        self
    }

    /// The same times at another bit rate.
    #[must_use]
    pub fn at(&self, bit_rate: BitRate) -> Self {
        Self { bit_rate, ..self.clone() }
    }

    /// How long one exchange takes, with command and response APDUs of these lengths.
    pub(crate) fn exchange(&self, down: usize, up: usize, effort: &Effort) -> Duration {
        let (rate, card) = (self.bit_rate, self.card(effort));
        let spent = air(rate, down, up).saturating_add(card).saturating_add(waiting(rate, card));
        to_duration(spent).saturating_add(self.reader)
    }

    fn cost(&self, ins: Ins) -> Cost {
        let found = self.overrides.iter().find(|(other, _)| *other == ins);
        found.map_or_else(|| default_cost(ins), |(_, cost)| *cost)
    }

    /// How long the card works on what it was sent, in carrier periods.
    fn card(&self, effort: &Effort) -> u64 {
        let cost = match effort.part {
            Part::Start => Cost { pages: 0, ..self.cost(effort.ins) },
            // T, EV1: AF with the second half of 1A; MIFARE Plus for AES.
            Part::Proof { aes: false } => Cost { base: 2027, pages: 0 },
            Part::Proof { aes: true } => Cost { base: 1475, pages: 0 },
            // E
            Part::Frame => Cost { base: 500, pages: 0 },
        };
        let pages = if effort.done { self.cost(effort.ins).pages } else { 0 };
        // The first page of written data is in the command's own cost.
        let data = effort.written.div_ceil(PAGE_BYTES).saturating_sub(1);
        let millis = u64::from(pages).saturating_add(data as u64);
        micros(u64::from(cost.base)).saturating_add(micros(millis.saturating_mul(1000)))
    }
}

impl Default for Timing {
    /// 106 kbit/s and 3 ms of reader.
    fn default() -> Self {
        Self::new(BitRate::K106, Duration::from_millis(3))
    }
}

/// What the card did with a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The command that the frame belongs to.
    pub(crate) ins: Ins,
    /// Which part of it.
    pub(crate) part: Part,
    /// Whether the command was carried out in this frame.
    pub(crate) done: bool,
    /// How many bytes of contents were written.
    pub(crate) written: usize,
}

impl Effort {
    /// A frame with an instruction, nothing done yet.
    pub(crate) const fn start(ins: Ins) -> Self {
        Self { ins, part: Part::Start, done: false, written: 0 }
    }
}

/// Which part of a command a frame is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// The frame with the instruction.
    Start,
    /// A continuation, in either direction.
    Frame,
    /// The second half of an authentication.
    Proof {
        /// With an AES key.
        aes: bool,
    },
}

/// The air time of one exchange with APDUs of these lengths, without the card's own time.
fn air(rate: BitRate, down: usize, up: usize) -> u64 {
    let there = chain(down, FSC, |bytes| frame_down(rate, bytes), |bytes| frame_up(rate, bytes));
    let back = chain(up, FSD, |bytes| frame_up(rate, bytes), |bytes| frame_down(rate, bytes));
    there.saturating_add(back).saturating_add(T_PCD)
}

/// I-blocks for an APDU, every one but the last acknowledged by an R-block (ISO/IEC 14443-4, 7.5).
fn chain(
    length: usize,
    frame_size: usize,
    send: impl Fn(usize) -> u64,
    acknowledge: impl Fn(usize) -> u64,
) -> u64 {
    let capacity = frame_size.saturating_sub(BLOCK);
    let mut total = 0u64;
    let mut left = length;
    while left > capacity {
        left = left.saturating_sub(capacity);
        for part in [send(frame_size), T_ACK, acknowledge(BLOCK), T_PCD] {
            total = total.saturating_add(part);
        }
    }
    total.saturating_add(send(left.saturating_add(BLOCK)))
}

/// S(WTX) blocks where the card works longer than the frame waiting time of 77.3 ms (TB1 = `81`).
fn waiting(rate: BitRate, card: u64) -> u64 {
    let extensions = card / micros(77_300);
    let one = [frame_up(rate, BLOCK + 1), frame_down(rate, BLOCK + 1), T_PCD, T_ACK];
    extensions.saturating_mul(one.into_iter().sum())
}

/// Reader to card: eight bits and parity per byte, a start and an end bit.
const fn frame_down(rate: BitRate, bytes: usize) -> u64 {
    (9 * bytes as u64 + 2) * rate.etu()
}

/// Card to reader: a start bit at 106 kbit/s; above it 32 subcarrier cycles lead in.
const fn frame_up(rate: BitRate, bytes: usize) -> u64 {
    match rate {
        BitRate::K106 => (9 * bytes as u64 + 1) * rate.etu(),
        BitRate::K212 | BitRate::K424 | BitRate::K848 => {
            32 * 16 + (9 * bytes as u64 + 2) * rate.etu()
        }
    }
}

impl BitRate {
    /// All four, the slowest first.
    pub const ALL: [Self; 4] = [Self::K106, Self::K212, Self::K424, Self::K848];

    /// One bit, in carrier periods.
    const fn etu(self) -> u64 {
        match self {
            Self::K106 => 128,
            Self::K212 => 64,
            Self::K424 => 32,
            Self::K848 => 16,
        }
    }
}

/// The card's time per command.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what nobody measured or estimated apart takes the usual time"
)]
fn default_cost(ins: Ins) -> Cost {
    let (base, pages) = match ins {
        // T: a public trace of a door reader and an EV1 card.
        Ins::SelectApplication => (772, 0),
        Ins::AuthenticateIso => (2466, 0),
        Ins::GetFileSettings => (1017, 0),
        Ins::ReadData => (1069, 0),
        // T: MIFARE Plus EV1, a sister product.
        Ins::AuthenticateAes | Ins::AuthenticateEv2First | Ins::AuthenticateEv2NonFirst => {
            (3023, 0)
        }
        // E
        Ins::CreateApplication => (800, 6),
        Ins::CreateStdDataFile | Ins::CommitTransaction => (800, 3),
        Ins::CreateBackupDataFile => (800, 4),
        Ins::ChangeKey => (1000, 3),
        Ins::ChangeKeySettings => (900, 2),
        Ins::WriteData => (900, 2),
        Ins::DeleteApplication | Ins::DeleteFile | Ins::FormatPicc => (800, 3),
        _ => (800, 0),
    };
    Cost { base, pages }
}

/// Microseconds in carrier periods: 13.56 each.
const fn micros(micros: u64) -> u64 {
    micros.saturating_mul(339) / 25
}

fn to_duration(carrier: u64) -> Duration {
    let nanos = u128::from(carrier) * 25_000 / 339;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// The card takes frames of 64 bytes (ATS of the factory, FSCI 5).
const FSC: usize = 64;
/// The reader takes frames of 256 bytes (RATS `E0 80`).
const FSD: usize = 256;
/// Protocol control byte and checksum around a block; no card identifier.
const BLOCK: usize = 3;
/// From an answer to the next command: the least that the standard allows.
const T_PCD: u64 = 1172;
/// From a block to the card's acknowledgement.
const T_ACK: u64 = 1236;
/// How much one page of the memory holds.
const PAGE_BYTES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    /// Air times computed for these exchanges from the same parameters outside this crate, in us.
    #[test]
    fn air_times_are_within_a_percent_of_the_reference_table() {
        for (down, up, micros) in [
            (0, 0, [624, 398, 261, 193]),
            (7, 18, [2748, 1460, 792, 458]),
            (38, 18, [5382, 2777, 1450, 787]),
            (39, 10, [4787, 2479, 1302, 713]),
            (47, 10, [5467, 2819, 1472, 798]),
            (60, 2, [5892, 3032, 1578, 851]),
            (13, 50, [5977, 3074, 1599, 862]),
        ] {
            for (rate, expected) in BitRate::ALL.into_iter().zip(micros) {
                let got = to_duration(air(rate, down, up)).as_nanos();
                let expected = expected * 1000;
                assert!(got.abs_diff(expected) * 100 <= expected, "{down}/{up} {rate:?}: {got} ns");
            }
        }
    }

    #[test]
    fn a_long_command_is_chained_and_acknowledged() {
        let one = air(BitRate::K106, 61, 2);
        let two = air(BitRate::K106, 62, 2);
        let more = frame_down(BitRate::K106, 4) + T_ACK + frame_up(BitRate::K106, 3) + T_PCD;
        assert_eq!(two - one, more);
    }

    #[test]
    fn slow_work_asks_for_more_time() {
        assert_eq!(waiting(BitRate::K106, micros(77_000)), 0);
        assert!(waiting(BitRate::K106, micros(78_000)) > micros(86));
        let slow = Timing::default().with_cost(Ins::WriteData, Cost { base: 100_000, pages: 1 });
        let write = Effort { ins: Ins::WriteData, part: Part::Start, done: true, written: 64 };
        assert_eq!(to_duration(slow.card(&write)), Duration::from_millis(102));
    }

    #[test]
    fn a_refused_command_writes_no_page() {
        let timing = Timing::default();
        let change = |done| Effort { ins: Ins::ChangeKey, part: Part::Start, done, written: 0 };
        assert_eq!(to_duration(timing.card(&change(true))), Duration::from_millis(4));
        assert_eq!(to_duration(timing.card(&change(false))), Duration::from_millis(1));
    }
}
