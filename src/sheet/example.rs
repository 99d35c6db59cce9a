// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card and the record that a sheet explains itself by.

use serde::{Serialize, Serializer};

use crate::iso14443::RealUid;
use crate::profile::Record;
use crate::secret::Secret;

/// The card and the record of the example.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a card, and what it holds")]
pub struct Example<'a> {
    /// The card's UID.
    pub uid: &'a RealUid,
    /// What it holds, where that is known.
    pub record: Option<&'a Record>,
}

/// A text of the example: it is written with the sheet, and shows in no `Debug`.
#[derive(Debug, Clone)]
pub struct Told(Secret<String>);

impl Told {
    pub(super) const fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The text.
    #[must_use]
    pub const fn expose(&self) -> &str {
        self.0.expose_secret().as_str()
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.expose())
    }
}
