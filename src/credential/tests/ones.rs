// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fields of nothing but ones: a check that covers one bit more or less of them comes out another
//! way, whichever bit it is.

use super::super::*;
use super::format;
use super::vectors::Vector;

/// A format, what stands before its fields, how many bits they have, and what stands behind. All
/// covered bits are ones, so a parity counts as many as it covers; of checks and constants, only
/// what is said.
const ONES: &[(&str, &str, usize, &str)] = &[
    // even 12, odd 12.
    ("h10301", "0", 24, "1"),
    ("indala-26", "0", 24, "1"),
    // even 12, odd 16.
    ("ats-30", "0", 28, "1"),
    // even 16 with the constant, odd 17.
    ("kastle-32", "01", 29, "0"),
    // even 16, odd 16.
    ("d10202", "0", 31, "1"),
    ("wiegand-34", "0", 32, "1"),
    ("h10306", "0", 32, "1"),
    ("bqt-34", "0", 32, "1"),
    // Bit 1: even 22. Bit 34: odd 22, of which bit 1 is 0. Bit 0: odd 32 and both zeros.
    ("corporate-1000-35", "10", 32, "0"),
    // even 17, odd 17.
    ("c15001", "1", 34, "0"),
    // odd 17, odd 18.
    ("s12906", "0", 34, "1"),
    // odd 23, even 23.
    ("siemens-36", "0", 34, "1"),
    // even 18, odd 18.
    ("h10302", "0", 35, "1"),
    ("h10304", "0", 35, "1"),
    // even 8, odd 8, even 8.
    ("hgen37", "0010", 32, "1"),
    // Bit 0: odd 16. Bit 35: even 18. Bit 36: odd 34, and bit 0.
    ("wiegand-37-right-2", "1", 34, "00"),
    // even 17, odd 18.
    ("s10401", "1", 35, "1"),
    // even 18, odd 18.
    ("bqt-38", "0", 36, "1"),
    ("iscs-38", "0", 36, "1"),
    // even 18, odd 19.
    ("pyramid-39", "0", 37, "0"),
    // xor FF ^ FF ^ FF ^ FF = 00.
    ("p10001", "1111", 28, "00000000"),
    ("barium-ferrite-40", "1111", 28, "00000000"),
    // even 4 + 30 + 1.
    ("getronik-40", "00101110", 30, "11"),
    // even 10, even 28.
    ("verkada-40", "0", 38, "0"),
    // odd 19.
    ("bundy-40", "", 38, "00"),
    // even 44, odd 44.
    ("h800002", "0", 44, "1"),
    // Bit 1: even 30. Bit 47: odd 30. Bit 0: odd 45, and bit 47.
    ("corporate-1000-48", "10", 45, "1"),
    // even 27, odd 27.
    ("avigilon-56", "1", 54, "0"),
];

/// Digits have no fifteen: nines are 1001 and sevens 0111.
#[rustfmt::skip]
const DIGITS: &[Vector] = &[
    // even 8, odd 0, even 0, even 8.
    ("h10320", &[("number", 99_999_999)], "10011001100110011001100110011001 0 1 0 0"),
    // even 0, odd 8, even 8, even 8.
    ("h10320", &[("number", 77_777_777)], "01110111011101110111011101110111 0 1 0 0"),
    // With 32 sevens and the seven other characters, the columns have 39, 34, 38 and 7 ones.
    (
        "fasc-n",
        &[
            ("agency", 7777), ("system", 7777), ("credential", 777_777), ("series", 7),
            ("issue", 7), ("person", 7_777_777_777), ("category", 7), ("organization", 7777),
            ("association", 7),
        ],
        "11010 11100 11100 11100 11100 10110 11100 11100 11100 11100 \
         10110 11100 11100 11100 11100 11100 11100 10110 11100 10110 \
         11100 10110 11100 11100 11100 11100 11100 11100 11100 11100 \
         11100 11100 11100 11100 11100 11100 11100 11100 11111 10011",
    ),
    // With 32 nines they have 39, 2, 6 and 39.
    (
        "fasc-n",
        &[
            ("agency", 9999), ("system", 9999), ("credential", 999_999), ("series", 9),
            ("issue", 9), ("person", 9_999_999_999), ("category", 9), ("organization", 9999),
            ("association", 9),
        ],
        "11010 10011 10011 10011 10011 10110 10011 10011 10011 10011 \
         10110 10011 10011 10011 10011 10011 10011 10110 10011 10110 \
         10011 10110 10011 10011 10011 10011 10011 10011 10011 10011 \
         10011 10011 10011 10011 10011 10011 10011 10011 11111 10011",
    ),
];

#[test]
fn every_check_covers_the_ones_that_it_should() {
    for &(name, before, ones, behind) in ONES {
        let most: Vec<_> = format(name).fields().iter().map(Field::max).collect();
        let bits = format(name).encode_values(&most).unwrap();
        let wanted = [before, &"1".repeat(ones), behind].concat();
        assert_eq!(bits.to_binary().expose_secret(), &wanted, "{name}");
    }
    for &(name, values, text) in DIGITS {
        let bits = format(name).encode(values).unwrap();
        assert_eq!(bits.to_binary().expose_secret(), &text.replace(' ', ""), "{name}");
    }
    let names = ONES.iter().map(|(name, ..)| name).chain(DIGITS.iter().map(|(name, ..)| name));
    let names: Vec<_> = names.collect();
    for format in Format::all().iter().filter(|format| !format.checks().is_empty()) {
        assert!(names.contains(&&format.name()), "{}", format.name());
    }
}
