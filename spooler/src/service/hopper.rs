// SPDX-License-Identifier: MIT OR Apache-2.0
//! Software readers with somebody who puts cards on: for the demonstration, and for trying a portal out
//! without a reader.

mod pile;

pub use self::pile::Pile;

use core::time::Duration;
use std::thread;

use cardwright::emulator::{Feed, Model, Presentation, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sha2::{Digest, Sha256};

use super::engine::Engine;
use super::floor::{Doing, Tray};

/// How often the floor is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// How a hopper works.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "the configuration writes it")]
pub struct Pace {
    /// How long each exchange with a card takes.
    pub exchange: Duration,
    /// How long somebody takes to put a card on, at least; up to twice as long.
    pub hand: Duration,
    /// Whether cards are pulled, confused and put on badly now and then.
    pub mishaps: bool,
}

/// What a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// A blank card, for this order.
    Blank(i64),
    /// The card that this order asks for.
    Same(i64),
    /// The card that was just taken off.
    Again(i64),
}

/// Somebody who puts cards on a reader.
pub struct Hopper {
    name: String,
    feed: Feed,
    pace: Pace,
    chance: SmallRng,
    pile: Pile,
    /// The card that was taken off last.
    last: Option<RealUid>,
    /// A card that is done, to be put on by mistake.
    done: Option<SoftCard>,
    /// What the UIDs of its cards have in common, and those of other hoppers on the same books have not.
    own: [u8; 2],
    next: u32,
}

impl core::fmt::Debug for Hopper {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hopper({})", self.name)
    }
}

impl Hopper {
    /// A reader of this name at that station, and its hopper, which takes cards off the pile and puts them
    /// there.
    #[must_use]
    pub fn new(station: &str, name: &str, pace: Pace, pile: &Pile) -> (SoftReader, Self) {
        let reader = SoftReader::new(name).with_pace(pace.exchange);
        let feed = reader.feed();
        let digest: [u8; 32] = Sha256::digest(format!("{station}\n{name}")).into();
        let [first, second, ..] = digest;
        let (own, chance) = ([first, second], SmallRng::from_seed(digest));
        let (pile, next, name) = (pile.clone(), pile.next(own), name.to_owned());
        let hopper = Self { name, feed, pace, chance, pile, last: None, done: None, own, next };
        (reader, hopper)
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
        let mut last = None;
        while !engine.is_over() {
            thread::sleep(LOOK);
            self.collect(engine);
            if self.feed.waiting() > 0 {
                continue;
            }
            let asked = self.asked(engine);
            // What is asked is done once: what comes of it is told by the reader.
            let Some((what, _)) = asked.as_ref().filter(|_| asked != last) else { continue };
            self.hand();
            // Somebody may have taken the reader away meanwhile, or paused the station.
            if self.asked(engine) != asked {
                continue;
            }
            let put = match what {
                Asked::Same(order) => self.put_same(engine, *order),
                Asked::Blank(_) => self.put_blank(),
                Asked::Again(_) => self.put_again(),
            };
            // A card that lies elsewhere may come back from there.
            if put {
                last = asked;
            }
        }
    }

    /// What is asked for, after how many cards. Somebody goes by what the page shows; a machine does not wait
    /// for that.
    fn asked(&self, engine: &Engine) -> Option<(Asked, u64)> {
        let (behind, ended) = engine.behind(&self.name)?;
        let doing = if self.pace.hand.is_zero() {
            behind
        } else {
            let floor = engine.sight().borrow().clone();
            floor.readers.iter().find(|reader| reader.name == self.name)?.doing.clone()
        };
        let asked = match doing {
            Doing::WaitsForBlank { order } => Asked::Blank(order),
            Doing::WaitsForSame { order, .. } => Asked::Same(order),
            Doing::TakeOff { into: Tray::BackOn, order: Some(order), .. } => Asked::Again(order),
            Doing::Idle
            | Doing::Encoding { .. }
            | Doing::TakeOff { .. }
            | Doing::Trouble { .. }
            | Doing::Hung
            | Doing::Gone
            | Doing::Paused => return None,
        };
        Some((asked, ended))
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

    fn put_blank(&mut self) -> bool {
        if self.one_in(25)
            && let Some(card) = self.done.take()
        {
            // Somebody takes one from the wrong pile.
            self.feed.put(card);
            return true;
        }
        let [_, high, middle, low] = self.next.to_be_bytes();
        let [.., end] = (self.next.wrapping_mul(0x9D) >> 1).to_be_bytes();
        self.next += 1;
        let [first, second] = self.own;
        let uid = RealUid::new([0x04, first, second, high, middle, low, end]);
        let card = SoftCard::new(Model::Ev2_8k, uid, self.chance.next_u64());
        self.pile.keep(&card);
        let (pulled, slow) = (self.one_in(9), self.one_in(20));
        let at = usize::try_from(self.chance.next_u64() % 24).unwrap_or_default() + 6;
        let presented = Presentation::of(card);
        self.feed.put(match (pulled, slow) {
            (true, _) => presented.pulled_after(at),
            (_, true) => presented.slow(at, Duration::from_millis(1500)),
            (false, false) => presented,
        });
        true
    }

    /// Puts the card on again that was taken off last, where it is on the pile.
    fn put_again(&self) -> bool {
        let last = self.last.as_ref();
        self.put(last.and_then(|last| self.pile.find(|uid| uid == last)))
    }

    /// Puts the card on that an order asks for, where it is on the pile: it may lie on another reader.
    fn put_same(&self, engine: &Engine, order: i64) -> bool {
        self.put(self.pile.find(|uid| engine.is_wanted(order, uid)))
    }

    fn put(&self, card: Option<SoftCard>) -> bool {
        card.map(|card| self.feed.put(card)).is_some()
    }

    /// Takes what is off the reader, and what lies on one that nothing is to be made on.
    fn collect(&mut self, engine: &Engine) {
        if matches!(engine.behind(&self.name), Some((Doing::Idle, _))) {
            self.feed.take_off();
        }
        let presented = self.feed.presented();
        if presented.is_empty() {
            return;
        }
        for card in presented {
            self.last = pile::real(&card);
            self.pile.put(card);
        }
        // A card ends before its receipt is in the books, and as long as it is not it may be asked for.
        self.done = self.pile.settle(|uid| engine.is_done(uid)).or_else(|| self.done.take());
    }
}
