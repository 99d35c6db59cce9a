// SPDX-License-Identifier: MIT OR Apache-2.0
//! Texts that are not TOML, or not of the shape of a profile.

use super::refused;

#[test]
fn toml_and_shape() {
    refused(&[
        (
            "verify = \"read-back\"",
            "verify = read",
            "line 5, column 10: a text without quotes: write \"",
        ),
        (
            "verify =",
            "verfy =",
            "line 5, column 1: unknown entry `verfy`: write `verify`, or one of `name`, `c",
        ),
        (
            "\"read-back\"",
            "\"all\"",
            "line 5, column 10: unknown variant `all`: write one of `mac`",
        ),
        ("max = 255", "max = \"x\"", "line 11, column 35: a text: write a whole"),
        ("name = \"door\"\n", "", "line 1, column 1: missing field `name`: add it here"),
        ("[card]\nmaster_key = \"picc\"\n", "", "line 1, column 1: missing field `card`: add it"),
        ("no = 1", "no = 1\nno = 1", "line 26, column 1: duplicate key: name it once"),
        ("[\"factory\"]", "[7]", "line 7, column 9: a number: write \"factory\", t"),
        ("[\"factory\"]", "[{ ref = \"x\" }]", "line 7, column 9: missing field `version`: add it"),
        ("bytes = 8", "bytes = true", "line 33, column 30: a boolean: write a t"),
        (
            "bytes = 8",
            "bytes = 2027-12-31",
            "line 33, column 30: a text: write a text in quotes, a whole number or a",
        ),
        ("name = \"door\"", "name = 7", "line 2, column 8: a number: write a text in"),
        ("unique = true", "unique = \"yes\"", "line 12, column 73: a text: write true or"),
        (
            "\"uint\", max = 255",
            "[\"uint\"], max = 255",
            "line 11, column 21: no text: write a text in",
        ),
        (
            "[[application]]",
            "[application]",
            "line 20, column 1: a table or a date: write a list, [ … ], or [[ … ]] above a table",
        ),
        (
            "read = { ref = \"app1\", version = 1 }",
            "read = 1",
            "line 17, column 8: a number: write a table, { … }",
        ),
        (
            "read = { ref = \"app1\", version = 1 }",
            "read = \"app1\"",
            "line 17, column 8: a text: write a table, { … }",
        ),
    ]);
}

/// What was meant is said, and no value is repeated: it may be a key that belongs elsewhere.
#[test]
fn what_was_meant_is_said() {
    refused(&[
        ("mode = \"full\"", "mode = full", "line 28, column 8: a text without quotes: write \" "),
        ("aid = \"F48120\"", "aid = F48120", "line 21, column 7: a text without quotes: write \""),
        ("aid = \"F48120\"", "aid = 0xF48120", "line 21, column 7: a number: write a text in q"),
        (
            "\"read-back\"",
            "\u{201C}read-back\u{201D}",
            "line 5, column 10: quotes of a word processor: write \" before",
        ),
        ("unique = true", "unique = True", "line 12, column 73: no boolean: write true"),
        (
            "[[application]]",
            "[[applications]]",
            "line 20, column 1: no table is called \"applications\": write [[application]]",
        ),
        ("[card]", "[cards]", "line 18, column 1: no table is called \"cards\": write [card]"),
        (
            "[card]",
            "[zone]",
            "line 18, column 1: no table is called \"zone\": write one of [profile], ",
        ),
        (
            "max = 255",
            "max = 18446744073709551615",
            "line 11, column 35: a number that is too large: write one up to 9223372036854775807",
        ),
    ]);
}
