// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about keys and their settings, of the PICC or of the selected application.

use zeroize::Zeroizing;

use crate::bytes::Cursor;
use crate::crypto::crc;
use crate::secret::ct_eq;
use crate::wire::{ChangeKeyRight, KeyNo, KeySettings, KeySlots, KeyType, Status};

use super::super::card::Card;
use super::super::channel::{Channel, Session};
use super::super::frames::Reply;
use super::super::keys::StoredKey;
use super::super::rules::Grant;
use super::read;

/// GetKeySettings: free, or with the master key of the level.
pub(in super::super) fn may_see_settings(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetKeySettings: both settings bytes.
pub(in super::super) fn settings(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let keys = card.keys();
    let iso_file_ids = card.application().is_ok_and(|application| application.iso_file_ids);
    let slots = KeySlots { count: keys.count(), key_type: keys.kind(), iso_file_ids };
    reply.data.extend([keys.settings.to_byte(), slots.to_byte()]);
    Ok(())
}

/// ChangeKeySettings: with the master key, unless frozen.
pub(in super::super) fn may_change_settings(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if !card.keys().settings.settings_changeable {
        return Err(Status::PermissionDenied);
    }
    card.require_master()
}

/// ChangeKeySettings. At PICC level the upper bits are reserved.
pub(in super::super) fn change_settings(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    let settings = KeySettings::from_byte(read(parameters, Cursor::u8)?);
    if card.selected.is_none() && settings.change != ChangeKeyRight::Key(KeyNo::MASTER) {
        return Err(Status::ParameterError);
    }
    card.keys_mut().settings = settings;
    Ok(())
}

/// GetKeyVersion: free; the key must exist.
pub(in super::super) fn may_see_version(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    card.keys().key(read(header, Cursor::u8)?).ok_or(Status::NoSuchKey)?;
    Ok(Grant::MANAGE)
}

/// GetKeyVersion: one byte.
pub(in super::super) fn version(
    card: &mut Card,
    parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let key = card.keys().key(read(parameters, Cursor::u8)?).ok_or(Status::NoSuchKey)?;
    reply.data.push(key.version());
    Ok(())
}

/// ChangeKey: with the key that the settings name, unless frozen. Tells how long the new key is.
pub(in super::super) fn may_change(card: &Card, header: &[u8]) -> Result<Grant, Status> {
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
pub(in super::super) fn change(
    card: &mut Card,
    parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let Target { number, kind } = target(card, parameters)?;
    let own = card.authenticated() == Some(number);
    let mut cursor = Cursor::new("new key", parameters.get(1..).unwrap_or_default());
    let wrong = |_| Status::LengthError;
    let mut bytes = Zeroizing::new(cursor.take(kind.length()).map_err(wrong)?.to_vec());
    let version = if kind == KeyType::Aes { cursor.u8().map_err(wrong)? } else { 0 };
    if !own {
        let old = card.keys().key(number).ok_or(Status::NoSuchKey)?;
        for (byte, old) in bytes.iter_mut().zip(old.bytes()) {
            *byte ^= old;
        }
        if !Checksum::of(card).fits(&bytes, cursor.rest()) {
            return Err(Status::IntegrityError);
        }
    }
    let key = StoredKey::new(kind, &bytes, version).ok_or(Status::LengthError)?;
    card.keys_mut().store(number, key);
    reply.ends_session = own;
    Ok(())
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
        None => KeyType::from_bits(byte).ok_or(Status::ParameterError)?,
        Some(_) if byte == number => keys.kind(),
        Some(_) => return Err(Status::ParameterError),
    };
    Ok(Target { number, kind })
}

/// The checksum over the new key, as the session has it.
enum Checksum {
    Crc16,
    Crc32,
}

impl Checksum {
    const fn of(card: &Card) -> Self {
        match &card.session {
            Some(Session { channel: Channel::D40(_), .. }) => Self::Crc16,
            _ => Self::Crc32,
        }
    }

    const fn length(&self) -> usize {
        match self {
            Self::Crc16 => 2,
            Self::Crc32 => 4,
        }
    }

    fn fits(&self, key: &[u8], sent: &[u8]) -> bool {
        match self {
            Self::Crc16 => ct_eq(&crc::crc16(&[key]), sent),
            Self::Crc32 => ct_eq(&crc::crc32(&[key]), sent),
        }
    }
}
