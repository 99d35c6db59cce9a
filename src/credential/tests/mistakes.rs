// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes that other programs have made with these formats, each known from their sources or
//! from their users.

use super::{bits, format};

/// The limits of the Proxmark3 client are written beside the widths and differ from them, so that
/// values are cut, or refused that would fit.
#[test]
fn a_limit_is_the_width_and_nothing_else() {
    for (name, field, width) in [
        ("iscs-38", "number", 22),
        ("iscs-38", "oem", 4),
        ("bundy-40", "number", 19),
        ("casi-rusco-40", "number", 38),
        ("pyramid-39", "facility", 17),
        ("bqt-38", "facility", 13),
        ("bqt-38", "number", 19),
        ("bqt-38", "issue", 4),
        ("tecom-27", "facility", 11),
        ("indala-asc-27", "facility", 13),
        ("inner-range-56", "facility", 24),
    ] {
        let fields = format(name).fields();
        let found = fields.iter().find(|other| other.name() == field).unwrap();
        assert_eq!((found.width(), found.max()), (width, (1 << width) - 1), "{name} {field}");
        let mut values = vec![0; fields.len()];
        let at = fields.iter().position(|other| other.name() == field).unwrap();
        values[at] = found.max();
        let read = format(name).decode(&format(name).encode_values(&values).unwrap()).unwrap();
        assert_eq!(read.value(field), Some(found.max()), "{name} {field}");
        values[at] += 1;
        assert!(format(name).encode_values(&values).is_err(), "{name} {field}");
    }
}

/// A check by the logarithm of the value lets 65536 to 131071 pass for 16 bits, and cuts them.
#[test]
fn one_bit_too_many_is_refused_over_the_whole_octave() {
    for number in [65536, 65537, 98304, 131_071, 131_072] {
        assert!(format("h10301").encode(&[("facility", 1), ("number", number)]).is_err());
    }
}

/// `liblogicalaccess` compares the parity with the whole last byte, and refuses what it wrote
/// itself as soon as another bit of that byte is set.
#[test]
fn getronik_reads_what_it_writes_whatever_the_last_byte_is() {
    for field in 0..64 {
        let bits = format("getronik-40").encode(&[("number", 4660), ("field", field)]).unwrap();
        assert_eq!(format("getronik-40").decode(&bits).unwrap().value("field"), Some(field));
    }
}

/// Proxmark3 issue 2975: facility 123 is read as 16777339, the sentinel bit taken for a part of it.
#[test]
fn the_facility_of_inner_range_is_read_back_without_the_sentinel() {
    use crate::credential::{Bits, Packing};
    let values = [("facility", 123), ("number", 123)];
    let packing = Packing { sentinel: true, align: super::Align::Right, ..Packing::default() };
    let bytes = format("inner-range-56").encode(&values).unwrap().pack(packing);
    assert_eq!(bytes.expose_secret().as_slice(), [0x01, 0, 0, 0x7B, 0, 0, 0, 0x7B]);
    let read = Bits::unpack(bytes.expose_secret(), 56, packing).unwrap();
    assert_eq!(format("inner-range-56").decode(&read).unwrap().value("facility"), Some(123));
}

/// Proxmark3 issue 2974 has 00246246C for 123123: bit 34 leaves the seventh digit out and takes a
/// bit of the eighth twice, so the number fails here.
#[test]
fn the_columns_of_h10320_take_every_digit_once() {
    for check in format("h10320").checks() {
        let digits: Vec<_> = check.covered().bits().iter().map(|bit| bit / 4).collect();
        assert_eq!(digits, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
    let theirs = bits("000000000001001000110001001000110110");
    let faults = format("h10320").read(&theirs).unwrap().faults().to_vec();
    assert!(
        matches!(&faults[..], [one] if one.to_string() == "even parity 34 over 2-30/4 is wrong")
    );
}

/// leosac/access-control issue 122: inverted bits and swapped parities. Neither passes.
#[test]
fn inverted_bits_and_swapped_parities_do_not_pass() {
    let good = "10001000100010010001101001";
    assert!(format("h10301").decode(&bits(good)).is_ok());
    let inverted: String = good.chars().map(|c| if c == '0' { '1' } else { '0' }).collect();
    assert!(format("h10301").decode(&bits(&inverted)).is_err());
    assert!(format("h10301").decode(&bits(&good.chars().rev().collect::<String>())).is_err());
    let swapped = "00001000100010010001101000";
    assert_eq!(format("h10301").read(&bits(swapped)).unwrap().faults().len(), 2);
}

/// Corporate 1000: bit 34 covers bit 1, and bit 0 covers both.
#[test]
fn the_parities_of_corporate_1000_are_computed_in_their_order() {
    for (name, order) in
        [("corporate-1000-35", ["1", "34", "0"]), ("corporate-1000-48", ["1", "47", "0"])]
    {
        let checks = format(name).checks();
        assert_eq!(
            checks.iter().map(|check| check.places().to_string()).collect::<Vec<_>>(),
            order
        );
    }
    let counts = format("corporate-1000-35").checks().iter().map(|check| check.covered().len());
    assert_eq!(counts.collect::<Vec<_>>(), [22, 22, 34]);
    let counts = format("corporate-1000-48").checks().iter().map(|check| check.covered().len());
    assert_eq!(counts.collect::<Vec<_>>(), [30, 30, 47]);
}
