// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every row of the table against bits computed elsewhere, over its whole range, and with every
//! bit turned; and the mistakes that others have made with these formats.

mod layouts;
mod mistakes;
mod ones;
mod rules;
mod vectors;

use proptest::prelude::*;

use super::*;
use vectors::{COMPUTED, PUBLISHED, Vector};

fn format(name: &str) -> &'static Format {
    Format::by_name(name).unwrap_or_else(|| panic!("{name}"))
}

fn bits(text: &str) -> Bits {
    Bits::from_binary(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn every_row_is_a_format_with_a_name_of_its_own_and_they_come_by_length() {
    let rows: Vec<_> = table::TABLE.iter().copied().flatten().collect();
    for row in &rows {
        assert_eq!(Format::new(row).map(|_| ()), Ok(()), "{}", row.name);
    }
    assert_eq!(Format::all().len(), rows.len());
    assert_eq!(Format::all().len(), 42);
    assert!(Format::all().is_sorted_by_key(Format::bit_length));
    let aliases = Format::all().iter().flat_map(Format::aliases);
    let mut names: Vec<_> = Format::all().iter().map(Format::name).collect();
    names.extend(aliases.map(String::as_str));
    for name in &names {
        assert_eq!(names.iter().filter(|other| other == &name).count(), 1, "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    }
    assert_eq!(Format::by_name("wiegand-34-facility"), Format::by_name("h10306"));
    assert_eq!(Format::by_name("H10301"), Format::by_name("h10301"));
    assert_eq!(Format::by_name("h1030"), None);
}

#[test]
fn the_bits_are_those_computed_and_published_elsewhere() {
    for &(name, values, text) in COMPUTED.iter().chain(PUBLISHED) {
        let encoded = format(name).encode(values).unwrap();
        let text = text.replace(' ', "");
        assert_eq!(encoded.to_binary().expose_secret(), &text, "{name} {values:?}");
        let reading = format(name).decode(&bits(&text)).unwrap();
        let read: Vec<_> = reading.values().map(|(field, value)| (field.name(), value)).collect();
        for &(field, value) in values {
            assert!(read.contains(&(field, Some(value))), "{name} {field}");
        }
    }
    for format in Format::all() {
        let tried = |(name, ..): &&Vector| *name == format.name();
        assert!(COMPUTED.iter().any(|vector| tried(&vector)), "{}", format.name());
    }
}

/// A format of one number and nothing else says all there is to know about it.
#[test]
fn every_layout_is_held_by_published_bits_or_is_a_belief() {
    let beliefs: String = BELIEFS.iter().map(|belief| belief.rule).collect();
    for format in Format::all() {
        let published = PUBLISHED.iter().any(|(name, ..)| *name == format.name());
        let plain = format.name().starts_with("binary-");
        assert!(published || plain || beliefs.contains(format.name()), "{}", format.name());
    }
}

#[test]
fn what_does_not_fit_is_refused_by_field_range_and_width() {
    for format in Format::all() {
        for field in format.fields() {
            let Some(over) = field.max().checked_add(1) else { continue };
            let values = format.fields().iter().map(|other| {
                (other.name(), if other.name() == field.name() { over } else { other.max() })
            });
            let error = format.encode(&values.collect::<Vec<_>>()).unwrap_err();
            let said = error.to_string();
            let range = format!("{} must be 0 to {} (", field.name(), field.max());
            assert!(said.starts_with(&range), "{said}");
            assert!(!said.contains(&over.to_string()), "{said}");
        }
    }
    let said = |values: &[(&str, u64)]| format("h10301").encode(values).unwrap_err().to_string();
    assert_eq!(said(&[("facility", 256), ("number", 1)]), "facility must be 0 to 255 (8 bits)");
    assert_eq!(said(&[("facility", 1)]), "number is missing");
    assert_eq!(said(&[("facility", 1), ("facility", 1)]), "facility is given twice");
    assert_eq!(
        said(&[("fc", 1)]),
        "the format has no field \"fc\": its fields are facility, number"
    );
    let digits = format("h10320").encode(&[("number", 100_000_000)]).unwrap_err();
    assert_eq!(digits.to_string(), "number must be 0 to 99999999 (8 decimal digits)");
    assert_eq!(
        format("h10301").encode_values(&[1]).unwrap_err(),
        FormatError::Values { needed: 2 }
    );
}

#[test]
fn decode_names_everything_that_does_not_hold() {
    let said = |name: &str, text: &str| format(name).decode(&bits(text)).unwrap_err().to_string();
    assert_eq!(said("h10301", &"1".repeat(25)), "the format has 26 bits, these are 25");
    assert_eq!(
        said("h10301", &format!("1{}0", "0".repeat(24))),
        "even parity 0 over 1-12 is wrong; odd parity 25 over 13-24 is wrong"
    );
    assert_eq!(
        said("p10001", &"0".repeat(40)),
        "constant 1111 in 0-3 is wrong",
        "nothing is wrong with the check byte"
    );
    assert_eq!(
        said("h10320", &format!("1111{}1000", "0".repeat(28))),
        "number has a digit over 9; even parity 34 over 2-30/4 is wrong; \
         even parity 35 over 3-31/4 is wrong",
    );
    // 1010 is ten; bits 0 and 2 are one each in their columns.
    let ten = format!("1010{}1110", "0".repeat(28));
    assert_eq!(said("h10320", &ten), "number has a digit over 9");
    assert_eq!(
        said("adt-31", &format!("1{}1", "0".repeat(29))),
        "bit 0 is set, which the format does not use; bit 30 is set, which the format does not use"
    );
}

#[test]
fn identify_lists_every_format_of_the_length_and_prefers_none() {
    let read = bits("0010110000100101000101011100101000000");
    let readings = Format::identify(Format::all(), &read);
    let names: Vec<_> = readings.iter().map(|reading| reading.format().name()).collect();
    assert_eq!(names, ["h10302", "h10304", "hgen37", "wiegand-37-right-2", "s10401"]);
    let holding: Vec<_> = readings.iter().map(|reading| reading.faults().is_empty()).collect();
    assert_eq!(holding, [true, true, false, false, true]);
    assert_eq!(readings[1].value("facility"), Some(22602));
    assert!(Format::identify(Format::all(), &bits("1")).is_empty());
    // Bytes do not say how many bits they hold: 26 to 32 are possible here.
    let readings =
        Format::identify_bytes(Format::all(), &[0x88, 0x89, 0x1A, 0x40], Packing::default());
    let lengths: Vec<_> = readings.iter().map(|reading| reading.format().bit_length()).collect();
    assert_eq!(lengths, [26, 26, 27, 27, 27, 29, 30, 31, 32, 32, 32, 32]);
}

/// A format and a value for each of its fields, limits among them.
fn any_values() -> impl Strategy<Value = (&'static Format, Vec<u64>)> {
    (0..Format::all().len()).prop_flat_map(|at| {
        let format = &Format::all()[at];
        let field = |field: &Field| prop_oneof![6 => 0..=field.max(), 1 => Just(field.max())];
        (Just(format), format.fields().iter().map(field).collect::<Vec<_>>())
    })
}

/// Whether anything but a field's value depends on the bit.
fn held(format: &Format, bit: u8) -> bool {
    let fixed = format.constants().iter().any(|constant| constant.places().bits().contains(&bit));
    let checked = format
        .checks()
        .iter()
        .any(|check| check.places().bits().contains(&bit) || check.covered().bits().contains(&bit));
    fixed || checked || format.unassigned().contains(&bit)
}

fn any_packing() -> impl Strategy<Value = Packing> {
    let align = prop_oneof![Just(Align::Left), Just(Align::Right)];
    (align, any::<bool>(), any::<bool>()).prop_map(|(align, sentinel, reversed)| Packing {
        align,
        sentinel,
        reversed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn decode_gives_back_what_encode_took((format, values) in any_values()) {
        let bits = format.encode_values(&values).unwrap();
        prop_assert_eq!(bits.len(), format.bit_length());
        let reading = format.decode(&bits).unwrap();
        let read: Vec<_> = reading.values().filter_map(|(_, value)| value).collect();
        prop_assert_eq!(read, values);
        let listed = Format::identify(Format::all(), &bits);
        let own = listed.iter().find(|reading| reading.format() == format).unwrap();
        prop_assert!(own.faults().is_empty());
    }

    #[test]
    fn a_turned_bit_that_a_check_covers_is_noticed((format, values) in any_values()) {
        let good = format.encode_values(&values).unwrap();
        for bit in 0..format.bit_length() {
            let mut turned = good.clone();
            let place = u8::try_from(bit).unwrap();
            let was = turned.number(&[place]);
            turned.put(&[place], was ^ 1);
            let noticed = !format.read(&turned).unwrap().faults().is_empty();
            prop_assert!(noticed || !held(format, place), "{} bit {}", format.name(), bit);
        }
    }

    #[test]
    fn unpack_gives_back_what_pack_took(
        (format, values) in any_values(), packing in any_packing(), at in 0..256_usize,
    ) {
        let bits = format.encode_values(&values).unwrap();
        let mut bytes = bits.pack(packing).expose_secret().clone();
        prop_assert_eq!(bytes.len(), packing.byte_length(bits.len()));
        prop_assert!(Bits::unpack(&bytes, bits.len(), packing).unwrap() == bits);
        let (byte, mask) = (at / 8 % bytes.len(), 0x80 >> (at % 8));
        bytes[byte] ^= mask;
        prop_assert!(Bits::unpack(&bytes, bits.len(), packing).ok() != Some(bits));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), packing in any_packing()) {
        for reading in Format::identify_bytes(Format::all(), &bytes, packing) {
            let values: Vec<_> = reading.values().filter_map(|(_, value)| value).collect();
            if reading.faults().is_empty() {
                let again = reading.format().encode_values(&values).unwrap();
                prop_assert!(again.pack(packing).expose_secret() == &bytes);
            }
        }
    }
}
