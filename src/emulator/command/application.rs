// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, find and remove applications.

use crate::bytes::Cursor;
use crate::wire::{Aid, Generation, KeySettings, KeySlots, Status};

use super::super::card::Card;
use super::super::frames::{Cut, Reply};
use super::super::rules::Grant;
use super::read;

fn aid(parameters: &[u8]) -> Result<Aid, Status> {
    read(parameters, Cursor::array).map(Aid::from_wire)
}

/// SelectApplication: what is named must exist.
pub(in super::super) fn may_select(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let aid = aid(header)?;
    let known = aid == Aid::PICC || card.memory.position(aid).is_some();
    if known { Ok(Grant::MANAGE) } else { Err(Status::ApplicationNotFound) }
}

/// SelectApplication: session and pending writes go, the application already selected or not.
pub(in super::super) fn select(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    card.end_session();
    card.selected = card.memory.position(aid(parameters)?);
    Ok(())
}

/// CreateApplication: free, or with the PICC master key.
pub(in super::super) fn may_create(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.memory.master.settings.free_create)
}

/// CreateApplication: `AID settings slots`. Zero keys, version 0.
pub(in super::super) fn create(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    let (aid, [settings, slots]) =
        read(parameters, |cursor| Ok((Aid::from_wire(cursor.array()?), cursor.array::<2>()?)))?;
    let slots = KeySlots::from_byte(slots).map_err(|_| Status::ParameterError)?;
    let empty = slots.count == 0 && card.model().generation() > Generation::Ev1;
    if slots.iso_file_ids || empty {
        return Err(Status::ParameterError);
    }
    if aid == Aid::PICC || card.memory.position(aid).is_some() {
        return Err(Status::Duplicate);
    }
    card.memory.create_application(aid, KeySettings::from_byte(settings), slots)
}

/// DeleteApplication: with the PICC master key at PICC level, or from inside with the
/// application's own master key where creating is free.
pub(in super::super) fn may_delete(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let position = card.memory.position(aid(header)?).ok_or(Status::ApplicationNotFound)?;
    let inside = match card.selected {
        None => true,
        Some(selected) => selected == position && card.memory.master.settings.free_create,
    };
    if inside { card.require_master() } else { Err(Status::AuthenticationError) }
}

/// DeleteApplication: from inside the session goes too.
pub(in super::super) fn delete(
    card: &mut Card,
    parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let position = card.memory.position(aid(parameters)?).ok_or(Status::ApplicationNotFound)?;
    reply.ends_session = card.selected.take().is_some();
    card.memory.delete_application(position);
    Ok(())
}

/// GetApplicationIDs: free, or with the PICC master key.
pub(in super::super) fn may_list(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.memory.master.settings.free_list)
}

/// GetApplicationIDs: three bytes each, 19 to a frame.
pub(in super::super) fn list(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    for application in &card.memory.applications {
        reply.data.extend(application.aid.to_wire());
    }
    reply.cut = Cut::IDENTIFIERS;
    Ok(())
}
