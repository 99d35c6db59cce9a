// SPDX-License-Identifier: MIT OR Apache-2.0
//! Words of others on a screen: names of readers, records, files, profiles and keys, and the texts
//! of drivers. Written as they are they could move the cursor, change colours, end the line or turn
//! its order round, and so show a terminal or a log what is not there.
//!
//! ```
//! use cardwright::shown::Shown;
//!
//! let name = "Reader \u{1B}[2J 0";
//! assert_eq!(Shown(name).to_string(), "Reader \\u{1b}[2J 0");
//! ```

use core::fmt::{self, Write};

/// Displays a value with every character escaped, as Rust writes it, that is not visible by itself:
/// control characters of either range, line ends, format characters such as those for
/// right-to-left text, separators but the plain space, and what is not assigned. All else stays,
/// quotes, backslashes and combining marks included; where a name has to be told from what is
/// around it, or read back, `Debug` is the way.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "whatever can be displayed")]
pub struct Shown<T>(pub T);

impl<T: fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f, In::Text), "{}", self.0)
    }
}

/// A text of several lines, such as a table: as [`Shown`], but the line ends stay. Cells are
/// [`Shown`] before they come into a table, or their own line ends would stay too.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "whatever can be displayed")]
pub struct ShownLines<T>(pub T);

impl<T: fmt::Display> fmt::Display for ShownLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f, In::Lines), "{}", self.0)
    }
}

/// JSON text in which the same characters are escaped as JSON escapes them (RFC 8259, section 7):
/// whoever reads it gets the same values. Outside of strings JSON has none of them but line ends,
/// which stay.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "whatever can be displayed")]
pub struct ShownJson<T>(pub T);

impl<T: fmt::Display> fmt::Display for ShownJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f, In::Json), "{}", self.0)
    }
}

#[derive(Clone, Copy)]
enum In {
    Text,
    Lines,
    Json,
}

/// Escapes what is written through it.
struct Escaping<'f, 'b>(&'f mut fmt::Formatter<'b>, In);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|sign| match self.1 {
            _ if is_visible(sign) => self.0.write_char(sign),
            In::Lines | In::Json if sign == '\n' => self.0.write_char(sign),
            In::Text | In::Lines => write!(self.0, "{}", sign.escape_debug()),
            In::Json => sign
                .encode_utf16(&mut [0; 2])
                .iter()
                .try_for_each(|unit| write!(self.0, "\\u{unit:04x}")),
        })
    }
}

/// Whether a character shows itself and nothing else. The standard library knows: it escapes in a
/// string what does not, but quotes and backslashes too. Behind another character it lets
/// combining marks be.
fn is_visible(sign: char) -> bool {
    if sign.is_ascii() {
        return !sign.is_ascii_control();
    }
    let mut text = [b'.'; 5];
    let [_, behind @ ..] = &mut text;
    let length = sign.encode_utf8(behind).len();
    let text = text.get(..=length).and_then(|text| str::from_utf8(text).ok());
    text.is_some_and(|text| text.escape_debug().count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From each kind that moves, hides or turns: C0, DEL, C1, bidi, separators, tags, unassigned.
    const INVISIBLE: &str = "\u{1B}\u{0}\r\t\u{7F}\u{9B}\u{202E}\u{2066}\u{200B}\u{200D}\u{FEFF}\
                             \u{AD}\u{2028}\u{2029}\u{A0}\u{E0041}\u{FFFF}\u{378}";

    #[test]
    fn what_does_not_show_itself_is_escaped() {
        assert_eq!(Shown("\u{1B}[2J").to_string(), "\\u{1b}[2J");
        assert_eq!(Shown("a\nb\r\tc").to_string(), "a\\nb\\r\\tc");
        assert_eq!(Shown("x\u{202E}y").to_string(), "x\\u{202e}y");
        for sign in INVISIBLE.chars() {
            let shown = Shown(sign).to_string();
            assert!(shown.starts_with('\\') && shown.is_ascii(), "{shown}");
            assert_eq!(ShownLines(sign).to_string(), shown);
        }
        assert_eq!(ShownLines("a\nb\u{9B}").to_string(), "a\nb\\u{9b}");
    }

    #[test]
    fn what_shows_itself_stays() {
        let name = "ACS \"ACR1252\" [00] C:\\x Ö e\u{301} Ж あ 🪪 │─";
        assert_eq!(Shown(name).to_string(), name);
        assert_eq!(ShownLines(name).to_string(), name);
        assert_eq!(ShownJson(name).to_string(), name);
    }

    #[test]
    fn json_has_the_same_values_afterwards() {
        let value = serde_json::json!({ "id": INVISIBLE, "list": [INVISIBLE, 1, "Ö\n"] });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let shown = ShownJson(&text).to_string();
            assert!(shown.chars().all(|sign| sign == '\n' || is_visible(sign)), "{shown}");
            assert_eq!(shown.lines().count(), text.lines().count());
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
    }
}
