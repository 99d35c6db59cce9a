// SPDX-License-Identifier: MIT OR Apache-2.0
//! CommitTransaction `C7`, AbortTransaction `A7`.

use super::anybody;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::rule::{Level, Rule, Size};
use crate::wire::{Ins, Status};

pub(in crate::emulator) static COMMIT_TRANSACTION: Rule = Rule::new(
    Ins::CommitTransaction,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    "belief",
    (anybody, commit),
)
.transactional();
pub(in crate::emulator) static ABORT_TRANSACTION: Rule = Rule::new(
    Ins::AbortTransaction,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    "belief",
    (anybody, abort),
)
.transactional();

/// CommitTransaction.
fn commit(card: &mut Card, _parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    card.application_mut()?.commit()
}

/// AbortTransaction.
fn abort(card: &mut Card, _parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    card.application_mut()?.abort()
}
