// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a file from being gone on with as a list.

use crate::code::Code;

/// A file that is no list of this form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// It begins otherwise.
    #[error(
        "it does not begin as the list does (columns, separator, quotes, encoding or line ends are \
         others): name another file, or move this one"
    )]
    OtherHead,
    /// A row is none of this list.
    #[error("line {line} is no row of the list: name another file, or move this one")]
    OtherRow {
        /// Its line, from 1.
        line: usize,
    },
    /// Something stands behind the end of a JSON array.
    #[error("line {line} stands behind the end of the list: take it out, or name another file")]
    BehindEnd {
        /// Its line, from 1.
        line: usize,
    },
}

impl ListError {
    /// The codes of what keeps a file from being gone on with as a list.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::OtherHead => table::OTHER_HEAD,
            Self::OtherRow { .. } => table::OTHER_ROW,
            Self::BehindEnd { .. } => table::BEHIND_END,
        }
    }
}

mod table {
    crate::code::codes! {
        OTHER_HEAD = "list-other-head", "the file does not begin as the list does",
            "name another file, or move this one";
        OTHER_ROW = "list-other-row", "a line of the file is no row of the list",
            "name another file, or move this one";
        BEHIND_END = "list-behind-end", "something stands behind the end of the list",
            "take it out, or name another file";
    }
}
