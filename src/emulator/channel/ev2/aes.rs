// SPDX-License-Identifier: MIT OR Apache-2.0
//! The AES suite of EV2 messaging: a key for each purpose, CMACs, and cipher block chaining.

use zeroize::Zeroizing;

use crate::crypto::{AesCmac, Block, Cipher};

/// The keys of a session.
#[derive(Clone)]
pub(super) struct Aes {
    cipher: Cipher,
    cmac: AesCmac,
}

impl Aes {
    /// The keys after an authentication with the key behind `key`, and what of its nonces goes into them.
    pub(super) fn new(key: &AesCmac, mixed: &[u8; 26]) -> Self {
        let derive = |label: [u8; 2]| Zeroizing::new(session_key(key, label, mixed));
        let enciphering = derive([0xA5, 0x5A]);
        let macing = derive([0x5A, 0xA5]);
        Self::with_keys(&enciphering, &macing)
    }

    pub(super) fn with_keys(enciphering: &[u8; 16], macing: &[u8; 16]) -> Self {
        Self { cipher: Cipher::aes(enciphering), cmac: AesCmac::new(macing) }
    }

    /// The CMAC, all of it.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.cmac.mac(parts)
    }

    /// Deciphers the data of a command; `None` where they are no whole blocks.
    pub(super) fn decrypt(&self, place: [u8; 6], data: &mut [u8]) -> Option<()> {
        let mut iv = self.iv([0xA5, 0x5A], place);
        self.cipher.cbc_decrypt(&mut iv, data).ok()
    }

    /// Enciphers the data of a reply, which are whole blocks.
    pub(super) fn encrypt(&self, place: [u8; 6], data: &mut [u8]) -> Option<()> {
        let mut iv = self.iv([0x5A, 0xA5], place);
        self.cipher.cbc_encrypt(&mut iv, data).ok()
    }

    /// The label and the place of the message, enciphered.
    pub(super) fn iv(&self, label: [u8; 2], place: [u8; 6]) -> Block {
        let mut block = self.cipher.zero_iv();
        let pieces = label.into_iter().chain(place);
        for (slot, byte) in block.as_mut_slice().iter_mut().zip(pieces) {
            *slot = byte;
        }
        self.cipher.encrypt_block(&mut block);
        block
    }
}

/// The CMAC under the authentication key of `label 0001 0080` and what of the nonces goes into it.
fn session_key(key: &AesCmac, label: [u8; 2], mixed: &[u8; 26]) -> [u8; 16] {
    key.mac(&[&label, &[0x00, 0x01, 0x00, 0x80], mixed])
}

#[cfg(test)]
mod tests {
    use super::super::nonces::mixed;
    use super::*;
    use crate::emulator::tests::support::{bytes, ev2_vectors};

    /// proxmark3 `desfiretest.c`, with both nonces and the key not zero.
    #[test]
    fn session_keys_are_those_of_the_published_example() {
        for vector in ev2_vectors("ev2_session_keys") {
            let input = |name| bytes::<16>(&vector["inputs"][name]);
            let key = AesCmac::new(&input("key"));
            let mixed = mixed(&input("rndA"), &input("rndB"));
            for (label, name) in [([0xA5, 0x5A], "enc"), ([0x5A, 0xA5], "mac")] {
                let expected = bytes::<16>(&vector["expected"][format!("ses_auth_{name}_key")]);
                assert_eq!(session_key(&key, label, &mixed), expected);
            }
        }
    }
}
