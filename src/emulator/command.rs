// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each command may do and does, one family a file.
//!
//! A command has two functions, named in the table of rules: one says whether what the command
//! names exists and whether the rights allow it, the other checks the values and acts.

pub(super) mod application;
pub(super) mod data;
pub(super) mod file;
pub(super) mod key;
pub(super) mod picc;
pub(super) mod record;
pub(super) mod select;
pub(super) mod transaction;
pub(super) mod value;

use crate::bytes::{Cursor, DecodeError};
use crate::wire::{Aid, Status};

use super::card::Card;
use super::grant::Grant;

/// Reads parameters whose length has been checked before.
fn read<'a, T>(
    parameters: &'a [u8],
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DecodeError>,
) -> Result<T, Status> {
    let mut cursor = Cursor::new("parameters", parameters);
    read(&mut cursor).map_err(|_| Status::LengthError)
}

/// A command that anybody may use.
const fn anybody(_card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    Ok(Grant::MANAGE)
}

fn aid(parameters: &[u8]) -> Result<Aid, Status> {
    read(parameters, Cursor::array).map(Aid::from_wire)
}
