// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, find and remove applications.

use crate::wire::{Aid, DfEntry, DfName, Ins, Status};

use super::{aid, read};
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::definition::{DELETES, Definition};
use crate::emulator::delegation::{self, MACING, MANAGER};
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

/// CreateApplication: free, or with the PICC master key. All behind the settings is as long as they say.
fn may_create(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let trailer = card.session.as_ref().map_or(0, |session| session.channel.trailer());
    let more = body.len().checked_sub(trailer).and_then(|length| length.checked_sub(5));
    let more = more.ok_or(Status::LengthError)?;
    let settings = Definition::settings(body.get(3..).unwrap_or_default(), card.model().silicon());
    if !matches!(more.checked_sub(settings), Some(0 | 2..=18)) {
        return Err(Status::LengthError);
    }
    card.require_master_unless(card.memory.master.settings.free_create)?;
    Ok(Grant { data: more, ..Grant::MANAGE })
}

/// CreateApplication: `AID settings slots [third settings [key sets]] [ISO identifier [name]]`. The default key
/// in all slots.
fn create(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (aid, rest) =
        read(parameters, |cursor| Ok((Aid::from_wire(cursor.array()?), cursor.rest())))?;
    let new = Definition::parse(aid, rest, card.model().silicon())?;
    check_unique(card, &new)?;
    card.memory.create_application(new)
}

/// Neither the AID nor an ISO name may be another application's.
pub(super) fn check_unique(card: &Card, new: &Definition) -> Result<(), Status> {
    let taken = new.iso.as_ref().and_then(|iso| {
        card.memory.iso_position(|other| {
            other.id == iso.id || (iso.name.is_some() && other.name == iso.name)
        })
    });
    if new.aid == Aid::PICC && card.follows(Candidate::PiccAid) {
        return Err(Status::ParameterError);
    }
    let name = new.iso.as_ref().and_then(|iso| iso.name.as_ref()).map(DfName::as_bytes);
    let of_card = name.is_some() && name == card.memory.configuration.name();
    let listed = card.memory.position(new.aid).is_some();
    if new.aid == Aid::PICC || listed || taken.is_some() || of_card {
        return Err(Status::Duplicate);
    }
    Ok(())
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
    Size::AtLeast(3),
    (may_delete, delete),
    "public captures of EV1 cards; inside the application: belief",
);

/// DeleteApplication: with the PICC master key at PICC level, or from inside with the
/// application's own master key where creating is free or the application was made so. A delegated one also in a
/// session of the key for it, with a proof of the card's issuer.
fn may_delete(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let trailer = card.session.as_ref().map_or(0, |session| session.channel.trailer());
    let more = body.len().saturating_sub(trailer).saturating_sub(3);
    let position = card.memory.position(aid(body)?).ok_or(Status::ApplicationNotFound)?;
    let application = card.memory.applications.get(position);
    let delegated = application.is_some_and(|found| found.slot.is_some());
    if delegated && more == PROOF && card.authenticated() == Some(MANAGER) {
        return Ok(Grant { data: PROOF, ..Grant::MANAGE });
    }
    let inside = match card.selected {
        None => true,
        Some(selected) => {
            let third = card.application()?.third.unwrap_or_default();
            let free = card.memory.master.settings.free_create || third & DELETES != 0;
            selected == position && free
        }
    };
    if inside { card.require_master() } else { Err(Status::AuthenticationError) }
}

/// DeleteApplication: `AID [proof]`. From inside the session goes too.
fn delete(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let position = card.memory.position(aid(parameters)?).ok_or(Status::ApplicationNotFound)?;
    if let Some((named, proof)) =
        parameters.split_at_checked(3).filter(|(_, proof)| !proof.is_empty())
    {
        let key = card.memory.master.key(MACING).ok_or(Status::NoSuchKey)?;
        delegation::check(key, &[&[Ins::DeleteApplication.into()], named], proof)?;
    }
    reply.ends_session = card.selected.take().is_some();
    card.memory.delete_application(position);
    Ok(())
}

/// How long a proof of the card's issuer is.
const PROOF: usize = 8;

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
