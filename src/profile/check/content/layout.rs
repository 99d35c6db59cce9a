// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the parts of a content stand, and whether they fit its file.

use crate::profile::error::mistake;
use core::ops::Range;

use crate::profile::shape::Spanned;

use crate::wire::FileSize;

use super::super::super::content::{Content, Part};
use super::super::super::error::ProfileError;
use super::super::super::shape;
use super::super::Check;
use super::Entries;

/// What a content is for.
#[derive(Clone, Copy)]
pub(in super::super) enum Room<'a> {
    /// A file or a record, of a size that this entry gives. `no_personal`: anyone may read it, and
    /// personal fields may not stand in it.
    File { entry: &'a str, size: FileSize, no_personal: bool },
    /// An item, which is as long as its parts.
    Item,
}

/// No card holds more.
const LARGEST: usize = 32_768;

/// How many bytes may be put together for a card: the largest one thirty-two times over. A few items
/// that take each other twice would soon make more than any computer does.
const MOST_WORK: usize = 32 * LARGEST;

/// How many contents may stand inside of each other.
const DEEPEST: usize = 8;

/// A checksum in its place, and the names of what it covers.
pub(super) struct Covering<'r> {
    pub(super) part: usize,
    pub(super) over: Vec<(usize, &'r str)>,
}

/// Parts in their places.
#[derive(Default)]
pub(super) struct Layout<'r> {
    pub(super) parts: Vec<Part>,
    /// Parts with a name, by their places among the parts.
    pub(super) names: Vec<(&'r str, Range<usize>)>,
    /// Checksums, of which is not known yet what they cover.
    pub(super) checksums: Vec<Covering<'r>>,
    /// The part that fills up what is left.
    room: Option<usize>,
    /// How deep in TLVs.
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
        let mut layout = Layout::default();
        let parts = raw.get_ref().iter().map(|part| (part.span().start, part.get_ref()));
        self.lay(parts, room, &mut layout)?;
        if layout.parts.is_empty() {
            let instead = "write its parts, or leave content out";
            return Err(self.error(mistake::EMPTY, at, "an empty content", instead));
        }
        let length = layout.length();
        let (size, what) = match room {
            Room::File { entry, size, .. } => (usize::try_from(size.bytes()), entry),
            Room::Item => (Ok(LARGEST), "the largest card"),
        };
        let size = size.unwrap_or(usize::MAX);
        let Some(rest) = size.checked_sub(length) else {
            let problem = format!("the content takes {length} bytes, and {what} is {size}");
            let instead = match room {
                Room::File { entry, .. } => {
                    format!("write {entry} = {length} or more, or a shorter content")
                }
                Room::Item => "write a shorter content".to_owned(),
            };
            return Err(self.error(mistake::NO_ROOM, at, problem, instead));
        };
        if let Some(Part::Pad { bytes, .. }) = layout.room.and_then(|at| layout.parts.get_mut(at)) {
            *bytes = rest;
        }
        self.cover(&mut layout)?;
        let content = Content::new(layout.parts);
        self.within_limits(at, content.work())?;
        let depth = content.depth();
        if depth > DEEPEST {
            let problem = format!("{depth} contents inside of each other");
            let instead = format!("write {DEEPEST} at most: take pieces of fewer items");
            return Err(self.error(mistake::TOO_MUCH, at, problem, instead));
        }
        Ok(content)
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
        room: Room<'_>,
        layout: &mut Layout<'r>,
    ) -> Result<(), ProfileError> {
        let no_personal = matches!(room, Room::File { no_personal: true, .. });
        for (at, part) in parts {
            let taken = Vec::new();
            let mut entries = Entries { check: self, at, part, taken, no_personal };
            entries.gap(layout)?;
            let first = layout.parts.len();
            match entries.kind()? {
                "checksum" => entries.checksum(layout)?,
                "tlv" => entries.tlv(room, layout)?,
                "pad" => entries.pad(room, layout)?,
                kind => {
                    let part = entries.part(kind)?;
                    layout.parts.push(part);
                }
            }
            entries.name(first, layout)?;
            entries.finish()?;
        }
        Ok(())
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
        if layout.room.is_some() {
            let problem = "an offset behind a pad that fills up the file";
            let instead = "write bytes = … in the pad, or take it out: what at leaves is zero";
            return Err(self.check.error(mistake::ORDER, at, problem, instead));
        }
        let reached = layout.length();
        let Some(bytes) = offset.checked_sub(reached) else {
            let problem = format!("the parts before reach to offset {reached}");
            let instead = format!("write at = {reached} or more");
            return Err(self.check.error(mistake::ORDER, at, problem, instead));
        };
        if bytes > 0 {
            layout.parts.push(Part::Pad { byte: 0, bytes });
        }
        Ok(())
    }

    /// `pad`: so many bytes, or as many as there is room for.
    fn pad(&mut self, room: Room<'_>, layout: &mut Layout<'r>) -> Result<(), ProfileError> {
        let byte = self.byte("pad")?;
        let bytes = if self.has("bytes") {
            self.number("bytes", LARGEST)?
        } else if layout.depth > 0 || matches!(room, Room::Item) {
            let instead = "write bytes = … with how many it takes";
            return Err(self.error(mistake::NO_ROOM, "no room that a pad could fill up", instead));
        } else if layout.room.replace(layout.parts.len()).is_some() {
            let instead = "write pad once, or with bytes = …";
            return Err(self.error(mistake::ORDER, "two parts fill up the file", instead));
        } else {
            0
        };
        layout.parts.push(Part::Pad { byte, bytes });
        Ok(())
    }

    /// `name`: what checksums call the part.
    fn name(&mut self, first: usize, layout: &mut Layout<'r>) -> Result<(), ProfileError> {
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
        layout.names.push((name, first..layout.parts.len()));
        Ok(())
    }
}

impl Layout<'_> {
    pub(super) fn length(&self) -> usize {
        length(&self.parts)
    }
}

pub(super) fn length(parts: &[Part]) -> usize {
    parts.iter().map(Part::length).fold(0, usize::saturating_add)
}
