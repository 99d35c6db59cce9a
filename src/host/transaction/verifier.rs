// SPDX-License-Identifier: MIT OR Apache-2.0
//! Judges reports of transactions.

use core::fmt;

use zeroize::Zeroizing;

use super::counter::{Order, TransactionCounter, TransactionMac};
use super::error::{OperationError, TransactionError};
use super::keys::SessionKeys;
use super::operation::{Operation, ReaderId};
use crate::host::dynamic::SdmCipher;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::secret::ct_eq;

/// Verifies the transactions of one application of one card.
pub struct Verifier {
    key: CardKey,
    cipher: SdmCipher,
    uid: RealUid,
}

/// The last transaction of a card that is known: for the server to keep, and to replace in one step by the
/// one that [`Verified`] brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a server keeps of a card")]
pub struct Last {
    /// Its counter.
    pub counter: TransactionCounter,
    /// The last reader that committed in a session; `None` where no report has named one.
    pub reader: Option<ReaderId>,
}

/// A transaction that the card has committed as it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Where it stands behind the last one that was known.
    pub order: Order,
    /// The reader that committed last before, as the card told it; [`ReaderId::NONE`] where it was the first.
    /// `None` where the report has no CommitReaderID in a session. Behind a gap, this one has not reported.
    pub previous: Option<ReaderId>,
    /// What is known of the card now.
    pub last: Last,
}

impl Verifier {
    /// For the card with this UID, the key of its transaction MAC file, and the cipher that the chip
    /// speaks in sessions.
    ///
    /// # Errors
    /// [`TransactionError::KeyType`] where it is no AES key.
    pub fn new(key: CardKey, cipher: SdmCipher, uid: RealUid) -> Result<Self, TransactionError> {
        SessionKeys::derive(&key, cipher, TransactionCounter(0), &uid)?;
        Ok(Self { key, cipher, uid })
    }

    /// Judges a report: these operations in this order, with what the commit told. `last` is what is known
    /// of the card. MACs are compared in constant time.
    ///
    /// # Errors
    /// [`TransactionError`]: the report is not taken, and `last` stands.
    pub fn verify(
        &self,
        told: &TransactionMac,
        operations: &[Operation<'_>],
        last: Option<&Last>,
    ) -> Result<Verified, TransactionError> {
        let keys = SessionKeys::derive(&self.key, self.cipher, told.counter, &self.uid)?;
        if !ct_eq(&keys.value(&input(operations)?), &told.value) {
            return Err(TransactionError::Mac);
        }
        let order = told.counter.behind(last.map(|last| last.counter), self.cipher)?;
        let committed = operations.iter().find_map(|operation| {
            let Operation::CommitReaderId { reader, previous } = *operation else { return None };
            Some((reader, previous?))
        });
        let previous = committed.map(|(_, answered)| keys.previous_reader(answered));
        let reader = committed.map(|(reader, _)| reader);
        let reader = reader.or_else(|| last.and_then(|last| last.reader));
        Ok(Verified { order, previous, last: Last { counter: told.counter, reader } })
    }
}

/// What the MAC of a transaction goes over.
pub(super) fn input(operations: &[Operation<'_>]) -> Result<Zeroizing<Vec<u8>>, TransactionError> {
    if operations.is_empty() {
        return Err(TransactionError::Nothing);
    }
    // Room for all, so that no copy stays behind.
    let room = operations.iter().fold(0, |room: usize, one| room.saturating_add(one.room()));
    let mut input = Zeroizing::new(Vec::with_capacity(room));
    let mut read = false;
    for (at, operation) in operations.iter().enumerate() {
        let is_reader = matches!(operation, Operation::CommitReaderId { .. });
        let again = if read && is_reader { Err(OperationError::SecondReader) } else { Ok(()) };
        read |= is_reader;
        let appended = again.and_then(|()| operation.append(&mut input));
        appended.map_err(|why| TransactionError::Operation { at, why })?;
    }
    Ok(input)
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}
