// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bytes on a card say by a content: the other way round.

use crate::secret::Secret;

use super::{Around, Content, Source, one_behind_the_other};

/// A part of a content as it stands on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The name of the field, or what the part is.
    pub name: String,
    /// What stands there, as records write it, and in hex what is nothing that the part can be.
    pub value: Secret<String>,
}

impl Content {
    /// Takes the bytes of a file apart. Bytes that say nothing of a record or of the card are left out
    /// where they are as they should be; what is not there is left out too.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> Vec<Told> {
        let places = one_behind_the_other(self.parts.iter().map(|placed| placed.part.length()));
        let mut told = Vec::new();
        for (placed, place) in self.parts.iter().zip(&places) {
            let Some(here) = bytes.get(place.clone()) else { break };
            placed.part.tell(here, &Around::new(bytes, &places, &placed.over), &mut told);
        }
        told
    }
}

/// Says that something stands there.
pub(super) fn tell(told: &mut Vec<Told>, name: &str, value: String) {
    told.push(Told { name: name.to_owned(), value: Secret::new(value) });
}

/// Says a field's value, or the bytes in which none stands.
pub(super) fn tell_or_hex(
    told: &mut Vec<Told>,
    source: &Source,
    value: Option<String>,
    bytes: &[u8],
) {
    tell(told, &source.field.name, value.unwrap_or_else(|| hex::encode_upper(bytes)));
}
