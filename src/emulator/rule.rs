// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card knows of a command before it looks at the parameters.

use crate::wire::{Ins, Opening, Status};

use super::card::Card;
use super::channel::Mode;
use super::frames::Reply;
use super::grant::Grant;

/// One command.
pub(super) struct Rule {
    pub(super) ins: Ins,
    /// Where it may be used; elsewhere it is refused with `9D`.
    pub(super) level: Level,
    /// How it travels in a session.
    pub(super) mode: Mode,
    /// How many parameter bytes it has in clear.
    pub(super) size: Size,
    /// What it does.
    pub(super) action: Action,
    /// Whether an error of it drops what is pending, outside of a session too.
    pub(super) drops_pending: bool,
    /// Which statuses it has for what happens to every command.
    pub(super) statuses: Statuses,
    /// Where level, mode and size are written, or "belief".
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers and for the test"))]
    pub(super) source: &'static str,
}

/// The statuses of what happens to every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Statuses {
    /// It is carried out. Enters what proves the reply.
    pub(super) done: Status,
    /// It has the wrong length.
    pub(super) length: Status,
    /// What protects it does not fit.
    pub(super) integrity: Status,
}

impl Statuses {
    /// Those of all commands but few.
    const USUAL: Self =
        Self { done: Status::Ok, length: Status::LengthError, integrity: Status::IntegrityError };
}

/// Where a command lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Any,
    Picc,
    Application,
}

/// How many parameter bytes a command has in clear.
#[derive(Clone, Copy)]
pub(super) enum Size {
    /// A header that is never enciphered, and data.
    Exactly(usize, usize),
    /// As the selected level decides, all of it in clear.
    Depends(fn(&Card) -> usize),
    /// As many as there are, up to what the card takes, all of it in clear.
    UpTo(fn(&Card) -> usize),
    /// A header; what follows depends on it.
    AtLeast(usize),
    /// The same, and what follows may come in further frames.
    Chained(usize),
    /// At least so many in the first frame, and more in a second one, all of it in clear.
    Twice(usize),
}

/// What a command does.
pub(super) enum Action {
    /// Opens an authentication.
    Authenticate(Opening),
    /// Something within or without a session.
    Execute {
        /// Whether what it names exists and the rights allow it. Sees the header in clear.
        authorise: Authorise,
        /// Checks values, and acts. Sees all parameters in clear.
        execute: Execute,
    },
}

pub(super) type Authorise = fn(&Card, &[u8]) -> Result<Grant, Status>;
pub(super) type Execute = fn(&mut Card, &[u8], &mut Reply) -> Result<(), Status>;

impl Rule {
    /// A row, with what the command may do and what it does.
    pub(super) const fn new(
        ins: Ins,
        level: Level,
        mode: Mode,
        size: Size,
        (authorise, execute): (Authorise, Execute),
        source: &'static str,
    ) -> Self {
        let action = Action::Execute { authorise, execute };
        let statuses = Statuses::USUAL;
        Self { ins, level, mode, size, action, drops_pending: false, statuses, source }
    }

    /// A row of an authentication.
    pub(super) const fn opening(opening: Opening, size: Size, source: &'static str) -> Self {
        Self {
            ins: opening.ins(),
            level: Level::Any,
            mode: Mode::Bare,
            size,
            action: Action::Authenticate(opening),
            drops_pending: false,
            statuses: Statuses::USUAL,
            source,
        }
    }

    /// For a command an error of which drops what is pending, outside of a session too.
    pub(super) const fn drops_pending(mut self) -> Self {
        self.drops_pending = true;
        self
    }

    /// For a command with statuses of its own.
    pub(super) const fn with_statuses(mut self, statuses: Statuses) -> Self {
        self.statuses = statuses;
        self
    }

    /// The status with which this command is refused, where another would be with `status`.
    pub(super) fn refusal(&self, status: Status) -> Status {
        if status == Status::LengthError {
            self.statuses.length
        } else if status == Status::IntegrityError {
            self.statuses.integrity
        } else {
            status
        }
    }
}
