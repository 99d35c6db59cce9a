// SPDX-License-Identifier: MIT OR Apache-2.0
//! SelectApplication.

use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};
use crate::wire::{Aid, Ins, Status};

use super::aid;

/// SelectApplication.
pub(in crate::emulator) static SELECT_APPLICATION: Rule = Rule::new(
    Ins::SelectApplication,
    Level::Any,
    Mode::Bare,
    Size::Exactly(3, 0),
    (may_select, select),
    "public captures of EV1 cards",
);

/// SelectApplication: what is named must exist.
fn may_select(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let aid = aid(header)?;
    let known = aid == Aid::PICC || card.memory.position(aid).is_some();
    if known { Ok(Grant::MANAGE) } else { Err(Status::ApplicationNotFound) }
}

/// SelectApplication: session and pending writes go, the application already selected or not.
fn select(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    card.end_session();
    card.iso.clear();
    card.selected = card.memory.position(aid(parameters)?);
    card.entered = card.selected.is_some();
    Ok(())
}
