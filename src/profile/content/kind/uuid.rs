// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uuid`: a UUID in the order of its standard, as a GUID, or as text.

use core::fmt::Write;

use zeroize::Zeroizing;

use crate::profile::model::FieldKind;

use super::{
    Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell_or_hex,
};

/// A field's sixteen bytes, in one of their forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Uuid {
    source: Source,
    form: Form,
}

/// How a UUID is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// 16 bytes, in the order of RFC 9562.
    Bytes,
    /// 16 bytes, the first three numbers least significant byte first.
    Guid,
    /// 36 characters, 8-4-4-4-12.
    Text,
    /// 32 hexadecimal digits.
    Digits,
    /// The text behind `urn:uuid:`.
    Urn,
}

/// RFC 9562, 4: the namespace of the URN.
const URN: &str = "urn:uuid:";

impl Kind for Uuid {
    const NAME: &'static str = "uuid";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ uuid = FIELD, form = \"rfc9562\" }` | 16 bytes, in the order of RFC 9562 \
         (unless named); `form = \"guid\"`: the first three groups least significant byte \
         first; in ASCII, in small letters, `\"text\"` (36 characters, with hyphens), \
         `\"digits\"` (32) or `\"urn\"` (45, `urn:uuid:` in front) |",
    ];

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let is_uuid = |kind| matches!(kind, FieldKind::Uuid).then_some(());
        let (_, source, ()) = entries.source("uuid", &["uuid"], is_uuid)?;
        let forms = [
            ("rfc9562", Form::Bytes),
            ("guid", Form::Guid),
            ("text", Form::Text),
            ("digits", Form::Digits),
            ("urn", Form::Urn),
        ];
        let form = entries.choice("form", &forms)?.unwrap_or(Form::Bytes);
        Ok(Self { source, form })
    }
}

impl Piece for Uuid {
    fn length(&self) -> usize {
        match self.form {
            Form::Bytes | Form::Guid => 16,
            Form::Text => 36,
            Form::Digits => 32,
            Form::Urn => URN.len().saturating_add(36),
        }
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
        let value = self.source.bytes(given.record, 16..=16)?;
        let text = Zeroizing::new(spelled(value, false).unwrap_or_default());
        match self.form {
            Form::Bytes | Form::Guid => {}
            Form::Text => {
                out.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            Form::Digits => {
                out.extend(text.bytes().filter(|sign| *sign != b'-'));
                return Ok(());
            }
            Form::Urn => {
                out.extend(URN.bytes().chain(text.bytes()));
                return Ok(());
            }
        }
        // RFC 9562, 4: four bytes, two and two, which a GUID has in the other order.
        let (numbers, rest) = value.split_at_checked(8).unwrap_or_default();
        match numbers {
            [a, b, c, d, e, f, g, h] if self.form == Form::Guid => out.extend([d, c, b, a, f, e, h, g]),
            numbers => out.extend_from_slice(numbers),
        }
        out.extend_from_slice(rest);
        Ok(())
    }

    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let text = || core::str::from_utf8(here).ok().map(ToOwned::to_owned);
        let value = match self.form {
            Form::Bytes => spelled(here, false),
            Form::Guid => spelled(here, true),
            Form::Text | Form::Digits => text().filter(|text| is_uuid(text)),
            Form::Urn => text().filter(|text| text.strip_prefix(URN).is_some_and(is_uuid)),
        };
        tell_or_hex(told, &self.source, value, here);
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

/// Whether nothing but a UUID's digits and hyphens stands there.
fn is_uuid(text: &str) -> bool {
    text.bytes().all(|sign| sign.is_ascii_hexdigit() || sign == b'-')
}
