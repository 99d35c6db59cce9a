// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which settings of secure dynamic messaging a chip takes.

use core::ops::Range;

use crate::wire::{Access, Sdm, SdmCounter, SdmFile, SdmMeta, Status};

/// What a chip knows of itself when it looks at settings.
#[derive(Debug, Clone, Copy)]
pub(in crate::emulator) struct Around {
    /// How long the file is.
    pub(in crate::emulator) size: u32,
    /// How many keys there are.
    pub(in crate::emulator) keys: u8,
    /// How many characters PICC data have.
    pub(in crate::emulator) picc_data: u32,
    /// Whether it has a seal.
    pub(in crate::emulator) has_seal: bool,
    /// How often the file was read.
    pub(in crate::emulator) reads: u32,
}

/// Takes the settings, or refuses them with `9E` (NT4H2421Gx, ChangeFileSettings).
pub(in crate::emulator) fn check(sdm: &Sdm, around: Around) -> Result<(), Status> {
    fits(sdm, around).then_some(()).ok_or(Status::ParameterError)
}

fn fits(sdm: &Sdm, around: Around) -> bool {
    let Around { size, keys, picc_data, has_seal, reads } = around;
    let there = |right: Access| match right {
        Access::Key(key) => u8::from(key) < keys,
        Access::Free | Access::Never => true,
    };
    let mut places: Vec<Range<u32>> = Vec::new();
    let mut place = |at: u32, length: u32| places.push(at..at.saturating_add(length));
    let (uid, counter) = match sdm.meta {
        SdmMeta::Never { counted } => (false, counted),
        SdmMeta::Clear { uid, counter } => {
            if let Some(at) = uid {
                place(at, UID);
            }
            if let Some(SdmCounter::At(at)) = counter {
                place(at, COUNTER);
            }
            (uid.is_some(), counter.is_some())
        }
        SdmMeta::Enciphered { key, uid, counter, at } => {
            if !there(Access::Key(key)) {
                return false;
            }
            place(at, picc_data);
            (uid, counter)
        }
    };
    let shows_nothing = !uid && !counter && !matches!(sdm.meta, SdmMeta::Never { .. });
    let counts = sdm.counter == Access::Never || counter;
    let limit = sdm.limit.is_none_or(|limit| counter && limit > reads);
    if shows_nothing || !there(sdm.counter) || !counts || !limit {
        return false;
    }
    if sdm.tamper.is_some() && !has_seal {
        return false;
    }
    let mut enciphered = None;
    if let Some(SdmFile { key, from, mac, enciphered: part }) = sdm.file {
        if !there(Access::Key(key)) || from > mac {
            return false;
        }
        place(mac, MAC);
        if let Some((at, length)) = part {
            let end = at.saturating_add(length);
            if !uid || !counter || length == 0 || length % 32 != 0 || at < from || end > mac {
                return false;
            }
            place(at, length);
            enciphered = Some((at, length));
        }
    }
    if let Some(at) = sdm.tamper {
        // In what is enciphered it has to be in the half that is.
        let end = at.saturating_add(TAMPER);
        let inside = enciphered
            .is_some_and(|(from, length)| at >= from && end <= from.saturating_add(length / 2));
        if !inside {
            places.push(at..end);
        }
    }
    places.iter().all(|place| place.end <= size) && apart(&places)
}

/// Whether no two of them share a byte.
fn apart(places: &[Range<u32>]) -> bool {
    let mut sorted: Vec<_> = places.iter().collect();
    sorted.sort_by_key(|place| place.start);
    sorted.iter().zip(sorted.iter().skip(1)).all(|(one, next)| one.end <= next.start)
}

const UID: u32 = 14;
const COUNTER: u32 = 6;
const MAC: u32 = 16;
const TAMPER: u32 = 2;
