// SPDX-License-Identifier: MIT OR Apache-2.0
//! Layouts that are no formats, and how bits fill bytes.

use super::super::layout::{constant, digits, even, number, odd};
use super::super::*;

pub(super) const PLAIN: Layout<'static> = Layout {
    name: "plain",
    aliases: &[],
    title: "",
    note: "",
    bits: 8,
    fields: &[number("number", "0-3")],
    constants: &[],
    checks: &[],
};

const DIGITS: &str =
    "the bits of field 0: decimal digits have four bits each, and there are up to 19";

fn problem(layout: &Layout<'_>) -> String {
    Format::new(layout).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_a_format_is_told_by_part() {
    for (bits, fields, said) in [
        (0, &[number("n", "0")][..], "the length: a format has 1 to 256 bits"),
        (257, &[number("n", "0")], "the length: a format has 1 to 256 bits"),
        (8, &[], "the fields: a format has at least one field"),
        (8, &[number("n", "0-8")], "the bits of field 0: bit 8 is beyond the end"),
        (8, &[number("n", "0,0")], "the bits of field 0: bit 0 is used twice"),
        (8, &[number("n", "0-3"), number("m", "3-5")], "the bits of field 1: bit 3 is used twice"),
        (
            8,
            &[number("n", "0-3"), number("n", "4")],
            "the name of field 1: two fields have this name",
        ),
        (8, &[number("", "0-3")], "the name of field 0: a field needs a name"),
        (8, &[number("n", "x")], "the bits of field 0: no list of bits"),
        (80, &[number("n", "0-64")], "the bits of field 0: more than 64 bits"),
        (80, &[digits("n", "0-4")], DIGITS),
        (80, &[digits("n", "0-79")], DIGITS),
    ] {
        assert_eq!(problem(&Layout { bits, fields, ..PLAIN }), said);
    }
    for (constants, said) in [
        (&[constant("0", 1)][..], "the bits of constant 0: bit 0 is used twice"),
        (&[constant("4-5", 4)], "the value of constant 0: the value does not fit the bits"),
    ] {
        assert_eq!(problem(&Layout { constants, ..PLAIN }), said);
    }
    let xor = |bits, over| CheckLayout { rule: Rule::Xor, bits, over };
    for (checks, said) in [
        (&[even("3", "0-2")][..], "the bits of check 0: bit 3 is used twice"),
        (&[even("4-5", "0-3")], "the bits of check 0: the rule makes 1 bit"),
        (&[even("4", "0-4")], "what check 0 covers: the check covers its own bits"),
        (
            &[odd("4", "0-3,5"), even("5", "0-3")],
            "the bits of check 1: its bits are covered by a check that is computed before",
        ),
        (&[xor("4-7", "0-2")], "what check 0 covers: no whole number of groups of 4 bits"),
    ] {
        assert_eq!(problem(&Layout { checks, ..PLAIN }), said);
    }
    let ordered = &[even("5", "0-3"), odd("4", "0-3,5")];
    assert_eq!(Format::new(&Layout { checks: ordered, ..PLAIN }).unwrap().unassigned(), [6, 7]);
}

/// 1234 in swapped bytes, and with the last bit first: 0x04D2 is 00000100 11010010.
#[test]
fn the_order_of_a_list_is_the_order_of_the_bits() {
    for (list, text) in [
        ("0-15", "00000100 11010010"),
        ("8-15,0-7", "11010010 00000100"),
        ("15-0", "01001011 00100000"),
    ] {
        let fields = [number("number", list)];
        let format = Format::new(&Layout { bits: 16, fields: &fields, ..PLAIN }).unwrap();
        let bits = format.encode(&[("number", 1234)]).unwrap();
        assert_eq!(bits.to_binary().expose_secret(), &text.replace(' ', ""), "{list}");
    }
    let fields = [digits("number", "0-15")];
    let format = Format::new(&Layout { bits: 16, fields: &fields, ..PLAIN }).unwrap();
    let bits = format.encode(&[("number", 1234)]).unwrap();
    assert_eq!(bits.to_binary().expose_secret(), "0001001000110100");
    let wide = [digits("number", "0-75")];
    let format = Format::new(&Layout { bits: 76, fields: &wide, ..PLAIN }).unwrap();
    let most = 9_999_999_999_999_999_999;
    assert_eq!(format.fields()[0].max(), most);
    let bits = format.encode(&[("number", most)]).unwrap();
    assert_eq!(format.decode(&bits).unwrap().value("number"), Some(most));
}

/// The Proxmark3 client's example of HID's newer packing, `06BD88EB80`: how many bits are spare, and
/// facility 123 and number 4567 left-aligned.
#[test]
fn a_bit_string_says_first_how_many_bits_are_spare() {
    let format = Format::by_name("h10301").unwrap();
    let bits = format.encode(&[("facility", 123), ("number", 4567)]).unwrap();
    let bytes = bits.pack(Packing::default()).expose_secret().clone();
    let spare = u8::try_from(8 * bytes.len() - bits.len()).unwrap();
    assert_eq!((spare, hex::encode_upper(bytes)), (0x06, "BD88EB80".to_owned()));
}

/// The ten bits 1100000101 in two bytes, with a sentinel in front 11100000101.
#[test]
fn bits_fill_bytes_as_the_packing_says() {
    let bits = Bits::from_binary("1100000101").unwrap();
    for (align, sentinel, reversed, bytes) in [
        (Align::Left, false, false, [0b1100_0001, 0b0100_0000]),
        (Align::Right, false, false, [0b0000_0011, 0b0000_0101]),
        (Align::Left, true, false, [0b1110_0000, 0b1010_0000]),
        (Align::Right, true, false, [0b0000_0111, 0b0000_0101]),
        (Align::Left, false, true, [0b1010_0000, 0b1100_0000]),
        (Align::Right, false, true, [0b0000_0010, 0b1000_0011]),
        (Align::Left, true, true, [0b1010_0000, 0b1110_0000]),
        (Align::Right, true, true, [0b0000_0101, 0b0000_0111]),
    ] {
        let packing = Packing { align, sentinel, reversed };
        assert_eq!(bits.pack(packing).expose_secret().as_slice(), bytes, "{packing:?}");
        assert!(Bits::unpack(&bytes, 10, packing).unwrap() == bits);
    }
    let refused = |bytes: &[u8], length, packing| {
        Bits::unpack(bytes, length, packing).map(|_| ()).unwrap_err().to_string()
    };
    let sentinel = Packing { sentinel: true, ..Packing::default() };
    assert_eq!(refused(&[0], 10, sentinel), "the format takes 2 bytes, these are 1");
    assert_eq!(refused(&[0, 1], 10, sentinel), "bit 15 of the bytes is set, which is spare");
    assert_eq!(refused(&[0, 0], 10, sentinel), "the sentinel bit is not set");
    // The last of the six spare bits before ten.
    let right = Packing { align: Align::Right, ..Packing::default() };
    assert_eq!(refused(&[0b0000_0100, 0], 10, right), "bit 5 of the bytes is set, which is spare");
    for length in [0, 257, usize::MAX] {
        let said = format!("a string has 1 to 256 bits, not {length}");
        assert_eq!(refused(&[0; 33], length, Packing::default()), said);
    }
    assert_eq!(Bits::from_binary(""), None);
    assert_eq!(Bits::from_binary("012"), None);
    assert_eq!(Bits::from_binary(&"1".repeat(MAX_BITS + 1)), None);
    assert_eq!(Bits::from_binary(&"1".repeat(MAX_BITS)).unwrap().len(), MAX_BITS);
}
