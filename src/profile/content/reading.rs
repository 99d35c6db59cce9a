// SPDX-License-Identifier: MIT OR Apache-2.0
//! What bytes on a card say by a content: the other way round.

use crate::secret::Secret;

use super::{Around, Content, Source};

/// A part of a content as it stands on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// The name of the field, or what the part is.
    pub name: String,
    /// What stands there, as records write it where it is a field's whole value, and in hex what is nothing
    /// that the part can be.
    pub value: Secret<String>,
    /// The field that it is the whole value of, by its place in the profile.
    pub(in super::super) field: Option<usize>,
}

impl Content {
    /// Takes the bytes of a file apart. Bytes that say nothing of a record or of the card are left out
    /// where they are as they should be; what is not there is left out too.
    #[must_use]
    pub fn read(&self, bytes: &[u8]) -> Vec<Told> {
        let mut told = Vec::new();
        match self.sizes_in(bytes) {
            Some(sizes) => self.tell(bytes, sizes, &mut told),
            None => tell(&mut told, "other than the profile's", hex::encode_upper(bytes)),
        }
        told
    }

    fn tell(&self, bytes: &[u8], sizes: Vec<usize>, told: &mut Vec<Told>) {
        let places = self.one_behind_the_other(sizes);
        for (placed, place) in self.parts.iter().zip(&places) {
            let Some(here) = bytes.get(place.clone()) else { return };
            let around = Around::new(bytes, &places, &placed.over, place);
            placed.part.tell(here, &around, told);
        }
        // Where parts are as long as their values, zeros are behind them.
        let end = places.last().map_or(0, |place| place.end);
        let rest = bytes.get(end..self.length()).unwrap_or_default();
        if rest.iter().any(|byte| *byte != 0) {
            tell(told, "behind the content", hex::encode_upper(rest));
        }
    }
}

/// Says that something stands there.
pub(super) fn tell(told: &mut Vec<Told>, name: &str, value: String) {
    told.push(Told { name: name.to_owned(), value: Secret::new(value), field: None });
}

/// Says a field's value.
pub(super) fn tell_field(told: &mut Vec<Told>, source: &Source, value: String) {
    let (name, value) = (source.field.name.clone(), Secret::new(value));
    told.push(Told { name, value, field: Some(source.index) });
}

/// Says what is known of a field's value, which is not all of it.
pub(super) fn tell_in_part(told: &mut Vec<Told>, source: &Source, value: String) {
    tell(told, &source.field.name, value);
}

/// Says a field's value, or the bytes in which none stands.
pub(super) fn tell_or_hex(
    told: &mut Vec<Told>,
    source: &Source,
    value: Option<String>,
    bytes: &[u8],
) {
    tell_field(told, source, value.unwrap_or_else(|| hex::encode_upper(bytes)));
}
