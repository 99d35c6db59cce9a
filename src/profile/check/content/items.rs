// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[item]]` and `item`: contents under a name, and files that take pieces of them.

use crate::profile::error::mistake;
use core::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::super::super::content::Content;
use super::super::super::error::ProfileError;
use super::super::super::model::Class;
use super::super::super::shape;
use super::super::{Check, Declared, meant, one_of};
use super::layout::Room;

/// A content under a name.
pub(in super::super) struct Item {
    pub(in super::super) name: String,
    content: Arc<Content>,
    /// The pieces that files and other items take.
    taken: Vec<Range<usize>>,
}

impl Check<'_> {
    pub(in super::super) fn declare_items(
        &mut self,
        items: &[Spanned<shape::Item>],
    ) -> Result<(), ProfileError> {
        self.item_names = items.iter().map(|raw| raw.get_ref().name.get_ref().clone()).collect();
        for raw in items {
            let (at, raw) = (raw.get_ref().name.span().start, raw.get_ref());
            let name = raw.name.get_ref();
            if name.is_empty() || name.chars().any(char::is_control) {
                return Err(self.error(
                    mistake::NO_NAME,
                    at,
                    "the item has no name",
                    "write a name",
                ));
            }
            if self.items.iter().any(|other| other.item.name == *name) {
                let problem = format!("two items are called {name:?}");
                return Err(self.error(mistake::REPEATED, at, problem, "write another name"));
            }
            let content = Arc::new(self.content(&raw.content, Room::Item)?);
            let item = Item { name: name.clone(), content, taken: Vec::new() };
            self.items.push(Declared { item, at, version_at: at, used: false });
        }
        Ok(())
    }

    /// What of an item stands on no card may be a mistake in a piece.
    pub(in super::super) fn items_are_taken(&mut self) {
        let mut left = Vec::new();
        for Declared { item, at, .. } in &mut self.items {
            item.taken.sort_by_key(|piece| piece.start);
            let length = item.content.length();
            let mut reached = 0;
            for piece in item.taken.iter().chain([&(length..length)]) {
                if reached < piece.start {
                    let last = piece.start.saturating_sub(1);
                    let bytes = if reached == last {
                        format!("byte {last}")
                    } else {
                        format!("bytes {reached} to {last}")
                    };
                    left.push((*at, format!("nothing takes {bytes} of the item {:?}", item.name)));
                }
                reached = reached.max(piece.end);
            }
        }
        for (at, message) in left {
            self.warn(at, message);
        }
    }

    /// A name that stands for no item that is declared so far.
    fn unknown_item(&self, at: usize, name: &str) -> ProfileError {
        let declared = || self.items.iter().map(|item| item.item.name.as_str());
        match self.item_names.iter().position(|known| known == name) {
            None => {
                let instead = meant(name, declared(), "declare it: [[item]] with name and content");
                self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    format!("no item is called {name:?}"),
                    instead,
                )
            }
            Some(place) if place == self.items.len() => {
                let instead = one_of(declared(), "take it out");
                self.error(
                    mistake::ORDER,
                    at,
                    format!("the item {name:?} would hold itself"),
                    instead,
                )
            }
            Some(_) => {
                let problem = format!("the item {name:?} is declared later");
                let instead = "an item takes those before it: move that [[item]] before this one, \
                               unless it takes this one";
                self.error(mistake::ORDER, at, problem, instead)
            }
        }
    }

    /// Whoever may read a file of a card that hides its UID would learn it all the same.
    pub(in crate::profile) fn hidden_uid(
        &self,
        at: usize,
        public: bool,
    ) -> Result<(), ProfileError> {
        if public && self.hides_uid {
            let problem = "anyone may read the UID in this file, which the card hides";
            let instead = "let a key read the file, or write allow_public = true in it";
            return Err(self.error(mistake::PERSONAL, at, problem, instead));
        }
        Ok(())
    }

    /// An item is checked before it is known which file takes which piece of it.
    fn may_show(
        &self,
        at: usize,
        content: &Content,
        piece: Range<usize>,
        public: bool,
    ) -> Result<(), ProfileError> {
        if !public {
            return Ok(());
        }
        let mut sources = content.sources(piece.clone()).into_iter();
        if let Some(source) = sources.find(|source| source.field.class == Class::Personal) {
            let name = &source.field.name;
            let problem = format!("anyone may read the personal field {name:?} in this file");
            let instead = "let a key read the file, or write allow_public = true in it";
            return Err(self.error(mistake::PERSONAL, at, problem, instead));
        }
        self.hidden_uid(at, content.shows_uid(piece))
    }

    /// The item of a name, by its place among all, and its content.
    pub(in crate::profile) fn item(
        &self,
        (at, name): (usize, &str),
    ) -> Result<(usize, Arc<Content>), ProfileError> {
        let items = self.items.iter().map(|item| &item.item).enumerate();
        let mut found = items.filter(|(_, item)| item.name == name);
        let found = found.next().map(|(index, item)| (index, Arc::clone(&item.content)));
        found.ok_or_else(|| self.unknown_item(at, name))
    }

    /// Takes a piece of an item.
    pub(in crate::profile) fn take_piece(
        &mut self,
        (at, index): (usize, usize),
        content: &Content,
        piece: Range<usize>,
        public: bool,
    ) -> Result<(), ProfileError> {
        self.may_show(at, content, piece.clone(), public)?;
        if let Some(item) = self.items.get_mut(index) {
            item.item.taken.push(piece);
            item.used = true;
        }
        Ok(())
    }
}
