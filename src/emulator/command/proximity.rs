// SPDX-License-Identifier: MIT OR Apache-2.0
//! The proximity check. From PreparePC on the card answers nothing else until VerifyPC.

use crate::bytes::Cursor;
use crate::secret::ct_eq;
use crate::wire::{Ins, Status};

use super::read;
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::proximity::{PREPARED, Proximity, RANDOM};
use crate::emulator::rule::{Level, Rule, Size, Statuses};

/// PreparePC.
pub(in crate::emulator) static PREPARE_PC: Rule = Rule::new(
    Ins::PreparePc,
    Level::Any,
    Mode::Bare,
    Size::Exactly(0, 0),
    (may_prepare, prepare),
    "a public capture of an EV3",
)
.with_statuses(DONE);

/// PreparePC: anybody.
const fn may_prepare(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    let elsewhere = card.selected.is_none() && card.follows(Candidate::ProximityInApplications);
    if elsewhere { Err(NOT_NOW) } else { Ok(Grant::MANAGE) }
}

/// PreparePC: what the card says of itself. A session ends.
fn prepare(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    card.end_session();
    let mut drawn = [0; RANDOM];
    card.nonces.fill(&mut drawn);
    card.proximity = Some(Proximity::new(drawn));
    reply.data.extend(PREPARED);
    Ok(())
}

/// ProximityCheck.
pub(in crate::emulator) static PROXIMITY_CHECK: Rule = Rule::new(
    Ins::ProximityCheck,
    Level::Any,
    Mode::Bare,
    Size::UpTo(round_bytes),
    (is_prepared, check),
    "an exchange published with Proxmark3",
)
.with_statuses(DONE);

/// The length of a round and all bytes in one.
const fn round_bytes(_card: &Card) -> usize {
    1 + RANDOM
}

/// PreparePC must have come before.
const fn is_prepared(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if card.proximity.is_some() { Ok(Grant::MANAGE) } else { Err(NOT_NOW) }
}

/// ProximityCheck: `length bytes`, and as many come back.
fn check(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let (length, sent) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.rest())))?;
    if sent.is_empty() || usize::from(length) != sent.len() {
        return Err(Status::LengthError);
    }
    let proximity = card.proximity.as_mut().ok_or(NOT_NOW)?;
    reply.data.extend(proximity.round(sent).ok_or(Status::ParameterError)?);
    Ok(())
}

/// VerifyPC.
pub(in crate::emulator) static VERIFY_PC: Rule = Rule::new(
    Ins::VerifyPc,
    Level::Any,
    Mode::Bare,
    Size::Exactly(8, 0),
    (is_prepared, verify),
    "implementations of readers agree; their published exchange ends before it",
)
.with_statuses(DONE);

/// VerifyPC: the MAC of the reader, and that of the card for it. The check is over either way.
fn verify(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let sent: [u8; 8] = read(parameters, Cursor::array)?;
    let proximity = card.proximity.take().filter(Proximity::is_begun).ok_or(NOT_NOW)?;
    if !ct_eq(&proximity.mac(Ins::VerifyPc.code(), &KEY), &sent) {
        return Err(Status::AuthenticationError);
    }
    reply.data.extend(proximity.mac(DONE.done.into(), &KEY));
    Ok(())
}

/// Key 21 of the card as the factory leaves it, in every application too.
const KEY: [u8; 16] = [0x00; 16];
/// What stands for success.
const DONE: Statuses = Statuses {
    done: Status::Unknown(0x90),
    length: Status::LengthError,
    integrity: Status::IntegrityError,
};
/// Not in this state.
pub(in crate::emulator) const NOT_NOW: Status = Status::Unknown(0x0B);
