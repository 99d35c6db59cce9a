// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files with random filling, of which no two are alike: whether what is made over the filling under a key of
//! the card is right, and everything else as it stands there.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::papers::MADE;
use super::sheet::{Sheet, Uid};

/// How many bytes its records have.
const RECORD: usize = 16;

/// What one of its files says that holds these digits. `None` for any other file, and where it is refused.
pub(super) fn told(sheet: &Sheet, uid: Uid, no: u8, held: &str) -> Option<String> {
    let held = hex::decode(held).ok().filter(|held| !held.is_empty() && sheet.name == MADE)?;
    let (key, _) = sheet.key("seal", uid, [0; 3]);
    if no == 2 {
        let records: Option<Vec<_>> =
            held.chunks(RECORD).map(|record| record_told(&key.bytes, record)).collect();
        return Some(records?.join(", "));
    }
    // The salt, and a TLV that counts its value.
    let length = 9 + 2 + usize::from(*held.get(10)?);
    let (covered, rest) = held.split_at_checked(length)?;
    let (mac, rest) = rest.split_at_checked(8)?;
    let whole = [covered, &uid].concat();
    let right = key.cipher().cmac(&[0; 16], &whole).get(..8) == Some(mac);
    let (tag, rest) = (hex::encode_upper(covered.get(9..)?), hex::encode_upper(rest));
    Some(format!("{tag}, MAC right {right}, {rest}"))
}

/// A salt of four bytes, the end of a MAC over it, and zeros.
fn record_told(key: &[u8], record: &[u8]) -> Option<String> {
    let (salt, rest) = record.split_at_checked(4)?;
    let (found, rest) = rest.split_at_checked(8)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(salt);
    let right = mac.finalize().into_bytes().ends_with(found);
    Some(format!("MAC right {right}, {}", hex::encode_upper(rest)))
}
