// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet for people: plain lines, each by itself.

use crate::profile::{Coding, Role, Share, Turned};
use crate::shown::Shown;

use super::files::Steps;
use super::{
    Diversification, ForeignKey, FormerKey, InputBytes, Part, Sheet, SheetApplication, SheetFile,
    SheetKey, Told, UidKey, WrittenSteps,
};

impl Sheet {
    /// The sheet as lines of text.
    pub(super) fn text(&self) -> String {
        let messaging: Vec<String> = self.messaging.iter().map(ToString::to_string).collect();
        let mut lines = Lines::default();
        lines.add(0, "profile", &self.profile);
        lines.add(0, "chips", &self.chips.join(", "));
        lines.add(0, "messaging", &format!("{}, in order of preference", messaging.join(", ")));
        if !self.uid_keys.is_empty() {
            let key = |key: &UidKey| format!("key {} of {}, {}", key.number, key.aid, key.name);
            let keys: Vec<String> = self.uid_keys.iter().map(key).collect();
            let shown =
                if self.random_uid { "random" } else { "a number of 4 bytes in place of it" };
            let how = "the real one is fetched (GetCardUID 51) in a session of";
            lines.add(0, "UID", &format!("{shown}: {how} {}", keys.join(", or ")));
        }
        lines.add(0, "example UID", self.uid.expose());
        for application in &self.applications {
            application.add(&mut lines);
        }
        lines.0
    }
}

impl SheetApplication {
    fn add(&self, lines: &mut Lines) {
        lines.0.push('\n');
        let orders = format!("{} as written, {} as sent", self.aid, self.aid_wire);
        lines.add(0, "application", &orders);
        for (what, name) in [("ISO identifier", &self.iso_id), ("ISO name", &self.df_name)] {
            if let Some(name) = name {
                lines.add(1, what, name);
            }
        }
        self.keys.iter().for_each(|key| key.add(lines));
        if let Some(sets) = &self.key_sets {
            sets.add(lines);
        }
        for ForeignKey { number, issuer } in &self.foreign {
            lines.add(1, &format!("key {number}"), &format!("{issuer}'s, another issuer's"));
        }
        self.files.iter().for_each(|file| file.add(lines));
    }
}

impl SheetKey {
    fn add(&self, lines: &mut Lines) {
        let Self { number, name, key_type, version, .. } = self;
        let commands = self.authenticate.join(" or ");
        lines.add(
            1,
            &format!("key {number}"),
            &format!("{name}, {key_type}, version {version}, authenticate with {commands}"),
        );
        let none = "not known: no key store was at hand";
        lines.add(2, "check value", self.check.as_deref().unwrap_or(none));
        match &self.diversification {
            Some(made) => made.add(lines),
            None => lines.add(2, "card key", "the same on every card, not diversified"),
        }
        if let Some(check) = &self.card_key_check {
            lines.add(2, "its check value", check);
        }
        if let Some(FormerKey { version, check, card_key_check }) = &self.former {
            let says =
                format!("version {version}, check value {}", check.as_deref().unwrap_or(none));
            lines.add(2, "before", &says);
            if let Some(check) = card_key_check {
                lines.add(3, "its card key's", check);
            }
        }
    }
}

impl Diversification {
    fn add(&self, lines: &mut Lines) {
        lines.add(2, "card key", &format!("{} ({})", self.scheme, self.source));
        self.parts.iter().for_each(|part| part.add(lines));
        if let Some(input) = &self.input {
            lines.add(3, "input", input.expose());
        }
        if let Some(WrittenSteps { messages, padding, length, cipher, cut }) = &self.written {
            for message in messages {
                lines.add(3, "message", "of");
                message.iter().for_each(|part| part.add(lines));
            }
            let length = length.map_or_else(String::new, |length| format!(" to {length} bytes"));
            lines.add(3, "then", &format!("padding {padding}{length}, {cipher}"));
            for (from, to) in cut {
                lines.add(3, "cut", &format!("bytes {from} up to before {to}"));
            }
        }
        for message in &self.messages {
            let masked = &message.last_block_masked_with;
            let padded = message.padded.expose();
            lines.add(3, "message", &format!("{padded}, last block XOR {masked}, then CBC-MAC"));
        }
    }
}

impl InputBytes {
    fn add(&self, lines: &mut Lines) {
        let unknown = "of the record, which the sheet has not got";
        lines.add(3, &self.part, self.bytes.as_ref().map_or(unknown, Told::expose));
    }
}

impl SheetFile {
    fn add(&self, lines: &mut Lines) {
        let mut size = format!("{} bytes", self.size);
        if let Some(most) = self.max_records {
            size = format!("up to {most} records of {size}");
        }
        let says = format!("{}, {size}, communication {}", self.kind, self.mode);
        lines.add(1, &format!("file {}", self.number), &says);
        if let Some(id) = &self.iso_id {
            lines.add(2, "ISO identifier", id);
        }
        let keys: Vec<String> =
            self.reads_with.iter().map(|number| format!("key {number}")).collect();
        let read_by = match (self.free, keys.as_slice()) {
            (true, _) => "anybody, without authentication".to_owned(),
            (false, []) => "nobody".to_owned(),
            (false, keys) => keys.join(" or "),
        };
        lines.add(2, "read by", &read_by);
        if let Some(example) = &self.example {
            lines.add(2, "example", example.expose());
        }
        self.parts.iter().for_each(|part| part.add(lines));
    }
}

impl Part {
    fn add(&self, lines: &mut Lines) {
        let Self { offset, length, place, .. } = self;
        let record = self.record.map_or_else(String::new, |record| format!(" of record {record}"));
        let bytes = if *length == 1 { "byte" } else { "bytes" };
        let format = place.format.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
        let head = format!("offset {offset}, {length} {bytes}{record}, bits {}", place.ranges());
        lines.add(2, &format!("{}{format}", place.name), &head);
        lines.add(3, "as", &self.how());
        if let Some(Steps { bytes, bits, value }) = self.example.as_ref().filter(|_| self.is_told())
        {
            let (bytes, bits) = (bytes.expose(), bits.expose());
            lines.add(3, "example", &format!("{bytes} -> {bits} -> {}", value.expose()));
        }
    }

    /// Whether the example is worth its line: what stands there is not the same on every card.
    const fn is_told(&self) -> bool {
        matches!(self.place.role, Role::Field | Role::Uid | Role::Check | Role::Piece)
    }

    /// How its bits are a value, in words.
    fn how(&self) -> String {
        let place = &self.place;
        let coding = match place.coding {
            Coding::Binary => {
                "a binary number, most significant bit first in the order of its bits"
            }
            Coding::DecimalNibbles => "decimal digits of four bits, F for none",
            Coding::Characters => "characters of ASCII",
            Coding::Text => "text",
            Coding::Bits => "bits",
            Coding::Bytes => "bytes",
            Coding::Uuid => "a UUID in the order in which it is written",
        };
        let mut words = vec![coding.to_owned()];
        if let Some(Share { before, of }) = place.piece {
            words.push(format!("a piece of {of} bits that has {before} of them before it"));
        }
        words.extend(
            place.least.map(|least| format!("as long as its value, at least {least} bits")),
        );
        words.extend(place.moves.then(|| "earlier by what is shorter before it".to_owned()));
        let side = if place.right { "in front" } else { "behind" };
        words.extend(place.charset.as_ref().map(|charset| format!("in {charset}")));
        words.extend(place.fill.as_ref().map(|fill| format!("filled up with {fill} {side}")));
        words.extend(place.pattern.as_ref().map(|pattern| format!("a date's {pattern}")));
        let unit = place.unit.as_ref().map_or_else(String::new, |unit| format!("{unit} "));
        words.extend(place.since.as_ref().map(|since| format!("{unit}counted from {since}")));
        words.extend(place.signed.then(|| "two's complement".to_owned()));
        words.extend((place.add != 0).then(|| format!("{} added to it", place.add)));
        words.extend(place.turned.iter().map(turned));
        words.extend(place.between.as_ref().map(|with| format!("{with:?} between two fields")));
        words.extend(place.constant.as_ref().map(|value| format!("{value} on every card")));
        if let Some(rule) = place.rule.as_ref().filter(|_| place.role == Role::Made) {
            words.push(format!("made by {rule}"));
        } else if let Some(rule) = &place.rule {
            let over = match place.over.is_empty() {
                true => "what is not all here".to_owned(),
                false => format!("bits {}", place.over_ranges()),
            };
            words.push(format!("{rule} over {over}"));
        }
        words.join(", ")
    }
}

/// What was done to bytes, in words.
fn turned(turned: &Turned) -> String {
    let Turned { offset, length, .. } = turned;
    let back = if turned.can_go_back() { "undo first" } else { "no way back" };
    let steps = turned.names().join(", then ");
    format!("{steps} of {length} bytes from {offset} on ({back})")
}

/// Lines of a name and what is said of it.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn add(&mut self, depth: usize, name: &str, says: &str) {
        let name = format!("{}{}", "  ".repeat(depth), Shown(name));
        self.0 += &format!("{name:WIDTH$}  {}\n", Shown(says));
    }
}

/// How wide the names are.
const WIDTH: usize = 24;
