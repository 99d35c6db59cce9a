// SPDX-License-Identifier: MIT OR Apache-2.0
//! Checksums that card contents and bit formats carry: cyclic redundancy checks by the names of the
//! catalogue of parametrised CRC algorithms (<https://reveng.sourceforge.io/crc-catalogue/>), all
//! that it has of 8, 16 and 32 bits, and the check digit of ISO/IEC 7812-1.

mod catalogue;

use core::fmt;

use crc::{Crc, NoTable};
use zeroize::Zeroizing;

use catalogue::{ALIASES, CATALOGUE, Width};

/// A row of the catalogue. Two are equal where their names are.
pub struct Catalogued {
    name: &'static str,
    width: Width,
}

impl Catalogued {
    /// The row of this name or alias, whatever its case.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
        let name = alias.map_or(name, |(_, name)| *name);
        CATALOGUE.iter().find(|row| row.name.eq_ignore_ascii_case(name))
    }

    /// The name, such as `CRC-16/IBM-3740`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many bytes the checksum has: 1, 2 or 4.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        match self.width {
            Width::Bits8(_) => 1,
            Width::Bits16(_) => 2,
            Width::Bits32(_) => 4,
        }
    }

    /// The checksum of the pieces as one message, most significant byte first.
    #[must_use]
    pub fn over(&'static self, pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        macro_rules! digest {
            ($width:ty, $algorithm:expr) => {{
                // No table: the digest of a few bytes is wanted once per card.
                let crc = Crc::<$width, NoTable>::new($algorithm);
                let mut digest = crc.digest();
                pieces.iter().for_each(|piece| digest.update(piece));
                digest.finalize().to_be_bytes().to_vec()
            }};
        }
        Zeroizing::new(match &self.width {
            Width::Bits8(algorithm) => digest!(u8, algorithm),
            Width::Bits16(algorithm) => digest!(u16, algorithm),
            Width::Bits32(algorithm) => digest!(u32, algorithm),
        })
    }
}

impl PartialEq for Catalogued {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Catalogued {}

impl fmt::Debug for Catalogued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The digit that, put behind the others, makes the sum of all a multiple of ten, where from the
/// right every second one counts twice, and its two digits one by one: ISO/IEC 7812-1, Annex B. Values
/// over 9 are no digits, and have no meaningful check digit.
#[must_use]
pub(crate) fn luhn(digits: &[u8]) -> u8 {
    let mut sum = 0_u8;
    for (place, digit) in digits.iter().rev().enumerate() {
        let counted = match digit.saturating_mul(2) {
            _ if place % 2 == 1 => *digit,
            doubled @ ..10 => doubled,
            doubled => doubled.saturating_sub(9),
        };
        sum = sum.saturating_add(counted) % 10;
    }
    10_u8.saturating_sub(sum) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the catalogue prints as `check` for each name: the checksum of the nine digits
    /// `123456789`, most significant byte first.
    #[rustfmt::skip]
    const CHECKS: [(&str, &str); 63] = [
        ("CRC-8/AUTOSAR", "DF"),
        ("CRC-8/BLUETOOTH", "26"),
        ("CRC-8/CDMA2000", "DA"),
        ("CRC-8/DARC", "15"),
        ("CRC-8/DVB-S2", "BC"),
        ("CRC-8/GSM-A", "37"),
        ("CRC-8/GSM-B", "94"),
        ("CRC-8/HITAG", "B4"),
        ("CRC-8/I-432-1", "A1"),
        ("CRC-8/I-CODE", "7E"),
        ("CRC-8/LTE", "EA"),
        ("CRC-8/MAXIM-DOW", "A1"),
        ("CRC-8/MIFARE-MAD", "99"),
        ("CRC-8/NRSC-5", "F7"),
        ("CRC-8/OPENSAFETY", "3E"),
        ("CRC-8/ROHC", "D0"),
        ("CRC-8/SAE-J1850", "4B"),
        ("CRC-8/SMBUS", "F4"),
        ("CRC-8/TECH-3250", "97"),
        ("CRC-8/WCDMA", "25"),
        ("CRC-16/ARC", "BB3D"),
        ("CRC-16/CDMA2000", "4C06"),
        ("CRC-16/CMS", "AEE7"),
        ("CRC-16/DDS-110", "9ECF"),
        ("CRC-16/DECT-R", "007E"),
        ("CRC-16/DECT-X", "007F"),
        ("CRC-16/DNP", "EA82"),
        ("CRC-16/EN-13757", "C2B7"),
        ("CRC-16/GENIBUS", "D64E"),
        ("CRC-16/GSM", "CE3C"),
        ("CRC-16/IBM-3740", "29B1"),
        ("CRC-16/IBM-SDLC", "906E"),
        ("CRC-16/ISO-IEC-14443-3-A", "BF05"),
        ("CRC-16/KERMIT", "2189"),
        ("CRC-16/LJ1200", "BDF4"),
        ("CRC-16/M17", "772B"),
        ("CRC-16/MAXIM-DOW", "44C2"),
        ("CRC-16/MCRF4XX", "6F91"),
        ("CRC-16/MODBUS", "4B37"),
        ("CRC-16/NRSC-5", "A066"),
        ("CRC-16/OPENSAFETY-A", "5D38"),
        ("CRC-16/OPENSAFETY-B", "20FE"),
        ("CRC-16/PROFIBUS", "A819"),
        ("CRC-16/RIELLO", "63D0"),
        ("CRC-16/SPI-FUJITSU", "E5CC"),
        ("CRC-16/T10-DIF", "D0DB"),
        ("CRC-16/TELEDISK", "0FB3"),
        ("CRC-16/TMS37157", "26B1"),
        ("CRC-16/UMTS", "FEE8"),
        ("CRC-16/USB", "B4C8"),
        ("CRC-16/XMODEM", "31C3"),
        ("CRC-32/AIXM", "3010BF7F"),
        ("CRC-32/AUTOSAR", "1697D06A"),
        ("CRC-32/BASE91-D", "87315576"),
        ("CRC-32/BZIP2", "FC891918"),
        ("CRC-32/CD-ROM-EDC", "6EC2EDC4"),
        ("CRC-32/CKSUM", "765E7680"),
        ("CRC-32/ISCSI", "E3069283"),
        ("CRC-32/ISO-HDLC", "CBF43926"),
        ("CRC-32/JAMCRC", "340BC6D9"),
        ("CRC-32/MEF", "D2C22F51"),
        ("CRC-32/MPEG-2", "0376E6E7"),
        ("CRC-32/XFER", "BD0BE338"),
    ];

    #[test]
    fn every_name_gives_the_check_value_of_the_catalogue() {
        assert_eq!(CHECKS.len(), CATALOGUE.len());
        for (name, check) in CHECKS {
            let row = Catalogued::by_name(&name.to_lowercase()).unwrap();
            assert_eq!(row.name(), name);
            let sum = row.over(&[b"1234", b"", b"56789"]);
            assert_eq!(hex::encode_upper(&*sum), check, "{name}");
            assert_eq!(sum.len(), row.bytes(), "{name}");
        }
    }

    /// The same for other names.
    #[rustfmt::skip]
    const OTHERS: [(&str, &str); 47] = [
        ("CRC-8/AES", "97"), ("CRC-8/EBU", "97"), ("CRC-8/ITU", "A1"), ("CRC-8/MAXIM", "A1"),
        ("DOW-CRC", "A1"), ("ARC", "BB3D"), ("CRC-16/LHA", "BB3D"), ("CRC-16/AUG-CCITT", "E5CC"),
        ("CRC-16/BUYPASS", "FEE8"), ("CRC-16/VERIFONE", "FEE8"), ("CRC-16/AUTOSAR", "29B1"),
        ("CRC-16/CCITT-FALSE", "29B1"), ("CRC-16/CCITT-TRUE", "2189"), ("CRC-16/V-41-LSB", "2189"),
        ("KERMIT", "2189"), ("CRC-16/DARC", "D64E"), ("CRC-16/EPC", "D64E"),
        ("CRC-16/EPC-C1G2", "D64E"), ("CRC-16/I-CODE", "D64E"), ("CRC-16/ACORN", "31C3"),
        ("CRC-16/LTE", "31C3"), ("CRC-16/V-41-MSB", "31C3"), ("XMODEM", "31C3"),
        ("ZMODEM", "31C3"), ("CRC-16/ISO-HDLC", "906E"), ("CRC-16/ISO-IEC-14443-3-B", "906E"),
        ("CRC-16/X-25", "906E"), ("CRC-B", "906E"), ("X-25", "906E"), ("CRC-A", "BF05"),
        ("CRC-16/MAXIM", "44C2"), ("MODBUS", "4B37"), ("CRC-16/IEC-61158-2", "A819"),
        ("CRC-32", "CBF43926"), ("CRC-32/ADCCP", "CBF43926"), ("CRC-32/V-42", "CBF43926"),
        ("CRC-32/XZ", "CBF43926"), ("PKZIP", "CBF43926"), ("CRC-32/CASTAGNOLI", "E3069283"),
        ("CRC-32C", "E3069283"), ("CRC-32/AAL5", "FC891918"), ("CRC-32/POSIX", "765E7680"),
        ("CKSUM", "765E7680"), ("CRC-32Q", "3010BF7F"), ("CRC-32D", "87315576"),
        ("JAMCRC", "340BC6D9"), ("XFER", "BD0BE338"),
    ];

    #[test]
    fn other_names_give_the_check_values_of_the_catalogue() {
        assert_eq!(OTHERS.len(), ALIASES.len());
        for (name, check) in OTHERS {
            let row = Catalogued::by_name(&name.to_lowercase()).unwrap();
            assert_eq!(hex::encode_upper(&*row.over(&[b"123456789"])), check, "{name}");
            assert!(CATALOGUE.iter().all(|row| row.name != name), "{name} is a row of its own");
        }
        assert!(Catalogued::by_name("CRC-CCITT").is_none());
    }

    /// By hand: 7992739871 from the right is 1 7 8 9 3 7 2 9 9 7; doubled in the first, third ...
    /// place it counts 2 7 (16) 7 9 6 7 4 9 (18) 9 7 = 2+7+7+9+6+7+4+9+9+7 = 67, and 3 are missing.
    #[test]
    fn luhn_is_the_digit_that_is_missing() {
        assert_eq!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1]), 3);
        assert_eq!(luhn(&[]), 0);
        assert_eq!(luhn(&[0, 0, 5]), 9);
        // 9 doubled counts 1 + 8 = 9: a thousand of them are 9000.
        assert_eq!(luhn(&[9; 1000]), 0);
    }
}
