// SPDX-License-Identifier: MIT OR Apache-2.0
//! The values of a BALTECH configuration that reads the card.
//!
//! Source: BALTECH Docs, configuration reference, `VhlCfg/File` (docs.baltech.de/refman/cfg/vhlcfg/file/):
//! `DesfireAid` (0x0300/0x38), `DesfireFileDesc` (0x0300/0x3A), `DesfireKeyList` (0x0300/0xB9),
//! `DesfireCardUidKeyIdx` and `DesfireDiversificationData` (0x0300/0x5B); the enumerations of
//! `brp_DesfireFileDescription`; "VHL.Setup examples" for key number 14, which is no authentication; and
//! "Card structure of a MIFARE DESFire card" for the words of `ConfigEditor`: *PCN start position*, *PCN length*.
//! AIDs are written most significant byte first, padded to 32 bits; read keys are indices from 0xC0 into
//! `DesfireKeyList`. The rules of BALTECH's data converter, by which it makes a diversification input, are
//! not on these pages: the input is written out instead.

use serde::Serialize;

use super::{Part, Sheet, SheetApplication, SheetFile, SheetKey};
use crate::profile::{Coding, Role};

/// A VHL file: BALTECH's name for what is read of one application.
#[derive(Serialize)]
pub(super) struct Vhl {
    #[serde(rename = "VhlCfg/File/DesfireAid")]
    aid: String,
    #[serde(rename = "VhlCfg/File/DesfireFileDesc")]
    files: Vec<Description>,
    #[serde(rename = "VhlCfg/File/DesfireKeyList")]
    keys: Vec<Key>,
    #[serde(rename = "VhlCfg/File/DesfireRandomIdKey", skip_serializing_if = "Option::is_none")]
    random_id: Option<RandomId>,
    /// What is read, by the words of `ConfigEditor`.
    #[serde(rename = "Autoread MIFARE DESFire Number in File")]
    numbers: Vec<Number>,
    /// What is not said by the values.
    remarks: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Description {
    file_no: u8,
    file_communication_security: &'static str,
    file_type: &'static str,
    read_key_no: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_key_idx: Option<String>,
    offset: usize,
    length: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    /// Its index for `ReadKeyIdx`.
    index: String,
    algorithm: &'static str,
    version: u8,
    diversification_mode: &'static str,
    /// In place of the key, which is entered there.
    key: String,
    /// What the data converter has to make of the example's UID.
    #[serde(skip_serializing_if = "Option::is_none")]
    diversification_input: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RandomId {
    read_id_key_no: u8,
    read_id_key_idx: String,
}

#[derive(Serialize)]
struct Number {
    field: String,
    #[serde(rename = "AID")]
    aid: String,
    #[serde(rename = "File number")]
    file: u8,
    #[serde(rename = "PCN start position")]
    start: usize,
    #[serde(rename = "PCN length")]
    length: usize,
    #[serde(rename = "Encoding")]
    encoding: &'static str,
}

/// Read without authentication.
const FREE: u8 = 14;

impl Sheet {
    /// A VHL file for each application.
    pub(super) fn baltech(&self) -> Vec<Vhl> {
        self.applications.iter().map(|application| vhl(self, application)).collect()
    }
}

fn vhl(sheet: &Sheet, application: &SheetApplication) -> Vhl {
    let mut remarks = Vec::new();
    let files = application.files.iter().filter(|file| file.free || !file.reads_with.is_empty());
    let (taken, others): (Vec<_>, Vec<_>) =
        files.partition(|file| matches!(file.kind.as_str(), "standard" | "backup"));
    for file in others {
        let SheetFile { number, kind, .. } = file;
        remarks.push(format!(
            "file {number} ({kind}) is left out: VHL reads standard and backup files"
        ));
    }
    let keys: Vec<Key> =
        (0..).zip(&application.keys).map(|(at, key)| listed(at, key, &mut remarks)).collect();
    let index_of = |number: u8| {
        let at = application.keys.iter().position(|key| key.number == number)?;
        Some(index(at))
    };
    let random_id = application.keys.iter().find(|key| !key.needs_uid);
    let random_id = random_id.filter(|_| sheet.random_uid).and_then(|key| {
        Some(RandomId { read_id_key_no: key.number, read_id_key_idx: index_of(key.number)? })
    });
    let files: Vec<Description> = taken.iter().map(|file| described(file, index_of)).collect();
    let numbers = taken.iter().flat_map(|file| {
        let parts = file.parts.iter().filter(|part| part.place.role == Role::Field);
        let parts: Vec<Number> =
            parts.filter_map(|part| Number::new(application, file, part, &mut remarks)).collect();
        parts
    });
    let numbers = numbers.collect();
    Vhl { aid: format!("0x00{}", application.aid), files, keys, random_id, numbers, remarks }
}

/// The index of a key in the list.
fn index(at: usize) -> String {
    format!("0x{:02X}", 0xC0_usize.saturating_add(at))
}

fn listed(at: usize, key: &SheetKey, remarks: &mut Vec<String>) -> Key {
    let made = key.diversification.as_ref();
    let is_an10922 = made.is_some_and(|made| made.scheme == "an10922");
    if let Some(made) = made.filter(|_| !is_an10922) {
        let (number, scheme) = (key.number, &made.scheme);
        remarks.push(format!("key {number} is made by {scheme}, which DiversificationMode lacks"));
    }
    let told = key.check.as_deref().unwrap_or("check value not known");
    Key {
        index: index(at),
        algorithm: match key.key_type.as_str() {
            "2k3des" => "TripleDES",
            "3k3des" => "3K3DES",
            _ => "AES",
        },
        version: key.version,
        diversification_mode: match (made, is_an10922) {
            (None, _) => "NoDiversification",
            (Some(_), true) => "ModeAv2",
            (Some(_), false) => "",
        },
        key: format!("enter `{}` here ({told})", key.name),
        diversification_input: made
            .and_then(|made| made.input.as_ref())
            .map(|input| input.expose().to_owned()),
    }
}

fn described(file: &SheetFile, index_of: impl Fn(u8) -> Option<String>) -> Description {
    let key = file.reads_with.first().copied().filter(|_| !file.free);
    Description {
        file_no: file.number,
        file_communication_security: match file.mode.as_str() {
            "plain" => "Plain",
            "mac" => "Mac",
            _ => "Encrypted",
        },
        file_type: if file.kind == "backup" { "Backup" } else { "Standard" },
        read_key_no: key.unwrap_or(FREE),
        read_key_idx: key.and_then(index_of),
        offset: 0,
        length: file.size,
    }
}

impl Number {
    /// What stands in whole bytes in their order; the rest is a remark.
    fn new(
        application: &SheetApplication,
        file: &SheetFile,
        part: &Part,
        remarks: &mut Vec<String>,
    ) -> Option<Self> {
        let Part { offset, length, place, .. } = part;
        let whole = offset.saturating_mul(8)..offset.saturating_add(*length).saturating_mul(8);
        if let Some(needs) = place.needs() {
            let (name, number) = (&place.name, file.number);
            remarks.push(format!("`{name}` of file {number} is left out: {needs}"));
            return None;
        }
        if !place.bits.iter().copied().eq(whole) {
            let (name, number, bits) = (&place.name, file.number, place.ranges());
            remarks.push(format!(
                "`{name}` is bits {bits} of file {number}: read its bytes from {offset} on, {length} of \
                 them, and take the bits out of them"
            ));
            return None;
        }
        Some(Self {
            field: place.name.clone(),
            aid: application.aid.clone(),
            file: file.number,
            start: *offset,
            length: *length,
            encoding: match place.coding {
                Coding::DecimalNibbles => "BCD",
                Coding::Characters | Coding::Text => "ASCII",
                Coding::Binary | Coding::Bits | Coding::Bytes | Coding::Uuid => "Binary",
            },
        })
    }
}
