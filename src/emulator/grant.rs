// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the rights allow a command.

use crate::wire::CommMode;

/// What the rights allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    /// How file data travel.
    pub(super) file: CommMode,
    /// How many data bytes follow the header in clear.
    pub(super) data: usize,
    /// How many bytes stand behind the data and their checksum.
    pub(super) tail: usize,
    /// Padding marks the end of the data, as many as have come.
    pub(super) marked: bool,
    /// All of it must come in one frame.
    pub(super) whole: bool,
}

impl Grant {
    /// For a command that touches no file contents and has a fixed size.
    pub(super) const MANAGE: Self =
        Self { file: CommMode::Plain, data: 0, tail: 0, marked: false, whole: false };
}
