// SPDX-License-Identifier: MIT OR Apache-2.0
//! Why a chip would not take settings of secure dynamic messaging.

use core::fmt;

use crate::wire::KeyNo;

/// Which rule settings of secure dynamic messaging break. A chip answers `9E` to all of them and says
/// no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdmError {
    /// Only standard data files have it.
    #[error("only a standard data file can have secure dynamic messaging")]
    NotStandard,
    /// There are none in the settings.
    #[error("these settings have no secure dynamic messaging: say what is mirrored")]
    Missing,
    /// A right names a key that the application does not have.
    #[error("the application has {keys} keys, and there is no key {key}: name another")]
    NoSuchKey {
        /// The key.
        key: KeyNo,
        /// How many there are.
        keys: u8,
    },
    /// There is a place for UID and counter, and neither is mirrored.
    #[error(
        "neither UID nor read counter is mirrored: mirror one of them, or neither with a place"
    )]
    NothingMirrored,
    /// Something needs a counter where reads are not counted.
    #[error("{what}, but reads are not counted: mirror the counter, hidden if need be")]
    NotCounted {
        /// What needs it.
        what: &'static str,
    },
    /// The counter cannot stop there.
    #[error("the read counter stops at 1 to 16777215 (16777215: never), not at {0}")]
    Limit(u32),
    /// Data are enciphered under a key that comes of UID and counter, and one of the two is not mirrored.
    #[error("enciphering a part of the file needs both UID and read counter mirrored")]
    Unnamed,
    /// What is enciphered fills whole blocks, each of 32 characters.
    #[error("the enciphered part is 32 characters long, or a multiple, not {0}")]
    Length(u32),
    /// The MAC covers what stands before it.
    #[error(
        "the MAC covers from {from} and stands at {mac}: it has to stand behind what it covers"
    )]
    InputBehindMac {
        /// Where what it covers begins.
        from: u32,
        /// Where it stands.
        mac: u32,
    },
    /// The enciphered part is not in what the MAC covers.
    #[error("the MAC covers {from} up to {mac}, and has to cover the whole enciphered part")]
    NotCovered {
        /// Where what it covers begins.
        from: u32,
        /// Where it stands.
        mac: u32,
    },
    /// Two parts overlap. Each with its first place and the one behind it.
    #[error(
        "{} ({} to {}) and {} ({} to {}) stand on each other: move one of them",
        first.0, first.1, first.2.saturating_sub(1), second.0, second.1, second.2.saturating_sub(1)
    )]
    Overlap {
        /// One of them.
        first: (SdmPart, u32, u32),
        /// The other.
        second: (SdmPart, u32, u32),
    },
    /// A part is not in the file.
    #[error(
        "{part} would end at {end}, and the file has {size} bytes: move it, or shorten the text"
    )]
    Beyond {
        /// Which part.
        part: SdmPart,
        /// Where it would end.
        end: u32,
        /// How long the file is.
        size: u32,
    },
}

/// What is mirrored into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "what the settings know")]
pub enum SdmPart {
    /// The UID, 14 characters.
    Uid,
    /// The read counter, 6 characters.
    Counter,
    /// UID and counter enciphered, 32 characters, 48 in LRP.
    PiccData,
    /// The tamper status, 2 characters.
    TamperStatus,
    /// The enciphered part of the file.
    Enciphered,
    /// The MAC, 16 characters.
    Mac,
}

impl fmt::Display for SdmPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uid => "UID",
            Self::Counter => "read counter",
            Self::PiccData => "PICC data",
            Self::TamperStatus => "tamper status",
            Self::Enciphered => "enciphered part",
            Self::Mac => "MAC",
        })
    }
}
