// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was found, for people: 80 columns.

use std::fmt;

use cardwright::shown::{Shown, ShownLines};
use comfy_table::{ContentArrangement, Table};

use crate::found::{Attempt, Found, Key, Level, NOT_ASKED, NotTried, SAME_KEY, Slot};
use crate::tables;

/// How wide a terminal is.
const WIDTH: u16 = 80;

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = tables::bare();
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(tables::width().unwrap_or(WIDTH));
        for level in &self.levels {
            show(&mut table, level);
        }
        let refused =
            format!("{} of at most {} authentications", self.refused, self.refused_at_most);
        row(&mut table, "refused", &refused);
        if let Some(why) = &self.stopped {
            row(&mut table, "stopped", &Shown(why).to_string());
        }
        writeln!(f, "{table}")
    }
}

/// A row. What does not show itself is escaped before the table is laid out, as that makes it longer;
/// names are escaped before they come into a cell, as their line ends are no lines of it.
fn row(table: &mut Table, what: &str, says: &str) {
    table.add_row([Shown(what).to_string(), ShownLines(says).to_string()]);
}

fn show(table: &mut Table, level: &Level) {
    let found = level.keys.iter().any(|slot| slot.opened_by.is_some());
    let turned = if level.aid_was_turned { ", its AID the other way round" } else { "" };
    let opens = if found { "opened" } else { "no key fits" };
    row(table, &level.name(), &format!("{opens}{turned}"));
    for slot in &level.keys {
        show_slot(table, slot);
    }
}

fn show_slot(table: &mut Table, slot: &Slot) {
    let version = slot.version.map_or_else(|| "not told".to_owned(), |version| version.to_string());
    let kind = slot.key_type.as_deref().unwrap_or("of a type not told");
    row(table, &format!("  key {}", slot.no), &format!("version {version}, {kind}"));
    if let Some(key) = &slot.opened_by {
        row(table, "    opened by", &name(key));
        row(table, "    made", &made(key));
    } else if !slot.tried.is_empty() {
        row(table, "    opened by", "no key that was tried");
    }
    if !slot.tried.is_empty() {
        row(table, "    tried", &tried(&slot.tried));
    }
    // A slot that nobody asked has nothing else to tell; the JSON has it all.
    let asked = slot.not_tried.iter().all(|left| left.why != NOT_ASKED);
    let told = |left: &&NotTried| left.why != SAME_KEY && (asked || left.why == NOT_ASKED);
    for left in slot.not_tried.iter().filter(told) {
        row(table, "    not tried", &not_tried(left));
    }
}

fn name(key: &Key) -> String {
    let public = if key.public { "; everybody knows it" } else { "" };
    format!("{}, version {}, {}{public}", Shown(&key.key), key.version, key.key_type)
}

fn made(key: &Key) -> String {
    let Some(scheme) = key.scheme else { return "undiversified".to_owned() };
    let mut made = scheme.to_owned();
    if !key.input.is_empty() {
        made += &format!(" of {}", Shown(key.input.join(", ")));
    }
    if let Some(order) = key.aid_order {
        made += &format!("; AID {}", order.replace('-', " "));
    }
    if let Some(order) = key.uid_order {
        made += &format!("; UID {}", order.replace('-', " "));
    }
    made
}

/// One line each, in order.
fn tried(all: &[Attempt]) -> String {
    let lines = all.iter().map(|attempt| {
        let outcome = if attempt.opened { "opened" } else { "refused" };
        let version = attempt.key.version;
        let name = Shown(&attempt.key.key);
        format!("{outcome}: {name} (version {version}), {}", made(&attempt.key))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many keys are named in a line.
const NAMED: usize = 6;

fn not_tried(left: &NotTried) -> String {
    let candidates = if left.candidates == 1 { "candidate" } else { "candidates" };
    let names = left.keys.iter().take(NAMED);
    let names: Vec<String> =
        names.map(|key| format!("{} ({})", Shown(&key.key), key.version)).collect();
    let more = left.keys.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{} {candidates}: {}: {}{more}", left.candidates, left.says, names.join(", "))
}
