// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uuid`: a UUID in the order of its standard, or as a GUID.

use core::fmt::Write;

use crate::profile::model::FieldKind;

use super::{
    Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex,
};

/// A field's sixteen bytes; as a GUID, the first three numbers least significant byte first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uuid {
    source: Source,
    guid: bool,
}

impl Kind for Uuid {
    const NAME: &'static str = "uuid";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uuid = FIELD, form = \"rfc9562\" }` | 16 bytes, in the order of RFC 9562 \
         (unless named); `form = \"guid\"`: the first three groups least significant byte \
         first |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let is_uuid = |kind| matches!(kind, FieldKind::Uuid).then_some(());
        let (_, source, ()) = entries.source("uuid", &["uuid"], is_uuid)?;
        let guid = entries.choice("form", &[("rfc9562", false), ("guid", true)])?.unwrap_or(false);
        Ok(Self { source, guid })
    }
}

impl Piece for Uuid {
    fn length(&self) -> usize {
        16
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
        let value = self.source.bytes(given.record, 16)?;
        // RFC 9562, 4: four bytes, two and two, which a GUID has in the other order.
        let (numbers, rest) = value.split_at_checked(8).unwrap_or_default();
        match numbers {
            [a, b, c, d, e, f, g, h] if self.guid => out.extend([d, c, b, a, f, e, h, g]),
            numbers => out.extend_from_slice(numbers),
        }
        out.extend_from_slice(rest);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        tell_or_hex(told, &self.source, spelled(here, self.guid), here);
    }
}

fn spelled(bytes: &[u8], guid: bool) -> Option<String> {
    let mut bytes = <[u8; 16]>::try_from(bytes).ok()?;
    if let [a, b, c, d, e, f, g, h, ..] = &mut bytes
        && guid
    {
        (*a, *b, *c, *d, *e, *f, *g, *h) = (*d, *c, *b, *a, *f, *e, *h, *g);
    }
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}
