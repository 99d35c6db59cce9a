// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be told from some bytes of a content.

use core::ops::Range;

use super::{Content, Part, Placed, Source, reach};

impl Content {
    /// The fields that these bytes say something about.
    pub(in super::super) fn sources(&self, bytes: Range<usize>) -> Vec<&Source> {
        self.shown(bytes).into_iter().flat_map(|part| part.sources()).collect()
    }

    /// The fields whose whole values can be told from it.
    pub(in super::super) fn tells(&self) -> Vec<&Source> {
        self.parts.iter().flat_map(|placed| placed.part.tells()).collect()
    }

    /// Whether these bytes say something about the card's UID.
    pub(in super::super) fn shows_uid(&self, bytes: Range<usize>) -> bool {
        self.shown(bytes).into_iter().any(|part| part.shows_uid())
    }

    /// The parts of which some stands in these bytes, and those that a part in them looks at: a few
    /// bytes of checksum are enough to try all dates.
    fn shown(&self, bytes: Range<usize>) -> Vec<&Part> {
        // Each where it may begin, and where it may end.
        let mut reached = (0, 0);
        let places = self.parts.iter().map(|placed| {
            let start = reached.0;
            reached = reach(reached, &placed.part);
            (start..reached.1, placed)
        });
        let places: Vec<_> = places.collect();
        // Of each part, the first and the last byte that is told.
        let mut told: Vec<Option<Range<usize>>> = vec![None; places.len()];
        tell(&places, &bytes, &mut told);
        let is_told =
            |told: &[Option<Range<usize>>], at: usize| told.get(at).is_some_and(Option::is_some);
        let mut next: Vec<usize> = (0..places.len()).filter(|at| is_told(&told, *at)).collect();
        while let Some((_, placed)) = next.pop().and_then(|at| places.get(at)) {
            for covered in placed.over.iter().filter(|over| self.tells_of(placed, over)) {
                next.extend(covered.clone().filter(|at| !is_told(&told, *at)));
                let parts = places.get(covered.clone()).unwrap_or_default();
                let told = told.get_mut(covered.clone()).unwrap_or_default();
                tell(parts, &(0..usize::MAX), told);
            }
        }
        let mut shown = Vec::new();
        for ((place, placed), told) in places.into_iter().zip(told) {
            let Some(told) = told else { continue };
            if let Some((content, from)) = placed.part.inside() {
                let length = placed.part.length();
                // Where it begins is not known behind a part that is as long as its value.
                let told = if place.len() > length { place.start..place.end } else { told };
                let within = |at: usize| at.saturating_sub(place.start).saturating_add(from);
                let piece = if placed.part.scrambles() { place.clone() } else { told };
                shown.extend(content.shown(within(piece.start)..within(piece.end)));
            } else {
                shown.push(&placed.part);
            }
        }
        shown
    }

    /// Whether a part says something of others that it looks at: their bytes, or a length that comes
    /// from their values.
    fn tells_of(&self, placed: &Placed, over: &Range<usize>) -> bool {
        let covered = self.parts.get(over.clone()).unwrap_or_default();
        placed.part.looks().bytes() || covered.iter().any(|covered| !covered.part.is_fixed())
    }
}

/// Marks the bytes of the parts that stand in these.
fn tell(
    places: &[(Range<usize>, &Placed)],
    bytes: &Range<usize>,
    told: &mut [Option<Range<usize>>],
) {
    for ((place, _), told) in places.iter().zip(told) {
        let (start, end) = (place.start.max(bytes.start), place.end.min(bytes.end));
        if start < end {
            let before = told.take().unwrap_or(start..end);
            *told = Some(before.start.min(start)..before.end.max(end));
        }
    }
}
