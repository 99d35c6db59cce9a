// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands for a card or a records file where nobody may tell which it is.

use crate::encode::job::Job;
use crate::iso14443::RealUid;

/// The mark of a records file whose records have no `id`: its HMAC under the receipt key.
#[must_use]
pub fn batch_mark(job: &Job, records: &[u8]) -> [u8; 32] {
    job.receipt_key().hmac("records", records)
}

/// The mark of a card: the HMAC of its UID under the receipt key, hexadecimal.
pub(crate) fn card_mark(job: &Job, uid: &RealUid) -> String {
    hex::encode(job.receipt_key().hmac("card", uid.expose()))
}
