// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about the key sets of the selected application (EV2 and EV3).

use crate::bytes::Cursor;
use crate::wire::{Ins, KeyType, Status};

use super::key::{self, Checksum};
use super::read;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::key_sets::KeySets;
use crate::emulator::rule::{Level, Rule, Size};

/// The sets of the selected application, which must have been made with several.
fn sets(card: &Card) -> Result<&KeySets, Status> {
    card.application()?.sets.as_ref().ok_or(Status::PermissionDenied)
}

fn sets_mut(card: &mut Card) -> Result<&mut KeySets, Status> {
    card.application_mut()?.sets.as_mut().ok_or(Status::PermissionDenied)
}

/// InitializeKeySet.
pub(in crate::emulator) static INITIALIZE_KEY_SET: Rule = Rule::new(
    Ins::InitializeKeySet,
    Level::Application,
    Mode::Mac,
    Size::Exactly(2, 0),
    (may_prepare, prepare),
    "notes of a real EV3; statuses: belief",
);

/// InitializeKeySet: with the application's master key.
fn may_prepare(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    sets(card)?.require_other(number)?;
    card.require_master()
}

/// InitializeKeySet: `set type`, the type counted from 0 for DES, 3K3DES and AES. What the set held is gone.
fn prepare(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (number, kind) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.u8()?)))?;
    let kind = match kind {
        0 => KeyType::Des,
        1 => KeyType::Tdes3,
        2 => KeyType::Aes,
        _ => return Err(Status::ParameterError),
    };
    let count = card.keys().count();
    sets_mut(card)?.prepare(number, kind, count)
}

/// FinalizeKeySet.
pub(in crate::emulator) static FINALIZE_KEY_SET: Rule = Rule::new(
    Ins::FinalizeKeySet,
    Level::Application,
    Mode::Mac,
    Size::Exactly(2, 0),
    (may_close, close),
    "notes of a real EV3; statuses: belief",
);

/// FinalizeKeySet: of a set that is ready, with the application's master key.
fn may_close(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    sets(card)?.require_other(number)?;
    sets(card)?.set(number)?;
    card.require_master()
}

/// FinalizeKeySet: `set version`.
fn close(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (number, version) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.u8()?)))?;
    sets_mut(card)?.close(number, version)
}

/// RollKeySet.
pub(in crate::emulator) static ROLL_KEY_SET: Rule = Rule::new(
    Ins::RollKeySet,
    Level::Application,
    Mode::Mac,
    Size::Exactly(1, 0),
    (may_roll, roll),
    "notes of a real EV3; statuses: belief",
);

/// RollKeySet: with the key that the application was made with for it.
fn may_roll(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    let sets = sets(card)?;
    sets.require_other(number)?;
    let may = card.authenticated() == Some(sets.roller());
    if may { Ok(Grant::MANAGE) } else { Err(Status::AuthenticationError) }
}

/// RollKeySet: `set`. The session ends, and the reply is bare.
fn roll(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let number = read(parameters, Cursor::u8)?;
    let application = card.application_mut()?;
    let sets = application.sets.as_mut().ok_or(Status::PermissionDenied)?;
    sets.roll(number, &mut application.keys)?;
    reply.ends_session = true;
    Ok(())
}

/// ChangeKeyEV2.
pub(in crate::emulator) static CHANGE_KEY_EV2: Rule = Rule::new(
    Ins::ChangeKeyEv2,
    Level::Application,
    Mode::Full,
    Size::AtLeast(2),
    (may_change, change),
    "notes of a real EV3; statuses: belief",
);

/// ChangeKeyEV2: as ChangeKey for the active set, and with the same key for a key of another one that takes
/// keys.
fn may_change(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (set, number) = read(header, |cursor| Ok((cursor.u8()?, cursor.u8()?)))?;
    let sets = sets(card)?;
    if set == 0 {
        return key::may_change(card, &[number]);
    }
    let set = sets.set(set)?;
    if set.closed {
        return Err(Status::PermissionDenied);
    }
    set.keys.get(usize::from(number)).ok_or(Status::NoSuchKey)?;
    let changer = card.keys().changer(number).ok_or(Status::PermissionDenied)?;
    let session = card.session.as_ref().filter(|open| open.key == changer);
    let session = session.ok_or(Status::AuthenticationError)?;
    // Of another messaging nobody has said how the checksum goes.
    if session.channel.thread().is_none() {
        return Err(Status::PermissionDenied);
    }
    let version = usize::from(set.kind == KeyType::Aes);
    let data = set.kind.length().saturating_add(version);
    Ok(Grant { data, tail: Checksum::of(card).length(), ..Grant::MANAGE })
}

/// ChangeKeyEV2: `set number`, then as ChangeKey; of another set than the active one always `(key xor old key)
/// [version] | CRC(key)`, and the session goes on.
fn change(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let (set, rest) = parameters.split_first().ok_or(Status::LengthError)?;
    if *set == 0 {
        return key::change(card, rest, reply);
    }
    let checksum = Checksum::of(card);
    let set = sets_mut(card)?.set_mut(*set)?;
    let (number, sent) = rest.split_first().ok_or(Status::LengthError)?;
    let slot = set.keys.get_mut(usize::from(*number)).ok_or(Status::NoSuchKey)?;
    *slot = key::new_key(sent, set.kind, Some(slot), &checksum)?;
    Ok(())
}
