// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applies a row to the sources, all of its edits or none. Each is looked for in the sources as they
//! are without the others, so the order of edits is of no account and two can change places.

use std::ops::Range;

use super::row::{Edit, Row};
use super::sources::{Source, Sources};
use super::text::{matches, words};

/// A file with the bug in it.
#[derive(Debug)]
pub(crate) struct Mutated<'s> {
    pub(crate) source: &'s Source,
    pub(crate) text: String,
}

/// Where an edit is made: bytes of one of the sources.
struct Place<'s> {
    source: &'s Source,
    bytes: Range<usize>,
}

impl Sources {
    /// The files that the row changes; an error names the row, the edit and what was found.
    pub(crate) fn mutated(&self, row: &Row) -> Result<Vec<Mutated<'_>>, String> {
        let mut changes = Vec::new();
        for (edit, number) in row.edits.iter().zip(1_usize..) {
            let of = row.edits.len();
            let wrong = |why| format!("{}: edit {number} of {of}: {why}", row.name);
            let places = self.places(edit).map_err(wrong)?;
            changes.extend(places.into_iter().map(|place| (place, edit.put.as_str())));
        }
        let changed = |source: &&Source| {
            changes.iter().any(|(place, _)| core::ptr::eq(place.source, *source))
        };
        let mut files = Vec::new();
        for source in self.0.iter().filter(changed) {
            let here = changes.iter().filter(|(place, _)| core::ptr::eq(place.source, source));
            let mut here: Vec<_> = here.map(|(place, put)| (&place.bytes, *put)).collect();
            here.sort_by_key(|(bytes, _)| bytes.start);
            let text = spliced(&source.text, &here)
                .ok_or_else(|| format!("{}: edits overlap in {}", row.name, source.path))?;
            files.push(Mutated { source, text });
        }
        if files.iter().all(|file| file.text == file.source.text) {
            return Err(format!("{}: changes nothing", row.name));
        }
        Ok(files)
    }

    /// Where the edit is made, as often as it says.
    fn places(&self, edit: &Edit) -> Result<Vec<Place<'_>>, String> {
        let find = words(&edit.find);
        let find: Vec<&str> = find.into_iter().filter_map(|place| edit.find.get(place)).collect();
        let mut found = Vec::new();
        let (mut rooms, mut items) = (0_usize, 0_usize);
        for source in self.0.iter().filter(|source| source.stands_in(&edit.room)) {
            rooms = rooms.saturating_add(1);
            let inside = source.inside(edit.item.as_deref())?;
            items = items.saturating_add(inside.len());
            for range in matches(&source.signs(), &find) {
                let holds =
                    |item: &Range<usize>| item.start <= range.start && range.end <= item.end;
                if inside.iter().any(holds)
                    && let Some(bytes) = source.bytes(&range)
                {
                    found.push(Place { source, bytes });
                }
            }
        }
        match (&edit.item, found.len()) {
            (_, number) if number == edit.times => Ok(found),
            _ if find.is_empty() => Err("finds nothing in particular".to_owned()),
            _ if rooms == 0 => Err(format!("there is no {}", edit.room)),
            (Some(item), _) if items == 0 => Err(format!("no `{item}` in {}", edit.room)),
            _ => Err(miscounted(edit, &found)),
        }
    }
}

/// How often it was found instead, and where.
fn miscounted(edit: &Edit, found: &[Place<'_>]) -> String {
    let inside = edit.item.as_ref().map(|item| format!("`{item}` of ")).unwrap_or_default();
    let mut message = format!(
        "found {} times instead of {} in {inside}{}: {}",
        found.len(),
        edit.times,
        edit.room,
        edit.find.trim()
    );
    for place in found {
        let before = place.source.text.get(..place.bytes.start).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        message.push_str(&format!("\n    {}:{line}", place.source.path));
    }
    message
}

/// The text with other bytes in these places, which are in order. `None` where two overlap.
fn spliced(text: &str, changes: &[(&Range<usize>, &str)]) -> Option<String> {
    let mut out = String::new();
    let mut at = 0_usize;
    for (bytes, put) in changes {
        out.push_str(text.get(at..bytes.start)?);
        out.push_str(put);
        at = bytes.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
