// SPDX-License-Identifier: MIT OR Apache-2.0
//! A station on the books: cards that are torn, come to the wrong order, or outlive the program.

#![expect(clippy::unwrap_used, reason = "what a test is prepared with")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cardwright::Station;
use cardwright::emulator::{Feed, Model, Presentation, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright::station::Event;
use cardwright_spooler::flow::{CardState, OrderState};
use cardwright_spooler::rows::{Store, Tx, Work};
use cardwright_spooler::store::Memory;
use cardwright_spooler::{Driver, Error, Spooler, StoreError, Told};

use common::{job, put, tenant};

fn card(number: u8) -> SoftCard {
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, number]);
    SoftCard::new(Model::Ev2_8k, uid, number.into())
}

/// Runs a station with one reader until `over` says so of an order that the books took in.
fn run(
    driver: &Driver,
    cards: impl IntoIterator<Item = Presentation>,
    mut over: impl FnMut(OrderState) -> bool,
) -> Vec<SoftCard> {
    let station = driver.station();
    let reader = SoftReader::new("tray").with_cards(cards);
    let feed = reader.feed();
    station.handle().add(Box::new(reader)).unwrap();
    let mut events = station.events();
    let stop = driver.clone();
    let told = |told: Told<'_>| {
        if let Told::Received { state, .. } = told
            && over(state)
        {
            stop.stop();
        }
    };
    driver.run(&station.handle(), &mut events, told).unwrap();
    presented(station, &feed)
}

/// The cards that lay on the reader; the last one goes off with it.
fn presented(station: Station, feed: &Feed) -> Vec<SoftCard> {
    let stopped = station.stop();
    assert!(stopped.orders.is_empty());
    drop(stopped);
    feed.presented()
}

fn books(store: &Arc<dyn Store>) -> (Spooler, Driver) {
    let spooler = Spooler::new(Arc::clone(store), tenant("driver"));
    let driver = Driver::new(spooler.clone(), "one").with_job(job()).unwrap().with_lot("lot");
    (spooler, driver)
}

fn memory() -> Arc<dyn Store> {
    Arc::new(Memory::new())
}

#[test]
fn orders_become_cards_and_receipts() {
    let (spooler, driver) = books(&memory());
    for number in 1..=5 {
        spooler.put(&put(number)).unwrap();
    }
    let mut left = 5;
    let cards = run(&driver, (1..=9).map(|number| card(number).into()), |state| {
        assert_eq!(state, OrderState::Done);
        left -= 1;
        left == 0
    });
    assert_eq!(cards.len(), 5, "nobody touched the others");
    let lines = spooler.outbox(10).unwrap();
    let receipts: Vec<cardwright::Receipt> =
        lines.iter().map(|line| serde_json::from_str(&line.text).unwrap()).collect();
    assert_eq!(receipts.len(), 5);
    for order in spooler.orders_in(OrderState::Done, 10).unwrap() {
        let cards = spooler.cards(order).unwrap();
        assert_eq!(cards.len(), 1);
        let mark = cards[0].card.mark.to_string();
        assert!(receipts.iter().any(|receipt| receipt.card.as_ref() == Some(&mark)));
        let attempts = spooler.attempts(order).unwrap();
        assert_eq!((attempts.len(), &*attempts[0].outcome), (1, "done"));
        assert!(attempts[0].grade.is_some());
    }
    assert!(receipts.iter().all(|receipt| receipt.station.as_deref() == Some("one")));
}

/// The line goes on with other cards; the torn one is finished for its own order when it comes back.
#[test]
fn a_torn_card_is_finished_for_its_order_and_for_no_other() {
    let (spooler, driver) = books(&memory());
    for number in 1..=2 {
        spooler.put(&put(number)).unwrap();
    }
    let torn = run(&driver, [Presentation::of(card(1)).pulled_after(20)], |_| true);
    let wanted = spooler.wanted(10).unwrap();
    assert_eq!(wanted.len(), 1);
    let (first, its) = wanted[0];
    assert_eq!(spooler.card(its).unwrap().unwrap().card.state, CardState::Keyed);
    // A station that begins anew. The second order is first in line, and the torn card is not its card.
    let (torn, blank) = (torn.into_iter().next().unwrap(), card(2));
    let driver = Driver::new(spooler.clone(), "two").with_job(job()).unwrap();
    let mut told = Vec::new();
    let cards = [torn.clone().into(), torn.into(), blank.into()];
    let cards = run(&driver, cards, |state| {
        told.push(state);
        spooler.count(OrderState::Done).unwrap() == 2
    });
    assert_eq!(told, [OrderState::Waiting, OrderState::Done, OrderState::Done]);
    assert_eq!(cards.len(), 3);
    let done = spooler.cards(first).unwrap();
    assert_eq!((done.len(), done[0].card.mark, done[0].card.state), (1, its, CardState::Good));
    assert!(spooler.wanted(10).unwrap().is_empty());
}

/// The program is gone between the last command and the receipt. The order takes no blank card then.
#[test]
fn a_card_whose_receipt_was_lost_is_asked_for() {
    let store = memory();
    let (spooler, _) = books(&store);
    let order = spooler.put(&put(1)).unwrap().order;
    let gone =
        Driver::new(spooler.clone(), "gone").with_job(job()).unwrap().with_lease(Duration::ZERO);
    let station = gone.station();
    let reader = SoftReader::new("tray").with_cards([card(1)]);
    let feed = reader.feed();
    station.handle().add(Box::new(reader)).unwrap();
    let mut events = station.events();
    // What is told about the end never comes into the books.
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        gone.run(&station.handle(), &mut events, |told| {
            if let Told::Station(Event::Finished { encoded, .. }) = told {
                assert_eq!(encoded.receipt.outcome.name(), "done");
                std::panic::resume_unwind(Box::new("gone"));
            }
        })
    }));
    assert!(ended.is_err());
    let lost = presented(station, &feed).pop().unwrap();
    assert_eq!(spooler.order(order).unwrap().order.state, OrderState::Intended);
    std::thread::sleep(Duration::from_millis(2));
    let driver = Driver::new(spooler.clone(), "two").with_job(job()).unwrap();
    let mut told = Vec::new();
    run(&driver, [card(2).into(), lost.into()], |state| {
        told.push(state);
        state == OrderState::Done
    });
    assert_eq!(told, [OrderState::Waiting, OrderState::Done]);
    assert_eq!(spooler.cards(order).unwrap().len(), 1, "the blank card is as it was");
    let attempts = spooler.attempts(order).unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|attempt| &*attempt.outcome).collect();
    assert_eq!(outcomes, ["intended", "refused", "already-done"]);
}

/// Books that can be taken away.
struct Moody(Memory, Arc<AtomicBool>);

impl Store for Moody {
    fn transact(&self, tenant: &str, work: &mut Work<'_>) -> Result<(), Error> {
        if self.1.load(Ordering::SeqCst) {
            return Err(StoreError::Full.into());
        }
        let mut work = |tx: &mut dyn Tx| work(tx);
        self.0.transact(tenant, &mut work)
    }

    fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The books are full when the card is about to be changed: it is not; and it is made when there is room.
#[test]
fn no_card_is_begun_while_the_books_are_full() {
    let full = Arc::new(AtomicBool::new(false));
    let store: Arc<dyn Store> = Arc::new(Moody(Memory::new(), Arc::clone(&full)));
    let (spooler, driver) = books(&store);
    for number in 1..=3 {
        spooler.put(&put(number)).unwrap();
    }
    let station = driver.station();
    let reader = SoftReader::new("tray").with_cards((1..=9).map(card));
    let feed = reader.feed();
    station.handle().add(Box::new(reader)).unwrap();
    let mut events = station.events();
    let (mut halted, mut done) = (0, 0);
    let told = |told: Told<'_>| {
        if let Told::Claimed { .. } = told
            && halted == 0
        {
            full.store(true, Ordering::SeqCst);
        } else if let Told::Halted(error) = told {
            assert_eq!(*error, Error::Store(StoreError::Full));
            halted += 1;
            assert!(feed.presented().len() <= 1, "one was refused, and no other was begun");
            full.store(false, Ordering::SeqCst);
        } else if let Told::Received { state: OrderState::Done, .. } = told {
            done += 1;
            if done == 3 {
                driver.stop();
            }
        }
    };
    driver.run(&station.handle(), &mut events, told).unwrap();
    assert_eq!(halted, 1);
    assert_eq!(spooler.count(OrderState::Done).unwrap(), 3);
    assert_eq!(spooler.outbox(10).unwrap().len(), 4, "the one that was refused has its receipt");
}

/// What nobody began is somebody else's at once, and not when the lease is over.
#[test]
fn a_station_that_stops_gives_back_what_it_has() {
    let (spooler, driver) = books(&memory());
    spooler.put(&put(1)).unwrap();
    let station = driver.station();
    station.handle().add(Box::new(SoftReader::new("tray"))).unwrap();
    let mut events = station.events();
    driver
        .run(&station.handle(), &mut events, |told| {
            if let Told::Station(Event::Waiting { .. }) = told {
                driver.stop();
            }
        })
        .unwrap();
    let order = spooler.order(spooler.find("order-1").unwrap().unwrap()).unwrap();
    assert_eq!((order.order.state, order.order.tries), (OrderState::Waiting, 0));
    assert!(spooler.outbox(10).unwrap().is_empty());
}
