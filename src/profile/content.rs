// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a file holds, byte for byte, for one record.

use zeroize::Zeroizing;

use crate::credential::{Format, Packing};
use crate::secret::Secret;

use super::model::Field;
use super::record::{Allowed, FieldError, Record, RecordReason, Value};

/// A file's content: parts one behind the other, from offset 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    parts: Vec<Part>,
}

impl Content {
    pub(super) const fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }

    /// How many bytes it has, the same for every record, at most the file's size.
    #[must_use]
    pub fn length(&self) -> usize {
        self.parts.iter().map(Part::length).fold(0, usize::saturating_add)
    }

    /// The bytes for this record: exactly [`Content::length`].
    ///
    /// # Errors
    /// [`FieldError`] where a value does not fit. A record that was read under the same profile
    /// always fits.
    pub fn render(&self, record: &Record) -> Result<Secret<Vec<u8>>, FieldError> {
        let mut out = Secret::new(Vec::with_capacity(self.length()));
        for part in &self.parts {
            part.render(record, out.expose_secret_mut())?;
        }
        Ok(out)
    }
}

/// One part of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A bit format; the sources are in the order of its fields.
    Bits { format: Format, sources: Vec<Source>, packing: Packing },
    /// An unsigned integer.
    Uint { source: Source, bytes: usize, order: Order },
    /// Text, filled up with `fill`.
    Text { source: Source, bytes: usize, charset: Charset, fill: u8 },
    /// A field's bytes.
    Hex { source: Source, bytes: usize },
    /// The same bytes on every card.
    Constant(Vec<u8>),
    /// As many bytes as the file has left.
    Pad { byte: u8, bytes: usize },
}

/// The field that a part takes its value from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// The place in the profile's fields.
    pub(super) index: usize,
    pub(super) field: Field,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Big,
    Little,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Ascii,
    Latin1,
    Utf8,
}

impl Charset {
    /// The names, as profiles write them.
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("ascii", Self::Ascii), ("latin-1", Self::Latin1), ("utf-8", Self::Utf8)];

    const fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII",
            Self::Latin1 => "Latin-1",
            Self::Utf8 => "UTF-8",
        }
    }

    fn encode(self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = match self {
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            // The first 256 code points of Unicode are Latin-1 (ISO/IEC 8859-1).
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Utf8 => Some(text.as_bytes().to_vec()),
        };
        bytes.map(Zeroizing::new)
    }
}

impl Part {
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Bits { format, packing, .. } => packing.byte_length(format.bit_length()),
            Self::Uint { bytes, .. }
            | Self::Text { bytes, .. }
            | Self::Hex { bytes, .. }
            | Self::Pad { bytes, .. } => *bytes,
            Self::Constant(bytes) => bytes.len(),
        }
    }

    fn render(&self, record: &Record, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match self {
            Self::Bits { format, sources, packing } => {
                let values = sources.iter().map(|source| source.uint(record));
                let values = Zeroizing::new(values.collect::<Result<Vec<_>, _>>()?);
                let bits = format.encode_values(&values).map_err(|error| FieldError {
                    field: format.name().to_owned(),
                    reason: RecordReason::Bits(error),
                })?;
                out.extend_from_slice(bits.pack(*packing).expose_secret());
            }
            Self::Uint { source, bytes, order } => {
                let value = Zeroizing::new(source.uint(record)?.to_be_bytes());
                let spare = value.len().saturating_sub(*bytes);
                let (high, low) = value.split_at_checked(spare).unwrap_or_default();
                if high.iter().any(|byte| *byte != 0) {
                    return Err(source.not_allowed());
                }
                let zeros = core::iter::repeat_n(0, bytes.saturating_sub(low.len()));
                match order {
                    Order::Big => out.extend(zeros.chain(low.iter().copied())),
                    Order::Little => out.extend(low.iter().rev().copied().chain(zeros)),
                }
            }
            Self::Text { source, bytes, charset, fill } => {
                let Some(Value::Text(text)) = source.value(record) else {
                    return Err(source.not_allowed());
                };
                let encoded = charset.encode(text).ok_or_else(|| {
                    source.error(RecordReason::Charset { charset: charset.name() })
                })?;
                let Some(rest) = bytes.checked_sub(encoded.len()) else {
                    return Err(source.error(RecordReason::TooLong { bytes: *bytes }));
                };
                out.extend_from_slice(&encoded);
                out.extend(core::iter::repeat_n(*fill, rest));
            }
            Self::Hex { source, bytes } => match source.value(record) {
                Some(Value::Bytes(value)) if value.len() == *bytes => out.extend_from_slice(value),
                _ => return Err(source.not_allowed()),
            },
            Self::Constant(bytes) => out.extend_from_slice(bytes),
            Self::Pad { byte, bytes } => out.extend(core::iter::repeat_n(*byte, *bytes)),
        }
        Ok(())
    }
}

impl Source {
    fn value<'a>(&self, record: &'a Record) -> Option<&'a Value> {
        record.values.get(self.index).map(Secret::expose_secret)
    }

    fn uint(&self, record: &Record) -> Result<u64, FieldError> {
        match self.value(record) {
            Some(Value::Uint(value)) => Ok(*value),
            _ => Err(self.not_allowed()),
        }
    }

    fn not_allowed(&self) -> FieldError {
        self.error(RecordReason::NotAllowed { allowed: Allowed::Field(self.field.kind) })
    }

    fn error(&self, reason: RecordReason) -> FieldError {
        FieldError { field: self.field.name.clone(), reason }
    }
}
