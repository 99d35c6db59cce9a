// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ends of a transaction.

use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};
use crate::emulator::transaction_mac::TransactionMac;
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
    Size::UpTo(option_bytes),
    (anybody, commit),
    "belief; the option: AN12343, table 32",
)
.drops_pending();

/// An option, where there are transaction MACs.
fn option_bytes(card: &Card) -> usize {
    usize::from(card.has_transaction_macs())
}

/// CommitTransaction: `[option]`. With option 01 the counter and the MAC of the transaction are told.
fn commit(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let told = match parameters {
        [] | [0x00] => false,
        [0x01] => true,
        _ => return Err(Status::ParameterError),
    };
    let application = card.application_mut()?;
    application.commit(told)?;
    let mac = application.transaction_mac.as_ref().filter(|_| told);
    reply.data.extend(mac.into_iter().flat_map(TransactionMac::contents));
    Ok(())
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
