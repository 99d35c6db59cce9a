// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about record files.

use crate::bytes::Cursor;
use crate::wire::{Ins, Status};

use super::data::{HEADER, PROTECTION, Span, fits_apdu, weighed};
use super::read as parameters_of;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::file::{crediting, reading, writing};
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// ReadRecords.
pub(in crate::emulator) static READ_RECORDS: Rule = Rule::new(
    Ins::ReadRecords,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(7),
    (may_read, read_in_frames),
    "public captures of an EV1 card; EV2: belief",
)
.drops_pending();

/// ReadRecords: the read or the read-and-write right.
fn may_read(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let span = Span::parse(header)?;
    card.application()?.file(span.number)?.records()?;
    weighed(card, span.number, reading)
}

/// As [`read`], in as many frames as it takes.
fn read_in_frames(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    read(card, Ins::ReadRecords, parameters, reply)
}

/// ReadRecords of chips that answer in one piece.
pub(in crate::emulator) static READ_RECORDS_ISO: Rule = Rule::new(
    Ins::ReadRecordsIso,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(7),
    (may_read, read_whole),
    "AN12343, table 33",
)
.drops_pending();

/// As [`read`]; what would be longer than an APDU is refused.
fn read_whole(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let Grant { file, .. } = may_read(card, parameters)?;
    reply.cut = Cut::Whole;
    read(card, Ins::ReadRecordsIso, parameters, reply)?;
    fits_apdu(card, file, reply)
}

/// ReadRecords: `number newest count`, counted back from the last record; a count of 0 is all.
fn read(card: &mut Card, ins: Ins, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let span = Span::parse(parameters)?;
    let Span { number, offset: newest, length: count } = span;
    let records = card.application()?.file(number)?.records()?;
    reply.open_ended = count == 0;
    let found = records.read(newest, count)?;
    let size = records.size();
    // With room for what protects them, the records are not left behind in a smaller buffer.
    let all = records.size().saturating_mul(records.all().len());
    reply.data.reserve(all.saturating_add(PROTECTION));
    reply.data.extend(found.flatten());
    let count = reply.data.len().checked_div(size).unwrap_or_default();
    card.cover(ins, &span.header(count), &reply.data);
    Ok(())
}

/// WriteRecord.
pub(in crate::emulator) static WRITE_RECORD: Rule = Rule::new(
    Ins::WriteRecord,
    Level::Application,
    Mode::FileWrite,
    Size::Chained(7),
    (may_write, write_in_frames),
    "belief",
)
.drops_pending();

/// WriteRecord of chips that take in one piece what fits an APDU.
pub(in crate::emulator) static WRITE_RECORD_ISO: Rule = Rule::new(
    Ins::WriteRecordIso,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(7),
    (may_write, write_whole),
    "AN12343, table 32",
)
.drops_pending();

/// WriteRecord: the write or the read-and-write right. What lies outside a record is refused at
/// the first frame.
fn may_write(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let span = Span::parse(header)?;
    let records = card.application()?.file(span.number)?.records()?;
    let grant = weighed(card, span.number, writing)?;
    if span.length == 0 {
        return Err(Status::ParameterError);
    }
    if span.end() > records.size() {
        return Err(Status::BoundaryError);
    }
    records.check_write()?;
    Ok(Grant { data: span.length, ..grant })
}

/// WriteRecord in as many frames as it takes.
fn write_in_frames(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    write(card, Ins::WriteRecord, parameters)
}

/// WriteRecord in one piece.
fn write_whole(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    write(card, Ins::WriteRecordIso, parameters)
}

/// WriteRecord: `number offset length data`.
fn write(card: &mut Card, ins: Ins, parameters: &[u8]) -> Result<(), Status> {
    let span = Span::parse(parameters)?;
    let (header, data) = parameters.split_at_checked(HEADER).ok_or(Status::LengthError)?;
    card.application_mut()?.file_mut(span.number)?.records_mut()?.write(span.offset, data)?;
    card.cover(ins, header, data);
    Ok(())
}

/// UpdateRecord.
pub(in crate::emulator) static UPDATE_RECORD: Rule = Rule::new(
    Ins::UpdateRecord,
    Level::Application,
    Mode::FileWrite,
    Size::Chained(UPDATE_HEADER),
    (may_update, update_in_frames),
    "belief, after documents of DESFire Light",
)
.drops_pending();

/// UpdateRecord of chips that take in one piece what fits an APDU.
pub(in crate::emulator) static UPDATE_RECORD_ISO: Rule = Rule::new(
    Ins::UpdateRecordIso,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(UPDATE_HEADER),
    (may_update, update_whole),
    "documents of DESFire Light",
)
.drops_pending();

/// Which record of which file, counted back from the last, and which bytes of it.
fn place(header: &[u8]) -> Result<(usize, Span), Status> {
    parameters_of(header, |cursor| {
        let number = cursor.u8()?;
        let [newest, offset, length] = [cursor.u24_le()?, cursor.u24_le()?, cursor.u24_le()?];
        let span = Span { number, offset: offset as usize, length: length as usize };
        Ok((newest as usize, span))
    })
}

/// UpdateRecord: the read-and-write right. It makes no record.
fn may_update(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let (newest, span) = place(header)?;
    let records = card.application()?.file(span.number)?.records()?;
    let grant = weighed(card, span.number, crediting)?;
    if span.length == 0 {
        return Err(Status::ParameterError);
    }
    if span.end() > records.size() {
        return Err(Status::BoundaryError);
    }
    records.check_update(newest)?;
    Ok(Grant { data: span.length, ..grant })
}

/// UpdateRecord in as many frames as it takes.
fn update_in_frames(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    update(card, Ins::UpdateRecord, parameters)
}

/// UpdateRecord in one piece.
fn update_whole(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    update(card, Ins::UpdateRecordIso, parameters)
}

/// UpdateRecord: `number newest offset length data`.
fn update(card: &mut Card, ins: Ins, parameters: &[u8]) -> Result<(), Status> {
    let (newest, span) = place(parameters)?;
    let (header, data) = parameters.split_at_checked(UPDATE_HEADER).ok_or(Status::LengthError)?;
    let file = card.application_mut()?.file_mut(span.number)?;
    file.records_mut()?.update(newest, span.offset, data)?;
    card.cover(ins, header, data);
    Ok(())
}

/// Number, record, offset and length.
const UPDATE_HEADER: usize = 10;

/// ClearRecordFile.
pub(in crate::emulator) static CLEAR_RECORD_FILE: Rule = Rule::new(
    Ins::ClearRecordFile,
    Level::Application,
    Mode::Mac,
    Size::Exactly(1, 0),
    (may_clear, clear),
    "belief",
)
.drops_pending();

/// ClearRecordFile: the read-and-write right.
fn may_clear(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let number = parameters_of(header, Cursor::u8)?;
    card.application()?.file(number)?.records()?;
    weighed(card, number, crediting).map(|_| Grant::MANAGE)
}

/// ClearRecordFile: at commit.
fn clear(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let number = parameters_of(parameters, Cursor::u8)?;
    card.application_mut()?.file_mut(number)?.records_mut()?.clear();
    card.cover(Ins::ClearRecordFile, parameters, &[]);
    Ok(())
}
