// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rows as others import them, by hand; and what becomes of a file that is there.

use super::*;
use crate::profile::{Profile, Records};

const BASE: &str = r#"[profile]
name = "lists"
chips = ["ev2"]
[transport]
picc = ["factory"]
identify = "every"
[fields]
number = { type = "uint", max = 99999999, class = "technical", unique = true }
name = { type = "text", max_length = 12, class = "technical", takes = ["control"] }
until = { type = "date", class = "technical" }
token = { type = "hex", length = 2, class = "technical" }
guid = { type = "uuid", class = "technical" }
badge = { type = "bits", length = 4, class = "technical" }
facility = { type = "uint", max = 255, class = "technical" }
[keys]
picc = { ref = "picc", version = 7 }
[card]
master_key = "picc"
[[application]]
aid = "F48120"
keys = ["picc"]
"#;

/// Every field, so that none is without use.
const ALL: &str = r#"{ column = "n", field = "number" }, { column = "name", field = "name" },
    { column = "until", field = "until" }, { column = "token", field = "token" },
    { column = "guid", field = "guid" }, { column = "badge", field = "badge" },
    { column = "f", field = "facility" }"#;

const RECORD: &str = r#"{"id": "A-1", "number": 4711, "name": "NAME", "until": "2031-12-24", "token": "beef", "guid": "00112233-4455-6677-8899-AABBCCDDEEFF", "badge": "1011", "facility": 7}"#;

fn profile(entries: &str, columns: &str) -> Profile {
    let text = format!("{BASE}[export]\n{entries}\ncolumns = [{columns}]\n");
    Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn record(profile: &Profile, name: &str) -> Record {
    let records = Records::json_lines(profile, RECORD.replace("NAME", name).as_bytes()).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

fn row(profile: &Profile, name: &str) -> Result<Row, ExportError> {
    let record = &record(profile, name);
    let card = OnCard {
        uid: Some(RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6])),
        chip: Some("EV2 8K".to_owned()),
        key_versions: vec![(KeyIndex(0), KeyVersion(7))],
    };
    let export = profile.export(None).unwrap();
    let row = export.row(record, &card)?;
    export.takes(record)?;
    Ok(row)
}

/// The values of these columns beside all fields.
#[track_caller]
fn values(columns: &str) -> Vec<String> {
    let profile = profile("", &format!("{ALL}, {columns}"));
    let row = row(&profile, "Ann").unwrap();
    row.values().skip(7).map(|value| value.unwrap().to_owned()).collect()
}

/// What an empty list comes to with one row.
#[track_caller]
fn written(entries: &str, name: &str) -> Vec<u8> {
    let profile = profile(entries, ALL);
    let row = row(&profile, name).unwrap();
    let mut list = profile.export(None).unwrap().list(b"").unwrap();
    list.add(&row).unwrap().bytes().to_vec()
}

const PLAIN: &str = "4711,Ann,2031-12-24,BEEF,00112233-4455-6677-8899-aabbccddeeff,1011,7";

#[test]
fn fields_are_written_as_records_have_them() {
    let text = written("", "Ann");
    assert_eq!(text, format!("n,name,until,token,guid,badge,f\r\n{PLAIN}\r\n").as_bytes());
    assert_eq!(
        written("header = false\nline_end = \"lf\"", "Ann"),
        format!("{PLAIN}\n").as_bytes()
    );
}

/// By hand: 04A1B2C3D4E5F6 is 1303689068602870; C3D4E5F6 is 3285509622, turned round F6E5D4C3 4142257347.
#[test]
fn a_uid_in_every_form() {
    let uid =
        |form: &str| format!("{{ column = \"u\", parts = [{{ uid = \"written\" }}], {form} }}");
    for (form, wanted) in [
        ("as = \"hex\"", "04A1B2C3D4E5F6"),
        ("as = \"hex-lower\", between = \":\"", "04:a1:b2:c3:d4:e5:f6"),
        ("as = \"hex\", reversed = true, between = \" \"", "F6 E5 D4 C3 B2 A1 04"),
        ("as = \"hex\", last = 4", "C3D4E5F6"),
        ("as = \"hex\", first = 3", "04A1B2"),
        ("as = \"hex\", first = 3, last = 2", "A1B2"),
        ("as = \"decimal\"", "1303689068602870"),
        ("as = \"decimal\", width = 18", "001303689068602870"),
        ("as = \"decimal\", last = 4", "3285509622"),
        ("as = \"decimal\", last = 4, reversed = true", "4142257347"),
        ("as = \"bits\", first = 1", "00000100"),
    ] {
        assert_eq!(values(&uid(form)), [wanted], "{form}");
    }
}

#[test]
fn what_the_card_and_the_record_tell_besides() {
    let columns = r#"{ column = "c", card = "chip" }, { column = "k", key_version = "picc", width = 3 },
        { column = "id", record = "id" }, { column = "same", constant = "X" },
        { column = "j", join = [{ field = "facility", width = 3 }, { field = "number" }], with = "-" }"#;
    assert_eq!(values(columns), ["EV2 8K", "007", "A-1", "X", "007-4711"]);
}

/// By hand: Luhn over 00004711, every second digit from the right doubled: 2 + 1 + 5 + 4 = 12, and 8 more
/// are 20. A track as ISO/IEC 7811 has one begins with `;` and ends with `?`.
#[test]
fn numbers_with_check_digits_tracks_and_bit_formats() {
    let columns = r#"
        { column = "p", parts = [{ digits = "number", count = 8, form = "ascii", name = "n" }, { checksum = "luhn", over = ["n"] }] },
        { column = "t", parts = [{ constant = "ascii:;" }, { digits = "number", count = 8, form = "ascii" }, { constant = "ascii:=" }, { date = "until", form = "ascii:yymm" }, { constant = "ascii:?" }] },
        { column = "d", parts = [{ date = "until", form = "ascii:dd.mm.yyyy" }] },
        { column = "x", parts = [{ text = "name", bytes = 12 }], trim = true }"#;
    assert_eq!(values(columns), ["000047118", ";00004711=3112?", "24.12.2031", "Ann"]);
}

/// A list of two records, of which the second says nothing of what it may leave out, and the third what
/// stands for that.
fn optional(entries: &str, columns: &str) -> String {
    let fields = r#"
dept = { type = "uint", max = 99, class = "technical", optional = true }
nick = { type = "text", max_length = 8, class = "technical", optional = true }
key = { type = "hex", length = 2, class = "technical", optional = true }
level = { type = "uint", max = 9, class = "technical", optional = true, default = 0 }
[keys]"#;
    let text = format!(
        "{}[export]\n{entries}\ncolumns = [{columns}]\n",
        BASE.replacen("\n[keys]", fields, 1)
    );
    let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let given = r#""dept": 7, "nick": "x", "key": "0100", "level": 3"#;
    let zeros = r#""dept": 0, "nick": "", "key": "0000", "level": 0"#;
    let records: String = [given, r#""dept": null"#, zeros]
        .map(|more| RECORD.replace("\"facility\": 7", &format!("\"facility\": 7, {more}")) + "\n")
        .concat();
    let records = records.replacen("4711", "1", 1).replacen("4711", "2", 1);
    let records = records.replacen("A-1", "A", 1).replacen("A-1", "B", 1);
    let records = Records::json_lines(&profile, records.as_bytes()).unwrap();
    let export = profile.export(None).unwrap();
    let (mut list, mut file) = (export.list(b"").unwrap(), Vec::new());
    for record in records.entries {
        let record = record.unwrap_or_else(|error| panic!("{error}"));
        let added = list.add(&export.row(&record, &OnCard::default()).unwrap()).unwrap();
        file.truncate(added.behind());
        file.extend_from_slice(added.bytes());
    }
    assert_eq!(export.list(&file).map(|list| list.rows()), Ok(3));
    String::from_utf8(file).unwrap()
}

/// Whether it was left out or has what stands for that: neither a card nor a list tells. A default that the
/// profile names is a value.
#[test]
fn a_missing_value_is_none() {
    let columns = r#"{ column = "n", field = "number" }, { column = "d", field = "dept", width = 2 },
        { column = "m", field = "nick" }, { column = "k", field = "key" }, { column = "l", field = "level" },
        { column = "j", join = [{ constant = "P" }, { field = "dept" }, { field = "number" }], with = "-" },
        { column = "i", join = [{ field = "dept" }, { field = "nick" }], with = "/" },
        { column = "u", parts = [{ digits = "dept", count = 2, form = "ascii" }] }, "#;
    let others = ALL.split_once("},").unwrap().1;
    let columns = format!("{columns} {others}");
    let csv = optional("header = false\nline_end = \"lf\"", &columns);
    let rows: Vec<&str> = csv.lines().map(|row| row.split(",NAME,").next().unwrap()).collect();
    assert_eq!(rows, ["1,07,x,0100,3,P-7-1,7/x,07", "2,,,,0,P-2,,00", "4711,,,,0,P-4711,,00"]);
    let json = optional("form = \"json-lines\"", &columns);
    let row: serde_json::Value = serde_json::from_str(json.lines().nth(1).unwrap()).unwrap();
    for (column, wanted) in
        [("d", None), ("m", None), ("k", None), ("l", Some("0")), ("i", None), ("j", Some("P-2"))]
    {
        assert_eq!(row[column].as_str(), wanted, "{column}");
        assert_eq!(row[column].is_null(), wanted.is_none(), "{column}");
    }
}

/// A line without anything is none to those who read CSV.
#[test]
fn the_only_value_of_a_row_is_never_an_empty_line() {
    let others = ["until", "token", "guid", "badge", "facility", "number"];
    let of_others =
        |line: &&str| others.iter().any(|field| line.starts_with(&format!("{field} = ")));
    let text: String =
        BASE.lines().filter(|line| !of_others(line)).map(|line| format!("{line}\n")).collect();
    for (encoding, wanted) in [("utf-8", "\"\"\nb\n"), ("utf-16le", "\"\0\"\0\n\0b\0\n\0")] {
        let profile = format!(
            "{text}[export]\nencoding = \"{encoding}\"\nheader = false\nline_end = \"lf\"\ncolumns = [{{ column = \"m\", field = \"name\" }}]\n"
        );
        let profile = Profile::parse(&profile).unwrap_or_else(|error| panic!("{error}"));
        let records = Records::csv(&profile, b"id,name\na,\nb,b\n").unwrap();
        let export = profile.export(None).unwrap();
        let (mut list, mut file) = (export.list(b"").unwrap(), Vec::new());
        for record in records.entries {
            let row = export.row(&record.unwrap(), &OnCard::default()).unwrap();
            file.extend_from_slice(list.add(&row).unwrap().bytes());
        }
        assert_eq!(String::from_utf8(file.clone()).unwrap(), wanted);
        assert_eq!(export.list(&file).map(|list| list.rows()), Ok(2));
    }
}

#[test]
fn csv_is_quoted_where_it_has_to_be() {
    for (entries, name, wanted) in [
        ("separator = \";\"", "a;b", "\"a;b\""),
        ("separator = \";\"", "a,b", "a,b"),
        ("separator = \"\\t\"", "a b", "a b"),
        ("separator = \"|\"", " a", "\" a\""),
        ("separator = \";\"", "a\\\"b", "\"a\"\"b\""),
        ("separator = \";\"\nquotes = \"always\"", "a", "\"a\""),
        ("separator = \";\"\nformulas = \"kept\"", "+1", "+1"),
        ("separator = \";\"\nformulas = \"apostrophe\"", "=1", "'=1"),
        ("separator = \";\"", "-", "-"),
        ("separator = \";\"", "-17", "-17"),
    ] {
        let written = String::from_utf8(written(entries, name)).unwrap();
        let row = written.lines().nth(1).unwrap();
        let separator = entries.chars().nth(13).filter(|sign| *sign != '\\').unwrap_or('\t');
        assert!(row.contains(&format!("{separator}{wanted}{separator}")), "{entries}: {row}");
    }
}

#[test]
fn what_would_break_a_row_or_be_run_is_refused() {
    for (entries, name, reason) in [
        ("", "=1+1", ExportReason::Formula),
        ("", "@x", ExportReason::Formula),
        ("", "-1+1", ExportReason::Formula),
        ("", "--1", ExportReason::Formula),
        ("", "+49 170 1", ExportReason::Formula),
        ("", "\\uFF1D1", ExportReason::Formula),
        ("", "a\\nb", ExportReason::Control { code: 0x0A }),
        ("formulas = \"kept\"", "\\tb", ExportReason::Control { code: 0x09 }),
        (
            "encoding = \"latin-1\"",
            "a\\u0142",
            ExportReason::Charset { charset: "Latin-1", code: 0x142 },
        ),
    ] {
        let error = row(&profile(entries, ALL), name).unwrap_err();
        assert_eq!((error.column.as_str(), &error.reason), ("name", &reason), "{name}");
        assert!(!error.to_string().contains("1+1"), "{error}");
    }
    // JSON has a way to write each.
    row(&profile("form = \"json\"", ALL), "=a\\nb").unwrap();
    let text = "{ column = \"t\", parts = [{ text = \"name\", bytes = 12 }] }";
    let error = row(&profile("", &format!("{ALL}, {text}")), "Ann").unwrap_err();
    assert_eq!(error.reason, ExportReason::Control { code: 0 });
    let text = "{ column = \"t\", parts = [{ hex = \"token\" }] }";
    let error = row(&profile("", &format!("{ALL}, {text}")), "Ann").unwrap_err();
    assert_eq!((error.reason, error.column.as_str()), (ExportReason::NoText, "t"));
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let columns = r#"{ column = "u", parts = [{ uid = "written" }], as = "hex" },
        { column = "c", card = "chip" }, { column = "k", key_version = "picc" }"#;
    let profile = profile("", &format!("{ALL}, {columns}"));
    let record = &record(&profile, "Ann");
    let export = profile.export(None).unwrap();
    let reason = |card: &OnCard| export.row(record, card).unwrap_err().reason;
    let mut card = OnCard::default();
    assert_eq!(reason(&card), ExportReason::NoUid);
    card.uid = Some(RealUid::new([4; 7]));
    assert_eq!(reason(&card), ExportReason::NoChip);
    card.chip = Some(String::new());
    assert_eq!(reason(&card), ExportReason::NoKeyVersion);
    let none = export.row(&Record::none(), &card).unwrap_err();
    assert_eq!(none.reason, ExportReason::OtherFields);
}

/// Bytes by the tables of the encodings.
#[test]
fn every_encoding_has_its_bytes() {
    for (encoding, start, name, bytes) in [
        ("utf-8", "", "Zoë", "5A6FC3AB"),
        ("utf-16", "FFFE6E00", "Zoë", "5A006F00EB00"),
        ("utf-16le", "6E00", "Zoë", "5A006F00EB00"),
        ("utf-16be", "006E", "Zoë", "005A006F00EB"),
        ("latin-1", "6E", "Zoë", "5A6FEB"),
        #[cfg(feature = "encodings")]
        ("windows-1252", "6E", "€", "80"),
        #[cfg(feature = "encodings")]
        ("latin-9", "6E", "€", "A4"),
        #[cfg(feature = "encodings")]
        ("shift_jis", "6E", "\u{7530}\u{4E2D}", "93639286"),
    ] {
        let entries = format!("encoding = \"{encoding}\"\nline_end = \"lf\"");
        let profile = profile(&entries, ALL);
        let row = row(&profile, name).unwrap();
        let mut list = profile.export(None).unwrap().list(b"").unwrap();
        let whole = hex::encode_upper(list.add(&row).unwrap().bytes());
        assert!(whole.starts_with(start), "{encoding}: {whole}");
        assert!(whole.contains(bytes), "{encoding}: {whole}");
        // And is gone on with, the same row not twice.
        let held = hex::decode(whole).unwrap();
        let mut list = profile.export(None).unwrap().list(&held).unwrap();
        assert!(list.add(&row).is_none() && list.rows() == 1, "{encoding}");
    }
    let marked = written("byte_order_mark = true", "Ann");
    assert!(marked.starts_with(b"\xEF\xBB\xBFn,name"));
}

/// A yen sign would come out as a backslash, as browsers write it.
#[cfg(feature = "encodings")]
#[test]
fn no_character_becomes_another() {
    let error = row(&profile("encoding = \"shift_jis\"", ALL), "\u{A5}").unwrap_err();
    assert_eq!(error.reason, ExportReason::Charset { charset: "Shift_JIS", code: 0xA5 });
}

/// Three rows, one after the other, and again from what the file has in between.
#[test]
fn a_list_is_gone_on_with_and_no_row_stands_twice() {
    for (entries, wanted) in [
        ("line_end = \"lf\"", "n,name,until,token,guid,badge,f\nXa\nXb\nXc\n"),
        ("header = false\nline_end = \"lf\"", "Xa\nXb\nXc\n"),
        ("form = \"json-lines\"", "Xa\nXb\nXc\n"),
        ("form = \"json\"", "[\nXa,\nXb,\nXc\n]\n"),
    ] {
        let profile = profile(entries, ALL);
        let export = profile.export(None).unwrap();
        let rows: Vec<Row> = ["Xa", "Xb", "Xc"].map(|name| row(&profile, name).unwrap()).into();
        let mut file = Vec::new();
        for row in rows.iter().chain(&rows) {
            let mut list = export.list(&file).unwrap();
            assert!(!list.was_cut());
            if let Some(added) = list.add(row) {
                file.truncate(added.behind());
                file.extend_from_slice(added.bytes());
            }
        }
        let text = String::from_utf8(file.clone()).unwrap();
        let told: String = text
            .lines()
            .map(|line| match ["Xa", "Xb", "Xc"].iter().find(|name| line.contains(**name)) {
                Some(name) if line.ends_with("},") => format!("{name},\n"),
                Some(name) => format!("{name}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        assert_eq!(told, wanted);
        if entries == "form = \"json\"" {
            let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            assert_eq!(rows[2]["name"], "Xc");
        }
        // One that is gone on with in one piece comes to the same.
        let mut list = export.list(b"").unwrap();
        let mut whole = Vec::new();
        for row in &rows {
            let added = list.add(row).unwrap();
            whole.truncate(added.behind());
            whole.extend_from_slice(added.bytes());
        }
        assert_eq!(whole, file);
        // Cut at any place it is gone on with, and comes to the same in the end.
        for cut in 0..file.len() {
            let mut torn = file[..cut].to_vec();
            let mut list = export.list(&torn).unwrap_or_else(|error| panic!("{cut}: {error}"));
            for row in &rows {
                if let Some(added) = list.add(row) {
                    torn.truncate(added.behind());
                    torn.extend_from_slice(added.bytes());
                }
            }
            // An array whose last row is whole is closed by the next one.
            let end = ["\n]\n", "\n]", "\n"];
            let open = |text: &str| {
                let end = end.iter().find_map(|end| text.strip_suffix(end));
                end.unwrap_or(text).to_owned()
            };
            assert_eq!(open(&String::from_utf8(torn).unwrap()), open(&text), "{cut}");
        }
    }
}

#[test]
fn a_file_that_is_no_such_list_is_refused() {
    let csv = profile("line_end = \"lf\"", ALL);
    let header = "n,name,until,token,guid,badge,f\n";
    let open = |profile: &Profile, text: &str| {
        profile.export(None).unwrap().list(text.as_bytes()).map(|list| list.rows())
    };
    assert_eq!(open(&csv, header), Ok(0));
    for text in ["a,b\n1,2\n", "n,name,until,token,guid,badge,f\r\nx\r\n", "{\"a\":1}\n"] {
        assert_eq!(open(&csv, text), Err(ListError::OtherHead), "{text}");
    }
    let other = format!("{header}{PLAIN}\n1,2\n{PLAIN}\n");
    assert_eq!(open(&csv, &other), Err(ListError::OtherRow { line: 3 }));
    let quoted = format!("{header}1,\"a,b\",2,3,4,5,6\n");
    assert_eq!(open(&csv, &quoted), Ok(1));
    let json = profile("form = \"json-lines\"", ALL);
    assert_eq!(open(&json, "{\"n\":\"1\"}\n"), Err(ListError::OtherRow { line: 1 }));
    let array = profile("form = \"json\"", ALL);
    assert_eq!(open(&array, "{}\n"), Err(ListError::OtherHead));
    assert_eq!(open(&array, "[\n]\nmore\n"), Err(ListError::BehindEnd { line: 3 }));
    // A power cut may leave zeros.
    let zeros = format!("{header}{PLAIN}\n\0\0\0");
    let list = csv.export(None).unwrap().list(zeros.as_bytes()).unwrap();
    assert!(list.rows() == 1 && list.was_cut());
}

#[test]
fn a_row_shows_nothing_of_itself() {
    let profile = profile("", ALL);
    let row = row(&profile, "Ann").unwrap();
    assert_eq!(format!("{row:?}"), "Row(7 columns, <secret>)");
    let mut list = profile.export(None).unwrap().list(b"").unwrap();
    let added = list.add(&row).unwrap();
    assert!(!format!("{added:?} {list:?}").contains("Ann"));
}
