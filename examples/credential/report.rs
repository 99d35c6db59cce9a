// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is printed, as tables or as JSON.

use std::error::Error;

use cardwright::credential::{Bits, Coding, Field, Format, Packing, Reading};
use serde::{Serialize, Serializer};

use crate::drawing::{Drawing, LINE, count, width};
use crate::source::Packed;
use crate::table::bare;

/// A format as JSON.
#[derive(Serialize)]
struct Listed {
    format: String,
    aliases: Vec<String>,
    title: String,
    note: String,
    bits: usize,
    fields: Vec<ListedField>,
    constants: Vec<ListedConstant>,
    checks: Vec<ListedCheck>,
    unassigned: Vec<u8>,
}

#[derive(Serialize)]
struct ListedField {
    name: String,
    bits: String,
    width: usize,
    decimal: bool,
    max: u64,
}

#[derive(Serialize)]
struct ListedConstant {
    bits: String,
    value: u64,
}

#[derive(Serialize)]
struct ListedCheck {
    rule: &'static str,
    bits: String,
    over: String,
}

/// Bits and what they say as JSON.
#[derive(Serialize)]
struct Shown {
    format: String,
    bits: String,
    hex: String,
    #[serde(serialize_with = "in_order")]
    fields: Vec<(String, Option<u64>)>,
    faults: Vec<String>,
}

/// Bits of bytes that may be packed in several ways.
#[derive(Serialize)]
struct Identified {
    /// The options that ask for the packing.
    options: String,
    #[serde(flatten)]
    reading: Shown,
}

pub(crate) fn list(formats: &[Format], json: bool) -> Result<String, Box<dyn Error>> {
    if json {
        let all: Vec<_> = formats.iter().map(listed).collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let mut table = bare();
    table.set_header(["format", "bits", "fields: width, largest value", "checks", "title"]);
    for format in formats {
        table.add_row([
            screen(format.name()),
            format.bit_length().to_string(),
            format.fields().iter().map(field).collect::<Vec<_>>().join("\n"),
            checks(format),
            screen(format.title()),
        ]);
    }
    Ok(format!("{table}\n"))
}

/// A format without bits: its names, and the drawing under them.
pub(crate) fn layout(format: &Format, json: bool) -> Result<String, Box<dyn Error>> {
    if json {
        return Ok(serde_json::to_string_pretty(&listed(format))? + "\n");
    }
    let mut table = bare();
    table.add_row(["format", &titled(format)]);
    if !format.aliases().is_empty() {
        table.add_row(["also called", &screen(&format.aliases().join(", "))]);
    }
    table.add_row(["bits", &format.bit_length().to_string()]);
    Ok(format!("{table}\n\n{}{}", Drawing { format, bits: None }, note(format)))
}

/// Bits in one format: a table, and the drawing under it.
pub(crate) fn one(
    reading: &Reading<'_>,
    packing: Packing,
    json: bool,
) -> Result<String, Box<dyn Error>> {
    if json {
        return Ok(serde_json::to_string_pretty(&shown(reading, packing))? + "\n");
    }
    let (format, bits) = (reading.format(), reading.bits());
    let mut table = bare();
    table.add_row(["format", &titled(format)]);
    for (field, value) in reading.values() {
        table.add_row([screen(field.name()), held(value)]);
    }
    let text = bits.to_binary();
    let lines: Vec<_> =
        text.expose_secret().as_bytes().chunks(LINE).map(String::from_utf8_lossy).collect();
    table.add_row(["bits", &lines.join("\n")]);
    table.add_row(["hex", &hex(bits, packing)]);
    Ok(format!("{table}\n\n{}{}", Drawing { format, bits: Some(bits) }, note(format)))
}

/// Everything that bits could be.
pub(crate) fn many(found: &[Packed<'_>], json: bool) -> Result<String, Box<dyn Error>> {
    if json {
        let all = found.iter().map(|Packed { options, packing, reading }| Identified {
            options: options.clone(),
            reading: shown(reading, *packing),
        });
        let all: Vec<_> = all.collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let mut table = bare();
    table.set_header(["format", "bits", "fields", "holds", "packing"]);
    for Packed { options, reading, .. } in found {
        let values = reading.values();
        let values =
            values.map(|(field, value)| format!("{} {}", screen(field.name()), held(value)));
        let faults: Vec<_> = reading.faults().iter().map(ToString::to_string).collect();
        table.add_row([
            screen(reading.format().name()),
            reading.bits().len().to_string(),
            values.collect::<Vec<_>>().join("\n"),
            if faults.is_empty() { evidence(reading.format()) } else { faults.join("\n") },
            options.clone(),
        ]);
    }
    Ok(format!("{table}\n"))
}

/// What speaks for a format in which nothing is wrong.
fn evidence(format: &Format) -> String {
    match (format.checks().len(), fixed(format)) {
        (0, 0) => "yes, any bits would".to_owned(),
        (0, bits) => format!("yes, {}", count(bits, "fixed bit")),
        (checks, 0) => format!("yes, {}", count(checks, "check")),
        (checks, bits) => {
            format!("yes, {} and {}", count(checks, "check"), count(bits, "fixed bit"))
        }
    }
}

/// How many bits of a format are the same on every card.
pub(crate) fn fixed(format: &Format) -> usize {
    let constants = format.constants().iter().map(|constant| constant.places().len());
    constants.sum::<usize>() + format.unassigned().len()
}

fn listed(format: &Format) -> Listed {
    let fields = format.fields().iter().map(|field| ListedField {
        name: field.name().to_owned(),
        bits: field.places().to_string(),
        width: field.width(),
        decimal: field.coding() == Coding::Bcd,
        max: field.max(),
    });
    let constants = format.constants().iter().map(|constant| ListedConstant {
        bits: constant.places().to_string(),
        value: constant.value(),
    });
    let checks = format.checks().iter().map(|check| ListedCheck {
        rule: check.rule().name(),
        bits: check.places().to_string(),
        over: check.covered().to_string(),
    });
    Listed {
        format: format.name().to_owned(),
        aliases: format.aliases().to_vec(),
        title: format.title().to_owned(),
        note: format.note().to_owned(),
        bits: format.bit_length(),
        fields: fields.collect(),
        constants: constants.collect(),
        checks: checks.collect(),
        unassigned: format.unassigned().to_vec(),
    }
}

fn shown(reading: &Reading<'_>, packing: Packing) -> Shown {
    let fields = reading.values().map(|(field, value)| (field.name().to_owned(), value));
    Shown {
        format: reading.format().name().to_owned(),
        bits: reading.bits().to_binary().expose_secret().clone(),
        hex: hex(reading.bits(), packing),
        fields: fields.collect(),
        faults: reading.faults().iter().map(ToString::to_string).collect(),
    }
}

/// In their order, which a map would lose.
fn in_order<S: Serializer>(
    fields: &[(String, Option<u64>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, value)| (name, value)))
}

fn titled(format: &Format) -> String {
    match format.title() {
        "" => screen(format.name()),
        title => screen(&format!("{} ({title})", format.name())),
    }
}

fn note(format: &Format) -> String {
    match format.note() {
        "" => String::new(),
        note => format!("\n{note}\n"),
    }
}

/// A profile's word in a cell.
fn screen(word: &str) -> String {
    cardwright::shown::Shown(word).to_string()
}

fn field(field: &Field) -> String {
    format!("{}: {}, {}", screen(field.name()), width(field), field.max())
}

/// The checks in a line each; where there are many, how many.
fn checks(format: &Format) -> String {
    match format.checks() {
        [] => "none".to_owned(),
        checks if checks.len() > 4 => format!("{} of them", checks.len()),
        checks => {
            let said =
                checks.iter().map(|check| format!("{} {}", check.rule().name(), check.places()));
            said.collect::<Vec<_>>().join("\n")
        }
    }
}

fn held(value: Option<u64>) -> String {
    value.map_or_else(|| "not decimal".to_owned(), |value| value.to_string())
}

fn hex(bits: &Bits, packing: Packing) -> String {
    hex::encode_upper(bits.pack(packing).expose_secret())
}
