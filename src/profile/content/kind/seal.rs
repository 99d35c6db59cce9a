// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `mac`, `digest` and `cipher` have in common: keys of the profile, the UID, and a cut.

use crate::key::CardKey;
use crate::profile::KeyIndex;
use crate::profile::error::mistake;
use crate::wire::KeyType;

use super::{Entries, Given, ProfileError, Unmade};

/// Where the card's UID goes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UidAt {
    Nowhere,
    /// In front of the parts.
    First,
    /// Behind them.
    Last,
}

impl UidAt {
    pub(super) fn read(entries: &mut Entries<'_, '_, '_>) -> Result<Self, ProfileError> {
        let places = [("first", Self::First), ("last", Self::Last)];
        let at = entries.choice("uid", &places)?.unwrap_or(Self::Nowhere);
        if at != Self::Nowhere {
            entries.check.hidden_uid(entries.at, entries.no_personal)?;
        }
        Ok(at)
    }

    /// Where it goes in, in words for a sheet.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Nowhere => "",
            Self::First => ", the UID in front",
            Self::Last => ", the UID behind",
        }
    }

    /// What it is over: the parts, and the UID where it belongs.
    pub(super) fn over<'b>(
        self,
        given: &Given<'b>,
        covered: impl Iterator<Item = &'b [u8]>,
    ) -> Vec<&'b [u8]> {
        let uid = given.uid.expose().as_slice();
        let first = (self == Self::First).then_some(uid);
        let last = (self == Self::Last).then_some(uid);
        first.into_iter().chain(covered).chain(last).collect()
    }
}

/// Which bytes of a longer result are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// As many as there are, from the first one on.
    First(usize),
    /// The last ones.
    Last(usize),
    /// Every second one, from the second one on, as the chip's own secure messaging cuts a CMAC
    /// (AN12343, section 8.2.2).
    Odd,
}

impl Cut {
    /// Reads `bytes` and `cut`, of a result of so many bytes.
    pub(super) fn read(
        entries: &mut Entries<'_, '_, '_>,
        whole: usize,
    ) -> Result<Self, ProfileError> {
        let cuts = [("first", 0), ("last", 1), ("odd", 2)];
        let cut = entries.choice("cut", &cuts)?.unwrap_or(0);
        let bytes = if entries.has("bytes") { entries.number("bytes", whole)? } else { whole };
        if cut == 2 && entries.has("bytes") {
            let problem = format!("cut = \"odd\" leaves {} bytes", whole / 2);
            return Err(entries.error(mistake::CONFLICT, &problem, "take bytes or cut out"));
        }
        Ok(match cut {
            0 => Self::First(bytes),
            1 => Self::Last(bytes),
            _ => Self::Odd,
        })
    }

    pub(super) const fn length(self, whole: usize) -> usize {
        match self {
            Self::First(bytes) | Self::Last(bytes) => bytes,
            Self::Odd => whole / 2,
        }
    }

    pub(super) fn of(self, whole: &[u8], out: &mut Vec<u8>) {
        let each = whole.iter().copied();
        match self {
            Self::First(bytes) => out.extend(each.take(bytes)),
            Self::Last(bytes) => out.extend(each.skip(whole.len().saturating_sub(bytes))),
            Self::Odd => out.extend(each.skip(1).step_by(2)),
        }
    }
}

/// The AES key that a part names.
pub(super) fn key(entries: &mut Entries<'_, '_, '_>) -> Result<KeyIndex, ProfileError> {
    let (at, name) = entries.string("key", "write key = … with the name of a key")?;
    let (index, spec) = entries.check.content_key(at, name)?;
    if spec.key_type != KeyType::Aes {
        let problem = format!("the key {name:?} is no AES key");
        let instead = "write type = \"aes128\" for it, or name another one";
        return Err(entries.check.error(mistake::TYPE, at, problem, instead));
    }
    Ok(index)
}

/// The card's key; `None` where nobody has any, and zeros stand for what is made of it.
pub(super) fn made(given: &Given<'_>, key: KeyIndex) -> Result<Option<CardKey>, Unmade> {
    given.maker.map(|maker| maker.key(key)).transpose()
}
