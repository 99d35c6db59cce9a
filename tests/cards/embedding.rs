// SPDX-License-Identifier: MIT OR Apache-2.0
//! A station inside of somebody's program: asked from other threads, with readers that come and go, and
//! with orders of several jobs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::common::{Kinds, card, door, door_records, encode, encoder, every_kind, job};
use cardwright::emulator::{Feed, Model, Presentation, SoftCard, SoftReader};
use cardwright::encode::{Encoded, Intent, Job, Outcome, Recovery, Refusal, Task, Veto, Wrote};
use cardwright::profile::Record;
use cardwright::reader::{Reader, ReaderError};
use cardwright::station::{
    AddError, AwayError, Cancel, Deadlines, Doing, Event, Events, Handle, NotTaken, Order, Place,
    QueueError, QueuedOrder, Station,
};
use cardwright::transport::{InField, ReplyBuf, Transport};

/// A station with the job that most orders are of.
struct World {
    station: Station,
    handle: Handle,
    events: Events,
    job: Arc<Job>,
    records: Vec<Record>,
}

impl World {
    fn new(station: Station) -> Self {
        let job = Arc::new(job(&door(&[])));
        let records = door_records(&job);
        let (handle, events) = (station.handle(), station.events());
        Self { station, handle, events, job, records }
    }

    fn reader(&self, name: &str, groups: &[&str], cards: core::ops::Range<u8>) -> Feed {
        let reader = SoftReader::new(name).with_cards(cards.map(|n| card(Model::Ev2_8k, n)));
        let feed = reader.feed();
        self.handle.add_to(Box::new(reader), groups).unwrap();
        feed
    }

    fn order(&self, ticket: u64) -> Order {
        let record = self.records[usize::try_from(ticket).unwrap() % 200].clone();
        Order::new(ticket, Arc::clone(&self.job), record)
    }

    fn submit(&self, order: Order) {
        self.handle.submit(order).unwrap();
    }

    /// Takes events until this one.
    fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.events.within(Duration::from_secs(20)).expect("it happens");
            if wanted(&event) {
                return event;
            }
        }
    }

    fn next_end(&mut self) -> (u64, Box<Encoded>, Option<Box<Order>>) {
        match self.until(|event| matches!(event, Event::Finished { .. })) {
            Event::Finished { ticket, encoded, order, .. } => (ticket, encoded, order),
            other => panic!("{other:?}"),
        }
    }
}

fn named(name: &str) -> Place {
    Place::Reader(name.to_owned())
}

/// Waits until this holds, which has to be soon.
fn soon(holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never comes to that");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Nobody takes anything: each reader makes a card or two, and then the station waits, with cards on its
/// readers and orders in its line. Nothing is lost by that, and it stops.
#[test]
fn no_card_is_begun_while_nobody_takes_receipts() {
    let world = World::new(Station::new());
    let feeds = [world.reader("a", &[], 0..30), world.reader("b", &[], 30..60)];
    for ticket in 0..60 {
        world.submit(world.order(ticket));
    }
    soon(|| world.handle.untaken() > 2);
    // Whoever was past the gate ends; nobody else begins.
    thread::sleep(Duration::from_millis(700));
    let untaken = world.handle.untaken();
    assert!((3..=4).contains(&untaken), "{untaken} receipts of two readers in memory only");
    let off = 60 - feeds.iter().map(Feed::waiting).sum::<usize>();
    assert!(off <= untaken + 2, "{off} cards for {untaken} receipts");
    let stopped = world.station.stop();
    assert_eq!(stopped.readers.len(), 2);
    let mut tickets: Vec<u64> = stopped.orders.iter().map(|order| order.ticket).collect();
    let mut ends = 0;
    for event in world.events {
        let Event::Finished { ticket, encoded, .. } = event else { continue };
        assert_eq!(encoded.outcome, Outcome::Done);
        tickets.push(ticket);
        ends += 1;
    }
    assert_eq!(ends, untaken);
    tickets.sort_unstable();
    assert_eq!(tickets, (0..60).collect::<Vec<_>>(), "every order is accounted for once");
}

/// The same station goes on when somebody does.
#[test]
fn a_station_that_waited_for_its_receipts_goes_on() {
    let mut world = World::new(Station::new());
    world.reader("a", &[], 0..12);
    for ticket in 0..12 {
        world.submit(world.order(ticket));
    }
    soon(|| world.handle.untaken() == 2);
    for ticket in 0..12 {
        assert_eq!(world.next_end().0, ticket);
        assert!(world.handle.untaken() <= 2);
    }
    assert_eq!(world.handle.untaken(), 0);
}

/// An order says whether it waits for a reader that is not there, and either way somebody is told.
#[test]
fn an_order_for_a_reader_that_is_not_there_is_refused_or_waits() {
    let mut world = World::new(Station::new());
    world.reader("a", &["front"], 0..4);
    for place in [named("b"), Place::Group("back".to_owned()), Place::Group("a".to_owned())] {
        let refused = world.handle.submit(world.order(1).at(place.clone())).unwrap_err();
        assert_eq!(refused.reason, NotTaken::NoReader { place });
        assert_eq!(refused.order.ticket, 1);
    }
    world.submit(world.order(2).at(named("b")).waiting_for_reader());
    let told = world.until(|event| matches!(event, Event::NoReader { .. }));
    assert!(matches!(told, Event::NoReader { ticket: 2, place } if place == named("b")));
    world.submit(world.order(3).at(Place::Group("front".to_owned())));
    assert_eq!(world.next_end().0, 3);
    assert_eq!(world.handle.waiting(), [2]);
    world.reader("b", &[], 10..11);
    let (ticket, encoded, _) = world.next_end();
    assert_eq!((ticket, &encoded.outcome), (2, &Outcome::Done));
    assert_eq!(encoded.receipt.reader.as_deref(), Some("b"));
}

/// Those that wait for a reader that is taken away are refused or wait for another of its name, as they
/// say; one that is not there any more gets none.
#[test]
fn a_reader_is_taken_away_and_comes_back() {
    let mut world = World::new(Station::new());
    world.reader("a", &["front"], 0..0);
    world.reader("b", &["front"], 20..40);
    world.submit(world.order(1).at(named("a")));
    world.submit(world.order(2).at(named("a")));
    world.submit(world.order(3).at(named("a")).waiting_for_reader());
    soon(|| world.handle.readers()[0].doing == Doing::Waiting { ticket: 1 });
    let reader = world.handle.take_away("a").unwrap();
    assert_eq!(reader.name(), "a");
    for _ in 0..2 {
        let (ticket, encoded, order) = world.next_end();
        assert!([1, 2].contains(&ticket));
        assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NoReader));
        assert_eq!(encoded.receipt.code.as_deref(), Some("reader-not-there"));
        assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
        assert_eq!(order.unwrap().ticket, ticket);
    }
    world.until(|event| matches!(event, Event::Left { reader } if reader == "a"));
    let gone = AwayError::NotThere { reader: "a".to_owned() };
    assert_eq!(world.handle.take_away("a").err(), Some(gone));
    assert_eq!(world.handle.waiting(), [3]);
    // The group is still served.
    world.submit(world.order(4).at(Place::Group("front".to_owned())));
    assert_eq!(world.next_end().0, 4);
    world.handle.add(reader).unwrap();
    world.reader("c", &[], 0..0);
    let taken = world.handle.add(Box::new(SoftReader::new("c")));
    assert!(matches!(taken, Err(AddError::NameTaken { reader }) if reader == "c"));
    let stopped = world.station.stop();
    let names: Vec<&str> = stopped.readers.iter().map(|reader| reader.name()).collect();
    assert_eq!(names, ["b", "a", "c"]);
    assert_eq!(stopped.orders.iter().map(|order| order.ticket).collect::<Vec<_>>(), [3]);
}

/// A card in hand is finished before its reader comes back.
#[test]
fn a_reader_that_is_taken_away_finishes_its_card() {
    let mut world = World::new(Station::new());
    let feed = world.reader("a", &[], 0..0);
    feed.put(Presentation::of(card(Model::Ev2_8k, 1)).slow(12, Duration::from_millis(300)));
    world.submit(world.order(1));
    world.until(|event| matches!(event, Event::Presented { .. }));
    let reader = world.handle.take_away("a").unwrap();
    assert_eq!(world.next_end().1.outcome, Outcome::Done);
    drop(reader);
    assert!(world.handle.readers().is_empty());
}

/// Each order brings its own profile and keys, and what it asks for is done with its card.
#[test]
fn one_station_serves_orders_of_several_jobs() {
    let mut world = World::new(Station::new());
    let (canteen, meals) = every_kind(Kinds::Canteen);
    let canteen = Arc::new(canteen);
    let recycle = Arc::new((*world.job).clone().with_task(Task::Recycle).unwrap());
    let mut done = card(Model::Ev2_8k, 3);
    let record = world.records[9].clone();
    let (encoded, _) = encode(&mut encoder(&world.job), &mut done, &record);
    assert_eq!(encoded.outcome, Outcome::Done);
    let cards = [card(Model::Ev2_8k, 1), card(Model::Ev1_8k, 2), done, card(Model::Ev2_8k, 4)];
    let reader = SoftReader::new("a").with_cards(cards);
    let feed = reader.feed();
    world.handle.add(Box::new(reader)).unwrap();
    world.submit(world.order(1).with_reference("P-1"));
    world.submit(Order::new(2, Arc::clone(&canteen), meals[0].clone()).with_reference("P-2"));
    world.submit(Order::new(3, recycle, Record::none()));
    world.submit(world.order(4));
    let ends: BTreeMap<u64, Box<Encoded>> = (0..4)
        .map(|_| {
            let (ticket, encoded, order) = world.next_end();
            assert!(order.is_none(), "it ended well");
            (ticket, encoded)
        })
        .collect();
    let told = |ticket| {
        let Encoded { outcome, receipt, .. } = &*ends[&ticket];
        assert_eq!(*outcome, Outcome::Done, "order {ticket}");
        (receipt.profile.name.as_str(), receipt.job, receipt.order.as_deref())
    };
    let (door, meal) = (world.job.profile().name(), canteen.profile().name());
    assert_eq!(told(1), (door, Task::Encode, Some("P-1")));
    assert_eq!(told(2), (meal, Task::Encode, Some("P-2")));
    assert_eq!(told(3), (door, Task::Recycle, None));
    assert_eq!(told(4), (door, Task::Encode, None));
    drop(world.station.stop());
    let made = feed.presented();
    assert_eq!(made.len(), 4);
}

/// What is to be presented again comes back with its end, bound to the card that it has.
#[test]
fn an_order_that_did_not_end_well_comes_back_and_is_put_again() {
    let mut world = World::new(Station::new());
    let feed = world.reader("a", &[], 0..0);
    let begun = card(Model::Ev2_8k, 1);
    feed.put(Presentation::of(begun).pulled_after(15));
    world.submit(world.order(1).with_priority(5).with_reference("P-1"));
    let (_, encoded, order) = world.next_end();
    assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
    assert_ne!(encoded.receipt.wrote, Wrote::Nothing);
    let order = *order.unwrap();
    assert_eq!((order.ticket, order.priority), (1, 5));
    assert_eq!(order.record.uid(), encoded.uid.as_ref());
    // Another card is not taken for it, and the order comes back as it was.
    soon(|| world.handle.readers()[0].doing == Doing::Idle);
    feed.put(card(Model::Ev2_8k, 2));
    world.submit(order);
    let (_, encoded, order) = world.next_end();
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::OtherCard));
    let begun = feed.presented().remove(0);
    feed.put(begun);
    world.submit(*order.unwrap());
    let (_, encoded, order) = world.next_end();
    assert_eq!(encoded.outcome, Outcome::Done);
    assert!(order.is_none());
    // What was never begun may have any card.
    feed.put(Presentation::of(card(Model::Ev2_8k, 5)).pulled(2));
    world.submit(world.order(2));
    let (_, encoded, order) = world.next_end();
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert!(order.unwrap().record.uid().is_none());
}

/// An order that waits ends when it is cancelled, in a line or at a reader; one with a card does not.
#[test]
fn orders_are_cancelled_until_a_card_is_begun() {
    let mut world = World::new(Station::new());
    let feed = world.reader("a", &[], 0..0);
    for ticket in 1..=3 {
        world.submit(world.order(ticket));
    }
    soon(|| world.handle.waiting() == [2, 3]);
    for ticket in [1, 3] {
        assert_eq!(world.handle.cancel(ticket), Cancel::Cancelled);
        assert_eq!(world.handle.cancel(ticket), Cancel::Unknown);
        let (ended, encoded, order) = world.next_end();
        assert_eq!((ended, &encoded.outcome), (ticket, &Outcome::Refused(Refusal::Cancelled)));
        assert_eq!(encoded.receipt.code.as_deref(), Some("order-cancelled"));
        assert_eq!(order.unwrap().ticket, ticket);
    }
    soon(|| world.handle.readers()[0].doing == Doing::Waiting { ticket: 2 });
    feed.put(Presentation::of(card(Model::Ev2_8k, 1)).slow(12, Duration::from_millis(400)));
    world.until(|event| matches!(event, Event::Presented { ticket: 2, .. }));
    assert_eq!(world.handle.readers()[0].doing, Doing::Encoding { ticket: 2 });
    assert_eq!(world.handle.cancel(2), Cancel::InHand);
    assert_eq!(world.next_end().1.outcome, Outcome::Done);
    assert_eq!(world.handle.cancel(2), Cancel::Unknown);
}

/// A paused station begins no card, not even one that lies there, and goes on with it.
#[test]
fn a_paused_station_begins_no_card() {
    let mut world = World::new(Station::new());
    world.handle.pause();
    let feed = world.reader("a", &[], 0..3);
    for ticket in 0..3 {
        world.submit(world.order(ticket));
    }
    assert!(world.events.within(Duration::from_millis(700)).is_none());
    assert_eq!((feed.waiting(), world.handle.waiting().len()), (3, 3));
    assert!(world.handle.is_paused());
    world.handle.resume();
    for ticket in 0..3 {
        assert_eq!(world.next_end().0, ticket);
    }
    // Its reader looks for a card by now.
    world.submit(world.order(3));
    soon(|| world.handle.readers()[0].doing == Doing::Waiting { ticket: 3 });
    world.handle.pause();
    feed.put(card(Model::Ev2_8k, 9));
    thread::sleep(Duration::from_millis(700));
    assert_eq!(world.handle.untaken(), 0);
    world.handle.resume();
    assert_eq!(world.next_end().1.outcome, Outcome::Done);
}

/// The greatest priority goes first, whoever it is for.
#[test]
fn orders_go_by_priority_and_then_as_they_came() {
    let mut world = World::new(Station::new());
    world.handle.pause();
    world.reader("a", &["front"], 0..5);
    let front = || Place::Group("front".to_owned());
    world.submit(world.order(1));
    world.submit(world.order(2).with_priority(-1));
    world.submit(world.order(3).with_priority(2).at(front()));
    world.submit(world.order(4).at(named("a")));
    world.submit(world.order(5).with_priority(2));
    assert_eq!(world.handle.waiting(), [3, 5, 1, 4, 2]);
    let in_use = world.handle.submit(world.order(4)).unwrap_err();
    assert_eq!(in_use.reason, NotTaken::TicketInUse { ticket: 4 });
    world.handle.resume();
    let ended: Vec<u64> = (0..5).map(|_| world.next_end().0).collect();
    assert_eq!(ended, [3, 5, 1, 4, 2]);
}

#[test]
fn an_order_ends_by_itself_once_its_deadline_has_passed() {
    let mut world = World::new(Station::new());
    world.reader("a", &[], 0..0);
    let now = SystemTime::now();
    world.submit(world.order(1).with_deadline(now + Duration::from_millis(300)));
    world.submit(world.order(2).with_deadline(now - Duration::from_secs(9)));
    world.submit(world.order(3).with_deadline(now + Duration::from_secs(900)));
    for ticket in [2, 1] {
        let (ended, encoded, _) = world.next_end();
        assert_eq!((ended, &encoded.outcome), (ticket, &Outcome::Refused(Refusal::Expired)));
        assert_eq!(encoded.receipt.code.as_deref(), Some("order-expired"));
    }
    let stopped = world.station.stop();
    assert_eq!(stopped.orders.iter().map(|order| order.ticket).collect::<Vec<_>>(), [3]);
}

/// What waits is done, no order comes any more, and the events end by themselves.
#[test]
fn a_drained_station_ends_its_events() {
    let world = World::new(Station::new());
    world.reader("a", &[], 0..3);
    for ticket in 0..3 {
        world.submit(world.order(ticket));
    }
    world.handle.drain(Duration::from_secs(60));
    let late = world.handle.submit(world.order(9)).unwrap_err();
    assert_eq!(late.reason, NotTaken::Closed);
    let ends = world.events.filter(|event| matches!(event, Event::Finished { .. })).count();
    assert_eq!(ends, 3);
    assert!(world.handle.is_closed());
    assert!(world.station.stop().orders.is_empty());
}

/// What could not be done in time comes back.
#[test]
fn a_station_drains_no_longer_than_it_may() {
    let world = World::new(Station::new());
    world.reader("a", &[], 0..1);
    world.submit(world.order(0));
    world.submit(world.order(1));
    let began = Instant::now();
    let stopped = world.station.finish(Duration::from_millis(900));
    assert!((800..8000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert_eq!(stopped.orders.iter().map(|order| order.ticket).collect::<Vec<_>>(), [1]);
    let ends = world.events.filter(|event| matches!(event, Event::Finished { .. })).count();
    assert_eq!(ends, 1);
}

/// Asked at all readers with the orders that the cards are for; a veto that stops the station stops it.
#[test]
fn a_station_asks_before_each_card_and_stops_where_it_is_told_to() {
    let asked = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&asked);
    let permit = move |intent: &Intent| {
        assert_eq!(intent.reader.as_deref(), Some("a"));
        assert_eq!(intent.order.as_deref(), intent.ticket.map(|n| format!("P-{n}")).as_deref());
        match heard.fetch_add(1, Ordering::SeqCst) {
            0..=2 => Ok(()),
            _ => Err(Veto::new("the journal is full", Recovery::StopStation)),
        }
    };
    let mut world = World::new(Station::new().with_permit(permit));
    // None begins before the last has been taken, since the fourth closes the station.
    world.handle.pause();
    let feed = world.reader("a", &[], 0..9);
    for ticket in 0..9 {
        world.submit(world.order(ticket).with_reference(format!("P-{ticket}")));
    }
    world.handle.resume();
    for ticket in 0..3 {
        let (ended, encoded, _) = world.next_end();
        assert_eq!((ended, &encoded.outcome), (ticket, &Outcome::Done));
    }
    let (ended, encoded, order) = world.next_end();
    assert_eq!((ended, encoded.receipt.wrote), (3, Wrote::Nothing));
    assert!(matches!(encoded.outcome, Outcome::Refused(Refusal::NotPermitted(_))));
    assert!(order.unwrap().record.uid().is_none(), "any card may have it");
    soon(|| world.handle.is_closed());
    assert_eq!(world.station.stop().orders.len(), 5);
    assert_eq!((asked.load(Ordering::SeqCst), feed.waiting()), (4, 5));
}

/// A swapped card is not written to, one that hangs is given up, and a disturbed one is tried again.
#[test]
fn a_software_reader_does_what_its_script_says() {
    let usual = Duration::from_millis(400);
    let short = Deadlines { usual, slow: usual, look: usual };
    let mut world = World::new(Station::new().with_deadlines(short));
    let feed = world.reader("a", &[], 0..0);
    let other: SoftCard = card(Model::Ev2_8k, 2);
    let blank = other.save();
    feed.put(Presentation::of(card(Model::Ev2_8k, 1)).swapped(14, other));
    feed.put(Presentation::of(card(Model::Ev2_8k, 3)).disturbed(3));
    feed.put(Presentation::of(card(Model::Ev2_8k, 4)).slow(12, Duration::from_millis(1500)));
    for ticket in 0..3 {
        world.submit(world.order(ticket));
    }
    let (_, encoded, _) = world.next_end();
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    assert_eq!(world.next_end().1.outcome, Outcome::Done);
    let (_, encoded, order) = world.next_end();
    assert_eq!(encoded.receipt.code.as_deref(), Some("reader-hung"));
    assert_eq!(order.unwrap().record.uid(), encoded.uid.as_ref());
    world.until(|event| matches!(event, Event::Back { .. }));
    drop(world.station.stop());
    let presented = feed.presented();
    assert_eq!(*presented[1].save(), *blank, "the card that was swapped in was written to");
}

/// A card that another one was swapped for comes off, also where the other one is handed out again.
#[test]
fn a_card_that_was_swapped_out_is_not_lost() {
    let (first, second) = (card(Model::Ev2_8k, 1), card(Model::Ev2_8k, 2));
    let uids = [first.uid(), second.uid()];
    let swapped = Presentation::of(first).swapped(0, second);
    let mut reader = SoftReader::new("a").with_cards([swapped]);
    let feed = reader.feed();
    let mut field = reader.next_card(Duration::ZERO).unwrap().unwrap();
    field.transport.exchange(&[0x90, 0x60, 0, 0, 0], &mut ReplyBuf::new()).unwrap();
    drop(field);
    reader.hand_out_again();
    assert_eq!(feed.waiting(), 1);
    assert!(reader.next_card(Duration::ZERO).unwrap().is_some());
    drop(reader);
    assert_eq!(feed.presented().iter().map(SoftCard::uid).collect::<Vec<_>>(), uids);
}

/// A reader that tells whether anybody still has it.
struct Watched {
    inner: SoftReader,
    _alive: Arc<()>,
}

impl Reader for Watched {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        self.inner.next_card(wait)
    }

    fn hand_out_again(&mut self) {
        self.inner.hand_out_again();
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        self.inner.recover()
    }
}

/// Its thread and its driver's handle do not pile up in a station that runs for months.
#[test]
fn a_reader_that_hung_when_it_was_taken_away_is_let_go_of() {
    let usual = Duration::from_millis(300);
    let short = Deadlines { usual, slow: usual, look: usual };
    let mut world = World::new(Station::new().with_deadlines(short));
    let hanging = Presentation::of(card(Model::Ev2_8k, 1)).slow(12, Duration::from_millis(1500));
    let alive = Arc::new(());
    let (watch, inner) = (Arc::downgrade(&alive), SoftReader::new("a").with_cards([hanging]));
    world.handle.add(Box::new(Watched { inner, _alive: alive })).unwrap();
    world.submit(world.order(1));
    world.until(|event| matches!(event, Event::Hung { .. }));
    let hangs = AwayError::Hangs { reader: "a".to_owned() };
    assert_eq!(world.handle.take_away("a").err(), Some(hangs));
    // Another one may have its name at once.
    world.reader("a", &[], 0..0);
    world.until(|event| matches!(event, Event::Left { reader } if reader == "a"));
    soon(|| {
        world.reader("b", &[], 0..0);
        drop(world.handle.take_away("b").unwrap());
        watch.strong_count() == 0
    });
}

/// What stands in a queue names its profile, and is taken for that one only.
#[test]
fn an_order_out_of_a_queue_is_bound_to_the_job_that_it_was_put_with() {
    let world = World::new(Station::new());
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    let order = world.order(7).with_priority(3).with_deadline(deadline).with_reference("P-7");
    let order = order.at(Place::Group("front".to_owned())).waiting_for_reader();
    let line = serde_json::to_string(&order.queued()).unwrap();
    let read = || serde_json::from_str::<QueuedOrder>(&line).unwrap();
    let bound = read().bind(&world.job).unwrap();
    assert_eq!(format!("{bound:?}"), format!("{order:?}"));
    assert!(!format!("{:?} {:?}", read(), bound).contains("North"));
    // Another edition that means the same is taken, as its receipts are.
    let same = Arc::new(job(&(door(&[]) + "\n# a remark\n")));
    assert!(read().bind(&same).is_ok());
    let (other, _) = every_kind(Kinds::Canteen);
    let name = world.job.profile().name().to_owned();
    assert_eq!(read().bind(&Arc::new(other)).err(), Some(QueueError::OtherProfile { name }));
    let recycle = Arc::new((*world.job).clone().with_task(Task::Recycle).unwrap());
    let other = QueueError::OtherTask { asked: Task::Encode, found: Task::Recycle };
    assert_eq!(read().bind(&recycle).err(), Some(other));
    let both = line.replacen("\"group\"", "\"reader\":\"a\",\"group\"", 1);
    let both: QueuedOrder = serde_json::from_str(&both).unwrap();
    assert_eq!(both.bind(&world.job).err(), Some(QueueError::TwoPlaces));
    let bad = line.replacen("2030-03-17T17:46:40.000Z", "tomorrow", 1);
    assert_ne!(bad, line);
    let error = serde_json::from_str::<QueuedOrder>(&bad).unwrap_err().to_string();
    assert!(error.contains("a moment is wanted"), "{error}");
}

/// What async programs do: ask, sleep, and be woken by what happens, and by the end.
#[test]
fn whoever_polls_for_events_is_woken() {
    struct Bell(AtomicUsize);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let mut world = World::new(Station::new());
    let bell = Arc::new(Bell(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&bell));
    let mut context = Context::from_waker(&waker);
    assert!(world.events.poll_next(&mut context).is_pending());
    assert!(world.events.poll_next(&mut context).is_pending());
    world.reader("a", &[], 0..1);
    world.submit(world.order(1));
    let mut rung = 0;
    let mut finished = 0;
    while finished == 0 {
        match world.events.poll_next(&mut context) {
            Poll::Ready(Some(event)) => {
                finished += usize::from(matches!(event, Event::Finished { .. }));
            }
            Poll::Ready(None) => panic!("it is not over"),
            Poll::Pending => {
                soon(|| bell.0.load(Ordering::SeqCst) > rung);
                rung = bell.0.load(Ordering::SeqCst);
            }
        }
    }
    assert!(world.events.poll_next(&mut context).is_pending());
    rung = bell.0.load(Ordering::SeqCst);
    // Dropped, a station is closed, and that ends its events.
    drop(world.station);
    loop {
        match world.events.poll_next(&mut context) {
            Poll::Ready(None) => break,
            Poll::Ready(Some(event)) => panic!("{event:?}"),
            Poll::Pending => {
                soon(|| bell.0.load(Ordering::SeqCst) > rung);
                rung = bell.0.load(Ordering::SeqCst);
            }
        }
    }
    assert!(world.handle.readers().is_empty());
}

/// Asked from many threads at once, every order still ends once.
#[test]
fn threads_submit_cancel_and_pause_and_every_order_ends_once() {
    let world = World::new(Station::new());
    world.reader("a", &[], 0..60);
    world.reader("b", &[], 60..120);
    let threads: Vec<_> = (0..4_u64)
        .map(|part| {
            let (handle, job) = (world.handle.clone(), Arc::clone(&world.job));
            let records = world.records.clone();
            thread::spawn(move || {
                for ticket in part * 25..part * 25 + 25 {
                    let record = records[usize::try_from(ticket).unwrap()].clone();
                    handle.submit(Order::new(ticket, Arc::clone(&job), record)).unwrap();
                    if ticket % 5 == 0 {
                        let _ended = handle.cancel(ticket);
                    }
                    if ticket % 10 == 3 {
                        handle.pause();
                        thread::yield_now();
                        handle.resume();
                    }
                }
            })
        })
        .collect();
    let taker = {
        let events = world.station.events();
        thread::spawn(move || {
            let mut ends = Vec::new();
            for event in events {
                if let Event::Finished { ticket, .. } = event {
                    ends.push(ticket);
                }
            }
            ends
        })
    };
    for thread in threads {
        thread.join().unwrap();
    }
    world.handle.resume();
    let stopped = world.station.finish(Duration::from_secs(60));
    let mut ends = taker.join().unwrap();
    ends.extend(stopped.orders.iter().map(|order| order.ticket));
    ends.sort_unstable();
    assert_eq!(ends, (0..100).collect::<Vec<_>>());
}
