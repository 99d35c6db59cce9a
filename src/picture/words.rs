// SPDX-License-Identifier: MIT OR Apache-2.0
//! Words that several pictures have.

use core::time::Duration;

use crate::wire::{Access, CommMode, FileKind, KeyNo};

/// A number with its unit.
pub(super) fn count(number: u64, unit: &str) -> String {
    let several = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{several}")
}

/// A time in milliseconds, with one decimal.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

/// The letter of the application or field at this place: `A` to `Z`, then `AA`.
pub(super) fn letter(at: usize) -> String {
    let sign = |number: usize| {
        u32::try_from(number).ok().and_then(|number| char::from_digit(number + 10, 36))
    };
    let sign = |number| sign(number).unwrap_or('?').to_ascii_uppercase();
    match at.checked_sub(LETTERS) {
        None => sign(at).to_string(),
        Some(rest) => format!("{}{}", sign(rest / LETTERS % LETTERS), sign(rest % LETTERS)),
    }
}

const LETTERS: usize = 26;

/// What kind of file it is, and how large.
pub(super) fn kind(kind: FileKind) -> String {
    match kind {
        FileKind::Standard { size } => format!("standard, {} B", size.bytes()),
        FileKind::Backup { size } => format!("backup, {} B", size.bytes()),
        FileKind::Value(_) => "value".to_owned(),
        FileKind::LinearRecord(layout) => {
            format!("records, {} x {} B", layout.max.get(), layout.size.bytes())
        }
        FileKind::CyclicRecord(layout) => {
            format!("cyclic, {} x {} B", layout.max.get(), layout.size.bytes())
        }
    }
}

/// Whether it holds a number.
pub(super) const fn is_value(kind: FileKind) -> bool {
    matches!(kind, FileKind::Value(_))
}

/// Whether it holds a number that anyone may see, whatever its rights are.
pub(super) const fn is_free_value(kind: FileKind) -> bool {
    matches!(kind, FileKind::Value(limits) if limits.free_get_value)
}

/// How its data travel.
pub(super) const fn mode(mode: CommMode) -> &'static str {
    match mode {
        CommMode::Plain => "plain",
        CommMode::Mac => "MACed",
        CommMode::Full => "enciphered",
    }
}

/// Who has a right, by a column of a diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    Key(KeyNo),
    Anyone,
}

impl Holder {
    /// Who has this right; `None` where nobody has.
    pub(super) const fn of(access: Access) -> Option<Self> {
        match access {
            Access::Key(no) => Some(Self::Key(no)),
            Access::Free => Some(Self::Anyone),
            Access::Never => None,
        }
    }
}
