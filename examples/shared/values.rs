// SPDX-License-Identifier: MIT OR Apache-2.0
//! Values on command lines.

use cardwright::iso14443::RealUid;
use cardwright::wire::KeyNo;

/// The real UID of a card.
pub(crate) fn uid(text: &str) -> Result<RealUid, String> {
    let mut bytes = [0; 7];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| "a UID is 14 hexadecimal digits, such as 04782E21801D80".to_owned())?;
    Ok(RealUid::new(bytes))
}

/// The number of a key.
pub(crate) fn key_no(text: &str) -> Result<KeyNo, String> {
    let number = text.parse().ok().and_then(KeyNo::new);
    number.ok_or_else(|| "a key number is 0 to 13".to_owned())
}
