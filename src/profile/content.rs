// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a file holds, byte for byte, for one record on one card.
//!
//! Every part has a length that the profile alone decides, so that places in a content are known
//! before any record is.

mod checksum;
mod date;
mod digits;
mod pack;
mod places;
mod reading;
mod shown;
mod source;
mod text;

use core::ops::Range;
use std::sync::Arc;

use crate::credential::{Bits, Format, Packing};
use crate::iso14443::RealUid;
use crate::secret::{self, Secret};

use super::record::{FieldError, Record, RecordReason};

pub(super) use checksum::{Checksum, Sum};
pub(super) use date::{Date, DateForm, Token};
pub(super) use digits::{Digits, Form};
pub(super) use pack::{Pack, Slot, What};
pub use places::{Coding, Place, Role};
pub use reading::Told;
pub(super) use source::{Number, Order, Source};
pub(super) use text::{Charset, Text};

use source::write_uint;

/// A file's content: parts one behind the other, from offset 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    parts: Vec<Part>,
    /// How many bytes are put together for it, with those of the contents that it takes pieces of
    /// and those that its checksums cover.
    work: usize,
    /// How many contents stand inside of each other, itself included.
    depth: usize,
}

impl Content {
    pub(super) fn new(parts: Vec<Part>) -> Self {
        let work = parts.iter().map(Part::work).fold(0, usize::saturating_add);
        let pieces = parts.iter().filter_map(|part| {
            if let Part::Fragment { content, .. } = part { Some(content) } else { None }
        });
        let depth = pieces.map(|piece| piece.depth).max().unwrap_or(0).saturating_add(1);
        Self { parts, work, depth }
    }

    pub(super) const fn work(&self) -> usize {
        self.work
    }

    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// How many bytes it has, the same for every record, at most the file's size.
    #[must_use]
    pub fn length(&self) -> usize {
        self.parts.iter().map(Part::length).fold(0, usize::saturating_add)
    }

    /// The bytes for this record on the card with this UID: exactly [`Content::length`].
    ///
    /// # Errors
    /// [`FieldError`] where a value does not fit. A record that was read under the same profile
    /// always fits.
    pub fn render(&self, record: &Record, uid: &RealUid) -> Result<Secret<Vec<u8>>, FieldError> {
        let given = Given { record, uid };
        let mut out = Secret::new(Vec::with_capacity(self.length()));
        for part in &self.parts {
            part.render(given, out.expose_secret_mut())?;
        }
        let mut place = 0_usize;
        for part in &self.parts {
            if let Part::Checksum(checksum) = part {
                checksum.fill_in(place, out.expose_secret_mut());
            }
            place = place.saturating_add(part.length());
        }
        Ok(out)
    }

    /// Whether a record fits, whatever card it is for.
    pub(super) fn fits(&self, record: &Record) -> Result<(), FieldError> {
        self.render(record, &RealUid::new([0; 7])).map(drop)
    }
}

/// What a content is rendered for.
#[derive(Clone, Copy)]
struct Given<'a> {
    record: &'a Record,
    uid: &'a RealUid,
}

/// One part of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A bit format; the numbers are in the order of its fields.
    Bits { format: Format, numbers: Vec<Number>, packing: Packing },
    /// A field's bits, which hold in a format where one is named.
    Raw { source: Source, length: usize, format: Option<Format>, packing: Packing },
    /// An unsigned integer.
    Uint { source: Source, bytes: usize, order: Order },
    /// Text.
    Text(Text),
    /// A field's bytes.
    Hex { source: Source, bytes: usize },
    /// A field's sixteen bytes; as a GUID, the first three numbers least significant byte first.
    Uuid { source: Source, guid: bool },
    /// Decimal digits.
    Digits(Digits),
    /// A date.
    Date(Date),
    /// Numbers of a few bits.
    Pack(Pack),
    /// The card's own UID.
    Uid { reversed: bool },
    /// A checksum over other parts, filled in when they stand there.
    Checksum(Checksum),
    /// A piece of a content of its own.
    Fragment { content: Arc<Content>, from: usize, bytes: usize },
    /// The same bytes on every card.
    Constant(Vec<u8>),
    /// Tag and length of a TLV, before the parts of its value.
    Header(Vec<u8>),
    /// As many bytes as the file has left.
    Pad { byte: u8, bytes: usize },
}

impl Part {
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Bits { format, packing, .. } => packing.byte_length(format.bit_length()),
            Self::Raw { length, packing, .. } => packing.byte_length(*length),
            Self::Uint { bytes, .. }
            | Self::Text(Text { bytes, .. })
            | Self::Hex { bytes, .. }
            | Self::Fragment { bytes, .. }
            | Self::Pad { bytes, .. } => *bytes,
            Self::Uuid { .. } => 16,
            Self::Digits(digits) => digits.form.bytes(digits.count),
            Self::Date(date) => date.form.length(),
            Self::Pack(pack) => pack.length(),
            Self::Uid { .. } => 7,
            Self::Checksum(checksum) => checksum.length(),
            Self::Constant(bytes) | Self::Header(bytes) => bytes.len(),
        }
    }

    /// How many bytes are put together for it. Each part counts, those of no length too; the bits that
    /// a format covers count as much.
    fn work(&self) -> usize {
        let bytes = match self {
            Self::Fragment { content, .. } => content.work,
            Self::Checksum(checksum) => {
                let covered = checksum.over.iter().map(Range::len);
                covered.fold(checksum.length(), usize::saturating_add)
            }
            Self::Bits { format, .. } | Self::Raw { format: Some(format), .. } => {
                format.work().saturating_add(self.length())
            }
            Self::Raw { format: None, .. }
            | Self::Uint { .. }
            | Self::Text(_)
            | Self::Hex { .. }
            | Self::Uuid { .. }
            | Self::Digits(_)
            | Self::Date(_)
            | Self::Pack(_)
            | Self::Uid { .. }
            | Self::Constant(_)
            | Self::Header(_)
            | Self::Pad { .. } => self.length(),
        };
        bytes.saturating_add(1)
    }

    /// The fields that stand in it, those in a piece of a content of its own left out.
    fn sources(&self) -> Vec<&Source> {
        match self {
            Self::Bits { numbers, .. } => numbers.iter().filter_map(Number::source).collect(),
            Self::Raw { source, .. }
            | Self::Uint { source, .. }
            | Self::Text(Text { source, .. })
            | Self::Hex { source, .. }
            | Self::Uuid { source, .. }
            | Self::Digits(Digits { source, .. })
            | Self::Date(Date { source, .. }) => vec![source],
            Self::Pack(pack) => pack.slots.iter().filter_map(|slot| slot.what.source()).collect(),
            Self::Fragment { .. }
            | Self::Uid { .. }
            | Self::Checksum(_)
            | Self::Constant(_)
            | Self::Header(_)
            | Self::Pad { .. } => Vec::new(),
        }
    }

    fn render(&self, given: Given<'_>, out: &mut Vec<u8>) -> Result<(), FieldError> {
        let record = given.record;
        match self {
            Self::Bits { format, numbers, packing } => {
                let values = numbers.iter().map(|number| number.value(record));
                let values = secret::try_collect(values)?;
                let bits = format.encode_values(&values).map_err(|error| FieldError {
                    field: format.name().to_owned(),
                    reason: RecordReason::Bits(error),
                })?;
                out.extend_from_slice(bits.pack(*packing).expose_secret());
            }
            Self::Raw { source, length, format, packing } => {
                let value = source.bytes(record, Packing::default().byte_length(*length))?;
                let bits = Bits::unpack(value, *length, Packing::default());
                let bits = bits.map_err(|_| source.not_allowed())?;
                if let Some(format) = format {
                    let wrong = |error| source.error(RecordReason::Bits(error));
                    format.decode(&bits).map_err(wrong)?;
                }
                out.extend_from_slice(bits.pack(*packing).expose_secret());
            }
            Self::Uint { source, bytes, order } => {
                let written = write_uint(source.uint(record)?, *bytes, *order, out);
                written.ok_or_else(|| source.not_allowed())?;
            }
            Self::Text(text) => text.render(given, out)?,
            Self::Hex { source, bytes } => {
                out.extend_from_slice(source.bytes(record, *bytes)?);
            }
            Self::Uuid { source, guid } => {
                let value = source.bytes(record, 16)?;
                // RFC 9562, 4: four bytes, two and two, which a GUID has in the other order.
                let (numbers, rest) = value.split_at_checked(8).unwrap_or_default();
                match numbers {
                    [a, b, c, d, e, f, g, h] if *guid => out.extend([d, c, b, a, f, e, h, g]),
                    numbers => out.extend_from_slice(numbers),
                }
                out.extend_from_slice(rest);
            }
            Self::Digits(digits) => digits.render(given, out)?,
            Self::Date(date) => date.render(given, out)?,
            Self::Pack(pack) => pack.render(given, out)?,
            Self::Uid { reversed: false } => out.extend_from_slice(given.uid.expose()),
            Self::Uid { reversed: true } => out.extend(given.uid.expose().iter().rev()),
            Self::Checksum(checksum) => out.extend(core::iter::repeat_n(0, checksum.length())),
            Self::Fragment { content, from, bytes } => {
                let whole = content.render(record, given.uid)?;
                out.extend(whole.expose_secret().iter().skip(*from).take(*bytes));
            }
            Self::Constant(bytes) | Self::Header(bytes) => out.extend_from_slice(bytes),
            Self::Pad { byte, bytes } => out.extend(core::iter::repeat_n(*byte, *bytes)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
