// SPDX-License-Identifier: MIT OR Apache-2.0
//! State files of software cards.

use std::error::Error;
use std::fs::File;
use std::path::Path;

use cardwright::emulator::{Model, SoftCard};

use crate::whole;

/// The card of a state file, which is of the model that is wanted, if one is.
pub(crate) fn load(
    path: &Path,
    wanted: Option<Model>,
    seed: u64,
) -> Result<SoftCard, Box<dyn Error>> {
    let told = |error: &dyn Error| format!("{}: {error}", path.display());
    let saved = File::open(path).and_then(whole::read).map_err(|error| told(&error))?;
    let card = SoftCard::restore(&saved, seed).map_err(|error| told(&error))?;
    let found = card.model();
    if wanted.is_some_and(|wanted| wanted != found) {
        let instead = format!("say --card {found}, or name another file");
        let path = path.display();
        return Err(format!("{path}: this is a card of model {found}; {instead}").into());
    }
    Ok(card)
}
