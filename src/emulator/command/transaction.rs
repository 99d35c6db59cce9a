// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ends of a transaction.

use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};
use crate::wire::{Ins, Status};

/// Who wrote may commit or abort.
const fn anybody(_card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    Ok(Grant::MANAGE)
}

/// CommitTransaction.
pub(in crate::emulator) static COMMIT_TRANSACTION: Rule = Rule::new(
    Ins::CommitTransaction,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    (anybody, commit),
    "belief",
)
.drops_pending();

/// CommitTransaction.
fn commit(card: &mut Card, _parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    card.application_mut()?.commit()
}

/// AbortTransaction.
pub(in crate::emulator) static ABORT_TRANSACTION: Rule = Rule::new(
    Ins::AbortTransaction,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    (anybody, abort),
    "belief",
)
.drops_pending();

/// AbortTransaction.
fn abort(card: &mut Card, _parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    card.application_mut()?.abort()
}
