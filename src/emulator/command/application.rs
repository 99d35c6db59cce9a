// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, find and remove applications.

use crate::wire::{
    Aid, DfEntry, DfName, Ins, IsoDf, IsoFileId, KeySettings, KeySlots, Layout, Status,
};

use super::{aid, read};
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// CreateApplication.
pub(in crate::emulator) static CREATE_APPLICATION: Rule = Rule::new(
    Ins::CreateApplication,
    Level::Picc,
    Mode::Mac,
    Size::AtLeast(5),
    (may_create, create),
    "public captures of EV1 cards; EV2: belief",
);

/// CreateApplication: free, or with the PICC master key. An ISO identifier may follow, and a name.
fn may_create(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let trailer = card.session.as_ref().map_or(0, |session| session.channel.trailer());
    let names = body.len().saturating_sub(trailer).saturating_sub(5);
    if !matches!(names, 0 | 2..=18) {
        return Err(Status::LengthError);
    }
    card.require_master_unless(card.memory.master.settings.free_create)?;
    Ok(Grant { data: names, ..Grant::MANAGE })
}

/// CreateApplication: `AID settings slots [ISO identifier [name]]`. The default key in all slots.
fn create(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (aid, [settings, slots], names) = read(parameters, |cursor| {
        Ok((Aid::from_wire(cursor.array()?), cursor.array::<2>()?, cursor.rest()))
    })?;
    let iso = iso_names(names)?;
    let slots = KeySlots::from_byte(slots).map_err(|_| Status::ParameterError)?;
    let Layout::Free(room) = card.model().silicon().layout else {
        return Err(Status::IllegalCommand);
    };
    if !(room.fewest_keys..=room.most_keys).contains(&slots.count) {
        return Err(Status::ParameterError);
    }
    let taken = iso.as_ref().and_then(|iso| {
        card.memory.iso_position(|other| {
            other.id == iso.id || (iso.name.is_some() && other.name == iso.name)
        })
    });
    if aid == Aid::PICC && card.follows(Candidate::PiccAid) {
        return Err(Status::ParameterError);
    }
    let name = iso.as_ref().and_then(|iso| iso.name.as_ref()).map(DfName::as_bytes);
    let of_card = name.is_some() && name == card.memory.configuration.name();
    if aid == Aid::PICC || card.memory.position(aid).is_some() || taken.is_some() || of_card {
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

/// GetDFNames.
pub(in crate::emulator) static GET_DF_NAMES: Rule = Rule::new(
    Ins::GetDfNames,
    Level::Picc,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_list, names),
    "belief",
);

/// GetDFNames: one application a frame, of those that have ISO names.
fn names(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    for application in &card.memory.applications {
        let Some(iso) = &application.iso else { continue };
        let entry = DfEntry { aid: application.aid, iso: iso.clone() };
        reply.data.extend(entry.encode());
        reply.ends.push(reply.data.len());
    }
    Ok(())
}

/// DeleteApplication.
pub(in crate::emulator) static DELETE_APPLICATION: Rule = Rule::new(
    Ins::DeleteApplication,
    Level::Any,
    Mode::Mac,
    Size::Exactly(3, 0),
    (may_delete, delete),
    "public captures of EV1 cards; inside the application: belief",
);

/// DeleteApplication: with the PICC master key at PICC level, or from inside with the
/// application's own master key where creating is free.
fn may_delete(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let position = card.memory.position(aid(header)?).ok_or(Status::ApplicationNotFound)?;
    let inside = match card.selected {
        None => true,
        Some(selected) => selected == position && card.memory.master.settings.free_create,
    };
    if inside { card.require_master() } else { Err(Status::AuthenticationError) }
}

/// DeleteApplication: from inside the session goes too.
fn delete(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let position = card.memory.position(aid(parameters)?).ok_or(Status::ApplicationNotFound)?;
    reply.ends_session = card.selected.take().is_some();
    card.memory.delete_application(position);
    Ok(())
}

/// GetApplicationIDs: free, or with the PICC master key.
fn may_list(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.memory.master.settings.free_list)
}

/// GetApplicationIDs.
pub(in crate::emulator) static GET_APPLICATION_IDS: Rule = Rule::new(
    Ins::GetApplicationIds,
    Level::Picc,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_list, list),
    "public captures of EV1 cards; EV2: belief",
);

/// GetApplicationIDs: three bytes each, 19 to a frame.
fn list(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    for application in &card.memory.applications {
        reply.data.extend(application.aid.to_wire());
    }
    reply.cut = Cut::IDENTIFIERS;
    Ok(())
}
