// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders as they come: files of `tests/orders`, each read as it is meant or refused for what it is.

use super::super::error::HeaderDifference;
use super::*;
use crate::profile::Import;

const ORDERS: &str = include_str!("../../../../tests/orders/profile.toml");

fn profile() -> Profile {
    Profile::parse(ORDERS).unwrap()
}

fn read(ending: &str, bytes: &[u8]) -> Result<Records, RecordsError> {
    let profile = profile();
    Records::read(&profile, profile.import(), Some(ending), bytes)
}

/// Line, column and code of every mistake, without the beginning that all have.
fn codes(records: &Records) -> Vec<(usize, Option<usize>, &'static str)> {
    let code = |mistake: &RecordError| mistake.code().name().strip_prefix("record-").unwrap();
    records.mistakes().map(|one| (one.line(), one.column(), code(one))).collect()
}

#[test]
fn what_is_no_file_of_records_is_refused_whole_for_what_it_is() {
    let cr_only = include_bytes!("../../../../tests/orders/cr-only.csv");
    let utf_16 = include_bytes!("../../../../tests/orders/utf-16-without-a-mark.csv");
    let workbook = include_bytes!("../../../../tests/orders/workbook.csv");
    assert_eq!(read("csv", cr_only).unwrap_err(), RecordsError::OldLineEnds);
    assert_eq!(read("csv", utf_16).unwrap_err(), RecordsError::Utf16);
    assert_eq!(read("csv", workbook).unwrap_err(), RecordsError::Workbook);
    assert_eq!(
        read("csv", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap_err(),
        RecordsError::Workbook
    );
    assert_eq!(read("csv", b"\xFF\xFE\0\0n\0\0\0").unwrap_err(), RecordsError::Utf32);
    assert_eq!(read("csv", b"number,name\0,valid,dept\n").unwrap_err(), RecordsError::Binary);
    let list = b"[{\"number\":1,\"name\":\"Ann\",\"valid\":\"2027-11-27\",\"dept\":\"IT\"}]";
    assert_eq!(read("jsonl", list).unwrap_err(), RecordsError::ListInLines);
    assert_eq!(read("NDJSON", list).unwrap_err(), RecordsError::ListInLines);
    assert_eq!(read("csv", list).unwrap_err(), RecordsError::JsonInCsv);
    assert_eq!(read("json", b"number,name\n").unwrap_err(), RecordsError::NoJson);
    let large = vec![b' '; Records::MOST_BYTES + 1];
    assert_eq!(read("csv", &large).unwrap_err().code().name(), "records-large-file");
}

#[test]
fn json_is_told_by_what_the_file_holds_and_by_its_ending_in_any_case() {
    let object = include_bytes!("../../../../tests/orders/orders.json");
    let line = include_bytes!("../../../../tests/orders/ORDERS.JSONL");
    let list = [
        b"[\n",
        &object[..],
        b",\n",
        &object.map(|b| if b == b'1' { b'3' } else { b })[..],
        b"]\n",
    ];
    let over_lines = String::from_utf8(object.to_vec()).unwrap().replace(',', ",\n");
    for (ending, bytes, good) in [
        ("json", &object[..], vec!["line 1 good"]),
        ("JSONL", line, vec!["line 1 good"]),
        ("ndjson", line, vec!["line 1 good"]),
        ("json", &list.concat(), vec!["line 2 good", "line 4: field \"valid\": "]),
        ("json", over_lines.as_bytes(), vec!["line 1 good"]),
        ("txt", line, vec!["line 1 good"]),
    ] {
        let said = said(&read(ending, bytes).unwrap());
        assert_eq!(said.len(), good.len(), "{ending}: {said:?}");
        for (said, good) in said.iter().zip(good) {
            assert!(said.starts_with(good), "{ending}: {said}");
        }
    }
    for broken in ["[{\"number\":1},\n{\"number\":2", "[{\"number\":1}\n{\"number\":2}]", "[]x"] {
        let code = read("json", broken.as_bytes()).unwrap_err().code();
        assert_eq!(code.name(), "records-broken-json", "{broken}");
    }
}

/// The column is that in the line, however many lines the objects before it take.
#[test]
fn an_object_that_goes_wrong_is_told_by_its_own_line_and_column() {
    let good = "{\"number\":1,\"name\":\"A\",\"valid\":\"2030-01-01\",\"dept\":\"1\"}";
    let over = good.replace(',', ",\n");
    for (text, line, column) in [
        (format!("[{good},{{\"number\":x}}]"), 1, good.len() + 2 + 11),
        (format!("[{over},{{\"number\":x}}]"), 4, 12 + 11),
        (format!("[\n{good},\n  {good}, {{\"number\":x}}]"), 3, 2 + good.len() + 2 + 11),
        (format!("[{good},{{\n\"number\":x}}]"), 2, 10),
    ] {
        let records = read("json", text.as_bytes()).unwrap();
        let mistake = records.mistakes().last().unwrap();
        assert_eq!(mistake.line(), line, "{text}");
        assert!(mistake.to_string().contains(&format!("(column {column})")), "{text}: {mistake}");
    }
}

#[test]
fn a_header_is_told_in_what_it_differs() {
    let space =
        read("csv", include_bytes!("../../../../tests/orders/header-space.csv")).unwrap_err();
    let case = read("csv", include_bytes!("../../../../tests/orders/header-case.csv")).unwrap_err();
    let near = |errors: &RecordsError, wanted: HeaderDifference| {
        let errors = errors.each();
        errors.iter().all(|error| {
            matches!(error, RecordsError::NearColumn { difference, .. } if *difference == wanted)
        })
    };
    assert!(space.each().len() == 3 && near(&space, HeaderDifference::Space), "{space}");
    assert!(case.each().len() == 4 && near(&case, HeaderDifference::Case), "{case}");
    assert!(
        space.to_string().starts_with("header: column 2 is \"name\" but for a space: write it so"),
        "{space}"
    );
}

/// Lines 7 and 8 are that of a UTF-8 mark's character and of letters; a plain space before a mark of
/// width 0 is one.
#[test]
fn text_is_composed_and_what_nobody_sees_is_refused() {
    let records = read("csv", include_bytes!("../../../../tests/orders/unicode.csv")).unwrap();
    let bad = codes(&records);
    assert_eq!(
        bad,
        [
            (3, Some(2), "format"),
            (4, Some(2), "format"),
            (5, Some(2), "format"),
            (7, Some(2), "direction"),
            (9, Some(2), "control"),
            (10, Some(2), "control"),
            (11, Some(2), "format"),
            (15, Some(2), "too-many-bytes"),
            (16, Some(4), "charset"),
            (18, Some(4), "leaving"),
            (19, Some(4), "leaving"),
        ]
    );
    let zoe = contents(&profile(), records.entries[0].as_ref().unwrap());
    assert!(zoe[0].contains(&hex::encode_upper("Zo\u{EB} M\u{FC}ller")), "{zoe:?}");
}

#[test]
fn dates_are_told_in_what_they_differ() {
    let records = read("csv", include_bytes!("../../../../tests/orders/dates.csv")).unwrap();
    let kinds: Vec<_> = codes(&records).into_iter().map(|(line, _, kind)| (line, kind)).collect();
    assert_eq!(
        kinds,
        [
            (2, "date-form"),
            (3, "date-form"),
            (4, "time-of-day"),
            (5, "day-count"),
            (6, "date-form"),
            (7, "no-such-day"),
            (8, "date-form"),
            (9, "empty"),
            (10, "day-outside"),
        ]
    );
}

#[test]
fn emptied_rows_are_no_records() {
    let records = read("csv", include_bytes!("../../../../tests/orders/empty-rows.csv")).unwrap();
    assert_eq!(said(&records), ["line 2 good"]);
    let blank = b"number,name,valid,dept\n , ,\t,\n\"\",,,\n1,Ann,2027-11-27,IT\n";
    assert_eq!(said(&read("csv", blank).unwrap()), ["line 4 good"]);
}

/// One line of `kinds.csv` for each kind, none of which is there twice.
#[test]
fn a_mistake_of_each_kind_gives_a_line_of_its_own() {
    let profile = Profile::parse(include_str!("../../../../tests/orders/kinds.toml")).unwrap();
    let bytes = include_bytes!("../../../../tests/orders/kinds.csv");
    let records = Records::read(&profile, profile.import(), Some("csv"), bytes).unwrap();
    let fields = [
        ("empty", 2),
        ("space", 2),
        ("separator", 2),
        ("exponent", 2),
        ("sign", 2),
        ("too-large", 2),
        ("text-for-number", 2),
        ("other-digits", 2),
        ("quote", 2),
        ("too-short", 3),
        ("too-long", 3),
        ("outside-characters", 3),
        ("control", 4),
        ("format", 4),
        ("direction", 4),
        ("lost-character", 4),
        ("leaving", 4),
        ("charset", 4),
        ("too-many-bytes", 9),
        ("date-form", 5),
        ("time-of-day", 5),
        ("day-count", 5),
        ("no-such-day", 5),
        ("day-outside", 5),
        ("not-a-date", 5),
        ("hex-separator", 6),
        ("no-digit", 6),
        ("hyphens", 7),
        ("case", 8),
        ("not-listed", 8),
    ];
    let fields = fields.iter().zip(2..).map(|((kind, column), line)| (line, Some(*column), *kind));
    let lines = [
        (32, None, "columns"),
        (34, Some(1), "repeated"),
        (35, None, "not-utf8"),
        (36, None, "open-quote"),
    ];
    assert_eq!(codes(&records), fields.chain(lines).collect::<Vec<_>>());

    let bytes = include_bytes!("../../../../tests/orders/kinds.jsonl");
    let records = Records::read(&profile, profile.import(), Some("jsonl"), bytes).unwrap();
    assert_eq!(
        codes(&records),
        [
            (2, Some(2), "quotes-missing"),
            (3, Some(1), "not-whole"),
            (4, Some(1), "null"),
            (5, Some(1), "boolean"),
            (6, Some(1), "composite"),
            (7, Some(9), "field-undeclared"),
            (8, None, "field-missing"),
            (9, Some(9), "field-twice"),
            (10, None, "no-object"),
            (11, None, "some-ids"),
        ]
    );
}

#[test]
fn every_mistake_of_a_record_is_told_in_the_order_of_lines() {
    let bytes =
        b"number,name,valid,dept\nx,Ann,27.11.2027,IT\n2,Ann,2027-11-27,IT\ny,,2027-11-27,#REF!\n";
    let records = read("csv", bytes).unwrap();
    assert_eq!(
        codes(&records),
        [
            (2, Some(1), "text-for-number"),
            (2, Some(3), "date-form"),
            (4, Some(1), "text-for-number"),
            (4, Some(4), "leaving"),
        ]
    );
    assert_eq!(records.entries.len(), 3);
}

/// Ids that look alike are one: the receipts would not know which of them is done.
#[test]
fn ids_are_compared_trimmed_and_composed() {
    let lines = "id,number,name,valid,dept\nZo\u{EB},1,A,2027-11-27,IT\n Zoe\u{308} ,2,A,2027-11-27,IT\n\
                 1.23E+15,3,A,2027-11-27,IT\n";
    let records = read("csv", lines.as_bytes()).unwrap();
    assert_eq!(codes(&records), [(3, Some(1), "repeated"), (4, Some(1), "exponent")]);
    assert_eq!(records.entries[0].as_ref().unwrap().id(), "Zo\u{EB}");
}

/// Each line opens a quote when it stands first and leaves it open when one is open, so each of them
/// would be looked through to the end of the file.
#[test]
fn broken_quotes_cost_a_walk_through_the_file_and_no_more() {
    let text = format!("number,name,valid,dept\n{}", "x\",\"\n".repeat(100_000));
    let records = read("csv", text.as_bytes()).unwrap();
    assert_eq!(records.entries.len(), 100_000);
    assert!(records.mistakes().all(|mistake| mistake.reason() == &RecordReason::OpenQuote));
}

#[test]
fn lines_and_records_have_a_most() {
    let long = "x".repeat(MOST_LINE + 1);
    let lines = format!("number,name,valid,dept\n1,{long},2027-11-27,IT\n2,Ann,2027-11-27,IT\n");
    let records = read("csv", lines.as_bytes()).unwrap();
    assert_eq!(codes(&records), [(2, None, "long-line")]);
    assert_eq!(said(&records)[1], "line 3 good");
    let many = format!("number,name,valid,dept\n{}", "x\n".repeat(MOST_RECORDS + 1));
    assert_eq!(
        read("csv", many.as_bytes()).unwrap_err(),
        RecordsError::TooMany { most: MOST_RECORDS }
    );
}

/// What a table says of a file that is otherwise never stands for letters of another encoding.
#[test]
fn a_file_in_another_encoding_than_its_table_names_is_refused_for_that() {
    let text = "number,name,valid,dept\n1,Zo\u{E9},2027-11-27,IT\n";
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide: Vec<u8> = text.chars().flat_map(|sign| u32::from(sign).to_le_bytes()).collect();
    for (encoding, bytes, code) in [
        #[cfg(feature = "encodings")]
        ("shift_jis", text.as_bytes(), "records-utf8"),
        ("latin-1", text.as_bytes(), "records-utf8"),
        ("utf-16", text.as_bytes(), "records-utf8"),
        ("utf-16le", text.as_bytes(), "records-utf8"),
        ("utf-16le", &big, "records-utf16"),
        ("utf-8", &wide, "records-utf32"),
    ] {
        let import = Import::parse(&format!("encoding = {encoding:?}"), &profile()).unwrap();
        let error = Records::read(&profile(), &import, Some("csv"), bytes).unwrap_err();
        assert_eq!(error.code().name(), code, "{encoding}");
    }
}

#[test]
fn documents_are_told_from_text_and_a_bracket_in_a_header_from_json() {
    for document in [
        "<html><table>",
        "\u{FEFF}<?xml version=\"1.0\"?>",
        "%PDF-1.7\n",
        "{\\rtf1",
        "PK\u{5}\u{6}",
    ] {
        assert_eq!(read("csv", document.as_bytes()).unwrap_err(), RecordsError::Workbook);
    }
    let header = read("csv", b"[number],name,valid,dept\n").unwrap_err();
    let near = RecordsError::NearColumn {
        number: 1,
        column: "number".to_owned(),
        difference: HeaderDifference::Sign,
    };
    assert_eq!(header, near);
}

#[test]
fn a_line_that_names_the_separator_to_a_spreadsheet_is_no_header() {
    let text = "sep=,\r\nnumber,name,valid,dept\r\n1,Ann,2027-11-27,IT\r\n";
    assert_eq!(said(&read("csv", text.as_bytes()).unwrap()), ["line 3 good"]);
    let other = text.replace("sep=,", "SEP=;");
    assert_eq!(read("csv", other.as_bytes()).unwrap_err(), RecordsError::Separator { wanted: ',' });
}

/// Quickly, too: a sheet has 16,384 columns.
#[test]
fn columns_without_a_name_behind_a_sheet_are_one_mistake() {
    let text = format!("number,name,valid,dept{}\n", ",".repeat(16_380));
    assert_eq!(
        read("csv", text.as_bytes()).unwrap_err().to_string(),
        "header: columns 5 to 16384 are none of id, uid, number, name, valid, dept: rename them or take \
         them out, or add a header where there is none"
    );
}

#[test]
fn a_mistake_of_json_is_where_it_stands_and_a_name_says_in_what_it_differs() {
    let rest = "\"name\":\"Ann\",\"valid\":\"2027-11-27\",\"dept\":\"IT\"}";
    let text =
        format!("[{{\"number\":1,{rest},\n  {{\"number\":2,\n  x,{rest},\n {{\"number\" 3,{rest}]");
    let said = said(&read("json", text.as_bytes()).unwrap());
    let what = "no JSON object on one line (column";
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[1].starts_with(&format!("line 3: {what} 3)")), "{said:?}");
    assert!(said[2].starts_with(&format!("line 4: {what} 12)")), "{said:?}");
    let records = read("jsonl", format!("{{\"Number\":1,{rest}").as_bytes()).unwrap();
    assert_eq!(codes(&records), [(1, Some(1), "field-near")]);
    let comma = format!("[{{\"number\":1,{rest},]");
    let error = read("json", comma.as_bytes()).unwrap_err();
    assert_eq!(error.code().name(), "records-broken-json");
}

/// In a date nothing looks wrong to whoever is told that it is written in another way.
#[test]
fn what_no_eye_tells_from_a_date_is_told() {
    for (date, code) in [
        ("2027-11-27\u{200E}", "direction"),
        ("2027\u{2011}11\u{2011}27", "no-digit"),
        ("\u{FF12}027-11-27", "other-digits"),
        ("'2027-11-27", "quote"),
        ("########", "leaving"),
        ("27.11.2027", "date-form"),
    ] {
        let text = format!("number,name,valid,dept\n1,Ann,{date},IT\n");
        let records = read("csv", text.as_bytes()).unwrap();
        assert_eq!(codes(&records), [(2, Some(3), code)], "{date}");
    }
}
