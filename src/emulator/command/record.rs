// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about record files.

use crate::bytes::Cursor;
use crate::wire::{Ins, Status};

use super::data::{HEADER, PROTECTION, Span, weighed};
use super::read as parameters_of;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::file::{crediting, reading, writing};
use crate::emulator::frames::Reply;
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size};

/// ReadRecords.
pub(in crate::emulator) static READ_RECORDS: Rule = Rule::new(
    Ins::ReadRecords,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(7),
    (may_read, read),
    "public captures of an EV1 card; EV2: belief",
)
.drops_pending();

/// ReadRecords: the read or the read-and-write right.
fn may_read(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let span = Span::parse(header)?;
    card.application()?.file(span.number)?.records()?;
    weighed(card, span.number, reading)
}

/// ReadRecords: `number newest count`, counted back from the last record; a count of 0 is all.
fn read(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let Span { number, offset: newest, length: count } = Span::parse(parameters)?;
    let records = card.application()?.file(number)?.records()?;
    reply.open_ended = count == 0;
    let found = records.read(newest, count)?;
    // With room for what protects them, the records are not left behind in a smaller buffer.
    let all = records.size().saturating_mul(records.all().len());
    reply.data.reserve(all.saturating_add(PROTECTION));
    reply.data.extend(found.flatten());
    Ok(())
}

/// WriteRecord.
pub(in crate::emulator) static WRITE_RECORD: Rule = Rule::new(
    Ins::WriteRecord,
    Level::Application,
    Mode::FileWrite,
    Size::Chained(7),
    (may_write, write),
    "belief",
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

/// WriteRecord: `number offset length data`.
fn write(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    let span = Span::parse(parameters)?;
    let data = parameters.get(HEADER..).unwrap_or_default();
    card.application_mut()?.file_mut(span.number)?.records_mut()?.write(span.offset, data)
}

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
    Ok(())
}
