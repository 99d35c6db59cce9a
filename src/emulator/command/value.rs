// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about value files.

use crate::bytes::Cursor;
use crate::wire::{CommMode, Ins, Status};

use super::data::weighed;
use super::read;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::file::{Value, crediting, valuing, writing};
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

fn file(card: &Card, header: &[u8]) -> Result<(u8, bool), Status> {
    let number = read(header, Cursor::u8)?;
    let value = card.application()?.file(number)?.value()?;
    card.require_transactions()?;
    Ok((number, value.limits().free_get_value))
}

/// GetValue.
pub(in crate::emulator) static GET_VALUE: Rule = Rule::new(
    Ins::GetValue,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(1),
    (may_get, get),
    "public captures of an EV1 card; AN12343, table 35",
)
.drops_pending();

/// GetValue: any right but that to change, or none where the file says so.
fn may_get(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (number, free) = file(card, header)?;
    match weighed(card, number, valuing) {
        // Free for a session of another key or none: in clear, as any free access.
        Err(_) if free => Ok(Grant::MANAGE),
        verdict => verdict,
    }
}

/// GetValue: four bytes, least significant first. What is pending does not show.
fn get(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let number = read(parameters, Cursor::u8)?;
    let value = card.application()?.file(number)?.value()?.get().to_le_bytes();
    reply.data.extend(value);
    card.cover(Ins::GetValue, &[&[number][..], &value].concat(), &[]);
    Ok(())
}

/// Credit.
pub(in crate::emulator) static CREDIT: Rule = Rule::new(
    Ins::Credit,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(1),
    (may_credit, credit),
    "AN12343, table 36; EV1: belief",
)
.drops_pending();

/// Credit: the read-and-write right.
fn may_credit(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (number, _) = file(card, header)?;
    weighed(card, number, crediting).map(with_amount)
}

/// Debit.
pub(in crate::emulator) static DEBIT: Rule = Rule::new(
    Ins::Debit,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(1),
    (may_debit, debit),
    "AN12343, table 37; EV1: belief",
)
.drops_pending();

/// Debit: any right but that to change.
fn may_debit(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (number, _) = file(card, header)?;
    weighed(card, number, valuing).map(with_amount)
}

/// LimitedCredit.
pub(in crate::emulator) static LIMITED_CREDIT: Rule = Rule::new(
    Ins::LimitedCredit,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(1),
    (may_limited, limited),
    "belief",
)
.drops_pending();

/// LimitedCredit: the write or the read-and-write right.
fn may_limited(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (number, _) = file(card, header)?;
    weighed(card, number, writing).map(with_amount)
}

/// Credit: `number amount`.
fn credit(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    change(card, Ins::Credit, parameters, Value::credit)
}

/// Debit: `number amount`.
fn debit(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    change(card, Ins::Debit, parameters, Value::debit)
}

/// LimitedCredit: `number amount`.
fn limited(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    change(card, Ins::LimitedCredit, parameters, Value::limited)
}

/// RestoreTransfer.
pub(in crate::emulator) static RESTORE_TRANSFER: Rule = Rule::new(
    Ins::RestoreTransfer,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(2),
    (may_transfer, transfer),
    "belief, where the card is told to have it",
)
.drops_pending();

/// RestoreTransfer: the read-and-write right of the file that changes, any right of the other but that to
/// change.
fn may_transfer(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (target, source) = read(header, |cursor| Ok((cursor.u8()?, cursor.u8()?)))?;
    for number in [target, source] {
        file(card, &[number])?;
    }
    if target == source {
        return Err(Status::PermissionDenied);
    }
    weighed(card, source, valuing)?;
    let grant = weighed(card, target, crediting)?;
    // Nothing of it is ever enciphered.
    let file = if grant.file == CommMode::Full { CommMode::Mac } else { grant.file };
    Ok(Grant { file, ..grant })
}

/// RestoreTransfer: `target source`. What is valid there becomes pending here.
fn transfer(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let (target, source) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.u8()?)))?;
    let value = card.application()?.file(source)?.value()?.get();
    card.application_mut()?.file_mut(target)?.value_mut()?.replace(value)?;
    card.cover(Ins::RestoreTransfer, parameters, &[]);
    Ok(())
}

const fn with_amount(grant: Grant) -> Grant {
    Grant { data: 4, ..grant }
}

fn change(
    card: &mut Card,
    ins: Ins,
    parameters: &[u8],
    apply: fn(&mut Value, i32) -> Result<(), Status>,
) -> Result<(), Status> {
    let (number, amount) = read(parameters, |cursor| Ok((cursor.u8()?, cursor.i32_le()?)))?;
    if amount < 0 {
        return Err(Status::ParameterError);
    }
    apply(card.application_mut()?.file_mut(number)?.value_mut()?, amount)?;
    card.cover(ins, parameters, &[]);
    Ok(())
}
