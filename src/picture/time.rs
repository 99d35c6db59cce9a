// SPDX-License-Identifier: MIT OR Apache-2.0
//! What takes how long: the steps of a plan, the exchanges of a conversation.

use core::time::Duration;
use std::time::SystemTime;

use super::draw::{Band, Picture, Scale, WIDTH};
use super::ink::{Ink, Tint};
use super::words::{count, milliseconds};
use crate::encode::{Plan, Receipt, StepCost};
use crate::transport::Exchange;

/// Where things stand in a row.
const TEXT: u32 = 48;
const TEXT_COLUMNS: u32 = 47;
const BAR: u32 = 432;
const BAR_WIDTH: u32 = 272;
const NUMBERS: [u32; 3] = [756, 812, 892];

/// How many lines the words of a row may take.
const LINES: usize = 3;

/// The bit rates of the four times, in kbit/s.
const RATES: [&str; 4] = ["106", "212", "424", "848"];

/// One that takes time.
struct Row<'a> {
    number: String,
    text: &'a str,
    tint: Tint,
    start: Duration,
    time: Duration,
    /// Exchanges or a status, bytes to the card, bytes from it.
    counts: [String; 3],
    /// What is said of it besides.
    note: &'a str,
}

/// The steps of a plan one after the other, with what each takes at 106 kbit/s. The bytes and exchanges
/// are the plan's; times are what [`crate::timing`] reckons. With the receipt of a card it also has how
/// long that took from beginning to end.
#[must_use]
pub fn timeline(plan: &Plan, receipt: Option<&Receipt>) -> Picture {
    let mut picture = Picture::new(format!(
        "Steps and times: {} on {}, {}",
        plan.task, plan.chip, plan.messaging
    ));
    let mut whole = plan.look;
    whole += plan.total;
    let [planned, ..] = whole.time;
    let took = receipt.and_then(|receipt| Some((receipt, duration(receipt)?)));
    let most = took.map_or(planned, |(_, took)| took.max(planned));
    let scale = Scale::new(most.as_nanos(), BAR_WIDTH);
    picture.note(Ink::Faint, &times(&whole));
    picture.note(Ink::Faint, "* changes the card. Times are reckoned at 106 kbit/s.");
    picture.head(columns("step", ["exchanges", "sent", "received"]));
    let [look, ..] = plan.look.time;
    picture.push(Row::new("", "look at the card first", look, &plan.look).drawn(scale));
    let mut start = look;
    for (number, step) in (1_usize..).zip(&plan.steps) {
        let [time, ..] = step.cost.time;
        let changes = step.step.changes_card();
        let sign = if changes { format!("*{number}") } else { number.to_string() };
        let row = Row::new(&sign, &step.text, time, &step.cost);
        let (tint, note) =
            if changes { (Tint::New, ", changes the card") } else { (Tint::Plain, "") };
        picture.push(Row { start, tint, note, ..row }.drawn(scale));
        start = start.saturating_add(time);
    }
    if plan.steps.is_empty() {
        picture.push(Band::line(Ink::Plain, "Nothing is left to do."));
    }
    picture.push(Row::new("", "together", planned, &whole).drawn(scale));
    if let Some((receipt, took)) = took {
        let Receipt { exchanges, sent, received, .. } = *receipt;
        let cost = StepCost { exchanges, sent, received, ..StepCost::default() };
        let row = Row::new("", "as it was, by the receipt", took, &cost);
        picture.push(Row { tint: Tint::Look, ..row }.drawn(scale));
    }
    picture
}

/// The exchanges of a recorded conversation one after the other: the command's name, the length of what
/// went to the card and came back, the status, and how long it takes at 106 kbit/s as [`crate::timing`]
/// reckons. No byte of what was sent is in it but the instruction and the status.
///
/// Where they come from: [`Trace::exchanges`](crate::transport::Trace::exchanges),
/// [`Script::exchanges`](crate::transport::Script::exchanges).
#[must_use]
pub fn conversation(exchanges: &[Exchange]) -> Picture {
    let mut picture = Picture::new(format!("Conversation of {}", told(exchanges)));
    let costs: Vec<_> = StepCost::of_each(exchanges).collect();
    let mut whole = StepCost::default();
    costs.iter().for_each(|(_, cost)| whole += *cost);
    let [most, ..] = whole.time;
    let scale = Scale::new(most.as_nanos(), BAR_WIDTH);
    picture.note(Ink::Faint, &times(&whole));
    picture.note(Ink::Faint, "! refused, or without an answer. Times are reckoned at 106 kbit/s; lengths are those of APDUs, \
         in bytes.");
    picture.head(columns("command", ["status", "sent", "received"]));
    let mut start = Duration::ZERO;
    for (number, (exchange, (command, cost))) in (1_usize..).zip(exchanges.iter().zip(&costs)) {
        let [time, ..] = cost.time;
        let text = match exchange.ins {
            None => "cut off before its instruction".to_owned(),
            Some(code) if code == command.code() => command.to_string(),
            Some(_) => format!("goes on: {command}"),
        };
        let failed = !exchange.went_well();
        let (tint, note) =
            if failed { (Tint::Gone, ", refused or not answered") } else { (Tint::Plain, "") };
        let number = if failed { format!("!{number}") } else { number.to_string() };
        let status = exchange.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        let counts = [status, exchange.sent.to_string(), exchange.received.to_string()];
        let row = Row { number, text: &text, tint, start, time, counts, note };
        picture.push(row.drawn(scale));
        start = start.saturating_add(time);
    }
    picture
}

fn told(exchanges: &[Exchange]) -> String {
    count(u64::try_from(exchanges.len()).unwrap_or(u64::MAX), "exchange")
}

/// How long a receipt says that it took; `None` where its times say nothing.
pub(super) fn duration(receipt: &Receipt) -> Option<Duration> {
    let moment = |text: &str| -> Option<SystemTime> { humantime::parse_rfc3339(text).ok() };
    moment(&receipt.finished)?.duration_since(moment(&receipt.started)?).ok()
}

/// What everything takes together, at all bit rates.
fn times(whole: &StepCost) -> String {
    let times = RATES.iter().zip(whole.time);
    let times = times.map(|(rate, time)| format!("{} ms at {rate}", milliseconds(time)));
    format!(
        "{}, {} sent, {} received. Reckoned: {} kbit/s.",
        count(whole.exchanges, "exchange"),
        count(whole.sent, "byte"),
        count(whole.received, "byte"),
        times.collect::<Vec<_>>().join(", ")
    )
}

/// What heads the rows.
fn columns(text: &str, counts: [&str; 3]) -> Band {
    let mut band = Band::new(String::new()).text(TEXT, TEXT_COLUMNS, Ink::Head, text);
    band = band.text(BAR, 20, Ink::Head, "time");
    for (x, count) in NUMBERS.into_iter().zip(counts) {
        band = band.number(x, Ink::Head, count);
    }
    band.number(WIDTH, Ink::Head, "ms").ruled(0, WIDTH)
}

impl<'a> Row<'a> {
    fn new(number: &str, text: &'a str, time: Duration, cost: &StepCost) -> Self {
        let counts = [cost.exchanges, cost.sent, cost.received].map(|count| count.to_string());
        let (start, number) = (Duration::ZERO, number.to_owned());
        Self { number, text, tint: Tint::Plain, start, time, counts, note: "" }
    }

    fn drawn(&self, scale: Scale) -> Band {
        let Self { number, text, tint, start, time, counts, note } = self;
        let [first, sent, received] = counts;
        let took = milliseconds(*time);
        let says =
            format!("{number} {text}: {first}, {sent} sent, {received} received, {took} ms{note}");
        let (from, width) = scale.stretch(start.as_nanos(), time.as_nanos());
        let mut band = Band::new(says.trim_start().to_owned())
            .number(TEXT - 10, Ink::Faint, number)
            .wrapped(TEXT, TEXT_COLUMNS, LINES, text)
            .boxed(BAR + from, width, *tint, None);
        for (x, count) in NUMBERS.into_iter().zip(counts) {
            band = band.number(x, Ink::Plain, count);
        }
        band.number(WIDTH, Ink::Plain, &took)
    }
}
