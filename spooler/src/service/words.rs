// SPDX-License-Identifier: MIT OR Apache-2.0
//! Codes in words, and texts that are kept.

use cardwright::Receipt;

/// What a code says, and what to do; nothing of one that is not known here.
pub(super) fn words(code: &str) -> String {
    let known = Receipt::code_named(code);
    known.map_or_else(String::new, |known| format!("{}: {}", known.meaning(), known.advice()))
}

/// What a text beside a record may be, in words.
pub(super) const LETTERS: &str = "at most 200 letters, and no control characters";

/// Whether a text is that: a reference, a place, a number, whoever says something, too.
pub(super) fn is_kept(text: &str) -> bool {
    text.chars().count() <= 200 && !text.chars().any(char::is_control)
}
