// SPDX-License-Identifier: MIT OR Apache-2.0
//! The seal of an NTAG 424 DNA TagTamper: a wire that whoever opens the package breaks.

use crate::wire::{Access, KeyNo};

/// The wire in the seal of an NTAG 424 DNA TagTamper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a wire is whole or it is not")]
pub enum SealWire {
    /// It leads.
    #[default]
    Closed,
    /// It is broken.
    Open,
}

/// What the chip keeps of its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    /// Whether it looks at the wire, once and for all.
    pub(super) enabled: bool,
    /// Whether the wire was ever found broken.
    pub(super) opened: bool,
    /// Who may ask.
    pub(super) asks: Access,
}

impl Default for Seal {
    fn default() -> Self {
        Self { enabled: false, opened: false, asks: Access::Free }
    }
}

const CLOSED: u8 = b'C';
const OPEN: u8 = b'O';
const INVALID: u8 = b'I';

impl Seal {
    /// Looks at the wire, as at each activation until it is found broken.
    pub(super) const fn watch(&mut self, wire: SealWire) {
        if self.enabled && matches!(wire, SealWire::Open) {
            self.opened = true;
        }
    }

    /// What was ever found, and what is found now: `C` closed, `O` open, `I` not enabled.
    pub(super) const fn status(self, wire: SealWire) -> [u8; 2] {
        if !self.enabled {
            return [INVALID; 2];
        }
        let now = if matches!(wire, SealWire::Open) { OPEN } else { CLOSED };
        [if self.opened { OPEN } else { CLOSED }, now]
    }

    /// Whether it is enabled, whether it was opened, and the nibble of who may ask.
    pub(super) fn save(self) -> (bool, bool, u8) {
        let asks = match self.asks {
            Access::Key(key) => key.into(),
            Access::Free => 0x0E,
            Access::Never => 0x0F,
        };
        (self.enabled, self.opened, asks)
    }

    /// What was saved.
    pub(super) fn restore((enabled, opened, asks): (bool, bool, u8)) -> Option<Self> {
        let asks = match asks {
            0x0E => Access::Free,
            0x0F => Access::Never,
            key => Access::Key(KeyNo::new(key)?),
        };
        Some(Self { enabled, opened, asks })
    }
}
