// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several readers at once: threads that share a job, each with an encoder of its own, and stations
//! of readers that are well, in trouble, or hang.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::store::{Script, Scripted};
use crate::common::{KEYS, card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    DoneCards, Encoded, Encoder, Failure, Job, OneWay, Outcome, Recovery, Refusal, Wrote,
};
use cardwright::host;
use cardwright::iso14443::Uid;
use cardwright::key::KeyError;
use cardwright::profile::{Profile, Record};
use cardwright::reader::{Reader, ReaderError};
use cardwright::station::{Deadlines, Event, Events, Handle, Order, Place, Station};
use cardwright::transport::{Budget, InField, LinkError, ReplyBuf, Transport};
use rand::SeedableRng;
use rand::rngs::StdRng;

#[test]
fn four_threads_encode_their_shares_of_a_batch() {
    let job = Arc::new(job(&door(&[])));
    let records = door_records(&job);
    let stations: Vec<_> = (0_u8..4)
        .map(|station| {
            let job = Arc::clone(&job);
            let share: Vec<_> = records.iter().skip(station.into()).step_by(4).cloned().collect();
            thread::spawn(move || {
                let mut encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(station.into()));
                let encode = |record| {
                    let mut card = card(Model::Ev2_8k, station);
                    let uid = card.uid();
                    encoder.encode(InField::new(uid, &mut card), record)
                };
                share.iter().map(encode).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut done: Vec<String> = Vec::new();
    for station in stations {
        for encoded in station.join().unwrap() {
            assert_eq!(encoded.outcome, Outcome::Done);
            done.push(encoded.receipt.record);
        }
    }
    done.sort_unstable();
    let expected: Vec<String> = (1..=200).map(|number| format!("demo-{number:04}")).collect();
    assert_eq!(done, expected);
}

/// What a driver says when it panics, and nobody may pass on.
const PERSONAL: &str = "Erika Mustermann 4711";

/// What comes to a tray next.
enum Next {
    Card(Box<SoftCard>),
    /// A card whose exchange of this number (from 0) takes so long.
    Slow(Box<SoftCard>, usize, Duration),
    /// A card whose exchange of this number (from 0) is disturbed.
    Disturbed(Box<SoftCard>, usize),
    /// A card whose driver panics in the exchange of this number (from 0).
    Panicking(Box<SoftCard>, usize),
    /// A driver that panics when it looks for a card.
    Panic,
    Trouble(ReaderError),
}

/// A reader whose cards lie in a stack.
struct Tray {
    name: String,
    stack: VecDeque<Next>,
    /// The card in the field.
    card: Option<Box<SoftCard>>,
    /// Whether its driver panics when it is looked for again.
    lost: bool,
}

impl Tray {
    fn new(name: &str, stack: impl IntoIterator<Item = Next>) -> Box<Self> {
        Box::new(Self {
            name: name.to_owned(),
            stack: stack.into_iter().collect(),
            card: None,
            lost: false,
        })
    }

    /// Blank cards with these numbers.
    fn of_cards(name: &str, numbers: core::ops::Range<u8>) -> Box<Self> {
        Self::new(name, numbers.map(|number| Next::Card(Box::new(card(Model::Ev2_8k, number)))))
    }
}

impl Reader for Tray {
    fn name(&self) -> &str {
        &self.name
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        let (card, slow, disturbed, panics) = match self.stack.pop_front() {
            None => {
                thread::sleep(wait);
                return Ok(None);
            }
            Some(Next::Trouble(error)) => return Err(error),
            Some(Next::Panic) => panic!("{PERSONAL}"),
            Some(Next::Card(card)) => (card, None, None, None),
            Some(Next::Slow(card, at, time)) => (card, Some((at, time)), None, None),
            Some(Next::Disturbed(card, at)) => (card, None, Some(at), None),
            Some(Next::Panicking(card, at)) => (card, None, None, Some(at)),
        };
        let card = self.card.insert(card);
        let uid = card.uid();
        let transport = Box::new(Slow { card, slow, disturbed, panics, done: 0 });
        Ok(Some(InField::new(uid, transport)))
    }

    fn hand_out_again(&mut self) {
        if let Some(mut card) = self.card.take() {
            card.reset();
            self.stack.push_front(Next::Card(card));
        }
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        assert!(!self.lost, "{PERSONAL}");
        Ok(())
    }
}

struct Slow<'c> {
    card: &'c mut SoftCard,
    slow: Option<(usize, Duration)>,
    disturbed: Option<usize>,
    panics: Option<usize>,
    done: usize,
}

impl Transport for Slow<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if let Some((_, time)) = self.slow.filter(|(at, _)| *at == self.done) {
            thread::sleep(time);
        }
        assert!(self.panics != Some(self.done), "{PERSONAL}");
        if self.disturbed == Some(self.done) {
            return Err(LinkError::Reader { code: 0x8010_002F });
        }
        self.done += 1;
        self.card.exchange(command, reply)
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// A station with its job, as one that is asked and listened to.
struct Line {
    job: Arc<Job>,
    station: Station,
    handle: Handle,
    events: Events,
}

impl Line {
    fn of(job: Arc<Job>, station: Station) -> Self {
        let (handle, events) = (station.handle(), station.events());
        Self { job, station, handle, events }
    }

    fn next(&mut self, seconds: u64) -> Option<Event> {
        self.events.within(Duration::from_secs(seconds))
    }

    fn order(&self, ticket: u64, record: &Record) -> Order {
        Order::new(ticket, Arc::clone(&self.job), record.clone())
    }

    fn submit(&self, order: Order) {
        self.handle.submit(order).unwrap();
    }

    /// The tickets that are left, and the events that were not taken.
    fn stop(self) -> (Vec<u64>, Vec<Event>) {
        let stopped = self.station.stop();
        (stopped.orders.iter().map(|order| order.ticket).collect(), self.events.collect())
    }
}

fn station(made: impl FnOnce(Station) -> Station) -> (Line, Vec<Record>) {
    let job = Arc::new(job(&door(&[])));
    let records = door_records(&job);
    (Line::of(job, made(Station::new())), records)
}

fn usual() -> (Line, Vec<Record>) {
    station(|station| station)
}

fn add(line: &Line, reader: Box<Tray>, seed: u64) {
    line.handle.add_with_rng(reader, &[], StdRng::seed_from_u64(seed)).unwrap();
}

/// All at once: none begins before the last has been taken, since what happens to the first may close
/// the station.
fn submit(line: &Line, records: &[Record], reader: Option<&str>) {
    line.handle.pause();
    for (ticket, record) in (0..).zip(records) {
        let order = line.order(ticket, record);
        line.submit(match reader {
            Some(name) => order.at(Place::Reader(name.to_owned())).waiting_for_reader(),
            None => order,
        });
    }
    line.handle.resume();
}

/// The events until so many orders are finished.
fn until_finished(line: &mut Line, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    let mut finished = 0;
    while finished < count {
        let event = line.next(20);
        let event = event.unwrap_or_else(|| panic!("{finished} of {count} came"));
        finished += usize::from(matches!(event, Event::Finished { .. }));
        events.push(event);
    }
    events
}

/// Reader, ticket and outcome of each finished order.
fn finished(events: &[Event]) -> Vec<(&str, u64, &Outcome)> {
    let finished = events.iter().filter_map(|event| {
        let Event::Finished { reader, ticket, encoded, .. } = event else { return None };
        Some((reader.as_deref().unwrap_or("-"), *ticket, &encoded.outcome))
    });
    finished.collect()
}

#[test]
fn every_order_is_finished_once_whichever_reader_takes_it() {
    let (mut station, records) = usual();
    // A worker without cards keeps its order, so each has enough for all.
    for (seed, name) in (0_u8..).zip(["a", "b", "c", "d"]) {
        add(&station, Tray::of_cards(name, seed * 20..seed * 20 + 20), seed.into());
    }
    submit(&station, &records[..20], None);
    let events = until_finished(&mut station, 20);
    let mut tickets: Vec<_> = finished(&events).iter().map(|(_, ticket, _)| *ticket).collect();
    tickets.sort_unstable();
    assert_eq!(tickets, (0..20).collect::<Vec<_>>());
    assert!(finished(&events).iter().all(|(_, _, outcome)| **outcome == Outcome::Done));
    let (left, events) = station.stop();
    assert!(left.is_empty());
    assert!(finished(&events).is_empty());
}

#[test]
fn an_order_that_names_a_reader_goes_there() {
    let (mut station, records) = usual();
    add(&station, Tray::of_cards("front", 0..4), 1);
    add(&station, Tray::of_cards("back", 10..14), 2);
    submit(&station, &records[..4], Some("back"));
    let events = until_finished(&mut station, 4);
    assert!(finished(&events).iter().all(|(reader, _, _)| *reader == "back"));
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

#[test]
fn a_reader_in_trouble_gives_its_order_back_and_is_told_once() {
    let gone = || Next::Trouble(ReaderError::Unplugged { reader: "a".to_owned() });
    let (mut station, records) = usual();
    let one = Next::Card(Box::new(card(Model::Ev2_8k, 1)));
    add(&station, Tray::new("a", [gone(), gone(), one]), 1);
    submit(&station, &records[..1], None);
    let events = until_finished(&mut station, 1);
    assert_eq!(finished(&events), [("a", 0, &Outcome::Done)]);
    let told = |event: &&Event| matches!(event, Event::Trouble { .. });
    assert_eq!(events.iter().filter(told).count(), 1, "{events:?}");
    let asked = |event: &&Event| matches!(event, Event::Waiting { .. });
    assert_eq!(events.iter().filter(asked).count(), 1, "{events:?}");
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

#[test]
fn what_is_no_card_to_talk_to_is_refused_and_the_next_is_asked_for() {
    let wrong = ReaderError::WrongCard {
        reader: "a".to_owned(),
        found: "a MIFARE Classic 1K card".to_owned(),
    };
    let (mut station, records) = usual();
    let one = Next::Card(Box::new(card(Model::Ev2_8k, 1)));
    add(&station, Tray::new("a", [Next::Trouble(wrong.clone()), one]), 1);
    submit(&station, &records[..2], None);
    let events = until_finished(&mut station, 2);
    let refused = Outcome::Refused(Refusal::Presented(wrong));
    assert_eq!(finished(&events), [("a", 0, &refused), ("a", 1, &Outcome::Done)]);
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

#[test]
fn a_reader_that_hangs_loses_its_card_and_holds_nobody_up() {
    let usual = Duration::from_millis(300);
    let short = Deadlines { usual, slow: usual, look: usual };
    let (mut station, records) = station(|station| station.with_deadlines(short));
    let hanging = Next::Slow(Box::new(card(Model::Ev2_8k, 1)), 12, Duration::from_secs(2));
    let following = Next::Card(Box::new(card(Model::Ev2_8k, 2)));
    add(&station, Tray::new("stuck", [hanging, following]), 1);
    submit(&station, &records[..1], Some("stuck"));
    // By then the first order is in hand, and others follow.
    while !matches!(station.next(5), Some(Event::Presented { .. })) {}
    add(&station, Tray::of_cards("well", 10..13), 2);
    for (ticket, record) in (1..).zip(&records[1..4]) {
        station.submit(station.order(ticket, record).at(Place::Reader("well".to_owned())));
    }
    station.submit(station.order(4, &records[4]).at(Place::Reader("stuck".to_owned())));
    let events = until_finished(&mut station, 5);
    let ends = finished(&events);
    let of = |ticket| ends.iter().filter(|(_, other, _)| *other == ticket).collect::<Vec<_>>();
    assert_eq!(of(0), [&("stuck", 0, &Outcome::Failed(Failure::Hung))]);
    for ticket in 1..4 {
        assert_eq!(of(ticket), [&("well", ticket, &Outcome::Done)]);
    }
    // Its call has returned by then, and the reader takes orders again.
    assert_eq!(of(4), [&("stuck", 4, &Outcome::Done)]);
    let at = |wanted: fn(&Event) -> bool| events.iter().position(wanted).unwrap();
    let hung = at(|event| matches!(event, Event::Hung { .. }));
    let back = at(|event| matches!(event, Event::Back { .. }));
    let last = at(|event| matches!(event, Event::Finished { ticket: 4, .. }));
    assert!(hung < back && back < last, "{events:?}");
    let receipt = events.iter().find_map(|event| {
        let Event::Finished { ticket: 0, encoded, .. } = event else { return None };
        Some(&encoded.receipt)
    });
    let receipt = receipt.unwrap();
    assert_eq!((receipt.wrote, receipt.recovery), (Wrote::Maybe, Some(Recovery::StopStation)));
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

/// What a card in hand was for is given back with its order, though the call has not returned.
#[test]
fn a_card_of_an_order_that_hangs_is_nobodys() {
    let usual = Duration::from_millis(300);
    let short = Deadlines { usual, slow: usual, look: usual };
    let done = DoneCards::default();
    let (mut station, records) =
        station(|station| station.with_deadlines(short).with_done_cards(done.clone()));
    let hanging = Next::Slow(Box::new(card(Model::Ev2_8k, 1)), 12, Duration::from_secs(2));
    add(&station, Tray::new("stuck", [hanging]), 1);
    submit(&station, &records[..1], None);
    let events = until_finished(&mut station, 1);
    assert_eq!(finished(&events), [("stuck", 0, &Outcome::Failed(Failure::Hung))]);
    let job = job(&door(&[]));
    let mut asking = encoder(&job).with_done_cards(done);
    let (encoded, _) = encode(&mut asking, &mut card(Model::Ev2_8k, 1), &records[1]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

#[test]
fn a_station_that_is_stopped_gives_back_what_nobody_began() {
    let (mut station, records) = usual();
    add(&station, Tray::of_cards("a", 0..2), 1);
    submit(&station, &records[..6], None);
    let events = until_finished(&mut station, 2);
    assert_eq!(finished(&events).len(), 2);
    let (left, _) = station.stop();
    assert_eq!(left, [2, 3, 4, 5]);
}

/// A disturbance before anything was written is nobody's fault: the same card is tried again, and
/// the order ends once. After a write it is unknown what the card holds.
#[test]
fn a_disturbed_link_is_tried_again_with_the_same_card_while_nothing_was_written() {
    for (exchange, recovered) in [(0, true), (5, true), (8, false)] {
        let (mut station, records) = usual();
        let disturbed = Next::Disturbed(Box::new(card(Model::Ev2_8k, 1)), exchange);
        add(&station, Tray::new("A", [disturbed]), 1);
        station.submit(station.order(7, &records[0]));
        let mut ended = Vec::new();
        while ended.is_empty() {
            if let Some(Event::Finished { ticket, encoded, .. }) = station.next(9) {
                ended.push((ticket, encoded));
            }
        }
        let (left, events) = station.stop();
        assert!(left.is_empty());
        assert!(!events.iter().any(|event| matches!(event, Event::Finished { .. })));
        let (ticket, encoded) = &ended[0];
        assert_eq!(*ticket, 7);
        if recovered {
            assert_eq!(encoded.outcome, Outcome::Done, "exchange {exchange}");
        } else {
            assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
            assert_ne!(encoded.receipt.wrote, Wrote::Nothing);
        }
    }
}

/// Whoever presents a card again names it, and no other card is taken for it.
#[test]
fn an_order_for_a_card_that_is_presented_again_takes_no_other_card() {
    let (mut station, records) = usual();
    add(&station, Tray::of_cards("A", 1..3), 1);
    let Uid::Real(second) = card(Model::Ev2_8k, 2).uid() else { panic!() };
    let record = records[0].clone().bound_to(second);
    for ticket in [1, 2] {
        station.submit(station.order(ticket, &record));
    }
    let mut outcomes = Vec::new();
    while outcomes.len() < 2 {
        if let Some(Event::Finished { encoded, .. }) = station.next(9) {
            outcomes.push(encoded.outcome);
        }
    }
    assert_eq!(outcomes, [Outcome::Refused(Refusal::OtherCard), Outcome::Done]);
}

/// Runs one order at a reader of this stack beside four that no reader takes, stops once the reader
/// is gone, and tells how the order ended and which were given back.
fn gone(stack: impl IntoIterator<Item = Next>, lost: bool) -> (Option<Box<Encoded>>, Vec<u64>) {
    // Where a panic is told with a backtrace of a whole program of tests, that takes its time.
    let patient = Duration::from_secs(120);
    let patient = Deadlines { usual: patient, slow: patient, look: patient };
    let (mut station, records) = station(|station| station.with_deadlines(patient));
    let mut tray = Tray::new("a", stack);
    tray.lost = lost;
    add(&station, tray, 1);
    submit(&station, &records[..5], Some("a"));
    let mut events = Vec::new();
    while !matches!(events.last(), Some(Event::Gone { .. })) {
        events.push(station.next(120).expect("the reader is gone, and told"));
    }
    let (left, after) = station.stop();
    // Those that it leaves behind may be told only now that nobody takes them.
    assert!(after.iter().all(|event| matches!(event, Event::NoReader { .. })), "{after:?}");
    assert!(!format!("{events:?}").contains("Erika"), "{events:?}");
    let mut ended = events.into_iter().filter_map(|event| match event {
        Event::Finished { ticket, encoded, .. } => Some((ticket, encoded)),
        _ => None,
    });
    let first = ended.next();
    assert!(ended.next().is_none());
    let mut tickets = left.clone();
    tickets.extend(first.iter().map(|(ticket, _)| *ticket));
    tickets.sort_unstable();
    assert_eq!(tickets, [0, 1, 2, 3, 4], "every order is accounted for once");
    (first.map(|(_, encoded)| encoded), left)
}

/// A panic in an exchange ends the order with what is known of the card.
#[test]
fn a_driver_that_panics_in_an_exchange_ends_its_order_and_the_reader_is_gone() {
    let failure = Failure::Card(host::Error::Link(LinkError::DriverPanicked));
    for (exchange, untouched) in [(0, true), (5, true), (8, false), (12, false)] {
        let card = Next::Panicking(Box::new(card(Model::Ev2_8k, 1)), exchange);
        let (encoded, left) = gone([card], false);
        let encoded = encoded.unwrap();
        assert_eq!(encoded.outcome, Outcome::Failed(failure.clone()), "exchange {exchange}");
        assert_eq!(encoded.receipt.wrote == Wrote::Nothing, untouched, "exchange {exchange}");
        assert_eq!(encoded.receipt.recovery, Some(Recovery::StopStation));
        assert_eq!(left, [1, 2, 3, 4]);
    }
}

#[test]
fn a_driver_that_panics_without_a_card_ends_its_order_and_the_reader_is_gone() {
    let (encoded, left) = gone([Next::Panic], false);
    let encoded = encoded.unwrap();
    assert_eq!(encoded.outcome, Outcome::Failed(Failure::Panicked));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert_eq!(left, [1, 2, 3, 4]);
    // Looked for again, it has no order.
    let trouble = Next::Trouble(ReaderError::Unplugged { reader: "a".to_owned() });
    let (encoded, left) = gone([trouble], true);
    assert!(encoded.is_none());
    assert_eq!(left, [0, 1, 2, 3, 4]);
}

#[test]
fn a_card_past_its_exchanges_counts_as_lost() {
    let budget = Budget { exchanges: 12, ..Budget::default() };
    let (mut station, records) = station(|station| station.with_budget(budget));
    add(&station, Tray::of_cards("a", 0..1), 1);
    submit(&station, &records[..1], None);
    let events = until_finished(&mut station, 1);
    let over = Failure::Card(host::Error::Link(LinkError::OverBudget));
    assert_eq!(over.label(), "over budget");
    assert_eq!(finished(&events), [("a", 0, &Outcome::Failed(over))]);
    let receipt = events.iter().find_map(|event| {
        let Event::Finished { encoded, .. } = event else { return None };
        Some(&encoded.receipt)
    });
    assert_eq!(receipt.unwrap().recovery, Some(Recovery::StopStation));
    assert_eq!(receipt.unwrap().exchanges, 13);
    let (left, _) = station.stop();
    assert!(left.is_empty());
}

/// Each of its exchanges is in time, and together they are not; and one that is not back when the
/// time is over is not waited for.
#[test]
fn a_stop_waits_no_longer_than_the_budget_of_the_card() {
    let budget = Budget { time: Duration::from_millis(300), ..Budget::default() };
    let (mut station, records) = station(|station| station.with_budget(budget));
    let slow = Next::Slow(Box::new(card(Model::Ev2_8k, 1)), 2, Duration::from_secs(4));
    add(&station, Tray::new("a", [slow]), 1);
    submit(&station, &records[..2], None);
    while !matches!(station.next(5), Some(Event::Presented { .. })) {}
    let began = Instant::now();
    let (left, events) = station.stop();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let over = Outcome::Failed(Failure::Card(host::Error::Link(LinkError::OverBudget)));
    assert_eq!(finished(&events), [("a", 0, &over)]);
    assert_eq!(left, [1]);
}

/// The token is pulled out while three readers work: each ends the card that it has, none begins
/// another, and every card can be presented again.
#[test]
fn a_store_that_goes_away_stops_every_reader_and_spoils_no_card() {
    let (door, orders) = (door(&[]), 12);
    let store = |trouble| Scripted::new(KEYS, Script { trouble, ..Script::default() });
    let bound = |store: &Scripted| {
        Arc::new(Job::new(Profile::parse(&door).unwrap(), store).unwrap().allowing(&OneWay::ALL))
    };
    let well = store(None);
    let (job, records) = (bound(&well), door_records(&bound(&well)));
    assert_eq!(
        encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 99), &records[0]).0.outcome,
        Outcome::Done
    );
    // In the middle of the keys of the fifth card.
    let from = well.script.questions() * 4 + 3;
    let job = bound(&store(Some((from, KeyError::Away))));
    let mut station = Line::of(Arc::clone(&job), Station::new());
    for (seed, name) in (0_u8..).zip(["a", "b", "c"]) {
        add(&station, Tray::of_cards(name, seed * 20..seed * 20 + 20), seed.into());
    }
    submit(&station, &records[..orders], None);
    let mut events = Vec::new();
    while !finished(&events).iter().any(|(_, _, outcome)| **outcome != Outcome::Done) {
        events.push(station.next(20).expect("it goes away soon"));
    }
    // Nobody has to say stop for it to stop.
    while let Some(event) = station.events.within(Duration::from_millis(700)) {
        events.push(event);
    }
    let (left, after) = station.stop();
    assert!(finished(&after).is_empty(), "{after:?}");
    let mut tickets = left.clone();
    let mut failed = 0;
    for event in &events {
        let Event::Finished { ticket, encoded, .. } = event else { continue };
        tickets.push(*ticket);
        if encoded.outcome == Outcome::Done {
            continue;
        }
        failed += 1;
        assert!(matches!(encoded.outcome, Outcome::Failed(Failure::Key { .. })), "{encoded:?}");
        assert_eq!(encoded.receipt.recovery, Some(Recovery::StopStation));
        assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    }
    tickets.sort_unstable();
    assert_eq!(tickets, (0..12).collect::<Vec<_>>(), "every order is accounted for once");
    assert!((1..=3).contains(&failed) && left.len() >= orders - 4 - 3, "{failed}, {}", left.len());
}
