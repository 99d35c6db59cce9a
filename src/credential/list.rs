// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists of bits, as tables and profiles write them.

/// The places that a list names, in its order: `1-8`, `8-5`, `0-28/4`, `3`, and several of these
/// with commas between them. `None` where it is written otherwise, or a place is over 255.
pub(super) fn places(text: &str) -> Option<Vec<u8>> {
    let mut places = Vec::new();
    for run in text.split(',') {
        let (run, step) = match run.split_once('/') {
            Some((run, step)) => (run, number(step).filter(|step| *step > 0)?),
            None => (run, 1),
        };
        let (first, last) = match run.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(run)?, number(run)?),
        };
        let step = usize::from(step);
        match first <= last {
            true => places.extend((first..=last).step_by(step)),
            false => places.extend((last..=first).rev().step_by(step)),
        }
    }
    Some(places)
}

/// A whole number without sign.
fn number(text: &str) -> Option<u8> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_places_in_its_order() {
        for (text, expected) in [
            ("3", &[3][..]),
            ("1-4", &[1, 2, 3, 4]),
            ("8-5", &[8, 7, 6, 5]),
            ("0-28/4", &[0, 4, 8, 12, 16, 20, 24, 28]),
            ("0-29/4", &[0, 4, 8, 12, 16, 20, 24, 28]),
            ("9-0/3", &[9, 6, 3, 0]),
            ("24-26, 16-18,0", &[24, 25, 26, 16, 17, 18, 0]),
            ("254-255", &[254, 255]),
        ] {
            assert_eq!(places(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_list() {
        for text in ["", ",", "1,", "a", "-1", "+1", "1-", "1--2", "1-2/0", "1/2/3", "256", "1 2"] {
            assert_eq!(places(text), None, "{text}");
        }
    }
}
