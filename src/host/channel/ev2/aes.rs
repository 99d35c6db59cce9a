// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging in AES (NXP AN12343, AN12196): two session keys, one for CMACs and one for CBC.
//!
//! Every message is enciphered from an initial value of its own; nothing is chained.

use super::{MAC, Transaction, Way};
use crate::crypto::{AesCmac, Block, Cipher, NotBlockAligned};
use crate::secret::Secret;

/// What is enciphered fills blocks of this length.
pub(super) const BLOCK: usize = 16;

pub(super) struct Aes {
    enc: Cipher,
    mac: AesCmac,
}

impl Aes {
    /// A suite under the session keys for encryption and for CMACs.
    pub(super) fn new(enc: &Secret<[u8; 16]>, mac: &Secret<[u8; 16]>) -> Self {
        let enc = Cipher::aes(enc.expose_secret());
        Self { enc, mac: AesCmac::new(mac.expose_secret()) }
    }

    /// The CMAC of the parts as one message; its bytes at odd places are sent.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; MAC] {
        let [_, a, _, b, _, c, _, d, _, e, _, f, _, g, _, h] = self.mac.mac(parts);
        [a, b, c, d, e, f, g, h]
    }

    /// Enciphers whole blocks in place.
    pub(super) fn encipher(
        &self,
        way: Way,
        at: Transaction,
        data: &mut [u8],
    ) -> Result<(), NotBlockAligned> {
        self.enc.cbc_encrypt(&mut self.iv(way, at), data)
    }

    /// Deciphers whole blocks in place.
    pub(super) fn decipher(
        &self,
        way: Way,
        at: Transaction,
        data: &mut [u8],
    ) -> Result<(), NotBlockAligned> {
        self.enc.cbc_decrypt(&mut self.iv(way, at), data)
    }

    /// The initial value of one message: label, transaction identifier and counter, enciphered.
    fn iv(&self, way: Way, at: Transaction) -> Block {
        let label = match way {
            Way::Command => [0xA5, 0x5A],
            Way::Reply => [0x5A, 0xA5],
        };
        let Transaction { identifier, counter } = at;
        let counter = counter.to_le_bytes();
        let input = label.iter().chain(&identifier).chain(&counter);
        let mut iv = self.enc.zero_iv();
        for (slot, byte) in iv.as_mut_slice().iter_mut().zip(input) {
            *slot = *byte;
        }
        self.enc.encrypt_block(&mut iv);
        iv
    }
}

#[cfg(test)]
mod tests {
    use super::super::Ev2;
    use super::*;
    use crate::host::testing::{hex, number, text, vectors};

    /// Proxmark3 `desfiretest.c`; dumacp/smartcard `secmsgev2_test.go`.
    #[test]
    fn initial_values_are_the_published_ones() {
        for entry in vectors("ev2", "op", "ev2_command_iv") {
            let inputs = &entry["inputs"];
            let enc = text(&inputs["ses_auth_enc_key"]);
            let counter = number(&inputs["cmd_ctr"]).into();
            let channel = Ev2::recorded(enc, enc, text(&inputs["ti"]), counter);
            let iv = channel.suite.iv(Way::Command, channel.transaction);
            assert_eq!(hex(iv.as_slice()), text(&entry["expected"]["iv"]));
        }
    }
}
