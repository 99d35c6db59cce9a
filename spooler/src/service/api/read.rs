// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders out of JSON, with every mistake that is in them. No text of the sender's is in what is said.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use cardwright::profile::RecordError;
use cardwright::{Job, Profile, Record, Records};
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::sent::no_form;
use crate::flow::OrderId;
use crate::service::said::{Mistake, Said};
use crate::service::words::{LETTERS, is_kept};
use crate::spooler::{Policy, Put};

/// What an order may have.
const ENTRIES: &str = "reference, profile, record, place, priority, deadline, sample, released_by_word, number, \
     control, replaces, same_number";

/// The jobs of a station, by the names of their profiles.
pub(super) type Jobs = BTreeMap<String, Arc<Job>>;

/// What stands in an order beside its record.
struct Slip<'b> {
    profile: Option<&'b Job>,
    record: Option<&'b RawValue>,
    reference: Option<Zeroizing<String>>,
    place: Option<String>,
    priority: Option<i16>,
    deadline: Option<SystemTime>,
    sample: bool,
    by_word: bool,
    number: Option<Number>,
    control: Option<String>,
    replaces: Option<(OrderId, Policy)>,
    same_number: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    #[serde(default)]
    site: String,
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replaces {
    order: i64,
    policy: Word,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    SameNumber,
    NextIssue,
    NewNumber,
}

/// One order.
pub(super) fn one(body: &[u8], jobs: &Jobs) -> Result<Put, Said> {
    let whole: &RawValue =
        serde_json::from_slice(body).map_err(|error| no_form(&error, "an order"))?;
    let mut puts = all(&[(String::new(), whole)], jobs)?;
    puts.pop().ok_or_else(Said::broken)
}

/// A batch, of so many orders at most.
pub(super) fn batch(body: &[u8], jobs: &Jobs, most: usize) -> Result<Vec<Put>, Said> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Batch<'b> {
        #[serde(borrow)]
        orders: Vec<&'b RawValue>,
    }
    let batch: Batch<'_> = serde_json::from_slice(body)
        .map_err(|error| no_form(&error, "a batch, which is an object with the list orders"))?;
    if batch.orders.is_empty() || batch.orders.len() > most {
        let words = format!("a batch has one order at least, and {most} at most: divide it");
        return Err(Said::mistaken(vec![Mistake::new("/orders", "batch-size", words)]));
    }
    let at = |number| format!("/orders/{number}");
    let orders: Vec<_> =
        batch.orders.iter().enumerate().map(|(number, raw)| (at(number), *raw)).collect();
    all(&orders, jobs)
}

fn all(orders: &[(String, &RawValue)], jobs: &Jobs) -> Result<Vec<Put>, Said> {
    let mut mistakes = Vec::new();
    let slips: Vec<_> = orders.iter().map(|(at, raw)| slip(at, raw, jobs, &mut mistakes)).collect();
    let mut records: Vec<Option<Record>> = orders.iter().map(|_| None).collect();
    for job in jobs.values() {
        // Those of one profile are read together: what has to differ from record to record is seen then.
        let same =
            |slip: &&Slip<'_>| slip.profile.is_some_and(|of| core::ptr::eq(of, &raw const **job));
        let of: Vec<(usize, &RawValue)> = slips
            .iter()
            .enumerate()
            .filter_map(|(at, slip)| Some((at, slip.as_ref().filter(same)?.record?)))
            .collect();
        read(job.profile(), &of, orders, &mut records, &mut mistakes);
    }
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| place(orders, mistake));
        return Err(Said::mistaken(mistakes));
    }
    let puts = slips.into_iter().zip(records);
    puts.map(|(slip, record)| put(slip?, record?)).collect::<Option<_>>().ok_or_else(Said::broken)
}

/// Which order a mistake is in.
fn place(orders: &[(String, &RawValue)], mistake: &Mistake) -> usize {
    let inside = |(at, _): &(String, _)| mistake.at.strip_prefix(at.as_str());
    let found = orders.iter().position(|order| {
        inside(order).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    found.unwrap_or_default()
}

/// Reads records of one profile, each on a line of its own.
fn read(
    profile: &Profile,
    of: &[(usize, &RawValue)],
    orders: &[(String, &RawValue)],
    records: &mut [Option<Record>],
    mistakes: &mut Vec<Mistake>,
) {
    if of.is_empty() {
        return;
    }
    let mut lines =
        Zeroizing::new(Vec::with_capacity(of.iter().map(|(_, raw)| raw.get().len() + 1).sum()));
    for (_, raw) in of {
        // A line end inside a text of JSON is written otherwise; the others are space.
        lines.extend(
            raw.get().bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }),
        );
        lines.push(b'\n');
    }
    let at = |number: Option<usize>| {
        let order = number.and_then(|at| orders.get(at)).or(orders.first());
        format!("{}/record", order.map_or("", |(at, _)| at))
    };
    match Records::json_lines(profile, &lines) {
        Ok(read) => {
            for error in read.mistakes() {
                let number = of.get(error.line().saturating_sub(1)).map(|(at, _)| *at);
                mistakes.push(mistake(&at(number), error, profile));
            }
            for (record, (at, _)) in read.entries.into_iter().zip(of) {
                if let (Ok(record), Some(slot)) = (record, records.get_mut(*at)) {
                    *slot = Some(record);
                }
            }
        }
        Err(error) => {
            for error in error.each() {
                mistakes.push(Mistake::new(at(None), error.code().name(), error.code().meaning()));
            }
        }
    }
}

fn mistake(at: &str, error: &RecordError, profile: &Profile) -> Mistake {
    // Only what the profile calls so: anything else is the sender's text.
    let known = |field: &&str| profile.fields().iter().any(|one| one.name == **field);
    let field = error.field().filter(known);
    let code = error.code();
    let words = match field {
        Some(_) => error.reason().to_string(),
        None => format!("{}: {}", code.meaning(), code.advice()),
    };
    let at = field.map_or_else(|| at.to_owned(), |field| format!("{at}/{field}"));
    Mistake { field: field.map(str::to_owned), ..Mistake::new(at, code.name(), words) }
}

/// An object, and which of its entries come more than once: whose sender means which of them is anybody's guess.
struct Object<'b> {
    of: BTreeMap<String, &'b RawValue>,
    twice: BTreeSet<String>,
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut object = Object { of: BTreeMap::new(), twice: BTreeSet::new() };
                while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
                    if object.of.insert(name.clone(), raw).is_some() {
                        object.twice.insert(name);
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// The entries of an object, taken one by one.
struct Entries<'b, 'm> {
    at: &'b str,
    of: BTreeMap<String, &'b RawValue>,
    twice: BTreeSet<String>,
    mistakes: &'m mut Vec<Mistake>,
}

impl<'b> Entries<'b, '_> {
    fn raw(&mut self, name: &str) -> Option<&'b RawValue> {
        if self.twice.remove(name) {
            self.wrong(name, "entry-twice", format!("{name} comes more than once"));
        }
        self.of.remove(name).filter(|raw| raw.get() != "null")
    }

    fn wrong(&mut self, name: &str, code: &'static str, words: impl Into<String>) {
        self.mistakes.push(Mistake::new(format!("{}/{name}", self.at), code, words));
    }

    fn missing(&mut self, name: &str) {
        self.wrong(name, "entry-missing", format!("an order has to have {name}"));
    }

    fn take<T: DeserializeOwned>(&mut self, name: &str, what: &str) -> Option<T> {
        let raw = self.raw(name)?;
        let taken = serde_json::from_str(raw.get()).ok();
        if taken.is_none() {
            self.wrong(name, "entry-wrong", format!("{name} is to be {what}"));
        }
        taken
    }

    /// A text of some letters, as stores keep it.
    fn text(&mut self, name: &str, what: &str) -> Option<String> {
        let text: String = self.take(name, what)?;
        if !is_kept(&text) {
            self.wrong(name, "entry-wrong", format!("{name} is to be {what} of {LETTERS}"));
            return None;
        }
        Some(text)
    }

    fn reference(&mut self) -> Option<Zeroizing<String>> {
        if self.of.get("reference").is_none_or(|raw| raw.get() == "null") {
            self.missing("reference");
        }
        let reference = self.text("reference", "a text").map(Zeroizing::new);
        if reference.as_ref().is_some_and(|text| text.is_empty()) {
            self.wrong("reference", "entry-wrong", "reference has a letter at least");
        }
        reference
    }

    fn number(&mut self) -> Option<Number> {
        let number: Number = self.take("number", "an object with site and number, both texts")?;
        let kept = is_kept(&number.site) && is_kept(&number.number);
        if !kept {
            let words = format!("site and number are texts of {LETTERS}");
            self.wrong("number", "entry-wrong", words);
        }
        kept.then_some(number)
    }

    fn finish(self) {
        if !self.of.is_empty() {
            let words = format!(
                "entries that no order has, {} of them; these are: {ENTRIES}",
                self.of.len()
            );
            self.mistakes.push(Mistake::new(self.at, "entry-unknown", words));
        }
    }
}

fn slip<'b>(
    at: &'b str,
    raw: &'b RawValue,
    jobs: &'b Jobs,
    mistakes: &mut Vec<Mistake>,
) -> Option<Slip<'b>> {
    let Ok(Object { of, twice }) = serde_json::from_str(raw.get()) else {
        mistakes.push(Mistake::new(at, "order-no-object", "an order is a JSON object"));
        return None;
    };
    let mut entries = Entries { at, of, twice, mistakes };
    let reference = entries.reference();
    let profile: Option<String> = entries.take("profile", "the name of a profile");
    let job = profile.as_ref().and_then(|name| jobs.get(name)).map(|job| &**job);
    match (&profile, job) {
        (None, _) => entries.missing("profile"),
        (Some(_), None) => {
            let known: Vec<&str> = jobs.keys().map(String::as_str).collect();
            let words = format!("this station has no such profile; it has: {}", known.join(", "));
            entries.wrong("profile", "profile-unknown", words);
        }
        (Some(_), Some(_)) => {}
    }
    let record = entries.raw("record");
    if record.is_none() {
        entries.missing("record");
    }
    let deadline: Option<String> = entries.take("deadline", "a time as 2026-12-31T12:00:00Z");
    let deadline = deadline.and_then(|text| {
        let time = humantime::parse_rfc3339_weak(&text).ok();
        if time.is_none() {
            entries.wrong("deadline", "entry-wrong", "deadline is a time as 2026-12-31T12:00:00Z");
        }
        time
    });
    let replaces: Option<Replaces> = entries
        .take("replaces", "an order's number, and a policy: same-number, next-issue or new-number");
    let slip = Slip {
        profile: job,
        record,
        reference,
        place: entries.text("place", "the name of a reader or a group"),
        priority: entries.take("priority", "a number from -32768 to 32767"),
        deadline,
        sample: entries.take("sample", "true or false").unwrap_or_default(),
        by_word: entries.take("released_by_word", "true or false").unwrap_or_default(),
        number: entries.number(),
        control: entries.text("control", "a text"),
        replaces: replaces.map(|Replaces { order, policy }| (OrderId(order), policy.into())),
        same_number: entries.take("same_number", "true or false").unwrap_or_default(),
    };
    entries.finish();
    Some(slip)
}

impl From<Word> for Policy {
    fn from(word: Word) -> Self {
        match word {
            Word::SameNumber => Self::SameNumber,
            Word::NextIssue => Self::NextIssue,
            Word::NewNumber => Self::NewNumber,
        }
    }
}

fn put(slip: Slip<'_>, record: Record) -> Option<Put> {
    let mut put = Put::new(slip.reference?.as_str(), slip.profile?.profile(), record);
    if let Some(Number { site, number }) = slip.number {
        put = put.with_number(site, number);
    }
    put = slip.control.into_iter().fold(put, Put::with_control);
    put = slip.place.into_iter().fold(put, Put::at);
    put = slip.priority.into_iter().fold(put, Put::with_priority);
    put = slip.deadline.into_iter().fold(put, Put::with_deadline);
    put = slip.replaces.into_iter().fold(put, |put, (order, policy)| put.replacing(order, policy));
    put = if slip.sample { put.as_sample() } else { put };
    put = if slip.by_word { put.released_by_word() } else { put };
    Some(if slip.same_number { put.with_the_same_number() } else { put })
}
