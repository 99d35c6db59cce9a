// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in fields that hold more than numbers and text.

use super::parts::text;
use super::*;

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
        (
            "\"uint\", max = 255",
            "\"int\", max = 255",
            "line 11, column 12: a field of type \"int\" needs min and max: write min",
        ),
        (
            "\"uint\", max = 255",
            "\"int\", min = 255, max = 255",
            "line 11, column 45: no two numbers are from 255 to 255",
        ),
        (
            "\"uint\", max = 255",
            "\"uint\", min = 0, max = 255",
            "line 11, column 35: a field of type \"uint\" has no min: write max",
        ),
    ]);
}
