// SPDX-License-Identifier: MIT OR Apache-2.0
//! Personal fields where anyone may read: in parts of every kind, wherever these stand.

use super::*;

/// The type of a field, and a part that it stands in.
const PARTS: [(&str, &str); 17] = [
    ("\"int\", min = -9, max = 9", "{ int = \"name\", bytes = 1 }"),
    ("\"int\", min = -4, max = 3", "{ pack = [{ int = \"name\", width = 3 }] }"),
    ("\"datetime\"", "{ date = \"name\", form = \"bcd:HHMM\" }"),
    ("\"datetime\"", "{ pack = [{ seconds = \"name\", since = \"2000-01-01\", width = 40 }] }"),
    ("\"uint\", max = 255", "{ bits = \"h10301\", facility = \"name\", number = \"number\" }"),
    ("\"uint\", max = 65535", "{ bits = \"h10301\", facility = \"facility\", number = \"name\" }"),
    ("\"bits\", length = 9", "{ raw = \"name\" }"),
    ("\"uint\", max = 9", "{ uint = \"name\", bytes = 1 }"),
    ("\"text\", max_length = 8", "{ text = \"name\", bytes = 8 }"),
    ("\"hex\", length = 4", "{ hex = \"name\" }"),
    ("\"uuid\"", "{ uuid = \"name\" }"),
    ("\"text\", max_length = 8", "{ digits = \"name\", count = 8 }"),
    ("\"date\"", "{ date = \"name\", form = \"bcd:yyyymmdd\" }"),
    (
        "\"uint\", max = 7",
        "{ pack = [{ constant = 1, width = 5 }, { uint = \"name\", width = 3 }] }",
    ),
    ("\"date\"", "{ pack = [{ year = \"name\", since = 0, width = 16 }] }"),
    ("\"date\"", "{ pack = [{ month = \"name\", width = 4 }] }"),
    ("\"date\"", "{ pack = [{ day = \"name\", width = 5 }] }"),
];

#[test]
fn personal_fields_in_parts_of_every_kind_are_kept_from_the_public() {
    for (kind, part) in PARTS {
        let text = BASE.replacen("\"text\", max_length = 8", kind, 1);
        let with = |part: &str| text.replacen("{ text = \"name\", bytes = 8 }", part, 1);
        let item = format!("[[item]]\nname = \"badge\"\ncontent = [{part}]\n[card]");
        for text in [
            with(part),
            with(&format!("{{ tlv = \"5A\", parts = [{part}] }}")),
            with("{ item = \"badge\" }").replacen("[card]", &item, 1),
        ] {
            Profile::parse(&text).unwrap_or_else(|error| panic!("{error}: {part}"));
            let public =
                text.replacen("\"full\"\nread = \"read\"", "\"plain\"\nread = \"free\"", 1);
            let said = Profile::parse(&public).map(drop).map_err(|error| error.to_string());
            let said = said.expect_err(part);
            let wanted = "anyone may read the personal field \"name\" in this file: let a key read";
            assert!(said.contains(wanted), "{said}: {part}");
        }
    }
}
