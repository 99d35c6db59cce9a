// SPDX-License-Identifier: MIT OR Apache-2.0
//! One line of a receipts file, read back.

use super::Link;
use super::key::ChainKey;
use crate::encode::proof::receipt::Receipt;

/// What one line is.
#[derive(Debug)]
pub(in crate::encode) enum Line {
    /// A receipt that bears its own MAC.
    Kept(Kept),
    /// A receipt with a chain's entries, whose MAC does not fit.
    Changed,
    /// A receipt without a chain's entries.
    Unchained,
    /// No receipt at all.
    NoReceipt,
}

/// A receipt that bears its own MAC.
#[derive(Debug)]
pub(in crate::encode) struct Kept {
    pub(in crate::encode) receipt: Box<Receipt>,
    pub(super) link: Link,
    pub(super) previous: [u8; 32],
}

impl Line {
    /// Reads a line without its end.
    pub(super) fn read(text: &[u8], key: &ChainKey) -> Self {
        let Ok(receipt) = serde_json::from_slice::<Receipt>(text) else { return Self::NoReceipt };
        match Entries::of(text) {
            Some(Entries { covered, link, previous }) if key.fits(covered, &link.mac) => {
                Self::Kept(Kept { receipt: Box::new(receipt), link, previous })
            }
            Some(_) => Self::Changed,
            None if chained(text) => Self::Changed,
            None => Self::Unchained,
        }
    }
}

/// The entries that end a chained line, where they stand as they are written.
struct Entries<'l> {
    covered: &'l [u8],
    link: Link,
    previous: [u8; 32],
}

impl<'l> Entries<'l> {
    fn of(text: &'l [u8]) -> Option<Self> {
        let (rest, mac) = ending_in_hex(text.strip_suffix(b"\"}")?)?;
        let covered = rest.strip_suffix(b",\"mac\":\"")?;
        let (rest, previous) = ending_in_hex(covered.strip_suffix(b"\"")?)?;
        let rest = rest.strip_suffix(b",\"previous\":\"")?;
        let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (rest, sequence) = rest.split_at_checked(rest.len().checked_sub(digits)?)?;
        rest.strip_suffix(b",\"sequence\":")?;
        let sequence = core::str::from_utf8(sequence).ok()?.parse().ok()?;
        Some(Self { covered, link: Link { sequence, mac }, previous })
    }
}

fn ending_in_hex(text: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let (rest, digits) = text.split_at_checked(text.len().checked_sub(64)?)?;
    // In one way only, as each byte of a line counts.
    if digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some((rest, bytes))
}

/// Whether a receipt bears any entry of a chain.
fn chained(text: &[u8]) -> bool {
    let entries = serde_json::from_slice::<serde_json::Map<_, _>>(text);
    entries.is_ok_and(|entries| CHAIN.iter().any(|name| entries.contains_key(*name)))
}

/// The entries of a chain, in their order behind those of the receipt.
pub(super) const CHAIN: [&str; 3] = ["sequence", "previous", "mac"];
