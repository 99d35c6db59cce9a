// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a written scheme does with a message, and what keeps it from making a key.

/// How a message of a written scheme gets whole blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Padding {
    /// Not at all. CMAC takes it as it is.
    None,
    /// Zeros, none where it is whole (ISO/IEC 9797-1, method 1).
    Zeros,
    /// `80`, then zeros, also where it is whole (ISO/IEC 9797-1, method 2).
    Bit,
    /// As many bytes as it takes, at least one, each of which says how many (RFC 5652, 6.3).
    Pkcs7,
    /// CMAC's own, drawn out to the length that the scheme names: `80`, then zeros, and the last
    /// block masked with K2; K1 where it is whole. AN10922 does so to two blocks.
    Cmac,
}

/// What a written scheme does with a message, under the cipher of the issuer key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemeCipher {
    /// One block: its CMAC (NIST SP 800-38B).
    Cmac,
    /// As many bytes as it has, each block XORed with the one before it.
    Cbc,
    /// As many bytes as it has, each block by itself.
    Ecb,
}

/// No message of a written scheme is longer, padded.
pub(super) const LONGEST: usize = 128;

/// Why a written scheme makes no key of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeFault {
    /// There is nothing to encipher.
    #[error("a message of no bytes")]
    Nothing,
    /// A message does not come out as whole blocks.
    #[error("{length} bytes are no whole blocks of {block}, and nothing fills them up")]
    NotWhole {
        /// How many bytes.
        length: usize,
        /// How many a block has.
        block: usize,
    },
    /// The padded length does not hold a message, or is none of whole blocks, or names one where nothing
    /// is padded.
    #[error("a message of {length} bytes cannot be padded to {padded} in blocks of {block}")]
    Length {
        /// How many bytes.
        length: usize,
        /// How many it is to have.
        padded: usize,
        /// How many a block has.
        block: usize,
    },
    /// A message is too long.
    #[error("a padded message has at most {LONGEST} bytes, this one has {0}")]
    TooLong(usize),
    /// CMAC's padding with another cipher.
    #[error("the padding of CMAC goes with the cipher CMAC")]
    Padding,
    /// The cut lies outside of what comes out.
    #[error("{output} bytes come out, and byte {to} is behind them", to = to.saturating_sub(1))]
    Cut {
        /// How many bytes come out.
        output: usize,
        /// Up to where the cut goes.
        to: usize,
    },
    /// Another number of bytes than a key has.
    #[error("{makes} bytes are made, and a key has {takes}")]
    Makes {
        /// How many bytes.
        makes: usize,
        /// How many it should be.
        takes: usize,
    },
}

impl Padding {
    pub(super) fn fill(self, message: &mut Vec<u8>, padded: usize) {
        let missing = padded.saturating_sub(message.len());
        let first = match self {
            Self::None => return,
            Self::Zeros => 0x00,
            Self::Bit | Self::Cmac => 0x80,
            Self::Pkcs7 => u8::try_from(missing).unwrap_or(u8::MAX),
        };
        let others = if self == Self::Pkcs7 { first } else { 0x00 };
        let fill = core::iter::once(first).chain(core::iter::repeat(others));
        message.extend(fill.take(missing));
    }
}

impl Padding {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::None, Self::Zeros, Self::Bit, Self::Pkcs7, Self::Cmac];

    /// The name in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Zeros => "zeros",
            Self::Bit => "80",
            Self::Pkcs7 => "pkcs7",
            Self::Cmac => "cmac",
        }
    }
}

impl SchemeCipher {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cmac, Self::Cbc, Self::Ecb];

    /// The name in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cmac => "cmac",
            Self::Cbc => "cbc",
            Self::Ecb => "ecb",
        }
    }
}
