// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key of chains of receipts, by itself: jobs hold one, and receipts lead back to jobs.

use subtle::ConstantTimeEq;

use crate::key::KeyError;
use crate::keys::{NameKey, ReceiptKey};

/// The key of a tenant's chains.
#[derive(Debug, Clone)]
pub(in crate::encode) struct ChainKey(NameKey);

impl ChainKey {
    pub(in crate::encode) fn of(key: &ReceiptKey) -> Result<Self, KeyError> {
        Ok(Self(key.derive("receipts chain")?))
    }

    pub(super) fn mac(&self, line: &[u8]) -> [u8; 32] {
        self.0.hmac("receipt", line)
    }

    pub(super) fn fits(&self, line: &[u8], mac: &[u8; 32]) -> bool {
        self.mac(line).ct_eq(mac).into()
    }
}
