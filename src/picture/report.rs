// SPDX-License-Identifier: MIT OR Apache-2.0
//! What receipts say of batches: how many cards ended how, each card, and what it took.

use core::time::Duration;
use std::collections::{BTreeMap, HashMap};

use super::draw::{Band, COLUMN, Picture, Scale, WIDTH};
use super::ink::{Ink, Tint};
use super::page::Page;
use super::proof::{outcome, weakest};
use super::time::duration;
use super::words::{count, milliseconds};
use crate::encode::{OutcomeName, ProfileMark, Receipt, Task};

/// A receipt, with the line that it stands in.
type Line<'r> = (usize, &'r Receipt);

/// The receipts of one job with cards of one profile.
struct Batch<'r> {
    job: Task,
    profile: &'r ProfileMark,
    lines: Vec<Line<'r>>,
}

/// How many cards are drawn that came more than once.
const DRAWN: usize = 40;

/// Adds to a page what receipts say, each with the number of its line: batch by batch, which is what one
/// job did with cards of one profile, how many ended how with codes in words, how long they took, each
/// card; then what happened to cards that came more than once, in whatever batch. Of a card it has the beginning of its mark;
/// the references of records are not in it.
pub fn report(page: &mut Page, receipts: &[(usize, Receipt)]) {
    let batches = batches(receipts);
    if batches.is_empty() {
        page.text("There are no receipts.");
    }
    for (number, batch) in (1_usize..).zip(&batches) {
        let Batch { job, profile, lines } = batch;
        page.heading(&format!("Batch {number}: {job} of {}", profile.name));
        let text: String = profile.sha256.chars().take(MARK).collect();
        page.text(&format!(
            "{}. The SHA-256 of the profile begins with {text}.",
            count(number_of(lines.len()), "receipt")
        ));
        page.text(&times(lines));
        let columns = ["outcome", "code", "what it says", "receipts"];
        page.table("How they ended", &columns, &outcomes(lines));
        page.table("Each card", &CARD, &lines.iter().map(card).collect::<Vec<_>>());
    }
    let again = again(receipts);
    for (mark, lines) in again.iter().take(DRAWN) {
        page.picture(&history(mark, lines));
    }
    let left = again.len().saturating_sub(DRAWN);
    if left > 0 {
        page.text(&format!(
            "Not drawn that came more than once: {}.",
            count(number_of(left), "card")
        ));
    }
}

const CARD: [&str; 8] =
    ["line", "card", "outcome", "weakest proof", "code", "began", "ms", "exchanges"];

/// How much of a mark is shown: enough to find a card in a file, in characters.
const MARK: usize = 8;

fn batches(receipts: &[(usize, Receipt)]) -> Vec<Batch<'_>> {
    let mut batches: Vec<Batch<'_>> = Vec::new();
    for (line, receipt) in receipts {
        let Receipt { job, profile, .. } = receipt;
        let same = |batch: &&mut Batch<'_>| {
            batch.job == *job
                && batch.profile.name == profile.name
                && batch.profile.is_same(profile)
        };
        match batches.iter_mut().find(same) {
            Some(batch) => batch.lines.push((*line, receipt)),
            None => batches.push(Batch { job: *job, profile, lines: vec![(*line, receipt)] }),
        }
    }
    batches
}

/// How many ended how, each code by itself, in the order of the outcomes.
fn outcomes(lines: &[Line<'_>]) -> Vec<Vec<String>> {
    let mut counts: BTreeMap<(u8, &str), (OutcomeName, &Receipt, u64)> = BTreeMap::new();
    for (_, receipt) in lines {
        let code = receipt.code.as_deref().unwrap_or_default();
        let key = (rank(receipt.outcome), code);
        counts.entry(key).or_insert((receipt.outcome, receipt, 0)).2 += 1;
    }
    let rows = counts.into_iter().map(|((_, code), (ended, receipt, number))| {
        let meaning =
            receipt.known_code().map_or_else(String::new, |code| code.meaning().to_owned());
        vec![outcome(ended).to_owned(), code.to_owned(), meaning, number.to_string()]
    });
    rows.collect()
}

const fn rank(outcome: OutcomeName) -> u8 {
    match outcome {
        OutcomeName::Done => 0,
        OutcomeName::AlreadyDone => 1,
        OutcomeName::Prepared => 2,
        OutcomeName::Written => 3,
        OutcomeName::Refused => 4,
        OutcomeName::Failed => 5,
    }
}

/// From when to when, and how long a card took.
fn times(lines: &[Line<'_>]) -> String {
    let began = lines.iter().map(|(_, receipt)| receipt.started.as_str()).min().unwrap_or_default();
    let ended =
        lines.iter().map(|(_, receipt)| receipt.finished.as_str()).max().unwrap_or_default();
    let mut took: Vec<Duration> =
        lines.iter().filter_map(|(_, receipt)| duration(receipt)).collect();
    took.sort_unstable();
    let part = |percent: usize| {
        let at = (took.len() * percent).div_ceil(100).saturating_sub(1);
        took.get(at).copied().map(milliseconds)
    };
    match (part(50), part(95), part(100)) {
        (Some(half), Some(most), Some(longest)) => format!(
            "From {began} to {ended}. Half of them took at most {half} ms, 95 of 100 at most \
             {most} ms, the longest {longest} ms."
        ),
        _ => format!("From {began} to {ended}."),
    }
}

/// A card's row.
fn card((line, receipt): &Line<'_>) -> Vec<String> {
    let took = duration(receipt).map(milliseconds);
    vec![
        line.to_string(),
        receipt.card.as_deref().map_or_else(|| "not known".to_owned(), shortened),
        outcome(receipt.outcome).to_owned(),
        weakest(receipt),
        receipt.code.clone().unwrap_or_default(),
        receipt.started.clone(),
        took.unwrap_or_default(),
        receipt.exchanges.to_string(),
    ]
}

fn shortened(mark: &str) -> String {
    mark.chars().take(MARK).collect()
}

/// The cards that came more than once, in the order in which they came first.
fn again(receipts: &[(usize, Receipt)]) -> Vec<(&str, Vec<Line<'_>>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut cards: Vec<(&str, Vec<Line<'_>>)> = Vec::new();
    for (line, receipt) in receipts {
        let Some(mark) = receipt.card.as_deref() else { continue };
        let at = *places.entry(mark).or_insert(cards.len());
        match cards.get_mut(at) {
            Some((_, lines)) => lines.push((*line, receipt)),
            None => cards.push((mark, vec![(*line, receipt)])),
        }
    }
    cards.retain(|(_, lines)| lines.len() > 1);
    cards
}

/// What happened to one card, one receipt below the other.
fn history(mark: &str, lines: &[Line<'_>]) -> Picture {
    let mut picture = Picture::new(format!(
        "Card {}: {}",
        shortened(mark),
        count(number_of(lines.len()), "receipt")
    ));
    let times = || lines.iter().map(|(_, receipt)| duration(receipt).unwrap_or_default());
    let longest = times().max().unwrap_or_default();
    let scale = Scale::new(longest.as_nanos(), WIDTH - TIME - 80);
    picture.head(
        Band::new(String::new())
            .text(0, 6, Ink::Head, "line")
            .text(WHEN, 24, Ink::Head, "began")
            .text(ENDED, (TIME - ENDED) / COLUMN, Ink::Head, "ended")
            .text(TIME, 6, Ink::Head, "time")
            .number(WIDTH, Ink::Head, "ms")
            .ruled(0, WIDTH),
    );
    for ((line, receipt), took) in lines.iter().zip(times()) {
        let code = receipt.code.as_deref().map(|code| format!(", {code}")).unwrap_or_default();
        let ended = format!("{}: {}{code}", receipt.job, outcome(receipt.outcome));
        let (took, wide) = (milliseconds(took), scale.stretch(0, took.as_nanos()).1);
        let started = &receipt.started;
        let says = format!("line {line}, {started}: {ended}, {took} ms");
        picture.push(
            Band::new(says)
                .text(0, 6, Ink::Plain, &line.to_string())
                .text(WHEN, 24, Ink::Plain, started)
                .text(ENDED, (TIME - ENDED) / COLUMN - 1, Ink::Plain, &ended)
                .boxed(TIME, wide, tint(receipt.outcome), None)
                .number(WIDTH, Ink::Plain, &took),
        );
    }
    picture
}

/// Where the columns of a history begin.
const WHEN: u32 = 56;
const ENDED: u32 = 264;
const TIME: u32 = 600;

const fn tint(outcome: OutcomeName) -> Tint {
    match outcome {
        OutcomeName::Done | OutcomeName::AlreadyDone | OutcomeName::Prepared => Tint::New,
        OutcomeName::Written => Tint::Look,
        OutcomeName::Refused | OutcomeName::Failed => Tint::Gone,
    }
}

fn number_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
