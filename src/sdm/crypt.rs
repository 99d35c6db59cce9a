// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is reckoned of a message, by NXP AN12196, sections 3.3 and 3.4.

use crate::crypto::{AesCmac, Block, Cipher};
use crate::secret::Secret;

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

    /// Of what the file's key makes the key of this message's MAC: `3CC3 0001 0080`, UID and counter as far as
    /// they are shown, zeros.
    pub(super) fn mac_vector(&self) -> [u8; 16] {
        let mut vector = [0; 16];
        let bytes = [0x3C, 0xC3, 0x00, 0x01, 0x00, 0x80].into_iter().chain(self.bytes());
        vector.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        vector
    }
}

/// Deciphers PICC data.
pub(super) fn decipher(key: &Cipher, mut data: [u8; 16]) -> Secret<[u8; 16]> {
    let mut block = Block::of(&data).unwrap_or_else(|| key.zero_iv());
    key.decrypt_block(&mut block);
    data.copy_from_slice(block.as_slice());
    Secret::new(data)
}

/// Enciphers PICC data.
pub(super) fn encipher(key: &Cipher, mut data: [u8; 16]) -> [u8; 16] {
    let mut block = Block::of(&data).unwrap_or_else(|| key.zero_iv());
    key.encrypt_block(&mut block);
    data.copy_from_slice(block.as_slice());
    data
}

/// The eight bytes of a message's MAC: every second one of the CMAC.
pub(super) fn mac(key: &Secret<[u8; 16]>, text: &[u8]) -> [u8; 8] {
    let whole = AesCmac::new(key.expose_secret()).mac(&[text]);
    let mut odd = [0; 8];
    let bytes = whole.iter().skip(1).step_by(2);
    odd.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    odd
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::of_kind;

    fn bytes<const N: usize>(value: &serde_json::Value) -> [u8; N] {
        hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
    }

    /// Every published message in AES whose MAC is known: AN12196, real NTAG 424 DNA and DESFire EV3.
    #[test]
    fn published_messages_have_the_macs_that_they_have() {
        let mut checked = 0;
        for vector in of_kind("ev2-more", "sdm_aes") {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let name = vector["name"].as_str().unwrap();
            let named = if inputs["picc_enc_data"].is_null() {
                let uid = (!inputs["uid"].is_null()).then(|| bytes(&inputs["uid"]));
                let counter = inputs["sdm_read_ctr"].as_u64();
                let counter = counter.map(|number| {
                    let [low, middle, high, ..] = number.to_le_bytes();
                    [low, middle, high]
                });
                Named { uid, counter }
            } else {
                let key = Cipher::aes(&bytes(&inputs["sdm_meta_read_key"]));
                let data = decipher(&key, bytes(&inputs["picc_enc_data"]));
                let named = Named::of(data.expose_secret()).unwrap();
                // Back again, with the random bytes that were there.
                let again = encipher(&key, named.data(*data.expose_secret()));
                assert_eq!(again, bytes(&inputs["picc_enc_data"]), "{name}");
                named
            };
            if let Some(uid) = expected["uid"].as_str() {
                assert_eq!(named.uid.map(hex::encode_upper).as_deref(), Some(uid), "{name}");
            }
            let file = AesCmac::new(&bytes(&inputs["sdm_file_read_key"]));
            let key = Secret::new(file.mac(&[&named.mac_vector()]));
            if !expected["ses_sdm_mac_key"].is_null() {
                assert_eq!(*key.expose_secret(), bytes(&expected["ses_sdm_mac_key"]), "{name}");
            }
            let text = inputs["mac_input_ascii"].as_str();
            let text = text.or(expected["mac_input_ascii"].as_str());
            let (Some(text), Some(_)) = (text, expected["sdmmac"].as_str()) else { continue };
            assert_eq!(mac(&key, text.as_bytes()), bytes(&expected["sdmmac"]), "{name}");
            checked += 1;
        }
        assert!(checked > 8, "only {checked}");
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
