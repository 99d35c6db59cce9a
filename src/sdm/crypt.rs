// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is reckoned of a message: in AES by NXP AN12196, sections 3.3 and 3.4, in LRP by NT4H2421Gx, secure
//! dynamic messaging, with the primitive of AN12304.

use zeroize::Zeroize;

use crate::crypto::{AesCmac, Block, Cipher};
use crate::host::SdmCipher;
use crate::host::lrp::Lrp;
use crate::key::CardKey;
use crate::secret::Secret;
use crate::wire::KeyType;

/// Behind the label, in LRP before it: the first key of that many, of 128 bits.
const LENGTHS: [u8; 4] = [0x00, 0x01, 0x00, 0x80];

/// UID and read counter as far as a message shows them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) uid: Option<[u8; 7]>,
    /// Least significant byte first.
    pub(super) counter: Option<[u8; 3]>,
}

impl Named {
    /// Of PICC data that were deciphered: tag, UID and counter as it says, random bytes. `None` where no tag says
    /// so: bits 7 and 6 announce them, the others how long the UID is.
    pub(super) fn of(data: &[u8; 16]) -> Option<Self> {
        let (&tag, rest) = data.split_first()?;
        let (has_uid, has_counter, length) = (tag & 0x80 != 0, tag & 0x40 != 0, tag & 0x0F);
        if tag & 0x30 != 0 || length != if has_uid { 7 } else { 0 } {
            return None;
        }
        let (uid, rest) = if has_uid {
            let (uid, rest) = rest.split_first_chunk()?;
            (Some(*uid), rest)
        } else {
            (None, rest)
        };
        let counter = if has_counter { Some(*rest.first_chunk()?) } else { None };
        Some(Self { uid, counter })
    }

    /// PICC data as a tag enciphers them.
    pub(super) fn data(&self, random: [u8; 16]) -> [u8; 16] {
        let (uid, counter) = (self.uid.is_some(), self.counter.is_some());
        let tag = u8::from(uid) << 7 | u8::from(counter) << 6 | if uid { 7 } else { 0 };
        let mut data = random;
        let bytes = [tag].into_iter().chain(self.bytes());
        data.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        data
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.uid.into_iter().flatten().chain(self.counter.into_iter().flatten())
    }

    /// Of what the file's key makes a key in AES: a label, `0001 0080`, UID and counter as far as they are shown,
    /// zeros.
    fn vector(&self, label: [u8; 2]) -> [u8; 16] {
        let mut vector = [0; 16];
        let bytes = label.into_iter().chain(LENGTHS).chain(self.bytes());
        vector.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        vector
    }

    /// The same in LRP: `0001 0080`, UID and counter, zeros, and at the end of whole blocks `1EE1`.
    fn lrp_vector(&self) -> [u8; 16] {
        let mut vector = [0; 16];
        let bytes = LENGTHS.into_iter().chain(self.bytes());
        vector.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        if let Some(label) = vector.last_chunk_mut() {
            *label = [0x1E, 0xE1];
        }
        vector
    }
}

/// Deciphers PICC data: a block, in LRP behind eight random bytes that it is counted from. `None` where it is of
/// another length, or the key is no AES key.
pub(super) fn decipher(suite: SdmCipher, key: &CardKey, data: &[u8]) -> Option<Secret<[u8; 16]>> {
    let key = aes(key)?;
    let mut plain = Secret::new([0; 16]);
    match suite {
        SdmCipher::Aes => {
            let mut block = Block::of(data)?;
            key.decrypt_block(&mut block);
            plain.expose_secret_mut().copy_from_slice(block.as_slice());
            block.zeroize();
        }
        SdmCipher::Lrp => {
            let (random, data) = data.split_first_chunk::<8>()?;
            let data: &[u8; 16] = data.try_into().ok()?;
            *plain.expose_secret_mut() = *data;
            let lrp = Lrp::of(key, 0);
            lrp.decipher(&mut { *random }, plain.expose_secret_mut()).ok()?;
        }
    }
    Some(plain)
}

/// Enciphers PICC data, in LRP with these random bytes in front. `None` where the key is no AES key.
pub(super) fn encipher(
    suite: SdmCipher,
    key: &CardKey,
    (random, mut data): ([u8; 8], [u8; 16]),
) -> Option<Vec<u8>> {
    let key = aes(key)?;
    Some(match suite {
        SdmCipher::Aes => {
            let mut block = key.zero_iv();
            block.xor(&data);
            key.encrypt_block(&mut block);
            block.as_slice().to_vec()
        }
        SdmCipher::Lrp => {
            Lrp::of(key, 0).encipher(&mut { random }, &mut data).ok()?;
            [&random[..], &data].concat()
        }
    })
}

fn aes(key: &CardKey) -> Option<&Cipher> {
    (key.key_type() == KeyType::Aes).then(|| key.cipher())
}

/// The keys of one message.
pub(super) enum Session {
    /// The key of the MAC, and the one to encipher with.
    Aes(AesCmac, Cipher),
    /// The same.
    Lrp(Box<[Lrp; 2]>),
}

impl Session {
    /// Out of the file's key, with UID and counter as far as they are shown: `3CC3` for the MAC and `C33C`, or
    /// LRP's one key of keys. `None` where that is no AES key.
    pub(super) fn of(suite: SdmCipher, key: &CardKey, named: &Named) -> Option<Self> {
        match suite {
            SdmCipher::Aes => {
                let [macing, enciphering] =
                    [[0x3C, 0xC3], [0xC3, 0x3C]].map(|label| key.derive(&[&named.vector(label)]));
                let cipher = Cipher::aes(enciphering?.expose_secret());
                Some(Self::Aes(AesCmac::new(macing?.expose_secret()), cipher))
            }
            SdmCipher::Lrp => {
                let file = Lrp::of(aes(key)?, 0);
                let master = Secret::new(file.cmac(&[&named.lrp_vector()]));
                let master = Cipher::aes(master.expose_secret());
                Some(Self::Lrp(Box::new([Lrp::of(&master, 0), Lrp::of(&master, 1)])))
            }
        }
    }

    /// The eight bytes of a message's MAC: every second one of the CMAC.
    pub(super) fn mac(&self, text: &[u8]) -> [u8; 8] {
        let whole = match self {
            Self::Aes(macing, _) => macing.mac(&[text]),
            Self::Lrp(keys) => {
                let [macing, _] = &**keys;
                macing.cmac(&[text])
            }
        };
        let mut odd = [0; 8];
        let bytes = whole.iter().skip(1).step_by(2);
        odd.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        odd
    }

    /// Deciphers what a file shows enciphered, whole blocks; `false` where they are none.
    pub(super) fn decipher(&self, counter: [u8; 3], data: &mut [u8]) -> bool {
        match self {
            Self::Aes(_, cipher) => cipher.cbc_decrypt(&mut first(cipher, counter), data).is_ok(),
            Self::Lrp(keys) => {
                let [_, lrp] = &**keys;
                lrp.decipher(&mut blocks(counter), data).is_ok()
            }
        }
    }

    /// The same the other way.
    pub(super) fn encipher(&self, counter: [u8; 3], data: &mut [u8]) -> bool {
        match self {
            Self::Aes(_, cipher) => cipher.cbc_encrypt(&mut first(cipher, counter), data).is_ok(),
            Self::Lrp(keys) => {
                let [_, lrp] = &**keys;
                lrp.encipher(&mut blocks(counter), data).is_ok()
            }
        }
    }
}

/// The chaining value before the first block: the read counter and zeros, enciphered.
fn first(cipher: &Cipher, counter: [u8; 3]) -> Block {
    let mut block = cipher.zero_iv();
    block.xor(&counter);
    cipher.encrypt_block(&mut block);
    block
}

/// From what LRP counts the blocks: the read counter and three zeros.
const fn blocks([low, middle, high]: [u8; 3]) -> [u8; 6] {
    [low, middle, high, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::vectors::of_kind;
    use crate::wire::KeyVersion;

    fn bytes(value: &Value) -> Vec<u8> {
        hex::decode(value.as_str().unwrap()).unwrap()
    }

    fn array<const N: usize>(value: &Value) -> [u8; N] {
        bytes(value).try_into().unwrap()
    }

    /// UID and counter as a message has them, in clear or deciphered.
    fn named(suite: SdmCipher, inputs: &Value, expected: &Value) -> Named {
        let data = &inputs["picc_enc_data"];
        if data.is_null() {
            let uid = (!inputs["uid"].is_null()).then(|| array(&inputs["uid"]));
            let counter = inputs["sdm_read_ctr"].as_u64();
            let counter = counter.map(|number| {
                let [low, middle, high, ..] = number.to_le_bytes();
                [low, middle, high]
            });
            return Named { uid, counter };
        }
        let key = CardKey::aes(&array(&inputs["sdm_meta_read_key"]), KeyVersion(0));
        let data = bytes(data);
        let plain = decipher(suite, &key, &data).unwrap();
        if !expected["picc_data_plain"].is_null() {
            assert_eq!(*plain.expose_secret(), array::<16>(&expected["picc_data_plain"]));
        }
        // Back again, with the random bytes that were there.
        let named = Named::of(plain.expose_secret()).unwrap();
        let random = data.first_chunk().copied().unwrap();
        let again = (random, named.data(*plain.expose_secret()));
        assert_eq!(encipher(suite, &key, again).unwrap(), data);
        assert!(decipher(suite, &key, &data[1..]).is_none());
        named
    }

    /// Plays the messages of a kind of a file, and counts what was told of them: MACs and file data.
    fn played(suite: SdmCipher, file: &str, kind: &str) -> (usize, usize) {
        let mut counted = (0, 0);
        for vector in of_kind(file, kind) {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let name = vector["name"].as_str().unwrap();
            let named = named(suite, inputs, expected);
            if let Some(uid) = expected["uid"].as_str() {
                assert_eq!(named.uid.map(hex::encode_upper).as_deref(), Some(uid), "{name}");
            }
            if let Some(counter) = expected["sdm_read_ctr"].as_u64() {
                let [low, middle, high] = named.counter.unwrap();
                assert_eq!(
                    u64::from_le_bytes([low, middle, high, 0, 0, 0, 0, 0]),
                    counter,
                    "{name}"
                );
            }
            let key = CardKey::aes(&array(&inputs["sdm_file_read_key"]), KeyVersion(0));
            for (label, wanted) in
                [([0x3C, 0xC3], "ses_sdm_mac_key"), ([0xC3, 0x3C], "ses_sdm_enc_key")]
            {
                if suite == SdmCipher::Aes && !expected[wanted].is_null() {
                    let made = key.derive(&[&named.vector(label)]).unwrap();
                    assert_eq!(*made.expose_secret(), array::<16>(&expected[wanted]), "{name}");
                }
            }
            if !expected["ses_sdm_master_key"].is_null() {
                let master = Lrp::of(key.cipher(), 0).cmac(&[&named.lrp_vector()]);
                assert_eq!(master, array::<16>(&expected["ses_sdm_master_key"]), "{name}");
            }
            let session = Session::of(suite, &key, &named).unwrap();
            if !expected["file_data"].is_null() {
                let mut data = bytes(&inputs["sdm_enc_file_data"]);
                let counter = named.counter.unwrap();
                assert!(session.decipher(counter, &mut data));
                assert_eq!(data, bytes(&expected["file_data"]), "{name}");
                assert!(session.encipher(counter, &mut data));
                assert_eq!(data, bytes(&inputs["sdm_enc_file_data"]), "{name}");
                assert!(!session.decipher(counter, &mut data[1..]));
                counted.1 += 1;
            }
            let text = inputs["mac_input_ascii"].as_str();
            let text = text.or(expected["mac_input_ascii"].as_str());
            let (Some(text), Some(_)) = (text, expected["sdmmac"].as_str()) else { continue };
            assert_eq!(session.mac(text.as_bytes()), array(&expected["sdmmac"]), "{name}");
            counted.0 += 1;
        }
        counted
    }

    /// AN12196, real NTAG 424 DNA and DESFire EV3.
    #[test]
    fn published_messages_in_aes_are_read() {
        assert_eq!(played(SdmCipher::Aes, "ev2-more", "sdm_aes"), (11, 3));
        assert_eq!(played(SdmCipher::Aes, "ev2", "sdm_aes"), (9, 5));
    }

    /// Backends of others, and the TagTamper of one.
    #[test]
    fn published_messages_in_lrp_are_read() {
        assert_eq!(played(SdmCipher::Lrp, "ev2", "sdm_lrp"), (5, 2));
        assert_eq!(played(SdmCipher::Lrp, "ev2-more", "sdm_lrp"), (1, 1));
    }

    #[test]
    fn no_other_key_makes_the_keys_of_a_message() {
        for suite in [SdmCipher::Aes, SdmCipher::Lrp] {
            let des = CardKey::des(&[7; 16]);
            assert!(Session::of(suite, &des, &Named::default()).is_none());
            assert!(
                decipher(suite, &des, &[1; 24]).is_none()
                    && decipher(suite, &des, &[1; 16]).is_none()
            );
            assert!(encipher(suite, &des, ([1; 8], [1; 16])).is_none());
        }
    }

    #[test]
    fn what_is_no_picc_data_is_none() {
        for tag in [0x00, 0x40, 0x87, 0xC7] {
            let named = Named::of(&[tag; 16]).unwrap();
            assert_eq!(named.uid.is_some(), tag & 0x80 != 0);
            assert_eq!(named.counter.is_some(), tag & 0x40 != 0);
        }
        for tag in [0x07, 0x80, 0xC0, 0xC4, 0xE7, 0xFF] {
            assert!(Named::of(&[tag; 16]).is_none(), "{tag:02X}");
        }
    }
}
