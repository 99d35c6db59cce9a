// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, find and remove applications.

use crate::bytes::Cursor;
use crate::wire::{
    Aid, DfEntry, DfName, Generation, IsoDf, IsoFileId, KeySettings, KeySlots, Status,
};

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
    card.iso.clear();
    card.selected = card.memory.position(aid(parameters)?);
    Ok(())
}

/// CreateApplication: free, or with the PICC master key. An ISO identifier may follow, and a name.
pub(in super::super) fn may_create(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let trailer = card.session.as_ref().map_or(0, |session| session.channel.trailer());
    let names = body.len().saturating_sub(trailer).saturating_sub(5);
    if !matches!(names, 0 | 2..=18) {
        return Err(Status::LengthError);
    }
    card.require_master_unless(card.memory.master.settings.free_create)?;
    Ok(Grant { data: names, ..Grant::MANAGE })
}

/// CreateApplication: `AID settings slots [ISO identifier [name]]`. The default key in all slots.
pub(in super::super) fn create(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    let (aid, [settings, slots], names) = read(parameters, |cursor| {
        Ok((Aid::from_wire(cursor.array()?), cursor.array::<2>()?, cursor.rest()))
    })?;
    let iso = iso_names(names)?;
    let slots = KeySlots::from_byte(slots).map_err(|_| Status::ParameterError)?;
    let empty = slots.count == 0 && card.model().generation() > Generation::Ev1;
    if empty {
        return Err(Status::ParameterError);
    }
    let taken = iso.as_ref().and_then(|iso| {
        card.memory.iso_position(|other| {
            other.id == iso.id || (iso.name.is_some() && other.name == iso.name)
        })
    });
    if aid == Aid::PICC || card.memory.position(aid).is_some() || taken.is_some() {
        return Err(Status::Duplicate);
    }
    card.memory.create_application(aid, iso, KeySettings::from_byte(settings), slots)
}

fn iso_names(bytes: &[u8]) -> Result<Option<IsoDf>, Status> {
    let Some((&id, name)) = bytes.split_first_chunk() else { return Ok(None) };
    let id = IsoFileId::from_wire(id).ok_or(Status::ParameterError)?;
    let name = match name {
        [] => None,
        name => Some(DfName::new(name).map_err(|_| Status::LengthError)?),
    };
    Ok(Some(IsoDf { id, name }))
}

/// GetDFNames: one application a frame, of those that have ISO names.
pub(in super::super) fn names(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    for application in &card.memory.applications {
        let Some(iso) = &application.iso else { continue };
        let entry = DfEntry { aid: application.aid, iso: iso.clone() };
        reply.data.extend(entry.encode());
        reply.ends.push(reply.data.len());
    }
    Ok(())
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
