// SPDX-License-Identifier: MIT OR Apache-2.0
//! The layout of an access control bit format: which bit is what, and which check covers which bits.

use super::draw::{Band, COLUMN, Picture, WIDTH};
use super::ink::{Ink, Tint};
use super::words::{count, letter};
use crate::credential::{Check, Coding, Field, Format, Places};

/// Bits in a row, and how wide one is.
const LINE: usize = 32;
const BIT: u32 = 26;

/// Where the bits begin; what stands before them says what a row is.
const BITS: u32 = 120;

/// What a bit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Field(usize),
    Constant(usize),
    Check(usize),
    Nothing,
}

/// The bits of a format from the first to the last, 32 in a row: fields, constants, checks, and below
/// them what each check covers. No value of a field is in it: it is the same for all credentials.
#[must_use]
pub fn layout(format: &Format) -> Picture {
    let bits = count(u64::try_from(format.bit_length()).unwrap_or(u64::MAX), "bit");
    let mut picture = Picture::new(format!("Bit format {}, {bits}", format.name()));
    if !format.title().is_empty() {
        picture.extend(Band::lines(Ink::Faint, format.title()));
    }
    let owners = owners(format);
    for start in (0..format.bit_length()).step_by(LINE) {
        let end = format.bit_length().min(start.saturating_add(LINE));
        picture.push(ruler(start, end).leading());
        picture.push(row(format, &owners, start, end).leading());
        for (at, check) in format.checks().iter().enumerate() {
            picture.extend(covered(at, check, start, end).map(Band::leading));
        }
        picture.push(Band::space());
    }
    picture.extend(format.fields().iter().enumerate().map(|(at, field)| field_in_words(at, field)));
    for constant in format.constants() {
        let (places, value) = (constant.places(), constant.value());
        let said = format!("= constant: {value} in {places}");
        picture.push(Band::line(Ink::Plain, &said));
    }
    for (at, check) in format.checks().iter().enumerate() {
        let (name, places, over) = (check.rule().name(), check.places(), check.covered());
        let said = format!("{} check: {name} in {places}, over {over}", mark(at));
        picture.extend(Band::lines(Ink::Plain, &said));
    }
    if !format.unassigned().is_empty() {
        picture.push(Band::line(Ink::Plain, "- nothing is known of these bits, they are 0"));
    }
    picture
}

/// What each bit is.
fn owners(format: &Format) -> Vec<Owner> {
    let mut owners = vec![Owner::Nothing; format.bit_length()];
    let mut own = |places: &Places, owner: Owner| {
        for place in places.bits() {
            if let Some(slot) = owners.get_mut(usize::from(*place)) {
                *slot = owner;
            }
        }
    };
    for (at, field) in format.fields().iter().enumerate() {
        own(field.places(), Owner::Field(at));
    }
    for (at, constant) in format.constants().iter().enumerate() {
        own(constant.places(), Owner::Constant(at));
    }
    for (at, check) in format.checks().iter().enumerate() {
        own(check.places(), Owner::Check(at));
    }
    owners
}

/// The numbers of the bits, every fourth one.
fn ruler(start: usize, end: usize) -> Band {
    let mut band = Band::new(String::new()).text(0, BITS / COLUMN, Ink::Faint, "bit");
    for (bit, x) in (start..end).zip((BITS..).step_by(BIT as usize)) {
        if bit % 4 == 0 {
            band = band.text(x + COLUMN / 2, 4, Ink::Faint, &bit.to_string());
        }
    }
    band
}

/// Runs of bits that are of one kind, as boxes.
fn row(format: &Format, owners: &[Owner], start: usize, end: usize) -> Band {
    let mut band = Band::new(String::new()).text(0, BITS / COLUMN, Ink::Head, "layout");
    let mut said = Vec::new();
    for (owner, from, to) in runs(owners, start, end) {
        let (tint, mark, name) = match owner {
            Owner::Field(at) => {
                let name = format.fields().get(at).map_or("", Field::name);
                (Tint::Plain, letter(at), name)
            }
            Owner::Constant(_) => (Tint::New, "=".to_owned(), "constant"),
            Owner::Check(at) => (Tint::Look, mark(at), "check"),
            Owner::Nothing => (Tint::Free, "-".to_owned(), "nothing known"),
        };
        said.push(match to - from {
            1 => format!("bit {from} {name}"),
            _ => format!("bits {from} to {} {name}", to - 1),
        });
        let x = place(from - start);
        let width = place(to - start).saturating_sub(x);
        let full = format!("{mark} {name}");
        let fits = super::text::columns(&full) < width / COLUMN;
        band = band.boxed(x, width, tint, Some(&full));
        let text = if fits && matches!(owner, Owner::Field(_)) { &full } else { &mark };
        band = band.text(x + COLUMN / 2, width / COLUMN, Ink::Plain, text);
    }
    band.saying(said.join(", "))
}

/// What a check covers of these bits, and where it stands; none where it has to do with none of them.
fn covered(at: usize, check: &Check, start: usize, end: usize) -> Option<Band> {
    let holds =
        |places: &Places, bit: usize| places.bits().iter().any(|one| usize::from(*one) == bit);
    let marks: Vec<_> = (start..end)
        .map(|bit| match (holds(check.places(), bit), holds(check.covered(), bit)) {
            (true, _) => Some((Tint::Look, mark(at))),
            (false, true) => Some((Tint::Plain, "x".to_owned())),
            (false, false) => None,
        })
        .collect();
    if marks.iter().all(Option::is_none) {
        return None;
    }
    let title = format!("{} {}", mark(at), check.rule().name());
    let mut band = Band::new(String::new()).text(0, BITS / COLUMN, Ink::Plain, &title);
    for (mark, x) in marks.into_iter().zip((BITS..).step_by(BIT as usize)) {
        if let Some((tint, mark)) = mark {
            band = band.boxed(x, BIT, tint, None).text(x + COLUMN, 2, Ink::Plain, &mark);
        }
    }
    Some(band)
}

/// Stretches of bits of one owner: where each begins, and where the next does.
fn runs(owners: &[Owner], start: usize, end: usize) -> Vec<(Owner, usize, usize)> {
    let mut runs: Vec<(Owner, usize, usize)> = Vec::new();
    for (bit, owner) in owners.iter().enumerate().take(end).skip(start) {
        match runs.last_mut() {
            Some((same, _, to)) if same == owner => *to = bit + 1,
            _ => runs.push((*owner, bit, bit + 1)),
        }
    }
    runs
}

/// Where a bit of a row stands.
fn place(bit: usize) -> u32 {
    BITS.saturating_add(u32::try_from(bit).unwrap_or(0).saturating_mul(BIT)).min(WIDTH)
}

/// The mark of a check: a small letter from the end of the alphabet would be taken for a field.
fn mark(at: usize) -> String {
    (at + 1).to_string()
}

fn field_in_words(at: usize, field: &Field) -> Band {
    let width = u64::try_from(field.width()).unwrap_or(u64::MAX);
    let width = match field.coding() == Coding::Bcd {
        true => count(width / 4, "digit"),
        false => count(width, "bit"),
    };
    let (name, max, places) = (field.name(), field.max(), field.places());
    Band::line(Ink::Plain, &format!("{} {name}: {width}, 0 to {max}, in {places}", letter(at)))
}
