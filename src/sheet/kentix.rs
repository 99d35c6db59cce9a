// SPDX-License-Identifier: MIT OR Apache-2.0
//! The JSON that KentixONE takes where *RFID encryption* is *Custom*.
//!
//! Source: Kentix Docs, "What encryption types are available and how do I create custom encryptions?"
//! (docs.kentix.com/kentixone/en/guides/first-steps/rfid-encryption) and "Configuration: Security", which
//! have one example: `app_id`, `file_number`, `file_offset`, `file_length`, `file_type`, `auth_method`,
//! `des_key`, `key_number`, and under `card.data` names with `position_start`, `position_end` and
//! `encoding`. Read from that example: positions are bits, the first of which is 1, and the AID is written
//! most significant byte first. What the numbers of `file_type` (1 there) and `auth_method` (2 there) stand
//! for is on neither page, nor another word than `hexadecimal` for `encoding`: these are left to fill in.

use serde::Serialize;
use serde_json::Value;

use super::{Sheet, SheetApplication, SheetFile};
use crate::profile::Role;

/// One configuration, and what is to be done before it is uploaded.
#[derive(Serialize)]
pub(super) struct Configuration {
    /// The file to upload, once its empty entries are filled in.
    upload: Upload,
    /// What is left to do, and what it cannot say.
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Upload {
    mifare_desfire: Desfire,
}

#[derive(Serialize)]
struct Desfire {
    app_id: String,
    file_number: u8,
    file_offset: u32,
    file_length: u32,
    /// Not published which.
    file_type: Value,
    /// Not published which.
    auth_method: Value,
    /// Never in a sheet.
    des_key: Value,
    key_number: u8,
    card: Card,
}

#[derive(Serialize)]
struct Card {
    data: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    position_start: usize,
    position_end: usize,
    encoding: &'static str,
}

impl Sheet {
    /// A configuration for each data file that a key reads.
    pub(super) fn kentix(&self) -> Vec<Configuration> {
        let files = self.applications.iter().flat_map(|application| {
            let files = application.files.iter();
            files.filter_map(move |file| configuration(application, file))
        });
        files.collect()
    }
}

fn configuration(application: &SheetApplication, file: &SheetFile) -> Option<Configuration> {
    let number = *file.reads_with.first()?;
    if !matches!(file.kind.as_str(), "standard" | "backup") {
        return None;
    }
    let key = application.keys.iter().find(|key| key.number == number)?;
    let told = key.check.as_deref().unwrap_or("check value not known");
    let mut remarks = vec![
        format!("des_key: enter `{}` ({}, {told}) as 0x and its digits", key.name, key.key_type),
        format!("auth_method: the number that Kentix has for {}", key.key_type),
        format!("file_type: the number that Kentix has for communication {}", file.mode),
    ];
    if let Some(made) = &key.diversification {
        remarks.push(format!(
            "key {number} is another one on each card ({}): no entry says how it is made, so ask whether \
             Kentix reads such cards",
            made.scheme
        ));
    }
    let mut data = Vec::new();
    for part in file.parts.iter().filter(|part| part.place.role == Role::Field) {
        let (bits, name) = (&part.place.bits, &part.place.name);
        let (Some(first), Some(last)) = (bits.first(), bits.last()) else { continue };
        if let Some(needs) = part.place.needs() {
            remarks.push(format!("`{name}` is left out: {needs}"));
            continue;
        }
        if !bits.iter().copied().eq(*first..=*last) {
            let bits = part.place.ranges();
            remarks.push(format!(
                "`{name}` is left out: its bits {bits} are not one behind the other"
            ));
            continue;
        }
        let [position_start, position_end] = [first, last].map(|bit| bit.saturating_add(1));
        let encoding = "hexadecimal";
        data.push(Entry { name: name.clone(), position_start, position_end, encoding });
    }
    let desfire = Desfire {
        app_id: format!("0x{}", application.aid.to_lowercase()),
        file_number: file.number,
        file_offset: 0,
        file_length: file.size,
        file_type: Value::Null,
        auth_method: Value::Null,
        des_key: Value::Null,
        key_number: number,
        card: Card { data },
    };
    Some(Configuration { upload: Upload { mifare_desfire: desfire }, remarks })
}
