// SPDX-License-Identifier: MIT OR Apache-2.0
//! The counter of transactions, and where one stands among the others.

use core::fmt;

use super::error::TransactionError;
use crate::bytes::{Cursor, DecodeError};
use crate::host::dynamic::SdmCipher;

/// Counter and MAC of a transaction: what the commit told, or what the transaction MAC file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the file")]
pub struct TransactionMac {
    /// The counter with this transaction counted.
    pub counter: TransactionCounter,
    /// The MAC.
    pub value: [u8; 8],
}

impl TransactionMac {
    /// Reads counter (4, least significant byte first) and MAC (8) (NXP AN12343, section 10).
    ///
    /// # Errors
    /// [`DecodeError`] where there are more bytes or fewer.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("transaction MAC", bytes);
        let told = Self { counter: TransactionCounter(cursor.u32_le()?), value: cursor.array()? };
        cursor.finish()?;
        Ok(told)
    }
}

/// How many transactions a file has counted, as its four bytes say, the first byte the least significant.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the number of the file")]
pub struct TransactionCounter(pub u32);

impl TransactionCounter {
    /// How many were committed. In LRP those are the two low bytes: the two high ones count the
    /// transactions that were begun for each (MF2DL(H)x0, transaction MAC counter).
    #[must_use]
    pub const fn committed(self, cipher: SdmCipher) -> u32 {
        match cipher {
            SdmCipher::Aes => self.0,
            SdmCipher::Lrp => self.0 & 0xFFFF,
        }
    }

    /// As it goes into the session's keys.
    pub(super) const fn to_wire(self) -> [u8; 4] {
        self.0.to_le_bytes()
    }

    /// Where this transaction stands behind the last that is known.
    pub(super) fn behind(
        self,
        last: Option<Self>,
        cipher: SdmCipher,
    ) -> Result<Order, TransactionError> {
        let Some(last) = last else { return Ok(Order::First) };
        let [told, last] = [self, last].map(|counter| counter.committed(cipher));
        match told.checked_sub(last) {
            None => Err(TransactionError::Older { told, last }),
            Some(0) => Err(TransactionError::Repeated { told }),
            Some(1) => Ok(Order::Next),
            Some(ahead) => Ok(Order::Gap { missing: ahead.saturating_sub(1) }),
        }
    }
}

impl fmt::Debug for TransactionCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

/// Where a transaction stands among those that were reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a server must answer each of them")]
pub enum Order {
    /// None was known before.
    First,
    /// Right behind the last one.
    Next,
    /// Later ones than the last were committed before this, and nobody has reported them yet.
    Gap {
        /// How many.
        missing: u32,
    },
}
