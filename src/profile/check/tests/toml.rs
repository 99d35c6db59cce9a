// SPDX-License-Identifier: MIT OR Apache-2.0
//! Texts that are not TOML, or not of the shape of a profile.

use super::refused;

#[test]
fn toml_and_shape() {
    refused(&[
        ("verify = \"read-back\"", "verify = read", "line 5, column 10: "),
        ("verify =", "verfy =", "line 5, column 1: unknown entry `verfy`: write one of `name`, `c"),
        (
            "\"read-back\"",
            "\"all\"",
            "line 5, column 10: unknown variant `all`: write one of `mac`",
        ),
        ("max = 255", "max = \"x\"", "line 11, column 35: invalid type: string: write a whole"),
        ("name = \"door\"\n", "", "line 1, column 1: missing field `name`: add it here"),
        ("[card]\nmaster_key = \"picc\"\n", "", "line 1, column 1: missing field `card`: add it"),
        ("no = 1", "no = 1\nno = 1", "line 26, column 1: duplicate key: name it once"),
        (
            "[\"factory\"]",
            "[7]",
            "line 7, column 9: invalid type: integer `7`: write \"factory\", t",
        ),
        ("[\"factory\"]", "[{ ref = \"x\" }]", "line 7, column 9: missing field `version`: add it"),
        (
            "bytes = 8",
            "bytes = true",
            "line 33, column 30: invalid type: boolean `true`: write a t",
        ),
        (
            "bytes = 8",
            "bytes = 2027-12-31",
            "line 33, column 30: invalid type: string: write a text in quotes, a whole number or a",
        ),
        (
            "name = \"door\"",
            "name = 7",
            "line 2, column 8: invalid type: integer `7`: write a text in",
        ),
        (
            "unique = true",
            "unique = \"yes\"",
            "line 12, column 73: invalid type: string: write true or",
        ),
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
            "line 17, column 8: invalid type: integer `1`: write a table, { … }",
        ),
        (
            "read = { ref = \"app1\", version = 1 }",
            "read = \"app1\"",
            "line 17, column 8: invalid type: string: write a table, { … }",
        ),
    ]);
}
