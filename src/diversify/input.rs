// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into a card key: the words of a diversification input, and their bytes for one card.

use core::fmt;
use core::str::FromStr;

use super::DeriveError;
use super::piece::{Piece, Turn};
use super::subject::Subject;
use crate::iso14443::RealUid;

/// One part of the diversification input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputPart {
    /// The card's real UID, seven bytes.
    Uid,
    /// A piece of the UID, or the UID turned.
    UidBytes(Turn, Piece),
    /// A piece of a field of the card's record, in the bytes that
    /// [`Record::key_input`](crate::profile::Record::key_input) makes of it.
    Field {
        /// The name of the field.
        name: String,
        /// How its bytes are turned.
        turn: Turn,
        /// Which of them go in.
        piece: Piece,
    },
    /// The application's AID, most significant byte first, as AN10922 has it.
    Aid,
    /// The application's AID, least significant byte first, as it is sent.
    AidWire,
    /// The number of the key, one byte.
    KeyNo,
    /// Bytes that are the same on every card, such as a system identifier.
    Constant(Vec<u8>),
}

/// How many bytes a UID has.
const UID: usize = 7;

impl InputPart {
    /// How many bytes it has.
    #[must_use]
    pub const fn length(&self) -> usize {
        match self {
            Self::Uid => UID,
            Self::UidBytes(_, piece) | Self::Field { piece, .. } => piece.length(),
            Self::Aid | Self::AidWire => 3,
            Self::KeyNo => 1,
            Self::Constant(bytes) => bytes.len(),
        }
    }

    /// Whether the UID goes in, or a piece of it.
    pub(super) const fn is_of_uid(&self) -> bool {
        matches!(self, Self::Uid | Self::UidBytes(..))
    }

    /// Whether the whole UID goes in.
    pub(super) const fn is_whole_uid(&self) -> bool {
        match self {
            Self::Uid => true,
            Self::UidBytes(_, piece) => piece.length() == UID,
            Self::Field { .. } | Self::Aid | Self::AidWire | Self::KeyNo | Self::Constant(_) => {
                false
            }
        }
    }

    /// The field that goes in.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Field { name, .. } => Some(name),
            Self::Uid
            | Self::UidBytes(..)
            | Self::Aid
            | Self::AidWire
            | Self::KeyNo
            | Self::Constant(_) => None,
        }
    }

    /// Whether the AID goes in.
    pub(super) const fn is_of_aid(&self) -> bool {
        matches!(self, Self::Aid | Self::AidWire)
    }

    /// Its bytes for one card, behind those that are there.
    pub(super) fn write(
        &self,
        subject: &Subject<'_>,
        out: &mut impl Extend<u8>,
    ) -> Result<(), DeriveError> {
        let uid = || subject.uid.map(RealUid::expose).ok_or(DeriveError::NoUid);
        match self {
            Self::Uid => out.extend(*uid()?),
            Self::UidBytes(turn, piece) => {
                piece.write(uid()?, *turn, out).ok_or(DeriveError::NoUid)?;
            }
            Self::Field { name, turn, piece } => {
                let bytes = subject.fields.and_then(|fields| fields.of(name));
                let bytes = bytes.ok_or(DeriveError::NoRecord)?;
                piece.write(bytes, *turn, out).ok_or(DeriveError::NoRecord)?;
            }
            Self::Aid => out.extend(subject.aid.written()),
            Self::AidWire => out.extend(subject.aid.to_wire()),
            Self::KeyNo => out.extend([subject.no.into()]),
            Self::Constant(bytes) => out.extend(bytes.iter().copied()),
        }
        Ok(())
    }
}

impl fmt::Display for InputPart {
    /// As in profiles and on command lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uid => f.write_str("uid"),
            Self::UidBytes(turn, piece) if piece.length() == UID => {
                write!(f, "uid{}", turn.suffix())
            }
            Self::UidBytes(turn, piece) => write!(f, "uid{}[{piece}]", turn.suffix()),
            Self::Field { name, turn, piece } => {
                write!(f, "field{}:{name}[{piece}]", turn.suffix())
            }
            Self::Aid => f.write_str("aid"),
            Self::AidWire => f.write_str("aid-wire"),
            Self::KeyNo => f.write_str("key-no"),
            Self::Constant(bytes) => write!(f, "hex:{}", hex::encode_upper(bytes)),
        }
    }
}

impl FromStr for InputPart {
    type Err = InputError;

    /// Every word but those of fields, whose lengths a profile knows.
    fn from_str(text: &str) -> Result<Self, InputError> {
        match text {
            "uid" => return Ok(Self::Uid),
            "aid" => return Ok(Self::Aid),
            "aid-wire" => return Ok(Self::AidWire),
            "key-no" => return Ok(Self::KeyNo),
            _ => {}
        }
        let bytes = match text.split_once(':') {
            Some(("hex", digits)) => hex::decode(digits).map_err(|_| InputError)?,
            Some(("ascii", characters)) if characters.is_ascii() => characters.as_bytes().to_vec(),
            Some(_) => return Err(InputError),
            None => {
                let (word, piece) = Piece::behind(text).ok_or(InputError)?;
                let (name, turn) = Turn::of(word);
                let piece = piece.or(Piece::new(0, UID)).ok_or(InputError)?;
                let fits = name == "uid" && piece.to() <= UID;
                return fits.then_some(Self::UidBytes(turn, piece)).ok_or(InputError);
            }
        };
        (!bytes.is_empty()).then_some(Self::Constant(bytes)).ok_or(InputError)
    }
}

/// How a word for a field begins: how it is turned, and what stands behind the colon.
pub(crate) fn field_word(text: &str) -> Option<(Turn, &str)> {
    let (word, name) = text.split_once(':')?;
    let (word, turn) = Turn::of(word);
    (word == "field").then_some((turn, name))
}

/// A text that is no word of a diversification input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write \"uid\", \"aid\", \"aid-wire\", \"key-no\", \"uid-reversed\" or \"uid-inverted\"; a piece of \
     the UID's seven bytes as \"uid[0..4]\"; for a constant \"hex:\" and an even number of hexadecimal \
     digits, or \"ascii:\" and characters"
)]
#[non_exhaustive]
pub struct InputError;
