// SPDX-License-Identifier: MIT OR Apache-2.0
//! The batch on PC/SC readers, one worker for each.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cardwright::encode::{Encoder, Job};
use cardwright::profile::{Record, RecordError};
use cardwright::reader::pcsc::Service;
use cardwright::reader::{Reader, ReaderError};
use cardwright::station::{Event, Events, Handle, Order, Station};

use crate::arguments::Arguments;
use crate::interrupt::Interrupt;
use crate::results::Results;

/// How long all readers may be in trouble before the run is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Encodes each record onto the next card that comes to any of the readers.
pub(crate) fn encode(
    arguments: &Arguments,
    job: Job,
    (mark, candidates): (Option<[u8; 32]>, Arc<[Record]>),
    left: &[&Result<Record, RecordError>],
    stop: &Interrupt,
    results: &mut Results,
) -> Result<(), Box<dyn Error>> {
    let job = Arc::new(job);
    let mut refusing = Encoder::new(Arc::clone(&job)).with_origin(arguments.origin());
    if let Some(mark) = mark {
        refusing = refusing.with_batch(mark);
    }
    let station = station(arguments, results);
    let (handle, mut events) = (station.handle(), station.events());
    let readers = add_readers(&handle, &arguments.reader)?;
    let trouble = BTreeMap::new();
    let mut run = Run {
        results,
        stop,
        readers,
        trouble,
        busy: BTreeSet::new(),
        idle: Instant::now(),
        open: 0,
        ids: Vec::new(),
    };
    for entry in left {
        match entry {
            Ok(record) => {
                let ticket = u64::try_from(run.ids.len())?;
                run.ids.push(record.id().to_owned());
                run.open += 1;
                let order = Order::new(ticket, Arc::clone(&job), record.clone());
                let order = order.with_candidates(Arc::clone(&candidates));
                handle.submit(match mark {
                    Some(mark) => order.with_batch(mark),
                    None => order,
                })?;
            }
            Err(error) => {
                let _goes_on = run.results.take(&refusing.refuse(error), None)?;
            }
        }
    }
    let mut ended = run.follow(&mut events, arguments.wait.map(Duration::from_secs));
    let left = station.stop().orders;
    for event in events {
        // Where one line cannot be kept, those of other readers' cards may be, and each is told.
        ended = match (ended, run.take(event)) {
            (ended, Ok(_)) => ended,
            (Ok(_), Err(error)) => Err(error),
            (Err(first), Err(error)) => {
                run.results.progress.say(&format!("error: {error}"));
                Err(first)
            }
        };
    }
    match ended? {
        End::Interrupted if !left.is_empty() => run.results.interrupted(),
        // A card that came in the last moment was finished, and there may be nothing left to wait for.
        End::NoCard(wait) if run.open > 0 => return Err(run.no_card(wait)),
        End::Finished | End::Interrupted | End::StopLine | End::NoCard(_) => {}
    }
    Ok(())
}

/// A station that knows the cards of earlier runs.
fn station(arguments: &Arguments, results: &Results) -> Station {
    let mut station = Station::new().with_origin(arguments.origin());
    if let Some(done) = results.done_cards(arguments) {
        station = station.with_done_cards(done);
    }
    if let Some(intents) = results.intents() {
        station = station.with_permit(intents);
    }
    station
}

fn add_readers(station: &Handle, names: &[String]) -> Result<Vec<String>, Box<dyn Error>> {
    let (mut readers, mut named) = (Vec::new(), BTreeSet::new());
    for (asked, reader) in names.iter().zip(Service::connect()?.each_reader(names)?) {
        let name = reader.name().to_owned();
        if !named.insert(name.clone()) {
            return Err(format!("--reader {asked:?} is {name:?}, which is named twice").into());
        }
        readers.push(name);
        station.add(Box::new(reader))?;
    }
    Ok(readers)
}

/// Why the run is over.
#[derive(PartialEq, Eq)]
enum End {
    Finished,
    Interrupted,
    StopLine,
    /// No card came in this time.
    NoCard(Duration),
}

struct Run<'r> {
    results: &'r mut Results,
    stop: &'r Interrupt,
    /// Those that are not gone.
    readers: Vec<String>,
    /// Since when which reader cannot present cards.
    trouble: BTreeMap<String, (Instant, ReaderError)>,
    /// Those that have a card in hand.
    busy: BTreeSet<String>,
    /// Since when none has.
    idle: Instant,
    /// How many orders are not finished.
    open: usize,
    /// The record of each ticket.
    ids: Vec<String>,
}

impl Run<'_> {
    fn follow(
        &mut self,
        events: &mut Events,
        wait: Option<Duration>,
    ) -> Result<End, Box<dyn Error>> {
        self.idle = Instant::now();
        while self.open > 0 {
            if self.stop.is_stopped() {
                return Ok(End::Interrupted);
            }
            if let Some(event) = events.within(Duration::from_millis(100)) {
                if !self.take(event)? {
                    return Ok(End::StopLine);
                }
                continue;
            }
            if self.readers.is_empty() {
                return Err("no reader is left; start another run for what is not done".into());
            }
            let lasting = |(since, error): &(Instant, ReaderError)| {
                since.elapsed() > PATIENCE && !error.is_mended_by_hand()
            };
            // The first that is not in trouble for long answers for all.
            let stuck =
                self.trouble.len() == self.readers.len() && self.trouble.values().all(lasting);
            if let (true, Some((_, error))) = (stuck, self.trouble.values().next()) {
                return Err(error.clone().into());
            }
            let over = |wait: &Duration| self.busy.is_empty() && self.idle.elapsed() > *wait;
            if let Some(wait) = wait.filter(over) {
                return Ok(End::NoCard(wait));
            }
        }
        Ok(End::Finished)
    }

    /// Why no card came in this time.
    fn no_card(&self, wait: Duration) -> Box<dyn Error> {
        if let Some((_, error)) = self.trouble.values().next() {
            return error.clone().into();
        }
        let (seconds, readers) = (wait.as_secs(), self.readers.join(", "));
        let instead = "put one on the reader, or allow more with --wait";
        format!("no card came to {readers} in {seconds} s; {instead}").into()
    }

    /// A reader has no card in hand, or none any more: the time that is waited for one runs while
    /// that holds of all.
    fn idles(&mut self, reader: &str) {
        if self.busy.remove(reader) && self.busy.is_empty() {
            self.idle = Instant::now();
        }
    }

    /// Takes an event, and tells whether the run may go on.
    fn take(&mut self, event: Event) -> Result<bool, Box<dyn Error>> {
        match event {
            Event::Waiting { reader, ticket } => {
                self.idles(&reader);
                let record = usize::try_from(ticket).ok().and_then(|ticket| self.ids.get(ticket));
                let record = record.map_or("", String::as_str);
                self.stop.begin(&reader, record);
                self.results.progress.say(&format!("{reader}: put a card on, for record {record}"));
            }
            Event::Finished { reader, encoded, .. } => {
                self.open = self.open.saturating_sub(1);
                let goes_on = self.results.take(&encoded, None)?;
                if let Some(reader) = reader {
                    self.trouble.remove(&reader);
                    self.stop.end(&reader);
                    self.idles(&reader);
                }
                return Ok(goes_on);
            }
            Event::Gone { reader } => {
                self.idles(&reader);
                let told = "its driver panicked, and it takes no cards any more";
                self.results.progress.say(&format!("{reader}: {told}"));
                self.readers.retain(|name| *name != reader);
                self.trouble.remove(&reader);
            }
            Event::Trouble { reader, error } => {
                // Its order is anybody's again.
                self.stop.end(&reader);
                self.idles(&reader);
                self.results.progress.say(&format!("{reader}: {error}"));
                let (since, _) =
                    *self.trouble.entry(reader.clone()).or_insert((Instant::now(), error.clone()));
                self.trouble.insert(reader, (since, error));
            }
            Event::Hung { reader } => {
                let told = "no answer; unplug the reader, or start the service again";
                self.results.progress.say(&format!("{reader}: {told}"));
            }
            Event::Back { reader } => {
                self.trouble.remove(&reader);
                self.results.progress.say(&format!("{reader}: back again"));
            }
            Event::Presented { reader, .. } => {
                self.trouble.remove(&reader);
                self.busy.insert(reader);
            }
            // Nobody takes a reader away, and no order names one.
            Event::NoReader { .. } | Event::Left { .. } | _ => {}
        }
        Ok(true)
    }
}
