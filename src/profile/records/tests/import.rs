// SPDX-License-Identifier: MIT OR Apache-2.0
//! Import tables: files that are written in another way, and tables that say so wrongly.

use super::*;
use crate::profile::Import;

fn with(fields: &str) -> Profile {
    let text = SMALL.replace(
        "token = { type = \"hex\", length = 2, class = \"technical\" }",
        &format!("token = {{ type = \"hex\", length = 2, class = \"technical\" }}\n{fields}"),
    );
    Profile::parse(&text).unwrap()
}

fn read(table: &str, bytes: &[u8]) -> Records {
    let profile = with("");
    let import = Import::parse(table, &profile).unwrap();
    Records::read(&profile, &import, None, bytes).unwrap()
}

/// The first content of the only record.
fn content(table: &str, bytes: &[u8]) -> String {
    let records = read(table, bytes);
    assert_eq!(records.entries.len(), 1, "{:?}", said(&records));
    let record = records.entries[0].as_ref().unwrap_or_else(|error| panic!("{error}"));
    contents(&small(), record).remove(0)
}

/// By hand: 300 is 012C, "Zoë" 5A 6F C3AB, filled with spaces to seven bytes.
const ZOE: &str = "2C01005A6FC3AB202020A55AEEEEEEEEEEEE012C";

#[test]
fn a_file_is_read_in_the_encoding_that_the_table_names() {
    let text = "number,name,token\n300,Zoë,a55a\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf_16 =
        |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let (little, big) = (utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes));
    for (table, bytes) in [
        ("", text.as_bytes()),
        ("encoding = \"latin-1\"", &latin),
        ("encoding = \"UTF-16LE\"", &little),
        ("encoding = \"utf-16be\"", &big),
        ("", &[b"\xFF\xFE", &little[..]].concat()),
        ("", &[b"\xFE\xFF", &big[..]].concat()),
        ("encoding = \"utf-16\"", &[b"\xFE\xFF", &big[..]].concat()),
        // A mark says more than a table.
        ("encoding = \"latin-1\"", &[b"\xEF\xBB\xBF", text.as_bytes()].concat()),
    ] {
        assert_eq!(content(table, bytes), ZOE, "{table}");
    }
    let profile = small();
    let refused = |table: &str, bytes: &[u8]| {
        let import = Import::parse(table, &profile).unwrap();
        Records::read(&profile, &import, None, bytes).unwrap_err().code().name()
    };
    assert_eq!(refused("encoding = \"latin-1\"", text.as_bytes()), "records-utf8");
    assert_eq!(refused("encoding = \"utf-16\"", &little), "records-utf16");
}

/// Bytes by hand from the code charts: the euro sign is 80 in Windows-1252 and A4 in ISO/IEC 8859-15;
/// the Japanese character 表 is 95 5C in Shift_JIS, whose second byte is a backslash in ASCII.
#[cfg(feature = "encodings")]
#[test]
fn encodings_of_windows_and_japan_are_read() {
    for (table, bytes, expected) in [
        ("encoding = \"windows-1252\"", &b"number,name,token\n300,\x80,a55a\n"[..], "€"),
        ("encoding = \"latin-9\"", b"number,name,token\n300,\xA4,a55a\n", "€"),
        ("encoding = \"shift_jis\"", b"number,name,token\n300,\x95\x5C,a55a\n", "表"),
    ] {
        let content = content(table, bytes);
        assert!(
            content.starts_with(&format!("2C0100{}20", hex::encode_upper(expected))),
            "{table}"
        );
    }
    let broken = read("encoding = \"shift_jis\"", b"number,name,token\n300,\x95,a55a\n1,A,a55a\n");
    assert_eq!(
        said(&broken),
        [
            "line 2: the record is no text in Shift_JIS: look in what the file was saved, or save it as \
             UTF-8",
            "line 3 good"
        ]
    );
}

/// What a table can say, each on a line that would be refused without it.
#[test]
fn values_are_read_as_the_table_has_them() {
    for (table, text) in [
        ("separator = \";\"", "number;name;token\n300;Zoë;a55a\n"),
        ("separator = \"\\t\"", "number\tname\ttoken\n300\tZoë\ta55a\n"),
        ("trim = true", "number,name,token\n 300 , Zoë ,a55a \n"),
        ("leave_out = [\"phone\"]", "number,phone,name,token\n300,7,Zoë,a55a\n"),
        ("leave_out = [\"*\"]", "a,number,b,name,token\n1,300,2,Zoë,a55a\n"),
        ("columns.number = \"No.\"", "No.,name,token\n300,Zoë,a55a\n"),
        ("columns.name = \"Zoe\u{308}\"", "number,Zoë,token\n300,Zoë,a55a\n"),
        (
            "columns.name = { join = [\"a\", \"b\"], with = \"\" }",
            "number,a,b,token\n300,Zo,ë,a55a\n",
        ),
        ("columns.name = { join = [\"a\", \"b\"] }", "number,a,b,token\n300,,Zoë,a55a\n"),
        ("columns.token = { constant = \"a55a\" }", "number,name\n300,Zoë\n"),
        ("columns.token = { default = \"a55a\" }", "number,name,token\n300,Zoë,\n"),
        ("columns.token = { default = \"a55a\", optional = true }", "number,name\n300,Zoë\n"),
        ("columns.name = { values = { x = \"Zoë\" } }", "number,name,token\n300,x,a55a\n"),
        (
            "numbers = { thousands = \".\", decimal = \",\" }",
            "number,name,token\n\"300,00\",Zoë,a55a\n",
        ),
        (
            "columns.name = { default = \"Zoë\", optional = true }",
            "{\"number\":300,\"name\":null,\"token\":\"a55a\"}\n",
        ),
        ("columns.name = \"Name\"", "[{\"Name\":\"Zoë\",\"number\":\"300\",\"token\":\"a55a\"}]"),
    ] {
        assert_eq!(content(table, text.as_bytes()), ZOE, "{table}");
    }
    let table =
        "columns.number = { boolean = true }\nbooleans = { true = [\"ja\"], false = [\"nein\"] }";
    let records =
        read(table, "number,name,token\nja,A,a55a\nnein,B,a55a\nJa,C,a55a\nx,D,a55a\n".as_bytes());
    let kinds: Vec<_> = records.mistakes().map(|mistake| mistake.code().name()).collect();
    assert_eq!(kinds, ["record-case", "record-not-boolean"]);
    let numbers: Vec<_> =
        records.entries.iter().flatten().map(|record| contents(&small(), record)).collect();
    assert!(numbers[0][0].starts_with("010000") && numbers[1][0].starts_with("000000"));
    let grouped = "numbers = { thousands = \".\" }";
    let records = read(grouped, b"number,name,token\n1.2,A,a55a\n.300,A,a55a\n0.300,A,a55a\n");
    let kinds: Vec<_> = records.mistakes().map(|mistake| mistake.code().name()).collect();
    assert_eq!(kinds, ["record-separator"; 3]);
}

/// 46353 days after 1899-12-30 are 2026-11-27, as spreadsheets count.
#[test]
fn dates_are_read_in_the_way_that_is_named() {
    let text =
        SMALL.replace("{ hex = \"token\" }", "{ date = \"token\", form = \"bcd:yyyymmdd\" }");
    let text = text.replace("\"hex\", length = 2", "\"date\"");
    let profile = Profile::parse(&text).unwrap();
    for (way, written) in [
        ("dd.mm.yyyy", "27.11.2026"),
        ("d/m/yyyy", "27/11/2026"),
        ("m/d/yyyy", "11/27/2026"),
        ("yyyy年m月d日", "2026年11月27日"),
        ("yyyymmdd", "20261127"),
        ("yyyy-mm-dd 00:00:00", "2026-11-27 00:00:00"),
        ("days:1899-12-30", "46353"),
    ] {
        let import = Import::parse(&format!("date = \"{way}\""), &profile).unwrap();
        let text = format!("number,name,token\n1,A,{written}\n2,A,x{written}\n");
        let records = Records::read(&profile, &import, None, text.as_bytes()).unwrap();
        let record = records.entries[0].as_ref().unwrap_or_else(|error| panic!("{way}: {error}"));
        assert!(contents(&profile, record)[0].contains("20261127"), "{way}");
        assert!(records.entries[1].is_err(), "{way}");
    }
}

/// Whether a sheet's day 60 is 28 or 29 February 1900 depends on who counts.
#[test]
fn days_on_which_spreadsheets_disagree_are_refused() {
    let text =
        SMALL.replace("{ hex = \"token\" }", "{ date = \"token\", form = \"bcd:yyyymmdd\" }");
    let text = text.replace("\"hex\", length = 2", "\"date\", from = \"1900-01-01\"");
    let profile = Profile::parse(&text).unwrap();
    let import = Import::parse("date = \"days:1899-12-30\"", &profile).unwrap();
    let text = b"number,name,token\n1,A,60\n2,A,61\n";
    let records = Records::read(&profile, &import, None, text).unwrap();
    let kinds: Vec<_> = records.mistakes().map(|mistake| mistake.code().name()).collect();
    assert_eq!(kinds, ["record-day-count"]);
    assert!(contents(&profile, records.entries[1].as_ref().unwrap())[0].contains("19000301"));
}

/// Half a name, or a default for a column that is only spelt wrongly, is none.
#[test]
fn an_entry_that_may_not_be_missing_is_missed_in_json_too() {
    for (column, entries) in [
        ("{ join = [\"a\", \"b\"] }", "\"a\":\"Zo\""),
        ("{ column = \"a\", default = \"x\" }", "\"A \":\"Zo\""),
    ] {
        let table = format!("leave_out = [\"*\"]\ncolumns.name = {column}");
        let text = format!("{{\"number\":300,{entries},\"token\":\"a55a\"}}\n");
        let records = read(&table, text.as_bytes());
        let kinds: Vec<_> = records.mistakes().map(|mistake| mistake.code().name()).collect();
        assert_eq!(kinds, ["record-field-missing"], "{column}");
        let optional = table.replace(" }", ", optional = true }");
        assert!(read(&optional, text.as_bytes()).entries[0].is_ok(), "{column}");
    }
}

/// Below zero, too, a number of JSON is looked up where values are listed.
#[test]
fn numbers_of_json_are_looked_up_in_the_list() {
    let text = SMALL.replace("type = \"uint\", max = 700", "type = \"int\", min = -9, max = 700");
    let text = text.replace("{ uint = \"number\"", "{ int = \"number\"");
    let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let table = "columns.number = { values = { \"-1\" = \"300\", \"5\" = \"6\" } }";
    let import = Import::parse(table, &profile).unwrap();
    let text = [-1, -2, 7].map(|number| {
        format!("{{\"number\":{number},\"name\":\"Zo\u{EB}\",\"token\":\"a55a\"}}\n")
    });
    let records = Records::read(&profile, &import, None, text.concat().as_bytes()).unwrap();
    let first = records.entries[0].as_ref().unwrap_or_else(|error| panic!("{error}"));
    assert!(contents(&profile, first)[0].starts_with("2C01"));
    let kinds: Vec<_> = records.mistakes().map(|mistake| mistake.code().name()).collect();
    assert_eq!(kinds, ["record-not-listed"; 2]);
}

/// A number goes with the record's place in the one file that the range names.
#[test]
fn numbers_of_a_range_go_to_one_file_only() {
    let profile = small();
    let bytes = b"name,token\nA,a55a\nB,a55a\nC,a55a\n";
    let table = |more: &str| {
        let range = format!(
            "columns.number = {{ range = {{ start = 100, end = 301, next = 300{more} }} }}"
        );
        Import::parse(&range, &profile).unwrap()
    };
    let error = Records::read(&profile, &table(""), None, bytes).unwrap_err();
    let RecordsError::RangeOfAnother { mark } = &error else { panic!("{error}") };
    let import = table(&format!(", file = \"{mark}\""));
    for _ in 0..2 {
        let records = Records::read(&profile, &import, None, bytes).unwrap();
        let first = contents(&profile, records.entries[0].as_ref().unwrap()).remove(0);
        let second = contents(&profile, records.entries[1].as_ref().unwrap()).remove(0);
        assert!(first.starts_with("2C0100") && second.starts_with("2D0100"));
        assert_eq!(
            said(&records)[2],
            "line 4: field \"number\": no number is left for it, the range of the import table ends at \
             301: name another range, or take records out"
        );
    }
    // With one row more it is another file, which would move the numbers on.
    let more = b"name,token\nZ,a55a\nA,a55a\nB,a55a\nC,a55a\n";
    let error = Records::read(&profile, &import, None, more).unwrap_err();
    assert!(matches!(error, RecordsError::RangeOfAnother { mark: other } if other != *mark));
}

#[cfg(feature = "encodings")]
#[test]
fn three_exports_are_read_with_one_table_each() {
    let profile = Profile::parse(include_str!("../../../../tests/orders/exports.toml")).unwrap();
    for (table, bytes, first) in [
        (
            include_str!("../../../../tests/orders/german.toml"),
            &include_bytes!("../../../../tests/orders/german.csv")[..],
            ("0000001", "00002710", "Weiß, Zoë", "20270101", "0300"),
        ),
        (
            include_str!("../../../../tests/orders/french.toml"),
            include_bytes!("../../../../tests/orders/french.csv"),
            ("F00001", "00004E20", "Zoé Çelik", "20270101", "0201"),
        ),
        (
            include_str!("../../../../tests/orders/japanese.toml"),
            include_bytes!("../../../../tests/orders/japanese.csv"),
            ("J00001", "00007530", "ソニア\u{3000}太郎", "20270101", "0201"),
        ),
    ] {
        let import =
            Import::parse(table, &profile).unwrap_or_else(|error| panic!("{error}\n{table}"));
        let records = Records::read(&profile, &import, Some("csv"), bytes).unwrap();
        let mistakes: Vec<_> = records.mistakes().map(ToString::to_string).collect();
        assert_eq!((mistakes, records.entries.len()), (Vec::new(), 1000));
        let record = records.entries[0].as_ref().unwrap();
        let (id, number, name, valid, rest) = first;
        assert_eq!(record.id(), id);
        let name = format!("{:0<120}", hex::encode_upper(name));
        let expected = [number, &name, valid, rest].concat();
        assert_eq!(contents(&profile, record), [expected]);
    }
}

#[cfg(feature = "encodings")]
#[test]
fn the_export_of_a_german_spreadsheet_is_read() {
    let profile = Profile::parse(include_str!("../../../../tests/orders/profile.toml")).unwrap();
    let table = include_str!("../../../../tests/orders/german-excel.toml");
    let import = Import::parse(table, &profile).unwrap();
    let bytes = include_bytes!("../../../../tests/orders/german-excel.csv");
    let records = Records::read(&profile, &import, Some("csv"), bytes).unwrap();
    assert_eq!(said(&records), ["line 2 good", "line 3 good"]);
}

/// A table in a profile is that of a file of its own.
#[test]
fn a_profile_has_a_table_of_its_own() {
    let text =
        format!("{SMALL}\n[import]\nseparator = \";\"\n[import.columns]\nnumber = \"No.\"\n");
    let profile = Profile::parse(&text).unwrap();
    let records = Records::csv(&profile, "No.;name;token\n300;Zoë;a55a\n".as_bytes()).unwrap();
    assert_eq!(contents(&profile, records.entries[0].as_ref().unwrap()), [ZOE]);
    let missing = Records::csv(&profile, b"name;token\nA;a55a\n").unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the header has no column \"No.\", which the import table names: add it"
    );
}

#[test]
fn a_table_that_fits_nothing_is_refused_with_its_place() {
    let profile = with("");
    for (table, problem) in [
        (
            "encoding = \"ebcdic\"",
            "line 1, column 12: an encoding that is not known: write one of \"utf-8\"",
        ),
        ("separator = \"x\"", "line 1, column 13: a separator that is not known"),
        ("date = \"dd.mm.yy\"", "line 1, column 8: no way to write a date"),
        ("date = \"dd.dd.yyyy\"", "line 1, column 8: no way to write a date"),
        ("date = \"yyyymd\"", "line 1, column 8: no way to write a date"),
        (
            "numbers = { thousands = \".\", decimal = \".\" }",
            "line 1, column 11: one sign for both",
        ),
        ("numbers = { thousands = \"..\" }", "line 1, column 11: no sign between digits"),
        ("columns.nubmer = \"No.\"", "line 1, column 9: no field \"nubmer\": write \"number\", or"),
        (
            "columns.id = { default = \"1\" }",
            "line 1, column 14: id and uid come out of one column",
        ),
        ("leave_out = [\"name\"]", "line 1, column 14: \"name\" is read and left out"),
        ("seperator = \";\"", "line 1, column 1: unknown entry `seperator`"),
    ] {
        let error = Import::parse(table, &profile).expect_err(table).to_string();
        assert!(error.starts_with(problem), "{table}: {error}");
    }
}

#[test]
fn a_column_that_fits_no_field_is_refused_with_its_place() {
    let profile = with("");
    for (table, problem) in [
        ("columns.name = { date = \"dd.mm.yyyy\" }", "line 1, column 25: the field is no date"),
        (
            "columns.name = { boolean = true }",
            "line 1, column 28: true and false are the numbers 1 and 0",
        ),
        (
            "columns.number = { default = \"x\" }",
            "line 1, column 30: no value of \"number\": a text stands where a number is wanted",
        ),
        ("columns.number = { constant = \"701\" }", "line 1, column 31: no value of \"number\""),
        (
            "columns.number = { constant = \"7\", values = { a = \"1\" } }",
            "line 1, column 45: no column is read for the field",
        ),
        ("columns.name = { join = [\"a\"] }", "line 1, column 25: nothing to join"),
        ("columns.name = { with = \"-\" }", "line 1, column 25: nothing is joined"),
        (
            "columns.name = { column = \"a\", constant = \"b\" }",
            "line 1, column 16: a field comes from one place",
        ),
        (
            "columns.number = { column = \"a\", optional = true }",
            "line 1, column 29: \"number\" may be missing",
        ),
        (
            "columns.name = { range = { start = 1, end = 2 } }",
            "line 1, column 26: a range has numbers",
        ),
        (
            "columns.number = { range = { start = 3, end = 2 } }",
            "line 1, column 28: the range has no next number",
        ),
        (
            "columns.number = { range = { start = 1, end = 701 } }",
            "line 1, column 47: the number is out of range",
        ),
        (
            "columns.number = { range = { start = 1, end = 2, file = \"x\" } }",
            "line 1, column 57: no mark of a file",
        ),
    ] {
        let error = Import::parse(table, &profile).expect_err(table).to_string();
        assert!(error.starts_with(problem), "{table}: {error}");
    }
}

#[test]
fn a_text_field_has_its_length_and_its_characters() {
    let field = |entries: &str| {
        let text = SMALL.replace("max_length = 6, class", &format!("{entries}, class"));
        Profile::parse(&text)
    };
    for (entries, good, bad) in [
        ("length = 4", "0047", &[("47", "too-short"), ("00047", "too-long"), ("", "empty")][..]),
        ("max_length = 6, min_length = 2", "ab", &[("a", "too-short"), ("abcdefg", "too-long")]),
        (
            "max_length = 6, characters = [\"0-9\", \"-\"]",
            "1-2",
            &[("1a", "outside-characters"), ("1 ", "space")],
        ),
        ("max_length = 6, takes = [\"format\"]", "a\u{200B}", &[("a\u{202E}", "direction")]),
        ("max_length = 6, takes = [\"direction\"]", "\u{202E}", &[("a\u{200B}", "format")]),
        ("max_length = 6, takes = [\"control\"]", "a\tb", &[("a\u{200B}", "format")]),
        ("max_length = 6, takes = [\"leavings\"]", "#REF!", &[("\t", "control")]),
    ] {
        let profile = field(entries).unwrap_or_else(|error| panic!("{error}"));
        let kind = |name: &str| {
            let text = format!("number,name,token\n1,\"{name}\",0001\n");
            let records = Records::csv(&profile, text.as_bytes()).unwrap();
            records.entries[0].as_ref().err().map(|error| error.code().name().to_owned())
        };
        assert_eq!(kind(good), None, "{entries}: {good:?}");
        for (name, why) in bad {
            assert_eq!(kind(name), Some(format!("record-{why}")), "{entries}: {name:?}");
        }
    }
    for (entries, problem) in [
        ("max_length = 6, length = 4", "an exact length and a limit"),
        ("max_length = 6, min_length = 7", "min_length is out of range"),
        ("max_length = 6, characters = [\"9-0\"]", "no range of characters"),
        ("min_length = 2", "a field of type \"text\" needs max_length"),
    ] {
        let error = field(entries).expect_err(entries).to_string();
        assert!(error.contains(problem), "{error}");
    }
}
