// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a file of records as a whole.

use core::fmt;

use crate::shown::Shown;

use super::super::Allowed;

/// A file of records of which not one line can be read as a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// There is no record in it.
    #[error("no record: write a header and a line per record, or a JSON object per line")]
    Empty,
    /// It is larger than any that is read.
    #[error("the file is larger than {most} bytes: divide it")]
    LargeFile {
        /// How many are read.
        most: usize,
    },
    /// It has more records than are read.
    #[error("the file has more than {most} records: divide it, or look whether lines are broken")]
    TooMany {
        /// How many are read.
        most: usize,
    },
    /// It is a workbook of a spreadsheet.
    #[error(
        "the file is a workbook or another document, not text: open it and save it as CSV in UTF-8"
    )]
    Workbook,
    /// It is UTF-16, and no mark says in which order.
    #[error(
        "the file looks like UTF-16 without a byte order mark: save it as UTF-8, or write encoding = \
         \"utf-16le\" or \"utf-16be\" in an import table"
    )]
    Utf16,
    /// It is UTF-32.
    #[error("the file is UTF-32: save it as UTF-8")]
    Utf32,
    /// It is UTF-8, and the import table names another encoding.
    #[error(
        "the file looks like UTF-8, and the import table says {encoding}: take encoding out of the \
         table, or its letters turn into others"
    )]
    Utf8 {
        /// The encoding.
        encoding: &'static str,
    },
    /// There are zero bytes in it.
    #[error("the file is no text, bytes of it are zero: save it as CSV in UTF-8")]
    Binary,
    /// Its lines end with CR alone.
    #[error(
        "the lines of the file end as on old Macs, with CR alone: save it as CSV with the line ends of \
         Windows or Unix"
    )]
    OldLineEnds,
    /// A JSON array is named as JSON Lines.
    #[error(
        "the file holds a JSON array and is named as JSON Lines: name it .json, or write one object a \
         line without brackets and commas around them"
    )]
    ListInLines,
    /// JSON is named as CSV.
    #[error("the file holds JSON and is named as CSV: name it .json or .jsonl")]
    JsonInCsv,
    /// Something else is named as JSON.
    #[error("the file holds no JSON and is named so: name it .csv, if that is what it is")]
    NoJson,
    /// JSON over several lines that does not hold together.
    #[error(
        "the JSON breaks off or goes wrong in line {line}: look for a bracket, comma or quote there"
    )]
    BrokenJson {
        /// The line, from 1.
        line: usize,
    },
    /// The header is not UTF-8.
    #[error(
        "the header is not UTF-8 text: save the file as UTF-8, or name its encoding in an import table"
    )]
    NotUtf8,
    /// A quote in the header is not closed.
    #[error("the header has a quote that is opened and never closed: close it")]
    OpenQuote,
    /// The header lacks a field.
    #[error("the header has no column {column:?}: add it, {allowed}")]
    MissingColumn {
        /// The field.
        column: String,
        /// What it may hold.
        allowed: Allowed,
    },
    /// The header lacks a column that the import table names.
    #[error("the header has no column {column:?}, which the import table names: add it")]
    MissingSource {
        /// Its name.
        column: String,
    },
    /// The header has one column that the profile does not declare, with other separators in it.
    #[error(
        "header: columns with semicolons, tabs or commas between them: write {wanted:?}, or \
         name the separator in an import table"
    )]
    Separator {
        /// The separator with which the file was read.
        wanted: char,
    },
    /// The header has a column that is nearly one that is wanted.
    #[error(
        "header: column {number} is {column:?} but for {difference}: write it so, or name it in an import table"
    )]
    NearColumn {
        /// Its place, from 1.
        number: usize,
        /// The one that is wanted.
        column: String,
        /// In what the two differ.
        difference: HeaderDifference,
    },
    /// The header has a column that the profile does not declare. It is not named: where the
    /// header is missing, it is a value.
    #[error("header: {} none of {}", Run(*number, *last), Undeclared(known, number == last))]
    UndeclaredColumn {
        /// Its place, from 1.
        number: usize,
        /// The place of the last one, where others like it stand behind it.
        last: usize,
        /// Those that are known.
        known: String,
    },
    /// The header has a column twice.
    #[error("the header has the column {column:?} twice: name each once")]
    RepeatedColumn {
        /// The column.
        column: String,
    },
    /// More than one thing is wrong with the header; [`each`](Self::each) has them all.
    #[error("{}", Several(.0))]
    Several(Vec<Self>),
    /// A range of numbers is not for this file.
    #[error(
        "the import table's range of numbers is not for this file: write file = \"{mark}\" in it, with \
         next behind the numbers that other files have taken"
    )]
    RangeOfAnother {
        /// The file's mark: the first 16 hexadecimal digits of its SHA-256.
        mark: String,
    },
}

/// In what a column of the header differs from one that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderDifference {
    /// Upper and lower case.
    #[error("upper and lower case")]
    Case,
    /// Spaces, or other blanks, in front, behind or inside.
    #[error("a space")]
    Space,
    /// Hyphens, underscores, dots or quotes.
    #[error("a sign such as a hyphen, a quote or a character that nobody sees")]
    Sign,
}

impl HeaderDifference {
    /// The first of the names that this one nearly is.
    pub(super) fn nearest<'w>(
        name: &str,
        wanted: impl IntoIterator<Item = &'w str>,
    ) -> Option<(&'w str, Self)> {
        wanted.into_iter().find_map(|wanted| Some((wanted, Self::between(name, wanted)?)))
    }

    /// In what two names differ that are not the same, where they are nearly.
    pub(super) fn between(name: &str, wanted: &str) -> Option<Self> {
        let spaceless = |name: &str| name.split_whitespace().collect::<String>();
        let letters = |name: &str| {
            let letters = name.chars().filter(|sign| sign.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect::<String>()
        };
        if name.to_lowercase() == wanted.to_lowercase() {
            Some(Self::Case)
        } else if spaceless(name) == spaceless(wanted) {
            Some(Self::Space)
        } else if letters(name) == letters(wanted) && !letters(name).is_empty() {
            Some(Self::Sign)
        } else {
            None
        }
    }
}

/// Columns one behind the other.
struct Run(usize, usize);

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(first, last) if first == last => write!(f, "column {first} is"),
            Self(first, last) => write!(f, "columns {first} to {last} are"),
        }
    }
}

/// Names that are known, and what to do about one, or several, that are not.
struct Undeclared<'a>(&'a str, bool);

impl fmt::Display for Undeclared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(known, one) = self;
        Shown(known).fmt(f)?;
        f.write_str(match one {
            true => ": rename it or take it out",
            false => ": rename them or take them out, or add a header where there is none",
        })
    }
}

/// The first, and how many more there are.
struct Several<'a>(&'a [RecordsError]);

impl fmt::Display for Several<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, more @ ..] = self.0 else { return Ok(()) };
        first.fmt(f)?;
        match more.len() {
            0 => Ok(()),
            more => write!(f, "; mistakes of the header besides: {more}"),
        }
    }
}

impl RecordsError {
    /// The mistakes that it is made of, itself where it is one.
    #[must_use]
    pub fn each(&self) -> &[Self] {
        if let Self::Several(errors) = self { errors } else { core::slice::from_ref(self) }
    }
}
