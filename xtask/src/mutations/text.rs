// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rust as words, so that it can be found again however it is laid out: space and comments are
//! left out, and a comma before a closing bracket is the formatter's affair.

use std::ops::Range;

/// The places of the words of a text: names and numbers, literals, and single signs.
pub(crate) fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let end = match blank(rest) {
            0 => {
                let end = at.saturating_add(word(rest).max(1));
                found.push(at..end);
                end
            }
            length => at.saturating_add(length),
        };
        at = end;
    }
    found
}

/// Where `find` stands in `words`, as ranges of words.
pub(crate) fn matches(words: &[&str], find: &[&str]) -> Vec<Range<usize>> {
    let starts = 0..words.len();
    let ends = starts.filter_map(|start| {
        let length = matched(words.get(start..)?, find)?;
        Some(start..start.saturating_add(length))
    });
    ends.filter(|range| !range.is_empty()).collect()
}

/// The bodies of the items of that keyword and name inside of a range of words, from the keyword
/// on. An `impl` has the name anywhere in its head, whatever else stands there.
pub(crate) fn items(
    words: &[&str],
    within: &Range<usize>,
    keyword: &str,
    name: &str,
) -> Vec<Range<usize>> {
    let begins = |&at: &usize| {
        let Some([first, head @ ..]) = words.get(at..) else { return false };
        let opens = head.iter().take_while(|word| !matches!(**word, "{" | ";"));
        let reach = if keyword == "impl" { opens.count() } else { 1 };
        *first == keyword && head.iter().take(reach).any(|word| *word == name)
    };
    let starts = within.clone().filter(begins);
    let whole = starts.map(|start| start..start.saturating_add(item(words, start)));
    whole.filter(|range| range.end <= within.end).collect()
}

/// How many words from here on are `find`.
fn matched(words: &[&str], find: &[&str]) -> Option<usize> {
    let (mut at, mut sought) = (0_usize, 0_usize);
    while let Some(word) = find.get(sought) {
        if words.get(at) == Some(word) {
            (at, sought) = (at.saturating_add(1), sought.saturating_add(1));
        } else if at > 0 && trails(words, at) && closes(word) {
            at = at.saturating_add(1);
        } else if trails(find, sought) {
            sought = sought.saturating_add(1);
        } else {
            return None;
        }
    }
    Some(at)
}

/// A comma before a closing bracket.
fn trails(words: &[&str], at: usize) -> bool {
    matches!(words.get(at..), Some([",", next, ..]) if closes(next))
}

fn closes(word: &str) -> bool {
    matches!(word, ")" | "]" | "}")
}

/// How many words the item has that begins here: to the end of its braces, or to its semicolon.
fn item(words: &[&str], start: usize) -> usize {
    let mut depth = 0_usize;
    let rest = words.get(start..).unwrap_or_default();
    for (place, word) in rest.iter().enumerate() {
        match *word {
            "(" | "[" | "{" => depth = depth.saturating_add(1),
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(*word, "}" | ";") {
            return place.saturating_add(1);
        }
    }
    rest.len()
}

/// How many bytes of space or comment are in front.
fn blank(rest: &str) -> usize {
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        rest.find("*/").map_or(rest.len(), |end| end.saturating_add(2))
    } else {
        rest.len().saturating_sub(rest.trim_start().len())
    }
}

/// How many bytes the word in front has.
fn word(rest: &str) -> usize {
    let named = |text: &str| {
        text.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(text.len())
    };
    let literal = raw_string(rest).or_else(|| string(rest)).or_else(|| character(rest));
    literal.unwrap_or_else(|| match rest.strip_prefix('\'') {
        // A lifetime.
        Some(name) => named(name).saturating_add(1),
        None => named(rest).max(rest.chars().next().map_or(0, char::len_utf8)),
    })
}

/// The length of `r"…"`, `r#"…"#` or one of bytes.
fn raw_string(rest: &str) -> Option<usize> {
    let fenced = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let inside = fenced.trim_start_matches('#');
    let fence = fenced.len().saturating_sub(inside.len());
    let end = inside.strip_prefix('"')?.find(&format!("\"{}", "#".repeat(fence)))?;
    let opening = rest.len().saturating_sub(inside.len()).saturating_add(1);
    Some(opening.saturating_add(end).saturating_add(1).saturating_add(fence))
}

/// The length of `"…"` or of one of bytes.
fn string(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix("b\"").or_else(|| rest.strip_prefix('"'))?;
    let opening = rest.len().saturating_sub(inside.len());
    let mut escaped = false;
    let end = inside.find(|sign| match sign {
        _ if escaped => {
            escaped = false;
            false
        }
        '\\' => {
            escaped = true;
            false
        }
        sign => sign == '"',
    })?;
    Some(opening.saturating_add(end).saturating_add(1))
}

/// The length of `'…'` or of one of a byte. `None` of a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix("b'").or_else(|| rest.strip_prefix('\''))?;
    let opening = rest.len().saturating_sub(inside.len());
    let first = inside.chars().next()?;
    let least = if first == '\\' { 2 } else { first.len_utf8() };
    let end = inside.get(least..)?.find('\'')?;
    let whole = first == '\\' || end == 0;
    whole.then(|| opening.saturating_add(least).saturating_add(end).saturating_add(1))
}
