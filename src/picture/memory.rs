// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a card's memory goes.

use std::collections::BTreeSet;

use super::draw::{Band, COLUMN, Picture, Scale, WIDTH};
use super::ink::{Ink, Tint};
use super::words::{count, letter};
use crate::encode::{ApplicationMemory, CardMemory, MemoryMap, Plan};
use crate::wire::Aid;

/// Boxes in a row, one for each file.
const CELLS: usize = 6;

/// Where the bars begin, and how wide they are.
const BAR: u32 = 64;
const BAR_WIDTH: u32 = 800;

/// Something that takes memory before a plan, after it, or both.
struct Piece {
    name: String,
    before: Option<u32>,
    after: Option<u32>,
}

/// An application in the picture.
struct Part {
    aid: Aid,
    before: Option<u32>,
    after: Option<u32>,
    pieces: Vec<Piece>,
}

/// The memory of a card before a plan and after it: a bar each for the whole card, and every application
/// with its files, to the byte as [`Plan::memory`] has them. What is new, stays or goes is told by a sign
/// before its name.
#[must_use]
pub fn memory_map(plan: &Plan) -> Picture {
    let CardMemory { blank, told, before, after, .. } = &plan.memory;
    let free = if *told { "as the card says" } else { "as a blank one usually has" };
    let note = format!("A blank card has {blank} bytes. What is free is {free}.");
    let title = format!("Card memory before and after: {} on {}", plan.task, plan.chip);
    drawn(title, &note, *blank, &[("before", before), ("after", after)])
}

/// One map alone, of a card as it is.
pub(super) fn as_it_is(title: &str, note: &str, map: &MemoryMap) -> Picture {
    drawn(title.to_owned(), note, 0, &[("now", map)])
}

/// Maps of one card, from the earliest to the latest. The bars are as long as the longest of them and as
/// `least`.
fn drawn(title: String, note: &str, least: u32, maps: &[(&str, &MemoryMap)]) -> Picture {
    let mut picture = Picture::new(title);
    picture.note(Ink::Faint, note);
    let (Some((_, before)), Some((_, after))) = (maps.first(), maps.last()) else { return picture };
    let parts = parts(before, after);
    let ends = maps.iter().map(|(_, map)| map.used().saturating_add(map.free));
    let scale = Scale::new(ends.fold(least, u32::max).into(), BAR_WIDTH);
    picture.extend(maps.iter().map(|(when, map)| bar(when, map, &parts, scale)));
    if parts.is_empty() {
        picture.push(Band::line(Ink::Plain, "No application is there."));
        return picture;
    }
    let signs = if maps.len() > 1 { "+ new, - gone, without a sign: stays. " } else { "" };
    picture.extend(Band::lines(
        Ink::Faint,
        &format!("{signs}\"Itself\" is an application without its files. Numbers are bytes."),
    ));
    for (at, part) in parts.iter().enumerate() {
        picture.push(Band::space().leading());
        picture.push(head(at, part, maps.len() > 1).leading());
        picture.extend(part.pieces.chunks(CELLS).map(cells));
    }
    picture
}

/// Applications that are there after or before, the latter last.
fn parts(before: &MemoryMap, after: &MemoryMap) -> Vec<Part> {
    let gone = before.applications.iter().filter(|found| of(after, found.aid).is_none());
    let all = after.applications.iter().chain(gone);
    all.map(|application| {
        part(application.aid, of(before, application.aid), of(after, application.aid))
    })
    .collect()
}

fn part(aid: Aid, before: Option<&ApplicationMemory>, after: Option<&ApplicationMemory>) -> Part {
    let own = |found: Option<&ApplicationMemory>| found.map(|found| found.bytes);
    let itself = Piece { name: "itself".to_owned(), before: own(before), after: own(after) };
    let both = [after, before];
    let numbers = both.iter().flatten().flat_map(|found| &found.files).map(|file| file.no);
    let numbers: BTreeSet<_> = numbers.collect();
    let files = numbers.into_iter().map(|no| {
        let bytes = |found: Option<&ApplicationMemory>| {
            let file = found?.files.iter().find(|file| file.no == no)?;
            Some(file.bytes)
        };
        Piece { name: format!("file {no}"), before: bytes(before), after: bytes(after) }
    });
    let pieces = core::iter::once(itself).chain(files).collect();
    let total = |found: Option<&ApplicationMemory>| found.map(ApplicationMemory::total);
    Part { aid, before: total(before), after: total(after), pieces }
}

fn of(map: &MemoryMap, aid: Aid) -> Option<&ApplicationMemory> {
    map.applications.iter().find(|application| application.aid == aid)
}

/// The whole card as a bar: its applications by their letters, then what is free.
fn bar(when: &str, map: &MemoryMap, parts: &[Part], scale: Scale) -> Band {
    let (used, free) = (map.used(), map.free);
    let mut band = Band::new(format!("{when}: {used} bytes used, {free} free"));
    band = band.text(0, BAR / COLUMN, Ink::Head, when);
    let mut from = 0_u32;
    for (at, part) in parts.iter().enumerate() {
        let Some(bytes) = of(map, part.aid).map(ApplicationMemory::total) else { continue };
        let (start, width) = scale.stretch(from.into(), bytes.into());
        let sign = Sign::of(part.before, part.after);
        band = band.cell(BAR.saturating_add(start), width, sign.tint(), &letter(at));
        from = from.saturating_add(bytes);
    }
    let (start, width) = scale.stretch(from.into(), free.into());
    if free > 0 {
        band = band.cell(BAR.saturating_add(start), width, Tint::Free, &format!("{free} free"));
    }
    band.number(WIDTH, Ink::Plain, &format!("{used} used"))
}

/// The heading of an application, with its bytes.
fn head(at: usize, part: &Part, changes: bool) -> Band {
    let (letter, aid) = (letter(at), part.aid);
    let bytes = match (part.before, part.after) {
        (None, None) => String::new(),
        (None, Some(after)) => format!("{}, new", count(after.into(), "byte")),
        (Some(before), None) => format!("gone, was {}", count(before.into(), "byte")),
        (Some(_), Some(after)) if !changes => count(after.into(), "byte"),
        (Some(before), Some(after)) if before == after => {
            format!("{}, stays", count(after.into(), "byte"))
        }
        (Some(before), Some(after)) => {
            format!("{}, was {before}", count(after.into(), "byte"))
        }
    };
    Band::new(format!("{letter}, application {aid}: {bytes}"))
        .text(0, 40, Ink::Head, &format!("{letter}  application {aid}"))
        .number(WIDTH, Ink::Plain, &bytes)
        .ruled(0, WIDTH)
}

/// A row of boxes, as wide for one byte as for a thousand: the bars show how much, these which.
fn cells(pieces: &[Piece]) -> Band {
    let told = pieces.iter().map(|piece| {
        let sign = Sign::of(piece.before, piece.after);
        let bytes = piece.after.or(piece.before).unwrap_or(0);
        (sign, &piece.name, bytes)
    });
    let told: Vec<_> = told.collect();
    let says =
        told.iter().map(|(sign, name, bytes)| format!("{name} {bytes} bytes{}", sign.said()));
    let mut band = Band::new(says.collect::<Vec<_>>().join(", "));
    let width = WIDTH / u32::try_from(CELLS).unwrap_or(1);
    let mut x = 0;
    for (sign, name, bytes) in told {
        let text = format!("{}{name} {bytes}", sign.written());
        band = band.cell(x, width.saturating_sub(6), sign.tint(), &text);
        x = x.saturating_add(width);
    }
    band
}

/// What becomes of something.
#[derive(Clone, Copy)]
enum Sign {
    New,
    Stays,
    Gone,
}

impl Sign {
    const fn of(before: Option<u32>, after: Option<u32>) -> Self {
        match (before, after) {
            (None, _) => Self::New,
            (Some(_), None) => Self::Gone,
            (Some(_), Some(_)) => Self::Stays,
        }
    }

    const fn written(self) -> &'static str {
        match self {
            Self::New => "+ ",
            Self::Stays => "",
            Self::Gone => "- ",
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::New => " new",
            Self::Stays => "",
            Self::Gone => " gone",
        }
    }

    const fn tint(self) -> Tint {
        match self {
            Self::New => Tint::New,
            Self::Stays => Tint::Plain,
            Self::Gone => Tint::Gone,
        }
    }
}
