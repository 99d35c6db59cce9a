// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table at the end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Outcome};

use crate::table;

use crate::results::Counts;

/// What became of the records of one run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What tags that were made now give, each by its record.
    pub(crate) addresses: Vec<(String, String)>,
    done: usize,
    already_done: usize,
    /// Left for a reader to roll their keys.
    prepared: usize,
    /// Written and not proven.
    written: usize,
    accepts_written: bool,
    skipped: usize,
    /// Not begun.
    left: usize,
    /// What cards that ended well were not asked about, counted.
    not_looked_at: BTreeMap<String, usize>,
    /// Key slots of such cards that are left to other issuers, counted.
    others: BTreeMap<String, usize>,
    /// Reasons of refusals and failures, counted.
    refused: BTreeMap<&'static str, usize>,
    failed: BTreeMap<&'static str, usize>,
    stopped: bool,
    exchanges: Vec<u64>,
    bytes: Vec<u64>,
    card_time: Vec<Duration>,
    elapsed: Duration,
}

impl Report {
    /// A report of a run that is about so many records.
    pub(crate) fn new(counts: &Counts, accepts_written: bool) -> Self {
        let left = counts.total + counts.later;
        Self { skipped: counts.skipped, left, accepts_written, ..Self::default() }
    }

    /// Counts a record that somebody has to be asked about. It is none of those that the run is about.
    pub(crate) fn ask(&mut self, asked: &Encoded) {
        if let Outcome::Refused(refusal) = &asked.outcome {
            *self.refused.entry(refusal.label()).or_default() += 1;
        }
    }

    /// Counts one record. Traffic and card time are those of encoded cards only.
    pub(crate) fn add(&mut self, encoded: &Encoded, card: Option<&SoftCard>) {
        self.left = self.left.saturating_sub(1);
        for what in &encoded.receipt.not_looked_at {
            *self.not_looked_at.entry(what.clone()).or_default() += 1;
        }
        for slot in &encoded.receipt.left {
            *self.others.entry(format!("key {} of {}", slot.no, slot.at)).or_default() += 1;
        }
        match &encoded.outcome {
            Outcome::Done => {
                self.done += 1;
                self.exchanges.push(encoded.receipt.exchanges);
                self.bytes.push(encoded.receipt.sent + encoded.receipt.received);
                self.card_time.extend(card.map(SoftCard::clock));
            }
            Outcome::AlreadyDone => self.already_done += 1,
            Outcome::Prepared => self.prepared += 1,
            Outcome::Written(_) => self.written += 1,
            Outcome::Refused(refusal) => *self.refused.entry(refusal.label()).or_default() += 1,
            Outcome::Failed(failure) => *self.failed.entry(failure.label()).or_default() += 1,
        }
    }

    pub(crate) const fn stopped(&mut self) {
        self.stopped = true;
    }

    pub(crate) const fn finish(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
    }

    pub(crate) fn all_done(&self) -> bool {
        let proven = self.written == 0 || self.accepts_written;
        proven && self.refused.is_empty() && self.failed.is_empty() && !self.stopped
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (record, address) in &self.addresses {
            writeln!(f, "{record}: {address}")?;
        }
        let mut table = table::bare();
        table.add_row(["cards done", &self.done.to_string()]);
        table.add_row(["already done", &self.already_done.to_string()]);
        if self.prepared > 0 {
            table.add_row(["prepared, to be rolled by a reader", &self.prepared.to_string()]);
        }
        if self.written > 0 {
            table.add_row(["written, not proven", &self.written.to_string()]);
        }
        if self.skipped > 0 {
            table.add_row(["skipped, done by an earlier run", &self.skipped.to_string()]);
        }
        for (title, reasons) in [("refused", &self.refused), ("failed", &self.failed)] {
            table.add_row([title, &reasons.values().sum::<usize>().to_string()]);
            for (reason, count) in reasons {
                table.add_row([format!("  {reason}"), count.to_string()]);
            }
        }
        if self.left > 0 {
            table.add_row(["left for another run", &self.left.to_string()]);
        }
        for (what, cards) in &self.not_looked_at {
            table.add_row([format!("not looked at: {what}"), cards.to_string()]);
        }
        for (slot, cards) in &self.others {
            table.add_row([format!("left to another issuer: {slot}"), cards.to_string()]);
        }
        if self.done > 0 {
            table.add_row(["exchanges per card", &spread(&self.exchanges, u64::to_string)]);
            table.add_row(["bytes per card", &spread(&self.bytes, u64::to_string)]);
            let milliseconds = |time: &Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
            if !self.card_time.is_empty() {
                let time = spread(&self.card_time, milliseconds);
                table.add_row(["predicted card time per card", &time]);
            }
            let encoded = f64::from(u32::try_from(self.done).unwrap_or(u32::MAX));
            let speed = encoded / self.elapsed.as_secs_f64().max(f64::EPSILON);
            table.add_row(["cards per second on this machine", &format!("{speed:.0}")]);
        }
        writeln!(f, "{table}")
    }
}

/// One figure where all are the same, else the smallest, the median and the largest.
fn spread<T: Ord + Copy>(figures: &[T], show: impl Fn(&T) -> String) -> String {
    let mut figures = figures.to_vec();
    figures.sort_unstable();
    match (figures.first(), figures.get(figures.len() / 2), figures.last()) {
        (Some(least), Some(median), Some(most)) if least != most => {
            format!("{} (from {} to {})", show(median), show(least), show(most))
        }
        (Some(all), _, _) => show(all),
        _ => "none".to_owned(),
    }
}
