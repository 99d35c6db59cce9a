// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents taken apart again: what was rendered is told by the names of the fields.

use super::*;

const FIELDS: &str = r#"
facility = { type = "uint", max = 255 }
number = { type = "uint", max = 65535 }
name = { type = "text", max_length = 8 }
until = { type = "date" }
guid = { type = "uuid" }
raw = { type = "hex", length = 2 }
"#;

const CONTENT: &str = r#"
    { bits = "h10301", facility = "facility", number = "number" },
    { uint = "number", bytes = 4, order = "little" },
    { text = "name", bytes = 8, charset = "latin-1", fill = "20" },
    { digits = "number", count = 6, form = "bcd" },
    { date = "until", form = "ascii:yyyymmdd" },
    { uuid = "guid", form = "guid" },
    { hex = "raw" },
    { constant = "hex:D00D" },
    { uid = "reversed" },
    { pad = "FF" },
"#;

const RECORD: &str = r#"{"id": "1", "facility": 7, "number": 4711, "name": "Zoë", "until": "2031-12-24", "guid": "00112233-4455-6677-8899-aabbccddeeff", "raw": "BEEF"}"#;

fn told(content: &Content, bytes: &[u8]) -> Vec<(String, String)> {
    let pair = |told: Told| (told.name, told.value.expose_secret().clone());
    content.read(bytes).into_iter().map(pair).collect()
}

#[test]
fn what_was_rendered_is_told_by_its_fields() {
    let profile = profile(FIELDS, "", 64, CONTENT);
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let mut bytes = hex::decode(rendered(&profile, RECORD)).unwrap();
    let seen = told(content, &bytes);
    let expected = [
        ("facility", "7"),
        ("number", "4711"),
        ("number", "4711"),
        ("name", "Zoë"),
        ("number", "004711"),
        ("until", "2031-12-24"),
        ("guid", "00112233-4455-6677-8899-aabbccddeeff"),
        ("raw", "BEEF"),
        ("UID", "04DEADBEEFFEED"),
    ];
    assert_eq!(seen, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    // A control character is shown, not obeyed; so is what stands for the profile's bytes.
    bytes[8] = 0x1B;
    bytes[63] = 0x00;
    let seen = told(content, &bytes);
    assert_eq!(seen[3], ("name".to_owned(), "1B6FEB2020202020".to_owned()));
    assert_eq!(seen.last().unwrap().0, "behind the content");
    // What was cut off is not made up.
    assert_eq!(told(content, &bytes[..8]).len(), 3);
    assert_eq!(told(content, &[]), []);
}

#[test]
fn a_checksum_is_right_or_wrong() {
    let fields = "number = { type = \"uint\", max = 65535 }";
    let profile = profile(
        fields,
        "",
        8,
        r#"{ uint = "number", bytes = 2, order = "big", name = "n" }, { checksum = "xor", over = ["n"] }, { pad = "00" }"#,
    );
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let mut bytes = hex::decode(rendered(&profile, r#"{"id": "1", "number": 4711}"#)).unwrap();
    assert_eq!(told(content, &bytes)[1].1, "75, right");
    bytes[2] ^= 1;
    assert_eq!(told(content, &bytes)[1].1, "74, wrong");
}
