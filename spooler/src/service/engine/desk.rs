// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is known of the readers by what they told last.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use cardwright::Receipt;
use cardwright::encode::{Encoded, OutcomeName, Progress, Recovery};
use cardwright::iso14443::RealUid;
use cardwright::reader::Reader;
use cardwright::station::Event;

use super::super::floor::{Doing, Tray};
use super::super::words::words;
use super::books::now;
use crate::drive::Told;
use crate::flow::Mark;

/// How long it is shown where a card goes, in milliseconds: a done one, and one that needs care. The next card
/// ends it earlier.
const GOOD: i64 = 2_500;
const CARE: i64 = 6_000;

/// How many cards are known by their UIDs.
const CARDS: usize = 4_096;

/// How many times are kept of cards that were done.
const TIMES: usize = 10_000;

/// What is known.
pub(super) struct Desk {
    pub(super) readers: BTreeMap<String, View>,
    /// Readers that were taken away, to be brought back.
    pub(super) away: BTreeMap<String, Box<dyn Reader>>,
    pub(super) paused: bool,
    pub(super) draining: bool,
    /// No card is begun any more, ever.
    pub(super) closed: bool,
    pub(super) halted: Option<String>,
    /// How often something looked otherwise.
    pub(super) rung: u64,
    /// How often something in the books was otherwise.
    pub(super) booked: u64,
    /// When cards were done, and how many milliseconds each took.
    pub(super) times: VecDeque<(i64, u64)>,
    /// How many ends of orders there were since the service began, by outcome.
    pub(super) ends: BTreeMap<&'static str, u64>,
    /// Which card each order at the station asks for.
    pub(super) wants: BTreeMap<u64, Mark>,
    cards: Cards,
}

/// What a reader shows.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) since: i64,
    pub(super) doing: Doing,
    /// Until when that stands before what comes behind it.
    pub(super) until: i64,
    /// What it does meanwhile.
    pub(super) behind: Option<Doing>,
    /// How many cards there were.
    pub(super) ended: u64,
    begun: Option<Instant>,
}

impl View {
    fn new() -> Self {
        Self { since: now(), doing: Doing::Idle, until: 0, behind: None, ended: 0, begun: None }
    }

    pub(super) fn shows(&mut self, doing: Doing) {
        if self.doing != doing {
            self.since = now();
            self.doing = doing;
        }
        self.until = 0;
        self.behind = None;
    }

    /// What comes once the card is off.
    fn then(&mut self, doing: Doing) {
        // Whose card is to go on again is told which one it is.
        let same = matches!(doing, Doing::WaitsForSame { .. })
            && matches!(self.doing, Doing::TakeOff { into: Tray::BackOn, .. });
        if self.until > now() && !same {
            self.behind = Some(doing);
        } else {
            self.shows(doing);
        }
    }
}

/// What somebody reads off the cards that were here: the first and last byte of their UIDs.
#[derive(Default)]
struct Cards {
    short: BTreeMap<Mark, String>,
    order: VecDeque<Mark>,
}

impl Cards {
    fn saw(&mut self, mark: Mark, uid: &RealUid) {
        let [first, .., last] = *uid.expose();
        if self.short.insert(mark, format!("{first:02X}…{last:02X}")).is_none() {
            self.order.push_back(mark);
        }
        if self.order.len() > CARDS
            && let Some(mark) = self.order.pop_front()
        {
            self.short.remove(&mark);
        }
    }
}

impl Desk {
    pub(super) fn new<N: Into<String>>(readers: impl Iterator<Item = N>) -> Self {
        Self {
            readers: readers.map(|name| (name.into(), View::new())).collect(),
            away: BTreeMap::new(),
            paused: false,
            draining: false,
            closed: false,
            halted: None,
            rung: 1,
            booked: 1,
            times: VecDeque::new(),
            ends: BTreeMap::new(),
            wants: BTreeMap::new(),
            cards: Cards::default(),
        }
    }

    /// How a card is called: by its UID's ends where it was here, else by the beginning of its mark.
    pub(super) fn call(&self, mark: Mark) -> String {
        let short = self.cards.short.get(&mark).cloned();
        short.unwrap_or_else(|| mark.to_string().chars().take(8).collect())
    }

    pub(super) fn view(&mut self, reader: &str) -> &mut View {
        self.readers.entry(reader.to_owned()).or_insert_with(View::new)
    }

    pub(super) fn step(&mut self, at: &Progress<'_>) {
        let (Some(reader), Some(ticket)) = (at.reader, at.ticket) else { return };
        let (order, step, of) = (order(ticket), at.step, at.of);
        let view = self.view(reader);
        // The steps of a card are one doing.
        let since = view.since;
        view.shows(Doing::Encoding { order, step, of, words: at.words() });
        view.since = since;
    }

    pub(super) fn hear(&mut self, told: &Told<'_>) {
        match told {
            Told::Claimed { claim, .. } => {
                self.booked += 1;
                if let (Some(wants), Ok(ticket)) = (claim.wants, u64::try_from(claim.order.0)) {
                    self.wants.insert(ticket, wants);
                }
            }
            Told::Station(event) => self.event(event),
            Told::Received { .. } => self.booked += 1,
            Told::Halted(error) => self.halted = Some(error.to_string()),
            Told::Resumed => self.halted = None,
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Waiting { reader, ticket } => {
                let order = order(*ticket);
                let doing = match self.wants.get(ticket) {
                    Some(mark) => Doing::WaitsForSame { order, card: self.call(*mark) },
                    None => Doing::WaitsForBlank { order },
                };
                self.view(reader).then(doing);
            }
            Event::Presented { reader, ticket } => {
                let (order, words) = (order(*ticket), "see what card it is".to_owned());
                let view = self.view(reader);
                view.shows(Doing::Encoding { order, step: 0, of: 0, words });
                view.begun = Some(Instant::now());
            }
            Event::Finished { reader, ticket, encoded, .. } => {
                self.wants.remove(ticket);
                self.finished(reader.as_deref(), *ticket, encoded);
            }
            Event::Trouble { reader, error } => {
                let (code, words) = (error.code().name().to_owned(), error.to_string());
                self.view(reader).shows(Doing::Trouble { code, words });
            }
            Event::Hung { reader } => self.view(reader).shows(Doing::Hung),
            Event::Gone { reader } | Event::Left { reader } => {
                self.view(reader).shows(Doing::Gone);
            }
            Event::Back { reader } => self.view(reader).then(Doing::Idle),
            // Each order names a reader that is there, or was just now.
            Event::NoReader { .. } | _ => {}
        }
    }

    fn finished(&mut self, reader: Option<&str>, ticket: u64, encoded: &Encoded) {
        let receipt = &encoded.receipt;
        let mark = receipt.card.as_deref().and_then(Mark::parse);
        if let (Some(mark), Some(uid)) = (mark, &encoded.uid) {
            self.cards.saw(mark, uid);
        }
        *self.ends.entry(receipt.outcome.name()).or_default() += 1;
        let Some(reader) = reader else { return };
        let into = tray(receipt);
        let code = receipt.code.clone();
        let why = code.as_deref().map(words).unwrap_or_default();
        let view = self.view(reader);
        let began = view.begun.take();
        let hangs = matches!(view.doing, Doing::Hung | Doing::Gone);
        if hangs || receipt.code.as_deref() == Some("reader-not-there") {
            return;
        }
        view.ended += 1;
        view.shows(Doing::TakeOff { into, order: Some(order(ticket)), code, words: why });
        view.until = now() + if into == Tray::Good { GOOD } else { CARE };
        let done = receipt.outcome.is_well();
        if let Some(began) = began.filter(|_| done) {
            let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.times.push_back((now(), took));
            if self.times.len() > TIMES {
                self.times.pop_front();
            }
        }
    }
}

/// Where a card goes by its receipt.
fn tray(receipt: &Receipt) -> Tray {
    match (receipt.outcome, receipt.recovery) {
        (OutcomeName::Done | OutcomeName::AlreadyDone | OutcomeName::Prepared, _) => Tray::Good,
        (OutcomeName::Written, _)
        | (_, None | Some(Recovery::StopStation | Recovery::StopLine)) => Tray::Aside,
        (_, Some(Recovery::RejectCard)) => Tray::Reject,
        (_, Some(Recovery::RetrySameCard | Recovery::PresentAgain | Recovery::BadRecord)) => {
            Tray::BackOn
        }
        (_, Some(_)) => Tray::Aside,
    }
}

/// The order that a ticket is: its number.
fn order(ticket: u64) -> i64 {
    i64::try_from(ticket).unwrap_or(i64::MAX)
}
