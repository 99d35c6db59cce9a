// SPDX-License-Identifier: MIT OR Apache-2.0
//! Schemes that a profile writes: messages, their padding, a cipher, and what of its output is the key.
//!
//! A scheme asks an issuer key for what such keys do ([`Operation`]), so it works with one that never
//! leaves its token: CMAC, CBC and ECB under the cipher of the key's type, from a chaining value of
//! zeros. A hash over the key itself, HMAC or a key that mixes its own bytes in is none of these.

use zeroize::Zeroizing;

use super::an10922::{block, cbc_mac};
use super::input::{InputPart, Piece, Subject};
use super::recipe::DeriveError;
use crate::key::{IssuerKey, KeyError, Operation, Operations};
use crate::secret::Secret;
use crate::wire::KeyType;

/// A scheme that a profile writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenScheme {
    /// The name in the profile.
    pub name: String,
    /// What is enciphered: one message behind the other, and so is what comes out.
    pub messages: Vec<Vec<InputPart>>,
    /// How a message gets whole blocks.
    pub padding: Padding,
    /// How many bytes a padded message has; as few blocks as it takes where it is `None`.
    pub length: Option<usize>,
    /// What is done with each message.
    pub cipher: SchemeCipher,
    /// Which bytes of the output make the key, in order; all of them where there is none.
    pub cut: Vec<Piece>,
}

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
const LONGEST: usize = 128;

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

/// How many bytes a key has.
const fn key_length(key: KeyType) -> usize {
    match key {
        KeyType::Aes | KeyType::Des => 16,
        KeyType::Tdes3 => 24,
    }
}

impl WrittenScheme {
    /// A scheme of one message that is CMACed as it is, with all that comes out for a key.
    #[must_use]
    pub fn new(name: impl Into<String>, messages: Vec<Vec<InputPart>>) -> Self {
        Self {
            name: name.into(),
            messages,
            padding: Padding::None,
            length: None,
            cipher: SchemeCipher::Cmac,
            cut: Vec::new(),
        }
    }

    /// All parts of all messages.
    pub(super) fn parts(&self) -> impl Iterator<Item = &InputPart> {
        self.messages.iter().flatten()
    }

    /// Whether the whole UID goes into every byte of the key, or into all that comes out uncut.
    pub(super) fn names_card(&self) -> bool {
        let whole = |message: &Vec<InputPart>| message.iter().any(InputPart::is_whole_uid);
        match self.cipher {
            SchemeCipher::Cmac => self.messages.iter().all(whole),
            SchemeCipher::Cbc | SchemeCipher::Ecb => {
                self.cut.is_empty() && self.messages.iter().any(whole)
            }
        }
    }

    /// Whether it makes keys of this type.
    ///
    /// # Errors
    /// [`SchemeFault`] with the first reason against it.
    pub fn fits(&self, key: KeyType) -> Result<(), SchemeFault> {
        let mut output = 0_usize;
        if self.messages.is_empty() {
            return Err(SchemeFault::Nothing);
        }
        for message in &self.messages {
            let padded = self.padded(length(message), block(key))?;
            let made = if self.cipher == SchemeCipher::Cmac { block(key) } else { padded };
            output = output.saturating_add(made);
        }
        if let Some(piece) = self.cut.iter().find(|piece| piece.to() > output) {
            return Err(SchemeFault::Cut { output, to: piece.to() });
        }
        let cut = self.cut.iter().map(|piece| piece.length()).fold(0, usize::saturating_add);
        let makes = if self.cut.is_empty() { output } else { cut };
        let takes = key_length(key);
        if makes == takes { Ok(()) } else { Err(SchemeFault::Makes { makes, takes }) }
    }

    /// How long a message is once it is padded.
    fn padded(&self, length: usize, block: usize) -> Result<usize, SchemeFault> {
        if length == 0 {
            return Err(SchemeFault::Nothing);
        }
        let cmac = self.cipher == SchemeCipher::Cmac;
        let least = match self.padding {
            Padding::Cmac if !cmac => return Err(SchemeFault::Padding),
            Padding::None if !cmac && !length.is_multiple_of(block) => {
                return Err(SchemeFault::NotWhole { length, block });
            }
            Padding::None => length,
            Padding::Zeros | Padding::Cmac => length.next_multiple_of(block),
            Padding::Bit | Padding::Pkcs7 => length.saturating_add(1).next_multiple_of(block),
        };
        let padded = self.length.unwrap_or(least);
        let drawn_out = self.padding != Padding::None && padded.is_multiple_of(block);
        if padded > LONGEST {
            return Err(SchemeFault::TooLong(padded));
        }
        match padded == least || (padded > least && drawn_out) {
            true => Ok(padded),
            false => Err(SchemeFault::Length { length, padded, block }),
        }
    }

    /// Which operation a key of this type lacks, that can do so much.
    pub(super) fn lacks(&self, key: KeyType, can: Operations) -> Option<Operation> {
        let wanted = match self.cipher {
            SchemeCipher::Ecb => Operation::Ecb,
            SchemeCipher::Cbc => Operation::Cbc,
            SchemeCipher::Cmac if can.has(Operation::Cbc) => return None,
            SchemeCipher::Cmac => {
                let own = |message: &Vec<InputPart>| {
                    let length = length(message);
                    self.padded(length, block(key))
                        .is_ok_and(|all| is_cmac(length, all, block(key)))
                };
                let own = self.padding != Padding::Cmac || self.messages.iter().all(own);
                if own { Operation::Cmac } else { Operation::Cbc }
            }
        };
        Some(wanted).filter(|one| !can.has(*one))
    }

    /// Makes the bytes of a key.
    pub(super) fn derive(
        &self,
        issuer: &dyn IssuerKey,
        subject: &Subject<'_>,
    ) -> Result<Secret<[u8; 24]>, DeriveError> {
        let key_type = issuer.key_type();
        let block = block(key_type);
        let most = LONGEST.saturating_mul(self.messages.len());
        let mut output = Zeroizing::new(Vec::with_capacity(most));
        for message in &self.messages {
            let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
            for part in message {
                part.write(subject, &mut *bytes)?;
            }
            let padded = self.padded(bytes.len(), block)?;
            self.run(issuer, &mut bytes, (padded, block))?;
            output.extend_from_slice(&bytes);
        }
        let mut key = Secret::new([0; 24]);
        let all = [Piece::new(0, output.len())];
        let cut = if self.cut.is_empty() { all.iter().flatten() } else { [].iter().flatten() };
        let bytes = self.cut.iter().chain(cut).filter_map(|piece| piece.of(&output)).flatten();
        for (slot, byte) in key.expose_secret_mut().iter_mut().zip(bytes) {
            *slot = *byte;
        }
        Ok(key)
    }

    /// Turns a message into what comes out for it.
    fn run(
        &self,
        issuer: &dyn IssuerKey,
        message: &mut Vec<u8>,
        (padded, block): (usize, usize),
    ) -> Result<(), KeyError> {
        let length = message.len();
        self.pad(message, padded);
        match self.cipher {
            SchemeCipher::Ecb => issuer.ecb(message),
            SchemeCipher::Cbc => {
                let zeros = [0; 16];
                issuer.cbc(zeros.get(..block).ok_or(KeyError::NoBlocks)?, message)
            }
            SchemeCipher::Cmac => {
                let plain = if self.padding == Padding::Cmac { length } else { padded };
                let mut mac = Zeroizing::new(vec![0; block]);
                if issuer.can().has(Operation::Cmac) && is_cmac(plain, padded, block) {
                    issuer.cmac(message.get(..plain).ok_or(KeyError::NoBlocks)?, &mut mac)?;
                } else {
                    let whole = padded.next_multiple_of(block);
                    // What is not padded is filled up as CMAC does it.
                    Padding::Bit.fill(message, whole);
                    cbc_mac(issuer, message, plain < whole, &mut mac)?;
                }
                message.clear();
                message.extend_from_slice(&mac);
                Ok(())
            }
        }
    }

    fn pad(&self, message: &mut Vec<u8>, padded: usize) {
        self.padding.fill(message, padded);
    }
}

impl Padding {
    fn fill(self, message: &mut Vec<u8>, padded: usize) {
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

/// Whether a message padded to so many bytes is what CMAC itself makes of it.
const fn is_cmac(length: usize, padded: usize, block: usize) -> bool {
    length.next_multiple_of(block) == padded.next_multiple_of(block)
}

fn length(message: &[InputPart]) -> usize {
    message.iter().map(InputPart::length).fold(0, usize::saturating_add)
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
