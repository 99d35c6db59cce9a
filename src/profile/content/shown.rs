// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be told from some bytes of a content.

use core::ops::Range;

use super::{Content, Part, Placed, Source, one_behind_the_other};

impl Content {
    /// The fields that these bytes say something about.
    pub(in super::super) fn sources(&self, bytes: Range<usize>) -> Vec<&Source> {
        self.shown(bytes).into_iter().flat_map(|part| part.sources()).collect()
    }

    /// Whether these bytes say something about the card's UID.
    pub(in super::super) fn shows_uid(&self, bytes: Range<usize>) -> bool {
        self.shown(bytes).into_iter().any(|part| part.shows_uid())
    }

    /// The parts of which some stands in these bytes, and those that a part in them looks at: a few
    /// bytes of checksum are enough to try all dates.
    fn shown(&self, bytes: Range<usize>) -> Vec<&Part> {
        let places = one_behind_the_other(self.parts.iter().map(|placed| placed.part.length()));
        let places: Vec<_> = places.into_iter().zip(&self.parts).collect();
        // Of each part, the first and the last byte that is told.
        let mut told: Vec<Option<Range<usize>>> = vec![None; places.len()];
        tell(&places, &bytes, &mut told);
        // Each part stands there behind those that it looks at, so from the last one on all are found.
        for at in self.orders.bytes.iter().rev() {
            let Some((_, placed)) = places.get(*at) else { continue };
            if placed.part.looks().bytes() && told.get(*at).is_some_and(Option::is_some) {
                for covered in &placed.over {
                    let parts = places.get(covered.clone()).unwrap_or_default();
                    let told = told.get_mut(covered.clone()).unwrap_or_default();
                    tell(parts, &(0..usize::MAX), told);
                }
            }
        }
        let mut shown = Vec::new();
        for ((place, placed), told) in places.into_iter().zip(told) {
            let Some(told) = told else { continue };
            if let Some((content, from)) = placed.part.inside() {
                let within = |at: usize| at.saturating_sub(place.start).saturating_add(from);
                shown.extend(content.shown(within(told.start)..within(told.end)));
            } else {
                shown.push(&placed.part);
            }
        }
        shown
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
