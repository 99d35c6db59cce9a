// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders that come together: all of them, or none.

use sha2::{Digest, Sha256};

use super::{Put, Spooler, Taken};
use crate::error::Error;
use crate::rows::BatchRow;

/// What was announced of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct Batch {
    /// Its name.
    pub name: String,
    /// How many orders it has.
    pub count: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its cards are made one after the other, in this order: none is begun before those before it are
    /// encoded or cancelled.
    pub in_sequence: bool,
}

impl Spooler {
    /// Takes a batch: `bytes` as they came, and the orders that were read from them.
    ///
    /// # Errors
    /// [`Error::Hash`], [`Error::Count`], [`Error::OtherBatch`], or what [`Spooler::put`] says of one of
    /// them: then none was taken.
    pub fn take(&self, batch: &Batch, bytes: &[u8], orders: &[Put]) -> Result<Vec<Taken>, Error> {
        let found = u64::try_from(orders.len()).unwrap_or(u64::MAX);
        if <[u8; 32]>::from(Sha256::digest(bytes)) != batch.sha256 {
            return Err(Error::Hash);
        }
        if found != batch.count {
            return Err(Error::Count { found, announced: batch.count });
        }
        self.run(|tx| {
            match tx.batch(&batch.name)? {
                Some(held) if held.hash != batch.sha256 => return Err(Error::OtherBatch),
                Some(_) => {}
                None => {
                    let taken = tx.now()?;
                    tx.add_batch(&BatchRow {
                        name: batch.name.clone(),
                        count: i64::try_from(found).unwrap_or(i64::MAX),
                        hash: batch.sha256,
                        taken,
                    })?;
                }
            }
            let numbered = orders.iter().zip(1..);
            numbered
                .map(|(put, number)| {
                    let sequence = if batch.in_sequence { number } else { 0 };
                    self.take_in(tx, put, Some(&batch.name), sequence)
                })
                .collect()
        })
    }
}
