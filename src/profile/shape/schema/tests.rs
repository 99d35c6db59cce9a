// SPDX-License-Identifier: MIT OR Apache-2.0
//! That the schema's entries of each kind are those that the checker asks for.

use std::collections::BTreeSet;

use super::part;
use crate::profile::Profile;
use crate::profile::content::ROWS;

/// Parts of every kind; together those of a kind ask for all of its entries.
const PARTS: &[(&str, &str)] = &[
    ("bits", r#"bits = "h10301", facility = 1, number = 2"#),
    ("raw", r#"raw = "b""#),
    ("uint", r#"uint = "n", bytes = 8, order = "big""#),
    ("int", r#"int = "n", bytes = 8, order = "big""#),
    ("text", r#"text = "t", bytes = 8"#),
    ("text", r#"text = ["t", "t"], bytes = 12, with = "-""#),
    ("hex", r#"hex = "h""#),
    ("digits", r#"digits = "t", count = 8"#),
    ("digits", r#"digits = "n", count = 8"#),
    ("date", r#"date = "d", form = "bcd:yyyymmdd""#),
    ("date", r#"date = "d", form = "days:2000-01-01", bytes = 4, order = "big""#),
    ("uuid", r#"uuid = "u""#),
    ("uid", r#"uid = "written""#),
    ("pack", r#"pack = [{ uint = "n", width = 20 }]"#),
    ("checksum", r#"checksum = "CRC-16/IBM-3740", over = ["first"], order = "big""#),
    ("tlv", r#"tlv = "5A", parts = []"#),
    ("item", r#"item = "badge""#),
    ("copy", r#"copy = ["first"]"#),
    ("length", r#"length = ["first"], bytes = 2, order = "big""#),
    ("ndef", r#"ndef = [{ uri = ["https://example.com"] }]"#),
    ("digest", r#"digest = "sha-256", over = ["first"]"#),
    ("mac", r#"mac = "aes-cmac", over = ["first"], key = "seal""#),
    ("cipher", r#"cipher = "aes-cbc", item = "badge", key = "seal""#),
    ("mirror", r#"mirror = "picc""#),
    ("random", r#"random = 4"#),
    ("hook", r#"hook = "signature", bytes = 4"#),
    ("constant", r#"constant = "hex:00""#),
    ("pad", r#"pad = "00""#),
];

/// Entries that a bit format has by its fields.
const OF_FORMATS: [&str; 2] = ["facility", "number"];

fn profile(part: &str) -> String {
    format!(
        r#"
[profile]
name = "parts"
chips = ["ev1"]
[transport]
picc = ["factory"]
[keys]
picc = {{ ref = "picc", version = 1 }}
seal = {{ ref = "seal", version = 1 }}
[card]
master_key = "picc"
[fields]
n = {{ type = "uint", max = 99999, class = "technical" }}
t = {{ type = "text", max_length = 5, class = "technical" }}
h = {{ type = "hex", length = 5, class = "technical" }}
d = {{ type = "date", class = "technical" }}
u = {{ type = "uuid", class = "technical" }}
b = {{ type = "bits", length = 26, class = "technical" }}
[[item]]
name = "badge"
content = [{{ constant = "hex:0102" }}]
[[application]]
aid = "F48120"
keys = ["picc"]
[[application.file]]
no = 1
type = "standard"
mode = "full"
read_write = "picc"
size = 64
content = [{{ constant = "hex:01", name = "first" }}, {{ {part}, at = 8, name = "this", zzzzzzzz = 1 }}]
"#
    )
}

/// The words in quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

#[test]
fn the_schema_has_the_entries_that_the_check_asks_for() {
    for kind in ROWS.iter().map(|row| row.name) {
        let mut asked = BTreeSet::new();
        for (_, part) in PARTS.iter().filter(|(known, _)| *known == kind) {
            let error = Profile::parse(&profile(part)).unwrap_err();
            assert!(error.problem().contains("has no entry \"zzzzzzzz\""), "{error}\n{part}");
            asked.extend(quoted(error.instead()).map(str::to_owned));
        }
        asked.retain(|name| !OF_FORMATS.contains(&name.as_str()));
        let told = part::names(kind).unwrap_or_default();
        let told: BTreeSet<String> = told.into_iter().map(str::to_owned).collect();
        assert_eq!(told, asked, "{kind}");
    }
}

/// The check names the kinds of a number where none is given.
#[test]
fn the_schema_has_every_number_of_a_few_bits() {
    let error = Profile::parse(&profile("pack = [{ width = 3 }]")).unwrap_err();
    let asked: BTreeSet<&str> = quoted(error.instead()).collect();
    assert!(asked.len() > 8, "{error}");
    let slots = part::slots();
    let kind = |slot: &serde_json::Value| slot["required"][0].as_str().unwrap().to_owned();
    let told: Vec<String> = slots["anyOf"].as_array().unwrap().iter().map(kind).collect();
    assert_eq!(told.iter().map(String::as_str).collect::<BTreeSet<_>>(), asked);
    let date = slots["anyOf"].as_array().unwrap().iter().find(|slot| kind(slot) == "date").unwrap();
    let form = date["properties"]["form"]["const"].as_str().unwrap();
    // What is wrong is what nothing uses: the content was read.
    let text = profile(&format!("pack = [{{ date = \"d\", form = {form:?}, width = 30 }}]"));
    let error = Profile::parse(&text.replace(", zzzzzzzz = 1", "")).unwrap_err();
    assert_eq!(error.code().name(), "profile-unused");
}
