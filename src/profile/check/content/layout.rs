// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the parts of a content stand, and whether they fit its file.

use crate::host::SdmCipher;
use crate::profile::error::mistake;
use core::ops::Range;

use crate::profile::shape::Spanned;

use crate::wire::FileSize;

use super::super::super::content::{
    Content, Mirrors, Orders, Pad, Part, Placed, endless, extent, orders,
};
use super::super::super::error::ProfileError;
use super::super::super::shape;
use super::super::{Check, meant};
use super::Entries;

/// What a content is for.
#[derive(Clone, Copy)]
pub(in crate::profile) enum Room<'a> {
    /// A file or a record, of a size that this entry gives. `no_personal`: anyone may read it, and
    /// personal fields may not stand in it. `mirrors`: what its `sdm` says of parts that the chip writes.
    File { entry: &'a str, size: FileSize, no_personal: bool, mirrors: Mirrors },
    /// An item, which is as long as its parts.
    Item,
}

/// No card holds more.
pub(in crate::profile) const LARGEST: usize = 32_768;

/// How many bytes may be put together for a card: the largest one thirty-two times over. A few items
/// that take each other twice would soon make more than any computer does.
const MOST_WORK: usize = 32 * LARGEST;

/// How many contents may stand inside of each other.
const DEEPEST: usize = 8;

/// Parts that another one looks at.
pub(in crate::profile) struct Covered {
    /// Where the profile names them.
    pub(in crate::profile) at: usize,
    parts: Range<usize>,
}

impl Covered {
    /// The parts, out of all.
    pub(in crate::profile) fn of<'p>(&self, parts: &'p [Placed]) -> &'p [Placed] {
        parts.get(self.parts.clone()).unwrap_or_default()
    }
}

/// Parts in their places.
pub(in crate::profile) struct Layout<'r> {
    room: Room<'r>,
    pub(in crate::profile) parts: Vec<Placed>,
    /// Parts with a name, by their places among the parts.
    names: Vec<(&'r str, Range<usize>)>,
    /// Parts that look at others, and where and how the profile names those.
    covering: Vec<(usize, Vec<(usize, &'r str)>)>,
    /// Where the profile has each part.
    at: Vec<usize>,
    /// The part that fills up what is left, and with which byte.
    pub(in crate::profile) filler: Option<(usize, u8)>,
    /// How deep in parts that have others inside.
    pub(super) depth: usize,
}

impl Check<'_> {
    /// A content of a file, a record or an item.
    pub(in super::super) fn content(
        &mut self,
        raw: &Spanned<shape::Parts>,
        room: Room<'_>,
    ) -> Result<Content, ProfileError> {
        let at = raw.span().start;
        let mut layout = Layout::new(room);
        let parts = raw.get_ref().iter().map(|part| (part.span().start, part.get_ref()));
        self.lay(parts, &mut layout)?;
        if layout.parts.is_empty() {
            let instead = "write its parts, or leave content out";
            return Err(self.error(mistake::EMPTY, at, "an empty content", instead));
        }
        let orders = self.cover(&mut layout)?;
        self.within_room(at, &mut layout)?;
        if let Some(place) = endless(&layout.parts) {
            let at = layout.at.get(place).copied().unwrap_or(at);
            let problem = "nothing tells where this part ends";
            let instead =
                "count it with a length before it or in a tlv, or write a constant behind it";
            return Err(self.error(mistake::MISSING, at, problem, instead));
        }
        let content = Content::new(layout.parts, orders);
        self.within_limits(at, content.work())?;
        let depth = content.depth();
        if depth > DEEPEST {
            let problem = format!("{depth} contents inside of each other");
            let instead = format!("write {DEEPEST} at most: take pieces of fewer items");
            return Err(self.error(mistake::TOO_MUCH, at, problem, instead));
        }
        Ok(content)
    }

    /// Whether the content fits its file, and what its pad fills up.
    fn within_room(&self, at: usize, layout: &mut Layout<'_>) -> Result<(), ProfileError> {
        let length = extent(&layout.parts).1;
        let (size, what) = match layout.room {
            Room::File { entry, size, .. } => (usize::try_from(size.bytes()), entry),
            Room::Item => (Ok(LARGEST), "the largest card"),
        };
        let size = size.unwrap_or(usize::MAX);
        if length > size {
            let problem = format!("the content takes {length} bytes, and {what} is {size}");
            let instead = match layout.room {
                Room::File { entry, .. } => {
                    format!("write {entry} = {length} or more, or a shorter content")
                }
                Room::Item => "write a shorter content".to_owned(),
            };
            return Err(self.error(mistake::NO_ROOM, at, problem, instead));
        }
        let Some((place, byte)) = layout.filler else { return Ok(()) };
        let (before, behind) = layout.parts.split_at_checked(place).unwrap_or_default();
        let reached = extent(before);
        let behind = extent(behind);
        if behind.0 < behind.1 {
            let at = layout.at.get(place).copied().unwrap_or(at);
            let problem =
                "a part that is as long as its value, behind a pad that fills up the file";
            let instead = "write bytes = … in the pad, or put that part before it";
            return Err(self.error(mistake::ORDER, at, problem, instead));
        }
        let end = size.saturating_sub(behind.1);
        layout.put(place, Pad::up_to(byte, end, reached).into());
        Ok(())
    }

    /// The content of a file, which every card takes beside those of the files before it.
    pub(in super::super) fn taken(
        &mut self,
        at: usize,
        content: &Content,
    ) -> Result<(), ProfileError> {
        self.work = self.work.saturating_add(content.work());
        self.within_limits(at, self.work)
    }

    fn within_limits(&self, at: usize, work: usize) -> Result<(), ProfileError> {
        if work <= MOST_WORK {
            return Ok(());
        }
        let problem = format!("{work} bytes would be put together for a card");
        let instead = format!(
            "write contents that take {MOST_WORK} at most: each piece of an item takes the whole of \
             it, a checksum what it covers, and so do the checks of a bit format"
        );
        Err(self.error(mistake::TOO_MUCH, at, problem, instead))
    }

    /// Puts parts one behind the other.
    pub(super) fn lay<'r>(
        &mut self,
        parts: impl IntoIterator<Item = (usize, &'r shape::Part)>,
        layout: &mut Layout<'r>,
    ) -> Result<(), ProfileError> {
        let no_personal = matches!(layout.room, Room::File { no_personal: true, .. });
        for part in parts {
            let mut entries = Entries::new(self, part, no_personal);
            entries.gap(layout)?;
            let row = entries.kind()?;
            // Holds the place until the part is read, since others may stand inside of it.
            let place = layout.push(Pad::of(0, 0).into(), entries.at);
            entries.place = place;
            let part = (row.read)(&mut entries, layout)?;
            layout.put(place, part);
            entries.name(layout)?;
            entries.finish()?;
        }
        Ok(())
    }

    /// Finds what parts look at, once every part has its place, and in which order they are made.
    fn cover(&self, layout: &mut Layout<'_>) -> Result<Orders, ProfileError> {
        for (place, names) in core::mem::take(&mut layout.covering) {
            let covered = names
                .into_iter()
                .map(|name| Ok(Covered { at: name.0, parts: self.covered(name, place, layout)? }));
            let covered: Vec<_> = covered.collect::<Result<_, _>>()?;
            let over = covered.iter().map(|covered| covered.parts.clone()).collect();
            let Some(placed) = layout.parts.get(place) else { continue };
            let mut part = placed.part.clone();
            part.settle(&covered, &layout.parts, self)?;
            if let Some(placed) = layout.parts.get_mut(place) {
                *placed = Placed { part, over };
            }
        }
        orders(&layout.parts).map_err(|place| {
            let kind = layout.parts.get(place).map_or("part", |placed| placed.part.kind());
            let at = layout.at.get(place).copied().unwrap_or_default();
            let problem = format!("the {kind} would cover itself by way of others");
            let instead = "let one of them cover the other, and not the other way round too";
            self.error(mistake::ORDER, at, problem, instead)
        })
    }

    /// The parts that a name, or two of them, stand for.
    fn covered(
        &self,
        (at, text): (usize, &str),
        own: usize,
        layout: &Layout<'_>,
    ) -> Result<Range<usize>, ProfileError> {
        let find = |name: &str| {
            let found = layout.names.iter().find(|(known, _)| *known == name);
            found.map(|(_, parts)| parts.clone()).ok_or_else(|| {
                let names = layout.names.iter().map(|(name, _)| *name);
                let instead = meant(name, names, "write name = … in the parts that it covers");
                self.error(mistake::UNKNOWN_NAME, at, format!("no part is named {name:?}"), instead)
            })
        };
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let covered = find(first)?.start..find(last)?.end;
        if covered.is_empty() {
            let problem = format!("{last:?} stands before {first:?}");
            return Err(self.error(
                mistake::ORDER,
                at,
                problem,
                format!("write \"{last}..{first}\""),
            ));
        }
        let kind = layout.parts.get(own).map_or("part", |placed| placed.part.kind());
        if covered.contains(&own) {
            let instead = "name the parts before it and those behind it";
            let problem = format!("the {kind} would cover itself");
            return Err(self.error(mistake::ORDER, at, problem, instead));
        }
        Ok(covered)
    }
}

impl<'r> Entries<'_, '_, 'r> {
    /// `at`: what lies before the part is zero.
    fn gap(&mut self, layout: &mut Layout<'r>) -> Result<(), ProfileError> {
        let Some(raw) = self.get("at") else { return Ok(()) };
        let at = raw.span().start;
        let instead = format!("write at = … with an offset from 0 to {LARGEST}");
        let offset = self.number_in("at", 0..=LARGEST, &instead)?;
        if layout.depth > 0 {
            let problem = "an offset inside of a tlv";
            return Err(self.check.error(
                mistake::ORDER,
                at,
                problem,
                "write at = … for the whole tlv",
            ));
        }
        if layout.filler.is_some() {
            let problem = "an offset behind a pad that fills up the file";
            let instead = "write bytes = … in the pad, or take it out: what at leaves is zero";
            return Err(self.check.error(mistake::ORDER, at, problem, instead));
        }
        let reached @ (least, most) = extent(&layout.parts);
        if offset < most {
            let problem = format!("the parts before reach to offset {most}");
            let instead = format!("write at = {most} or more");
            return Err(self.check.error(mistake::ORDER, at, problem, instead));
        }
        if offset > least {
            layout.push(Pad::up_to(0, offset, reached).into(), at);
        }
        Ok(())
    }

    /// `name`: what others call the part that look at it.
    fn name(&mut self, layout: &mut Layout<'r>) -> Result<(), ProfileError> {
        if self.get("name").is_none() {
            return Ok(());
        }
        let instead = "write another name, of letters, digits, - and _";
        let (at, name) = self.string("name", instead)?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(self.check.error(
                mistake::NO_NAME,
                at,
                format!("{name:?} is no name"),
                instead,
            ));
        }
        if layout.names.iter().any(|(other, _)| *other == name) {
            return Err(self.check.error(
                mistake::REPEATED,
                at,
                format!("two parts are named {name:?}"),
                instead,
            ));
        }
        layout.names.push((name, self.place..layout.parts.len()));
        Ok(())
    }
}

impl<'r> Layout<'r> {
    const fn new(room: Room<'r>) -> Self {
        Self {
            room,
            parts: Vec::new(),
            names: Vec::new(),
            covering: Vec::new(),
            at: Vec::new(),
            filler: None,
            depth: 0,
        }
    }

    /// Puts a part behind those that are there, and says which place it has.
    pub(in crate::profile) fn push(&mut self, part: Part, at: usize) -> usize {
        let place = self.parts.len();
        self.parts.push(part.into());
        self.at.push(at);
        place
    }

    /// Puts a part into a place.
    pub(in crate::profile) fn put(&mut self, place: usize, part: Part) {
        if let Some(placed) = self.parts.get_mut(place) {
            placed.part = part;
        }
    }

    /// Whether a part may fill up what the others leave.
    pub(in crate::profile) const fn may_fill_up(&self) -> bool {
        self.depth == 0 && matches!(self.room, Room::File { .. })
    }

    /// What parts that the chip writes take from the file's `sdm`.
    pub(in crate::profile) const fn mirrors(&self) -> Mirrors {
        match self.room {
            Room::File { mirrors, .. } => mirrors,
            Room::Item => Mirrors { suite: SdmCipher::Aes, version: None },
        }
    }

    /// Whether it is the content of an item.
    pub(in crate::profile) const fn is_item(&self) -> bool {
        matches!(self.room, Room::Item)
    }

    /// Has a part look at others that are known.
    pub(in crate::profile) fn look_at(&mut self, place: usize, parts: Range<usize>) {
        if let Some(placed) = self.parts.get_mut(place) {
            placed.over = vec![parts];
        }
    }

    /// Has a part look at others that stand before it, by their names; with how many bytes they have at
    /// least and at most.
    pub(super) fn look_before(
        &mut self,
        check: &Check<'_>,
        place: usize,
        names: &[(usize, &'r str)],
    ) -> Result<(usize, usize), ProfileError> {
        let (mut over, mut bytes) = (Vec::new(), (0_usize, 0_usize));
        for name in names {
            let covered = check.covered(*name, place, self)?;
            let parts = self.parts.get(covered.clone()).unwrap_or_default();
            if parts.iter().any(|placed| placed.part.end().is_some()) {
                let problem = "a range over an offset behind a part that is as long as its value";
                return Err(check.error(
                    mistake::ORDER,
                    name.0,
                    problem,
                    "name the parts one by one",
                ));
            }
            let (least, most) = extent(parts);
            bytes = (bytes.0.saturating_add(least), bytes.1.saturating_add(most));
            over.push(covered);
        }
        if let Some(placed) = self.parts.get_mut(place) {
            placed.over = over;
        }
        Ok(bytes)
    }

    /// Has a part look at others that may have no place yet.
    pub(super) fn cover_later(&mut self, place: usize, names: Vec<(usize, &'r str)>) {
        self.covering.push((place, names));
    }
}
