// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about keys and their settings, of the PICC or of the selected application.

use zeroize::Zeroizing;

use crate::bytes::Cursor;
use crate::crypto::crc;
use crate::secret::ct_eq;
use crate::wire::{ChangeKeyRight, Ins, KeyDetails, KeyNo, KeySettings, KeySlots, KeyType, Status};

use super::read;
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::key_sets::KeySets;
use crate::emulator::keys::StoredKey;
use crate::emulator::rule::{Level, Rule, Size};

/// GetKeySettings.
pub(in crate::emulator) static GET_KEY_SETTINGS: Rule = Rule::new(
    Ins::GetKeySettings,
    Level::Any,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_see_settings, settings),
    "public captures of EV1 cards; EV2: belief",
);

/// GetKeySettings: free, or with the master key of the level.
fn may_see_settings(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_keys()?;
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetKeySettings: both settings bytes, and the third and what describes the key sets where the application
/// was created with them.
fn settings(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let (keys, application) = (card.keys(), card.application().ok());
    let iso_file_ids = application.is_some_and(|application| application.iso_file_ids);
    let slots = KeySlots { count: keys.count(), key_type: keys.kind(), iso_file_ids };
    let third = application.and_then(|application| application.third);
    let sets = application.and_then(|application| application.sets.as_ref());
    let sets = sets.map(KeySets::described);
    let mut told = KeyDetails { settings: keys.settings, slots, third, sets }.encode().to_vec();
    if sets.is_some() && card.follows(Candidate::SixByteSettings) {
        told.remove(THIRD);
    }
    reply.data.extend(told);
    Ok(())
}

/// Where the third settings byte stands.
const THIRD: usize = 2;

/// ChangeKeySettings.
pub(in crate::emulator) static CHANGE_KEY_SETTINGS: Rule = Rule::new(
    Ins::ChangeKeySettings,
    Level::Any,
    Mode::Full,
    Size::Exactly(0, 1),
    (may_change_settings, change_settings),
    "public captures of EV1 cards; EV2: belief",
);

/// ChangeKeySettings: with the master key, unless frozen.
fn may_change_settings(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if !card.keys().settings.settings_changeable {
        return Err(Status::PermissionDenied);
    }
    card.require_master()
}

/// ChangeKeySettings. At PICC level the upper bits are reserved.
fn change_settings(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let settings = KeySettings::from_byte(read(parameters, Cursor::u8)?);
    if card.selected.is_none() && settings.change != ChangeKeyRight::Key(KeyNo::MASTER) {
        return Err(Status::ParameterError);
    }
    card.keys_mut().settings = settings;
    Ok(())
}

/// GetKeyVersion.
pub(in crate::emulator) static GET_KEY_VERSION: Rule = Rule::new(
    Ins::GetKeyVersion,
    Level::Any,
    Mode::Mac,
    Size::AtLeast(1),
    (may_see_version, version),
    "public captures of an EV1 card and an NTAG 424 DNA; of key sets: two libraries",
);

/// GetKeyVersion: free; the key must exist.
fn may_see_version(card: &Card, body: &[u8]) -> Result<Grant, Status> {
    let byte = read(body, Cursor::u8)?;
    let several = card.application().is_ok_and(|application| application.sets.is_some());
    if several && byte & OF_SET != 0 {
        // Which set has to be there before the key of it is looked for.
        return Ok(Grant { data: 1, ..Grant::MANAGE });
    }
    card.keys().key(byte).ok_or(Status::NoSuchKey)?;
    Ok(Grant::MANAGE)
}

/// GetKeyVersion: `number`, or where there are several key sets `number set` with bit 6 in the number: one byte,
/// or with bit 7 in the set those of all sets.
fn version(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let (&byte, set) = parameters.split_first().ok_or(Status::LengthError)?;
    let sets = card.application().ok().and_then(|application| application.sets.as_ref());
    let found = match (sets, set) {
        (Some(sets), [set]) if set & ALL_SETS != 0 => {
            reply.data.extend(sets.versions());
            return Ok(());
        }
        (Some(_), [0]) => card.keys().key(byte ^ OF_SET),
        (Some(sets), [set]) => sets.set(*set)?.keys.get(usize::from(byte ^ OF_SET)),
        (_, _) => card.keys().key(byte),
    };
    reply.data.push(found.ok_or(Status::NoSuchKey)?.version());
    Ok(())
}

/// In the number of a key: the number of its set follows.
const OF_SET: u8 = 0x40;
/// In the number of a set: all of them.
const ALL_SETS: u8 = 0x80;

/// ChangeKey.
pub(in crate::emulator) static CHANGE_KEY: Rule = Rule::new(
    Ins::ChangeKey,
    Level::Any,
    Mode::Full,
    Size::AtLeast(1),
    (may_change, change),
    "public captures of EV1 cards; AN12343, tables 39 and 40",
);

/// ChangeKey: with the key that the settings name, unless frozen. Tells how long the new key is.
pub(super) fn may_change(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    if card.session.is_none() && card.follows(Candidate::SessionBeforeKey) {
        return Err(Status::AuthenticationError);
    }
    let Target { number, kind } = target(card, header)?;
    let changer = card.keys().changer(number).ok_or(Status::PermissionDenied)?;
    if card.authenticated() != Some(changer) {
        return Err(Status::AuthenticationError);
    }
    let version = usize::from(kind == KeyType::Aes);
    let tail = if changer == number { 0 } else { Checksum::of(card).length() };
    let data = kind.length().saturating_add(version);
    Ok(Grant { data, tail, ..Grant::MANAGE })
}

/// ChangeKey: `number | key [version]` for the session's own key, which ends the session, and
/// `number | (key xor old key) [version] | CRC(key)` for another.
pub(super) fn change(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let Target { number, kind } = target(card, parameters)?;
    let own = card.authenticated() == Some(number);
    let sent = parameters.get(1..).unwrap_or_default();
    let old = if own { None } else { card.keys().key(number) };
    let key = new_key(sent, kind, old, &Checksum::of(card))?;
    card.keys_mut().store(number, key);
    reply.ends_session = own;
    Ok(())
}

/// A new key, as it was sent in clear: with the old one mixed in and a checksum where there is one.
pub(super) fn new_key(
    sent: &[u8],
    kind: KeyType,
    old: Option<&StoredKey>,
    checksum: &Checksum,
) -> Result<StoredKey, Status> {
    let mut cursor = Cursor::new("new key", sent);
    let wrong = |_| Status::LengthError;
    let mut bytes = Zeroizing::new(cursor.take(kind.length()).map_err(wrong)?.to_vec());
    let version = if kind == KeyType::Aes { cursor.u8().map_err(wrong)? } else { 0 };
    if let Some(old) = old {
        for (byte, old) in bytes.iter_mut().zip(old.bytes()) {
            *byte ^= old;
        }
        if !checksum.fits(&bytes, cursor.rest()) {
            return Err(Status::IntegrityError);
        }
    }
    StoredKey::new(kind, &bytes, version).ok_or(Status::LengthError)
}

/// Which key ChangeKey means, and of which type it is to be.
struct Target {
    number: u8,
    kind: KeyType,
}

/// Bits 7 and 6 of the number name the new type of the PICC master key; elsewhere they are 0.
fn target(card: &Card, header: &[u8]) -> Result<Target, Status> {
    let byte = read(header, Cursor::u8)?;
    let number = byte & 0x3F;
    let keys = card.keys();
    keys.key(number).ok_or(Status::NoSuchKey)?;
    let kind = match card.selected {
        // With or without the bits that say AES.
        None if keys.is_further(number) => match KeyType::from_bits(byte) {
            Some(KeyType::Des | KeyType::Aes) => KeyType::Aes,
            Some(KeyType::Tdes3) | None => return Err(Status::ParameterError),
        },
        None => KeyType::from_bits(byte).ok_or(Status::ParameterError)?,
        Some(_) if byte == number => keys.kind(),
        Some(_) => return Err(Status::ParameterError),
    };
    Ok(Target { number, kind })
}

/// The checksum over the new key, as the session has it.
pub(super) enum Checksum {
    Crc16,
    Crc32,
}

impl Checksum {
    pub(super) const fn of(card: &Card) -> Self {
        match &card.session {
            Some(open) if open.channel.checks_keys_with_crc16() => Self::Crc16,
            _ => Self::Crc32,
        }
    }

    pub(super) const fn length(&self) -> usize {
        match self {
            Self::Crc16 => 2,
            Self::Crc32 => 4,
        }
    }

    pub(super) fn fits(&self, key: &[u8], sent: &[u8]) -> bool {
        match self {
            Self::Crc16 => ct_eq(&crc::crc16(&[key]), sent),
            Self::Crc32 => ct_eq(&crc::crc32(&[key]), sent),
        }
    }
}
