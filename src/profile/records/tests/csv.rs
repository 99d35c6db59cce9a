// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines, quotes and headers of CSV.

use super::*;

#[test]
fn lines_are_counted_through_blank_lines_quotes_and_either_line_end() {
    let records = csv("\u{FEFF}number,name,token\r\n\r\n1,\"A,B\",0001\r\n2,\"A\r\nB\",0002\r\n\n\
                       3,\"\"\"x\"\"\",0003");
    let control = "a control character, U+000D, is part of it: take it out; allowed is text";
    let said = said(&records);
    assert_eq!((said[0].as_str(), said[2].as_str()), ("line 3 good", "line 7 good"));
    assert!(said[1].starts_with(&format!("line 4: field \"name\": {control}")), "{}", said[1]);
    let last = records.entries[2].as_ref().unwrap();
    assert!(contents(&small(), last)[0].starts_with("030000227822"));
    assert_eq!((records.has_ids, last.id()), (false, "7"));
}

#[test]
fn a_quote_that_is_never_closed_costs_one_record() {
    let open = "line 2: a quote is opened and never closed, or closed in front of more: close it, and write \
                \"\" for a quote in a value";
    let to_the_end = csv("number,name,token\n1,\"Ann,0001\n2,Bob,0002\n3,Cy,0003\n");
    assert_eq!(said(&to_the_end), [open, "line 3 good", "line 4 good"]);
    let to_the_next = csv("number,name,token\n1,\"Ann,0001\n2,\"Bob\",0002\n3,Cy,0003\n");
    assert_eq!(said(&to_the_next), [open, "line 3 good", "line 4 good"]);
    let in_the_last = csv("number,name,token\n2,Bob,\"0002");
    assert_eq!(said(&in_the_last), [open]);
}

/// Whoever may choose a text must not be able to order a card with it.
#[test]
fn a_line_inside_of_a_quoted_value_is_no_record() {
    let records = csv("number,name,token\n1,\"x\n2,y,0002\nz\",0001\n3,Cy,0003\n");
    let said = said(&records);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("line 2: field \"name\": a control character, U+000A, "),
        "{said:?}"
    );
    assert_eq!(said[1], "line 5 good");
}

#[test]
fn bytes_that_are_not_utf8_cost_one_record() {
    let bytes = b"number,name,token\n1,Zo\xEB,0001\n2,Bob,0002\n";
    let records = Records::csv(&small(), bytes).unwrap();
    let not_utf8 = "the record is not UTF-8 text: save the file as UTF-8";
    assert_eq!(said(&records), [format!("line 2: {not_utf8}"), "line 3 good".to_owned()]);
    let bytes = b"{\"number\":1,\"name\":\"Zo\xEB\",\"token\":\"0001\"}\n";
    let records = Records::json_lines(&small(), bytes).unwrap();
    assert_eq!(said(&records), [format!("line 1: {not_utf8}")]);
}

#[test]
fn a_wrong_header_is_wrong_for_the_file() {
    let error = |text: &str| Records::csv(&small(), text.as_bytes()).unwrap_err().to_string();
    assert!(
        !error("1,Ann Smith,0001\n2,Bob,0002\n").contains("Ann"),
        "a value in a missing header"
    );
    let empty = "no record: write a header and a line per record, or a JSON object per line";
    assert_eq!(error(""), empty);
    assert_eq!(error("\r\n\n"), empty);
    assert_eq!(error("number,name,token\n"), empty);
    assert_eq!(
        error("number,token\n1,0001\n"),
        "the header has no column \"name\": add it, text of at most 6 characters, none of them a \
         control character"
    );
    assert_eq!(
        error("number,name,token,phone\n1,Ann,0001,5\n"),
        "header: column 4 is none of id, uid, number, name, token: rename it or take it out"
    );
    for separator in [";", "\t"] {
        assert_eq!(
            error(&"number,name,token\n1,Ann,0001\n".replace(',', separator)),
            "header: columns with semicolons, tabs or commas between them: write ',', or name the separator \
             in an import table"
        );
    }
    assert_eq!(
        error("number,name,number,token\n"),
        "the header has the column \"number\" twice: name each once"
    );
    assert_eq!(
        error("number,\"name,token\n"),
        "the header has a quote that is opened and never closed: close it"
    );
    assert_eq!(
        Records::csv(&small(), b"n\xFCmber\n").unwrap_err().to_string(),
        "the header is not UTF-8 text: save the file as UTF-8, or name its encoding in an import table"
    );
    assert_eq!(Records::json_lines(&small(), b" \n").unwrap_err(), RecordsError::Empty);
}
