// SPDX-License-Identifier: MIT OR Apache-2.0
//! UIDs on command lines.

use cardwright::iso14443::RealUid;

/// The real UID of a card.
pub(crate) fn uid(text: &str) -> Result<RealUid, String> {
    let mut bytes = [0; 7];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| "a UID is 14 hexadecimal digits, such as 04782E21801D80".to_owned())?;
    Ok(RealUid::new(bytes))
}
