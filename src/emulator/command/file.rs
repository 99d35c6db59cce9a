// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that make, list and remove the files of the selected application.

use crate::bytes::Cursor;
use crate::wire::{
    Access, AccessRights, CommMode, FileKind, FileNo, FileReport, FileSettings, FileSize,
    FileState, Status,
};

use super::super::card::Card;
use super::super::frames::Reply;
use super::super::rules::Grant;
use super::read;

/// Creating a file: free, or with the application's master key.
pub(in super::super) fn may_create(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.keys().settings.free_create)
}

/// CreateStdDataFile: `number mode rights size`.
pub(in super::super) fn create_standard(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    create(card, parameters, |size| FileKind::Standard { size })
}

/// CreateBackupDataFile: `number mode rights size`.
pub(in super::super) fn create_backup(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    create(card, parameters, |size| FileKind::Backup { size })
}

fn create(
    card: &mut Card,
    parameters: &[u8],
    kind: impl FnOnce(FileSize) -> FileKind,
) -> Result<(), Status> {
    let (number, mode, rights, size) = read(parameters, |cursor| {
        Ok((cursor.u8()?, cursor.u8()?, cursor.array()?, cursor.u24_le()?))
    })?;
    let rights = AccessRights::from_wire(rights);
    let count = card.keys().count();
    for right in [rights.read, rights.write, rights.read_write, rights.change] {
        match right {
            Access::Key(key) if u8::from(key) >= count => return Err(Status::NoSuchKey),
            Access::Key(_) | Access::Free | Access::Never => {}
        }
    }
    FileNo::new(number).ok_or(Status::ParameterError)?;
    let mode = CommMode::from_byte(mode).map_err(|_| Status::ParameterError)?;
    let size = FileSize::new(size).ok_or(Status::ParameterError)?;
    let application = card.application()?;
    if application.file(number).is_ok() {
        return Err(Status::Duplicate);
    }
    let position = card.selected.ok_or(Status::PermissionDenied)?;
    card.memory.create_file(position, number, FileSettings { kind: kind(size), mode, rights })
}

/// DeleteFile: free, or with the application's master key.
pub(in super::super) fn may_delete(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    card.application()?.file(read(header, Cursor::u8)?)?;
    card.require_master_unless(card.keys().settings.free_create)
}

/// DeleteFile: the number is free again, the memory is not.
pub(in super::super) fn delete(
    card: &mut Card,
    parameters: &[u8],
    _reply: &mut Reply,
) -> Result<(), Status> {
    let number = read(parameters, Cursor::u8)?;
    card.application_mut()?.files.retain(|file| file.number != number);
    Ok(())
}

/// GetFileIDs: free, or with the application's master key.
pub(in super::super) fn may_list(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetFileIDs: one byte each, in the order of creation.
pub(in super::super) fn list(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    reply.data.extend(card.application()?.files.iter().map(|file| file.number));
    Ok(())
}

/// GetFileSettings: free, or with the application's master key.
pub(in super::super) fn may_see_settings(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    card.application()?.file(read(header, Cursor::u8)?)?;
    card.require_master_unless(card.keys().settings.free_list)
}

/// GetFileSettings: `type mode rights size`.
pub(in super::super) fn settings(
    card: &mut Card,
    parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    let file = card.application()?.file(read(parameters, Cursor::u8)?)?;
    reply.data.extend(FileReport { settings: file.settings, state: FileState::Data }.encode());
    Ok(())
}
