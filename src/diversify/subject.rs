// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whose key is made, and what of it goes in.

use core::fmt;

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use crate::iso14443::RealUid;
use crate::secret::ct_eq;
use crate::wire::{Aid, KeyNo};

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

    pub(super) fn of(&self, name: &str) -> Option<&[u8]> {
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
