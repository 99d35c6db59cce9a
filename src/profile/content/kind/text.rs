// SPDX-License-Identifier: MIT OR Apache-2.0
//! `text`: text in a character set, filled up to its length or as long as it is.

use zeroize::Zeroizing;

use core::ops::Range;

use crate::credential::Align;
use crate::profile::check::text_length;
use crate::profile::content::charset::Charset;
use crate::profile::error::mistake;
use crate::profile::record::{FieldError, RecordReason, Value};

use super::bits::align;
use super::{Around, Entries, Given, Kind, Layout, Piece, ProfileError, Source, Told, Unmade, tell, Coding, Place, Role, bits_of_bytes};

/// The word for parts that are as long as their value.
pub(super) const VARIABLE: [(&str, ()); 1] = [("variable", ())];

/// The texts of fields, and what fills up the bytes that they leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::profile) struct Text {
    /// At least one.
    sources: Vec<Source>,
    /// What stands between the texts of two fields.
    with: String,
    /// The least bytes that there are.
    least: usize,
    /// How many bytes there are at most.
    bytes: usize,
    charset: Charset,
    /// What fills up the rest; without it no rest is left.
    fill: Option<Fill>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fill {
    byte: u8,
    /// At which end the text stands.
    align: Align,
}

impl Kind for Text {
    const NAME: &'static str = "text";

    const REFERENCE: &'static [&'static str] = &[
        "| `{ text = FIELD, bytes = N, charset = \"utf-8\", fill = \"20\" }` | text, filled up; \
         `charset` is `\"ascii\"` (unless named), `\"latin-1\"`, `\"latin-9\"`, \
         `\"windows-1252\"`, `\"utf-8\"`, `\"utf-16le\"` or `\"utf-16be\"`, `fill` is the \
         number of a character in two hexadecimal digits, `\"00\"` unless named; `align = \
         \"right\"` has it before the text. With `length = \"variable\"` it is not filled up and \
         takes `bytes` at most, see [below](#variable-lengths) |",
        "| `{ text = [FIELD, FIELD], with = \", \", bytes = N }` | the texts of several fields, and \
         `with` between two of them, nothing unless named |",
    ];

    fn has(kind: &str) -> bool {
        kind == "length"
    }

    fn read(
        entries: &mut Entries<'_, '_, '_>,
        _: &mut Layout<'_>,
    ) -> Result<Self, ProfileError> {
        let (at, fields) = entries.sources("text", &["text"], text_length)?;
        let bytes = entries.number("bytes", usize::MAX)?;
        let charset = entries.choice("charset", &Charset::NAMES)?.unwrap_or(Charset::Ascii);
        let with = if fields.len() > 1 { with(entries, charset)? } else { String::new() };
        let fill = match entries.choice("length", &VARIABLE)? {
            Some(()) => None,
            None => Some(Fill {
                byte: if entries.has("fill") { entries.byte("fill")? } else { 0x00 },
                align: align(entries)?,
            }),
        };
        let unit = charset.filling(0).len().max(1);
        if bytes % unit != 0 {
            let problem = format!("characters of {unit} bytes do not fill {bytes}");
            let instead = "write an even number of bytes";
            return Err(entries.error(mistake::NO_ROOM, &problem, instead));
        }
        let between = with.chars().count().saturating_mul(fields.len().saturating_sub(1));
        let most = fields.iter().map(|(_, most)| *most).fold(between, usize::saturating_add);
        if most.saturating_mul(unit) > bytes {
            let problem = format!("{most} characters do not fit {bytes} bytes");
            let room = bytes / unit;
            let instead = format!("write max_length = {room} for the field, or more bytes");
            return Err(entries.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        let sources: Vec<_> = fields.into_iter().map(|(source, _)| source).collect();
        let least = match fill {
            Some(_) => bytes,
            None => {
                let each = sources.iter().map(|source| source.field.text.min_length);
                each.fold(between, usize::saturating_add).saturating_mul(unit)
            }
        };
        Ok(Self { sources, with, least, bytes, charset, fill })
    }
}

/// What stands between two texts, in characters that the set has.
fn with(entries: &mut Entries<'_, '_, '_>, charset: Charset) -> Result<String, ProfileError> {
    if !entries.has("with") {
        return Ok(String::new());
    }
    let instead = "write with = … with the text that stands between two fields";
    let (at, with) = entries.string("with", instead)?;
    if charset.encode(with).is_err() {
        let problem = format!("{with:?} is not in the charset {}", charset.name());
        return Err(entries.check.error(mistake::FORM, at, problem, instead));
    }
    Ok(with.to_owned())
}

impl Text {
    /// The text of a record in its charset.
    fn encoded(&self, given: &Given<'_>) -> Result<Zeroizing<Vec<u8>>, FieldError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes));
        for (place, source) in self.sources.iter().enumerate() {
            let Some(Value::Text(text)) = source.value(given.record) else {
                return Err(source.not_allowed());
            };
            let lacks = |lacked| {
                let (charset, code) = (self.charset.name(), u32::from(lacked));
                source.error(RecordReason::Charset { charset, code })
            };
            if place > 0 {
                bytes.extend_from_slice(&self.charset.encode(&self.with).map_err(lacks)?);
            }
            let encoded = self.charset.encode(text).map_err(lacks)?;
            if bytes.len().saturating_add(encoded.len()) > self.bytes {
                return Err(source.error(RecordReason::TooLong { bytes: self.bytes }));
            }
            bytes.extend_from_slice(&encoded);
        }
        Ok(bytes)
    }
}

impl Piece for Text {
    fn length(&self) -> usize {
        self.bytes
    }

    fn least(&self) -> usize {
        self.least
    }

    fn size(&self, given: &Given<'_>) -> Result<usize, Unmade> {
        Ok(if self.fill.is_some() { self.bytes } else { self.encoded(given)?.len() })
    }

    /// No text ends with the byte zero, where a character is a byte.
    fn ends_by_itself(&self) -> bool {
        self.charset.filling(0).len() == 1
    }

    fn sources(&self) -> Vec<&Source> {
        self.sources.iter().collect()
    }

    fn render(
        &self,
        given: &Given<'_>,
        _: &Around<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Unmade> {
        let encoded = self.encoded(given)?;
        let Some(Fill { byte, align }) = self.fill else {
            out.extend_from_slice(&encoded);
            return Ok(());
        };
        let rest = self.bytes.saturating_sub(encoded.len());
        let fill = self.charset.filling(byte);
        let fill = fill.iter().copied().cycle().take(rest);
        match align {
            Align::Left => out.extend(encoded.iter().copied().chain(fill)),
            Align::Right => out.extend(fill.chain(encoded.iter().copied())),
        }
        Ok(())
    }

    /// Texts of several fields are told one by one where nothing but what stands between them could
    /// have parted them.
    fn tell(&self, here: &[u8], _: &Around<'_>, told: &mut Vec<Told>) {
        let text = match self.fill {
            Some(Fill { byte, align }) => {
                self.charset.unfilled(here, byte, align == Align::Right)
            }
            None => Some(here),
        };
        let value = text.and_then(|text| self.charset.printable(text));
        let names = || self.sources.iter().map(|source| source.field.name.as_str());
        let texts: Vec<&str> = match (self.with.as_str(), value.as_deref()) {
            ("", Some(text)) => vec![text],
            (with, Some(text)) => text.split(with).collect(),
            (_, None) => Vec::new(),
        };
        if texts.len() == self.sources.len() {
            for (name, text) in names().zip(texts) {
                tell(told, name, text.to_owned());
            }
        } else {
            let names: Vec<_> = names().collect();
            tell(told, &names.join(", "), value.unwrap_or_else(|| hex::encode_upper(here)));
        }
    }

    fn places(&self, here: Range<usize>, _: &[usize], places: &mut Vec<Place>) {
        let charset = Charset::NAMES.iter().find(|(_, charset)| *charset == self.charset);
        let names: Vec<&str> = self.sources.iter().map(|source| &*source.field.name).collect();
        let place = Place {
            charset: charset.map(|(name, _)| (*name).to_owned()),
            fill: self.fill.map(|Fill { byte, .. }| format!("{byte:02X}")),
            right: self.fill.is_some_and(|Fill { align, .. }| align == Align::Right),
            between: (names.len() > 1).then(|| self.with.clone()),
            ..Place::new(&names.join(", "), Role::Field, bits_of_bytes(here), Coding::Text)
        };
        places.push(place.at_least(self.least));
    }
}
