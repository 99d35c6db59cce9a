// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a file of records is written: its encoding, which column is which field, and how values are
//! put down. It stands in a profile under `[import]` or in a file of its own.

mod check;
mod dates;
mod encoding;
pub(super) mod shape;

use std::collections::BTreeMap;

use crate::profile::shape::Spanned;

use crate::keys::Places;

use super::Profile;
use super::error::ProfileError;
use super::model::Field;

pub(super) use dates::DateWay;
pub(super) use encoding::{Encoding, utf16};

/// How a file of records is written, checked against the fields of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// `None`: UTF-8, or UTF-16 where a byte order mark says so.
    pub(super) encoding: Option<Encoding>,
    /// `None`: a comma, or a tab where the file's ending says so.
    pub(super) separator: Option<u8>,
    pub(super) trim: bool,
    /// The columns of the file that are read, each once.
    pub(super) sources: Vec<Source>,
    /// Columns that are known and not read.
    pub(super) left_out: Vec<String>,
    /// Whether all other columns are left out, too.
    pub(super) others_left_out: bool,
    pub(super) id: usize,
    pub(super) uid: usize,
    /// In the order of the profile's fields.
    pub(super) fields: Vec<Way>,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Composed.
    pub(super) name: String,
    /// Whether a file without it is refused.
    pub(super) needed: bool,
}

/// How a field's value comes out of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) from: From,
    /// What an empty or missing value stands for, and what comes from nowhere.
    pub(super) default: Option<String>,
    /// Whether it may be missing, and empty.
    pub(super) optional: bool,
    /// What the words of the file stand for, where they are listed.
    pub(super) values: BTreeMap<String, String>,
    /// Whether the words are those of true and false.
    pub(super) boolean: bool,
    pub(super) date: DateWay,
    pub(super) numbers: Numbers,
}

/// Where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    /// Columns by their place in [`Import::sources`], and what stands between those that are not
    /// empty.
    Columns { sources: Vec<usize>, with: String },
    /// The next number of a range.
    Range(Range),
    /// The same for all records: what stands as the default.
    Nowhere,
}

/// Numbers of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    /// The first record's.
    pub(super) next: u64,
    pub(super) end: u64,
    /// The mark of the only file that takes numbers from `next` on.
    pub(super) file: Option<String>,
}

/// What may stand between the digits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    /// Between groups of three digits.
    pub(super) thousands: Option<char>,
    /// In front of a fraction, which has to be zero.
    pub(super) decimal: Option<char>,
}

impl Import {
    /// Reads an import table that stands in a file of its own, with the entries of `[import]`.
    ///
    /// # Errors
    /// [`ProfileError`] with the first mistake, its place and what to write instead.
    pub fn parse(text: &str, profile: &Profile) -> Result<Self, ProfileError> {
        let raw: shape::Import =
            toml::from_str(text).map_err(|error| ProfileError::from_import(text, &error))?;
        check::Checking { places: Places::of(text), fields: profile.fields() }.import(raw)
    }

    /// The table of a profile whose text this is, or the one of files as the profile has them.
    pub(super) fn of_profile(
        text: &str,
        raw: Option<Spanned<shape::Import>>,
        fields: &[Field],
    ) -> Result<Self, ProfileError> {
        match raw {
            Some(raw) => {
                check::Checking { places: Places::of(text), fields }.import(raw.into_inner())
            }
            None => Ok(Self::plain(fields)),
        }
    }

    /// Every field is a column of its own name, and nothing is written in another way.
    fn plain(fields: &[Field]) -> Self {
        let mut sources = vec![
            Source { name: "id".to_owned(), needed: false },
            Source { name: "uid".to_owned(), needed: false },
        ];
        let mut ways = Vec::with_capacity(fields.len());
        for field in fields {
            ways.push(Way::column(sources.len()).unless(field));
            sources.push(Source { name: field.name.clone(), needed: field.absent.is_none() });
        }
        Self {
            encoding: None,
            separator: None,
            trim: false,
            sources,
            left_out: Vec::new(),
            others_left_out: false,
            id: 0,
            uid: 1,
            fields: ways,
        }
    }

    /// Whether a column of this name, composed, is known and not read.
    pub(super) fn leaves_out(&self, name: &str) -> bool {
        self.others_left_out || self.left_out.iter().any(|left| left == name)
    }
}

impl Way {
    /// With what the profile has for a value that is missing, where nothing else stands for it.
    fn unless(mut self, field: &Field) -> Self {
        self.default = self.default.or_else(|| field.absent.clone());
        self
    }

    /// A column whose values are written as the profile has them.
    pub(super) fn column(source: usize) -> Self {
        Self {
            from: From::Columns { sources: vec![source], with: String::new() },
            default: None,
            optional: false,
            values: BTreeMap::new(),
            boolean: false,
            date: DateWay::iso(),
            numbers: Numbers::default(),
        }
    }
}
