// SPDX-License-Identifier: MIT OR Apache-2.0
//! The attributes of a URI, one after the other, and what is percent coded in them.

use std::path::PathBuf;

use super::error::{TokenUriError, UriProblem};

/// One attribute: its name, and its value as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    value: &'a str,
    /// Where it begins, in bytes from the URI's start.
    at: usize,
    pub(super) in_query: bool,
}

/// The attributes behind the scheme.
pub(super) fn parts(
    text: &str,
    start: usize,
) -> impl Iterator<Item = Result<Part<'_>, TokenUriError>> {
    let rest = text.get(start..).unwrap_or_default();
    let (path, query) =
        rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let query_at = start.saturating_add(path.len()).saturating_add(1);
    let path = split(path, ';', start, false);
    let query = query.into_iter().flat_map(move |query| split(query, '&', query_at, true));
    path.chain(query)
}

fn split(
    text: &str,
    separator: char,
    start: usize,
    in_query: bool,
) -> impl Iterator<Item = Result<Part<'_>, TokenUriError>> {
    // A path of no attributes is allowed; an empty attribute among others is a slip.
    let nothing = text.is_empty();
    let mut at = start;
    text.split(separator).filter(move |_| !nothing).map(move |part| {
        let here = at;
        at = at.saturating_add(part.len()).saturating_add(1);
        match part.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Part { name, value, at: here, in_query }),
            Some(_) | None => Err(TokenUriError::new(here, UriProblem::NoValue)),
        }
    })
}

impl Part<'_> {
    /// What is wrong with this attribute.
    pub(super) const fn wrong(&self, problem: UriProblem) -> TokenUriError {
        TokenUriError::new(self.at, problem)
    }

    /// It is not known. Its name is shown where it looks like one, and not like something that should
    /// have been coded.
    pub(super) fn unknown(&self) -> TokenUriError {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        let shown = self.name.len() <= 32 && self.name.bytes().all(plain);
        self.wrong(UriProblem::Unknown(shown.then(|| self.name.to_owned())))
    }

    /// The value, of 1 to so many bytes, decoded.
    pub(super) fn text(&self, most: usize) -> Result<String, TokenUriError> {
        let mut bytes = Vec::with_capacity(self.value.len());
        let mut rest = self.value.bytes();
        while let Some(byte) = rest.next() {
            if byte != b'%' {
                bytes.push(byte);
                continue;
            }
            let coded = [rest.next(), rest.next()].map(|digit| digit.and_then(nibble));
            let [Some(high), Some(low)] = coded else {
                return Err(self.wrong(UriProblem::NoCode));
            };
            bytes.push((high << 4) | low);
        }
        let text = String::from_utf8(bytes).map_err(|_| self.wrong(UriProblem::NoText))?;
        match text.len() {
            _ if text.chars().any(char::is_control) => Err(self.wrong(UriProblem::NoText)),
            0 => Err(self.wrong(UriProblem::Empty)),
            length if length > most => Err(self.wrong(UriProblem::TooLong(most))),
            _ => Ok(text),
        }
    }

    /// A path from the root of the file system.
    pub(super) fn file(&self, text: &str) -> Result<PathBuf, TokenUriError> {
        if text.starts_with('|') {
            return Err(self.wrong(UriProblem::Program));
        }
        let path = PathBuf::from(text);
        if path.is_absolute() { Ok(path) } else { Err(self.wrong(UriProblem::NotFromRoot)) }
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
