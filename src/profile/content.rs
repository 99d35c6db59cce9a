// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a file holds, byte for byte, for one record on one card.
//!
//! A content is a list of parts, each of a [kind](kind). What a part becomes is decided in three
//! rounds, so that parts may look at each other wherever they stand: how long each is, the bytes of
//! those that stand for themselves, and then, in an order that was found when the profile was read, the
//! bytes of those that look at others.

mod around;
mod charset;
mod found;
mod given;
mod kind;
mod order;
mod places;
mod reading;
mod shown;
mod source;
mod turn;

use core::ops::Range;

use crate::iso14443::RealUid;
use crate::secret::Secret;

use super::record::{FieldError, Record, RecordReason};

pub(super) use around::Around;
#[cfg(feature = "schema")]
pub(super) use charset::Charset;
pub(super) use found::endless;
pub(crate) use given::{Given, Maker, Unmade};
pub(crate) use kind::beginning;
pub(super) use kind::{Constant, Fragment, Int, Mirrored, Mirrors, Pad, Part, ROWS, Row};
#[cfg(feature = "schema")]
pub(super) use kind::{Date, Digits};
pub(super) use order::{Orders, orders};
pub use places::{Coding, Place, Role, Share, TurnStep, Turned};
pub use reading::Told;
pub(super) use source::{Amount, Number, Order, Source};
pub(super) use turn::{Step, Table, Turn};

/// A file's content: parts one behind the other, from offset 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    parts: Vec<Placed>,
    orders: Orders,
    /// How many bytes are put together for it, with those of the contents that it takes pieces of
    /// and those that its parts look at.
    work: usize,
    /// How many contents stand inside of each other, itself included.
    depth: usize,
}

/// A part, and the parts that it looks at, by their places among all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) part: Part,
    pub(super) over: Vec<Range<usize>>,
}

impl From<Part> for Placed {
    fn from(part: Part) -> Self {
        Self { part, over: Vec::new() }
    }
}

impl Placed {
    /// How many bytes are put together for it. Each part counts, those of no length too.
    fn work(&self, all: &[Self]) -> usize {
        let over = if self.part.looks().bytes() { self.over.as_slice() } else { &[] };
        let over = over.iter().filter_map(|range| all.get(range.clone()));
        over.map(|parts| extent(parts).1)
            .fold(self.part.work().saturating_add(1), usize::saturating_add)
    }
}

/// How many bytes parts take, at least and at most.
pub(super) fn extent(parts: &[Placed]) -> (usize, usize) {
    parts.iter().fold((0, 0), |reached, placed| reach(reached, &placed.part))
}

/// How far a part reaches, at least and at most, behind others that reach so far.
fn reach((least, most): (usize, usize), part: &Part) -> (usize, usize) {
    match part.end() {
        Some(end) => (end, end),
        None => (least.saturating_add(part.least()), most.saturating_add(part.length())),
    }
}

impl Content {
    /// A content of parts of which none looks at others.
    pub(super) fn plain(parts: impl IntoIterator<Item = Part>) -> Self {
        Self::new(parts.into_iter().map(Placed::from).collect(), Orders::default())
    }

    /// A content of parts that look at each other in these orders.
    pub(super) fn new(parts: Vec<Placed>, orders: Orders) -> Self {
        let work = parts.iter().map(|placed| placed.work(&parts)).fold(0, usize::saturating_add);
        let pieces = parts.iter().filter_map(|placed| placed.part.inside());
        let depth = pieces.map(|(piece, _)| piece.depth).max().unwrap_or(0).saturating_add(1);
        Self { parts, orders, work, depth }
    }

    pub(super) const fn work(&self) -> usize {
        self.work
    }

    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// How many bytes it has, the same for every record, at most the file's size: where parts are as
    /// long as their values, as many as it takes at most, and zeros stand behind the others.
    #[must_use]
    pub fn length(&self) -> usize {
        extent(&self.parts).1
    }

    /// What of it a chip writes while somebody reads, and from which byte on; none where that is not the same on
    /// every card.
    pub(super) fn mirrors(&self) -> impl Iterator<Item = (Mirrored, Option<usize>)> {
        let mut end = (0, 0);
        self.parts.iter().filter_map(move |Placed { part, .. }| {
            let (least, most) = end;
            end = reach(end, part);
            let Part::Mirror(mirror) = part else { return None };
            Some((mirror.what(), (least == most).then_some(most)))
        })
    }

    /// What the profile itself has in it, and from which byte on, where that is the same on every card.
    pub(crate) fn constants(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let mut end = (0, 0);
        self.parts.iter().filter_map(move |Placed { part, .. }| {
            let (least, most) = end;
            end = reach(end, part);
            let Part::Constant(constant) = part else { return None };
            (least == most).then_some((most, constant.0.as_slice()))
        })
    }

    /// How many bytes of it are shown enciphered, those that fill them up left out.
    pub(crate) fn enciphered(&self) -> Option<usize> {
        let place = |wanted: fn(Mirrored) -> bool| {
            self.mirrors().find(|(what, _)| wanted(*what)).and_then(|(_, place)| place)
        };
        let begins = place(|what| what == Mirrored::Enciphered)?;
        place(|what| matches!(what, Mirrored::Filled(_)))?.checked_sub(begins)
    }

    /// Where the version of the MAC's key stands.
    pub(crate) fn version(&self) -> Option<usize> {
        self.mirrors().find(|(what, _)| *what == Mirrored::Version).and_then(|(_, place)| place)
    }

    /// The address that a file begins with, where its content is an NDEF message: from which byte on its text
    /// stands, and what the code before that stands for.
    pub(crate) fn address(&self) -> Option<(usize, &'static str)> {
        let mut end = 0_usize;
        for pair in self.parts.windows(2) {
            let [first, second] = pair else { continue };
            end = first.part.is_fixed().then(|| end.saturating_add(first.part.length()))?;
            if let (Part::Constant(kind), Part::Constant(front)) = (&first.part, &second.part)
                && kind.0 == [b'U']
            {
                let begins = beginning(*front.0.first()?)?;
                return Some((end.saturating_add(1), begins));
            }
        }
        None
    }

    /// Whether every part has its place whatever the record is.
    fn is_fixed(&self) -> bool {
        self.parts.iter().all(|placed| placed.part.is_fixed())
    }

    /// The bytes for this record on the card with this UID: exactly [`Content::length`]. What takes keys
    /// of the card, random numbers or a [hook](super::Hook) is zero here: only a job makes it.
    ///
    /// # Errors
    /// [`FieldError`] where a value does not fit. A record that was read under the same profile
    /// always fits.
    pub fn render(&self, record: &Record, uid: &RealUid) -> Result<Secret<Vec<u8>>, FieldError> {
        let given = Given { record, uid, maker: None, found: None };
        self.put_together(&given).map_err(field)
    }

    /// The same without the zeros behind it, where parts are as long as their values.
    pub(super) fn render_exactly(
        &self,
        record: &Record,
        uid: &RealUid,
    ) -> Result<Secret<Vec<u8>>, FieldError> {
        let given = Given { record, uid, maker: None, found: None };
        let end = self.places(&given).map_err(field)?.last().map_or(0, |place| place.end);
        let mut whole = self.put_together(&given).map_err(field)?;
        whole.expose_secret_mut().truncate(end);
        Ok(whole)
    }

    /// Whether it need not be the same each time that it is made.
    pub(crate) fn varies(&self) -> bool {
        let varies = |placed: &Placed| {
            let inside = placed.part.inside();
            placed.part.varies() || inside.is_some_and(|(content, _)| content.varies())
        };
        self.parts.iter().any(varies)
    }

    /// Whether only a job makes it: it takes keys, random numbers or a hook.
    pub(super) fn takes_job(&self) -> bool {
        let takes = |placed: &Placed| {
            let inside = placed.part.inside();
            placed.part.takes_key() || inside.is_some_and(|(content, _)| content.takes_job())
        };
        self.varies() || self.parts.iter().any(takes)
    }

    pub(crate) fn put_together(&self, given: &Given<'_>) -> Result<Secret<Vec<u8>>, Unmade> {
        let places = self.places(given)?;
        let mut whole = Secret::new(Vec::with_capacity(self.length()));
        for (placed, place) in self.parts.iter().zip(&places) {
            let out = whole.expose_secret_mut();
            if !placed.part.looks().anywhere() {
                let around = Around::new(&[], &places, &[], place);
                placed.part.render(given, &around, out)?;
            }
            out.resize(place.end, 0);
        }
        for at in &self.orders.bytes {
            let (Some(placed), Some(place)) = (self.parts.get(*at), places.get(*at)) else {
                continue;
            };
            let mut here = Secret::new(Vec::with_capacity(place.len()));
            let around = Around::new(whole.expose_secret(), &places, &placed.over, place);
            placed.part.render(given, &around, here.expose_secret_mut())?;
            let room = whole.expose_secret_mut().get_mut(place.clone()).unwrap_or_default();
            for (byte, made) in room.iter_mut().zip(here.expose_secret()) {
                *byte = *made;
            }
        }
        whole.expose_secret_mut().resize(self.length(), 0);
        Ok(whole)
    }

    /// Where the parts stand for a record.
    fn places(&self, given: &Given<'_>) -> Result<Vec<Range<usize>>, Unmade> {
        let mut sizes = Vec::with_capacity(self.parts.len());
        for Placed { part, .. } in &self.parts {
            sizes.push(if part.looks().sizes() { 0 } else { part.size(given)? });
        }
        for at in &self.orders.sizes {
            let Some(placed) = self.parts.get(*at) else { continue };
            let over = placed.over.iter().filter_map(|range| sizes.get(range.clone()));
            let size =
                placed.part.size_over(over.flatten().copied().fold(0, usize::saturating_add));
            if let Some(own) = sizes.get_mut(*at) {
                *own = size;
            }
        }
        Ok(self.one_behind_the_other(sizes))
    }

    /// The places of its parts where they have these sizes.
    fn one_behind_the_other(&self, sizes: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
        let mut end = 0_usize;
        let place = |(placed, size): (&Placed, usize)| {
            let start = end;
            end = placed.part.end().unwrap_or_else(|| start.saturating_add(size));
            start..end
        };
        self.parts.iter().zip(sizes).map(place).collect()
    }

    /// Whether a record fits, whatever card it is for.
    pub(super) fn fits(&self, record: &Record) -> Result<(), FieldError> {
        self.render(record, &RealUid::new([0; 7])).map(drop)
    }
}

/// What is wrong with the record of a content for which nobody makes anything.
fn field(unmade: Unmade) -> FieldError {
    match unmade {
        Unmade::Field(error) => error,
        // Neither is asked for where nobody has them.
        Unmade::Key { name: field, .. } | Unmade::Hook { name: field } => {
            FieldError { field, reason: RecordReason::OtherFields { meant: None } }
        }
    }
}

#[cfg(test)]
mod tests;
