// SPDX-License-Identifier: MIT OR Apache-2.0
//! Vectors computed by hand, the arithmetic beside them, and what holds for every format.

use proptest::prelude::*;

use super::{Check, FORMATS, Format, FormatError, FormatField, identify, unpacked};

/// Name, values, bits.
const VECTORS: &[(&str, &[u64], &str)] = &[
    // facility 193 is 11000001; number 56264 is 1101101111001000; bit 0: 6 ones, even, so 0; bit
    // 25: 6 ones, odd, so 1
    ("h10301", &[193, 56264], "01100000111011011110010001"),
    // facility 2166 is 100001110110; number 3955 is 111101110011; bit 0: 6 ones, even, so 0; bit
    // 25: 9 ones, odd, so 0
    ("indala26", &[2166, 3955], "01000011101101111011100110"),
    // facility 6136 is 1011111111000; number 9041 is 10001101010001
    ("indala27", &[6136, 9041], "101111111100010001101010001"),
    // facility 5380 is 1010100000100; number 40187 is 1001110011111011
    ("indala29", &[5380, 40187], "10101000001001001110011111011"),
    // facility 3570 is 110111110010; number 63508 is 1111100000010100; bit 0: 8 ones, even, so 0;
    // bit 29: 7 ones, odd, so 0
    ("ats30", &[3570, 63508], "011011111001011111000000101000"),
    // facility 11 is 1011; number 7388332 is 11100001011110010101100
    ("adt31", &[11, 7388332], "0101111100001011110010101100000"),
    // facility 2465 is 100110100001; number 49108 is 1011111111010100
    ("wie32", &[2465, 49108], "00001001101000011011111111010100"),
    // constant 1 at 1; issue 16 is 10000; facility 183 is 10110111; number 59516 is
    // 1110100001111100; bit 0: 10 ones, even, so 0; bit 31: 10 ones, odd, so 1
    ("kastle32", &[16, 183, 59516], "01100001011011111101000011111001"),
    // facility 199 is 11000111; number 44700 is 1010111010011100
    ("kantech32", &[199, 44700], "00000001100011110101110100111000"),
    // facility 113 is 1110001; number 11066322 is 101010001101101111010010; bit 0: 8 ones, even,
    // so 0; bit 32: 10 ones, odd, so 1
    ("d10202", &[113, 11066322], "011100011010100011011011110100101"),
    // number 2456428104 is 10010010011010100001111001001000; bit 0: 7 ones, even, so 1; bit 33: 6
    // ones, odd, so 1
    ("wiegand34", &[2456428104], "1100100100110101000011110010010001"),
    // facility 41862 is 1010001110000110; number 61920 is 1111000111100000; bit 0: 7 ones, even,
    // so 1; bit 33: 8 ones, odd, so 1
    ("h10306", &[41862, 61920], "1101000111000011011110001111000001"),
    // facility 160 is 10100000; number 10607241 is 101000011101101010001001; bit 0: 5 ones, even,
    // so 1; bit 33: 8 ones, odd, so 1
    ("bqt34", &[160, 10607241], "1101000001010000111011010100010011"),
    // company 2055 is 100000000111; number 529859 is 10000001010111000011; bit 1: 10 ones, even,
    // so 0; bit 34: 8 ones, odd, so 1; bit 0: 13 ones, odd, so 0
    ("c1k35", &[2055, 529859], "00100000000111100000010101110000111"),
    // oem 726 is 1011010110; facility 183 is 10110111; number 43637 is 1010101001110101; bit 0: 11
    // ones, even, so 1; bit 35: 10 ones, odd, so 1
    ("c15001", &[726, 183, 43637], "110110101101011011110101010011101011"),
    // facility 170 is 10101010; issue 2 is 10; number 13242343 is 110010100000111111100111; bit 0:
    // 9 ones, odd, so 0; bit 35: 11 ones, odd, so 0
    ("s12906", &[170, 2, 13242343], "010101010101100101000001111111001110"),
    // number 3494606010 is 11010000010010110111010010111010; bit 32: 4 ones, even, so 0; bit 33: 4
    // ones, odd, so 1; bit 34: 4 ones, even, so 0; bit 35: 4 ones, even, so 0
    ("dataclock36", &[3494606010], "110100000100101101110100101110100100"),
    // number 25604353010 is 10111110110001000110110101111110010; bit 0: 10 ones, even, so 0; bit
    // 36: 12 ones, odd, so 1
    ("h10302", &[25604353010], "0101111101100010001101101011111100101"),
    // facility 46188 is 1011010001101100; number 357390 is 1010111010000001110; bit 0: 9 ones,
    // even, so 1; bit 36: 8 ones, odd, so 1
    ("h10304", &[46188, 357390], "1101101000110110010101110100000011101"),
    // facility 45670 is 1011001001100110; number 231531 is 111000100001101011; bit 0: 8 ones, odd,
    // so 1; bit 35: 9 ones, even, so 1; bit 36: 19 ones, odd, so 0
    ("w37rp2", &[45670, 231531], "1101100100110011011100010000110101110"),
    // prefix 12 is 1100; facility 2136 is 100001011000; number 56438 is 1101110001110110; bit 32:
    // 2 ones, even, so 0; bit 33: 4 ones, even, so 0; bit 34: 1 ones, even, so 1; bit 35: 3 ones,
    // even, so 1; bit 36: 3 ones, even, so 1; bit 37: 2 ones, even, so 0; bit 38: 1 ones, even, so
    // 1; bit 39: 0 ones, even, so 0
    ("p10001", &[12, 2136, 56438], "1100100001011000110111000111011000111010"),
    // constant 101110 at 0; constant 1 at 39; number 59959 is 1110101000110111; field 10911 is
    // 10101010011111; bit 38: 24 ones, even, so 0
    ("getronik40", &[59959, 10911], "0010111011101010001101111010101001111101"),
    // facility 661 is 1010010101; number 205034207 is 1100001110001001001011011111; bit 0: 5 ones,
    // even, so 1; bit 39: 15 ones, even, so 1
    ("verkada40", &[661, 205034207], "1101001010111000011100010010010110111111"),
    // company 2370367 is 1001000010101100111111; number 6978101 is 11010100111101000110101; bit 1:
    // 15 ones, even, so 1; bit 47: 18 ones, odd, so 1; bit 0: 27 ones, odd, so 0
    ("c1k48", &[2370367, 6978101], "011001000010101100111111110101001111010001101011"),
    // number 3441811123 is 11001101001001011101111010110011
    ("binary32", &[3441811123], "11001101001001011101111010110011"),
    // number 36272577585175183 is 10000000110111011011011110010110000011010101101010001111
    ("binary56", &[36272577585175183], "10000000110111011011011110010110000011010101101010001111"),
    // number 15456469067953226667 is
    // 1101011010000000011010001011100110110101001010100100001110101011
    (
        "binary64",
        &[15456469067953226667],
        "1101011010000000011010001011100110110101001010100100001110101011",
    ),
];

fn bits(text: &str) -> Vec<bool> {
    text.chars().map(|bit| bit == '1').collect()
}

#[test]
fn every_format_has_a_vector_computed_by_hand() {
    for format in FORMATS.iter().filter(|format| format.name() != "fascn") {
        let vector = VECTORS.iter().find(|(name, ..)| *name == format.name());
        let (_, values, expected) = vector.unwrap_or_else(|| panic!("{}", format.name()));
        let encoded = format.encode_bits(values).unwrap();
        assert_eq!(*encoded.expose_secret(), bits(expected), "{}", format.name());
        let reading = format.read(&bits(expected)).unwrap();
        assert!(reading.holds(), "{}", format.name());
        assert_eq!(reading.values.expose_secret(), values, "{}", format.name());
    }
    assert_eq!(VECTORS.len() + 1, FORMATS.len());
}

/// The published example of TIG SCEPACS 2.2, figure 7.
#[test]
fn fasc_n_is_the_published_example() {
    let format = Format::by_name("fascn").unwrap();
    let values = [32, 1, 92_446, 0, 1, 1_112_223_333, 1, 1223, 2];
    let published = "D0439458210C2C19A0846D83685A1082108CE73984108CA3FC";
    let encoded = format.encode(&values).unwrap();
    assert_eq!(hex::encode_upper(encoded.expose_secret()), published);
    let decoded = format.decode(&hex::decode(published).unwrap()).unwrap();
    assert_eq!(*decoded.expose_secret(), values);
}

/// Limits follow from widths: tables of other programs have fields whose limit and width differ, so
/// that a value that passes is cut.
#[test]
fn a_value_that_its_bits_do_not_hold_is_refused_and_never_cut() {
    for format in FORMATS {
        for (at, field) in format.fields().iter().enumerate() {
            let mut values: Vec<u64> = format.fields().iter().map(FormatField::max).collect();
            assert!(format.encode(&values).is_ok(), "{}", format.name());
            let Some(more) = field.max().checked_add(1) else { continue };
            values[at] = more;
            let refused = format.encode(&values).unwrap_err();
            let (field, max) = (field.name(), field.max());
            assert_eq!(refused, FormatError::TooLarge { field, max }, "{}", format.name());
        }
        let none = format.encode(&[]).unwrap_err();
        assert_eq!(none, FormatError::Values { needed: format.fields().len() });
    }
}

#[test]
fn other_lengths_and_spare_bits_are_refused() {
    let h10301 = Format::by_name("h10301").unwrap();
    assert_eq!(h10301.decode(&[0; 3]).unwrap_err(), FormatError::Length { needed: 4 });
    assert_eq!(h10301.decode(&[0; 5]).unwrap_err(), FormatError::Length { needed: 4 });
    assert_eq!(h10301.decode(&[0, 0, 0, 0x41]).unwrap_err(), FormatError::Spare);
    assert_eq!(h10301.read(&[false; 27]).unwrap_err(), FormatError::Bits { needed: 26 });
    let wrong = FormatError::Check(Check::Parity { bit: 25, odd: true });
    assert_eq!(h10301.decode(&[0; 4]).unwrap_err(), wrong);
    assert_eq!(wrong.to_string(), "odd parity bit 25 is wrong");
    assert_eq!(Format::by_name("H10301"), None);
}

/// Bits of 37 are one of three formats, and only the checks tell how well each fits.
#[test]
fn every_format_of_a_length_is_named_and_none_is_guessed() {
    let h10304 = Format::by_name("h10304").unwrap();
    let bits = h10304.encode_bits(&[1234, 56_789]).unwrap();
    let readings = identify(bits.expose_secret());
    let names: Vec<_> = readings.iter().map(|reading| reading.format.name()).collect();
    assert_eq!(names, ["h10302", "h10304", "w37rp2"]);
    let holds: Vec<_> = readings.iter().map(super::Reading::holds).collect();
    assert_eq!(holds, [true, true, false]);
    assert_eq!(format!("{:?}", readings[1]), "Reading(h10304, <secret>)");
    assert!(identify(&[true; 7]).is_empty());
}

#[test]
fn formats_are_named_once_and_their_bits_are_used_once() {
    for (at, format) in FORMATS.iter().enumerate() {
        assert!(FORMATS[at + 1..].iter().all(|other| other.name() != format.name()));
        let fields = format.fields().iter().flat_map(FormatField::bits);
        let constants = format.constant_bits().map(|(bit, _)| bit);
        let parities = format.parity_bits().map(|(bit, ..)| bit);
        let mut used: Vec<usize> = fields.chain(constants).chain(parities).collect();
        assert!(used.iter().all(|bit| *bit < format.bits()), "{}", format.name());
        let count = used.len();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used.len(), count, "{}", format.name());
    }
}

proptest! {
    #[test]
    fn decode_gives_back_what_encode_took(seeds in prop::array::uniform16(any::<u64>())) {
        for format in FORMATS {
            let values: Vec<u64> = format
                .fields()
                .iter()
                .zip(seeds)
                .map(|(field, seed)| field.max().checked_add(1).map_or(seed, |limit| seed % limit))
                .collect();
            let bytes = format.encode(&values).unwrap();
            let decoded = format.decode(bytes.expose_secret()).unwrap();
            prop_assert_eq!(decoded.expose_secret(), &values);
        }
    }

    #[test]
    fn every_single_bit_error_in_a_covered_bit_is_seen(seeds in prop::array::uniform16(any::<u64>())) {
        for format in FORMATS {
            let values: Vec<u64> = format
                .fields()
                .iter()
                .zip(seeds)
                .map(|(field, seed)| field.max().checked_add(1).map_or(seed, |limit| seed % limit))
                .collect();
            let bits = format.encode_bits(&values).unwrap();
            let covered = format.parity_bits().flat_map(|(bit, _, over)| {
                over.iter().flat_map(|span| span.bits()).chain([bit])
            });
            for bit in covered.chain(format.constant_bits().map(|(bit, _)| bit)) {
                let mut harmed = bits.expose_secret().clone();
                harmed[bit] = !harmed[bit];
                prop_assert!(!format.read(&harmed).unwrap().holds(), "{} {}", format.name(), bit);
            }
        }
    }

    #[test]
    fn any_bits_are_read_and_any_bytes_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
        for format in FORMATS {
            let _any = format.decode(&bytes);
        }
        let _any = identify(&unpacked(&bytes));
    }
}
