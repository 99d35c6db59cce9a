// SPDX-License-Identifier: MIT OR Apache-2.0
//! State files of software cards.

use std::error::Error;
use std::fs;
use std::path::Path;

use cardwright::emulator::SoftCard;
use zeroize::Zeroizing;

/// The card of a state file.
pub(crate) fn load(path: &Path, seed: u64) -> Result<SoftCard, Box<dyn Error>> {
    let told = |error: &dyn Error| format!("{}: {error}", path.display());
    let saved = fs::read(path).map_err(|error| told(&error))?;
    let saved = Zeroizing::new(saved);
    SoftCard::restore(&saved, seed).map_err(|error| told(&error).into())
}
