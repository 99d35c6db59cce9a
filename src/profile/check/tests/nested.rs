// SPDX-License-Identifier: MIT OR Apache-2.0
//! Items inside of items: how many, and what their pieces tell.

use super::items::refused_items;
use super::*;

#[test]
fn items_take_those_before_them() {
    refused_items(&[
        (
            "{ uid = \"written\" }]",
            "{ item = \"badge\" }]",
            "line 20, column 51: the item \"badge\" would hold itself: take it out",
        ),
        (
            "[card]",
            "[[item]]\nname = \"x\"\ncontent = [{ item = \"x\" }]\n[card]",
            "line 23, column 21: the item \"x\" would hold itself: write \"badge\"",
        ),
        (
            "{ uid = \"written\" }]\n",
            "{ item = \"x\" }]\n[[item]]\nname = \"x\"\ncontent = [{ uid = \"written\" }]\n",
            "line 20, column 51: the item \"x\" is declared later: an item takes those before it: move \
             that [[item]] before this one",
        ),
        (
            "{ uid = \"written\" }]\n",
            "{ item = \"y\" }]\n",
            "line 20, column 51: no item is called \"y\": declare it: [[item]] with name and content",
        ),
        (
            "[card]",
            "[[item]]\nname = \"x\"\ncontent = [{ item = \"badge\", from = 15 }]\n[card]",
            "line 23, column 37: from is out of range: write from = … with an offset from 0 to 14",
        ),
        (
            "[card]",
            "[[item]]\nname = \"x\"\ncontent = [{ item = \"badge\" }]\n[card]",
            "line 22, column 8: no file takes the item \"x\": write { item = \"x\" } in a content",
        ),
    ]);
}

/// The item `badge`, and others that take pieces of it; the file takes the last one.
fn nested(content: &str, others: &[&str]) -> String {
    let mut items = format!("[[item]]\nname = \"badge\"\ncontent = [{content}]\n");
    let mut last = "badge".to_owned();
    for (number, content) in (1..).zip(others) {
        last = format!("i{number}");
        items += &format!("[[item]]\nname = \"{last}\"\ncontent = [{content}]\n");
    }
    let base = BASE.replacen(
        "{ text = \"name\", bytes = 8 }",
        &format!("{{ item = \"{last}\", bytes = 1 }}"),
        1,
    );
    base.replacen("[card]", &(items + "[card]"), 1)
}

/// Items that take each other again and again grow faster than their text.
#[test]
fn items_inside_of_each_other_have_limits() {
    let content = "{ text = \"name\", bytes = 8 }";
    let chain = |length: usize| {
        let pieces: Vec<_> = (0..length)
            .map(|at| if at == 0 { "badge".to_owned() } else { format!("i{at}") })
            .map(|inner| format!("{{ item = \"{inner}\", bytes = 1 }}"))
            .collect();
        Profile::parse(&nested(content, &pieces.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    // The item `badge` and six others, and the file.
    assert!(chain(6).is_ok());
    let said = chain(7).unwrap_err().to_string();
    let wanted = "line 55, column 11: 9 contents inside of each other: write 8 at most: take pieces of fewer";
    assert!(said.starts_with(wanted), "{said}");

    // Text of 8 bytes is work for 9, a piece of it for 10; with 32760 bytes more, for 32771. So a piece
    // of that counts 32772: 31 of them are within 32 times 32768, with what the file has besides.
    let long = |count: usize| {
        let long = "{ item = \"badge\" }, { pad = \"00\", bytes = 32760 }";
        let pieces = vec!["{ item = \"i1\", bytes = 1 }"; count].join(", ");
        Profile::parse(&nested(content, &[long, &pieces]))
    };
    assert!(long(31).is_ok());
    let said = long(32).unwrap_err().to_string();
    let wanted = "line 26, column 11: 1048704 bytes would be put together for a card: write contents \
                  that take 1048576 at most";
    assert!(said.starts_with(wanted), "{said}");

    // Checksums are work, too: 10 for the text, 32753, and 2 with 100 times 32752.
    let over = vec!["\"p\""; 100].join(", ");
    let sum = format!(
        "{{ item = \"badge\" }}, {{ pad = \"00\", bytes = 32752, name = \"p\" }}, \
         {{ checksum = \"xor\", over = [{over}] }}"
    );
    let said = Profile::parse(&nested(content, &[&sum])).unwrap_err().to_string();
    assert!(said.contains(": 3307965 bytes would be put together"), "{said}");
}

/// Each of 255 parities over those before it: bit 1 covers 1 bit, bit 2 covers 2, and so on, together
/// 255 * 256 / 2 = 32640 and the 255 checks. The part is 32 bytes and itself one more: 32928, a piece of
/// it 32929. 31 of them, with what else stands there, are within the limit.
#[test]
fn checks_of_bit_formats_are_work() {
    let checks = (1..256)
        .map(|at| format!("{{ rule = \"even\", bits = \"{at}\", over = \"0-{}\" }}", at - 1));
    let format = format!(
        "[[format]]\nname = \"long\"\nbits = 256\nfields = [{{ name = \"n\", bits = \"0\" }}]\n\
         checks = [{}]\n",
        checks.collect::<Vec<_>>().join(", ")
    );
    let parsed = |count: usize| {
        let pieces = vec!["{ item = \"badge\", bytes = 1 }"; count].join(", ");
        let text = nested("{ bits = \"long\", n = 1 }, { text = \"name\", bytes = 8 }", &[&pieces]);
        Profile::parse(&(text + &format))
    };
    parsed(31).unwrap();
    let said = parsed(32).unwrap_err().to_string();
    // 32 pieces with the nine bytes of the text: 32 * (32929 + 9).
    assert!(said.contains(": 1054016 bytes would be put together"), "{said}");
}

/// The file that anyone may read is the last one on each line; `badge` holds what is not for them.
#[test]
fn pieces_of_items_are_public_where_they_say_nothing_personal() {
    let fields = "{ uint = \"number\", bytes = 2, order = \"big\", name = \"number\" }, \
                  { text = \"name\", bytes = 8, name = \"name\" }";
    let xor = "{ checksum = \"xor\", over = [\"number\"] }";
    let told = "{ checksum = \"xor\", over = [\"name\"], name = \"told\" }";
    let again = "{ checksum = \"xor\", over = [\"told\"] }";
    let badge = format!("{fields}, {xor}, {told}, {again}");
    for (others, piece, public) in [
        // number 0 to 1, name 2 to 9, and the checksums at 10, 11 and 12.
        (&[][..], "from = 0, bytes = 2", true),
        (&[], "from = 0, bytes = 3", false),
        (&[], "from = 9, bytes = 1", false),
        (&[], "from = 10, bytes = 1", true),
        (&[], "from = 11, bytes = 1", false),
        (&[], "from = 12, bytes = 1", false),
        (&[], "from = 10", false),
        (&["{ item = \"badge\" }"], "from = 0, bytes = 2", true),
        (&["{ item = \"badge\" }"], "from = 2, bytes = 1", false),
        (&["{ item = \"badge\" }"], "from = 12, bytes = 1", false),
        (&["{ item = \"badge\", bytes = 2 }"], "from = 0", true),
        (&["{ item = \"badge\", from = 8, bytes = 3 }"], "from = 0, bytes = 2", false),
        (&["{ item = \"badge\", from = 8, bytes = 3 }"], "from = 2, bytes = 1", true),
        (&["{ pad = \"00\", bytes = 4 }, { item = \"badge\" }"], "bytes = 6", true),
        (&["{ pad = \"00\", bytes = 4 }, { item = \"badge\" }"], "bytes = 7", false),
        (
            &[
                "{ item = \"badge\", name = \"b\" }, { checksum = \"xor\", over = [\"b\"] }",
                "{ item = \"i1\" }",
            ],
            "from = 13",
            false,
        ),
        (&["{ tlv = \"5A\", parts = [{ item = \"badge\" }] }"], "bytes = 4", true),
        (&["{ tlv = \"5A\", parts = [{ item = \"badge\" }] }"], "bytes = 5", false),
    ] {
        let text =
            nested(&badge, others).replacen("bytes = 1 },\n    { pad", "HERE },\n    { pad", 1);
        let text = text.replacen("HERE", piece, 1);
        Profile::parse(&text).unwrap_or_else(|error| panic!("{error}: {piece} of {others:?}"));
        let said = Profile::parse(&opened(&text));
        let said = said.map(drop).map_err(|error| error.to_string());
        let wanted = "anyone may read the personal field \"name\" in this file";
        match said {
            Ok(()) => assert!(public, "{piece} of {others:?} passed"),
            Err(said) => assert!(!public && said.contains(wanted), "{said}: {piece} of {others:?}"),
        }
    }
}

/// The same where anyone may read the file.
fn opened(text: &str) -> String {
    let open = "mode = \"plain\"\nread = \"free\"";
    assert_eq!(text.matches("mode = \"full\"\nread = \"read\"").count(), 1);
    text.replacen("mode = \"full\"\nread = \"read\"", open, 1)
}

#[test]
fn a_hidden_uid_inside_of_items_is_kept_from_the_public() {
    // name 0 to 7, UID 8 to 14, the facility 15, its checksum 16, that of the UID 17, and one of
    // that 18.
    let badge = "{ text = \"name\", bytes = 8 }, { uid = \"written\", name = \"uid\" }, \
                 { uint = \"facility\", bytes = 1, name = \"facility\" }, \
                 { checksum = \"xor\", over = [\"facility\"] }, \
                 { checksum = \"xor\", over = [\"uid\"], name = \"sum\" }, \
                 { checksum = \"xor\", over = [\"sum\"] }";
    for (others, piece, public) in [
        (&[][..], "from = 8", false),
        (&[], "from = 15, bytes = 1", true),
        (&[], "from = 16, bytes = 1", true),
        (&[], "from = 17, bytes = 1", false),
        (&[], "from = 18", false),
        (&["{ item = \"badge\", from = 15 }"], "from = 2, bytes = 1", false),
        (&["{ item = \"badge\", from = 7 }"], "from = 1, bytes = 1", false),
        (&["{ constant = \"hex:00\" }, { item = \"badge\", from = 14 }"], "bytes = 1", true),
        (&["{ constant = \"hex:00\" }, { item = \"badge\", from = 14 }"], "bytes = 2", false),
        (&["{ item = \"badge\", from = 9 }", "{ item = \"i1\" }", "{ item = \"i2\" }"], "", false),
    ] {
        let text = nested(badge, others).replacen("[\"uid\", \"hex:4143\"]", "[\"hex:4143\"]", 1);
        let text = text.replacen("[card]", "[card]\nrandom_uid = true", 1);
        let piece = format!("{}{piece} }},\n    {{ pad", if piece.is_empty() { "" } else { ", " });
        let text = text.replacen(", bytes = 1 },\n    { pad", &piece, 1);
        Profile::parse(&text).unwrap_or_else(|error| panic!("{error}: {piece} of {others:?}"));
        let said = Profile::parse(&opened(&text)).map(drop).map_err(|error| error.to_string());
        let wanted = "anyone may read the UID in this file, which the card hides";
        match said {
            Ok(()) => assert!(public, "{piece} of {others:?} passed"),
            Err(said) => assert!(!public && said.contains(wanted), "{said}: {piece} of {others:?}"),
        }
    }
}
