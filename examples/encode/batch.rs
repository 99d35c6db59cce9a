// SPDX-License-Identifier: MIT OR Apache-2.0
//! The batch: one software card for each record.

use std::error::Error;
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoded, Encoder, Job, Outcome, Presented, Recovery, batch_mark};
use cardwright::iso14443::RealUid;
use cardwright::profile::{Record, RecordError};
use indicatif::{ProgressBar, ProgressStyle};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::arguments::Arguments;
use crate::input;
use crate::keep;
use crate::output::{Output, say};
use crate::report::Report;
use crate::state;

/// Encodes every record that is not done yet.
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let job = input::job(arguments)?;
    let batch = input::records(arguments, &job)?;
    let mark = (!batch.records.has_ids).then(|| batch_mark(&job, &batch.bytes));
    let mut output = Output::open(arguments, &job, mark.as_ref())?;
    let mut station = Station::new(arguments, &job, mark);
    let stop = stop_on_interrupt()?;

    let is_done = |entry: &&Result<Record, RecordError>| {
        entry.as_ref().is_ok_and(|record| output.ledger.is_done(record.id()))
    };
    let (done, mut left): (Vec<_>, Vec<_>) = batch.records.entries.iter().partition(is_done);
    left.truncate(arguments.limit.unwrap_or(usize::MAX));
    if let Some(path) = arguments.state.as_deref().filter(|_| left.len() > 1) {
        let why = "a state file is one card: choose one record with --limit 1";
        return Err(format!("{}: {why}, {} are to be encoded", path.display(), left.len()).into());
    }
    let progress = Progress::new(left.len());
    let mut report = Report::new(done.len());
    let began = Instant::now();
    for entry in left {
        if stop.load(Ordering::Relaxed) {
            say("stopped; the records that are left can be encoded by another run");
            report.stopped();
            break;
        }
        let (encoded, card) = station.encode(entry)?;
        if let (Some(path), Some(card)) = (&arguments.state, &card) {
            keep::save(path, card)?;
        }
        output.write(&encoded)?;
        if let Some(reason) = &encoded.receipt.reason {
            progress.say(&format!("record {}: {reason}", encoded.receipt.record));
        }
        report.add(&encoded, card.as_ref());
        progress.step();
        if encoded.receipt.recovery == Some(Recovery::StopLine) {
            say("stopped: profile, keys or their use are wrong, and would be for every card");
            report.stopped();
            break;
        }
    }
    report.finish(began.elapsed());
    progress.end();
    Ok(report)
}

/// The one "reader" of this example: it presents a new software card for each record.
struct Station<'j> {
    encoder: Encoder<&'j Job, StdRng>,
    cards: StdRng,
    arguments: &'j Arguments,
}

impl<'j> Station<'j> {
    fn new(arguments: &'j Arguments, job: &'j Job, mark: Option<[u8; 32]>) -> Self {
        let mut cards = match arguments.seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => rand::make_rng(),
        };
        let encoder = Encoder::new(job, StdRng::from_rng(&mut cards));
        let encoder = match mark {
            Some(mark) => encoder.with_batch(mark),
            None => encoder,
        };
        Self { encoder, cards, arguments }
    }

    fn encode(
        &mut self,
        entry: &Result<Record, RecordError>,
    ) -> Result<(Encoded, Option<SoftCard>), Box<dyn Error>> {
        let record = match entry {
            Ok(record) => record,
            Err(error) => return Ok((self.encoder.refuse(error), None)),
        };
        let mut card = self.card(record)?;
        let uid = card.uid();
        let encoded = self.encoder.encode(Presented { uid, transport: &mut card }, record);
        if let Outcome::Failed(failure) = &encoded.outcome {
            tracing::warn!(%failure, "a software card failed");
        }
        Ok((encoded, Some(card)))
    }

    /// The card of the state file, or a new one.
    fn card(&mut self, record: &Record) -> Result<SoftCard, Box<dyn Error>> {
        let seed = self.cards.next_u64();
        let wanted = self.arguments.card;
        if let Some(path) = self.arguments.state.as_deref().filter(|path| path.exists()) {
            let card = state::load(path, seed)?;
            return match card.model() {
                found if found == wanted => Ok(card),
                found => Err(format!(
                    "{}: this is a card of model {found}; say --card {found}, or name another file",
                    path.display()
                )
                .into()),
            };
        }
        let mut uid = [0x04; 7];
        self.cards.fill_bytes(&mut uid[1..]);
        let uid = record.uid().cloned().unwrap_or(RealUid::new(uid));
        Ok(SoftCard::new(wanted, uid, seed))
    }
}

/// Ctrl-C finishes the card in hand.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Box<dyn Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&stop);
    ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed))?;
    Ok(stop)
}

/// A bar on a terminal, plain lines elsewhere.
struct Progress {
    bar: ProgressBar,
    plain: bool,
    total: usize,
    done: std::cell::Cell<usize>,
}

impl Progress {
    fn new(total: usize) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let length = u64::try_from(total).unwrap_or(u64::MAX);
        let bar = if plain { ProgressBar::hidden() } else { ProgressBar::new(length) };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} cards, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, plain, total, done: std::cell::Cell::new(0) }
    }

    fn say(&self, line: &str) {
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

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
