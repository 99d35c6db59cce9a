// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every kind of part: the bytes that it becomes, put together by hand.

mod checksums;
mod items;
mod numbers;
mod raw;
mod reading;
mod round;
mod text;
mod turned;
mod variable;

use proptest::prelude::*;

use super::*;
use crate::profile::{Profile, Records};

const HEAD: &str = r#"
[profile]
name = "parts"
chips = ["ev1"]
[transport]
picc = ["factory"]
[keys]
picc = { ref = "picc", version = 1 }
[card]
master_key = "picc"
[fields]
"#;

const APPLICATION: &str = r#"
[[application]]
aid = "F48120"
keys = ["picc"]
[[application.file]]
no = 1
type = "standard"
mode = "full"
read_write = "picc"
"#;

/// A profile of one file. The fields are lines of `[fields]` without their class.
fn profile(fields: &str, items: &str, size: usize, content: &str) -> Profile {
    let text = written(fields, items, size, content);
    Profile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn written(fields: &str, items: &str, size: usize, content: &str) -> String {
    let fields: String =
        fields.lines().map(|line| line.replace(" }", ", class = \"technical\" }") + "\n").collect();
    format!("{HEAD}{fields}{items}{APPLICATION}size = {size}\ncontent = [{content}]\n")
}

const UID: [u8; 7] = [0x04, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED];

/// The content as hexadecimal digits, or what is wrong with the record.
fn rendered(profile: &Profile, record: &str) -> String {
    let records = Records::json_lines(profile, record.as_bytes()).unwrap();
    let record = match &records.entries[0] {
        Ok(record) => record,
        Err(error) => return error.to_string(),
    };
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let bytes = content.render(record, &RealUid::new(UID)).unwrap();
    assert_eq!(bytes.expose_secret().len(), content.length());
    hex::encode_upper(bytes.expose_secret())
}

/// The content of a large file under one record.
fn content(fields: &str, content: &str, record: &str) -> String {
    rendered(&profile(fields, "", 64, content), record)
}

const NUMBER: &str = "n = { type = \"uint\", max = 99999 }";
const DIGITS: &str = "t = { type = \"text\", max_length = 5 }";

#[test]
fn digits_are_packed_to_the_right_or_to_the_left() {
    for (part, record, expected) in [
        // 1234 in six digits, two to a byte.
        ("digits = \"n\", count = 6", "{\"n\": 1234}", "001234"),
        // Five digits take a zero in front of three bytes.
        ("digits = \"n\", count = 5", "{\"n\": 98765}", "098765"),
        ("digits = \"n\", count = 5, form = \"bcd-left\"", "{\"n\": 98765}", "98765F"),
        ("digits = \"n\", count = 8, form = \"bcd-left\"", "{\"n\": 120}", "120FFFFF"),
        ("digits = \"n\", count = 7, form = \"ascii\"", "{\"n\": 1234}", "30303031323334"),
        ("digits = \"n\", count = 6", "{\"n\": 0}", "000000"),
    ] {
        assert_eq!(content(NUMBER, &format!("{{ {part} }}"), record), expected, "{part}");
    }
    // A text keeps the zeros that it has.
    let left = "{ digits = \"t\", count = 5, form = \"bcd-left\" }";
    assert_eq!(content(DIGITS, left, "{\"t\": \"0042\"}"), "0042FF");
    assert_eq!(content(DIGITS, left, "{\"t\": \"\"}"), "FFFFFF");
    let letters = rendered(&profile(DIGITS, "", 8, left), "{\"t\": \"12A\"}");
    assert_eq!(
        letters,
        "line 1: field \"t\": the character U+0041 is outside of the digits 0 to 9, in which the card \
         holds it: write another, or choose another charset in the profile"
    );
}

const DATE: &str = "d = { type = \"date\", from = \"1980-01-01\", to = \"2059-12-31\" }";

#[test]
fn dates_are_written_in_the_form_that_is_named() {
    // 2028 is a leap year: March 5th is day 31 + 29 + 5 = 65.
    let record = "{\"d\": \"2028-03-05\"}";
    for (form, expected) in [
        ("bcd:yyyymmdd", "20280305"),
        ("bcd:ddmmyyyy", "05032028"),
        ("bcd:yymmdd", "280305"),
        ("bcd:yyddd", "028065"),
        ("bcd:mmyy", "0328"),
        ("ascii:yyyymmdd", "3230323830333035"),
        ("ascii:dd.mm.yy", "30352E30332E3238"),
        ("ascii:yyyy-mm-dd", "323032382D30332D3035"),
    ] {
        let part = format!("{{ date = \"d\", form = \"{form}\" }}");
        assert_eq!(content(DATE, &part, record), expected, "{form}");
    }
    // Two digits of a year are those of its own century.
    for (date, expected) in [("1980-01-01", "800101"), ("1999-12-31", "991231")] {
        let part = "{ date = \"d\", form = \"bcd:yymmdd\" }";
        assert_eq!(content(DATE, part, &format!("{{\"d\": \"{date}\"}}")), expected);
    }
}

/// By hand: 2000-01-01 to 2028-01-01 are 28 years with 7 leap days, 28 * 365 + 7 = 10227, and
/// March 5th of a leap year is 64 days after the first of January: 10291 is 2833. From 1980 to 2000
/// are 20 * 365 + 5 = 7305 days more: 17596 is 44BC.
#[test]
fn days_are_counted_from_the_day_that_is_named() {
    let record = "{\"d\": \"2028-03-05\"}";
    let part = "{ date = \"d\", form = \"days:1980-01-01\", bytes = 2, order = ";
    assert_eq!(content(DATE, &format!("{part}\"big\" }}"), record), "44BC");
    assert_eq!(content(DATE, &format!("{part}\"little\" }}"), record), "BC44");
    let since_2000 = DATE.replace("1980", "2000");
    let part = "{ date = \"d\", form = \"days:2000-01-01\", bytes = 3, order = \"big\" }";
    assert_eq!(content(&since_2000, part, record), "002833");
}

#[test]
fn uuids_are_sixteen_bytes_in_either_order() {
    let field = "u = { type = \"uuid\" }";
    let record = "{\"u\": \"00112233-4455-6677-8899-AABBCCDDEEFF\"}";
    let plain = content(field, "{ uuid = \"u\" }", record);
    assert_eq!(plain, "00112233445566778899AABBCCDDEEFF");
    let guid = content(field, "{ uuid = \"u\", form = \"guid\" }", record);
    assert_eq!(guid, "33221100554477668899AABBCCDDEEFF");
    let profile = profile(field, "", 16, "{ uuid = \"u\" }");
    for wrong in [
        "{00112233-4455-6677-8899-AABBCCDDEEFF",
        "uuid:00112233-4455-6677-8899-AABBCCDDEEFF",
        "00112233-4455-6677-8899-AABBCCDDEEF",
        "00112233-4455-6677-8899-AABBCCDDEEFG",
    ] {
        let said = rendered(&profile, &format!("{{\"u\": \"{wrong}\"}}"));
        assert!(said.contains("allowed is a UUID, 32 hexadecimal digits"), "{said}");
    }
    // As many systems store it, as Windows shows it, and as a URN.
    for spelled in [
        record.replace('-', ""),
        record.replace("0011", "{0011").replace("EEFF", "EEFF}"),
        record.replace("0011", "urn:uuid:0011"),
    ] {
        assert_eq!(content(field, "{ uuid = \"u\" }", &spelled), plain);
    }
}

/// The UID is not the record's: the same record gives other bytes on another card.
#[test]
fn the_uid_stands_in_either_order() {
    let content = content(
        NUMBER,
        "{ uid = \"written\" }, { uid = \"reversed\" }, { uint = \"n\", bytes = 3, order = \
         \"big\" }",
        "{\"n\": 1}",
    );
    assert_eq!(content, "04DEADBEEFFEED EDFEEFBEADDE04 000001".replace(' ', ""));
}

/// By hand: 101 01100 1 and 11 are `10101100 111`, filled up to `10101100 11100000`: ACE0.
#[test]
fn bits_are_packed_from_the_most_significant_on() {
    let fields = "a = { type = \"uint\", max = 7 }\nb = { type = \"uint\", max = 31 }";
    let record = "{\"a\": 5, \"b\": 12}";
    let slots = "{ uint = \"a\", width = 3 }, { uint = \"b\", width = 5 }, \
                 { constant = 1, width = 1 }, { constant = 3, width = 2 }";
    assert_eq!(content(fields, &format!("{{ pack = [{slots}] }}"), record), "ACE0");
    let little = format!("{{ pack = [{slots}], order = \"little\" }}");
    assert_eq!(content(fields, &little, record), "E0AC");
    let wide = "{ pack = [{ uint = \"a\", width = 64 }, { uint = \"b\", width = 8 }] }";
    assert_eq!(content(fields, wide, record), "00000000000000050C");
}

/// By hand: 2028 - 1980 = 48 is `0110000`, March `0011`, the fifth `00101`:
/// `01100000 01100101` is 6065, which FAT holds with its low byte first.
#[test]
fn a_date_packed_as_fat_has_it() {
    let part = "{ pack = [{ year = \"d\", since = 1980, width = 7 }, { month = \"d\", width = 4 }, \
                { day = \"d\", width = 5 }], order = \"little\" }";
    assert_eq!(content(DATE, part, "{\"d\": \"2028-03-05\"}"), "6560");
}

/// By hand: 01 ^ 23 ^ 45 = 67, and 67 ^ 0F = 68.
#[test]
fn an_xor_is_over_the_parts_that_are_named() {
    let part = "{ constant = \"hex:0123\", name = \"a\" }, { checksum = \"xor\", over = [\"a\", \
                \"c\"] }, \
                { constant = \"hex:FF\" }, { constant = \"hex:45\", name = \"c\" }, \
                { constant = \"hex:0F\", name = \"d\" }, { checksum = \"xor\", over = [\"c..d\", \
                \"a\"] }";
    assert_eq!(
        content(
            NUMBER,
            &format!("{part}, {{ uint = \"n\", bytes = 3, order = \"big\" }}"),
            "{\"n\": 0}"
        ),
        "0123 67 FF 45 0F 68 000000".replace(' ', "")
    );
}

/// The catalogue's vectors: over the nine digits, CRC-16/IBM-3740 is 29B1, CRC-32/ISO-HDLC is
/// CBF43926, CRC-8/SMBUS is F4.
#[test]
fn a_crc_has_the_parameters_of_its_name() {
    let fields = "n = { type = \"uint\", max = 999999999 }";
    let nine = "{ digits = \"n\", count = 9, form = \"ascii\", name = \"n\" }";
    let record = "{\"n\": 123456789}";
    for (checksum, expected) in [
        ("\"CRC-16/IBM-3740\", order = \"big\"", "29B1"),
        ("\"crc-16/ibm-3740\", order = \"little\"", "B129"),
        ("\"CRC-32/ISO-HDLC\", order = \"big\"", "CBF43926"),
        ("\"CRC-32/ISO-HDLC\", order = \"little\"", "2639F4CB"),
        ("\"CRC-8/SMBUS\"", "F4"),
    ] {
        let before = format!("{{ checksum = {checksum}, over = [\"n\"] }}, {nine}");
        assert_eq!(
            content(fields, &before, record),
            format!("{expected}313233343536373839"),
            "{checksum}"
        );
    }
}

#[test]
fn a_text_without_digits_is_no_number() {
    let said = "line 1: field \"t\": it has no digit, and the card holds it as digits";
    for form in ["bcd", "ascii"] {
        let part = format!("{{ digits = \"t\", count = 5, form = \"{form}\" }}");
        assert_eq!(content(DIGITS, &part, "{\"t\": \"\"}"), said);
    }
}

/// 7992739871 takes 3, as computed beside the algorithm. In front of 98765, 4111 makes 411198765:
/// from the right 5*2 = 10 (1), 6, 7*2 = 14 (5), 8, 9*2 = 18 (9), 1, 1*2 = 2, 1, 4*2 = 8: 41, and 9
/// are missing.
#[test]
fn a_luhn_digit_is_in_the_form_of_the_digits() {
    let fields = "n = { type = \"uint\", max = 9999999999 }";
    let record = "{\"n\": 7992739871}";
    let bcd =
        "{ digits = \"n\", count = 10, name = \"n\" }, { checksum = \"luhn\", over = [\"n\"] }";
    assert_eq!(content(fields, bcd, record), "7992739871 03".replace(' ', ""));
    let left = bcd.replace("count = 10", "count = 13, form = \"bcd-left\"");
    assert_eq!(content(fields, &left, record), "7992739871FFFF03");
    let ascii = bcd.replace("count = 10", "count = 10, form = \"ascii\"");
    assert_eq!(content(fields, &ascii, record), "3739393237333938373133");
    let prefix = "{ constant = \"ascii:4111\", name = \"issuer\" }, \
                  { digits = \"n\", count = 5, form = \"ascii\", name = \"n\" }, \
                  { checksum = \"luhn\", over = [\"issuer..n\"] }";
    assert_eq!(content(NUMBER, prefix, "{\"n\": 98765}"), hex::encode_upper("4111987659"));
}

#[test]
fn tlvs_hold_parts_and_each_other() {
    let number = "{ uint = \"n\", bytes = 3, order = \"big\" }";
    let record = "{\"n\": 258}";
    let ber = format!("{{ tlv = \"5F24\", parts = [{number}] }}");
    assert_eq!(content(NUMBER, &ber, record), "5F2403000102");
    let nested = format!("{{ tlv = \"E1\", parts = [{{ constant = \"hex:AA\" }}, {ber}] }}");
    assert_eq!(content(NUMBER, &nested, record), "E107AA5F2403000102");
    let empty = format!("{{ tlv = \"3E\", parts = [] }}, {number}");
    assert_eq!(content(NUMBER, &empty, record), "3E00000102");
    let simple = format!("{{ tlv = \"5F\", length = \"byte\", parts = [{number}] }}");
    assert_eq!(content(NUMBER, &simple.replace("5F", "01"), record), "0103000102");
    // 127 bytes still have a length of one byte, 128 and 255 of two, 256 of three.
    for (pad, header) in [(124, "537F"), (125, "538180"), (252, "5381FF"), (253, "53820100")] {
        let part =
            format!("{{ tlv = \"53\", parts = [{{ pad = \"00\", bytes = {pad} }}, {number}] }}");
        let long = rendered(&profile(NUMBER, "", 300, &part), record);
        assert!(long.starts_with(header) && long.ends_with("00000102"), "{long}");
    }
}

/// A checksum inside of a TLV over the TLV before it: 5A 03 00 01 02, 5A ^ 03 ^ 01 ^ 02 = 5A.
#[test]
fn a_checksum_reaches_out_of_its_tlv() {
    let parts = "{ tlv = \"5A\", name = \"card\", parts = [{ uint = \"n\", bytes = 3, order = \
                 \"big\", name = \"n\" }] }, \
                 { tlv = \"9E\", parts = [{ checksum = \"xor\", over = [\"card\"] }, { checksum = \
                 \"xor\", over = [\"n\"] }] }";
    assert_eq!(content(NUMBER, parts, "{\"n\": 258}"), "5A03000102 9E025A03".replace(' ', ""));
}

#[test]
fn offsets_leave_zeros_and_pads_their_byte() {
    let parts = "{ constant = \"hex:AA\" }, { constant = \"hex:BB\", at = 3 }, { pad = \"FF\", \
                 bytes = 2 }, \
                 { uint = \"n\", bytes = 3, order = \"big\", at = 6 }, { pad = \"EE\" }, { \
                 constant = \"hex:CC\" }";
    let bytes = rendered(&profile(NUMBER, "", 12, parts), "{\"n\": 1}");
    assert_eq!(bytes, "AA0000 BBFFFF 000001 EEEE CC".replace(' ', ""));
}

#[test]
fn a_value_outside_of_its_field_is_told_without_it() {
    let dates = profile(DATE, "", 8, "{ date = \"d\", form = \"bcd:yymmdd\" }");
    let way = "a date is written in another way: name the way under date in an import table";
    for (wrong, why) in [
        ("1979-12-31", "the day is before the first one or after the last one allowed"),
        ("2060-01-01", "the day is before the first one or after the last one allowed"),
        ("2027-02-29", "no such day is in the calendar"),
        ("05.03.2028", way),
        ("20280305", way),
        ("", "it is empty: fill it in, or give the column a default in an import table"),
    ] {
        assert_eq!(
            rendered(&dates, &format!("{{\"d\": \"{wrong}\"}}")),
            format!(
                "line 1: field \"d\": {why}; allowed is a date from 1980-01-01 to 2059-12-31, written \
                 YYYY-MM-DD"
            )
        );
    }
}

proptest! {
    #[test]
    fn digits_of_any_number_can_be_read_back(number in 0..=99999_u32, count in 5..12_usize) {
        for form in ["bcd", "ascii"] {
            let part = format!("{{ digits = \"n\", count = {count}, form = \"{form}\" }}");
            let bytes = content(NUMBER, &part, &format!("{{\"n\": {number}}}"));
            let text = if form == "ascii" {
                String::from_utf8(hex::decode(bytes).unwrap()).unwrap()
            } else {
                bytes
            };
            prop_assert_eq!(text.parse::<u32>().unwrap(), number);
            let room = if form == "bcd" { count.next_multiple_of(2) } else { count };
            prop_assert_eq!(text.len(), room);
        }
    }

    #[test]
    fn packed_numbers_can_be_read_back(
        a in 0..8_u64, b in 0..32_u64, widths in (3..20_u32, 5..40_u32),
    ) {
        let fields = "a = { type = \"uint\", max = 7 }\nb = { type = \"uint\", max = 31 }";
        let part = format!(
            "{{ pack = [{{ uint = \"a\", width = {} }}, {{ uint = \"b\", width = {} }}] }}",
            widths.0, widths.1
        );
        let bytes = content(fields, &part, &format!("{{\"a\": {a}, \"b\": {b}}}"));
        let spare = (widths.0 + widths.1).next_multiple_of(8) - widths.0 - widths.1;
        let expected = (a << widths.1 | b) << spare;
        prop_assert_eq!(u64::from_str_radix(&bytes, 16).unwrap(), expected);
    }

    /// Whatever stands in a file, it has the length that the profile said before any record.
    #[test]
    fn contents_are_as_long_as_they_say(
        number in 0..=99999_u32, text in "[0-9]{1,5}", year in 1980..2060_u32, month in 1..=12_u32,
        day in 1..=28_u32, parts in proptest::collection::vec(0..PARTS.len(), 1..8),
    ) {
        let fields = [NUMBER, DIGITS, DATE, "u = { type = \"uuid\" }", BITS].join("\n");
        let every = PARTS.join(", ");
        let some: Vec<_> = parts.iter().map(|at| PARTS[*at]).collect();
        let items = "[[item]]\nname = \"i\"\ncontent = [{ digits = \"t\", count = 5 }]\n";
        // Every field is used by the parts in front.
        let profile = profile(&fields, items, 512, &format!("{every}, {}", some.join(", ")));
        let record = format!(
            "{{\"n\": {number}, \"t\": \"{text}\", \"d\": \"{year}-{month:02}-{day:02}\", \
             \"u\": \"00112233-4455-6677-8899-aabbccddeeff\", \"b\": \"{number:017b}\"}}"
        );
        prop_assert!(hex::decode(rendered(&profile, &record)).is_ok());
    }
}

const BITS: &str = "b = { type = \"bits\", length = 17 }";

const PARTS: [&str; 12] = [
    "{ raw = \"b\", align = \"right\", sentinel = \"leading\" }",
    "{ uint = \"n\", bytes = 4, order = \"little\" }",
    "{ text = \"t\", bytes = 9, charset = \"utf-8\" }",
    "{ digits = \"t\", count = 5, form = \"bcd-left\" }",
    "{ digits = \"n\", count = 9 }",
    "{ date = \"d\", form = \"bcd:yyddd\" }",
    "{ date = \"d\", form = \"days:1970-01-01\", bytes = 2, order = \"big\" }",
    "{ uuid = \"u\" }",
    "{ uid = \"reversed\" }",
    "{ pack = [{ uint = \"n\", width = 17 }, { year = \"d\", since = 1900, width = 8 }] }",
    "{ tlv = \"5A\", parts = [{ digits = \"n\", count = 5 }] }",
    "{ item = \"i\", from = 1 }",
];
