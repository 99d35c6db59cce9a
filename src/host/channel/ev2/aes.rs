// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging in AES (NXP AN12343, AN12196): two session keys, one for CMACs and one for CBC.
//!
//! Every message is enciphered from an initial value of its own; nothing is chained.

use super::super::super::error::Misuse;
use super::{MAC, Transaction, Way, mixed, sent};
use crate::crypto::{AesCmac, Block, Cipher, NotBlockAligned};
use crate::key::CardKey;
use crate::secret::Secret;

pub(super) struct Aes {
    enc: Cipher,
    mac: AesCmac,
}

impl Aes {
    /// Session keys: CMACs under the card's key of a label and both challenges.
    pub(super) fn derived(
        key: &CardKey,
        rnd_a: &[u8; 16],
        rnd_b: &[u8; 16],
    ) -> Result<Self, Misuse> {
        let challenges = mixed(rnd_a, rnd_b);
        let derive = |label: [u8; 2]| {
            let fixed = [0x00, 0x01, 0x00, 0x80];
            key.derive(&[&label, &fixed, &*challenges]).ok_or(Misuse::KeyType)
        };
        Ok(Self::new(&derive([0xA5, 0x5A])?, &derive([0x5A, 0xA5])?))
    }

    /// A suite under the session keys for encryption and for CMACs.
    fn new(enc: &Secret<[u8; 16]>, mac: &Secret<[u8; 16]>) -> Self {
        let enc = Cipher::aes(enc.expose_secret());
        Self { enc, mac: AesCmac::new(mac.expose_secret()) }
    }

    /// The CMAC of the parts as one message; its bytes at odd places are sent.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; MAC] {
        sent(self.mac.mac(parts))
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
impl Aes {
    /// A suite under the session keys of a published session.
    pub(super) fn recorded(enc: &str, mac: &str) -> Self {
        use crate::host::testing::array;
        Self::new(&Secret::new(array(enc)), &Secret::new(array(mac)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{array, hex, number, text, vectors};
    use crate::wire::KeyVersion;

    /// What shows both session keys.
    fn fingerprint(suite: &Aes) -> (String, [u8; MAC]) {
        let iv = suite.iv(Way::Command, Transaction::begun([1, 2, 3, 4]));
        (hex(iv.as_slice()), suite.mac(&[]))
    }

    /// Proxmark3 `desfiretest.c`, challenges of which no byte is zero by accident.
    #[test]
    fn session_keys_are_the_published_ones() {
        for entry in vectors("ev2", "op", "ev2_session_keys") {
            let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
            let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
            let (rnd_a, rnd_b) = (array(text(&inputs["rndA"])), array(text(&inputs["rndB"])));
            let derived = Aes::derived(&key, &rnd_a, &rnd_b).unwrap();
            let [enc, mac] = ["enc", "mac"].map(|key| &expected[format!("ses_auth_{key}_key")]);
            assert_eq!(fingerprint(&derived), fingerprint(&Aes::recorded(text(enc), text(mac))));
        }
    }

    #[test]
    fn a_key_of_another_type_derives_no_session_keys() {
        let derived = Aes::derived(&CardKey::factory(), &[0; 16], &[0; 16]);
        assert_eq!(derived.err(), Some(Misuse::KeyType));
    }

    /// Proxmark3 `desfiretest.c`; dumacp/smartcard `secmsgev2_test.go`.
    #[test]
    fn initial_values_are_the_published_ones() {
        for entry in vectors("ev2", "op", "ev2_command_iv") {
            let inputs = &entry["inputs"];
            let enc = text(&inputs["ses_auth_enc_key"]);
            let counter = number(&inputs["cmd_ctr"]).into();
            let at = Transaction { identifier: array(text(&inputs["ti"])), counter };
            let iv = Aes::recorded(enc, enc).iv(Way::Command, at);
            assert_eq!(hex(iv.as_slice()), text(&entry["expected"]["iv"]));
        }
    }
}
