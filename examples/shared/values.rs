// SPDX-License-Identifier: MIT OR Apache-2.0
//! Values on command lines.

#[path = "uid.rs"]
mod uid;

use cardwright::wire::KeyNo;

pub(crate) use uid::uid;

/// The number of a key.
pub(crate) fn key_no(text: &str) -> Result<KeyNo, String> {
    let number = text.parse().ok().and_then(KeyNo::new);
    number.ok_or_else(|| "a key number is 0 to 13".to_owned())
}
