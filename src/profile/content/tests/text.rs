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

/// By hand, from the tables of the sets: the euro is 20AC in Unicode, A4 in Latin-9 and 80 in
/// Windows-1252; œ is 0153, BD and 9C; ¤ is A4 in Windows-1252 and nothing in Latin-9.
#[test]
fn characters_are_those_of_the_set() {
    for (charset, text, expected) in [
        ("latin-9", "œ€ë", "BDA4EB000000"),
        ("windows-1252", "œ€¤", "9C80A4000000"),
        ("utf-16le", "€", "AC2000000000"),
        ("utf-16be", "€", "20AC00000000"),
    ] {
        let part = format!("{{ text = \"t\", bytes = 6, charset = \"{charset}\" }}");
        let name = NAME.replace('6', "3");
        assert_eq!(content(&name, &part, &format!("{{\"t\": \"{text}\"}}")), expected);
        let content = profile(&name, "", 6, &part);
        let content = content.applications()[0].files[0].content.as_ref().unwrap();
        let told = content.read(&hex::decode(expected).unwrap());
        assert_eq!(told[0].value.expose_secret(), text, "{charset}");
    }
    let filled =
        "{ text = \"t\", bytes = 6, charset = \"utf-16be\", align = \"right\", fill = \"20\" }";
    assert_eq!(content(&NAME.replace('6', "3"), filled, "{\"t\": \"a\"}"), "002000200061");
    for (charset, text, said) in [
        ("latin-9", "¤", "U+00A4 is outside of Latin-9"),
        ("latin-1", "€", "U+20AC is outside of Latin-1"),
        ("windows-1252", "Ł", "U+0141 is outside of Windows-1252"),
    ] {
        let part = format!("{{ text = \"t\", bytes = 6, charset = \"{charset}\" }}");
        let refused = rendered(&profile(NAME, "", 6, &part), &format!("{{\"t\": \"{text}\"}}"));
        assert!(refused.contains(said), "{refused}");
    }
}
