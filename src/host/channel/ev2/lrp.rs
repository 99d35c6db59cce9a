// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging in LRP (NXP AN12321; NT4H2421Gx, LRP secure messaging): one session key, of which come
//! the keys for MACs and for data.
//!
//! There are no initial values: every block that is enciphered, of commands and replies alike, has a number
//! of its own.

use super::super::super::error::Misuse;
use super::super::super::lrp::Lrp;
use super::{MAC, Unfit, mixed, sent};
use crate::crypto::Cipher;
use crate::key::CardKey;
use crate::wire::KeyType;

/// A suite under the keys of one session.
pub(in super::super::super) struct LrpSuite {
    mac: Lrp,
    enc: Lrp,
    /// The number of the block to come.
    pub(super) counter: u32,
}

impl LrpSuite {
    /// The session's key: a MAC under the card's key of both challenges between labels.
    pub(in super::super::super) fn derived(
        key: &CardKey,
        rnd_a: &[u8; 16],
        rnd_b: &[u8; 16],
    ) -> Result<Self, Misuse> {
        if key.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType);
        }
        let fixed = [0x00, 0x01, 0x00, 0x80];
        let parts: [&[u8]; 3] = [&fixed, &*mixed(rnd_a, rnd_b), &[0x96, 0x69]];
        let session = zeroize::Zeroizing::new(Lrp::of(key.cipher(), 0).cmac(&parts));
        Ok(Self::of(&session))
    }

    /// A suite under a session's key: its first updated key is for MACs, its second one for data.
    fn of(session: &[u8; 16]) -> Self {
        let session = Cipher::aes(session);
        Self { mac: Lrp::of(&session, 0), enc: Lrp::of(&session, 1), counter: 0 }
    }

    /// The whole MAC, as authentications send it.
    pub(in super::super::super) fn whole_mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.mac.cmac(parts)
    }

    /// The MAC of the parts as one message; its bytes at odd places are sent.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; MAC] {
        sent(self.mac.cmac(parts))
    }

    /// Enciphers whole blocks in place.
    pub(in super::super::super) fn encipher(&mut self, data: &mut [u8]) -> Result<(), Unfit> {
        let mut counter = self.count(data)?;
        self.enc.encipher(&mut counter, data).map_err(|_| Unfit)
    }

    /// Deciphers whole blocks in place.
    pub(in super::super::super) fn decipher(&mut self, data: &mut [u8]) -> Result<(), Unfit> {
        let mut counter = self.count(data)?;
        self.enc.decipher(&mut counter, data).map_err(|_| Unfit)
    }

    /// The number of the first block of these, most significant byte first, after which the others count
    /// on. No number comes twice in a session.
    fn count(&mut self, data: &[u8]) -> Result<[u8; 4], Unfit> {
        let blocks = u32::try_from(data.len() / super::BLOCK).map_err(|_| Unfit)?;
        let first = self.counter;
        self.counter = first.checked_add(blocks).ok_or(Unfit)?;
        Ok(first.to_be_bytes())
    }
}

#[cfg(test)]
impl LrpSuite {
    /// A suite at a step of a published session.
    pub(super) fn recorded(session: &str, counter: u32) -> Self {
        Self { counter, ..Self::of(&crate::host::testing::array(session)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{array, bytes, field, hex, text, vectors};
    use crate::wire::KeyVersion;

    /// Proxmark3 `desfiretest.c`, challenges of which no byte is zero by accident; `LRPEncryptionTest` of
    /// johnnyb/ntag424-java, with what a card sent in that session.
    #[test]
    fn session_keys_are_the_published_ones() {
        for kind in ["lrp_session_master_key", "lrp_session"] {
            for entry in vectors("ev2", "op", kind) {
                let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
                let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
                let (rnd_a, rnd_b) = (array(text(&inputs["rndA"])), array(text(&inputs["rndB"])));
                let mut derived = LrpSuite::derived(&key, &rnd_a, &rnd_b).unwrap();
                let recorded = LrpSuite::recorded(text(&expected["ses_auth_master_key"]), 0);
                let message = bytes("5100002F0CF791");
                assert_eq!(derived.mac(&[&message]), recorded.mac(&[&message]));
                if kind == "lrp_session" {
                    assert_eq!(field(&inputs["mac_input"]), message);
                    assert_eq!(hex(&derived.mac(&[&message])), text(&expected["mact"]));
                    let mut data = field(&inputs["picc_data"]);
                    derived.decipher(&mut data).unwrap();
                    assert_eq!(hex(&data), text(&expected["picc_data_plain"]));
                }
            }
        }
    }

    #[test]
    fn a_key_of_another_type_derives_no_session_keys() {
        let derived = LrpSuite::derived(&CardKey::factory(), &[0; 16], &[0; 16]);
        assert_eq!(derived.err(), Some(Misuse::KeyType));
    }

    #[test]
    fn no_number_of_a_block_comes_twice() {
        let key = "DA98C1DF2F0EB1D427CA425FFDE1588A";
        let mut suite = LrpSuite::recorded(key, u32::MAX - 1);
        let mut data = [7; 32];
        assert_eq!(suite.encipher(&mut data), Err(Unfit));
        assert_eq!((data, suite.counter), ([7; 32], u32::MAX - 1));
        assert_eq!(suite.encipher(&mut data[..16]), Ok(()));
        assert_eq!(suite.decipher(&mut data[..16]), Err(Unfit));
        assert_eq!(suite.decipher(&mut []), Ok(()));
    }
}
