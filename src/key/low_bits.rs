// SPDX-License-Identifier: MIT OR Apache-2.0
//! The low bits of DES keys: the cipher ignores them, the card stores them, the version is in those
//! of bytes 0 to 7, and ChangeKey of another key XORs them all.

use core::fmt;
use core::str::FromStr;

use crate::alike::{nearest, write};
use crate::wire::{KeyType, KeyVersion};

/// How the low bits of a DES, 2K3DES or 3K3DES key are written. Programs differ, so cards do; an AES
/// key has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a further form must break every match")]
pub enum LowBits {
    /// The version in bytes 0 to 7 and inverted in bytes 8 to 15, so that the halves of a 2K3DES key
    /// stay different; the same in both halves of a single DES key (libfreefare).
    Inverted,
    /// The version in bytes 0 to 7, everything else as it came (liblogicalaccess, and AN10922 in a
    /// Python and a C++ program). A single DES key of another version than 0 has unequal halves then,
    /// and is a 2K3DES key to a card that compares them exactly.
    FirstHalf,
    /// The version in bytes 0 to 7, zeros in all others (Omnitech).
    Zero,
    /// Nothing is written: the version is what came out.
    Kept,
}

impl LowBits {
    /// All of them, in the order in which they are tried on a card that holds another one.
    pub const ALL: [Self; 4] = [Self::FirstHalf, Self::Inverted, Self::Zero, Self::Kept];

    /// The name in profiles and receipts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inverted => "inverted",
            Self::FirstHalf => "first-half",
            Self::Zero => "zero",
            Self::Kept => "kept",
        }
    }

    /// The low bit of the byte at `at` of a key whose low bit there came out as `came`.
    pub(super) const fn bit(
        self,
        (key, single): (KeyType, bool),
        version: KeyVersion,
        at: usize,
        came: u8,
    ) -> u8 {
        let of_version = version.0 >> (7 - at % 8) & 1;
        match (self, key, at) {
            (Self::Kept, ..) | (_, KeyType::Aes, _) => came,
            (Self::Inverted | Self::FirstHalf | Self::Zero, _, 0..8) => of_version,
            (Self::Inverted, KeyType::Des, _) => {
                if single {
                    of_version
                } else {
                    of_version ^ 1
                }
            }
            (Self::Inverted, KeyType::Tdes3, _) | (Self::FirstHalf, ..) => came,
            (Self::Zero, ..) => 0,
        }
    }
}

impl fmt::Display for LowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for LowBits {
    type Err = LowBitsError;

    fn from_str(text: &str) -> Result<Self, LowBitsError> {
        let found = Self::ALL.into_iter().find(|form| form.name() == text);
        found.ok_or_else(|| LowBitsError(nearest(text, Self::ALL.map(Self::name))))
    }
}

/// A text that names no form of low bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}low bits are inverted, first-half, zero or kept", write(self.0))]
#[non_exhaustive]
pub struct LowBitsError(Option<&'static str>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::CardKey;

    fn written(key: &CardKey, form: LowBits) -> String {
        let came = key.clone().with_version_as(KeyVersion(0), LowBits::Kept).version();
        let key = key.clone().with_version_as(KeyVersion(0x55), form);
        let version = if form == LowBits::Kept { came } else { KeyVersion(0x55) };
        assert_eq!((key.version(), key.low_bits()), (version, form));
        key.test_digits().unwrap().to_string()
    }

    /// AN10922's example of a 2TDEA key with version 55: first half only in liblogicalaccess, a
    /// Python and a C++ program; inverted in libfreefare's tests.
    #[test]
    fn each_form_of_the_published_example() {
        let bytes = hex::decode("16F8597C9E8910C86B9648D006107DD7").unwrap().try_into().unwrap();
        let key = CardKey::des(&bytes);
        for (form, expected) in [
            (LowBits::FirstHalf, "16F9587D9E8910C96B9648D006107DD7"),
            (LowBits::Inverted, "16F9587D9E8910C96B9649D007107DD6"),
            (LowBits::Zero, "16F9587D9E8910C96A9648D006107CD6"),
            (LowBits::Kept, "16F8597C9E8910C86B9648D006107DD7"),
        ] {
            assert_eq!(written(&key, form), expected, "{form}");
            // From every form to every other: what came out is not forgotten.
            for other in LowBits::ALL {
                let again = key.clone().with_version_as(KeyVersion(0x81), other);
                assert_eq!(written(&again, form), expected, "{other} to {form}");
            }
        }
    }

    #[test]
    fn a_single_des_key_stays_one_in_libfreefares_form_alone() {
        let key = CardKey::des(&[0x10; 16]);
        for (form, single) in [
            (LowBits::Inverted, true),
            (LowBits::FirstHalf, false),
            (LowBits::Zero, false),
            (LowBits::Kept, true),
        ] {
            let key = key.clone().with_version_as(KeyVersion(0x55), form);
            assert_eq!(key.is_single_des(), single, "{form}");
        }
    }

    #[test]
    fn three_keys_have_the_version_in_the_first_alone() {
        let mut bytes = [0x11; 24];
        bytes[8] = 0x10;
        let key = CardKey::tdes3(&bytes);
        let first = "1011101110111011";
        for (form, rest) in [
            (LowBits::Inverted, "10111111111111111111111111111111"),
            (LowBits::FirstHalf, "10111111111111111111111111111111"),
            (LowBits::Zero, "10101010101010101010101010101010"),
        ] {
            assert_eq!(written(&key, form), format!("{first}{rest}"), "{form}");
        }
    }

    #[test]
    fn every_form_has_a_name_that_reads_back() {
        for form in LowBits::ALL {
            assert_eq!(form.to_string().parse(), Ok(form));
            assert!(LowBitsError(None).to_string().contains(form.name()));
        }
        assert_eq!("half".parse::<LowBits>(), Err(LowBitsError(None)));
        assert_eq!("invreted".parse::<LowBits>(), Err(LowBitsError(Some("inverted"))));
    }
}
