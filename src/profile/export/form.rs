// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a list is written: CSV of one's own form, or JSON.

use zeroize::Zeroizing;

use crate::secret::Secret;

use super::super::import::Encoding;
use super::ExportReason;

/// How a list is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Style {
    Csv(Csv),
    /// An object a line; or these as an array.
    Json {
        array: bool,
    },
}

/// A form of CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Csv {
    pub(in super::super) encoding: Encoding,
    pub(in super::super) mark: bool,
    pub(in super::super) separator: char,
    pub(in super::super) quotes: Quotes,
    pub(in super::super) header: bool,
    /// Whether lines end with CR and LF, not with LF alone.
    pub(in super::super) crlf: bool,
    pub(in super::super) formulas: Formulas,
}

/// Which values stand in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Quotes {
    /// Those that have to: with a separator, a quote or a blank at an end.
    Needed,
    Always,
}

/// What becomes of values that a spreadsheet takes for formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Formulas {
    /// The record is refused.
    Refused,
    /// They are written as they are.
    Kept,
    /// An apostrophe goes before them, by which spreadsheets know a text.
    Apostrophe,
}

/// A column by its place, and why it cannot be written.
type Wrong = (usize, ExportReason);

impl Style {
    /// Whether a value can stand in a list like this.
    pub(super) fn takes(&self, value: &Secret<String>) -> Result<(), ExportReason> {
        let value = value.expose_secret();
        let Self::Csv(csv) = self else { return Ok(()) };
        // A row is a line, for those who cut lists by lines.
        let obeyed = |sign: &char| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}');
        if let Some(sign) = value.chars().find(obeyed) {
            return Err(ExportReason::Control { code: u32::from(sign) });
        }
        match csv.formulas == Formulas::Refused && is_formula(value) {
            true => Err(ExportReason::Formula),
            false => Ok(()),
        }
    }

    /// The line of a row, without its end.
    pub(super) fn line(
        &self,
        names: impl Iterator<Item = impl AsRef<str>>,
        values: &[Option<Secret<String>>],
    ) -> Result<Secret<Vec<u8>>, Wrong> {
        match self {
            Self::Csv(csv) => csv.line(
                values
                    .iter()
                    .map(|value| value.as_ref().map_or("", |value| value.expose_secret().as_str())),
            ),
            Self::Json { .. } => {
                let mut line = Secret::new(b"{".to_vec());
                for (at, (name, value)) in names.zip(values).enumerate() {
                    let out = line.expose_secret_mut();
                    if at > 0 {
                        out.push(b',');
                    }
                    push_json(out, name.as_ref());
                    out.push(b':');
                    match value {
                        Some(value) => push_json(out, value.expose_secret()),
                        None => out.extend_from_slice(b"null"),
                    }
                }
                line.expose_secret_mut().push(b'}');
                Ok(line)
            }
        }
    }

    /// What a file begins with before its first row.
    pub(super) fn head(&self, names: impl Iterator<Item = impl AsRef<str>>) -> Vec<u8> {
        match self {
            Self::Csv(csv) => {
                let mut head = csv.mark();
                if csv.header {
                    // The profile has no names that cannot be written; as they are, since they are its own.
                    let csv = Csv { formulas: Formulas::Kept, ..csv.clone() };
                    let line = csv.line(names).map(|line| line.expose_secret().clone());
                    head.extend(line.unwrap_or_default());
                    head.extend(csv.end());
                }
                head
            }
            Self::Json { array: true } => b"[\n".to_vec(),
            Self::Json { array: false } => Vec::new(),
        }
    }

    /// The end of a line.
    pub(super) fn end(&self) -> Vec<u8> {
        match self {
            Self::Csv(csv) => csv.end(),
            Self::Json { .. } => b"\n".to_vec(),
        }
    }

    /// How many bytes a character of the end of a line has at least.
    pub(super) fn unit(&self) -> usize {
        match self {
            Self::Csv(csv) => csv.encoding.unit(),
            Self::Json { .. } => 1,
        }
    }
}

impl Csv {
    fn line(
        &self,
        values: impl Iterator<Item = impl AsRef<str>>,
    ) -> Result<Secret<Vec<u8>>, Wrong> {
        let mut line = Secret::new(Vec::new());
        for (at, value) in values.enumerate() {
            let value = value.as_ref();
            let mut text = Zeroizing::new(String::with_capacity(value.len().saturating_add(3)));
            if at > 0 {
                text.push(self.separator);
            }
            let apostrophe = self.formulas == Formulas::Apostrophe && is_formula(value);
            let quoted = self.quotes == Quotes::Always
                || value.contains([self.separator, '"'])
                || value.trim() != value;
            text.push_str(if quoted { "\"" } else { "" });
            text.push_str(if apostrophe { "'" } else { "" });
            text.push_str(&Zeroizing::new(value.replace('"', "\"\"")));
            text.push_str(if quoted { "\"" } else { "" });
            let bytes = self.encoding.bytes(&text).map_err(|sign| {
                let (charset, code) = (self.encoding.name(), u32::from(sign));
                (at, ExportReason::Charset { charset, code })
            })?;
            line.expose_secret_mut().extend_from_slice(&bytes);
        }
        if line.expose_secret().is_empty() {
            // The only value of a row that would be an empty line, which readers of CSV leave out.
            let quotes = self.encoding.bytes("\"\"").unwrap_or_default();
            line.expose_secret_mut().extend_from_slice(&quotes);
        }
        Ok(line)
    }

    /// Every encoding has the signs of these.
    fn end(&self) -> Vec<u8> {
        let end = if self.crlf { "\r\n" } else { "\n" };
        self.encoding.bytes(end).map(|bytes| bytes.to_vec()).unwrap_or_default()
    }

    fn mark(&self) -> Vec<u8> {
        let mark = if self.mark { "\u{FEFF}" } else { "" };
        self.encoding.bytes(mark).map(|bytes| bytes.to_vec()).unwrap_or_default()
    }

    /// How many values a line has; `None` where a quote is not closed, or it is no text.
    pub(super) fn values_in(&self, line: &[u8]) -> Option<usize> {
        let text = Zeroizing::new(self.encoding.whole(line)?);
        let (mut count, mut quoted) = (1_usize, false);
        for sign in text.chars() {
            match sign {
                '"' => quoted = !quoted,
                sign if sign == self.separator && !quoted => count = count.saturating_add(1),
                _ => {}
            }
        }
        (!quoted).then_some(count)
    }
}

/// Whether a spreadsheet takes a text for a formula, as OWASP lists them; the wide forms are taken as such in
/// Japanese ones. A negative number is none, nor is a dash that stands for nothing.
pub(in super::super) fn is_formula(text: &str) -> bool {
    if text.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|sign| sign.is_ascii_digit())) {
        return false;
    }
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
    ])
}

fn push_json(out: &mut Vec<u8>, text: &str) {
    // A text is always JSON.
    let written = serde_json::to_string(text).map(Zeroizing::new);
    out.extend_from_slice(written.as_deref().map_or(b"\"\"", |text| text.as_bytes()));
}
