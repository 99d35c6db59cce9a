// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done to a station and its readers, by chance.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::common::{Kinds, door, door_records, every_kind, job};
use crate::ledger::Ledger;
use crate::reader::{Frail, Fuse};
use cardwright::emulator::{Feed, Model, Presentation, SoftCard, SoftReader};
use cardwright::encode::Job;
use cardwright::iso14443::RealUid;
use cardwright::profile::Record;
use cardwright::reader::{Reader, ReaderError};
use cardwright::station::{AwayError, Cancel, Handle, Order, Place};
use rand::RngExt;
use rand::rngs::StdRng;

/// How many readers there are, when all are there.
const READERS: usize = 64;

/// How many orders are open at most.
const OPEN: usize = 300;

/// How many cards that were on a reader are kept, to be put on another.
const KEPT: usize = 100;

/// What hands get hold of.
pub(crate) struct World {
    pub(crate) handle: Handle,
    pub(crate) ledger: Ledger,
    pub(crate) over: AtomicBool,
    jobs: [(Arc<Job>, Vec<Record>); 2],
    places: Vec<Mutex<Spot>>,
    /// Cards that were on a reader.
    kept: Mutex<Vec<SoftCard>>,
    made: AtomicU64,
}

/// Where a reader is, or was.
struct Spot {
    feed: Feed,
    fuse: Fuse,
    /// The reader, if it was taken away.
    away: Option<Box<dyn Reader>>,
}

fn name(number: usize) -> String {
    format!("reader {number:02}")
}

fn group(number: usize) -> String {
    format!("group {}", number % 8)
}

fn reader(number: usize) -> (Spot, Box<dyn Reader>) {
    let (inner, fuse) = (SoftReader::new(name(number)), Arc::new(AtomicUsize::new(0)));
    let spot = Spot { feed: inner.feed(), fuse: Arc::clone(&fuse), away: None };
    (spot, Box::new(Frail { inner, fuse }))
}

impl World {
    pub(crate) fn new(handle: Handle, ledger: Ledger) -> Self {
        let doors = job(&door(&[]));
        let records = door_records(&doors);
        let (canteen, meals) = every_kind(Kinds::Canteen);
        let jobs = [(Arc::new(doors), records), (Arc::new(canteen), meals)];
        let places = (0..READERS).map(|number| {
            let (spot, reader) = reader(number);
            handle.add_to(reader, &[&group(number)]).unwrap();
            Mutex::new(spot)
        });
        let places = places.collect();
        let (over, kept, made) = (AtomicBool::new(false), Mutex::default(), AtomicU64::new(0));
        Self { handle, ledger, over, jobs, places, kept, made }
    }

    /// Does one thing after the other until it is over.
    pub(crate) fn work(&self, mut rng: StdRng) {
        while !self.over.load(Ordering::Acquire) {
            let number = rng.random_range(0..READERS);
            match rng.random_range(0..1000) {
                0..500 => self.submit(number, &mut rng),
                500..900 => self.present(number, &mut rng),
                900..940 => self.cancel(&mut rng),
                940..965 => self.come(number),
                965..985 => self.go(number),
                985..995 => self.places[number]
                    .lock()
                    .unwrap()
                    .fuse
                    .store(rng.random_range(1..30), Ordering::Release),
                995..997 => self.pause(),
                _ => drop((self.handle.readers(), self.handle.waiting(), self.handle.untaken())),
            }
            thread::sleep(Duration::from_micros(rng.random_range(0..2000)));
        }
    }

    fn submit(&self, number: usize, rng: &mut StdRng) {
        if self.ledger.open() >= OPEN {
            return;
        }
        let (job, records) = &self.jobs[usize::from(rng.random_ratio(1, 4))];
        let record = records[rng.random_range(0..records.len())].clone();
        let order = Order::new(self.ledger.ticket(), Arc::clone(job), record);
        let order =
            order.with_priority(rng.random_range(-2..3)).at(match rng.random_range(0..10) {
                0..5 => Place::Any,
                5..8 => Place::Reader(name(number)),
                _ => Place::Group(group(number)),
            });
        let order = if rng.random_ratio(1, 2) { order.waiting_for_reader() } else { order };
        let soon = SystemTime::now() + Duration::from_millis(rng.random_range(0..2000));
        self.put(if rng.random_ratio(1, 10) { order.with_deadline(soon) } else { order });
    }

    fn put(&self, order: Order) {
        let ticket = order.ticket;
        self.ledger.put(ticket);
        if self.handle.submit(order).is_err() {
            self.ledger.not_taken(ticket);
        }
    }

    /// One that did not end well is put once more.
    pub(crate) fn again(&self, order: Order) {
        if self.ledger.open() < OPEN {
            self.ledger.happened("put again");
            self.put(order);
        }
    }

    fn cancel(&self, rng: &mut StdRng) {
        if let Some(ticket) = self.ledger.some(rng.random_range(0.0..1.0))
            && self.handle.cancel(ticket) == Cancel::InHand
        {
            self.ledger.happened("cancelled too late");
        }
    }

    fn pause(&self) {
        self.ledger.happened("paused");
        self.handle.pause();
        thread::sleep(Duration::from_millis(20));
        self.handle.resume();
    }

    /// A blank card, or one that was on a reader before.
    fn card(&self, rng: &mut StdRng) -> SoftCard {
        let kept = &mut self.kept.lock().unwrap();
        if !kept.is_empty() && rng.random_ratio(1, 4) {
            let at = rng.random_range(0..kept.len());
            return kept.swap_remove(at);
        }
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let [.., b2, b1, b0] = number.to_be_bytes();
        SoftCard::new(Model::Ev2_8k, RealUid::new([0x04, 0xA1, 0xB2, 0xC3, b2, b1, b0]), number)
    }

    fn present(&self, number: usize, rng: &mut StdRng) {
        let feed = self.places[number].lock().unwrap().feed.clone();
        let mut off = feed.presented();
        if feed.waiting() < 3 {
            let card = Presentation::of(self.card(rng));
            let at = rng.random_range(0..40);
            let reader = name(number);
            match rng.random_range(0..100) {
                0..6 => feed.put(card.pulled(at)),
                6..12 => feed.put(card.pulled_after(at)),
                12..18 => feed.put(card.disturbed(at)),
                18..24 => feed.put(card.disturbed(at).swapped(at / 2, self.card(rng))),
                24..27 => feed.put(card.slow(at, Duration::from_millis(900))),
                27..30 => feed.trouble(ReaderError::Unplugged { reader }),
                30..33 => {
                    let found = "a MIFARE Classic 1K card".to_owned();
                    feed.trouble(ReaderError::WrongCard { reader, found });
                }
                _ => feed.put(card),
            }
        }
        let mut kept = self.kept.lock().unwrap();
        let room = KEPT.saturating_sub(kept.len()).min(off.len());
        kept.extend(off.drain(..room));
    }

    /// A reader that is not there comes: the one that was taken away, or another one of its name.
    fn come(&self, number: usize) {
        if self.handle.readers().iter().any(|reader| reader.name == name(number)) {
            return;
        }
        let mut spot = self.places[number].lock().unwrap();
        if let Some(reader) = spot.away.take() {
            let _name_taken = self.handle.add_to(reader, &[&group(number)]);
        } else {
            let (new, reader) = reader(number);
            if self.handle.add_to(reader, &[&group(number)]).is_ok() {
                *spot = new;
            }
        }
    }

    fn go(&self, number: usize) {
        match self.handle.take_away(&name(number)) {
            Ok(reader) => self.places[number].lock().unwrap().away = Some(reader),
            Err(AwayError::Hangs { .. }) => self.ledger.happened("taken away while it hung"),
            Err(_) => {}
        }
    }
}
