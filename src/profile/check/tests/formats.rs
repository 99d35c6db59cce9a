// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bit formats in a profile: the known ones, its own, and how their bits fill bytes.

use super::*;
use crate::credential::Format;
use crate::iso14443::RealUid;
use crate::profile::Records;

const OWN: &str = r#"
[[format]]
name = "site-40"
bits = 40
fields = [
    { name = "site", bits = "4-11" },
    { name = "badge", bits = "31-12", coding = "bcd" },
]
constants = [{ bits = "0-3", value = 0xA }]
checks = [
    { rule = "xor", bits = "32-38", over = "4-31" },
    { rule = "odd", bits = "39", over = "0-38" },
]
"#;
const PART: &str = "{ bits = \"h10301\", facility = \"facility\", number = \"number\" }";

/// What the content is for facility 17 and number 4660.
fn rendered(text: &str) -> Vec<u8> {
    let profile = Profile::parse(text).unwrap();
    let records = Records::csv(&profile, b"facility,number,name\n17,4660,Ada\n").unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    content.render(record, &RealUid::new([4, 1, 2, 3, 4, 5, 6])).unwrap().expose_secret().clone()
}

fn with_part(part: &str) -> String {
    assert!(BASE.contains(PART));
    BASE.replace(PART, part)
}

fn with_own(part: &str) -> String {
    with_part(part) + OWN
}

/// 1 00010001 0001001000110100 1 by hand, see the tests of the formats; with six spare zeros before
/// or behind, or five and a sentinel. From behind 1 0010110001001000 10001000 1.
#[test]
fn the_bits_fill_their_bytes_as_the_part_says() {
    let align = "align = \"right\"";
    let sentinel = "sentinel = \"leading\"";
    let reversed = "bit_order = \"reversed\"";
    for (entries, bytes) in [
        (String::new(), [0x88, 0x89, 0x1A, 0x40]),
        (", align = \"left\"".to_owned(), [0x88, 0x89, 0x1A, 0x40]),
        (format!(", {align}"), [0x02, 0x22, 0x24, 0x69]),
        (format!(", {align}, {sentinel}"), [0x06, 0x22, 0x24, 0x69]),
        (format!(", {sentinel}"), [0xC4, 0x44, 0x8D, 0x20]),
        (format!(", {reversed}"), [0x96, 0x24, 0x44, 0x40]),
    ] {
        let part = PART.replace(" }", &format!("{entries} }}"));
        assert_eq!(rendered(&with_part(&part))[..4], bytes, "{entries}");
    }
}

/// 1010, then 17 as 00010001, then the digits 0, 4, 6, 6, 0 from bit 31 down, so from behind
/// 0000 0110 0110 0010 0000. The groups of seven from bit 4 are 0001000, 1000001, 1001100 and
/// 0100000, together 0100101. There are 2, 2, 5 and 3 ones so far, so the last bit is 1.
#[test]
fn a_format_of_its_own_is_encoded_like_the_others() {
    let text = with_own("{ bits = \"site-40\", site = \"facility\", badge = \"number\" }");
    let bytes = [0b1010_0001, 0b0001_0000, 0b0110_0110, 0b0010_0000, 0b0100_1011];
    assert_eq!(rendered(&text)[..5], bytes);
    let profile = Profile::parse(&text).unwrap();
    assert!(profile.warnings().iter().all(|warning| !warning.to_string().contains("format")));
}

/// Facility 17 as in the record, but from the profile.
#[test]
fn a_number_may_be_the_same_on_every_card() {
    let text = with_part(&PART.replace("\"facility\", ", "17, "));
    let text = text.replacen("{ pad", "{ uint = \"facility\", bytes = 1 }, { pad", 1);
    assert_eq!(rendered(&text)[..4], [0x88, 0x89, 0x1A, 0x40]);
}

#[test]
fn every_known_format_may_stand_in_a_profile() {
    for format in Format::all() {
        let mut declared = String::new();
        let mut part = format!("{{ bits = {:?}", format.name());
        for (at, field) in format.fields().iter().enumerate() {
            let max = field.max().min(i64::MAX.unsigned_abs());
            declared +=
                &format!("f{at} = {{ type = \"uint\", max = {max}, class = \"technical\" }}\n");
            part += &format!(", {} = \"f{at}\"", field.name());
        }
        let text = with_part(&(part + " }")).replace("size = 28", "size = 64");
        let (before, after) = text.split_once("facility = {").unwrap();
        let (_, after) = after.split_once("name = {").unwrap();
        let text = format!("{before}{declared}name = {{{after}");
        let profile =
            Profile::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", format.name()));
        let content = profile.applications()[0].files[0].content.as_ref().unwrap();
        assert_eq!(content.length(), 64);
    }
}

#[test]
fn bits_that_nothing_takes_are_warned_of() {
    let text = with_own("{ bits = \"site-40\", site = \"facility\", badge = \"number\" }");
    let warned = |text: &str| {
        let shown = Profile::parse(text).unwrap();
        let shown = shown.warnings().iter().map(ToString::to_string);
        shown.filter(|warning| warning.contains("nothing takes")).collect::<Vec<_>>()
    };
    assert_eq!(warned(&text), [""; 0]);
    let wider = text.replacen("bits = 40", "bits = 44", 1);
    let wanted = "line 39, column 8: nothing takes 4 of the bits 40 to 43: they are 0";
    assert_eq!(warned(&wider), [wanted]);
}

#[test]
fn a_format_that_nobody_uses_is_warned_of() {
    let profile = Profile::parse(&format!("{BASE}{OWN}")).unwrap();
    let shown: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
    assert!(shown[1].ends_with("no content uses the bit format \"site-40\""), "{shown:?}");
}

/// What is replaced in the profile, by what, and what is said then.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("name = \"site-40\"", "name = \"\"", "line 38, column 8: the format has no name: write a na"),
    (
        "name = \"site-40\"",
        "name = \"h10301\"",
        "line 38, column 8: there is a bit format \"h10301\" already: write another name",
    ),
    ("name = \"site\"", "name = \"align\"", "line 41, column 14: \"align\" is an entry of its own"),
    (
        "name = \"site\"",
        "name = \"badge\"",
        "line 42, column 14: two fields have this name: write ",
    ),
    ("bits = 40", "bits = 0", "line 39, column 8: a format has 1 to 256 bits: write bits = … wit"),
    ("bits = 40", "bits = -1", "line 39, column 8: a format has 1 to 256 bits: write bits = … w"),
    ("bits = 40", "bits = 39", "line 47, column 28: bit 39 is beyond the end: write more bits for"),
    ("4-11", "4..11", "line 41, column 29: \"4..11\" is no list of bits: write bits as in"),
    ("4-11", "3-11", "line 44, column 23: bit 3 is used twice: write each bit in one place"),
    ("31-12", "31-13", "line 42, column 30: decimal digits have four bits each, and there are "),
    ("0xA", "16", "line 44, column 38: the value does not fit the bits: write a smaller value or"),
    ("0xA", "-1", "line 44, column 38: a constant is negative: write 0 or more"),
    ("4-31", "5-31", "line 46, column 44: no whole number of groups of 7 bits: write a multiple"),
    ("0-38\" }", "0-39\" }", "line 47, column 41: the check covers its own bits: leave them out "),
    (
        "\"xor\"",
        "\"crc\"",
        "line 46, column 14: no rule is called \"crc\": write one of \"even\", \"odd",
    ),
    ("\"xor\"", "\"CRC-8/SMBUS\"", "line 46, column 36: the rule makes 8 bits: write as many bits"),
    (
        "rule = \"xor\", bits = \"32-38\"",
        "rule = \"luhn\", bits = \"35-38\"",
        "line 46, column 45: not the digits of a field in decimal: write the bits of whole digits",
    ),
    ("\"bcd\"", "\"grey\"", "line 42, column 48: unknown variant `grey`: write `binary` or"),
    (
        "site = \"facility\"",
        "site = \"facility\", align = \"middle\"",
        "line 32, column 52: \"middle\" is no align: write one of \"left\", \"right\"",
    ),
    (
        "site = \"facility\"",
        "site = 256",
        "line 32, column 32: site is out of range: write site = … with a field, or a number from 0",
    ),
    (
        "site = \"facility\", ",
        "",
        "line 32, column 5: site is missing: write site = … with a field, or a number from",
    ),
    (
        "max = 255",
        "max = 256",
        "line 32, column 32: the field's max = 256 does not fit site: write max = 255 or less",
    ),
];

#[test]
fn mistakes_in_formats_have_a_line_and_a_remedy() {
    let good = with_own("{ bits = \"site-40\", site = \"facility\", badge = \"number\" }");
    let verdict = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Profile::parse(&good.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let found = MISTAKES.iter().map(|(from, to, said)| (verdict(from, to), said));
    let wrong: Vec<_> = found.filter(|(found, said)| !found.starts_with(**said)).collect();
    assert!(wrong.is_empty(), "said, wanted: {wrong:#?}");
}
