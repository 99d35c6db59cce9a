// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server's half of transaction MACs: did a card commit exactly this, and was nothing left out?
//!
//! An application with a transaction MAC file counts its transactions, and makes a MAC over each under a
//! key that readers need not know. A reader reports what it did, with the counter and the MAC that
//! [`commit_with_mac`](super::Transaction::commit_with_mac) gave it; a [`Verifier`] makes the MAC again
//! with the card's key. A counter that was seen before is refused; where one was jumped over, [`Order::Gap`]
//! says so: somebody has not reported.
//!
//! ```
//! use cardwright::host::SdmCipher;
//! use cardwright::host::transaction::{Form, Operation, Order, ReaderId, TransactionMac, Verifier};
//! use cardwright::iso14443::RealUid;
//! use cardwright::key::CardKey;
//! use cardwright::wire::{FileNo, KeyVersion};
//!
//! // The transaction of NXP AN12343, table 32: a record, then the reader's identifier.
//! let key = 0xF7D2_3E0C_44AF_ADE5_42BF_DF2D_C5C6_AE02_u128.to_be_bytes();
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let verifier = Verifier::new(CardKey::aes(&key, KeyVersion(0)), SdmCipher::Aes, uid)?;
//! let file = FileNo::new(1).ok_or("a file number")?;
//! let data = 0x1122_3344_5566_7788_9900_1122_3344_5566_u128.to_be_bytes();
//! let reader = ReaderId(0x28BF_1982_BE08_6FBC_60A2_2DAE_B666_13EE_u128.to_be_bytes());
//! let told = 0xA196_3F1B_B9FC_916A_8B15_B2DC_5800_2531_u128.to_be_bytes();
//! let done = [
//!     Operation::WriteRecord { form: Form::OneApdu, file, offset: 0, data: &data },
//!     Operation::CommitReaderId { reader, previous: Some(told) },
//! ];
//! let mac = TransactionMac::decode(&[4, 0, 0, 0, 0x94, 0xA3, 0x20, 0x5E, 0x41, 0x58, 0x8B, 0xA9])?;
//!
//! let verified = verifier.verify(&mac, &done, None)?;
//! assert_eq!(verified.order, Order::First);
//! assert_eq!(verified.previous, Some(reader));
//! // The same report again is none.
//! assert!(verifier.verify(&mac, &done, Some(&verified.last)).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Sources: MF2DL(H)x0 data sheet, transaction MAC; NXP AN12343, section 10. A real DESFire Light and a real
//! DESFire EV3 have made the two MACs that are published.

mod counter;
mod error;
mod keys;
mod operation;
mod verifier;

#[cfg(test)]
mod tests;

pub use counter::{Order, TransactionCounter, TransactionMac};
pub use error::{OperationError, TransactionError};
pub use operation::{Form, Operation, ReaderId};
pub use verifier::{Last, Verified, Verifier};
