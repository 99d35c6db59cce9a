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
    if is_document(bytes) {
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
    let zeros = Zeros::of(bytes);
    match import.encoding {
        _ if zeros.are_of_utf32() => Err(RecordsError::Utf32),
        Some(other) if other.misreads_utf8(bytes) && str::from_utf8(bytes).is_ok() => {
            Err(RecordsError::Utf8 { encoding: other.name() })
        }
        Some(Encoding::Utf16Le) if !zeros.are_many(0) => turned(bytes, u16::from_le_bytes),
        Some(Encoding::Utf16Be) if !zeros.are_many(1) => turned(bytes, u16::from_be_bytes),
        Some(Encoding::Utf16 | Encoding::Utf16Le | Encoding::Utf16Be) => Err(RecordsError::Utf16),
        _ if zeros.are_many(0) != zeros.are_many(1) => Err(RecordsError::Utf16),
        _ if bytes.get(..SEEN.min(bytes.len())).unwrap_or(bytes).contains(&0) => {
            Err(RecordsError::Binary)
        }
        encoding => Ok(Plain::As(bytes, encoding.unwrap_or(Encoding::Utf8))),
    }
}

/// How many bytes are looked at.
const SEEN: usize = 4096;

/// How many bytes are zero in each of the four places of a good part's quartets.
struct Zeros {
    at: [usize; 4],
    quartets: usize,
}

impl Zeros {
    fn of(bytes: &[u8]) -> Self {
        let (quartets, _) = bytes.get(..SEEN.min(bytes.len())).unwrap_or(bytes).as_chunks::<4>();
        let zeros = |at: usize| quartets.iter().filter(|bytes| bytes.get(at) == Some(&0)).count();
        Self { at: [0, 1, 2, 3].map(zeros), quartets: quartets.len() }
    }

    /// Whether most of the even places are zero, or most of the odd ones, as in ASCII in UTF-16.
    fn are_many(&self, odd: usize) -> bool {
        let count: usize = self.at.iter().skip(odd).step_by(2).sum();
        count > self.quartets
    }

    /// Whether the two upper bytes of nearly all quartets are zero, and not all four.
    fn are_of_utf32(&self) -> bool {
        let all =
            |a: usize, b: usize| [a, b].iter().all(|at| self.at.get(*at) == Some(&self.quartets));
        self.quartets > 0 && (all(2, 3) != all(0, 1))
    }
}

/// Whether it begins as workbooks and other documents do: ZIP, in which they are kept today, the compound
/// files of before and the sheets before these; a page or XML under the name of a workbook; PDF, RTF, gzip.
fn is_document(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins: [&[u8]; 8] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        b"\x09\x00\x04\x00",
        b"\x09\x02\x06\x00",
        b"\x09\x04\x06\x00",
        b"\x1F\x8B\x08",
        b"%PDF-",
    ];
    begins.iter().any(|begin| bytes.starts_with(begin))
        || text.starts_with(b"<")
        || text.starts_with(b"{\\rtf")
}

/// The form of a file with this ending, without its dot.
pub(super) fn form(ending: Option<&str>, bytes: &[u8]) -> Result<Form, RecordsError> {
    let (list, object) = match bytes.trim_ascii_start().split_first() {
        // A column may be called `[No]`.
        Some((b'[', rest)) => {
            let next = rest.trim_ascii_start().first();
            (
                next.is_none_or(|next| {
                    matches!(next, b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9')
                }),
                false,
            )
        }
        Some((first, _)) => (false, *first == b'{'),
        None => (false, false),
    };
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
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
