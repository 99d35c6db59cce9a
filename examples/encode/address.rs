// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a phone would open that is held to a software card.

use cardwright::emulator::SoftCard;
use cardwright::host::{Error, Session};
use cardwright::sdm;
use cardwright::wire::{DfName, IsoFileId};

/// The address that a tag gives at its next reading, which counts as one; `None` where it gives none.
pub(crate) fn of(card: &mut SoftCard) -> Option<String> {
    card.reset();
    let read = read(card).ok().flatten();
    card.reset();
    sdm::address(&read?)
}

/// By the steps of the Type 4 Tag specification: the application by its name, the file by its identifier.
fn read(card: &mut SoftCard) -> Result<Option<Vec<u8>>, Error> {
    let (Ok(name), Some(file)) = (DfName::new(&NAME), IsoFileId::new(0xE104)) else {
        return Ok(None);
    };
    let session = Session::open(card).select_name(&name);
    let mut session = session.map_err(|failed| failed.error)?;
    let _selected = session.select_file(file)?;
    let read = session.read_binary(0, 256)?;
    Ok(Some(read.value.expose_secret().clone()))
}

/// NDEF Tag Application.
const NAME: [u8; 7] = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];
