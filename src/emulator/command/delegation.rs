// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about delegated applications (EV2 and EV3). Deleting one is with the other deletions.

use crate::bytes::Cursor;
use crate::wire::{Aid, Ins, Status};

use super::application::check_unique;
use super::read;
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::definition::Definition;
use crate::emulator::delegation::{self, ENCIPHERING, MACING, MANAGER};
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// CreateDelegatedApplication.
pub(in crate::emulator) static CREATE_DELEGATED_APPLICATION: Rule = Rule::new(
    Ins::CreateDelegatedApplication,
    Level::Picc,
    Mode::Mac,
    Size::Twice(10),
    (may_create, create),
    "AN12696 and hosts of real cards; statuses: belief",
);

/// CreateDelegatedApplication: in a session of the key for it.
fn may_create(card: &Card, _body: &[u8]) -> Result<Grant, Status> {
    let manager = card.authenticated() == Some(MANAGER);
    if manager { Ok(Grant::MANAGE) } else { Err(Status::AuthenticationError) }
}

/// CreateDelegatedApplication: `AID slot version quota`, the rest as in CreateApplication, and in the second frame
/// the first key, enciphered, and the MAC of the card's issuer over all of it.
fn create(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let short = Status::LengthError;
    let (message, proof) = parameters.split_last_chunk::<8>().ok_or(short)?;
    let (head, sealed) = message.split_last_chunk::<32>().ok_or(short)?;
    let (aid, slot, version, quota, rest) = read(head, |cursor| {
        let aid = Aid::from_wire(cursor.array()?);
        let slot = u16::from_le_bytes(cursor.array()?);
        let version = cursor.u8()?;
        Ok((aid, slot, version, u16::from_le_bytes(cursor.array()?), cursor.rest()))
    })?;
    let new = Definition::parse(aid, rest, card.model().silicon())?;
    check_unique(card, &new)?;
    card.memory.check_slot(slot, version, quota, &new)?;
    let keys = &card.memory.master;
    let macing = keys.key(MACING).ok_or(Status::NoSuchKey)?;
    delegation::check(macing, &[&[Ins::CreateDelegatedApplication.into()], message], proof)?;
    let enciphering = keys.key(ENCIPHERING).ok_or(Status::NoSuchKey)?;
    let late = card.follows(Candidate::LateKeyVersion);
    let key = delegation::first_key(enciphering, sealed, new.slots.key_type, late)?;
    card.memory.create_delegated(slot, version, quota, new, &key);
    Ok(())
}

/// GetDelegatedInfo.
pub(in crate::emulator) static GET_DELEGATED_INFO: Rule = Rule::new(
    Ins::GetDelegatedInfo,
    Level::Picc,
    Mode::Mac,
    Size::Exactly(2, 0),
    (may_see, see),
    "a program for real cards, and notes of a blank EV3; the session: belief",
);

/// GetDelegatedInfo: of a slot that was ever used.
fn may_see(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let slot = u16::from_le_bytes(read(header, Cursor::array)?);
    card.memory.slots.get(&slot).ok_or(Status::ApplicationNotFound)?;
    Ok(Grant::MANAGE)
}

/// GetDelegatedInfo: `slot` in; version, quota and what is free of it in blocks, and the AID, which is 000000
/// where the application is gone.
fn see(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let number = u16::from_le_bytes(read(parameters, Cursor::array)?);
    let slot = card.memory.slots.get(&number).ok_or(Status::ApplicationNotFound)?;
    let mut living = card.memory.applications.iter();
    let aid = living.find(|found| found.slot == Some(number)).map_or(Aid::PICC, |found| found.aid);
    let free = u16::try_from(slot.free / 32).unwrap_or(u16::MAX);
    reply.data.push(slot.version);
    reply.data.extend(slot.quota.to_le_bytes());
    reply.data.extend(free.to_le_bytes());
    reply.data.extend(aid.to_wire());
    Ok(())
}
