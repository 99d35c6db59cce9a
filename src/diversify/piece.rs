// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pieces of values, and how these are turned before.

use core::fmt;
use core::str::FromStr;

use super::InputError;

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

impl Turn {
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Written => "",
            Self::Reversed => "-reversed",
            Self::Inverted => "-inverted",
        }
    }

    /// The name in front and how it is turned.
    pub(super) fn of(word: &str) -> (&str, Self) {
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

    /// These bytes of a value that is turned first. `None` where it has not so many.
    pub(super) fn write(self, bytes: &[u8], turn: Turn, out: &mut impl Extend<u8>) -> Option<()> {
        let _there = self.of(bytes)?;
        let (skip, take) = (self.from, self.length());
        match turn {
            Turn::Written => out.extend(bytes.iter().copied().skip(skip).take(take)),
            Turn::Reversed => out.extend(bytes.iter().rev().copied().skip(skip).take(take)),
            Turn::Inverted => out.extend(bytes.iter().map(|byte| !byte).skip(skip).take(take)),
        }
        Some(())
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
