// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an application is to be, as the commands that create one say it.

use crate::bytes::Cursor;
use crate::wire::{
    Aid, DfName, Ins, IsoDf, IsoFileId, KeySettings, KeySlots, Layout, Silicon, Status,
};

use super::key_sets::KeySets;

/// An application that is to be created.
pub(super) struct Definition {
    pub(super) aid: Aid,
    pub(super) settings: KeySettings,
    pub(super) slots: KeySlots,
    /// The third settings byte, where one was given.
    pub(super) third: Option<u8>,
    pub(super) sets: Option<KeySets>,
    pub(super) iso: Option<IsoDf>,
}

impl Definition {
    /// How many bytes of settings follow the slots.
    pub(super) fn settings(bytes: &[u8], silicon: &Silicon) -> usize {
        let slots = bytes.get(1).copied().unwrap_or_default();
        let third = bytes.get(2).copied().filter(|_| announced(slots, silicon));
        match third {
            None => 0,
            Some(third) if third & SETS != 0 => 5,
            Some(_) => 1,
        }
    }

    /// Reads `settings slots [third [version sets length roller]] [ISO identifier [name]]`. The third byte is
    /// there where bit 4 of the slots says so, and the next four where its bit 0 does.
    ///
    /// # Errors
    /// `7E` where bytes are missing or too many, `9D` for keys of virtual cards, `9E` for other values that
    /// cannot be.
    pub(super) fn parse(aid: Aid, bytes: &[u8], silicon: &Silicon) -> Result<Self, Status> {
        let Layout::Free(room) = silicon.layout else { return Err(Status::IllegalCommand) };
        let mut cursor = Cursor::new("application", bytes);
        let short = |_| Status::LengthError;
        let settings = KeySettings::from_byte(cursor.u8().map_err(short)?);
        let byte = cursor.u8().map_err(short)?;
        let told = announced(byte, silicon);
        let third = if told { Some(cursor.u8().map_err(short)?) } else { None };
        let several = third.is_some_and(|third| third & SETS != 0);
        let block = if several { Some(cursor.array().map_err(short)?) } else { None };
        let names = cursor.rest();
        if !matches!(names.len(), 0 | 2..=18) {
            return Err(Status::LengthError);
        }
        let byte = if told { byte ^ THIRD } else { byte };
        let slots = KeySlots::from_byte(byte).map_err(|_| Status::ParameterError)?;
        if !(room.fewest_keys..=room.most_keys).contains(&slots.count) {
            return Err(Status::ParameterError);
        }
        check(third.unwrap_or_default(), silicon)?;
        let sets = block.map(|block| KeySets::new(block, slots.key_type));
        let sets = sets.map(|sets| sets.ok_or(Status::ParameterError)).transpose()?;
        Ok(Self { aid, settings, slots, third, sets, iso: iso_names(names)? })
    }
}

/// Whether the slots say that a third byte follows, on a chip that knows of one.
const fn announced(slots: u8, silicon: &Silicon) -> bool {
    slots & THIRD != 0 && silicon.has(Ins::InitializeKeySet)
}

/// The third settings byte (AN12752, table 6).
fn check(third: u8, silicon: &Silicon) -> Result<(), Status> {
    if third & VIRTUAL_CARDS != 0 {
        return Err(Status::PermissionDenied);
    }
    // Of EV3, as the counters of files are.
    let deletes = if silicon.has(Ins::GetFileCounters) { DELETES } else { 0 };
    if third & !(SETS | CAPABILITIES | deletes) != 0 {
        return Err(Status::ParameterError);
    }
    Ok(())
}

fn iso_names(bytes: &[u8]) -> Result<Option<IsoDf>, Status> {
    let Some((&id, name)) = bytes.split_first_chunk() else { return Ok(None) };
    let id = IsoFileId::from_wire(id).ok_or(Status::ParameterError)?;
    let name = match name {
        [] => None,
        name => Some(DfName::new(name).map_err(|_| Status::LengthError)?),
    };
    Ok(Some(IsoDf { id, name }))
}

/// In the slots: a third settings byte follows.
const THIRD: u8 = 0x10;
/// In the third byte: several key sets.
const SETS: u8 = 0x01;
/// Keys of virtual cards.
const VIRTUAL_CARDS: u8 = 0x02;
/// Capabilities of its own.
const CAPABILITIES: u8 = 0x04;
/// Its master key may delete it whatever the settings of the PICC.
pub(super) const DELETES: u8 = 0x10;
