// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists of bits, as tables and profiles write them, and which bits of a format are still to be had.

use core::fmt;

use super::bits::MAX_BITS;
use super::problem::LayoutProblem;

/// Bits of a format in an order. Displays as the list that it was written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    list: String,
    bits: Vec<u8>,
}

impl Places {
    /// The bits, none of them twice; of a value the most significant first.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// How many there are, at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub const fn len(&self) -> usize {
        self.bits.len()
    }

    /// The bits in groups of so many.
    pub(super) fn groups(&self, bits: usize) -> impl Iterator<Item = &[u8]> + Clone {
        self.bits.chunks(bits)
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.list)
    }
}

/// The bits of a format that nothing has taken yet.
pub(super) struct Free(Vec<bool>);

impl Free {
    pub(super) fn new(bits: usize) -> Option<Self> {
        (1..=MAX_BITS).contains(&bits).then(|| Self(vec![true; bits]))
    }

    /// The bits of a list, none of them twice.
    pub(super) fn within(&self, text: &str) -> Result<Places, LayoutProblem> {
        let bits = parse(text)?;
        let mut named = vec![false; self.0.len()];
        for &bit in &bits {
            match named.get_mut(usize::from(bit)) {
                None => return Err(LayoutProblem::Outside { bit }),
                Some(named) if *named => return Err(LayoutProblem::Twice { bit }),
                Some(named) => *named = true,
            }
        }
        Ok(Places { list: text.to_owned(), bits })
    }

    pub(super) fn take(&mut self, text: &str) -> Result<Places, LayoutProblem> {
        let places = self.within(text)?;
        for &bit in places.bits() {
            match self.0.get_mut(usize::from(bit)) {
                Some(free) if *free => *free = false,
                _ => return Err(LayoutProblem::Twice { bit }),
            }
        }
        Ok(places)
    }

    pub(super) fn left(&self) -> Vec<u8> {
        let bits = (0..=u8::MAX).zip(&self.0);
        bits.filter(|(_, free)| **free).map(|(bit, _)| bit).collect()
    }
}

/// The bits that a list names, in its order: `1-8`, `8-5`, `0-28/4`, `3`, and several of these
/// with commas between them.
fn parse(text: &str) -> Result<Vec<u8>, LayoutProblem> {
    let mut bits = Vec::new();
    for run in text.split(',') {
        let (run, step) = match run.split_once('/') {
            Some((run, step)) => (run, usize::from(number(step)?)),
            None => (run, 1),
        };
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last) = (number(first)?, number(last)?);
        match (step, first <= last) {
            (0, _) => return Err(LayoutProblem::List),
            (_, true) => bits.extend((first..=last).step_by(step)),
            (_, false) => bits.extend((last..=first).rev().step_by(step)),
        }
    }
    Ok(bits)
}

/// A whole number without sign.
fn number(text: &str) -> Result<u8, LayoutProblem> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(LayoutProblem::List);
    }
    text.parse().map_err(|_| LayoutProblem::Far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_bits_in_its_order() {
        for (text, expected) in [
            ("3", &[3][..]),
            ("1-4", &[1, 2, 3, 4]),
            ("8-5", &[8, 7, 6, 5]),
            ("0-28/4", &[0, 4, 8, 12, 16, 20, 24, 28]),
            ("0-29/4", &[0, 4, 8, 12, 16, 20, 24, 28]),
            ("9-0/3", &[9, 6, 3, 0]),
            ("8-0/3", &[8, 5, 2]),
            ("24-26, 16-18,0", &[24, 25, 26, 16, 17, 18, 0]),
            ("254-255", &[254, 255]),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_list() {
        for text in ["", ",", "1,", "a", "-1", "+1", "1-", "1--2", "1-2/0", "1/2/3", "1 2"] {
            assert_eq!(parse(text), Err(LayoutProblem::List), "{text}");
        }
        for text in ["256", "0-300", "1-2/256", "99999999999999999999999"] {
            assert_eq!(parse(text), Err(LayoutProblem::Far), "{text}");
        }
    }
}
