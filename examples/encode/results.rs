// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with each result: its lines are written, it is counted, and the operator is told.

use std::cell::Cell;
use std::error::Error;
use std::io::IsTerminal;

use cardwright::emulator::SoftCard;
use cardwright::encode::{DoneCards, Encoded, Failure, Outcome, Recovery, Refusal};
use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::Arguments;
use crate::output::Output;
use crate::report::Report;
use crate::say::say;

/// The results of a run.
pub(crate) struct Results {
    output: Output,
    pub(crate) report: Report,
    pub(crate) progress: Progress,
}

impl Results {
    /// For a run of so many records, which skips others that are done.
    pub(crate) fn new(output: Output, total: usize, skipped: usize, accepts_written: bool) -> Self {
        Self {
            output,
            report: Report::new(skipped, accepts_written),
            progress: Progress::new(total),
        }
    }

    /// The cards of an earlier run's receipts and of this run, unless they may come again.
    pub(crate) fn done_cards(&self, arguments: &Arguments) -> Option<DoneCards> {
        (!arguments.accepts_again()).then(|| self.output.ledger.done_cards())
    }

    /// Takes a result, and tells whether the run may go on.
    pub(crate) fn take(
        &mut self,
        encoded: &Encoded,
        card: Option<&SoftCard>,
    ) -> Result<bool, Box<dyn Error>> {
        self.output.write(encoded)?;
        if let Some(reason) = &encoded.receipt.reason {
            self.progress.say(&format!("record {}: {reason}", encoded.receipt.record));
        }
        if let Outcome::Refused(Refusal::DoneForAnother { .. }) = encoded.outcome {
            self.progress.say(AGAIN);
        }
        self.report.add(encoded, card);
        self.progress.step();
        let why = if let Outcome::Failed(Failure::Key { .. }) = encoded.outcome {
            "stopped: a key cannot be had, and no card is to blame: see to the store, and present the \
             cards again"
        } else if encoded.receipt.recovery == Some(Recovery::StopLine) {
            "stopped: profile, keys or their use are wrong, and would be for every card"
        } else {
            return Ok(true);
        };
        say(why);
        self.report.stopped();
        Ok(false)
    }

    /// The run was interrupted.
    pub(crate) fn interrupted(&mut self) {
        say("stopped; the records that are left can be encoded by another run");
        self.report.stopped();
    }
}

/// What to do with a card whose UID stands for another record.
const AGAIN: &str = "put the card aside and find the other record's: if both are there, one of them shows \
    a UID that is not its own; if that one was destroyed, --accept again takes this one";

/// A bar on a terminal, plain lines elsewhere.
pub(crate) struct Progress {
    bar: ProgressBar,
    plain: bool,
    total: usize,
    done: Cell<usize>,
}

impl Progress {
    fn new(total: usize) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let length = u64::try_from(total).unwrap_or(u64::MAX);
        let bar = if plain { ProgressBar::hidden() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} cards, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, plain, total, done: Cell::new(0) }
    }

    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| say(line));
    }

    fn step(&self) {
        self.bar.inc(1);
        let done = self.done.get() + 1;
        self.done.set(done);
        let tenth = (self.total / 10).max(1);
        if self.plain && (done.is_multiple_of(tenth) || done == self.total) {
            say(&format!("{done} of {} cards", self.total));
        }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
