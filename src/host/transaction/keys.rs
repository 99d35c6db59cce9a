// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two keys of one transaction (MF2DL(H)x0, transaction MAC session keys).

use super::counter::TransactionCounter;
use super::error::TransactionError;
use super::operation::ReaderId;
use crate::crypto::{AesCmac, Cipher};
use crate::host::channel::sent;
use crate::host::dynamic::SdmCipher;
use crate::host::lrp::Lrp;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::secret::Secret;

/// Keys of one transaction. What is done with them is plain AES, also where LRP has made them.
pub(super) struct SessionKeys {
    pub(super) mac: Secret<[u8; 16]>,
    pub(super) enc: Secret<[u8; 16]>,
}

impl SessionKeys {
    /// From the file's key, the counter with this transaction counted, and the UID.
    pub(super) fn derive(
        key: &CardKey,
        cipher: SdmCipher,
        counter: TransactionCounter,
        uid: &RealUid,
    ) -> Result<Self, TransactionError> {
        let made = |label: u8| -> Option<Secret<[u8; 16]>> {
            let (counter, uid) = (counter.to_wire(), uid.expose());
            // The label stands first in AES and last in LRP.
            match cipher {
                SdmCipher::Aes => key.derive(&[&[label], &FIXED, &counter, uid]),
                SdmCipher::Lrp => {
                    // LRP is of AES keys too.
                    key.derive(&[])?;
                    let lrp = Lrp::of(key.cipher(), 0);
                    Some(Secret::new(lrp.cmac(&[&FIXED, &counter, uid, &[label]])))
                }
            }
        };
        let [mac, enc] = [MAC, ENC].map(made);
        mac.zip(enc).map(|(mac, enc)| Self { mac, enc }).ok_or(TransactionError::KeyType)
    }

    /// The MAC of a transaction, cut as the MAC of a message is.
    pub(super) fn value(&self, input: &[u8]) -> [u8; 8] {
        sent(AesCmac::new(self.mac.expose_secret()).mac(&[input]))
    }

    /// The reader before, of what CommitReaderID has answered: a block enciphered from zeros.
    pub(super) fn previous_reader(&self, answered: [u8; 16]) -> ReaderId {
        let cipher = Cipher::aes(self.enc.expose_secret());
        let mut reader = ReaderId(answered);
        // One block is a whole number of them.
        let _ = cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut reader.0);
        reader
    }
}

/// Labels of the key for MACs and of the key for what is enciphered.
const MAC: u8 = 0x5A;
const ENC: u8 = 0xA5;

/// One key, of 128 bits.
const FIXED: [u8; 4] = [0x00, 0x01, 0x00, 0x80];
