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

fn text(part: &str) -> String {
    let fields = BASE.replacen("[keys]\n", FIELDS, 1).replacen("size = 28", "size = 99", 1);
    fields.replacen("{ pad = \"00\" },", &PARTS.replace("HERE", part), 1)
}

/// The part stands on line 43.
fn refused_parts(cases: &[(&str, &str)]) {
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
            "the field \"day\" is not of type \"uint\" or \"text\": write one of \"facility\", \
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
            "a part of this kind has no entry \"bytes\": write \"uid\"",
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
            "a part must be of one kind: write one of",
        ),
        (
            "{ text = \"code\", bytes = 6, fil = \"20\" }",
            "a part of this kind has no entry \"fil\": write one of \"text\", \"bytes\", \"charset\", \
             \"fill\", \"align\"",
        ),
    ]);
}

#[test]
fn raw_bits() {
    refused_parts(&[
        ("{ raw = \"code\" }", "the field \"code\" is not of type \"bits\": write \"badge\""),
        ("{ raw = \"bage\" }", "no field is called \"bage\": write \"badge\""),
        ("{ raw = 101 }", "raw is a text: write the name of a field"),
        ("{ bits = \"badge\" }", "\"badge\" is a field, not a bit format: write raw = \"badge\""),
        (
            "{ hex = \"badge\" }",
            "the field \"badge\" is not of type \"hex\": declare it in [fields] with type = \"hex\"",
        ),
        (
            "{ digits = \"badge\", count = 26 }",
            "the field \"badge\" is not of type \"uint\" or \"text\": write one of",
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
            "{ raw = \"badge\", bytes = 4 }",
            "a part of this kind has no entry \"bytes\": write one of \"raw\", \"align\"",
        ),
        ("{ raw = \"badge\", uint = \"number\" }", "a part must be of one kind: write one of"),
    ]);
}

#[test]
fn dates() {
    refused_parts(&[
        (
            "{ date = \"code\", form = \"bcd:yymmdd\" }",
            "the field \"code\" is not of type \"date\": write \"day\"",
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
            "the field's dates begin 1990-01-01, before 2000-01-01: write from = \"2000-01-01\" \
             or l",
        ),
        (
            "{ date = \"day\", form = \"days:1990-01-01\", bytes = 2 }",
            "several bytes need an order: write order = \"big\" for the most",
        ),
        // A hundred years have 36524 or 36525 days.
        (
            "{ date = \"day\", form = \"days:1990-01-01\", bytes = 1 }",
            "36524 days after 1990-01-01 do not fit 1 bytes: write more bytes, or an earlier to",
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
        (
            "{ pack = [] }",
            "pack is a list: write pack = [ … ] with { uint = \"field\", width = 3 }",
        ),
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
            "a number must be of one kind: write one of \"uint\", \"constant\", \"year\"",
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
            "the field \"number\" is not of type \"date\"",
        ),
    ]);
}

#[test]
fn checksums() {
    refused_parts(&[
        (
            "{ checksum = \"crc16\", over = [\"code\"] }",
            "\"crc16\" is no checksum: write \"xor\", \"luhn\" or a name of the CRC catalogue, \
             such",
        ),
        (
            "{ checksum = \"CRC-16/ARC\", over = [\"code\"] }",
            "several bytes need an order: write order = \"big\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"code\"], order = \"big\" }",
            "a part of this kind has no entry \"order\": write one of \"checksum\", \"over\"",
        ),
        ("{ checksum = \"xor\" }", "over is missing: write over = [ … ] with names of parts, or"),
        ("{ checksum = \"xor\", over = [] }", "over is a list: write over = [ … ] with names"),
        ("{ checksum = \"xor\", over = [1] }", "over holds something else: write over = [ … ]"),
        (
            "{ checksum = \"xor\", over = [\"cod\"] }",
            "no part is named \"cod\": write one of \"code\", \"day\", \"sum\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"day..code\"] }",
            "\"code\" stands before \"day\": write \"code..day\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"mine\"], name = \"mine\" }",
            "the checksum would cover itself: name the parts before it and those behind it",
        ),
        (
            "{ tlv = \"9E\", parts = [{ checksum = \"xor\", over = [\"t\"] }], name = \"t\" }",
            "the checksum would cover itself: name the parts",
        ),
        (
            "{ checksum = \"xor\", over = [\"x\"] }, { checksum = \"xor\", over = [\"code\"], \
             name = \"x\" }",
            "a checksum that is computed later: they are in the order of their places: name the",
        ),
        (
            "{ checksum = \"luhn\", over = [\"code\", \"day\"] }",
            "luhn is over digits of one form: name parts of kind digits, with the same form",
        ),
        (
            "{ digits = \"code\", count = 6, form = \"ascii\", name = \"c\" }, \
             { checksum = \"luhn\", over = [\"code\", \"c\"] }",
            "luhn is over digits of one form",
        ),
        (
            "{ constant = \"hex:12\", name = \"c\" }, { checksum = \"luhn\", over = [\"c\"] }",
            "luhn is over digits of one form",
        ),
        (
            "{ constant = \"hex:1A\", name = \"c\" }, { checksum = \"luhn\", over = [\"c\", \
             \"code\"] }",
            "luhn is over digits of one form",
        ),
    ]);
    assert!(Profile::parse(&text("{ checksum = \"xor\", over = [\"sum\"] }")).is_ok());
}

#[test]
fn tlvs_offsets_and_names() {
    refused_parts(&[
        ("{ tlv = \"5\", parts = [] }", "\"5\" is no tag: write one tag in hexadecimal, such as"),
        ("{ tlv = \"1F\", parts = [] }", "\"1F\" is no tag: write"),
        ("{ tlv = \"5A24\", parts = [] }", "\"5A24\" is no tag: write"),
        ("{ tlv = \"5FA4\", parts = [] }", "\"5FA4\" is no tag: write"),
        ("{ tlv = \"DF81828301\", parts = [] }", "\"DF81828301\" is no tag: write"),
        (
            "{ tlv = \"FF\", length = \"byte\", parts = [] }",
            "\"FF\" is no tag: write one byte in hexadecimal, \"01\" to \"FE\"",
        ),
        (
            "{ tlv = \"5A\", length = \"der\", parts = [] }",
            "\"der\" is no length: write one of \"ber\"",
        ),
        ("{ tlv = \"5A\" }", "parts is missing: write parts = [ … ] with one part at least"),
        ("{ tlv = \"5A\", parts = [] }", "parts is a list: write parts = [ … ] with one part at"),
        ("{ tlv = \"5A\", parts = [\"code\"] }", "parts holds something else: write parts = [ … ]"),
        (
            "{ tlv = \"5A\", length = \"byte\", parts = [{ pad = \"00\", bytes = 255 }] }",
            "255 bytes in a tlv whose length says 254 at most: write length = \"ber\", or shorter",
        ),
        (
            "{ tlv = \"5A\", parts = [{ pad = \"00\" }] }",
            "no room that a pad could fill up: write bytes = … with how many it takes",
        ),
        (
            "{ tlv = \"5A\", parts = [{ constant = \"hex:00\", at = 70 }] }",
            "an offset inside of a tlv: write at = … for the whole tlv",
        ),
        (
            "{ constant = \"hex:00\", at = 98 }",
            "an offset behind a pad that fills up the file: write bytes = … in the pad, or take it",
        ),
        (
            "{ constant = \"hex:00\", at = -1 }",
            "at is out of range: write at = … with an offset from",
        ),
        (
            "{ constant = \"hex:00\", name = \"\" }",
            "\"\" is no name: write another name, of letters",
        ),
        ("{ constant = \"hex:00\", name = \"a..b\" }", "\"a..b\" is no name: write another name"),
        ("{ constant = \"hex:00\", name = \"day\" }", "two parts are named \"day\": write another"),
        (
            "{ pad = \"00\", bytes = 0 }",
            "bytes is out of range: write bytes = … with a number from",
        ),
    ]);
    let text = text("").replacen("{ pad = \"00\" },", "{ pad = \"00\", bytes = 3, at = 11 },", 1);
    let said = Profile::parse(&text).unwrap_err().to_string();
    let wanted = "line 38, column 35: the parts before reach to offset 12: write at = 12 or more";
    assert_eq!(said, wanted);
    assert!(Profile::parse(&text.replacen("at = 11", "at = 12", 1)).is_ok());
    let far = text.replacen("at = 11", "at = 80", 1);
    let said = Profile::parse(&far).unwrap_err().to_string();
    assert!(
        said.contains("the content takes 111 bytes, and size is 99: write size = 111"),
        "{said}"
    );
}

fn refused_fields(cases: &[(&str, &str, &str)]) {
    let text = text("");
    for (from, to, wanted) in cases {
        assert!(text.contains(from), "{from}");
        let said = Profile::parse(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.starts_with(wanted), "{said}");
    }
}

#[test]
fn fields_of_bits() {
    refused_fields(&[
        (
            "length = 26, ",
            "",
            "line 17, column 9: a field of type \"bits\" needs length: write length = … with the \
             number of bits",
        ),
        (
            "length = 26",
            "length = 257",
            "line 17, column 35: length = 257 is out of range: write a number from 1 to 256",
        ),
        (
            "length = 26",
            "length = 0",
            "line 17, column 35: length = 0 is out of range: write a number from 1 to 256",
        ),
        (
            "length = 26",
            "max_length = 26",
            "line 17, column 39: a field of type \"bits\" has no max_length: write length = … with \
             the number of bits",
        ),
    ]);
}

#[test]
fn fields_of_the_new_types() {
    refused_fields(&[
        (
            "from = \"1990-01-01\"",
            "from = \"1.1.1990\"",
            "line 15, column 31: \"1.1.1990\" is no date: write YYYY-MM-DD, as \"2027-12-31\"",
        ),
        (
            "to = \"2089-12-31\"",
            "to = \"1989-12-31\"",
            "line 15, column 50: no date is from 1990-01-01 to 1989-12-31: write from and to, the \
             fir",
        ),
        (
            "to = \"2089-12-31\"",
            "max = 3",
            "line 15, column 51: a field of type \"date\" has no max: write from = … and to = … \
             with",
        ),
        (
            "\"uuid\", class",
            "\"uuid\", length = 16, class",
            "line 16, column 34: a field of type \"uuid\" has no length: take it out",
        ),
        (
            "\"uuid\", class",
            "\"guid\", class",
            "line 16, column 17: unknown variant `guid`: write one of `uint`",
        ),
        (
            "\"text\", max_length = 6",
            "\"text\", from = \"2000-01-01\", max_length = 6",
            "line 14, column 32: a field of type \"text\" has no from: write max_length",
        ),
    ]);
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
