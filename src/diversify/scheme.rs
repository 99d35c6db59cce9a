// SPDX-License-Identifier: MIT OR Apache-2.0
//! The schemes: which keys each takes and makes, and how long its input is.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::alike::{nearest, write};
use crate::key::LowBits;
use crate::wire::KeyType;

/// A diversification scheme in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// NXP AN10922: CMAC over a constant and the input, always padded to two blocks. AES-128, 2K3DES
    /// and 3K3DES.
    An10922,
    /// AN10922 without the padding to two blocks where constant and input fit one, as libfreefare
    /// (issue 91) and python-desfire once made keys; for cards that have them.
    An10922OneBlock,
    /// AN10922 with the subkey K2 whatever the length, a switch of liblogicalaccess.
    An10922ForceK2,
    /// NXP AN0945, as SAM AV1 has it: key number and UID, enciphered. AES-128 and 2K3DES.
    SamAv1,
    /// Sagem: the UID and its complement, enciphered under a 2K3DES key. The version of the key is
    /// what comes out.
    Sagem,
    /// Omnitech: as Sagem, with the version written in.
    Omnitech,
    /// Gallagher: AN10922 for AES-128 over the UID (for most keys), the key number and the AID.
    Gallagher,
    /// Bolt cards: CMAC twice, over UID and key version, and over a number for each of the keys 0 to 4; key 1 is
    /// the same on every card.
    Boltcard,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::An10922,
        Self::An10922OneBlock,
        Self::An10922ForceK2,
        Self::SamAv1,
        Self::Sagem,
        Self::Omnitech,
        Self::Gallagher,
        Self::Boltcard,
    ];

    /// The name in profiles and on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::An10922 => "an10922",
            Self::An10922OneBlock => "an10922-one-block",
            Self::An10922ForceK2 => "an10922-force-k2",
            Self::SamAv1 => "sam-av1",
            Self::Sagem => "sagem",
            Self::Omnitech => "omnitech",
            Self::Gallagher => "gallagher",
            Self::Boltcard => "boltcard",
        }
    }

    /// The types of issuer keys that it takes; the card key is of the same type.
    #[must_use]
    pub const fn key_types(self) -> &'static [KeyType] {
        match self {
            Self::An10922 | Self::An10922OneBlock | Self::An10922ForceK2 => {
                &[KeyType::Aes, KeyType::Des, KeyType::Tdes3]
            }
            Self::SamAv1 => &[KeyType::Aes, KeyType::Des],
            Self::Sagem | Self::Omnitech => &[KeyType::Des],
            Self::Gallagher | Self::Boltcard => &[KeyType::Aes],
        }
    }

    /// How many bytes of input it takes with an issuer key of this type; `None` where the input
    /// follows from card, key number and AID.
    #[must_use]
    pub const fn input(self, key: KeyType) -> Option<RangeInclusive<usize>> {
        match self {
            Self::An10922 | Self::An10922OneBlock | Self::An10922ForceK2 => {
                Some(1..=super::an10922::longest_input(key))
            }
            Self::SamAv1 | Self::Sagem | Self::Omnitech | Self::Gallagher | Self::Boltcard => None,
        }
    }

    /// How 2K3DES and 3K3DES keys of this scheme have their low bits unless a recipe says otherwise.
    /// Where they are kept, the version is what comes out, and a profile cannot tell it beforehand.
    #[must_use]
    pub const fn low_bits(self) -> LowBits {
        match self {
            Self::Sagem => LowBits::Kept,
            Self::Omnitech => LowBits::Zero,
            Self::An10922
            | Self::An10922OneBlock
            | Self::An10922ForceK2
            | Self::SamAv1
            | Self::Gallagher
            | Self::Boltcard => LowBits::Inverted,
        }
    }

    /// The document or program that it is from.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::An10922 => "NXP AN10922, Symmetric key diversifications",
            Self::An10922OneBlock => "libfreefare, issue 91; python-desfire",
            Self::An10922ForceK2 | Self::SamAv1 | Self::Sagem | Self::Omnitech => {
                "liblogicalaccess"
            }
            Self::Gallagher => "Proxmark3",
            Self::Boltcard => "boltcard, docs/DETERMINISTIC.md",
        }
    }

    /// Whether published vectors hold it; else it is on the list of beliefs.
    #[must_use]
    pub const fn has_vectors(self) -> bool {
        matches!(self, Self::An10922 | Self::An10922OneBlock | Self::Boltcard)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, SchemeError> {
        let found = Self::ALL.into_iter().find(|scheme| scheme.name() == text);
        found.ok_or_else(|| SchemeError(nearest(text, Self::ALL.map(Self::name))))
    }
}

/// A text that names no scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}schemes are an10922, an10922-one-block, an10922-force-k2, sam-av1, sagem, omnitech, \
     gallagher and boltcard",
    write(self.0)
)]
#[non_exhaustive]
pub struct SchemeError(Option<&'static str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_has_a_name_that_reads_back_and_is_told_of() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
            assert!(SchemeError(None).to_string().contains(scheme.name()));
        }
        assert_eq!("AN10922".parse::<Scheme>(), Err(SchemeError(Some("an10922"))));
        let said = "samav1".parse::<Scheme>().unwrap_err().to_string();
        assert!(said.starts_with("write \"sam-av1\": schemes are "), "{said}");
    }
}
