// SPDX-License-Identifier: MIT OR Apache-2.0
//! `raw`: bits that records have ready made.

use crate::credential::{Bits, Format, Packing};
use crate::profile::check::bits_length;
use crate::profile::error::mistake;
use crate::profile::record::RecordReason;

use super::bits::{FORMAT, packing};
use super::{
    Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex,
};

/// A field's bits, which hold in a format where one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Raw {
    source: Source,
    length: usize,
    format: Option<Format>,
    packing: Packing,
}

impl Kind for Raw {
    const NAME: &'static str = "raw";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ raw = FIELD }` | the bits of a field of type `\"bits\"`, for records that \
         have them ready made; with `format = \"h10301\"` only those that hold in this bit \
         format, of as many bits; `align`, `sentinel` and `bit_order` as for `bits` |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (_, source, length) = entries.source("raw", &["bits"], bits_length)?;
        let format =
            if entries.has("format") { Some(format_of(entries, length)?) } else { None };
        let packing = packing(entries)?;
        Ok(Self { source, length, format, packing })
    }
}

/// The format in which so many bits have to hold.
fn format_of(entries: &mut Entries<'_, '_, '_>, length: usize) -> Result<Format, ProfileError> {
    let (at, name) = entries.string("format", FORMAT)?;
    let format = entries.check.format(at, name)?;
    let bits = format.bit_length();
    if bits != length {
        let problem = format!("{name} has {bits} bits, and the field {length}");
        let instead = format!("write length = {bits} for the field, or another format");
        return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
    }
    Ok(format)
}

impl Piece for Raw {
    fn length(&self) -> usize {
        self.packing.byte_length(self.length)
    }

    /// The bits that a format covers count as much as bytes.
    fn work(&self) -> usize {
        self.format.as_ref().map_or(0, Format::work).saturating_add(self.length())
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.source]
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let source = &self.source;
        let bytes = Packing::default().byte_length(self.length);
        let value = source.bytes(given.record, bytes..=bytes)?;
        let bits = Bits::unpack(value, self.length, Packing::default());
        let bits = bits.map_err(|_| source.not_allowed())?;
        if let Some(format) = &self.format {
            let wrong = |error| source.error(RecordReason::Bits(error));
            format.decode(&bits).map_err(wrong)?;
        }
        out.extend_from_slice(bits.pack(self.packing).expose_secret());
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let value = Bits::unpack(here, self.length, self.packing).ok();
        let value = value.map(|bits| bits.to_binary().expose_secret().clone());
        tell_or_hex(told, &self.source, value, here);
    }
}
