// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each command may do and does, one family a file.
//!
//! A command has a row, which the table of rules names, and in it two functions: one says whether what the command
//! names exists and whether the rights allow it, the other checks the values and acts.

pub(super) mod application;
pub(super) mod authenticate;
pub(super) mod data;
pub(super) mod delegation;
mod dynamic;
pub(super) mod file;
pub(super) mod key;
pub(super) mod key_set;
pub(super) mod light;
pub(super) mod originality;
pub(super) mod picc;
pub(super) mod proximity;
pub(super) mod record;
mod rights;
pub(super) mod select;
pub(super) mod tag;
pub(super) mod transaction;
pub(super) mod transaction_mac;
pub(super) mod value;

use crate::bytes::{Cursor, DecodeError};
use crate::wire::{Aid, Status};

/// Reads parameters whose length has been checked before.
fn read<'a, T>(
    parameters: &'a [u8],
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DecodeError>,
) -> Result<T, Status> {
    let mut cursor = Cursor::new("parameters", parameters);
    read(&mut cursor).map_err(|_| Status::LengthError)
}

/// An application identifier that is all there is, or comes first.
fn aid(parameters: &[u8]) -> Result<Aid, Status> {
    read(parameters, Cursor::array).map(Aid::from_wire)
}
