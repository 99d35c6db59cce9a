// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whoever's words in a picture: the one place where they are made harmless for XML, and where they are
//! cut to their room.

use core::fmt::{self, Write as _};

use crate::shown::Shown;

/// Text as XML and HTML take it between tags and in double quotes. Characters that do not show
/// themselves are escaped first, as everywhere ([`Shown`]): XML has no way to write most of them, and
/// the others would hide or turn round what stands beside them.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Marked(f), "{}", Shown(self.0))
    }
}

/// Writes references for what begins or ends markup.
struct Marked<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl fmt::Write for Marked<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|sign| match sign {
            '&' => self.0.write_str("&amp;"),
            '<' => self.0.write_str("&lt;"),
            '>' => self.0.write_str("&gt;"),
            '"' => self.0.write_str("&quot;"),
            '\'' => self.0.write_str("&#39;"),
            other => self.0.write_char(other),
        })
    }
}

/// A text in its room: what is seen of it, and whether that is less than all.
pub(super) struct Cut {
    pub(super) seen: String,
    pub(super) is_cut: bool,
}

/// As much of a text as takes so many columns, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, room: u32) -> Cut {
    let shown = Shown(text).to_string();
    if columns(&shown) <= room {
        return Cut { seen: shown, is_cut: false };
    }
    let mut left = room.saturating_sub(1);
    let mut seen = String::new();
    for sign in shown.chars() {
        let Some(rest) = left.checked_sub(width(sign)) else { break };
        left = rest;
        seen.push(sign);
    }
    seen.push('…');
    Cut { seen, is_cut: true }
}

/// Lines of a text of so many columns each, broken between words; so many lines at most, the last of
/// which then has all that is left. A word that is longer than a line has one of its own.
pub(super) fn wrapped(text: &str, room: u32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if full || columns(line) + columns(word) < room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many columns of a font of one width a text takes, at most.
pub(super) fn columns(text: &str) -> u32 {
    text.chars().map(width).fold(0, u32::saturating_add)
}

/// Two from the first script on whose signs are as wide as high, the symbols behind it included. Marks
/// that stand on another sign count as one, so that no heap of them is taken for nothing.
const fn width(sign: char) -> u32 {
    if sign < '\u{1100}' || matches!(sign, '\u{2010}'..='\u{2027}') { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_what_does_not_show_itself_is_escaped() {
        let hostile = "<script>\"'&\u{1B}[2J\u{202E}\u{0}\u{FFFE}";
        assert_eq!(
            Escaped(hostile).to_string(),
            "&lt;script&gt;&quot;&#39;&amp;\\u{1b}[2J\\u{202e}\\0\\u{fffe}"
        );
        assert_eq!(Escaped("Tür 3 門 🪪").to_string(), "Tür 3 門 🪪");
    }

    #[test]
    fn a_text_is_broken_between_words_and_nothing_of_it_is_lost() {
        let text = "change the session's own key";
        assert_eq!(wrapped(text, 12, 9), ["change the", "session's", "own key"]);
        assert_eq!(wrapped(text, 12, 2), ["change the", "session's own key"]);
        assert_eq!(wrapped("a verylongword b", 4, 9), ["a", "verylongword", "b"]);
        assert_eq!(wrapped(" ", 4, 9), [""; 0]);
    }

    #[test]
    fn a_text_is_cut_to_its_columns_and_says_so() {
        for (text, room, seen) in [
            ("door", 4, "door"),
            ("doors", 4, "doo…"),
            ("門門門", 6, "門門門"),
            ("門門門", 5, "門門…"),
            ("門門門", 4, "門…"),
            ("a\u{202E}b", 5, "a\\u{…"),
            ("door", 0, "…"),
        ] {
            let cut = cut(text, room);
            assert_eq!(cut.seen, seen);
            assert_eq!(cut.is_cut, seen.ends_with('…'), "{text}");
            assert!(columns(&cut.seen) <= room.max(1), "{text}");
        }
    }
}
