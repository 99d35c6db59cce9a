// SPDX-License-Identifier: MIT OR Apache-2.0
//! SetConfiguration of a DESFire Light (MF2DL(H)x0, SetConfiguration): names and numbers that are given
//! once, the value file, what it shows of itself.

use crate::iso14443::Ats;
use crate::wire::{DfName, FileKind, IsoDf, IsoFileId, Status, ValueLimits};

use super::{read, tag};
use crate::emulator::application::Application;
use crate::emulator::card::Card;
use crate::emulator::file::File;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::iso::PICC_NAME;

/// How the data of an option come, of which so many bytes were sent; `None` where the chip has no such option.
pub(super) fn grant(card: &Card, option: u8, sent: usize) -> Option<Grant> {
    let data = match option {
        // Padding marks the end of what has no one length.
        ATS | APPLICATION_NAME | FILE_NUMBERS => {
            return Some(Grant { data: sent, marked: true, ..Grant::MANAGE });
        }
        SAK => 2,
        VALUE => 14,
        _ => tag::data_of(card, option)?,
    };
    Some(Grant { data, ..Grant::MANAGE })
}

/// SetConfiguration of the application.
pub(super) fn configure(
    card: &mut Card,
    option: u8,
    data: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    match (option, data) {
        (SWITCHES, &[byte]) => {
            if byte & !0x22 != 0 {
                return Err(Status::ParameterError);
            }
            let configuration = &mut card.memory.configuration;
            configuration.picc.random_uid |= byte & 0x02 != 0;
            configuration.uid_form.legacy = byte & 0x20 != 0;
            Ok(())
        }
        (ATS, data) => {
            if !(5..=20).contains(&data.len()) {
                return Err(Status::LengthError);
            }
            let legal = matches!(data, [_, 0x75 | 0x77, _, 0x71 | 0x81, 0x02, ..]);
            let ats = Ats::new(data).ok().filter(|_| legal).ok_or(Status::ParameterError)?;
            card.memory.configuration.ats = Some(ats);
            Ok(())
        }
        (SECURE_MESSAGING, &[low, high]) if low & !0x04 != 0 || high != 0 => {
            Err(Status::ParameterError)
        }
        (APPLICATION_NAME, data) => rename(card, data),
        (FILE_NUMBERS, data) => renumber(card, data),
        (VALUE, data) => set_value(card, data),
        (SAK, data) => {
            card.memory.configuration.told.insert(option, data.to_vec());
            Ok(())
        }
        (option, data) => tag::configure(card, option, data, reply),
    }
}

/// What can be told once must not have been.
fn require_first(card: &Card, option: u8) -> Result<(), Status> {
    let told = card.memory.configuration.told.contains_key(&option);
    if told { Err(Status::PermissionDenied) } else { Ok(()) }
}

/// `option name [ISO identifier]`: bit 7 for an identifier, bits 4 to 0 how long the name is, which is
/// filled up to 16 bytes.
fn rename(card: &mut Card, data: &[u8]) -> Result<(), Status> {
    let (option, padded, rest) =
        read(data, |cursor| Ok((cursor.u8()?, cursor.array::<16>()?, cursor.rest())))?;
    let (identified, length) = (option & 0x80 != 0, usize::from(option & 0x1F));
    if rest.len() != if identified { 2 } else { 0 } {
        return Err(Status::LengthError);
    }
    let name = padded.get(..length).filter(|_| option & 0x60 == 0);
    let name = name.and_then(|name| DfName::new(name).ok()).ok_or(Status::ParameterError)?;
    let id = identifier(rest)?;
    require_first(card, APPLICATION_NAME)?;
    let application = card.application_mut()?;
    if name.as_bytes() == PICC_NAME || id.is_some_and(|id| application.iso_file(id).is_some()) {
        return Err(Status::Duplicate);
    }
    let id = id.or(application.iso.as_ref().map(|iso| iso.id)).ok_or(Status::ParameterError)?;
    application.iso = Some(IsoDf { id, name: Some(name) });
    card.memory.configuration.told.insert(APPLICATION_NAME, data.to_vec());
    Ok(())
}

/// An ISO identifier, least significant byte first, where there is one.
fn identifier(wire: &[u8]) -> Result<Option<IsoFileId>, Status> {
    let Ok(wire) = wire.try_into() else { return Ok(None) };
    IsoFileId::from_wire(wire).map(Some).ok_or(Status::ParameterError)
}

/// `option (old new [ISO identifier])`, once or twice: bit 1 for twice, bit 0 for identifiers. Each file
/// once; what is pending is dropped.
fn renumber(card: &mut Card, data: &[u8]) -> Result<(), Status> {
    let (&option, rest) = data.split_first().ok_or(Status::LengthError)?;
    let each = if option & 0x01 != 0 { 4 } else { 2 };
    let count = if option & 0x02 != 0 { 2 } else { 1 };
    if rest.len() != each * count {
        return Err(Status::LengthError);
    }
    if option & !0x03 != 0 {
        return Err(Status::ParameterError);
    }
    card.roll_back();
    let mut application = card.application()?.clone();
    // By what they are called before any of them is called otherwise.
    let mut changes = Vec::new();
    for change in rest.chunks(each) {
        let (old, new, id) =
            read(change, |cursor| Ok((cursor.u8()?, cursor.u8()?, cursor.rest())))?;
        let id = identifier(id)?;
        if new > 0x1F {
            return Err(Status::ParameterError);
        }
        changes.push((place(&application, old)?, new, id));
    }
    for (place, new, id) in changes {
        give(&mut application, place, new, id)?;
    }
    if numbers_repeat(&application) {
        return Err(Status::Duplicate);
    }
    *card.application_mut()? = application;
    card.iso.clear();
    Ok(())
}

/// A file by where it stands; `None` for the transaction MAC file.
fn place(application: &Application, number: u8) -> Result<Option<usize>, Status> {
    if application.transaction_mac.as_ref().is_some_and(|mac| mac.number == number) {
        return Ok(None);
    }
    let place = application.files.iter().position(|file| file.number == number);
    place.map(Some).ok_or(Status::FileNotFound)
}

/// Gives a file that has none yet another number, and an identifier where it had one.
fn give(
    application: &mut Application,
    place: Option<usize>,
    number: u8,
    id: Option<IsoFileId>,
) -> Result<(), Status> {
    let file = place.and_then(|at| application.files.get_mut(at));
    let (slot, renumbered, own) = match (file, application.transaction_mac.as_mut()) {
        (Some(file), _) => (&mut file.number, &mut file.renumbered, Some(&mut file.iso_id)),
        (None, Some(mac)) => (&mut mac.number, &mut mac.renumbered, None),
        (None, None) => return Err(Status::FileNotFound),
    };
    if *renumbered {
        return Err(Status::PermissionDenied);
    }
    (*slot, *renumbered) = (number, true);
    match (own, id) {
        (_, None) => Ok(()),
        (Some(own), Some(_)) if own.is_some() => {
            *own = id;
            Ok(())
        }
        (_, Some(_)) => Err(Status::PermissionDenied),
    }
}

/// Whether two files have one number or identifier.
fn numbers_repeat(application: &Application) -> bool {
    let mac = application.transaction_mac.iter().map(|mac| mac.number);
    let mut numbers: Vec<u8> =
        application.files.iter().map(|file| file.number).chain(mac).collect();
    let mut ids: Vec<[u8; 2]> =
        application.files.iter().filter_map(|file| file.iso_id).map(IsoFileId::to_wire).collect();
    let counts = (numbers.len(), ids.len());
    numbers.sort_unstable();
    numbers.dedup();
    ids.sort_unstable();
    ids.dedup();
    counts != (numbers.len(), ids.len())
}

/// `file lower upper value option` of the value file, once; what is pending is dropped.
fn set_value(card: &mut Card, data: &[u8]) -> Result<(), Status> {
    let (number, lower, upper, value, option) = read(data, |cursor| {
        Ok((cursor.u8()?, cursor.i32_le()?, cursor.i32_le()?, cursor.i32_le()?, cursor.u8()?))
    })?;
    let limits = ValueLimits::new(lower, upper).filter(|limits| limits.holds(value));
    let mut limits = limits.filter(|_| option <= 0x03).ok_or(Status::ParameterError)?;
    (limits.limited_credit, limits.free_get_value) = (option & 0x01 != 0, option & 0x02 != 0);
    card.application()?.file(number)?.value()?;
    require_first(card, VALUE)?;
    card.roll_back();
    let file = card.application_mut()?.file_mut(number)?;
    file.settings.kind = FileKind::Value(limits);
    file.body = File::new(number, None, file.settings, value).body;
    card.memory.configuration.told.insert(VALUE, data.to_vec());
    Ok(())
}

/// The options that an NTAG 424 DNA has not, or has otherwise.
const SWITCHES: u8 = 0x00;
const ATS: u8 = 0x02;
const SAK: u8 = 0x03;
const SECURE_MESSAGING: u8 = 0x04;
const APPLICATION_NAME: u8 = 0x06;
const FILE_NUMBERS: u8 = 0x08;
const VALUE: u8 = 0x09;
