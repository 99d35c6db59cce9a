// SPDX-License-Identifier: MIT OR Apache-2.0
//! READ and UPDATE BINARY, READ RECORDS, APPEND RECORD: file contents, never enciphered.

use crate::iso7816::{Command, StatusWord};
use crate::transport::ReplyBuf;
use crate::wire::{Access, AccessRights, CommMode, Status};

use crate::emulator::card::Card;
use crate::emulator::file::{Verdict, reading, weigh_sets, writing};
use crate::emulator::mirror;
use crate::emulator::sdm::Way;

type Done = Result<StatusWord, StatusWord>;

/// READ BINARY: to the end of the file where it is asked for everything or for more.
pub(super) fn read_binary(card: &mut Card, command: &Command<'_>, out: &mut ReplyBuf) -> Done {
    if !command.data.is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let asked = usize::from(command.le.ok_or(StatusWord::WRONG_LENGTH)?);
    let (number, offset) = place(card, command)?;
    clear(card, mirror::weighed(card, number).map_err(word)?)?;
    let file = card.application().and_then(|found| found.file(number)).map_err(word)?;
    let size = file.data().map_err(|_| StatusWord::CONDITIONS_OF_USE)?.contents().len();
    if offset >= size {
        return Err(StatusWord::WRONG_OFFSET);
    }
    let image = mirror::image(card, number, Way::Iso).map_err(|_| StatusWord::SECURITY_STATUS)?;
    let file = card.application().and_then(|found| found.file(number)).map_err(word)?;
    let contents = match &image {
        Some(image) => image.expose_secret(),
        None => file.data().map_err(word)?.contents(),
    };
    let rest = contents.get(offset..).ok_or(StatusWord::WRONG_OFFSET)?;
    let found = rest.get(..asked).unwrap_or(rest);
    let whole = found.len() == asked || asked == ALL;
    out.try_extend_from_slice(found).map_err(|_| StatusWord::WRONG_LENGTH)?;
    sealed(card, out)?;
    Ok(if whole { StatusWord::OK } else { StatusWord::END_OF_FILE })
}

/// UPDATE BINARY. In a backup file the bytes wait for CommitTransaction.
pub(super) fn update_binary(card: &mut Card, command: &Command<'_>) -> Done {
    if command.data.is_empty() || command.le.is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let (number, offset) = place(card, command)?;
    plain(allowed(card, number, writing)?)?;
    let file = card.application().and_then(|found| found.file(number)).map_err(word)?;
    let data = file.data().map_err(|_| StatusWord::CONDITIONS_OF_USE)?;
    if offset >= data.contents().len() {
        return Err(StatusWord::WRONG_OFFSET);
    }
    if offset.saturating_add(command.data.len()) > data.contents().len() {
        let light = card.is_light();
        return Err(if light { StatusWord::CONDITIONS_OF_USE } else { StatusWord::FILE_FULL });
    }
    card.store(number, offset, command.data).map_err(word)?;
    Ok(StatusWord::OK)
}

/// READ RECORDS: P1 counts back from the newest record, 1; 0, the current one, is the newest too. One
/// record, or all older ones too.
pub(super) fn read_records(card: &mut Card, command: &Command<'_>, out: &mut ReplyBuf) -> Done {
    if !command.data.is_empty() || command.le.is_none() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let count = match command.p2 & 0x07 {
        0x04 => 1,
        0x05 => 0,
        _ => return Err(StatusWord::WRONG_P1_P2),
    };
    let number = short(card, command.p2 >> 3)?;
    allowed(card, number, reading)?;
    let file = card.application().and_then(|found| found.file(number)).map_err(word)?;
    let records = file.records().map_err(|_| StatusWord::CONDITIONS_OF_USE)?;
    let found = records.read(usize::from(command.p1.saturating_sub(1)), count);
    for record in found.map_err(|_| StatusWord::RECORD_NOT_FOUND)? {
        out.try_extend_from_slice(record).map_err(|_| StatusWord::WRONG_LENGTH)?;
    }
    sealed(card, out)?;
    Ok(StatusWord::OK)
}

/// APPEND RECORD: a whole record, which waits for CommitTransaction.
pub(super) fn append_record(card: &mut Card, command: &Command<'_>) -> Done {
    if command.p1 != 0x00 || command.p2 & 0x07 != 0x00 {
        return Err(StatusWord::WRONG_P1_P2);
    }
    let number = short(card, command.p2 >> 3)?;
    plain(allowed(card, number, writing)?)?;
    let file = card.application_mut().and_then(|found| found.file_mut(number)).map_err(word)?;
    let records = file.records_mut().map_err(|_| StatusWord::CONDITIONS_OF_USE)?;
    if command.data.len() != records.size() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    records.check_write().map_err(|_| StatusWord::FILE_FULL)?;
    records.write(0, command.data).map_err(word)?;
    Ok(StatusWord::OK)
}

/// The file and offset in P1 and P2: a short identifier, which is the file number, and eight bits,
/// or fifteen bits in the selected file.
fn place(card: &mut Card, command: &Command<'_>) -> Result<(u8, usize), StatusWord> {
    if command.p1 & 0x80 != 0 {
        return Ok((short(card, command.p1 & 0x1F)?, usize::from(command.p2)));
    }
    let unselected = nothing_selected(card);
    let number = card.iso.file.ok_or(unselected)?;
    Ok((number, usize::from(u16::from_be_bytes([command.p1, command.p2]))))
}

/// A short identifier is the file number, and the file is then selected; 0 is the selected file.
fn short(card: &mut Card, number: u8) -> Result<u8, StatusWord> {
    // A DESFire Light has a file 00, which is not meant, and a file 1F, whose identifier is reserved.
    let light = card.is_light();
    if number == RESERVED && light {
        return Err(StatusWord::WRONG_P1_P2);
    }
    if number == 0 && (light || card.iso.file.is_some()) {
        return card.iso.file.ok_or(StatusWord::CONDITIONS_OF_USE);
    }
    let unselected = nothing_selected(card);
    let application = card.application().map_err(|_| unselected)?;
    application.file(number).map_err(word)?;
    card.iso.file = Some(number);
    Ok(number)
}

/// The status word where no file is selected: at the level of the card itself there is none to select
/// (a real EV1).
fn nothing_selected(card: &Card) -> StatusWord {
    if card.selected.is_none() { StatusWord::WRONG_P1_P2 } else { StatusWord::CONDITIONS_OF_USE }
}

/// How the contents travel for whoever holds the session.
fn allowed(
    card: &Card,
    number: u8,
    granting: fn(&AccessRights) -> [Access; 2],
) -> Result<CommMode, StatusWord> {
    let file = card.application().and_then(|found| found.file(number)).map_err(word)?;
    let key = card.authenticated();
    clear(card, weigh_sets(&file.settings, granting, key, card.behaviour.both_rights))
}

/// How what was weighed travels, where these commands can carry it.
fn clear(card: &Card, verdict: Verdict) -> Result<CommMode, StatusWord> {
    // Chips with a fixed layout have no ISO commands within a session (DESFire Light).
    if card.session.is_some() && !card.model().silicon().layout.is_free() {
        return Err(StatusWord::SECURITY_STATUS);
    }
    // Nor where a transaction MAC would have to go over them.
    if card.counts_transactions() {
        return Err(StatusWord::CONDITIONS_OF_USE);
    }
    match verdict {
        Verdict::Granted(CommMode::Full) | Verdict::WrongKey | Verdict::Never => {
            Err(StatusWord::SECURITY_STATUS)
        }
        Verdict::Granted(CommMode::Mac)
            if !card.session.as_ref().is_some_and(|open| open.channel.has_iso_mac()) =>
        {
            Err(StatusWord::SECURITY_STATUS)
        }
        Verdict::Granted(mode) => Ok(mode),
    }
}

/// These commands write in clear only.
fn plain(mode: CommMode) -> Result<(), StatusWord> {
    if mode == CommMode::Plain { Ok(()) } else { Err(StatusWord::SECURITY_STATUS) }
}

/// In an EV1 session contents carry the MAC of a reply, whatever the mode of the file (a client that
/// was tried on real cards). No other session has one.
fn sealed(card: &mut Card, out: &mut ReplyBuf) -> Result<(), StatusWord> {
    let mac = card.session.as_mut().and_then(|session| session.channel.iso_mac(out));
    let Some(mac) = mac else { return Ok(()) };
    out.try_extend_from_slice(&mac).map_err(|_| StatusWord::WRONG_LENGTH)
}

/// The status word for what a native command would have answered.
fn word(status: Status) -> StatusWord {
    if status == Status::FileNotFound {
        StatusWord::FILE_NOT_FOUND
    } else {
        StatusWord::CONDITIONS_OF_USE
    }
}

/// The short identifier that is none.
const RESERVED: u8 = 0x1F;
/// Le 00 asks for all there is, up to 256.
const ALL: usize = 256;
