// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with each result: its lines are written, it is counted, and the operator is told.

use std::cell::Cell;
use std::error::Error;
use std::io::IsTerminal;

use cardwright::emulator::SoftCard;
use cardwright::encode::{DoneCards, Encoded, Failure, Outcome, Recovery, Refusal};
use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::Arguments;
use crate::intents::Intents;
use crate::output::Output;
use crate::report::Report;
use crate::say::say;

/// The results of a run.
pub(crate) struct Results {
    output: Output,
    pub(crate) report: Report,
    pub(crate) progress: Progress,
    /// What was said last to those who are asked.
    advice: Option<&'static str>,
}

/// How many records a run is about.
pub(crate) struct Counts {
    pub(crate) total: usize,
    /// Those that are not done and left for another run.
    pub(crate) later: usize,
    /// Those that an earlier run did.
    pub(crate) skipped: usize,
}

impl Results {
    pub(crate) fn new(output: Output, counts: &Counts, accepts_written: bool) -> Self {
        Self {
            output,
            report: Report::new(counts, accepts_written),
            progress: Progress::new(counts.total),
            advice: None,
        }
    }

    /// Takes a question about a record, before the first card.
    pub(crate) fn ask(&mut self, asked: &Option<Encoded>) -> Result<(), Box<dyn Error>> {
        let Some(encoded) = asked else { return Ok(()) };
        self.output.write(encoded)?;
        let reason = encoded.receipt.reason.as_deref().unwrap_or_default();
        self.progress.say(&format!("record {}: {reason}", encoded.receipt.record));
        let other =
            |outcome| matches!(outcome, &Outcome::Refused(Refusal::DoneUnderOtherProfile { .. }));
        let advice = if other(&encoded.outcome) { OTHER_PROFILE } else { CHANGED };
        // Once is enough for many records.
        if self.advice.replace(advice) != Some(advice) {
            self.progress.say(advice);
        }
        self.report.ask(encoded);
        Ok(())
    }

    /// The cards of an earlier run's receipts and of this run, unless they may come again.
    pub(crate) fn done_cards(&self, arguments: &Arguments) -> Option<DoneCards> {
        (!arguments.accepts_again()).then(|| self.output.ledger.done_cards())
    }

    /// Who takes down which card each record is begun on.
    pub(crate) fn intents(&self) -> Option<Intents> {
        self.output.intents.clone()
    }

    /// Takes a result, and tells whether the run may go on.
    pub(crate) fn take(
        &mut self,
        encoded: &Encoded,
        card: Option<&SoftCard>,
    ) -> Result<bool, Box<dyn Error>> {
        let refused = self.output.list(encoded)?;
        let encoded = refused.as_ref().unwrap_or(encoded);
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

/// What to do with a record that is done with other contents, or perhaps.
const CHANGED: &str = "it is left out: bring its contents onto the card that it has with --job update, or \
    make another card for it with --accept changed";

/// What to do with a record that is done under another profile.
const OTHER_PROFILE: &str = "it is left out: bring the card that it has up to date with --job update or \
    rekey, or make another card for it under this profile with --accept profile";

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
