// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about the transaction MAC file of an application (MF2DL(H)x0, transaction MAC).

use crate::bytes::Cursor;
use crate::secret::Secret;
use crate::wire::{Access, AccessRights, CommMode, Ins, Status};

use super::read;
use super::rights::check_rights;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};
use crate::emulator::transaction_mac::{AES, TransactionMac};

/// CreateTransactionMACFile.
pub(in crate::emulator) static CREATE_TRANSACTION_MAC_FILE: Rule = Rule::new(
    Ins::CreateTransactionMacFile,
    Level::Application,
    Mode::Full,
    Size::Exactly(5, 17),
    (may_create, create),
    "AN12343, section 10",
)
.drops_pending();

/// CreateTransactionMACFile: with the master key, where there is no such file. Its key does not go the way
/// that D40 has for contents.
fn may_create(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if card.application()?.transaction_mac.is_some() {
        return Err(Status::PermissionDenied);
    }
    if card.session.as_ref().is_some_and(|open| open.channel.is_d40()) {
        return Err(Status::AuthenticationError);
    }
    card.require_master().map(|grant| Grant { data: 17, ..grant })
}

/// CreateTransactionMACFile: `number option rights 02 | key version`. What was pending is dropped.
fn create(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (number, option, rights, kind, key, version) = read(parameters, |cursor| {
        let (number, option) = (cursor.u8()?, cursor.u8()?);
        let (rights, kind) = (cursor.array()?, cursor.u8()?);
        Ok((number, option, rights, kind, Secret::new(cursor.array()?), cursor.u8()?))
    })?;
    // Where a limit would stand is not published: it is set with ChangeFileSettings.
    let (mode, sessions_only, limited) = options(option)?;
    let rights = AccessRights::from_wire(rights);
    if kind != AES || number > 0x1F || limited {
        return Err(Status::ParameterError);
    }
    check(card, rights, sessions_only)?;
    if card.application()?.has(number) {
        return Err(Status::Duplicate);
    }
    let position = card.selected.ok_or(Status::PermissionDenied)?;
    card.roll_back();
    let mut file = TransactionMac::new(number, mode, rights, key, version);
    file.sessions_only = sessions_only;
    if card.in_lrp() {
        file.switch_to_lrp();
    }
    card.memory.create_transaction_mac(position, file)
}

/// The option byte: the mode, whether what is done without a session is left out, whether there is a limit.
fn options(option: u8) -> Result<(CommMode, bool, bool), Status> {
    if option & !0x33 != 0 {
        return Err(Status::ParameterError);
    }
    let mode = CommMode::from_byte(option & 0x03).map_err(|_| Status::ParameterError)?;
    Ok((mode, option & 0x10 != 0, option & 0x20 != 0))
}

/// Nobody writes the file, and whoever has no session cannot be asked for a reader that is left out.
fn check(card: &Card, rights: AccessRights, sessions_only: bool) -> Result<(), Status> {
    check_rights(card, &rights).map_err(|_| Status::ParameterError)?;
    let free = sessions_only && rights.read_write == Access::Free;
    if rights.write != Access::Never || free { Err(Status::ParameterError) } else { Ok(()) }
}

/// ChangeFileSettings of this file: `option rights [limit]`, the limit of 4 bytes, in LRP of 2. A limit, and leaving out what is done without
/// a session, drop what is pending.
pub(super) fn change(
    card: &mut Card,
    option: u8,
    rights: AccessRights,
    rest: &[u8],
) -> Result<(), Status> {
    let (mode, sessions_only, limited) = options(option)?;
    let expected =
        card.application()?.transaction_mac.as_ref().map_or(0, TransactionMac::limit_bytes);
    if rest.len() != if limited { expected } else { 0 } {
        return Err(Status::LengthError);
    }
    let limit = limited.then(|| rest.iter().rev().fold(0, |high, &low| high << 8 | u32::from(low)));
    check(card, rights, sessions_only)?;
    let file = card.application_mut()?.transaction_mac.as_mut().ok_or(Status::FileNotFound)?;
    if limit.is_some_and(|limit| limit <= file.counter()) {
        return Err(Status::ParameterError);
    }
    (file.mode, file.rights) = (mode, rights);
    (file.sessions_only, file.limit) = (sessions_only, limit);
    if sessions_only || limited {
        card.roll_back();
    }
    Ok(())
}

/// CommitReaderID.
pub(in crate::emulator) static COMMIT_READER_ID: Rule = Rule::new(
    Ins::CommitReaderId,
    Level::Application,
    Mode::Mac,
    Size::Exactly(16, 0),
    (may_tell_reader, tell_reader),
    "AN12343, table 32",
)
.drops_pending();

/// CommitReaderID: once a transaction, by the read-and-write right of the transaction MAC file.
fn may_tell_reader(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    let file = card.application()?.transaction_mac.as_ref().ok_or(Status::PermissionDenied)?;
    if file.has_reader() || file.is_exhausted() {
        return Err(Status::PermissionDenied);
    }
    match file.rights.read_write {
        Access::Never => Err(Status::PermissionDenied),
        Access::Key(key) if Some(u8::from(key)) != card.authenticated() => {
            Err(Status::AuthenticationError)
        }
        Access::Free | Access::Key(_) => Ok(Grant::MANAGE),
    }
}

/// CommitReaderID: in a session the reader of the transaction before is told, enciphered.
fn tell_reader(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let reader = read(parameters, Cursor::array)?;
    let (session, uid) = (card.session.is_some(), *card.real_uid().expose());
    let file = card.application_mut()?.transaction_mac.as_mut();
    let file = file.ok_or(Status::PermissionDenied)?;
    reply.data.extend(file.read_by(&uid, reader, session).into_iter().flatten());
    Ok(())
}
