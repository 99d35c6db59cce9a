// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands that read and write data files.

use crate::bytes::u24_le;
use crate::secret::Secret;
use crate::wire::{Access, AccessRights, CommMode, FileType, Ins, Status};

use super::read as parameters_of;
use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::file::{Verdict, weigh, weigh_sets, writing};
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::mirror;
use crate::emulator::rule::{Level, Rule, Size};
use crate::emulator::sdm::Way;
use crate::emulator::transaction_mac::TransactionMac;

/// The header of a read or write: which bytes of which file.
pub(super) struct Span {
    pub(super) number: u8,
    pub(super) offset: usize,
    pub(super) length: usize,
}

impl Span {
    pub(super) fn parse(header: &[u8]) -> Result<Self, Status> {
        parameters_of(header, |cursor| {
            let number = cursor.u8()?;
            let [offset, length] = [cursor.u24_le()?, cursor.u24_le()?];
            Ok(Self { number, offset: offset as usize, length: length as usize })
        })
    }

    pub(super) fn end(&self) -> usize {
        self.offset.saturating_add(self.length)
    }

    /// The header with this length, as the transaction MAC goes over it.
    pub(super) fn header(&self, length: usize) -> Vec<u8> {
        let number = |number: usize| u24_le(u32::try_from(number).unwrap_or(u32::MAX));
        [&[self.number][..], &number(self.offset), &number(length)].concat()
    }
}

/// What a session may do with a file.
pub(super) fn weighed<const N: usize>(
    card: &Card,
    number: u8,
    granting: impl Fn(&AccessRights) -> [Access; N],
) -> Result<Grant, Status> {
    let settings = &card.application()?.file(number)?.settings;
    card.require_transactions()?;
    granted(weigh_sets(settings, granting, card.authenticated(), card.behaviour.both_rights))
}

fn granted(verdict: Verdict) -> Result<Grant, Status> {
    match verdict {
        Verdict::Granted(file) => Ok(Grant { file, ..Grant::MANAGE }),
        Verdict::WrongKey => Err(Status::AuthenticationError),
        Verdict::Never => Err(Status::PermissionDenied),
    }
}

/// ReadData.
pub(in crate::emulator) static READ_DATA: Rule = Rule::new(
    Ins::ReadData,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(7),
    (may_read, read_in_frames),
    "public captures of EV1 cards; EV2 after AN12343, table 26",
)
.drops_pending();

/// ReadData: the read or the read-and-write right.
fn may_read(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let span = Span::parse(header)?;
    if let Some(mac) = card.transaction_mac(span.number) {
        let granting = [mac.rights.read];
        let key = card.authenticated();
        return granted(weigh(&granting, mac.mode, key, card.behaviour.both_rights));
    }
    card.application()?.file(span.number)?.data()?;
    card.require_transactions()?;
    granted(mirror::weighed(card, span.number)?)
}

/// As [`read`], in as many frames as it takes.
fn read_in_frames(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    read(card, Ins::ReadData, parameters, reply)
}

/// ReadData: `number offset length`; a length of 0 reads to the end.
fn read(card: &mut Card, ins: Ins, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let span = Span::parse(parameters)?;
    let mac = card.transaction_mac(span.number).map(TransactionMac::contents);
    let size = match &mac {
        Some(mac) => mac.len(),
        None => card.application()?.file(span.number)?.data()?.contents().len(),
    };
    reply.open_ended = span.length == 0;
    let end = if reply.open_ended { size } else { span.end() };
    if span.offset >= end || end > size {
        return Err(Status::BoundaryError);
    }
    let image = match &mac {
        Some(mac) => Some(Secret::new(mac.to_vec())),
        None => mirror::image(card, span.number, Way::Native)?,
    };
    let contents = match &image {
        Some(image) => image.expose_secret(),
        None => card.application()?.file(span.number)?.data()?.contents(),
    };
    let found = contents.get(span.offset..end).ok_or(Status::BoundaryError)?;
    // With room for what protects them, the contents are not left behind in a smaller buffer.
    reply.data.reserve(found.len().saturating_add(PROTECTION));
    reply.data.extend_from_slice(found);
    if mac.is_none() {
        card.cover(ins, &span.header(reply.data.len()), &reply.data);
    }
    Ok(())
}

/// ReadData of chips that answer in one piece, however long it is.
pub(in crate::emulator) static READ_DATA_ISO: Rule = Rule::new(
    Ins::ReadDataIso,
    Level::Application,
    Mode::FileRead,
    Size::AtLeast(7),
    (may_read, read_whole),
    "public captures of an NTAG 424 DNA",
)
.drops_pending();

/// As [`read`]; what would be longer than an APDU is refused with `7E` (captured for a MAC over 256 bytes).
fn read_whole(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    let Grant { file, .. } = may_read(card, parameters)?;
    reply.cut = Cut::Whole;
    read(card, Ins::ReadDataIso, parameters, reply)?;
    fits_apdu(card, file, reply)
}

/// A reply must fit an APDU with what protects it.
pub(super) fn fits_apdu(card: &Card, file: CommMode, reply: &Reply) -> Result<(), Status> {
    let clear = reply.data.len();
    let in_blocks = (clear / 16).saturating_add(1).saturating_mul(16);
    let ev2 = card.session.as_ref().map(|open| open.channel.thread().is_some());
    let whole = match (ev2, file) {
        (None, _) | (Some(true), CommMode::Plain) => clear,
        // An EV1 session MACs the replies of plain files too.
        (Some(_), CommMode::Plain | CommMode::Mac) => clear.saturating_add(8),
        (Some(true), CommMode::Full) => in_blocks.saturating_add(8),
        // The checksum goes enciphered.
        (Some(false), CommMode::Full) => in_blocks.saturating_add(16),
    };
    if whole > APDU { Err(Status::LengthError) } else { Ok(()) }
}

/// How many bytes one APDU answers at most.
const APDU: usize = 256;

/// WriteData of chips that take in one piece what fits an APDU.
pub(in crate::emulator) static WRITE_DATA_ISO: Rule = Rule::new(
    Ins::WriteDataIso,
    Level::Application,
    Mode::FileWrite,
    Size::AtLeast(7),
    (may_write, write_whole),
    "public captures of an NTAG 424 DNA",
)
.drops_pending();

/// WriteData.
pub(in crate::emulator) static WRITE_DATA: Rule = Rule::new(
    Ins::WriteData,
    Level::Application,
    Mode::FileWrite,
    Size::Chained(7),
    (may_write, write_in_frames),
    "public captures of EV1 cards; EV2 after AN12343, tables 23 and 25",
)
.drops_pending();

/// WriteData: the write or the read-and-write right. What lies outside the file is refused at the
/// first frame, so a chain is never longer than a file.
fn may_write(card: &Card, header: &[u8]) -> Result<Grant, Status> {
    let span = Span::parse(header)?;
    let file = card.application()?.file(span.number)?;
    let size = file.data()?.contents().len();
    let grant = weighed(card, span.number, writing)?;
    if span.length == 0 && !card.follows(Candidate::EmptyWrite) {
        return Err(Status::ParameterError);
    }
    if span.end() > size {
        return Err(Status::BoundaryError);
    }
    let standard = file.settings.kind.file_type() == FileType::Standard;
    let closed = card.memory.configuration.closed().chains && standard;
    Ok(Grant { data: span.length, whole: closed && grant.file != CommMode::Plain, ..grant })
}

/// WriteData in as many frames as it takes.
fn write_in_frames(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    write(card, Ins::WriteData, parameters)
}

/// WriteData in one piece.
fn write_whole(card: &mut Card, parameters: &[u8], _reply: &mut Reply) -> Result<(), Status> {
    write(card, Ins::WriteDataIso, parameters)
}

/// WriteData: `number offset length data`.
fn write(card: &mut Card, ins: Ins, parameters: &[u8]) -> Result<(), Status> {
    let span = Span::parse(parameters)?;
    let (header, data) = parameters.split_at_checked(HEADER).ok_or(Status::LengthError)?;
    card.cover(ins, header, data);
    card.store(span.number, span.offset, data)
}

/// The most that a channel adds to a reply: a padded block and a checksum or MAC.
pub(super) const PROTECTION: usize = 32;
/// Number, offset and length.
pub(super) const HEADER: usize = 7;
