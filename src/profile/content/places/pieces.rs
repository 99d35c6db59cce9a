// SPDX-License-Identifier: MIT OR Apache-2.0
//! The places of a content as they are where only some of it stands, or where it was turned.

use core::ops::Range;

use super::super::{Content, Turn};
use super::{Coding, Place, Role, Share, Turned, bits_of};

impl Place {
    /// What is left of it where only these bytes of its content stand, from a byte of a file on: a place
    /// for each run of bits that are one behind the other in the value.
    fn cut(&self, bytes: &Range<usize>, start: usize) -> Vec<Self> {
        let (first, behind) = (bytes.start.saturating_mul(8), bytes.end.saturating_mul(8));
        let here = |bit: usize| {
            let inside = (first..behind).contains(&bit).then(|| bit.saturating_sub(first))?;
            Some(inside.saturating_add(start.saturating_mul(8)))
        };
        let over: Vec<usize> = self.over.iter().filter_map(|bit| here(*bit)).collect();
        let share = self.piece.unwrap_or(Share { before: 0, of: self.bits.len() });
        let mut runs: Vec<Self> = Vec::new();
        let mut goes_on = false;
        for (index, bit) in self.bits.iter().enumerate() {
            let bit = here(*bit);
            match (bit, runs.last_mut().filter(|_| goes_on)) {
                (Some(bit), Some(run)) => run.bits.push(bit),
                (Some(bit), None) => {
                    let before = share.before.saturating_add(index);
                    let piece = Some(Share { before, of: share.of });
                    // A check of which not everything is here cannot be done here.
                    let over =
                        if over.len() == self.over.len() { over.clone() } else { Vec::new() };
                    runs.push(Self { bits: vec![bit], over, piece, ..self.clone() });
                }
                (None, _) => {}
            }
            goes_on = bit.is_some();
        }
        for run in &mut runs {
            run.piece = run.piece.filter(|piece| run.bits.len() < piece.of);
            for turned in &mut run.turned {
                turned.offset = turned.offset.saturating_sub(bytes.start).saturating_add(start);
            }
        }
        runs
    }

    /// Whether everything that was turned with it is among these bytes of its content.
    fn is_turned_within(&self, bytes: &Range<usize>) -> bool {
        self.turned.iter().all(|Turned { offset, length, .. }| {
            bytes.start <= *offset && offset.saturating_add(*length) <= bytes.end
        })
    }
}

impl Content {
    /// Where everything of these of its bytes stands that were turned and written from a byte of a file
    /// on.
    pub(in super::super) fn layout_of(
        &self,
        bytes: &Range<usize>,
        turn: &Turn,
        start: usize,
    ) -> Vec<Place> {
        let here = start..start.saturating_add(bytes.len());
        let turned = Turned::new(turn, &here);
        let layout = self.layout();
        let goes_back = turned.iter().all(Turned::can_go_back);
        if goes_back && layout.iter().all(|place| place.is_turned_within(bytes)) {
            let mut places: Vec<Place> =
                layout.iter().flat_map(|place| place.cut(bytes, start)).collect();
            for place in &mut places {
                place.turned.splice(0..0, turned.iter().cloned());
            }
            return places;
        }
        let mut names: Vec<&str> = Vec::new();
        for place in layout.iter().filter(|place| !place.cut(bytes, start).is_empty()) {
            let tells = matches!(place.role, Role::Field | Role::Uid | Role::Piece);
            if tells && !names.contains(&place.name.as_str()) {
                names.push(&place.name);
            }
        }
        let name = if names.is_empty() { "part of an item".to_owned() } else { names.join(", ") };
        let place = Place::new(&name, Role::Piece, bits_of(here), Coding::Bytes);
        vec![Place { turned: turned.into_iter().collect(), ..place }]
    }
}
