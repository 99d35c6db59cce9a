// SPDX-License-Identifier: MIT OR Apache-2.0
//! Software readers with somebody who puts cards on: for the demonstration, and for trying a portal out
//! without a reader.

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use cardwright::emulator::{Feed, Model, Presentation, SoftCard, SoftReader};
use cardwright::iso14443::{RealUid, Uid};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::engine::Engine;
use super::floor::{Doing, Tray};

/// How often the floor is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// How a hopper works.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "the configuration writes it")]
pub struct Pace {
    /// How long each exchange with a card takes.
    pub exchange: Duration,
    /// How long somebody takes to put a card on, at least; up to twice as long.
    pub hand: Duration,
    /// Whether cards are pulled, confused and put on badly now and then.
    pub mishaps: bool,
    /// Where cards are kept, so that they are there again after the program ended.
    pub folder: Option<PathBuf>,
}

/// What a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// A blank card, for this order.
    Blank(i64),
    /// The card that is called so, for this order.
    Same(i64, String),
    /// The card that was just taken off.
    Again(i64),
}

/// A reader, and somebody who puts cards on it.
pub struct Hopper {
    name: String,
    feed: Feed,
    pace: Pace,
    chance: SmallRng,
    /// The cards that lay here and are not done, by their UIDs.
    aside: BTreeMap<[u8; 7], SoftCard>,
    /// The card that was taken off last.
    last: Option<[u8; 7]>,
    /// Cards of others, to be put on by mistake.
    done: Option<SoftCard>,
    /// The first bytes of the UIDs of its cards.
    number: u8,
    next: u32,
}

impl core::fmt::Debug for Hopper {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hopper({})", self.name)
    }
}

impl Hopper {
    /// A reader of this name, the so-manieth, and its hopper.
    ///
    /// # Errors
    /// In words, where the folder of cards cannot be read.
    pub fn new(name: &str, number: u8, pace: Pace) -> Result<(SoftReader, Self), String> {
        let reader = SoftReader::new(name).with_pace(pace.exchange);
        let feed = reader.feed();
        let chance = SmallRng::seed_from_u64(u64::from(number));
        let (aside, name) = (BTreeMap::new(), name.to_owned());
        let mut hopper =
            Self { name, feed, pace, chance, aside, last: None, done: None, number, next: 1 };
        if let Some(folder) = hopper.pace.folder.clone() {
            hopper.fetch(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok((reader, hopper))
    }

    /// Puts cards on until the station ends.
    ///
    /// # Errors
    /// In words, where the system has no thread left.
    pub fn start(self, engine: &Engine) -> Result<(), String> {
        let (name, engine) = (format!("hopper {}", self.name), engine.clone());
        let started = thread::Builder::new().name(name).spawn(move || self.work(&engine));
        started.map(drop).map_err(|error| error.to_string())
    }

    fn work(mut self, engine: &Engine) {
        let sight = engine.sight();
        let mut last = None;
        while sight.has_changed().is_ok() {
            thread::sleep(LOOK);
            self.collect();
            if self.feed.waiting() > 0 {
                continue;
            }
            let Some(asked) = self.asked(engine) else {
                last = None;
                continue;
            };
            // What is asked is done once: what comes of it is told by the reader.
            if last.as_ref() == Some(&asked) {
                continue;
            }
            self.hand();
            // Somebody may have taken the reader away meanwhile, or paused the station.
            if self.asked(engine).as_ref() != Some(&asked) {
                continue;
            }
            match &asked {
                Asked::Same(_, card) => self.put_same(card),
                Asked::Blank(_) => self.put_blank(),
                Asked::Again(_) => self.put_again(),
            }
            last = Some(asked);
        }
    }

    /// What is asked for. Somebody goes by what the page shows; a machine does not wait for that.
    fn asked(&self, engine: &Engine) -> Option<Asked> {
        let doing = if self.pace.hand.is_zero() {
            engine.behind(&self.name)?
        } else {
            let floor = engine.sight().borrow().clone();
            floor.readers.iter().find(|reader| reader.name == self.name)?.doing.clone()
        };
        match doing {
            Doing::WaitsForBlank { order } => Some(Asked::Blank(order)),
            Doing::WaitsForSame { order, card } => Some(Asked::Same(order, card)),
            Doing::TakeOff { into: Tray::BackOn, order: Some(order), .. } => {
                Some(Asked::Again(order))
            }
            Doing::Idle
            | Doing::Encoding { .. }
            | Doing::TakeOff { .. }
            | Doing::Trouble { .. }
            | Doing::Hung
            | Doing::Gone
            | Doing::Paused => None,
        }
    }

    /// Somebody takes a card in hand and puts it on.
    fn hand(&mut self) {
        let hand = u64::try_from(self.pace.hand.as_millis()).unwrap_or(u64::MAX);
        if hand > 0 {
            let more = self.chance.next_u64() % hand;
            thread::sleep(Duration::from_millis(hand.saturating_add(more)));
        }
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.pace.mishaps && self.chance.next_u64().is_multiple_of(number)
    }

    fn put_blank(&mut self) {
        if self.one_in(25)
            && let Some(card) = self.done.take()
        {
            // Somebody takes one from the wrong pile.
            self.feed.put(card);
            return;
        }
        let [_, high, middle, low] = self.next.to_be_bytes();
        let end = (self.next.wrapping_mul(0x9D) >> 1).to_be_bytes()[3];
        self.next += 1;
        let uid = RealUid::new([0x04, 0x5A, self.number, high, middle, low, end]);
        let card = SoftCard::new(Model::Ev2_8k, uid, self.chance.next_u64());
        self.keep(&card);
        let pulled = self.one_in(9);
        let slow = self.one_in(20);
        let at = usize::try_from(self.chance.next_u64() % 24).unwrap_or_default() + 6;
        let presented = Presentation::of(card);
        self.feed.put(match (pulled, slow) {
            (true, _) => presented.pulled_after(at),
            (_, true) => presented.slow(at, Duration::from_millis(1500)),
            (false, false) => presented,
        });
    }

    /// Puts the card on again that was taken off last.
    fn put_again(&mut self) {
        let last = self.last.and_then(|uid| self.aside.remove(&uid));
        last.into_iter().for_each(|card| self.feed.put(card));
    }

    /// Puts back the card that is called so, by its UID's ends or, where only its mark is known, the last one.
    fn put_same(&mut self, called: &str) {
        let is = |uid: &[u8; 7]| {
            let [first, .., last] = *uid;
            format!("{first:02X}…{last:02X}") == called
        };
        let uid = self.aside.keys().find(|uid| is(uid)).or(self.aside.keys().next_back()).copied();
        if let Some(card) = uid.and_then(|uid| self.aside.remove(&uid)) {
            self.feed.put(card);
        }
    }

    /// Takes what is off the reader.
    fn collect(&mut self) {
        for card in self.feed.presented() {
            self.keep(&card);
            let Some(uid) = real(&card) else { continue };
            self.done = Some(card.clone());
            self.last = Some(uid);
            self.aside.insert(uid, card);
            // A pile of done cards is of no use here.
            while self.aside.len() > 64 {
                self.aside.pop_first();
            }
        }
    }

    /// Writes a card where it is found again.
    fn keep(&self, card: &SoftCard) {
        let (Some(folder), Some(uid)) = (&self.pace.folder, real(card)) else { return };
        let path = folder.join(format!("{}.card", hex::encode(uid)));
        if let Err(error) = std::fs::write(&path, &*card.save()) {
            tracing::warn!(%error, "a software card is not kept");
        }
    }

    /// Reads the cards of before.
    fn fetch(&mut self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for entry in std::fs::read_dir(folder)? {
            let saved = std::fs::read(entry?.path())?;
            let Ok(card) = SoftCard::restore(&saved, u64::from(self.next)) else { continue };
            let Some(uid) = real(&card) else { continue };
            if uid[2] != self.number {
                continue;
            }
            let number = u32::from_be_bytes([0, uid[3], uid[4], uid[5]]);
            self.next = self.next.max(number + 1);
            self.aside.insert(uid, card);
        }
        Ok(())
    }
}

fn real(card: &SoftCard) -> Option<[u8; 7]> {
    match card.uid() {
        Uid::Real(uid) => Some(*uid.expose()),
        _ => None,
    }
}
