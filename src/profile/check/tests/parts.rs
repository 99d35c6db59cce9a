// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in parts of every kind.

use super::*;

/// The base with fields of all types, and all of them used.
const FIELDS: &str = r#"code = { type = "text", max_length = 6, class = "technical" }
day = { type = "date", from = "1990-01-01", to = "2089-12-31", class = "technical" }
uuid = { type = "uuid", class = "technical" }
badge = { type = "bits", length = 26, class = "technical" }
[keys]
"#;

const PARTS: &str = r#"{ pad = "00" },
    { digits = "code", count = 6, name = "code" },
    { date = "day", form = "bcd:yyyymmdd", name = "day" },
    { uuid = "uuid" }, { raw = "badge" },
    { checksum = "xor", over = ["code"], name = "sum" },
    HERE
"#;

pub(super) fn text(part: &str) -> String {
    let fields = BASE.replacen("[keys]\n", FIELDS, 1).replacen("size = 28", "size = 99", 1);
    fields.replacen("{ pad = \"00\" },", &PARTS.replace("HERE", part), 1)
}

/// The part stands on line 43.
pub(super) fn refused_parts(cases: &[(&str, &str)]) {
    Profile::parse(&text("{ uid = \"written\" },")).unwrap();
    let mut wrong = Vec::new();
    for (part, wanted) in cases {
        match Profile::parse(&text(part)) {
            Ok(_) => wrong.push(format!("{part} passed")),
            Err(error) => {
                let said = error.to_string();
                let line = said.starts_with("line 43, column ");
                if !line || !said.split_once(": ").is_some_and(|(_, said)| said.starts_with(wanted))
                {
                    wrong.push(said);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn digits_and_uids() {
    refused_parts(&[
        (
            "{ digits = \"day\", count = 8 }",
            "the field \"day\" is not of type \"uint\" or \"int\" or \"text\": write one of \"facility\", \
             \"number\", \"name\", \"code\"",
        ),
        (
            "{ digits = \"number\", count = 4 }",
            "the field may have 5 digits, and there is room for 4: write count = 5 or more",
        ),
        (
            "{ digits = \"code\", count = 5 }",
            "the field may have 6 digits, and there is room for 5: write count = 6 or more",
        ),
        ("{ digits = \"code\" }", "count is missing: write count = … with how many it takes"),
        (
            "{ digits = \"code\", count = 6, form = \"packed\" }",
            "\"packed\" is no form: write one of \"bcd\", \"bcd-left\", \"ascii\"",
        ),
        ("{ uuid = \"code\" }", "the field \"code\" is not of type \"uuid\": write \"uuid\""),
        (
            "{ uuid = \"uuid\", form = \"mixed\" }",
            "\"mixed\" is no form: write one of \"rfc9562\", \"guid\"",
        ),
        ("{ uid = \"random\" }", "\"random\" is no uid: write one of \"written\", \"reversed\""),
        ("{ uid = 7 }", "uid is a text: write one of \"written\", \"reversed\""),
        (
            "{ uid = \"written\", bytes = 7 }",
            "a part of this kind has no entry \"bytes\": write one of \"uid\", \"form\", \"last\"",
        ),
    ]);
}

#[test]
fn texts() {
    refused_parts(&[
        (
            "{ text = \"code\", bytes = 6, align = \"center\" }",
            "\"center\" is no align: write one of \"left\", \"right\"",
        ),
        (
            "{ text = \"code\", bytes = 6, pad = \"20\" }",
            "a part of kind \"text\" and of kind \"pad\": take one of them out",
        ),
        (
            "{ text = \"code\", bytes = 6, fil = \"20\" }",
            "a part of this kind has no entry \"fil\": write \"fill\", or one of \"text\", \"bytes\", \
             \"charset\", \"align\"",
        ),
    ]);
}

#[test]
fn raw_bits() {
    refused_parts(&[
        ("{ raw = \"code\" }", "the field \"code\" is not of type \"bits\": write \"badge\""),
        ("{ raw = \"bage\" }", "no field is called \"bage\": write \"badge\""),
        ("{ raw = 101 }", "raw is a text: write raw = … with the name of a field"),
        ("{ bits = \"badge\" }", "\"badge\" is a field, not a bit format: write raw = \"badge\""),
        (
            "{ hex = \"badge\" }",
            "the field \"badge\" is not of type \"hex\": declare it in [fields] with type = \"hex\"",
        ),
        (
            "{ digits = \"badge\", count = 26 }",
            "the field \"badge\" is not of type \"uint\" or \"int\" or \"text\": write one of",
        ),
        (
            "{ raw = \"badge\", align = \"middle\" }",
            "\"middle\" is no align: write one of \"left\", \"right\"",
        ),
        (
            "{ raw = \"badge\", sentinel = \"trailing\" }",
            "\"trailing\" is no sentinel: write one of \"none\", \"leading\"",
        ),
        (
            "{ raw = \"badge\", bit_order = \"little\" }",
            "\"little\" is no bit_order: write one of \"forward\", \"reversed\"",
        ),
        (
            "{ raw = \"badge\", format = \"h10399\" }",
            "no bit format is called \"h10399\": write \"h10304\", or one of \"h10301\"",
        ),
        (
            "{ raw = \"badge\", format = \"h10302\" }",
            "h10302 has 37 bits, and the field 26: write length = 37 for the field, or another",
        ),
        (
            "{ raw = \"badge\", bytes = 4 }",
            "a part of this kind has no entry \"bytes\": write one of \"raw\", \"format\", \"align\"",
        ),
        (
            "{ raw = \"badge\", uint = \"number\" }",
            "a part of kind \"raw\" and of kind \"uint\": take one of them out",
        ),
    ]);
}

#[test]
fn dates() {
    refused_parts(&[
        (
            "{ date = \"code\", form = \"bcd:yymmdd\" }",
            "the field \"code\" is not of type \"date\" or \"datetime\": write \"day\"",
        ),
        ("{ date = \"day\" }", "form is missing: write \"bcd:yyyymmdd\", \"ascii:yyyy-mm-dd\" or"),
        ("{ date = \"day\", form = \"bcd\" }", "\"bcd\" is no form of a date: write \"bcd:"),
        ("{ date = \"day\", form = \"bcd:\" }", "\"bcd:\" is no form of a date: write"),
        ("{ date = \"day\", form = \"bcd:yyyy-mm\" }", "\"bcd:yyyy-mm\" is no form of a date: "),
        ("{ date = \"day\", form = \"ascii:YYYY\" }", "\"ascii:YYYY\" is no form of a date: write"),
        ("{ date = \"day\", form = \"ascii:--\" }", "\"ascii:--\" is no form of a date: write"),
        ("{ date = \"day\", form = \"hex:yyyy\" }", "\"hex:yyyy\" is no form of a date: write"),
        (
            "{ date = \"day\", form = \"days:2000-1-1\", bytes = 2 }",
            "\"2000-1-1\" is no date: write YYYY-MM-DD, as \"2027-12-31\"",
        ),
        (
            "{ date = \"day\", form = \"days:2000-01-01\", bytes = 2, order = \"big\" }",
            "the field's dates begin 1990-01-01, before 2000-01-01: count from \
             1990-01-01 or earlier, or write from = \"2000-01-01\" or later",
        ),
        (
            "{ date = \"day\", form = \"days:1990-01-01\", bytes = 2 }",
            "several bytes need an order: write order = \"big\" for the most",
        ),
        // A hundred years have 36524 or 36525 days.
        (
            "{ date = \"day\", form = \"days:1990-01-01\", bytes = 1 }",
            "36524 days after 1990-01-01 do not fit 1 bytes: write more room, or an earlier to",
        ),
    ]);
    let wide = text("").replacen("1990-01-01", "1989-01-01", 1);
    let yy = wide.replacen("bcd:yyyymmdd", "bcd:yymmdd", 1);
    assert!(Profile::parse(&wide).is_ok());
    let said = Profile::parse(&yy).unwrap_err().to_string();
    assert!(
        said.starts_with(
            "line 40, column 28: yy does not tell the years from 1989-01-01 to 2089-12-31"
        ),
        "{said}"
    );
}

#[test]
fn bits_side_by_side() {
    refused_parts(&[
        ("{ pack = [] }", "pack is empty: write pack = [ … ] with { uint = \"field\", width = 3 }"),
        ("{ pack = \"number\" }", "pack is a list: write pack = [ … ]"),
        ("{ pack = [3] }", "pack holds something else: write pack = [ … ]"),
        ("{ pack = [{ uint = \"number\" }] }", "width is missing: write width = … with 1 to 64"),
        (
            "{ pack = [{ uint = \"number\", width = 65 }] }",
            "width is out of range: write width = …",
        ),
        (
            "{ pack = [{ uint = \"number\", width = 15 }] }",
            "the field's max = 65535 does not fit 15 bits: write max = 32767 or less for the field",
        ),
        (
            "{ pack = [{ constant = 8, width = 3 }] }",
            "constant is out of range: write constant = … with a number from 0 to 7",
        ),
        (
            "{ pack = [{ bool = 1, width = 1 }] }",
            "a number must be of one kind: write one of \"uint\"",
        ),
        (
            "{ pack = [{ uint = \"number\", constant = 1, width = 16 }] }",
            "a number must be of one kind: write one of \"uint\", \"int\", \"constant\"",
        ),
        (
            "{ pack = [{ uint = \"number\", width = 16, since = 3 }] }",
            "a part of this kind has no entry \"since\": write one of \"width\", \"uint\"",
        ),
        (
            "{ pack = [{ year = \"day\", width = 7 }] }",
            "since is missing: write since = … with a year from 0 to 1990",
        ),
        (
            "{ pack = [{ year = \"day\", since = 1991, width = 7 }] }",
            "since is out of range: write since = … with a year from 0 to 1990",
        ),
        (
            "{ pack = [{ year = \"day\", since = 1961, width = 7 }] }",
            "numbers up to 128 do not fit 7 bits: write a larger width",
        ),
        (
            "{ pack = [{ month = \"day\", width = 3 }] }",
            "numbers up to 12 do not fit 3 bits: write",
        ),
        (
            "{ pack = [{ day = \"day\", width = 4 }] }",
            "numbers up to 31 do not fit 4 bits: write a",
        ),
        (
            "{ pack = [{ day = \"number\", width = 5 }] }",
            "the field \"number\" is not of type \"date\" or \"datetime\"",
        ),
    ]);
}

#[test]
fn numbers_with_something_added_and_with_a_sign() {
    refused_parts(&[
        (
            "{ uint = \"number\", bytes = 2, order = \"big\", add = 1 }",
            "the field's max = 65536 does not fit 2 bytes: write max = 65535 or less for the field",
        ),
        (
            "{ uint = \"number\", bytes = 2, order = \"big\", add = -1 }",
            "numbers from -1 do not fit 2 bytes: write a larger add for it, or int = …",
        ),
        (
            "{ uint = \"number\", bytes = 2, order = \"big\", add = \"1\" }",
            "add is out of range: write add = … with a whole number",
        ),
        (
            "{ int = \"number\", bytes = 2, order = \"big\" }",
            "the field's max = 65535 does not fit 16 bits with a sign",
        ),
        (
            "{ int = \"number\", bytes = 2, order = \"big\", add = -32769 }",
            "numbers from -32769 do not fit 16 bits with a sign: write a larger min",
        ),
        (
            "{ bits = \"h10301\", facility = 1, number = { uint = \"number\", sub = 1 } }",
            "a part of this kind has no entry \"sub\"",
        ),
        (
            "{ date = \"day\", form = \"bcd:yyyymmddHHMM\" }",
            "the field has no time of day: take HH, MM and SS out",
        ),
        (
            "{ pack = [{ days = \"day\", since = \"1990-01-02\", width = 16 }] }",
            "the field's dates begin 1990-01-01, before 1990-01-02",
        ),
        (
            "{ pack = [{ seconds = \"day\", since = \"1990-01-01\", width = 31 }] }",
            "3155759999 seconds after 1990-01-01 do not fit 31 bits",
        ),
        ("{ uid = \"written\", last = 8 }", "last is out of range"),
        (
            "{ text = \"code\", bytes = 7, charset = \"utf-16le\" }",
            "characters of 2 bytes do not fill 7",
        ),
        (
            "{ text = \"code\", bytes = 10, charset = \"utf-16le\" }",
            "6 characters do not fit 10 bytes: write max_length = 5",
        ),
        ("{ copy = [\"cod\"] }", "no part is named \"cod\": write \"code\""),
        (
            "{ copy = [\"sum\", \"later\"] }, { uid = \"written\", name = \"later\" }",
            "no part is named",
        ),
        (
            "{ copy = [\"day\"], turned = [\"invers\"] }",
            "no table is called \"invers\": write \"inverse\"",
        ),
    ]);
}

#[test]
fn tables() {
    let table = |name: &str, digits: &str| {
        let tables = format!("[[table]]\nname = \"{name}\"\nbytes = \"{digits}\"\n[card]");
        let text = text(&format!("{{ copy = [\"day\"], turned = [\"{name}\"] }}"));
        Profile::parse(&text.replacen("[card]", &tables, 1)).map_err(|error| error.to_string())
    };
    let whole =
        format!("hex:{}", (0..=u8::MAX).map(|byte| format!("{byte:02x}")).collect::<String>());
    assert!(
        table("plain", &whole).unwrap().warnings().iter().all(|it| !it.message.contains("table"))
    );
    for (name, digits, wanted) in [
        (
            "short",
            whole.strip_suffix("ff").unwrap(),
            "the table has 255 bytes: write bytes = \"hex:…\" with 256 bytes",
        ),
        ("long", &*format!("{whole}00"), "the table has 257 bytes"),
        ("text", "ascii:abc", "these are no bytes in hexadecimal digits"),
        ("inverse", &*whole, "there is something called \"inverse\" already"),
        ("", &*whole, "the table has no name"),
    ] {
        let said = table(name, digits).map(drop).unwrap_err();
        assert!(said.contains(wanted), "{said}");
    }
    let twice = whole.replacen("0001", "0000", 1);
    let warned = table("twice", &twice).unwrap();
    assert!(warned.warnings().iter().any(|it| it.message.contains("nobody can read back")));
}

proptest! {
    #[test]
    fn a_part_with_a_piece_replaced_never_panics(
        at in 0..EVERY.len(), length in 0..30_usize, piece in "[\\[\\]{}\"=,\n a-z0-9-]{0,12}",
    ) {
        let end = (at + length).min(EVERY.len());
        let (Some(front), Some(back)) = (EVERY.get(..at), EVERY.get(end..)) else { return Ok(()) };
        if let Err(error) = Profile::parse(&text(&[front, &piece, back].concat())) {
            prop_assert!(!error.problem().is_empty() && !error.instead().is_empty());
        }
    }
}

const EVERY: &str = "{ checksum = \"luhn\", over = [\"code\"], name = \"l\" }, { uid = \
                     \"reversed\" }, \
    { tlv = \"5F24\", parts = [{ date = \"day\", form = \"ascii:dd/mm/yy\" }, { tlv = \"01\", \
    length = \
    \"byte\", parts = [{ checksum = \"CRC-16/ARC\", over = [\"code..l\"], order = \"little\" }] \
    }] }, \
    { pack = [{ year = \"day\", since = 1900, width = 8 }, { constant = 3, width = 2 }] }";

#[test]
fn every_kind_passes_together() {
    Profile::parse(&text(EVERY)).unwrap();
}

/// A part that is as long as its value has to be counted, or to end at something.
#[test]
fn variable_lengths() {
    let endless =
        "nothing tells where this part ends: count it with a length before it or in a tlv";
    let text = "{ text = \"code\", bytes = 6, length = \"variable\" }";
    refused_parts(&[
        (&format!("{text}, {{ uuid = \"uuid\" }}"), endless),
        (&format!("{text}, {text}, {{ constant = \"hex:00\" }}"), endless),
        (&format!("{{ tlv = \"5A\", parts = [{text}, {text}] }}"), endless),
        (
            "{ text = \"code\", bytes = 6, length = \"variable\", fill = \"20\" }",
            "a part of this kind has no entry \"fill\": write one of \"text\"",
        ),
        (
            "{ text = \"code\", bytes = 6, length = \"long\" }",
            "\"long\" is no length: write \"variable\"",
        ),
        (
            &format!("{text}, {{ constant = \"hex:00\", at = 150 }}"),
            "the parts before reach to offset",
        ),
        (
            "{ text = [\"code\", \"code\"], bytes = 12, with = \", \" }",
            "14 characters do not fit 12 bytes: write max_length = 12 for the field, or more bytes",
        ),
        (
            "{ text = [\"code\", \"code\"], bytes = 20, with = \"…\" }",
            "\"…\" is not in the charset ASCII: write with = … with the text",
        ),
    ]);
}

#[test]
fn lengths() {
    refused_parts(&[
        ("{ length = [\"me\"], bytes = 1, name = \"me\" }", "the length would cover itself"),
        ("{ length = [\"cod\"], bytes = 1 }", "no part is named \"cod\": write \"code\""),
        ("{ length = \"code\", bytes = 1 }", "length is a list: write length = [ … ] with names"),
        (
            "{ length = [\"code\"], bytes = 4 }",
            "bytes is out of range: write bytes = … with a number",
        ),
        (
            "{ length = [\"code\"], bytes = 2 }",
            "several bytes need an order: write order = \"big\"",
        ),
        (
            "{ length = [\"code\"], bytes = 1, add = 253 }",
            "3 bytes are counted, and the length says 255 at most: write bytes = … with more",
        ),
        (
            "{ length = [\"code\"], bytes = 1, add = -4 }",
            "3 bytes, and -4 added, are no length: write a larger add",
        ),
    ]);
    let fits = |add| text(&format!("{{ length = [\"code\"], bytes = 1, add = {add} }}"));
    assert!(Profile::parse(&fits(252)).is_ok() && Profile::parse(&fits(-3)).is_ok());
}

#[test]
fn messages() {
    refused_parts(&[
        ("{ ndef = [] }", "ndef is empty: write ndef = [ … ] with { uri = [ … ] }"),
        ("{ ndef = [{ lang = \"en\" }] }", "text is missing: write texts that stand there"),
        ("{ ndef = [{ text = \"a\" }] }", "lang is missing: write lang = \"en\""),
        ("{ ndef = [{ text = \"a\", lang = \"\" }] }", "\"\" is no language: write lang = \"en\""),
        ("{ ndef = [{ uri = [7] }] }", "a number or a list in an NDEF record: write texts"),
        (
            "{ ndef = [{ uri = \"tel:1\", lang = \"en\" }] }",
            "a part of this kind has no entry \"lang\"",
        ),
        ("{ ndef = [{ uri = [{ pad = \"00\" }] }] }", "no room that a pad could fill up"),
    ]);
}
