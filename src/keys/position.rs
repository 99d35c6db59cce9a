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
    /// The place of the byte at `offset`, or the end of the text where it is shorter.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let in_line = before.get(start..).unwrap_or_default();
        Self { line, column: String::from_utf8_lossy(in_line).chars().count() + 1 }
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

/// Where the lines of a text begin, for many positions in it.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(core::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    /// The place of a byte of the text, as [`Position::of`] has it.
    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.0.partition_point(|start| *start <= offset);
        let start = self.0.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let in_line = text.as_bytes().get(start..offset).unwrap_or_default();
        Position { line, column: String::from_utf8_lossy(in_line).chars().count() + 1 }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_characters_are_counted_from_one() {
        let text = "a = 1\nß = 2\n";
        assert_eq!(Position::of(text, 0).to_string(), "line 1, column 1");
        assert_eq!(Position::of(text, 6).to_string(), "line 2, column 1");
        assert_eq!(Position::of(text, 9).to_string(), "line 2, column 3");
        assert_eq!(Position::of(text, 99).to_string(), "line 3, column 1");
        let lines = Lines::of(text);
        for at in 0..20 {
            assert_eq!(lines.position(text, at), Position::of(text, at), "{at}");
        }
    }
}
