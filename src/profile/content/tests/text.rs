// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text at either end of its bytes.

use super::*;

const NAME: &str = "t = { type = \"text\", max_length = 6 }";

/// By hand: "Zoë" is 5A 6F C3AB in UTF-8 and 5A 6F EB in Latin-1.
#[test]
fn text_stands_at_either_end_of_its_bytes() {
    for (part, name, expected) in [
        ("bytes = 6, charset = \"utf-8\"", "Zoë", "5A6FC3AB0000"),
        ("bytes = 6, charset = \"utf-8\", align = \"left\"", "Zoë", "5A6FC3AB0000"),
        ("bytes = 6, charset = \"utf-8\", align = \"right\"", "Zoë", "00005A6FC3AB"),
        (
            "bytes = 7, charset = \"latin-1\", align = \"right\", fill = \"20\"",
            "Zoë",
            "202020205A6FEB",
        ),
        ("bytes = 6, align = \"right\", fill = \"30\"", "42", "303030303432"),
        ("bytes = 6, align = \"right\", fill = \"20\"", "", "202020202020"),
    ] {
        let part = format!("{{ text = \"t\", {part} }}");
        assert_eq!(content(NAME, &part, &format!("{{\"t\": \"{name}\"}}")), expected, "{part}");
    }
    let right =
        profile(NAME, "", 8, "{ text = \"t\", bytes = 6, charset = \"utf-8\", align = \"right\" }");
    assert_eq!(
        rendered(&right, "{\"t\": \"ÄÖÜß\"}"),
        "line 1: field \"t\": the text is longer than the 6 bytes that the card has for it"
    );
}
