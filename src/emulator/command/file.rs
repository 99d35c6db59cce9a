// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, list and remove the files of the selected application.

use crate::bytes::{Cursor, DecodeErrorKind, u24_le};
use crate::wire::{
    Access, AccessRights, CommMode, FileKind, FileType, FurtherRights, Ins, IsoFileId, NewFile,
    Status,
};

use super::rights::check_rights;
use super::{dynamic, read, transaction_mac};
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::file::MODE_TWO;
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// Creating a file: free, or with the application's master key.
fn may_create(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.keys().settings.free_create)
}

/// CreateStdDataFile.
pub(in crate::emulator) static CREATE_STD_DATA_FILE: Rule = Rule::new(
    Ins::CreateStdDataFile,
    Level::Application,
    Mode::Mac,
    Size::Depends(standard_length),
    (may_create, create_standard),
    "public captures of EV1 cards; EV2: belief",
);

/// CreateBackupDataFile.
pub(in crate::emulator) static CREATE_BACKUP_DATA_FILE: Rule = Rule::new(
    Ins::CreateBackupDataFile,
    Level::Application,
    Mode::Mac,
    Size::Depends(backup_length),
    (may_create, create_backup),
    "belief, after CreateStdDataFile",
);

/// CreateValueFile.
pub(in crate::emulator) static CREATE_VALUE_FILE: Rule = Rule::new(
    Ins::CreateValueFile,
    Level::Application,
    Mode::Mac,
    Size::Depends(value_length),
    (may_create, create_value),
    "belief, after CreateStdDataFile",
);

/// CreateLinearRecordFile.
pub(in crate::emulator) static CREATE_LINEAR_RECORD_FILE: Rule = Rule::new(
    Ins::CreateLinearRecordFile,
    Level::Application,
    Mode::Mac,
    Size::Depends(linear_length),
    (may_create, create_linear),
    "belief, after CreateStdDataFile",
);

/// CreateCyclicRecordFile.
pub(in crate::emulator) static CREATE_CYCLIC_RECORD_FILE: Rule = Rule::new(
    Ins::CreateCyclicRecordFile,
    Level::Application,
    Mode::Mac,
    Size::Depends(cyclic_length),
    (may_create, create_cyclic),
    "belief, after CreateStdDataFile",
);

/// How many parameters a creation has: two more where the files of the application have ISO
/// identifiers, which a value file never has.
macro_rules! creation {
    ($length:ident, $create:ident, $file:ident, $bytes:literal, $doc:literal) => {
        #[doc = $doc]
        fn $length(card: &Card) -> usize {
            let iso = takes_iso_id(card, FileType::$file);
            if iso { $bytes + 2 } else { $bytes }
        }

        #[doc = $doc]
        fn $create(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
            create(card, FileType::$file, parameters)
        }
    };
}

creation!(
    standard_length,
    create_standard,
    Standard,
    7,
    "CreateStdDataFile: `number [ISO identifier] mode rights size`."
);
creation!(
    backup_length,
    create_backup,
    Backup,
    7,
    "CreateBackupDataFile: `number [ISO identifier] mode rights size`."
);
creation!(
    value_length,
    create_value,
    Value,
    17,
    "CreateValueFile: `number mode rights lower upper value flags`."
);
creation!(
    linear_length,
    create_linear,
    LinearRecord,
    10,
    "CreateLinearRecordFile: `number [ISO identifier] mode rights size records`."
);
creation!(
    cyclic_length,
    create_cyclic,
    CyclicRecord,
    10,
    "CreateCyclicRecordFile: `number [ISO identifier] mode rights size records`."
);

fn takes_iso_id(card: &Card, file: FileType) -> bool {
    let iso = card.application().is_ok_and(|application| application.iso_file_ids);
    iso && file != FileType::Value
}

fn create(card: &mut Card, file: FileType, parameters: &[u8]) -> Result<(), Status> {
    let (number, rest) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.rest())))?;
    let (iso, mut rest) = (takes_iso_id(card, file), rest.to_vec());
    let mut made_dynamic = false;
    if let Some(option) = rest.get_mut(if iso { 2 } else { 0 }) {
        (*option, made_dynamic) = dynamic::split(card, file, *option);
    }
    let new = NewFile::decode(file, iso, &rest).map_err(|error| match error.kind {
        DecodeErrorKind::Invalid { .. } => Status::ParameterError,
        DecodeErrorKind::Truncated { .. } | DecodeErrorKind::Trailing { .. } => Status::LengthError,
    })?;
    check_rights(card, &new.settings.rights)?;
    if number > card.model().silicon().highest_file(file) {
        return Err(Status::ParameterError);
    }
    let one = card.follows(Candidate::OneValue);
    let legal = match new.settings.kind {
        FileKind::Value(limits) if one && limits.lower() == limits.upper() => false,
        FileKind::Value(limits) => limits.holds(new.value),
        FileKind::CyclicRecord(layout) => layout.max.get() >= 2,
        FileKind::Standard { .. } | FileKind::Backup { .. } | FileKind::LinearRecord(_) => true,
    };
    if !legal {
        return Err(Status::ParameterError);
    }
    let application = card.application()?;
    let same_id = new.iso_id.and_then(|id| application.iso_file(id));
    if application.has(number) || same_id.is_some() {
        return Err(Status::Duplicate);
    }
    let position = card.selected.ok_or(Status::PermissionDenied)?;
    let mode = rest.get(if new.iso_id.is_some() { 2 } else { 0 });
    let mode_two = mode == Some(&MODE_TWO) && card.follows(Candidate::KeepsModeTwo);
    card.memory.create_file(position, number, &new)?;
    let file = card.application_mut()?.file_mut(number)?;
    (file.mode_two, file.dynamic) = (mode_two, made_dynamic);
    Ok(())
}

/// ChangeFileSettings.
pub(in crate::emulator) static CHANGE_FILE_SETTINGS: Rule = Rule::new(
    Ins::ChangeFileSettings,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(1),
    (may_change, change),
    "AN12343, table 11; EV1: belief",
)
.drops_pending();

/// ChangeFileSettings: the change right. In clear where everybody has it.
fn may_change(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    let (right, more) = match card.transaction_mac(number) {
        Some(mac) => (mac.rights.change, true),
        None => {
            let more = dynamic::is_known(card) || card.has_sets();
            (card.application()?.file(number)?.settings.rights.change, more)
        }
    };
    let key = card.authenticated();
    // Where more can follow the rights, padding marks its end.
    let marked = more && card.session.as_ref().is_some_and(|open| open.channel.thread().is_some());
    let sent = header.len().saturating_sub(1);
    match right {
        Access::Never => Err(Status::PermissionDenied),
        Access::Free if more => Ok(Grant { data: sent, ..Grant::MANAGE }),
        Access::Free => Ok(Grant { data: 3, ..Grant::MANAGE }),
        Access::Key(right) if Some(u8::from(right)) == key => {
            let data = if marked { sent } else { 3 };
            Ok(Grant { file: CommMode::Full, data, marked, ..Grant::MANAGE })
        }
        Access::Key(_) => Err(Status::AuthenticationError),
    }
}

/// ChangeFileSettings: `number option rights [further rights] [secure dynamic messaging]`, both as the option
/// says. Without them they are gone.
fn change(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (number, byte, rights, rest) = read(parameters, |cursor| {
        Ok((cursor.u8()?, cursor.u8()?, cursor.array()?, cursor.rest()))
    })?;
    if card.transaction_mac(number).is_some() {
        return transaction_mac::change(card, byte, AccessRights::from_wire(rights), rest);
    }
    let dynamic = byte & dynamic::BIT != 0 && dynamic::is_known(card);
    let several = byte & FURTHER != 0 && card.has_sets();
    let bits = if dynamic { dynamic::BIT } else { 0 } | if several { FURTHER } else { 0 };
    let mode = CommMode::from_byte(byte ^ bits).map_err(|_| Status::ParameterError)?;
    let rights = AccessRights::from_wire(rights);
    check_rights(card, &rights)?;
    let (further, rest) = if several { further(card, rest)? } else { (FurtherRights::NONE, rest) };
    let sdm = if dynamic {
        Some(dynamic::settings(card, number, rest)?)
    } else if rest.is_empty() {
        None
    } else {
        return Err(Status::LengthError);
    };
    let mode_two = byte == MODE_TWO && card.follows(Candidate::KeepsModeTwo);
    let file = card.application_mut()?.file_mut(number)?;
    (file.settings.mode, file.settings.rights, file.mode_two) = (mode, rights, mode_two);
    file.settings.further = further;
    (file.settings.sdm, file.reads) = (sdm, 0);
    Ok(())
}

/// The further sets of rights, as the chip checks them, and what follows them.
fn further<'a>(card: &Card, rest: &'a [u8]) -> Result<(FurtherRights, &'a [u8]), Status> {
    let mut cursor = Cursor::new("further rights", rest);
    let further = FurtherRights::decode(&mut cursor).map_err(|error| match error.kind {
        DecodeErrorKind::Invalid { .. } => Status::ParameterError,
        DecodeErrorKind::Truncated { .. } | DecodeErrorKind::Trailing { .. } => Status::LengthError,
    })?;
    for set in further.iter() {
        check_rights(card, &set)?;
    }
    Ok((further, cursor.rest()))
}

/// In the option byte of a file: further sets of rights.
const FURTHER: u8 = 0x80;

/// GetISOFileIDs.
pub(in crate::emulator) static GET_ISO_FILE_IDS: Rule = Rule::new(
    Ins::GetIsoFileIds,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_list_iso, list_iso),
    "belief",
);

/// GetISOFileIDs: as GetFileIDs.
fn may_list_iso(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    if card.follows(Candidate::NoIsoFiles) && !card.application()?.iso_file_ids {
        return Err(Status::FileNotFound);
    }
    may_list(card, header)
}

/// GetISOFileIDs: two bytes each, least significant first, in the order of creation.
fn list_iso(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    if let Some(bytes) = card.model().silicon().iso_ids {
        reply.cut = Cut::Every(bytes);
    }
    let ids = card.application()?.files.iter().filter_map(|file| file.iso_id);
    reply.data.extend(ids.flat_map(IsoFileId::to_wire));
    Ok(())
}

/// DeleteFile.
pub(in crate::emulator) static DELETE_FILE: Rule = Rule::new(
    Ins::DeleteFile,
    Level::Application,
    Mode::Mac,
    Size::Exactly(1, 0),
    (may_delete, delete),
    "public captures of EV1 cards; EV2: belief",
);

/// DeleteFile: free, or with the application's master key.
fn may_delete(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    if card.transaction_mac(number).is_some() {
        return card.require_master();
    }
    let found = card.application()?.file(number).map(drop);
    // Of a fixed layout no other file can be deleted.
    if found.is_ok() && !card.model().silicon().layout.is_free() {
        return Err(Status::PermissionDenied);
    }
    let granted = card.require_master_unless(card.keys().settings.free_create);
    if card.follows(Candidate::RightsBeforeFile) {
        granted.and_then(|grant| found.map(|()| grant))
    } else {
        found.and(granted)
    }
}

/// DeleteFile: the number is free again, the memory is not.
fn delete(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let number = read(parameters, Cursor::u8)?;
    if card.transaction_mac(number).is_some() {
        card.roll_back();
        card.application_mut()?.transaction_mac = None;
        return Ok(());
    }
    card.application_mut()?.files.retain(|file| file.number != number);
    Ok(())
}

/// GetFileIDs: free, or with the application's master key.
fn may_list(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetFileIDs.
pub(in crate::emulator) static GET_FILE_IDS: Rule = Rule::new(
    Ins::GetFileIds,
    Level::Application,
    Mode::Mac,
    Size::Exactly(0, 0),
    (may_list, list),
    "public captures of EV1 cards; EV2: belief",
);

/// GetFileIDs: one byte each, in the order of creation, the transaction MAC file first.
fn list(card: &mut Card, _parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let application = card.application()?;
    reply.data.extend(application.transaction_mac.iter().map(|mac| mac.number));
    reply.data.extend(application.files.iter().map(|file| file.number));
    Ok(())
}

/// GetFileSettings.
pub(in crate::emulator) static GET_FILE_SETTINGS: Rule = Rule::new(
    Ins::GetFileSettings,
    Level::Application,
    Mode::Mac,
    Size::Exactly(1, 0),
    (may_see_settings, settings),
    "public captures of EV1 cards; AN12196, 5.4",
);

/// GetFileSettings: free, or with the application's master key.
fn may_see_settings(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = read(header, Cursor::u8)?;
    if card.transaction_mac(number).is_none() {
        card.application()?.file(number)?;
    }
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetFileSettings: `type mode rights`, then by the type.
fn settings(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let number = read(parameters, Cursor::u8)?;
    if let Some(mac) = card.transaction_mac(number) {
        reply.data.extend(mac.told());
        return Ok(());
    }
    let file = card.application()?.file(number)?;
    let mut told = file.told();
    let cyclic = file.settings.kind.file_type() == FileType::CyclicRecord;
    if cyclic && card.is_light() && card.follows(Candidate::SpareRecord) {
        let most = told.get_mut(MOST_RECORDS).ok_or(Status::ParameterError)?;
        *most = most.saturating_add(1);
    }
    reply.data.extend(told);
    Ok(())
}

/// Where the settings of a record file tell how many records it is made for.
const MOST_RECORDS: usize = 7;

/// GetFileCounters.
pub(in crate::emulator) static GET_FILE_COUNTERS: Rule = Rule::new(
    Ins::GetFileCounters,
    Level::Application,
    Mode::FullReply,
    Size::Exactly(1, 0),
    (may_see_counters, counters),
    "belief, after a table from implementations",
);

/// GetFileCounters: the file must exist.
fn may_see_counters(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    card.application()?.file(read(header, Cursor::u8)?)?;
    Ok(Grant::MANAGE)
}

/// GetFileCounters, of a file with secure dynamic messaging, by whoever its settings name: the read counter,
/// least significant byte first, and two bytes that are 0.
fn counters(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let file = card.application()?.file(read(parameters, Cursor::u8)?)?;
    match file.settings.sdm.map_or(Access::Never, |sdm| sdm.counter) {
        Access::Never => return Err(Status::PermissionDenied),
        Access::Key(key) if Some(u8::from(key)) != card.authenticated() => {
            return Err(Status::AuthenticationError);
        }
        Access::Key(_) | Access::Free => {}
    }
    reply.data.extend(u24_le(file.reads));
    reply.data.extend([0x00; 2]);
    Ok(())
}
