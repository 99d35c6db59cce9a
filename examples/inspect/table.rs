// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was seen, for people: a table of two columns on a screen of 80.

use std::fmt;

use cardwright::shown::Shown;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr};

use super::seen::{
    Application, Card, Contents, Delegation, File, FileSettings, Key, Opens, Seen, Settings,
    UidForm,
};

/// What stands on the left.
const LEFT: usize = 20;

/// What is left of 80 columns, with two between.
const RIGHT: usize = 58;

/// Rows, each of one line or more.
#[derive(Default)]
pub(crate) struct Rows(Vec<(String, String)>);

impl Rows {
    pub(crate) fn add(&mut self, what: impl Into<String>, says: impl Into<String>) {
        self.0.push((what.into(), says.into()));
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, says) in &self.0 {
            let mut left = wrapped(what, LEFT).into_iter();
            let mut right = wrapped(says, RIGHT).into_iter();
            loop {
                match (left.next(), right.next()) {
                    (None, None) => break,
                    (what, None) => writeln!(f, "{}", what.unwrap_or_default())?,
                    (what, Some(says)) => {
                        let what = what.unwrap_or_default();
                        let room = LEFT.saturating_sub(what.width());
                        writeln!(f, "{what}{:room$}  {says}", "")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Lines of so many columns, broken between words where it can be. What stands in front of the
/// first word stands in front of all lines. What does not show itself is escaped first, which makes
/// it longer.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for given in text.lines() {
        let given = Shown(given).to_string();
        let indent = given.chars().take_while(|character| *character == ' ').count();
        let indent = " ".repeat(indent.min(width / 2));
        let mut line = indent.clone();
        let mut empty = true;
        for word in given.split_whitespace() {
            let mut word: Vec<char> = word.chars().collect();
            let space = usize::from(!empty);
            if !empty && line.width() + space + columns(&word) > width {
                lines.push(std::mem::replace(&mut line, indent.clone()));
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            while line.width() + columns(&word) > width {
                // At least one, or nothing ever fits.
                let fits = |end: &usize| {
                    word.get(..*end).is_some_and(|part| line.width() + columns(part) <= width)
                };
                let end = (1..=word.len()).take_while(fits).last().unwrap_or(1);
                line.extend(word.drain(..end));
                lines.push(std::mem::replace(&mut line, indent.clone()));
            }
            line.extend(word);
            empty = false;
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// How many columns of a terminal they take.
fn columns(word: &[char]) -> usize {
    word.iter().filter_map(|character| character.width()).sum()
}

/// The keys with which applications are delegated, and the slots that were asked for.
fn delegated(rows: &mut Rows, delegation: &Delegation) {
    for key in &delegation.keys {
        let version = said(&key.version, |version| format!("version {version}"));
        rows.add(format!("key {}", key.no), format!("{}, {version}", key.name));
    }
    for slot in &delegation.slots {
        let holds = said(&slot.holds, |holds| {
            let application = holds.application.as_ref();
            let application = application.map_or_else(
                || "no application any more".to_owned(),
                |aid| format!("application {aid}"),
            );
            format!(
                "{application}, version {}, a quota of {} blocks of 32 bytes, {} free",
                holds.version, holds.quota, holds.free
            )
        });
        rows.add(format!("slot {}", slot.slot), holds);
    }
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = Rows::default();
        rows.add("chip", chip(self));
        match (&self.hardware, &self.software, &self.version) {
            (Some(hardware), Some(software), _) => {
                rows.add("hardware", hardware);
                rows.add("software", software);
            }
            (_, _, version) => rows.add("version", said(version, |()| String::new())),
        }
        let (form, hidden) = match self.uid_form {
            UidForm::Own => ("UID", false),
            UidForm::Long => ("UID of 10 bytes", false),
            UidForm::Random => ("random UID", true),
            UidForm::Number => ("number of 4 bytes", self.desfire),
            UidForm::Nothing => ("UID", self.desfire),
        };
        rows.add(form, self.uid.as_deref().unwrap_or("no UID told"));
        match &self.real_uid {
            Some(real) if self.uid.as_ref() != Some(real) => rows.add("real UID", real),
            None if hidden => rows.add("real UID", "no key fetched it"),
            _ => {}
        }
        // Of another product what it does not say is nothing to tell.
        let tells = |closed: bool| self.desfire || !closed;
        let row = said(&self.originality, |found| found.says.clone());
        if tells(self.originality.is_closed()) {
            rows.add("originality", row);
        }
        if tells(self.free_memory.is_closed()) {
            rows.add("free memory", said(&self.free_memory, |bytes| format!("{bytes} bytes")));
        }
        if tells(self.settings.is_closed()) {
            rows.add("key settings", said(&self.settings, settings));
        }
        for key in &self.keys {
            if tells(key.version.is_closed()) {
                rows.add(format!("key {}", key.no), held(key));
            }
        }
        if let Some(delegation) = &self.delegation {
            delegated(&mut rows, delegation);
        }
        if !self.names.is_closed() && !matches!(self.names, Seen::Is(())) {
            rows.add("names", said(&self.names, |()| String::new()));
        }
        match self.applications.value() {
            Some(all) if all.is_empty() => rows.add("applications", "none"),
            Some(all) => all.iter().for_each(|one| application(&mut rows, one)),
            None if tells(self.applications.is_closed()) => {
                rows.add("applications", said(&self.applications, |_| String::new()));
            }
            None => {}
        }
        rows.fmt(f)
    }
}

impl<T> Seen<T> {
    const fn value(&self) -> Option<&T> {
        if let Self::Is(value) = self { Some(value) } else { None }
    }

    const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

fn chip(card: &Card) -> String {
    match card.capacity {
        None => card.product.clone(),
        Some(bytes @ 0..1024) => format!("{}: {}, {bytes} bytes", card.chip, card.product),
        Some(bytes) => format!("{}: {}, {} Kbytes", card.chip, card.product, bytes / 1024),
    }
}

fn application(rows: &mut Rows, seen: &Application) {
    let names = [("ISO identifier", &seen.iso_id), ("name", &seen.df_name)];
    let names = names.map(|(what, name)| name.as_ref().map(|name| format!("{what} {name}")));
    let mut says: Vec<_> = names.into_iter().flatten().collect();
    let selected = matches!(seen.selected, Seen::Is(()));
    if !selected {
        says.push(said(&seen.selected, |()| String::new()));
    }
    rows.add(format!("application {}", seen.aid), says.join(", "));
    if !selected {
        return;
    }
    rows.add("  key settings", said(&seen.settings, settings));
    for key in &seen.keys {
        rows.add(format!("  key {}", key.no), held(key));
    }
    if let Some(sets) = &seen.key_sets {
        let versions = |all: &Vec<u8>| {
            let all: Vec<_> = all.iter().map(ToString::to_string).collect();
            format!("versions {}", all.join(", "))
        };
        rows.add("  key sets", said(sets, versions));
    }
    match seen.files.value() {
        Some(all) if all.is_empty() => rows.add("  files", "none"),
        Some(all) => all.iter().for_each(|one| file(rows, one)),
        None => rows.add("  files", said(&seen.files, |_| String::new())),
    }
}

fn file(rows: &mut Rows, seen: &File) {
    rows.add(format!("  file {}", seen.no), said(&seen.settings, file_settings));
    if let Seen::Is(settings) = &seen.settings {
        further(rows, settings);
    }
    match seen.contents.value() {
        Some(Contents::Value { value, .. }) => rows.add("    value", value.to_string()),
        Some(Contents::Data { hex, .. }) => rows.add("    contents", lines(hex)),
        Some(Contents::Records { hex, .. }) => {
            for (at, record) in hex.iter().enumerate() {
                rows.add(format!("    record {at}"), lines(record));
            }
        }
        None => rows.add("    contents", said(&seen.contents, |_| String::new())),
    }
    for field in &seen.fields {
        let (name, value) = (Shown(&field.name), Shown(&field.value));
        rows.add(format!("      {name}"), value.to_string());
    }
}

fn file_settings(settings: &FileSettings) -> String {
    format!(
        "{}, {}, {}; read {}, write {}, both {}, change {}",
        settings.kind,
        settings.extent,
        settings.mode,
        settings.read,
        settings.write,
        settings.read_write,
        settings.change
    )
}

/// What only later generations have.
fn further(rows: &mut Rows, settings: &FileSettings) {
    for (at, set) in settings.further_rights.iter().enumerate() {
        let says = format!("read {}, write {}, both {}", set.read, set.write, set.read_write);
        rows.add(format!("    rights {}", at + 2), says);
    }
    if let Some(dynamic) = &settings.dynamic {
        rows.add("    SDM", dynamic);
    }
    if let Some(limit) = settings.transaction_limit {
        rows.add("    limit", format!("{limit} transactions"));
    }
    if let Some(bits) = &settings.unknown_option {
        let option = &settings.option;
        rows.add("    option", format!("{option}, of which {bits} says nothing known"));
    }
    if let Some(rest) = &settings.unread {
        rows.add("    not read", lines(rest));
    }
}

fn said<T>(seen: &Seen<T>, show: impl FnOnce(&T) -> String) -> String {
    match seen {
        Seen::Is(value) => show(value),
        Seen::Closed(why) | Seen::Gone(why) => why.clone(),
        Seen::Lost(why) => format!("lost: {why}"),
        Seen::Odd { why, bytes } if bytes.is_empty() => format!("{why}; no bytes came"),
        Seen::Odd { why, bytes } => format!("{why}\n{}", lines(bytes)),
    }
}

fn held(key: &Key) -> String {
    let opens = match key.opens {
        Opens::Yes => ", opened",
        Opens::No => ", another key than the given one",
        Opens::NotTried => "",
    };
    said(&key.version, |version| format!("version {version}{opens}"))
}

fn settings(seen: &Settings) -> String {
    let yes_no = |yes| if yes { "" } else { "not " };
    let mut says = format!(
        "{}: {} {} keys, changed with {}; master key {}changeable, settings {}changeable, listing \
         {}free, creating {}free",
        seen.byte,
        seen.keys,
        seen.key_type,
        seen.change_keys_with,
        yes_no(seen.key_changeable),
        yes_no(seen.settings_changeable),
        yes_no(seen.free_list),
        yes_no(seen.free_create),
    );
    if seen.iso_file_ids {
        says += "; files have ISO identifiers";
    }
    if let Some(third) = &seen.third {
        says += &format!("; third byte {third}");
    }
    if let Some(sets) = &seen.key_sets {
        says += &format!("; {sets}");
    }
    says
}

/// 28 bytes a line.
fn lines(hex: &str) -> String {
    let digits: Vec<char> = hex.chars().collect();
    let lines: Vec<String> = digits.chunks(56).map(|line| line.iter().collect()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_no_wider_than_the_screen() {
        let mut rows = Rows::default();
        rows.add("\u{202E}".repeat(30), "\u{1B}[2J".repeat(40));
        let shown = rows.to_string();
        assert!(shown.contains("\\u{202e}") && shown.contains("\\u{1b}[2J"), "{shown}");
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        assert!(shown.chars().all(|sign| sign == '\n' || !sign.is_control()), "{shown}");
    }

    #[test]
    fn a_character_of_two_columns_counts_as_two() {
        let mut rows = Rows::default();
        rows.add("名前", "門".repeat(40));
        let shown = rows.to_string();
        let widths: Vec<usize> = shown.lines().map(UnicodeWidthStr::width).collect();
        assert_eq!(widths, [80, LEFT + 2 + 22], "{shown}");
    }
}
