// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card as a field sees it, before the first command.

use super::Transport;
use crate::iso14443::{Ats, Uid};

/// A card that is a program, with all that a reader learns before the first command.
///
/// A virtual reader is built on it: anything that answers like a card can be presented to PC/SC
/// programs.
pub trait Contactless: Transport {
    /// The UID that it shows in the anticollision, until it is activated again.
    fn uid(&self) -> Uid;

    /// Its answer to select.
    fn ats(&self) -> Ats;

    /// Leaves the field and comes back: whatever was selected, authenticated or uncommitted is
    /// gone, and a random UID is another one.
    fn activate(&mut self);
}
