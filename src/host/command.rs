// SPDX-License-Identifier: MIT OR Apache-2.0
//! The commands: one family a file, each with its source, request, reply and tests.

mod application;
mod authenticate;
mod data;
mod files;
mod keys;
mod picc;
mod records;
mod select;
mod values;

pub(super) use keys::KeyChange;

use super::rules::Rule;
use crate::wire::CommMode;

/// One command as its file states it, before a channel protects it.
pub(super) struct Request<'a> {
    pub(super) rule: &'a Rule,
    /// The mode of the file, for commands whose rule refers to it.
    pub(super) file: CommMode,
    /// Parameters that always travel in clear.
    pub(super) header: &'a [u8],
    /// Parameters that travel as the rule says.
    pub(super) data: &'a [u8],
    /// Whether enciphered data end with `80` before the zeros, as their length is not known.
    pub(super) marked: bool,
    pub(super) extent: Extent,
}

impl<'a> Request<'a> {
    /// A command that touches no file's contents and whose reply may have any length.
    pub(super) const fn new(rule: &'a Rule, header: &'a [u8]) -> Self {
        let file = CommMode::Plain;
        Self { rule, file, header, data: &[], marked: false, extent: Extent::Any }
    }
}

/// How many data bytes a reply should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The command's own file judges.
    Any,
    /// Exactly so many; the card was told.
    Told(usize),
    /// The command's own file judges, and wants to know where the frames ended.
    Framed,
    /// Exactly so many, but the card was asked for the rest of the file: an EV1 card then marks
    /// the end of the data with `80`.
    Rest(usize),
}
