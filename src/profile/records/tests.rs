// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records: the bytes that they become, and what is wrong with the others.

mod csv;
mod import;
mod optional;
mod orders;

use proptest::prelude::*;

use super::*;
use crate::iso14443::RealUid;
use crate::profile::Allowed;

const DOOR: &str = include_str!("../../../examples/data/profiles/door.toml");
const CAMPUS: &str = include_str!("../../../examples/data/profiles/campus.toml");
const DOOR_RECORDS: &[u8] = include_bytes!("../../../examples/data/door-records.csv");
const CAMPUS_RECORDS: &[u8] = include_bytes!("../../../examples/data/campus-records.jsonl");

const SMALL: &str = r#"
[profile]
name = "small"
chips = ["ev1"]
[transport]
picc = ["factory"]
[fields]
number = { type = "uint", max = 700, class = "pseudonymous", unique = true }
name = { type = "text", max_length = 6, class = "personal" }
token = { type = "hex", length = 2, class = "technical" }
[keys]
picc = { ref = "picc", version = 1 }
[card]
master_key = "picc"
[[application]]
aid = "F48120"
keys = ["picc"]
[[application.file]]
no = 1
type = "standard"
size = 20
mode = "full"
read_write = "picc"
content = [
    { uint = "number", bytes = 3, order = "little" },
    { text = "name", bytes = 7, charset = "utf-8", fill = "20" },
    { hex = "token" },
    { pad = "EE" },
    { uint = "number", bytes = 2, order = "big" },
]
"#;

fn small() -> Profile {
    Profile::parse(SMALL).unwrap()
}

fn csv(text: &str) -> Records {
    Records::csv(&small(), text.as_bytes()).unwrap()
}

fn json(text: &str) -> Records {
    Records::json_lines(&small(), text.as_bytes()).unwrap()
}

/// What each entry is: its line, or what is wrong with it.
fn said(records: &Records) -> Vec<String> {
    let entries = records.entries.iter();
    entries
        .map(|entry| match entry {
            Ok(record) => format!("line {} good", record.line()),
            Err(error) => error.to_string(),
        })
        .collect()
}

fn uid() -> RealUid {
    RealUid::new([0x04, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED])
}

fn contents(profile: &Profile, record: &Record) -> Vec<String> {
    let files = profile.applications().iter().flat_map(|application| &application.files);
    let contents = files.filter_map(|file| file.content.as_ref());
    contents
        .map(|content| hex::encode_upper(content.render(record, &uid()).unwrap().expose_secret()))
        .collect()
}

/// By hand: 300 is 012C; "Zoë" is 5A 6F C3AB in UTF-8, filled with spaces to seven bytes; the
/// parts take 3 + 7 + 2 + 2 of 20 bytes, so six are padded.
#[test]
fn a_record_becomes_the_bytes_computed_by_hand() {
    let records = csv("number,name,token\n300,Zoë,a55a\n");
    let record = records.entries[0].as_ref().unwrap();
    assert_eq!(
        contents(&small(), record),
        [["2C0100", "5A6FC3AB202020", "A55A", "EEEEEEEEEEEE", "012C"].concat()]
    );
}

/// Line 2 of the records by hand: facility 42 is 00101010, number 48975 is 1011111101001111.
/// Bits 1 to 12, 001010101011, hold six ones: bit 0 is 0. Bits 13 to 24, 111101001111, hold nine:
/// bit 25 is 0. 0 00101010 1011111101001111 0 and spare zeros: 155FA780.
/// 48975 is BF4F; 20281231 is 0135778F.
#[test]
fn the_demonstration_is_two_hundred_good_records() {
    let profile = Profile::parse(DOOR).unwrap();
    let records = Records::csv(&profile, DOOR_RECORDS).unwrap();
    assert!(records.has_ids);
    assert_eq!(records.entries.len(), 200);
    assert!(records.entries.iter().all(Result::is_ok));
    let first = records.entries[0].as_ref().unwrap();
    assert_eq!((first.id(), first.line(), first.uid()), ("demo-0001", 2, None));
    let pad = "00".repeat(19);
    assert_eq!(
        contents(&profile, first),
        [
            ["155FA780", "0000BF4F", "01", &pad].concat(),
            // "DOOR", 42, 48975, the date, "North Gate" and two spaces, and the padding.
            ["444F4F52", "2A00", "4FBF0000", "0135778F", "4E6F7274682047617465", "2020", "FFFF"]
                .concat(),
        ]
    );
}

#[test]
fn the_second_demonstration_is_twenty_good_records() {
    let profile = Profile::parse(CAMPUS).unwrap();
    let records = Records::json_lines(&profile, CAMPUS_RECORDS).unwrap();
    assert_eq!(
        said(&records),
        (1..=20).map(|line| format!("line {line} good")).collect::<Vec<_>>()
    );
    let first = records.entries[0].as_ref().unwrap();
    let [info, card, badge] = &contents(&profile, first)[..] else { panic!("three contents") };
    assert_eq!(info, "43414D50555300");
    // 51087910 is 030B8A26.
    assert_eq!(*card, ["268A0B03", "1B37FE0967A448EB", &"00".repeat(18), "A55A"].concat());
    assert!(badge.starts_with(&hex::encode_upper("Test Alpha")) && badge.len() == 88);
}

#[test]
fn bad_records_are_told_apart_and_the_others_stay_good() {
    let records = csv("id,number,name,token\n\
                       a,1,Ann,0001\n\
                       b,701,Ann,0001\n\
                       c,-2,Ann,0001\n\
                       d,3,Annabelle,0001\n\
                       e,4,ÄÖÜß,0001\n\
                       f,5,Ann,00011\n\
                       g,1,Ann,0001\n\
                       a,6,Ann,0001\n\
                       h,7,Ann\n\
                       ,8,Ann,0001\n\
                       j,,Ann,0001\n\
                       k,+9,Ann,0001\n\
                       l,0010,,0001\n");
    let number = |line: usize, why: &str| {
        format!(
            "line {line}: field \"number\": {why}; allowed is a whole number from 0 to 700, digits \
             only"
        )
    };
    let empty = "it is empty: fill it in, or give the column a default in an import table";
    let sign = "a sign stands in front of it: numbers here begin at 0 and have none";
    assert_eq!(
        said(&records),
        [
            "line 2 good".to_owned(),
            number(3, "it is larger than the largest number allowed"),
            number(4, sign),
            "line 5: field \"name\": it is longer than allowed; allowed is text of at most 6 characters, none of \
             them a control character"
                .to_owned(),
            "line 6: field \"name\": the text is longer than the 7 bytes that the card has for it"
                .to_owned(),
            "line 7: field \"token\": it is longer than allowed; allowed is 4 hexadecimal digits".to_owned(),
            "line 8: field \"number\": repeats the value of line 2, but must be unique".to_owned(),
            "line 9: field \"id\": repeats the value of line 2, but must be unique".to_owned(),
            "line 10: the record has 3 columns, the header has 4: mend the line; put quotes around values with a separator \
             in them".to_owned(),
            format!(
                "line 11: field \"id\": {empty}; allowed is text of 1 to 128 characters, none of them \
                 a control character"
            ),
            number(12, empty),
            number(13, sign),
            "line 14 good".to_owned(),
        ]
    );
    let error = records.entries[1].as_ref().unwrap_err();
    assert_eq!((error.id(), error.field(), error.line()), (Some("b"), Some("number"), 3));
}

#[test]
fn json_lines_are_refused_one_by_one() {
    let records = json(
        "\u{FEFF}{\"number\":1,\"name\":\"Ann\",\"token\":\"0001\"}\r\n\
                        {\"number\":\"2\",\"name\":\"Ann\",\"token\":\"0001\"}\n\
                        \n\
                        {\"number\":-3,\"name\":\"Ann\",\"token\":\"0001\"}\n\
                        {\"number\":4.0,\"name\":\"Ann\",\"token\":\"0001\"}\n\
                        {\"number\":5,\"name\":7,\"token\":\"0001\"}\n\
                        {\"number\":6,\"name\":\"Ann\"}\n\
                        {\"number\":7,\"name\":\"Ann\",\"token\":\"0001\",\"phone\":[{}]}\n\
                        {\"number\":8,\"name\":\"Ann\",\"token\":\"0001\",\"name\":\"Bob\"}\n\
                        [9]\n\
                        {\"number\":10,\n\
                        {\"number\":1,\"name\":\"Ann\",\"token\":\"0001\"}\n\
                        {\"id\":\"x\",\"number\":11,\"name\":\"Ann\",\"token\":\"0001\"}\n\
                        {\"number\":null,\"name\":\"Ann\",\"token\":\"0001\"}\n",
    );
    let number = |line: usize, why: &str| {
        format!(
            "line {line}: field \"number\": {why}; allowed is a whole number from 0 to 700, digits \
             only"
        )
    };
    let not_whole =
        "a number that is not whole, has an exponent or is too large: write a whole one";
    let null = "null stands where a value is wanted: fill it in, or give it a default in an import \
                table";
    let text = "allowed is text of at most 6 characters, none of them a control character";
    assert_eq!(
        said(&records),
        [
            "line 1 good".to_owned(),
            "line 2 good".to_owned(),
            number(4, "a sign stands in front of it: numbers here begin at 0 and have none"),
            number(5, not_whole),
            format!(
                "line 6: field \"name\": a number stands where a text is wanted, quotes are missing: \
                 write it in quotes; {text}"
            ),
            "line 7: field \"token\": missing, allowed is 4 hexadecimal digits".to_owned(),
            "line 8: entry 4 has a name that the profile does not declare: take it out or declare it"
                .to_owned(),
            "line 9: field \"name\": given twice: take one of them out".to_owned(),
            "line 10: no JSON object on one line (column 0): look for a comma, a bracket or a quote there".to_owned(),
            "line 11: no JSON object on one line (column 13): look for a comma, a bracket or a quote there".to_owned(),
            "line 12: field \"number\": repeats the value of line 1, but must be unique".to_owned(),
            "line 13: either every record has an id or none: the first record decides".to_owned(),
            number(14, null),
        ]
    );
}

#[test]
fn ids_and_uids_are_read_and_may_not_repeat() {
    let records = json(
        "{\"id\":17,\"uid\":\"04deadbeeffeed\",\"number\":1,\"name\":\"\",\"token\":\"0001\"}\n\
                        {\"id\":\"y\",\"uid\":\"04DEADBEEFFEED\",\"number\":2,\"name\":\"\",\"token\":\"0001\"}\n\
                        {\"id\":\"z\",\"uid\":\"04DEADBEEFFE\",\"number\":3,\"name\":\"\",\"token\":\"0001\"}\n",
    );
    assert!(records.has_ids);
    let first = records.entries[0].as_ref().unwrap();
    assert_eq!(first.id(), "17");
    assert_eq!(first.uid().unwrap().expose(), &[0x04, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED]);
    assert_eq!(
        said(&records)[1..],
        [
            "line 2: field \"uid\": repeats the value of line 1, but must be unique",
            "line 3: field \"uid\": it is shorter than allowed, as a number that lost its zeros in \
             front is; allowed is 14 hexadecimal digits",
        ]
    );
    let csv = csv("uid,token,name,number\n04DEADBEEFFEED,0001,Ann,4\n");
    assert!(csv.entries[0].as_ref().unwrap().uid().is_some());
}

/// By hand: 0110 1 with spare zeros is 01101000, 11111 is 11111000.
#[test]
fn bits_are_read_from_either_file_and_kept_apart() {
    let text = SMALL.replace("\"hex\", length = 2", "\"bits\", length = 5");
    let text = text.replace("length = 5, class", "length = 5, unique = true, class");
    let text = text.replace("{ hex = \"token\" }", "{ raw = \"token\" }");
    let profile = Profile::parse(&text).unwrap();
    let repeated = "field \"token\": repeats the value of line ";
    let wrong = |why: &str| {
        format!(
            "field \"token\": {why}; allowed is 5 bits, each 0 or 1; spaces may stand between them"
        )
    };
    let short = "it is shorter than allowed, as a number that lost its zeros in front is";
    let empty = "it is empty: fill it in, or give the column a default in an import table";
    let lines = "number,name,token\n1,Ann,01101\n2,Ann,11111\n3,Ann,0110 1\n4,Ann,1101\n5,Ann,\n";
    let csv = Records::csv(&profile, lines.as_bytes()).unwrap();
    assert_eq!(
        said(&csv),
        [
            "line 2 good".to_owned(),
            "line 3 good".to_owned(),
            format!("line 4: {repeated}2, but must be unique"),
            format!("line 5: {}", wrong(short)),
            format!("line 6: {}", wrong(empty)),
        ]
    );
    let token = |entry: &Result<Record, RecordError>| {
        contents(&profile, entry.as_ref().unwrap())[0].get(20..22).unwrap().to_owned()
    };
    assert_eq!([0, 1].map(|at| token(&csv.entries[at])), ["68", "F8"]);
    let json = "{\"number\":1,\"name\":\"Ann\",\"token\":\" 011 01 \"}\n\
                {\"number\":2,\"name\":\"Ann\",\"token\":11111}\n";
    let json = Records::json_lines(&profile, json.as_bytes()).unwrap();
    let quotes = "a number stands where a text is wanted, quotes are missing: write it in quotes";
    assert_eq!(said(&json), ["line 1 good".to_owned(), format!("line 2: {}", wrong(quotes))]);
    assert_eq!(token(&json.entries[0]), "68");
    assert_eq!(
        Records::csv(&profile, b"number,name\n1,Ann\n").unwrap_err().to_string(),
        "the header has no column \"token\": add it, 5 bits, each 0 or 1; spaces may stand between \
         them"
    );
}

#[test]
fn a_text_outside_of_its_character_set_is_refused() {
    let record = |charset: &str, name: &str| {
        let profile = Profile::parse(&SMALL.replace("utf-8", charset)).unwrap();
        let text = format!("number,name,token\n1,{name},0001\n");
        let records = Records::csv(&profile, text.as_bytes()).unwrap();
        let entry = records.entries.into_iter().next().unwrap();
        entry.map(|record| contents(&profile, &record)[0].get(6..20).unwrap().to_owned())
    };
    assert_eq!(record("ascii", "Zoe").unwrap(), "5A6F6520202020");
    assert_eq!(record("latin-1", "Zoë").unwrap(), "5A6FEB20202020");
    assert_eq!(
        record("ascii", "Zoë").unwrap_err().to_string(),
        "line 2: field \"name\": the character U+00EB is outside of ASCII, in which the card holds it: \
         write another, or choose another charset in the profile"
    );
    assert_eq!(
        record("latin-1", "Łódź").unwrap_err().reason(),
        &RecordReason::Charset { charset: "Latin-1", code: 0x141 }
    );
}

#[test]
fn no_value_shows_in_debug_or_errors() {
    let csv = csv("id,number,name,token\n\
                   r1,699,Zaphod,C0FE\n\
                   r2,31337,Zaphod,C0FE\n\
                   r3,699,Zaphod,C0FE\n\
                   r4,5,Zaphod Beeblebrox,C0FE\n\
                   r5,6,Zaphod,C0FEE\n\
                   r6,7,\"Zaphod,C0FE\n");
    let json = json(
        "{\"id\":\"r1\",\"number\":31337,\"name\":\"Zaphod\",\"token\":\"C0FE\"}\n\
                     {\"id\":\"r2\",\"number\":\"Zaphod\",\"name\":31337,\"token\":\"C0FE\"}\n\
                     {\"id\":\"r3\",\"number\":699,\"name\":\"Zaphod\" \"C0FE\"}\n\
                     \"Zaphod\"\n",
    );
    for records in [csv, json] {
        let shown = format!("{records:?} {:?}", said(&records)).to_lowercase();
        for value in ["zaphod", "699", "31337", "c0fe", "[192", "90, 97"] {
            assert!(!shown.contains(value), "{value} in {shown}");
        }
        assert!(shown.contains("r2"), "ids are opaque and may show");
    }
}

#[test]
fn a_record_of_another_profile_does_not_render() {
    let profile = Profile::parse(DOOR).unwrap();
    let records = csv("number,name,token\n300,Zoe,a55a\n");
    let record = records.entries[0].as_ref().unwrap();
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let error = content.render(record, &uid()).unwrap_err();
    assert_eq!(error.field, "number");
    let allowed = Allowed::Field(crate::profile::FieldKind::Uint { max: 65535 });
    assert_eq!(error.reason, RecordReason::NotAllowed { allowed });
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = [b"number,name,token\n", &bytes[..]].concat();
        for records in [
            Records::csv(&small(), &bytes),
            Records::csv(&small(), &text),
            Records::json_lines(&small(), &bytes),
        ].into_iter().flatten() {
            prop_assert!(!records.entries.is_empty());
        }
    }

    #[test]
    fn entries_of_csv_pieces_are_in_the_order_of_their_lines(
        lines in proptest::collection::vec("[0-9]{1,3},[a-z\"]{1,5},(0001|\"0002\"|x)", 1..20),
    ) {
        let text = format!("number,name,token\n{}\n", lines.join("\n"));
        let records = csv(&text);
        prop_assert!(records.entries.len() <= lines.len());
        let mut last = 1;
        for entry in &records.entries {
            let line = entry.as_ref().map_or_else(RecordError::line, Record::line);
            prop_assert!(line > last);
            last = line;
        }
    }

    #[test]
    fn uints_of_every_width_and_order_are_packed_as_to_bytes_has_them(
        number in any::<u32>(), bytes in 4..=8_usize,
    ) {
        let file = SMALL.replace("max = 700", "max = 4294967295").replace("size = 20", "size = 30");
        let file = file.replace("bytes = 3", &format!("bytes = {bytes}"));
        let profile = Profile::parse(&file.replace("bytes = 2", &format!("bytes = {bytes}"))).unwrap();
        let line = format!("number,name,token\n{number},,0001\n");
        let records = Records::csv(&profile, line.as_bytes()).unwrap();
        let content = &contents(&profile, records.entries[0].as_ref().unwrap())[0];
        let (little, big) = (u64::from(number).to_le_bytes(), u64::from(number).to_be_bytes());
        prop_assert!(content.starts_with(&hex::encode_upper(&little[..bytes])));
        prop_assert!(content.ends_with(&hex::encode_upper(&big[8 - bytes..])));
        prop_assert_eq!(content.len(), 60);
    }
}
