// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes into a card key: the words of a diversification input, and their bytes for one card.

use core::fmt;
use core::str::FromStr;

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::DeriveError;
use crate::iso14443::RealUid;
use crate::secret::ct_eq;
use crate::wire::{Aid, KeyNo};

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

/// How bytes are turned before a piece of them is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Turn {
    /// As they are written.
    Written,
    /// The last byte first.
    Reversed,
    /// Each bit the other way round.
    Inverted,
}

/// Which bytes of a value, counted from 0: from the first of these up to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Piece {
    from: usize,
    to: usize,
}

/// How many bytes a UID has.
const UID: usize = 7;

impl Turn {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Written => "",
            Self::Reversed => "-reversed",
            Self::Inverted => "-inverted",
        }
    }

    /// The name in front and how it is turned.
    fn of(word: &str) -> (&str, Self) {
        for turn in [Self::Reversed, Self::Inverted] {
            if let Some(name) = word.strip_suffix(turn.suffix()) {
                return (name, turn);
            }
        }
        (word, Self::Written)
    }
}

impl Piece {
    /// From one byte up to before another; `None` where nothing is between them.
    #[must_use]
    pub const fn new(from: usize, to: usize) -> Option<Self> {
        if from < to { Some(Self { from, to }) } else { None }
    }

    /// The first byte that belongs to it.
    #[must_use]
    pub const fn from(self) -> usize {
        self.from
    }

    /// The first byte behind it.
    #[must_use]
    pub const fn to(self) -> usize {
        self.to
    }

    /// How many bytes it has.
    #[must_use]
    pub const fn length(self) -> usize {
        self.to - self.from
    }

    /// These bytes, where there are so many.
    pub(super) fn of(self, bytes: &[u8]) -> Option<&[u8]> {
        bytes.get(self.from..self.to)
    }

    /// A word and the piece in brackets behind it. `None` where the brackets hold none.
    pub(crate) fn behind(word: &str) -> Option<(&str, Option<Self>)> {
        let Some((word, piece)) = word.split_once('[') else { return Some((word, None)) };
        Some((word, Some(piece.strip_suffix(']')?.parse().ok()?)))
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl FromStr for Piece {
    type Err = InputError;

    /// `0..4`: the first four bytes.
    fn from_str(text: &str) -> Result<Self, InputError> {
        let (from, to) = text.split_once("..").ok_or(InputError)?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or(InputError)
        };
        Self::new(number(from)?, number(to)?).ok_or(InputError)
    }
}

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
                turned(uid()?, *turn, *piece, out).ok_or(DeriveError::NoUid)?;
            }
            Self::Field { name, turn, piece } => {
                let bytes = subject.fields.and_then(|fields| fields.of(name));
                let bytes = bytes.ok_or(DeriveError::NoRecord)?;
                turned(bytes, *turn, *piece, out).ok_or(DeriveError::NoRecord)?;
            }
            Self::Aid => out.extend(subject.aid.written()),
            Self::AidWire => out.extend(subject.aid.to_wire()),
            Self::KeyNo => out.extend([subject.no.into()]),
            Self::Constant(bytes) => out.extend(bytes.iter().copied()),
        }
        Ok(())
    }
}

/// A piece of turned bytes. `None` where there are not so many.
fn turned(bytes: &[u8], turn: Turn, piece: Piece, out: &mut impl Extend<u8>) -> Option<()> {
    let _there = piece.of(bytes)?;
    let (skip, take) = (piece.from, piece.length());
    match turn {
        Turn::Written => out.extend(bytes.iter().copied().skip(skip).take(take)),
        Turn::Reversed => out.extend(bytes.iter().rev().copied().skip(skip).take(take)),
        Turn::Inverted => out.extend(bytes.iter().map(|byte| !byte).skip(skip).take(take)),
    }
    Some(())
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
                let piece = piece.unwrap_or(Piece { from: 0, to: UID });
                let fits = name == "uid" && piece.to <= UID;
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

/// A diversification input: no scheme that is not written in a profile takes more than 31 bytes.
pub type Input = Zeroizing<ArrayVec<u8, 32>>;

/// Whose key is made: the card, the level and the slot.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "card, level, slot and record are all there is")]
pub struct Subject<'a> {
    /// The card's real UID, where it is known.
    pub uid: Option<&'a RealUid>,
    /// The application, [`Aid::PICC`] for the PICC level.
    pub aid: Aid,
    /// The number of the key.
    pub no: KeyNo,
    /// What the card's record puts into keys, where it is known whose card it is.
    pub fields: Option<&'a FieldBytes>,
}

/// What a record puts into the keys of its card: bytes under the names of fields. `Debug` shows the
/// names only.
#[derive(Clone, Default)]
pub struct FieldBytes(Vec<(String, Zeroizing<Vec<u8>>)>);

impl FieldBytes {
    /// The same with the bytes of one more field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bytes: Zeroizing<Vec<u8>>) -> Self {
        self.0.push((name.into(), bytes));
        self
    }

    /// Whether it has the bytes of no field.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn of(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.0.iter();
        fields.find(|(field, _)| field == name).map(|(_, bytes)| bytes.as_slice())
    }
}

impl PartialEq for FieldBytes {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len()
            && pairs.all(|((name, one), (other, two))| name == other && ct_eq(one, two))
    }
}

impl Eq for FieldBytes {}

impl fmt::Debug for FieldBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.write_str("FieldBytes")?;
        f.debug_list().entries(names).finish()
    }
}
