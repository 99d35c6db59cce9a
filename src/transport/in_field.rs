// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card in the field of a reader.

use super::Transport;
use crate::iso14443::{Ats, Uid};

/// A card in the field, freshly activated: what is known of it before the first command, and the way
/// to it. Readers hand it out, encoders take it; `T` is a [`Transport`].
#[derive(Debug)]
#[non_exhaustive]
pub struct InField<T> {
    /// The UID that it showed in the anticollision.
    pub uid: Uid,
    /// Its answer to select, with the size of its frames, where the reader tells all of it: PC/SC
    /// part 3 asks for the historical bytes only.
    pub ats: Option<Ats>,
    /// The way to it.
    pub transport: T,
}

impl<T> InField<T> {
    /// The card that showed this UID and is reached this way.
    pub const fn new(uid: Uid, transport: T) -> Self {
        Self { uid, ats: None, transport }
    }

    /// The card with its answer to select.
    #[must_use]
    pub fn with_ats(mut self, ats: Ats) -> Self {
        self.ats = Some(ats);
        self
    }

    /// The same card for one that does not want to know what the way to it is.
    pub fn lend(&mut self) -> InField<&mut dyn Transport>
    where
        T: Transport,
    {
        InField { uid: self.uid.clone(), ats: self.ats.clone(), transport: &mut self.transport }
    }

    /// The historical bytes of its answer to select; none where they are not known.
    #[must_use]
    pub fn historical(&self) -> &[u8] {
        self.ats.as_ref().map_or(&[], Ats::historical)
    }
}
