// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits that the records bring.

use super::*;

const CARD: &str = "c = { type = \"bits\", length = 11 }";

/// By hand: 10110011101 is `10110011 101` or `101 10011101`, with a 1 before it `11011001 1101` or
/// `1101 10011101`, and turned round `10111001 101` or `101 11001101`.
#[test]
fn raw_bits_are_packed_as_a_bit_format_is() {
    for (packing, expected) in [
        ("", "B3A0"),
        (", align = \"left\", sentinel = \"none\", bit_order = \"forward\"", "B3A0"),
        (", align = \"right\"", "059D"),
        (", sentinel = \"leading\"", "D9D0"),
        (", align = \"right\", sentinel = \"leading\"", "0D9D"),
        (", bit_order = \"reversed\"", "B9A0"),
        (", align = \"right\", bit_order = \"reversed\"", "05CD"),
        // The sentinel is the last bit then: `1011 10011011`.
        (", align = \"right\", sentinel = \"leading\", bit_order = \"reversed\"", "0B9B"),
    ] {
        let part = format!("{{ raw = \"c\"{packing} }}");
        assert_eq!(content(CARD, &part, "{\"c\": \"10110011101\"}"), expected, "{packing}");
        assert_eq!(content(CARD, &part, "{\"c\": \"10 110011 101\"}"), expected, "{packing}");
    }
}

#[test]
fn raw_bits_have_one_to_two_hundred_and_fifty_six_places() {
    let field = |length: usize| format!("c = {{ type = \"bits\", length = {length} }}");
    let record = |bits: &str| format!("{{\"c\": \"{bits}\"}}");
    let part = "{ raw = \"c\" }";
    assert_eq!(content(&field(1), part, &record("1")), "80");
    let most = "0001".repeat(64);
    assert_eq!(content(&field(256), part, &record(&most)), "1".repeat(64));
    let sentinel = "{ raw = \"c\", sentinel = \"leading\", align = \"right\" }";
    assert_eq!(content(&field(256), sentinel, &record(&most)), format!("01{}", "1".repeat(64)));
}

/// What a badge of 26 bits holds is the same whether its numbers are known or only its bits. By
/// hand: facility 17 is 00010001, number 4660 is 0001001000110100. Bits 1 to 12, 000100010001, hold
/// three ones, so bit 0 is 1; bits 13 to 24, 001000110100, hold four, so bit 25 is 1.
#[test]
fn raw_bits_are_those_of_the_format_that_they_are_in() {
    let fields = "c = { type = \"bits\", length = 26 }\nf = { type = \"uint\", max = 255 }\n\
                  n = { type = \"uint\", max = 65535 }";
    let parts = "{ bits = \"h10301\", facility = \"f\", number = \"n\" }, { raw = \"c\" }";
    let record = "{\"c\": \"1 00010001 0001001000110100 1\", \"f\": 17, \"n\": 4660}";
    assert_eq!(content(fields, parts, record), "88891A4088891A40");
}

/// The badge of the test before; with its last bit turned, bits 13 to 24 and it hold four ones.
#[test]
fn raw_bits_hold_in_the_format_that_is_named() {
    let field = "c = { type = \"bits\", length = 26 }";
    let part = "{ raw = \"c\", format = \"h10301\", align = \"right\" }";
    let record = |bits: &str| format!("{{\"c\": \"{bits}\"}}");
    assert_eq!(content(field, part, &record("1 00010001 0001001000110100 1")), "02222469");
    assert_eq!(
        content(field, part, &record("1 00010001 0001001000110100 0")),
        "line 1: field \"c\": odd parity 25 over 13-24 is wrong"
    );
}

#[test]
fn raw_bits_that_are_not_as_many_zeros_and_ones_are_told_without_them() {
    let profile = profile(CARD, "", 8, "{ raw = \"c\" }");
    for wrong in [
        "\"1011001110\"",
        "\"101100111010\"",
        "\"10110011102\"",
        "\"10110011 10l\"",
        "\"0b10110011101\"",
        "\"10110-011101\"",
        "\"1011001\\t1101\"",
        "\"１0110011101\"",
        "\"\"",
        "\"           \"",
        "10110011101",
        "null",
        "[1, 0]",
    ] {
        let said = rendered(&profile, &format!("{{\"c\": {wrong}}}"));
        let allowed = "; allowed is 11 bits, each 0 or 1; spaces may stand between them";
        assert!(said.starts_with("line 1: field \"c\": ") && said.ends_with(allowed), "{said}");
        assert!(!said.contains("1011") && !said.contains("0110"), "{said}");
    }
}

proptest! {
    /// Any bits, read back from their bytes with a right shift.
    #[test]
    fn raw_bits_of_any_length_can_be_read_back(
        (length, bits) in (1..=64_usize).prop_flat_map(|n| (Just(n), 0..=u64::MAX >> (64 - n))),
    ) {
        let field = format!("c = {{ type = \"bits\", length = {length} }}");
        let record = format!("{{\"c\": \"{bits:0length$b}\"}}");
        let left = content(&field, "{ raw = \"c\" }", &record);
        let right = content(&field, "{ raw = \"c\", align = \"right\" }", &record);
        prop_assert_eq!(u64::from_str_radix(&right, 16).unwrap(), bits);
        let spare = length.next_multiple_of(8) - length;
        prop_assert_eq!(u64::from_str_radix(&left, 16).unwrap() >> spare, bits);
        prop_assert_eq!(left.len(), right.len());
    }
}
