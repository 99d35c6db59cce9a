// SPDX-License-Identifier: MIT OR Apache-2.0
//! H10301, the open 26-bit Wiegand format.

use super::{Format, FormatField, Parity};

/// Bit 0 makes bits 0 to 12 even, bits 1 to 8 are the facility code, bits 9 to 24 the card
/// number, bit 25 makes bits 13 to 25 odd. The layout is public and agrees in the Proxmark3
/// client's `wiegand_formats.c` and in `liblogicalaccess`.
pub const H10301: Format = Format {
    name: "h10301",
    bits: 26,
    fields: &[
        FormatField { name: "facility", first: 1, last: 8 },
        FormatField { name: "number", first: 9, last: 24 },
    ],
    parities: &[
        Parity { bit: 0, first: 1, last: 12, odd: false },
        Parity { bit: 25, first: 13, last: 24, odd: true },
    ],
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::FormatError;
    use super::*;

    /// Computed by hand. Facility 17 is 00010001, number 4660 is 0001001000110100.
    /// Bits 1 to 12, 000100010001, hold three ones: bit 0 is 1 to make them even.
    /// Bits 13 to 24, 001000110100, hold four ones: bit 25 is 1 to make them odd.
    /// 1 00010001 0001001000110100 1 and six spare zeros: 10001000 10001001 00011010 01000000.
    ///
    /// Facility 255 and number 1: bits 1 to 12, 111111110000, hold eight ones: bit 0 is 0.
    /// Bits 13 to 24, 000000000001, hold one: bit 25 is 0.
    /// 0 11111111 0000000000000001 0: 01111111 10000000 00000000 10000000.
    ///
    /// All ones: twelve ones on either side: bit 0 is 0, bit 25 is 1:
    /// 0 11111111 1111111111111111 1: 01111111 11111111 11111111 11000000.
    ///
    /// All zeros: bit 0 is 0, bit 25 is 1: 00000000 00000000 00000000 01000000.
    #[test]
    fn the_bits_are_those_computed_by_hand() {
        for (facility, number, bytes) in [
            (17, 4660, [0x88, 0x89, 0x1A, 0x40]),
            (255, 1, [0x7F, 0x80, 0x00, 0x80]),
            (255, 65535, [0x7F, 0xFF, 0xFF, 0xC0]),
            (0, 0, [0x00, 0x00, 0x00, 0x40]),
        ] {
            let bits = H10301.encode(&[facility, number]).unwrap();
            assert_eq!(bits.expose_secret().as_slice(), bytes, "{facility} {number}");
            assert_eq!(*H10301.decode(&bytes).unwrap().expose_secret(), [facility, number]);
        }
    }

    #[test]
    fn limits_come_from_the_widths() {
        assert_eq!(H10301.fields().iter().map(FormatField::max).collect::<Vec<_>>(), [255, 65535]);
        assert_eq!(
            H10301.encode(&[256, 1]).unwrap_err(),
            FormatError::TooLarge { field: "facility", max: 255 }
        );
        assert_eq!(
            H10301.encode(&[1, 65536]).unwrap_err(),
            FormatError::TooLarge { field: "number", max: 65535 }
        );
        assert_eq!(H10301.encode(&[1]).unwrap_err(), FormatError::Values { needed: 2 });
        assert_eq!(Format::by_name("h10301"), Some(&H10301));
        assert_eq!(Format::by_name("H10302"), None);
    }

    #[test]
    fn other_lengths_and_spare_bits_are_refused() {
        assert_eq!(H10301.decode(&[0; 3]).unwrap_err(), FormatError::Length { needed: 4 });
        assert_eq!(H10301.decode(&[0; 5]).unwrap_err(), FormatError::Length { needed: 4 });
        assert_eq!(H10301.decode(&[0, 0, 0, 0x41]).unwrap_err(), FormatError::Spare);
        assert_eq!(H10301.decode(&[0, 0, 0, 0x60]).unwrap_err(), FormatError::Spare);
    }

    proptest! {
        #[test]
        fn decode_gives_back_what_encode_took(facility in 0..=255_u64, number in 0..=65535_u64) {
            let bits = H10301.encode(&[facility, number]).unwrap();
            let values = H10301.decode(bits.expose_secret()).unwrap();
            prop_assert_eq!(values.expose_secret(), &[facility, number]);
        }

        #[test]
        fn every_single_bit_error_is_named_by_its_parity_bit(
            facility in 0..=255_u64, number in 0..=65535_u64, bit in 0..26_u32,
        ) {
            let mut bits = H10301.encode(&[facility, number]).unwrap();
            bits.expose_secret_mut()[bit as usize / 8] ^= 0x80 >> (bit % 8);
            let parity = if bit <= 12 { 0 } else { 25 };
            prop_assert_eq!(
                H10301.decode(bits.expose_secret()).unwrap_err(),
                FormatError::Parity { bit: parity }
            );
        }
    }
}
