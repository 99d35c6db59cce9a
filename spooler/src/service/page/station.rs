// SPDX-License-Identifier: MIT OR Apache-2.0
//! The desk that a station at work is.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::picture::{memory_map, rights, timeline};
use cardwright::{Encoder, Job, Record};
use tokio::sync::watch;

use super::super::api::App;
use super::super::engine::{Act, may_with};
use super::super::floor::Sight;
use super::super::said::Said;
use super::{Desk, Drawn, Known};
use crate::flow::{OrderId, OrderState};

/// The UID of a card that plans are drawn for, where the order names none.
const NOBODYS: [u8; 7] = [0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90];

/// How many orders are looked through for one of a profile.
const LOOKED_AT: i64 = 50;

/// A station at work, and how its cards are made.
pub(super) struct Station {
    app: App,
    /// By the profile's meaning: it is drawn once.
    drawn: Mutex<BTreeMap<[u8; 32], Drawn>>,
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Station({})", self.app.engine().name())
    }
}

impl Station {
    /// The desk of this service.
    pub(super) const fn new(app: App) -> Self {
        Self { app, drawn: Mutex::new(BTreeMap::new()) }
    }

    /// The pictures of a job, out of the first record of its profile that is there.
    fn draw(&self, job: &Job) -> Drawn {
        let meaning = job.profile().meaning();
        let mut all = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&meaning) {
            return known.clone();
        }
        let record = if job.needs_record() { self.record(meaning) } else { Some(Record::none()) };
        let drawn = draw(job, record.as_ref());
        if record.is_some() {
            all.insert(meaning, drawn.clone());
        }
        drawn
    }

    fn record(&self, profile: [u8; 32]) -> Option<Record> {
        let books = self.app.engine().spooler();
        let orders =
            OrderState::ALL.into_iter().filter_map(|state| books.orders_in(state, LOOKED_AT).ok());
        let its = |order: &OrderId| books.order(*order).is_ok_and(|row| row.profile == profile);
        orders.flatten().filter(its).find_map(|order| books.record_of(order).ok())
    }
}

impl Desk for Station {
    fn sight(&self) -> Sight {
        self.app.engine().sight()
    }

    fn leaving(&self) -> watch::Receiver<bool> {
        self.app.leaving()
    }

    fn known(&self, order: i64) -> Option<Known> {
        let (books, id) = (self.app.engine().spooler(), OrderId(order));
        let row = books.order(id).ok()?;
        let job =
            self.app.engine().jobs().values().find(|job| job.profile().meaning() == row.profile);
        let cards = books.cards(id).ok()?;
        Some(Known {
            attempts: books.attempts(id).ok()?,
            may: may_with(&row, &cards),
            cards,
            drawn: job.map(|job| self.draw(job)),
            row,
        })
    }

    fn drawn(&self) -> Vec<Drawn> {
        self.app.engine().jobs().values().map(|job| self.draw(job)).collect()
    }

    fn act(&self, by: &str, act: &Act) -> Result<(), Said> {
        self.app.engine().act(by, act)
    }
}

/// What stands where on a blank card, what is exchanged with it, and who may do what. No value is in it.
fn draw(job: &Job, record: Option<&Record>) -> Drawn {
    let plan = record.and_then(|record| {
        let uid = record.uid().cloned().unwrap_or_else(|| RealUid::new(NOBODYS));
        // Whichever chip the profile takes.
        [Model::Ev2_8k].into_iter().chain(Model::ALL).find_map(|model| {
            let mut card = SoftCard::new(model, uid.clone(), 1);
            Encoder::new(job).plan(card.in_field(), record).ok()
        })
    });
    let mut pictures: Vec<_> =
        plan.iter().flat_map(|plan| [memory_map(plan), timeline(plan, None)]).collect();
    pictures.push(rights(job.profile()));
    Drawn {
        profile: job.profile().name().to_owned(),
        pictures: pictures
            .iter()
            .map(|picture| (picture.title().to_owned(), picture.inline()))
            .collect(),
    }
}
