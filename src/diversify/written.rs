// SPDX-License-Identifier: MIT OR Apache-2.0
//! Schemes that a profile writes: messages, their padding, a cipher, and what of its output is the key.
//!
//! A scheme asks an issuer key for what such keys do ([`Operation`]), so it works with one that never
//! leaves its token: CMAC, CBC and ECB under the cipher of the key's type, from a chaining value of
//! zeros. A hash over the key itself, HMAC or a key that mixes its own bytes in is none of these.

use zeroize::Zeroizing;

use super::an10922::{block, cbc_mac};
use super::error::DeriveError;
use super::input::InputPart;
use super::piece::Piece;
use super::subject::Subject;
use super::work::{LONGEST, Padding, SchemeCipher, SchemeFault};
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
        self.padding.fill(message, padded);
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
}

/// Whether a message padded to so many bytes is what CMAC itself makes of it.
const fn is_cmac(length: usize, padded: usize, block: usize) -> bool {
    length.next_multiple_of(block) == padded.next_multiple_of(block)
}

fn length(message: &[InputPart]) -> usize {
    message.iter().map(InputPart::length).fold(0, usize::saturating_add)
}
