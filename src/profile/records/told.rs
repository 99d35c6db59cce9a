// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a file is, by its first bytes and by its ending; what it is not is named and refused whole.

use core::str;

use zeroize::Zeroizing;

use super::super::import::{Encoding, Import, utf16};
use super::{Records, RecordsError};

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    /// An object a line.
    JsonLines,
    /// A list of objects, or objects one behind the other.
    Json,
}

/// The bytes of a file in an encoding in which ASCII is what it is.
pub(super) enum Plain<'b> {
    As(&'b [u8], Encoding),
    /// Of UTF-16.
    Turned(Zeroizing<String>),
}

impl Plain<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::As(bytes, _) => bytes,
            Self::Turned(text) => text.as_bytes(),
        }
    }

    pub(super) const fn encoding(&self) -> Encoding {
        match self {
            Self::As(_, encoding) => *encoding,
            Self::Turned(_) => Encoding::Utf8,
        }
    }
}

/// Refuses what is no text, and takes the byte order mark away.
pub(super) fn plain<'b>(bytes: &'b [u8], import: &Import) -> Result<Plain<'b>, RecordsError> {
    if bytes.len() > Records::MOST_BYTES {
        return Err(RecordsError::LargeFile { most: Records::MOST_BYTES });
    }
    // ZIP, in which spreadsheets are kept today, and the compound files of before.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(RecordsError::Workbook);
    }
    if bytes.starts_with(b"\xFF\xFE\0\0") || bytes.starts_with(b"\0\0\xFE\xFF") {
        return Err(RecordsError::Utf32);
    }
    let turned =
        |bytes, order: fn([u8; 2]) -> u16| Ok(Plain::Turned(Zeroizing::new(utf16(bytes, order))));
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return Ok(Plain::As(rest, Encoding::Utf8));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return turned(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return turned(rest, u16::from_be_bytes);
    }
    match import.encoding {
        Some(Encoding::Utf16Le) => turned(bytes, u16::from_le_bytes),
        Some(Encoding::Utf16Be) => turned(bytes, u16::from_be_bytes),
        Some(Encoding::Utf16) => Err(RecordsError::Utf16),
        _ if looks_like_utf16(bytes) => Err(RecordsError::Utf16),
        _ if bytes.get(..SEEN.min(bytes.len())).unwrap_or(bytes).contains(&0) => {
            Err(RecordsError::Binary)
        }
        Some(other) if other.takes_all() && !bytes.is_ascii() && str::from_utf8(bytes).is_ok() => {
            Err(RecordsError::Utf8 { encoding: other.name() })
        }
        encoding => Ok(Plain::As(bytes, encoding.unwrap_or(Encoding::Utf8))),
    }
}

/// How many bytes are looked at.
const SEEN: usize = 4096;

/// Whether every second byte of a good part is zero, as in ASCII in UTF-16.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes.get(..SEEN.min(bytes.len())).unwrap_or(bytes).as_chunks::<2>();
    let zero = |at: usize| pairs.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let many = |count: usize| count > 0 && count.saturating_mul(2) > pairs.len();
    pairs.len() >= 2 && (many(zero(0)) || many(zero(1)))
}

/// The form of a file with this ending, without its dot.
pub(super) fn form(ending: Option<&str>, bytes: &[u8]) -> Result<Form, RecordsError> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let (list, object) = (first == Some(&b'['), first == Some(&b'{'));
    let ending = ending.map(str::to_ascii_lowercase);
    let form = match ending.as_deref() {
        Some("csv" | "tsv" | "tab") if list || object => return Err(RecordsError::JsonInCsv),
        Some("csv" | "tsv" | "tab") => Form::Csv,
        Some("jsonl" | "ndjson") if list => return Err(RecordsError::ListInLines),
        Some("jsonl" | "ndjson") => Form::JsonLines,
        Some("json") if !list && !object && first.is_some() => return Err(RecordsError::NoJson),
        _ if list => Form::Json,
        _ if object && first_line_is_whole(bytes) => Form::JsonLines,
        _ if object => Form::Json,
        _ => Form::Csv,
    };
    match form != Form::Json && has_old_line_ends(bytes) {
        true => Err(RecordsError::OldLineEnds),
        false => Ok(form),
    }
}

/// Whether the first line ends as an object does, so that each line is one.
fn first_line_is_whole(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.into_iter().find(|line| !line.is_empty());
    first.is_some_and(|line| line.len() > 1 && line.ends_with(b"}"))
}

/// Whether the first line has ends within it that only a CR makes.
pub(super) fn has_old_line_ends(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let only = first.len() == bytes.len();
    let within = first.strip_suffix(b"\r").filter(|_| !only).unwrap_or(first);
    within.contains(&b'\r')
}
