// SPDX-License-Identifier: MIT OR Apache-2.0
//! What access rights may name.

use crate::wire::{Access, AccessRights, Status};

use crate::emulator::behaviour::Candidate;
use crate::emulator::card::Card;

/// Each key that is named must exist.
pub(super) fn check_rights(card: &Card, rights: &AccessRights) -> Result<(), Status> {
    if card.follows(Candidate::RightOfMissingKey) {
        return Ok(());
    }
    let count = card.keys().count();
    for right in [rights.read, rights.write, rights.read_write, rights.change] {
        match right {
            Access::Key(key) if u8::from(key) >= count => {
                // The status of DESFire Light and NTAG 424 DNA (NT4H2421Gx).
                let fixed = !card.model().silicon().layout.is_free();
                return Err(if fixed { Status::ParameterError } else { Status::NoSuchKey });
            }
            Access::Key(_) | Access::Free | Access::Never => {}
        }
    }
    Ok(())
}
