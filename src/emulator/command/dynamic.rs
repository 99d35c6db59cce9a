// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging in the settings of files: of the NDEF file of NTAG 424 DNA (NT4H2421Gx), and of
//! standard files of DESFire EV3 that were made for it (AN12752).

use crate::bytes::{Cursor, DecodeErrorKind};
use crate::wire::{FileType, Ins, KeyType, Sdm, Status};

use super::tag;
use crate::emulator::card::Card;
use crate::emulator::sdm::{self, Around};

/// Whether the chip knows of it: it counts how often files are read.
pub(super) fn is_known(card: &Card) -> bool {
    card.model().silicon().has(Ins::GetFileCounters)
}

/// The option byte of a creation without the bit that makes a standard file for it, and whether it was there.
pub(super) fn split(card: &Card, file: FileType, option: u8) -> (u8, bool) {
    let free = card.model().silicon().layout.is_free();
    let made = option & BIT != 0 && file == FileType::Standard && free && is_known(card);
    (if made { option ^ BIT } else { option }, made)
}

/// The settings, as the chip checks them.
///
/// # Errors
/// `9D` where the file cannot have it, `7E` and `9E` as their bytes are.
pub(super) fn settings(card: &Card, number: u8, block: &[u8]) -> Result<Sdm, Status> {
    let file = card.application()?.file(number)?;
    let made = if card.model().silicon().layout.is_free() { file.dynamic } else { number == NDEF };
    let kind = file.settings.kind;
    let size = kind.size().filter(|_| made && kind.file_type() == FileType::Standard);
    let size = size.ok_or(Status::PermissionDenied)?.bytes();
    let mut cursor = Cursor::new("secure dynamic messaging", block);
    let read = Sdm::decode(&mut cursor);
    let sdm = read.map_err(|error| match error.kind {
        DecodeErrorKind::Invalid { .. } => Status::ParameterError,
        DecodeErrorKind::Truncated { .. } | DecodeErrorKind::Trailing { .. } => Status::LengthError,
    })?;
    cursor.finish().map_err(|_| Status::LengthError)?;
    let keys = card.keys();
    let around = Around {
        size,
        // It takes AES keys only.
        keys: if keys.kind() == KeyType::Aes { keys.count() } else { 0 },
        picc_data: if card.in_lrp() { 48 } else { 32 },
        has_seal: tag::has_seal(card),
        reads: if file.settings.sdm.is_some() { file.reads } else { 0 },
    };
    sdm::check(&sdm, around)?;
    Ok(sdm)
}

/// In the option byte of a file: secure dynamic messaging.
pub(super) const BIT: u8 = 0x40;
/// The one file of a tag that can have it.
const NDEF: u8 = 2;
