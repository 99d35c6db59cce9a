// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was seen, for people.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};

use crate::seen::{Application, Card, Contents, File, Key, Opens, Seen, Settings};

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::UTF8_BORDERS_ONLY);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.add_row(["chip", &self.chip]);
        table.add_row(["hardware", &self.hardware]);
        table.add_row(["software", &self.software]);
        let uid = if self.random_uid { "random UID" } else { "UID" };
        table.add_row([uid, &self.uid]);
        if self.random_uid {
            table.add_row(["real UID", self.real_uid.as_deref().unwrap_or("no key fetched it")]);
        }
        table.add_row(["originality", &said(&self.originality, |found| found.says.clone())]);
        table.add_row(["free memory", &said(&self.free_memory, |bytes| format!("{bytes} bytes"))]);
        table.add_row(["key settings", &said(&self.settings, settings)]);
        for key in &self.keys {
            table.add_row([format!("key {}", key.no), held(key)]);
        }
        match &self.applications {
            Seen::Closed(why) => {
                table.add_row(["applications", why]);
            }
            Seen::Is(all) if all.is_empty() => {
                table.add_row(["applications", "none"]);
            }
            Seen::Is(all) => all.iter().for_each(|one| application(&mut table, one)),
        }
        writeln!(f, "{table}")
    }
}

fn application(table: &mut Table, seen: &Application) {
    let names = [("ISO identifier", &seen.iso_id), ("name", &seen.df_name)];
    let names = names.map(|(what, name)| name.as_ref().map(|name| format!("{what} {name}")));
    let names: Vec<_> = names.into_iter().flatten().collect();
    table.add_row([format!("application {}", seen.aid), names.join(", ")]);
    table.add_row(["  key settings", &said(&seen.settings, settings)]);
    for key in &seen.keys {
        table.add_row([format!("  key {}", key.no), held(key)]);
    }
    match &seen.files {
        Seen::Closed(why) => {
            table.add_row(["  files", why]);
        }
        Seen::Is(all) if all.is_empty() => {
            table.add_row(["  files", "none"]);
        }
        Seen::Is(all) => all.iter().for_each(|one| file(table, one)),
    }
}

fn file(table: &mut Table, seen: &File) {
    let settings = said(&seen.settings, |settings| {
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
    });
    table.add_row([format!("  file {}", seen.no), settings]);
    match &seen.contents {
        Seen::Closed(why) => {
            table.add_row(["    contents", why]);
        }
        Seen::Is(Contents::Value { value, .. }) => {
            table.add_row(["    value", &value.to_string()]);
        }
        Seen::Is(Contents::Data { hex, .. }) => {
            table.add_row(["    contents", &lines(hex)]);
        }
        Seen::Is(Contents::Records { hex, .. }) => {
            for (at, record) in hex.iter().enumerate() {
                table.add_row([format!("    record {at}"), lines(record)]);
            }
        }
    }
}

fn said<T>(seen: &Seen<T>, show: impl FnOnce(&T) -> String) -> String {
    match seen {
        Seen::Is(value) => show(value),
        Seen::Closed(why) => why.clone(),
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
    format!(
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
    )
}

/// 32 bytes a line.
fn lines(hex: &str) -> String {
    let digits: Vec<char> = hex.chars().collect();
    let lines: Vec<String> = digits.chunks(64).map(|line| line.iter().collect()).collect();
    lines.join("\n")
}
