// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the rules of checks compute.

use super::super::layout::{digits, number};
use super::super::*;
use super::layouts::PLAIN;

/// Groups F, 8 and 9 of four bits. F ^ 8 ^ 9 is 1110. F + 8 + 9 is 32, of which four bits are 0.
/// With F, 8 and 8 the exclusive or is F, so xor-not-f makes it 0; there are six ones.
#[test]
fn rules_compute_what_their_names_say() {
    for (rule, text) in [
        (Rule::Xor, "1111 1000 1001 1110"),
        (Rule::XorNotF, "1111 1000 1001 1110"),
        (Rule::XorNotF, "1111 1000 1000 0000"),
        (Rule::Sum, "1111 1000 1001 0000"),
        (Rule::Sum, "1111 1000 1000 1111"),
    ] {
        let checks = [CheckLayout { rule, bits: "12-15", over: "0-11" }];
        let fields = [number("number", "0-11")];
        let format =
            Format::new(&Layout { bits: 16, fields: &fields, checks: &checks, ..PLAIN }).unwrap();
        let bits = Bits::from_binary(text).unwrap();
        let value = format.decode(&bits).unwrap().value("number").unwrap();
        assert!(format.encode_values(&[value]).unwrap() == bits, "{rule:?} {text}");
    }
    for (name, rule) in [("even", Rule::Even), ("odd", Rule::Odd), ("xor", Rule::Xor)] {
        assert_eq!((Rule::by_name(name), rule.name()), (Some(rule), name));
    }
    for name in ["xor-not-f", "sum", "luhn", "CRC-16/MODBUS"] {
        assert_eq!(Rule::by_name(name).map(Rule::name), Some(name));
    }
    assert_eq!(Rule::by_name("crc-8/smbus").map(Rule::name), Some("CRC-8/SMBUS"));
    assert_eq!(Rule::by_name("Even"), Some(Rule::Even));
    assert_eq!((Rule::by_name("crc"), Rule::by_name("")), (None, None));
}

/// The check digit of 7992739871 is 3, see the tests of checksums. It stands in front of the digits
/// here.
#[test]
fn a_check_digit_is_over_the_digits_of_a_field() {
    let format = |field, bits, over| {
        let checks = [CheckLayout { rule: Rule::Luhn, bits, over }];
        Format::new(&Layout { bits: 44, fields: &[field], checks: &checks, ..PLAIN })
    };
    let decimal = digits("number", "4-43");
    let own = format(decimal, "0-3", "4-43").unwrap();
    let text = "0011 0111 1001 1001 0010 0111 0011 1001 1000 0111 0001";
    let bits = own.encode(&[("number", 7_992_739_871)]).unwrap();
    assert_eq!(bits.to_binary().expose_secret(), &text.replace(' ', ""));
    let wrong = Bits::from_binary(&text.replacen("0011", "0010", 1)).unwrap();
    let said = own.decode(&wrong).unwrap_err().to_string();
    assert_eq!(said, "check digit 0-3 over 4-43 is wrong");
    let problem = |field, bits, over| format(field, bits, over).unwrap_err().problem;
    for over in ["5-8", "7-4"] {
        assert_eq!(problem(decimal, "0-3", over), LayoutProblem::Digits, "{over}");
    }
    assert_eq!(problem(number("number", "4-43"), "0-3", "4-43"), LayoutProblem::Digits);
    assert_eq!(problem(decimal, "0-2", "4-43"), LayoutProblem::Result { bits: 4 });
    assert_eq!(problem(decimal, "0-3", "4-9"), LayoutProblem::Groups { bits: 4 });
}

/// What the catalogue gives for the characters 123456789, which are 31 to 39.
#[test]
fn a_crc_is_over_bytes() {
    for (name, width, check) in [
        ("CRC-8/SMBUS", 8, 0xF4),
        ("CRC-16/IBM-3740", 16, 0x29B1),
        ("CRC-16/MODBUS", 16, 0x4B37),
        ("CRC-32/ISO-HDLC", 32, 0xCBF4_3926),
    ] {
        let rule = Rule::by_name(name).unwrap();
        let fields = [number("first", "0-63"), number("last", "64-71")];
        let place = format!("72-{}", 71 + width);
        let format = |bits: &str, over: &str| {
            let checks = [CheckLayout { rule, bits, over }];
            Format::new(&Layout { bits: 104, fields: &fields, checks: &checks, ..PLAIN })
        };
        let own = format(&place, "0-71").unwrap();
        let bits = own.encode(&[("first", 0x3132_3334_3536_3738), ("last", 0x39)]).unwrap();
        assert_eq!(bits.number(own.checks()[0].places().bits()), check, "{name}");
        let problem = |format: Result<Format, LayoutError>| format.unwrap_err().problem;
        assert_eq!(
            problem(format("72-74", "0-71")),
            LayoutProblem::Result { bits: width },
            "{name}"
        );
        let seventy = problem(format(&place, "0-70"));
        assert_eq!(seventy, LayoutProblem::Groups { bits: 8 }, "{name}");
    }
}
