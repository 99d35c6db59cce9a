// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where parts of variable length end, as bytes of a card tell it.
//!
//! A part ends where one that counts it says, at a constant behind it, or where the content ends or its
//! pad begins. It is looked for from the first part to the last, and [`endless`] refuses what cannot be
//! found in that way.

use core::ops::Range;

use super::{Content, Part, Placed};

/// The place of the first part of which nothing tells where it ends.
pub(in crate::profile) fn endless(parts: &[Placed]) -> Option<usize> {
    let counters = counters(parts);
    let ends = |(at, placed): (usize, &Placed)| {
        let part = &placed.part;
        part.is_fixed()
            || part.end().is_some()
            || part.looks().sizes()
            || counters.get(at).is_some_and(Option::is_some)
            || match parts.get(at.saturating_add(1)).map(|next| &next.part) {
                None => part.ends_by_itself(),
                Some(Part::Pad(_)) => part.ends_by_itself() && only_pads(parts, at),
                Some(next) => matches!(next, Part::Constant(_)),
            }
    };
    parts.iter().enumerate().position(|each| !ends(each))
}

/// Whether nothing but pads stands behind a part.
fn only_pads(parts: &[Placed], at: usize) -> bool {
    let behind = parts.get(at.saturating_add(1)..).unwrap_or_default();
    behind.iter().all(|placed| matches!(placed.part, Part::Pad(_)))
}

/// For each part, the place of the one before it that tells where it ends, since it is the last of those
/// counted there that is not always as long.
fn counters(parts: &[Placed]) -> Vec<Option<usize>> {
    // For each place, the last part before it that is not always as long.
    let mut last = None;
    let before = parts.iter().enumerate().map(|(at, placed)| {
        last = if placed.part.is_fixed() { last } else { Some(at) };
        last
    });
    let before: Vec<Option<usize>> = before.collect();
    let mut counters = vec![None; parts.len()];
    for (at, placed) in parts.iter().enumerate().filter(|(_, placed)| placed.part.looks().counts())
    {
        let in_range = |range: &Range<usize>| {
            let last = before.get(range.end.checked_sub(1)?).copied().flatten();
            last.filter(|last| range.contains(last))
        };
        let counted = placed.over.iter().filter_map(in_range).max().filter(|last| *last > at);
        if let Some(counter) = counted.and_then(|last| counters.get_mut(last)) {
            *counter = Some(at);
        }
    }
    counters
}

impl Content {
    /// How long the parts are by what stands on a card; `None` where that is nothing that the content
    /// can be.
    pub(super) fn sizes_in(&self, bytes: &[u8]) -> Option<Vec<usize>> {
        if self.is_fixed() {
            return Some(self.parts.iter().map(|placed| placed.part.length()).collect());
        }
        let counters = counters(&self.parts);
        // Of each part that counts others, how many bytes those take by what it says.
        let mut counts: Vec<Option<usize>> = Vec::with_capacity(self.parts.len());
        let mut sizes: Vec<usize> = Vec::with_capacity(self.parts.len());
        let mut at = 0_usize;
        for ((index, placed), counter) in self.parts.iter().enumerate().zip(counters) {
            let rest = bytes.get(at..)?;
            let size = match (placed.part.end(), placed.part.measured(rest), counter) {
                (Some(end), ..) => end.checked_sub(at)?,
                _ if placed.part.looks().sizes() && placed.part.looks().bytes() => {
                    let over = placed.over.iter().cloned().flatten();
                    let over = over.map(|other| self.size_of(other, &sizes));
                    placed.part.size_over(over.fold(0, usize::saturating_add))
                }
                (None, Some(size), _) => size,
                (None, None, Some(counter)) => {
                    let count = counts.get(counter).copied().flatten()?;
                    let over = self.parts.get(counter)?.over.iter().cloned().flatten();
                    let others = over.filter(|other| *other != index);
                    let others = others.map(|other| self.size_of(other, &sizes));
                    count.checked_sub(others.fold(0, usize::saturating_add))?
                }
                (None, None, None) => self.size_by_end(index, rest)?,
            };
            if !(placed.part.least()..=placed.part.length()).contains(&size) {
                return None;
            }
            counts.push(placed.part.counted(rest.get(..size)?));
            sizes.push(size);
            at = at.checked_add(size)?;
        }
        let fits = |(placed, count): (&Placed, Option<usize>)| {
            let over = placed.over.iter().cloned().flatten();
            let total =
                over.map(|other| self.size_of(other, &sizes)).fold(0, usize::saturating_add);
            count.is_none_or(|count| count == total)
        };
        self.parts.iter().zip(counts).all(fits).then_some(sizes)
    }

    /// How long a part is that was found, or that is always as long.
    fn size_of(&self, at: usize, sizes: &[usize]) -> usize {
        let fixed = || self.parts.get(at).map(|placed| placed.part.length());
        sizes.get(at).copied().or_else(fixed).unwrap_or(0)
    }

    /// How long a part is by what it ends at.
    fn size_by_end(&self, index: usize, rest: &[u8]) -> Option<usize> {
        let part = &self.parts.get(index)?.part;
        let next = self.parts.get(index.saturating_add(1)).map(|next| &next.part);
        if let Some(Part::Constant(constant)) = next {
            let ends = |size: &usize| {
                rest.get(*size..).is_some_and(|behind| behind.starts_with(&constant.0))
            };
            return (part.least()..=part.length()).find(ends);
        }
        let fill = if let Some(Part::Pad(pad)) = next { pad.byte() } else { 0 };
        let most = rest.get(..part.length()).unwrap_or(rest);
        let end = most.iter().rposition(|byte| *byte != fill).map_or(0, |last| last + 1);
        Some(end.max(part.least()))
    }
}
