// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands behind `?`, taken apart: what a backend gets as parameters.

use super::form::{Form, Parts, Seal};
use crate::wire::{SdmCounter, SdmMeta};

/// What a tag wrote, one by one, where a program has taken the address apart already: digits and letters as they
/// stand in it, in capitals or small. What the profile has not stays `None`.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what a tag writes; whoever has more fills in the rest"
)]
pub struct Pieces<'a> {
    /// The PICC data.
    pub picc: Option<&'a str>,
    /// The UID, in clear.
    pub uid: Option<&'a str>,
    /// The read counter, in clear.
    pub counter: Option<&'a str>,
    /// The version of the MAC's key.
    pub version: Option<&'a str>,
    /// The tamper status, in clear.
    pub seal: Option<&'a str>,
    /// What the file shows enciphered.
    pub enciphered: Option<&'a str>,
    /// All that stands between `{ mirror = "from" }` and the MAC, where fields of the record are among it: the MAC
    /// goes over it. What the profile itself has there need not be given.
    pub between: &'a str,
    /// The MAC.
    pub mac: &'a str,
}

/// Pieces that are none of the profile's addresses. It tells what is wrong with their form, which is public, and
/// never what is wrong with what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PiecesError {
    /// The profile has no such part.
    #[error("{piece}: the addresses of the profile have none: leave it out")]
    NotThere {
        /// Which, by its name in the profile.
        piece: &'static str,
    },
    /// A part of the profile was not given.
    #[error("{piece} is missing: the addresses of the profile have {length} characters of it")]
    Missing {
        /// Which, by its name in the profile.
        piece: &'static str,
        /// How many characters it has.
        length: usize,
    },
    /// It has another length than the tag writes.
    #[error("{piece} has {found} characters, and a tag of the profile writes {length}")]
    Length {
        /// Which, by its name in the profile.
        piece: &'static str,
        /// How many characters it has.
        found: usize,
        /// How many it has to have.
        length: usize,
    },
    /// A character of it is no digit.
    #[error("{piece}: character {at} is no hexadecimal digit")]
    NoDigit {
        /// Which, by its name in the profile.
        piece: &'static str,
        /// Which character, counted from 1.
        at: usize,
    },
    /// The MAC goes over what only the address tells.
    #[error(
        "between is missing: the MAC goes over parts of the record too; give all {length} characters that \
         stand between {{ mirror = \"from\" }} and the MAC"
    )]
    Uncovered {
        /// How many characters the MAC goes over.
        length: usize,
    },
}

/// A part of an address: its name, what was given for it, where the profile has it, and how many characters.
struct Place<'a> {
    name: &'static str,
    given: Option<&'a str>,
    at: Option<u32>,
    bytes: usize,
}

impl Form {
    /// Puts pieces into their places, and takes that apart. What the MAC does not go over may be missing.
    pub(super) fn together(&self, pieces: &Pieces<'_>) -> Option<Parts> {
        let mut text = self.covered(pieces.between)?;
        for Place { given, at, bytes, .. } in self.places(pieces) {
            if let Some(piece) = given {
                fill(text.get_mut(self.place(at?, bytes)?)?, piece)?;
            }
        }
        self.taken_apart(text).filter(|parts| !parts.signed.contains(&NOTHING))
    }

    /// What is wrong with the form of pieces.
    pub(super) fn accepts(&self, pieces: &Pieces<'_>) -> Result<(), PiecesError> {
        let length = self.signed_length();
        let found = pieces.between.len();
        if found != 0 && found != length {
            return Err(PiecesError::Length { piece: "between", found, length });
        }
        for Place { name: piece, given, at, bytes } in self.places(pieces) {
            let length = bytes.saturating_mul(2);
            // What stands in the text between is given with it.
            let inside = at.is_some_and(|at| found != 0 && self.is_signed(at));
            match (given, at) {
                (None, None) => {}
                (None, Some(_)) if inside => {}
                (None, Some(_)) => return Err(PiecesError::Missing { piece, length }),
                (Some(_), None) => return Err(PiecesError::NotThere { piece }),
                (Some(given), Some(_)) => well_written(piece, given, length)?,
            }
        }
        match self.together(pieces) {
            Some(_) => Ok(()),
            None => Err(PiecesError::Uncovered { length }),
        }
    }

    /// The text up to the end of the MAC, with what is known of what the MAC goes over.
    fn covered(&self, between: &str) -> Option<Vec<u8>> {
        let mut text = vec![NOTHING; self.place(self.file.mac, 8)?.end];
        if between.is_empty() {
            for (at, own) in &self.own {
                let at = self.at(*at)?;
                let room = text.get_mut(at..at.checked_add(own.len())?)?;
                room.copy_from_slice(own);
            }
        } else {
            let covered = self.at(self.file.from)?..self.at(self.file.mac)?;
            fill(text.get_mut(covered)?, between)?;
        }
        Some(text)
    }

    fn places<'a>(&self, pieces: &Pieces<'a>) -> [Place<'a>; 7] {
        let (uid, counter, picc) = match self.meta {
            SdmMeta::Never { .. } => (None, None, None),
            SdmMeta::Clear { uid, counter: Some(SdmCounter::At(at)) } => (uid, Some(at), None),
            SdmMeta::Clear { uid, counter: Some(SdmCounter::Hidden) | None } => (uid, None, None),
            SdmMeta::Enciphered { at, .. } => (None, None, Some(at)),
        };
        let seal = match self.seal {
            Some(Seal::Shown(at)) => Some(at),
            Some(Seal::Inside(_)) | None => None,
        };
        let (enciphered, bytes) = self.enciphered().unzip();
        let place = |name, given, at, bytes| Place { name, given, at, bytes };
        [
            place("picc", pieces.picc, picc, self.picc()),
            place("uid", pieces.uid, uid, 7),
            place("counter", pieces.counter, counter, 3),
            place("version", pieces.version, self.version, 1),
            place(SEAL, pieces.seal, seal, 1),
            place("enciphered", pieces.enciphered, enciphered, bytes.unwrap_or_default()),
            place("mac", Some(pieces.mac), Some(self.file.mac), 8),
        ]
    }

    /// Whether the MAC goes over this byte of the file.
    fn is_signed(&self, at: u32) -> bool {
        (self.file.from..self.file.mac).contains(&at)
    }

    /// How many characters the MAC goes over.
    fn signed_length(&self) -> usize {
        usize::try_from(self.file.mac.saturating_sub(self.file.from)).unwrap_or(usize::MAX)
    }
}

/// The tamper status has letters, all others have digits.
fn well_written(piece: &'static str, given: &str, length: usize) -> Result<(), PiecesError> {
    let found = given.chars().count();
    if found == 0 {
        return Err(PiecesError::Missing { piece, length });
    }
    if found != length {
        return Err(PiecesError::Length { piece, found, length });
    }
    let digit = |letter: char| piece == SEAL || letter.is_ascii_hexdigit();
    match given.chars().position(|letter| !digit(letter)) {
        None => Ok(()),
        Some(at) => Err(PiecesError::NoDigit { piece, at: at.saturating_add(1) }),
    }
}

/// Puts a text into a room of its length.
fn fill(room: &mut [u8], text: &str) -> Option<()> {
    (room.len() == text.len()).then(|| room.copy_from_slice(text.as_bytes()))
}

/// The name of the piece that has letters.
const SEAL: &str = "seal";
/// What stands where no piece was given. No tag writes it, and it is no digit.
const NOTHING: u8 = 0;
