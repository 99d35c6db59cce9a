// SPDX-License-Identifier: MIT OR Apache-2.0
//! The AES cipher suite of EV2 messaging: session keys, MACs, and what enciphers under an initial
//! value of its own for each message.

use zeroize::Zeroizing;

use crate::crypto::{AesCmac, Block, Cipher};

/// Both session keys at work.
#[derive(Clone)]
pub(super) struct Aes {
    cipher: Cipher,
    cmac: AesCmac,
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Command,
    Reply,
}

impl Way {
    const fn label(self) -> [u8; 2] {
        match self {
            Self::Command => [0xA5, 0x5A],
            Self::Reply => [0x5A, 0xA5],
        }
    }
}

/// What makes each message of a session another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thread {
    pub(super) transaction: [u8; 4],
    pub(super) counter: u16,
}

impl Aes {
    /// After an authentication with the key behind `key` in which these nonces were exchanged.
    pub(super) fn derived(key: &AesCmac, rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> Self {
        let derive = |label: [u8; 2]| Zeroizing::new(session_key(key, label, rnd_a, rnd_b));
        let enciphering = derive([0xA5, 0x5A]);
        let macing = derive([0x5A, 0xA5]);
        Self::with_keys(&enciphering, &macing)
    }

    pub(super) fn with_keys(enciphering: &[u8; 16], macing: &[u8; 16]) -> Self {
        Self { cipher: Cipher::aes(enciphering), cmac: AesCmac::new(macing) }
    }

    /// Every second byte of the CMAC over the parts.
    pub(super) fn mac(&self, parts: &[&[u8]]) -> [u8; MAC] {
        let whole = self.cmac.mac(parts);
        let mut odd = [0; MAC];
        for (slot, byte) in odd.iter_mut().zip(whole.iter().skip(1).step_by(2)) {
            *slot = *byte;
        }
        odd
    }

    /// Enciphers whole blocks; `None` where they are not.
    pub(super) fn encipher(&self, way: Way, thread: Thread, data: &mut [u8]) -> Option<()> {
        let mut iv = self.iv(way.label(), thread);
        self.cipher.cbc_encrypt(&mut iv, data).ok()
    }

    /// Deciphers whole blocks; `None` where they are not.
    pub(super) fn decipher(&self, way: Way, thread: Thread, data: &mut [u8]) -> Option<()> {
        let mut iv = self.iv(way.label(), thread);
        self.cipher.cbc_decrypt(&mut iv, data).ok()
    }

    /// The label, the transaction and the counter, enciphered.
    fn iv(&self, label: [u8; 2], thread: Thread) -> Block {
        let Thread { transaction, counter } = thread;
        let mut block = self.cipher.zero_iv();
        let pieces = label.into_iter().chain(transaction).chain(counter.to_le_bytes());
        for (slot, byte) in block.as_mut_slice().iter_mut().zip(pieces) {
            *slot = byte;
        }
        self.cipher.encrypt_block(&mut block);
        block
    }
}

/// The CMAC under the authentication key of
/// `label 0001 0080 | A0 A1 | (A2..A7 xor B0..B5) | B6..B15 | A8..A15`.
fn session_key(key: &AesCmac, label: [u8; 2], rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> [u8; 16] {
    let (front, a8) = rnd_a.split_at(8);
    let (a0, a2) = front.split_at(2);
    let (b0, b6) = rnd_b.split_at(6);
    let mut mixed = Zeroizing::new([0; 6]);
    for (slot, (a, b)) in mixed.iter_mut().zip(a2.iter().zip(b0)) {
        *slot = a ^ b;
    }
    key.mac(&[&label, &[0x00, 0x01, 0x00, 0x80], a0, mixed.as_slice(), b6, a8])
}

/// How long a MAC is on the wire.
pub(super) const MAC: usize = 8;
/// What is enciphered comes in blocks of so many bytes.
pub(super) const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::tests::support::{bytes, ev2_vectors, text};

    /// proxmark3 `desfiretest.c`, with both nonces and the key not zero.
    #[test]
    fn session_keys_are_those_of_the_published_example() {
        for vector in ev2_vectors("ev2_session_keys") {
            let input = |name| bytes::<16>(&vector["inputs"][name]);
            let key = AesCmac::new(&input("key"));
            let [rnd_a, rnd_b] = [input("rndA"), input("rndB")];
            for (label, name) in [([0xA5, 0x5A], "enc"), ([0x5A, 0xA5], "mac")] {
                let expected = bytes::<16>(&vector["expected"][format!("ses_auth_{name}_key")]);
                assert_eq!(session_key(&key, label, &rnd_a, &rnd_b), expected);
            }
        }
    }

    /// AN12343, table 18, and dumacp/smartcard with a counter of 3.
    #[test]
    fn command_ivs_are_those_of_the_published_examples() {
        let vectors = ev2_vectors("ev2_command_iv");
        assert!(!vectors.is_empty());
        for vector in vectors {
            let inputs = &vector["inputs"];
            let counter = u16::try_from(inputs["cmd_ctr"].as_u64().unwrap()).unwrap();
            let key = bytes(&inputs["ses_auth_enc_key"]);
            let thread = Thread { transaction: bytes(&inputs["ti"]), counter };
            let iv = Aes::with_keys(&key, &[0; 16]).iv([0xA5, 0x5A], thread);
            assert_eq!(hex::encode_upper(iv.as_slice()), text(&vector["expected"]["iv"]));
        }
    }
}
