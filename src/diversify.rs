// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key diversification: one card key per card from one issuer key.

mod an10922;

use zeroize::Zeroizing;

use crate::iso14443::RealUid;
use crate::key::{CardKey, MasterKey};
use crate::wire::{Aid, KeyVersion};

/// How a card key comes from an issuer key: the scheme, and what goes into it in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    scheme: Scheme,
    input: Vec<InputPart>,
}

/// A published diversification scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// NXP AN10922, AES-128: constant `01`, input of 1 to 31 bytes, always two blocks.
    An10922,
}

/// One part of the diversification input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputPart {
    /// The card's real UID, seven bytes.
    Uid,
    /// The application's AID, most significant byte first, as AN10922 has it.
    Aid,
    /// The application's AID, least significant byte first, as it is sent.
    AidWire,
    /// Bytes that are the same on every card.
    Constant(Vec<u8>),
}

impl InputPart {
    const fn length(&self) -> usize {
        match self {
            Self::Uid => 7,
            Self::Aid | Self::AidWire => 3,
            Self::Constant(bytes) => bytes.len(),
        }
    }
}

impl Recipe {
    /// A recipe whose input fits its scheme.
    ///
    /// # Errors
    /// [`RecipeError`] where the input is empty or longer than the scheme takes.
    pub fn new(scheme: Scheme, input: Vec<InputPart>) -> Result<Self, RecipeError> {
        let length: usize = input.iter().map(InputPart::length).sum();
        match scheme {
            Scheme::An10922 if (1..=an10922::MAX_INPUT).contains(&length) => {
                Ok(Self { scheme, input })
            }
            Scheme::An10922 => Err(RecipeError { length }),
        }
    }

    /// Whether the UID goes in, so that the key differs from card to card.
    #[must_use]
    pub fn needs_uid(&self) -> bool {
        self.input.contains(&InputPart::Uid)
    }

    /// Whether the AID goes in, so that the recipe makes no sense at PICC level.
    #[must_use]
    pub fn needs_aid(&self) -> bool {
        self.input.iter().any(|part| matches!(part, InputPart::Aid | InputPart::AidWire))
    }

    /// Makes the card key. `aid` is [`Aid::PICC`] for a key of the PICC level. `None` where the UID
    /// goes in and is not known.
    #[must_use]
    pub fn derive(
        &self,
        master: &MasterKey,
        uid: Option<&RealUid>,
        aid: Aid,
        version: KeyVersion,
    ) -> Option<CardKey> {
        let (wire, written) = (aid.to_wire(), aid.written());
        let mut input = Zeroizing::new([0; an10922::MAX_INPUT]);
        let mut filled = 0;
        for part in &self.input {
            let bytes: &[u8] = match part {
                InputPart::Uid => uid?.expose(),
                InputPart::Aid => &written,
                InputPart::AidWire => &wire,
                InputPart::Constant(bytes) => bytes,
            };
            input.get_mut(filled..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
            filled += bytes.len();
        }
        match self.scheme {
            Scheme::An10922 => {
                let key = an10922::aes128(master, input.get(..filled)?);
                Some(CardKey::aes(key.expose_secret(), version))
            }
        }
    }
}

/// A diversification input of the wrong length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("AN10922 takes 1 to 31 bytes of input, these are {length}: shorten the constants")]
pub struct RecipeError {
    length: usize,
}
