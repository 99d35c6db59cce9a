// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be told from some bytes of a content.

use core::ops::Range;

use super::{Content, Part, Source};

impl Content {
    /// The fields that these bytes say something about.
    pub(in super::super) fn sources(&self, bytes: Range<usize>) -> Vec<&Source> {
        self.shown(bytes).into_iter().flat_map(Part::sources).collect()
    }

    /// Whether these bytes say something about the card's UID.
    pub(in super::super) fn shows_uid(&self, bytes: Range<usize>) -> bool {
        self.shown(bytes).into_iter().any(|part| matches!(part, Part::Uid { .. }))
    }

    /// The parts of which some stands in these bytes, and those that a checksum in them covers: a
    /// few bytes of checksum are enough to try all dates.
    fn shown(&self, bytes: Range<usize>) -> Vec<&Part> {
        let mut end = 0_usize;
        let places = self.parts.iter().map(|part| {
            let start = end;
            end = start.saturating_add(part.length());
            (start..end, part)
        });
        let places: Vec<_> = places.collect();
        // Of each part, the first and the last byte that is told.
        let mut told: Vec<Option<Range<usize>>> = vec![None; places.len()];
        tell(&places, &bytes, &mut told);
        // A checksum covers none that is computed later, so from the last one on all are found.
        for at in (0..places.len()).rev() {
            if let Some((_, Part::Checksum(checksum))) = places.get(at)
                && told.get(at).is_some_and(Option::is_some)
            {
                for covered in &checksum.over {
                    tell(&places, covered, &mut told);
                }
            }
        }
        let mut shown = Vec::new();
        for ((place, part), told) in places.into_iter().zip(told) {
            let Some(told) = told else { continue };
            if let Part::Fragment { content, from, .. } = part {
                let within = |at: usize| at.saturating_sub(place.start).saturating_add(*from);
                shown.extend(content.shown(within(told.start)..within(told.end)));
            } else {
                shown.push(part);
            }
        }
        shown
    }
}

/// Marks the bytes of the parts that stand in these.
fn tell(places: &[(Range<usize>, &Part)], bytes: &Range<usize>, told: &mut [Option<Range<usize>>]) {
    for ((place, _), told) in places.iter().zip(told) {
        let (start, end) = (place.start.max(bytes.start), place.end.min(bytes.end));
        if start < end {
            let before = told.take().unwrap_or(start..end);
            *told = Some(before.start.min(start)..before.end.max(end));
        }
    }
}
