// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where in a text file something is.

use core::fmt;

/// A line and a column, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    line: usize,
    column: usize,
}

impl Position {
    /// The place of the byte at `offset`, or the end of the text where it is shorter. Each
    /// call goes through the whole text.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        Places::of(text).at(offset)
    }

    /// The line.
    #[must_use]
    pub const fn line(self) -> usize {
        self.line
    }

    /// The column.
    #[must_use]
    pub const fn column(self) -> usize {
        self.column
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The places of one text. It is gone through once, so that the lines of a long file, or the
/// entries of a long line, do not make each other dearer.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    text: &'a [u8],
    /// Where each line but the first starts.
    lines: Vec<usize>,
    /// How many characters start before every [`STRIDE`]th byte.
    characters: Vec<usize>,
}

/// How many bytes are counted again for a place.
const STRIDE: usize = 64;

impl<'a> Places<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let text = text.as_bytes();
        #[cfg(test)]
        work::done(text.len());
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let lines = ends.map(|(at, _)| at + 1).collect();
        let pieces = text.chunks(STRIDE).scan(0, |before, piece| {
            let here = *before;
            *before += starts(piece);
            Some(here)
        });
        Self { text, lines, characters: pieces.collect() }
    }

    /// The place of the byte at `offset`, or the end of the text where it is shorter.
    pub(crate) fn at(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let before = self.lines.partition_point(|start| *start <= offset);
        let start = before.checked_sub(1).and_then(|line| self.lines.get(line));
        let in_line = self.before(offset).saturating_sub(self.before(start.copied().unwrap_or(0)));
        Position { line: before + 1, column: in_line + 1 }
    }

    /// How many characters start before a byte.
    fn before(&self, offset: usize) -> usize {
        let whole = offset / STRIDE;
        #[cfg(test)]
        work::done(offset % STRIDE);
        match self.characters.get(whole) {
            Some(before) => {
                before + starts(self.text.get(whole * STRIDE..offset).unwrap_or_default())
            }
            // The end of a text that fills its last piece.
            None => starts(self.text),
        }
    }
}

/// How many bytes a thread went through for places: what keeps twice the text from taking four
/// times as long is counted, not timed.
#[cfg(test)]
pub(crate) mod work {
    use core::cell::Cell;

    std::thread_local! {
        static BYTES: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn done(bytes: usize) {
        BYTES.set(BYTES.get().saturating_add(bytes));
    }

    /// What `act` takes.
    pub(crate) fn of(act: impl FnOnce()) -> usize {
        let before = BYTES.get();
        act();
        BYTES.get() - before
    }
}

/// How many characters of UTF-8 start in these bytes.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Counted one by one, as the index does not.
        #[test]
        fn the_index_counts_as_one_does_by_hand(text in "[a\nßあ]{0,300}", at in 0..320_usize) {
            let before: Vec<char> = text.char_indices().take_while(|(i, _)| *i < at).map(|c| c.1).collect();
            let at = text.char_indices().map(|(i, _)| i).find(|i| *i >= at).unwrap_or(text.len());
            let line = before.iter().filter(|sign| **sign == '\n').count() + 1;
            let column = before.iter().rev().take_while(|sign| **sign != '\n').count() + 1;
            prop_assert_eq!(Position::of(&text, at), Position { line, column });
        }
    }

    #[test]
    fn lines_and_characters_are_counted_from_one() {
        let text = "a = 1\nß = 2\n";
        assert_eq!(Position::of(text, 0).to_string(), "line 1, column 1");
        assert_eq!(Position::of(text, 6).to_string(), "line 2, column 1");
        assert_eq!(Position::of(text, 9).to_string(), "line 2, column 3");
        assert_eq!(Position::of(text, 99).to_string(), "line 3, column 1");
    }
}
