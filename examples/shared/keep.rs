// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keeps the state of a software card. The file holds keys in clear, so only its owner may read it.

use std::error::Error;
use std::path::Path;

use cardwright::emulator::SoftCard;
use cardwright::keys::Purpose;

use crate::private::replace;

/// Writes a card's state over the file, which is the old one or the new one at any time. The keys that
/// it got are for this purpose: live ones never come into a file.
pub(crate) fn save(path: &Path, card: &SoftCard, keys: Purpose) -> Result<(), Box<dyn Error>> {
    if keys == Purpose::Live {
        let why =
            "the state is not kept: the keys are marked live, and it would hold them in clear";
        return Err(format!("{}: {why}", path.display()).into());
    }
    Ok(replace(path, &card.save(), "the state")?)
}
