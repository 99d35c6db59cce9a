// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands in a column: pieces out of the record and of the card, as text.

use zeroize::Zeroizing;

use crate::credential::{Bits, Packing};
use crate::iso14443::RealUid;
use crate::secret::Secret;

use super::super::Content;
use super::super::model::{Field, FieldKind, KeyIndex};
use super::super::record::{Record, Value};
use super::super::records::value::of_profile;
use super::{ExportReason, OnCard};

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Column {
    pub(in super::super) name: String,
    pub(in super::super) pieces: Vec<Piece>,
    /// What stands between them.
    pub(in super::super) with: String,
}

/// A piece of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Piece {
    /// A field's value as records write it; a number has so many digits at least.
    Field { index: usize, field: Field, width: usize },
    /// What parts of a content come to.
    Bytes(Bytes),
    /// The same in every row.
    Constant(String),
    /// The `id` of the record.
    Reference,
    /// The card's chip.
    Chip,
    /// The version of a key on the card, with so many digits at least.
    KeyVersion(KeyIndex, usize),
}

/// Bytes, and how they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Bytes {
    pub(in super::super) content: Content,
    /// Leaves this many at the front, unless all are taken.
    pub(in super::super) first: Option<usize>,
    /// Leaves this many at the end.
    pub(in super::super) last: Option<usize>,
    pub(in super::super) reversed: bool,
    pub(in super::super) show: Show,
}

/// How bytes are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Show {
    /// As UTF-8, which ASCII is, without blanks and zero bytes at the ends where these are trimmed.
    Text { trim: bool },
    /// As Latin-1.
    Latin1 { trim: bool },
    /// Two hexadecimal digits a byte, and this between bytes.
    Hex { upper: bool, between: String },
    /// A whole number, most significant byte first, of so many digits at least.
    Decimal { width: usize },
    /// `0` and `1`.
    Bits,
}

impl Column {
    /// What stands in it; `None` where all that it is of is missing. Of several pieces those are left out that
    /// are missing, as where columns of an import table are joined.
    pub(super) fn value(
        &self,
        record: &Record,
        card: &OnCard,
    ) -> Result<Option<Secret<String>>, ExportReason> {
        let mut value: Option<Secret<String>> = None;
        for piece in &self.pieces {
            let Some(text) = piece.text(record, card)? else { continue };
            match &mut value {
                None => value = Some(Secret::new(text.to_string())),
                Some(value) => {
                    let out = value.expose_secret_mut();
                    out.push_str(&self.with);
                    out.push_str(&text);
                }
            }
        }
        Ok(value)
    }
}

impl Piece {
    /// `None` where a field may be missing and has what stands for that.
    fn text(
        &self,
        record: &Record,
        card: &OnCard,
    ) -> Result<Option<Zeroizing<String>>, ExportReason> {
        Ok(Some(match self {
            Self::Field { index, field, width } => {
                let value = record.values.get(*index).map(Secret::expose_secret);
                let value = value.ok_or(ExportReason::OtherFields)?;
                if is_missing(field, value) {
                    return Ok(None);
                }
                written(field, value, *width).ok_or(ExportReason::OtherFields)?
            }
            Self::Bytes(bytes) => bytes.text(record, card)?,
            Self::Constant(text) => Zeroizing::new(text.clone()),
            Self::Reference => {
                let reference = record.reference().ok_or(ExportReason::NoReference)?;
                Zeroizing::new(reference.to_owned())
            }
            Self::Chip => Zeroizing::new(card.chip.clone().ok_or(ExportReason::NoChip)?),
            Self::KeyVersion(key, width) => {
                let known = card.key_versions.iter().find(|(known, _)| known == key);
                let (_, version) = known.ok_or(ExportReason::NoKeyVersion)?;
                Zeroizing::new(format!("{:0width$}", version.0, width = *width))
            }
        }))
    }

    /// The fields that it tells.
    pub(in super::super) fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Field { field, .. } => vec![field],
            Self::Bytes(Bytes { content, .. }) => {
                content.sources(0..content.length()).iter().map(|source| &source.field).collect()
            }
            Self::Constant(_) | Self::Reference | Self::Chip | Self::KeyVersion(..) => Vec::new(),
        }
    }

    /// Whether it is the record's id.
    pub(in super::super) const fn is_reference(&self) -> bool {
        matches!(self, Self::Reference)
    }

    /// Whether it tells the UID, or some of it.
    pub(in super::super) fn tells_uid(&self) -> bool {
        match self {
            Self::Bytes(Bytes { content, .. }) => content.shows_uid(0..content.length()),
            Self::Field { .. }
            | Self::Constant(_)
            | Self::Reference
            | Self::Chip
            | Self::KeyVersion(..) => false,
        }
    }
}

/// Whether a value stands for a missing one, and the profile names none for that. A card tells the two as little
/// apart as a list does.
fn is_missing(field: &Field, value: &Value) -> bool {
    let nothing = field.absent.as_ref().filter(|_| !field.has_default);
    nothing.is_some_and(|nothing| of_profile(field, nothing).is_ok_and(|nothing| nothing == *value))
}

/// A value as records write it. `None` where it is of another field.
fn written(field: &Field, value: &Value, width: usize) -> Option<Zeroizing<String>> {
    Some(Zeroizing::new(match (value, field.kind) {
        (Value::Uint(number), FieldKind::Uint { .. }) => format!("{number:0width$}"),
        (Value::Int(number), FieldKind::Int { .. }) => number.to_string(),
        (Value::Moment(moment), _) => moment.to_string(),
        (Value::Text(text), FieldKind::Text { .. }) => text.clone(),
        (Value::Date(day), FieldKind::Date { .. }) => day.to_string(),
        (Value::Bytes(bytes), FieldKind::Hex { .. }) => hex::encode_upper(bytes),
        (Value::Bytes(bytes), FieldKind::Uuid) => {
            uuid::Uuid::from_slice(bytes).ok()?.hyphenated().to_string()
        }
        (Value::Bytes(bytes), FieldKind::Bits { length }) => {
            let bits = Bits::unpack(bytes, length, Packing::default()).ok()?;
            bits.to_binary().expose_secret().clone()
        }
        _ => return None,
    }))
}

impl Bytes {
    fn text(&self, record: &Record, card: &OnCard) -> Result<Zeroizing<String>, ExportReason> {
        let nobody = RealUid::new([0; 7]);
        let uid = match &card.uid {
            Some(uid) => uid,
            None if self.content.shows_uid(0..self.content.length()) => {
                return Err(ExportReason::NoUid);
            }
            None => &nobody,
        };
        let whole = self.content.render_exactly(record, uid).map_err(ExportReason::Field)?;
        let whole = whole.expose_secret();
        let end = self.first.unwrap_or(whole.len()).min(whole.len());
        let start = self.last.map_or(0, |last| end.saturating_sub(last));
        let mut bytes = Zeroizing::new(whole.get(start..end).unwrap_or_default().to_vec());
        if self.reversed {
            bytes.reverse();
        }
        self.show.text(&bytes)
    }
}

impl Show {
    fn text(&self, bytes: &[u8]) -> Result<Zeroizing<String>, ExportReason> {
        let trimmed = |text: String, trim: bool| {
            let text = Zeroizing::new(text);
            match trim {
                true => {
                    let filled = |sign: char| matches!(sign, '\0' | ' ');
                    Zeroizing::new(text.trim_matches(filled).to_owned())
                }
                false => text,
            }
        };
        Ok(match self {
            Self::Text { trim } => {
                let text = core::str::from_utf8(bytes).map_err(|_| ExportReason::NoText)?;
                trimmed(text.to_owned(), *trim)
            }
            Self::Latin1 { trim } => {
                trimmed(bytes.iter().map(|byte| char::from(*byte)).collect(), *trim)
            }
            Self::Hex { upper, between } => {
                let mut text = Zeroizing::new(String::new());
                for (at, byte) in bytes.iter().enumerate() {
                    if at > 0 {
                        text.push_str(between);
                    }
                    let digits = match upper {
                        true => hex::encode_upper([*byte]),
                        false => hex::encode([*byte]),
                    };
                    text.push_str(&digits);
                }
                text
            }
            Self::Decimal { width } => {
                let add = |number: Option<u128>, byte: &u8| {
                    number?.checked_mul(0x100)?.checked_add(u128::from(*byte))
                };
                // The profile has let no more bytes through than fit.
                let number = bytes.iter().fold(Some(0), add).ok_or(ExportReason::NoText)?;
                Zeroizing::new(format!("{number:0width$}", width = *width))
            }
            Self::Bits => {
                let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 8));
                for byte in bytes {
                    text.push_str(&Zeroizing::new(format!("{byte:08b}")));
                }
                text
            }
        })
    }
}
