// SPDX-License-Identifier: MIT OR Apache-2.0
//! The batch: every record that is not done yet, on software cards or on readers.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use cardwright::emulator::SoftCard;
use cardwright::encode::{DoneCards, Encoded, Encoder, Job, Ledger, Outcome, Standing, batch_mark};
use cardwright::iso14443::RealUid;
use cardwright::key::KeyError;
use cardwright::keys::Purpose;
use cardwright::profile::{Record, RecordError};
use cardwright::transport::{Budget, Budgeted, InField};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::address;
use crate::arguments::Arguments;
use crate::files;
use crate::input;
use crate::intents::Intents;
use crate::interrupt::Interrupt;
use crate::keep;
use crate::lists;
use crate::output::Output;
use crate::paths;
use crate::readers;
use crate::report::Report;
use crate::results::{Counts, Results};
use crate::say::say;
use crate::state;
use crate::usual;

/// Encodes every record that is not done yet.
pub(crate) fn run(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    paths::distinct(arguments)?;
    let job = input::job(arguments)?;
    let Input { entries, mark } = records(arguments, &job)?;
    let output = Output::open(arguments, &job, mark.as_ref())?;
    let stop = Interrupt::listen()?;

    let Sorted { mut left, asked, skipped } =
        Sorted::by(arguments, &job, &output.ledger, &entries)?;
    output.lists.warn_of_rows(skipped);
    let open = left.len();
    left.truncate(arguments.limit.unwrap_or(usize::MAX).min(if arguments.once {
        1
    } else {
        usize::MAX
    }));
    let candidates: Arc<[Record]> = entries.iter().flatten().cloned().collect();
    if arguments.state.is_some() && !job.task().brings_contents() {
        // Which record comes first says nothing about what is done with the card.
        left.truncate(1);
    }
    if let Some(path) = arguments.state.as_deref().filter(|_| left.len() > 1) {
        let why = "a state file is one card: choose one record with --limit 1";
        return Err(format!("{}: {why}, {} are to be encoded", path.display(), left.len()).into());
    }
    let counts = Counts { total: left.len(), later: open - left.len(), skipped };
    let mut results = Results::new(output, &counts, arguments.accepts_written());
    let left = with_rows(arguments, &job, mark, &left, &mut results)?;
    for (record, standing) in asked {
        results.ask(&encoder_without_cards(&job, mark).ask(record, &standing))?;
    }
    let began = Instant::now();
    if arguments.reader.is_empty() {
        let done = results.done_cards(arguments);
        let known = (candidates, done, results.intents());
        let station = Station::new(arguments, &job, mark, known);
        on_software_cards(arguments, station, &left, &stop, &mut results)?;
    } else {
        readers::encode(arguments, job, (mark, candidates), &left, &stop, &mut results)?;
    }
    if let Some(intents) = results.intents() {
        intents.end()?;
    }
    results.report.finish(began.elapsed());
    results.progress.end();
    Ok(results.report)
}

/// The records that make a row of each list; the others are refused before any card is there.
fn with_rows<'e>(
    arguments: &Arguments,
    job: &Job,
    mark: Option<[u8; 32]>,
    left: &[&'e Result<Record, RecordError>],
    results: &mut Results,
) -> Result<Vec<&'e Result<Record, RecordError>>, Box<dyn Error>> {
    let lists = lists::of(arguments, job.profile())?;
    let refusing = encoder_without_cards(job, mark);
    let mut with_rows = Vec::with_capacity(left.len());
    for entry in left {
        let wrong = match entry {
            Ok(record) if job.task().needs_record() => {
                lists.iter().find_map(|(list, _)| list.takes(record).err().map(|why| (record, why)))
            }
            Ok(_) | Err(_) => None,
        };
        match wrong {
            Some((record, why)) => {
                let _goes_on = results.take(&refusing.refuse_row(record, &why), None)?;
            }
            None => with_rows.push(*entry),
        }
    }
    Ok(with_rows)
}

/// Who refuses records before any card is there.
fn encoder_without_cards(job: &Job, mark: Option<[u8; 32]>) -> Encoder<&Job> {
    let encoder = Encoder::new(job);
    match mark {
        Some(mark) => encoder.with_batch(mark),
        None => encoder,
    }
}

/// The records of a run, by what receipts show of them.
struct Sorted<'e> {
    left: Vec<&'e Result<Record, RecordError>>,
    /// Those that are done otherwise than they are to be now.
    asked: Vec<(&'e Record, Standing)>,
    skipped: usize,
}

impl<'e> Sorted<'e> {
    fn by(
        arguments: &Arguments,
        job: &Job,
        ledger: &Ledger,
        entries: &'e [Result<Record, RecordError>],
    ) -> Result<Self, KeyError> {
        let mut sorted = Self { left: Vec::new(), asked: Vec::new(), skipped: 0 };
        let mut by_name = 0;
        for (entry, standing) in entries.iter().zip(ledger.standings(job, entries)?) {
            by_name += usize::from(standing == Standing::DoneByName);
            match entry {
                _ if standing.is_done() => sorted.skipped += 1,
                Ok(record) if standing.refusal().is_some() && !arguments.accepts(&standing) => {
                    sorted.asked.push((record, standing));
                }
                _ => sorted.left.push(entry),
            }
        }
        if by_name > 0 {
            say(&format!(
                "warning: receipts of an older version do not tell with what they are done, records: \
                 {by_name}; whether they were changed since is not known"
            ));
        }
        if job.task().makes_cards() && ledger.has_unmarked_edition() {
            say(UNMARKED);
        }
        Ok(sorted)
    }
}

/// What is said of a profile that finished cards do not show.
const UNMARKED: &str = "warning: the receipts have cards of another edition of the profile whose key \
    versions are the same: these pass as done though they are not what the profile says now; raise \
    the version of the keys of what changed (`plan --former FILE` tells which), or see --job verify";

/// The records of a run.
struct Input {
    entries: Vec<Result<Record, RecordError>>,
    /// Of their file, where they have no ids.
    mark: Option<[u8; 32]>,
}

/// How many cards without records one run takes: a place is kept for each.
const MOST_CARDS: usize = 100_000;

/// The records of the file; where the job needs none and none are named, one that says nothing for
/// each card.
fn records(arguments: &Arguments, job: &Job) -> Result<Input, Box<dyn Error>> {
    if arguments.files.records.is_none() && !job.needs_record() {
        let cards = if arguments.once || arguments.reader.is_empty() { Some(1) } else { None };
        let cards = cards.or(arguments.limit).ok_or_else(|| {
            let task = job.task();
            format!("--job {task} needs no records, so say for how many cards: --once or --limit N")
        })?;
        if cards > MOST_CARDS {
            let why = "are too many cards without records for one run";
            return Err(format!("--limit {cards}: {why}: say {MOST_CARDS} at most").into());
        }
        return Ok(Input { entries: vec![Ok(Record::none()); cards], mark: None });
    }
    let bytes = files::record_bytes(arguments.files.record_file().as_ref())?;
    let records = files::records(&arguments.files, &bytes, job.profile())?;
    let mark = (!records.has_ids).then(|| batch_mark(job, &bytes)).transpose()?;
    Ok(Input { entries: records.entries, mark })
}

/// What software cards come to.
const READER: &str = "the software reader";

fn on_software_cards(
    arguments: &Arguments,
    mut station: Station<'_>,
    left: &[&Result<Record, RecordError>],
    stop: &Interrupt,
    results: &mut Results,
) -> Result<(), Box<dyn Error>> {
    for entry in left {
        if stop.is_stopped() {
            results.interrupted();
            break;
        }
        if let Ok(record) = entry {
            stop.begin(READER, record.id());
        }
        let (encoded, card) = station.encode(entry)?;
        if let (Some(path), Some(card)) = (&arguments.state, &card) {
            keep::save(path, card, station.purpose)?;
        }
        let goes_on = results.take(&encoded, card.as_ref())?;
        if let (Ok(record), Some(mut card), Outcome::Done) = (entry, card, &encoded.outcome) {
            let name = record.id().to_owned();
            results.report.addresses.extend(address::of(&mut card).map(|address| (name, address)));
        }
        stop.end(READER);
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// The one "reader" of software cards: it presents a new software card for each record.
struct Station<'j> {
    encoder: Encoder<&'j Job, StdRng>,
    purpose: Purpose,
    cards: StdRng,
    arguments: &'j Arguments,
}

impl<'j> Station<'j> {
    fn new(
        arguments: &'j Arguments,
        job: &'j Job,
        mark: Option<[u8; 32]>,
        (candidates, done, intents): (Arc<[Record]>, Option<DoneCards>, Option<Intents>),
    ) -> Self {
        let mut cards = match arguments.seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => rand::make_rng(),
        };
        let encoder =
            Encoder::new(job).with_rng(StdRng::from_rng(&mut cards)).with_candidates(candidates);
        let encoder = encoder.with_origin(arguments.origin());
        let encoder = match mark {
            Some(mark) => encoder.with_batch(mark),
            None => encoder,
        };
        let encoder = match done {
            Some(done) => encoder.with_done_cards(done),
            None => encoder,
        };
        let encoder = match intents {
            Some(intents) => encoder.with_permit(intents),
            None => encoder,
        };
        Self { encoder, purpose: job.purpose(), cards, arguments }
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
        let began = Instant::now();
        let mut transport = Budgeted::new(&mut card, Budget::default(), || began.elapsed());
        let presented = InField::new(uid, &mut transport);
        let encoded = self.encoder.encode(presented, record);
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
            return state::load(path, wanted, seed);
        }
        let mut uid = [0x04; 7];
        self.cards.fill_bytes(&mut uid[1..]);
        let uid = record.uid().cloned().unwrap_or(RealUid::new(uid));
        Ok(SoftCard::new(wanted.unwrap_or(usual::MODEL), uid, seed))
    }
}
