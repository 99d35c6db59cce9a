// SPDX-License-Identifier: MIT OR Apache-2.0
//! The chain of a receipts file: a line that is changed, left out, copied or moved shows.
//!
//! Each line is a receipt with three more entries at its end: `sequence`, the line's number in its
//! file from 1; `previous`, the MAC of the line before it, of the first line zeros; and `mac`,
//! HMAC-SHA-256 over every byte of the line before `,"mac":`. Its key is derived from the tenant's
//! receipt key and used for nothing else. So each line proves itself, and which line it follows.
//!
//! What a chain cannot show is that whole lines are missing at its end: who keeps the last number
//! elsewhere can tell.

mod beginning;
pub(in crate::encode) mod check;
pub(in crate::encode) mod key;
mod line;

use crate::encode::proof::receipt::Receipt;
use crate::key::KeyError;
use crate::keys::ReceiptKey;
use key::ChainKey;

/// What a MAC of a chain has before the first line.
const NOTHING: [u8; 32] = [0; 32];

/// A line's place in its file: its number from 1, and its MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The line's number from 1; 0 stands for the place before the first.
    pub sequence: u64,
    /// The line's MAC; zeros before the first.
    pub mac: [u8; 32],
}

impl Link {
    /// The place before the first line.
    pub const BEFORE_THE_FIRST: Self = Self { sequence: 0, mac: NOTHING };
}

/// Makes the lines of a receipts file, each behind the one before it.
#[derive(Debug, Clone)]
pub struct Chain {
    key: ChainKey,
    last: Link,
}

impl Chain {
    /// The chain of a new file. The receipt key is asked once, here.
    ///
    /// # Errors
    /// [`KeyError`] of a receipt key that is elsewhere.
    pub fn new(key: &ReceiptKey) -> Result<Self, KeyError> {
        Self::behind(key, Link::BEFORE_THE_FIRST)
    }

    /// The chain of a file whose last line is this one.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn behind(key: &ReceiptKey, last: Link) -> Result<Self, KeyError> {
        Ok(Self { key: ChainKey::of(key)?, last })
    }

    pub(in crate::encode) const fn of(key: ChainKey, last: Link) -> Self {
        Self { key, last }
    }

    /// The line that a receipt makes next. The chain goes on with [`accept`](Self::accept) once
    /// the line is kept, so that a line that could not be written leaves no hole.
    ///
    /// # Errors
    /// [`serde_json::Error`], which a receipt gives no cause for.
    pub fn seal(&self, receipt: &Receipt) -> Result<SealedReceipt, serde_json::Error> {
        let sequence = self.last.sequence.saturating_add(1);
        let mut text = receipt.to_line()?;
        // Every receipt has entries and ends in a brace.
        let _brace = text.pop();
        let previous = hex::encode(self.last.mac);
        text += &format!(",\"sequence\":{sequence},\"previous\":\"{previous}\"");
        let mac = self.key.mac(text.as_bytes());
        text += &format!(",\"mac\":\"{}\"}}\n", hex::encode(mac));
        Ok(SealedReceipt { text, link: Link { sequence, mac } })
    }

    /// Goes on behind this line, which is kept now.
    pub const fn accept(&mut self, kept: &SealedReceipt) {
        self.last = kept.link;
    }

    /// The last line that was kept.
    #[must_use]
    pub const fn last(&self) -> Link {
        self.last
    }
}

/// A line of a receipts file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedReceipt {
    text: String,
    link: Link,
}

impl SealedReceipt {
    /// The line, with its end.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its number and MAC.
    #[must_use]
    pub const fn link(&self) -> Link {
        self.link
    }
}

#[cfg(test)]
mod tests;
