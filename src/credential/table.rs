// SPDX-License-Identifier: MIT OR Apache-2.0
//! The formats that this crate knows, each one row.

mod long;
mod to_32;
mod to_36;
mod to_40;

use std::sync::LazyLock;

use super::format::Format;
use super::layout::Layout;

/// Shortest first.
pub(super) const TABLE: [&[Layout<'static>]; 4] =
    [to_32::ROWS, to_36::ROWS, to_40::ROWS, long::ROWS];

impl Format {
    /// Every format that this crate knows, the shortest first.
    #[must_use]
    pub fn all() -> &'static [Self] {
        formats()
    }

    /// The format of this name or alias, as profiles write it, whatever the case.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|format| format.is_called(name))
    }
}

/// The rows as formats. A test holds that each row is one.
fn formats() -> &'static [Format] {
    static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
        TABLE.iter().copied().flatten().filter_map(|row| Format::new(row).ok()).collect()
    });
    &FORMATS
}
