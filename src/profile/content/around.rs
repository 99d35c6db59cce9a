// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a part sees of the content that it stands in.

use core::ops::Range;

/// The content around a part, as far as it is known: the places of all parts, and the bytes of those
/// that are made before this one.
#[derive(Clone, Copy)]
pub(in crate::profile) struct Around<'a> {
    whole: &'a [u8],
    places: &'a [Range<usize>],
    over: &'a [Range<usize>],
    place: &'a Range<usize>,
}

impl<'a> Around<'a> {
    pub(super) const fn new(
        whole: &'a [u8],
        places: &'a [Range<usize>],
        over: &'a [Range<usize>],
        place: &'a Range<usize>,
    ) -> Self {
        Self { whole, places, over, place }
    }

    /// How many bytes the part itself takes.
    pub(super) fn room(&self) -> usize {
        self.place.len()
    }

    /// The bytes of the parts that it looks at, as its entries list them.
    pub(super) fn covered(&self) -> impl Iterator<Item = &'a [u8]> {
        let whole = self.whole;
        self.ranges().filter_map(move |range| whole.get(range))
    }

    /// How many bytes the parts take that it looks at.
    pub(super) fn length(&self) -> usize {
        self.ranges().map(|range| range.len()).fold(0, usize::saturating_add)
    }

    fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let (places, over) = (self.places, self.over);
        over.iter().filter_map(move |range| {
            let parts = places.get(range.clone())?;
            Some(parts.first()?.start..parts.last()?.end)
        })
    }
}
