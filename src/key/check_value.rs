// SPDX-License-Identifier: MIT OR Apache-2.0
//! Check values: three bytes by which two people see that they hold the same key.

use core::fmt;

use super::{CardKey, IssuerKey, KeyError};
use crate::secret::Secret;
use crate::wire::KeyType;

/// The check value of a key. It says too little of the key to be a secret.
///
/// How it is made is part of it, since the same key has others by other conventions (GlobalPlatform
/// enciphers a block of `01` under an AES key, not of zeros):
///
/// - `cmac-aes:763CBC`: the first three bytes of the CMAC over a block of zeros (ANSI X9.24-1:2017).
///   This one is of the key of all zeros.
/// - `ecb-tdes:8CA64D`: the first three bytes of a block of zeros, enciphered; the low bits of the
///   key, where its version is, make no difference. This one is of the key of all zeros, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckValue {
    key_type: KeyType,
    value: [u8; 3],
}

impl CheckValue {
    /// The check value of an issuer key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn of(key: &dyn IssuerKey) -> Result<Self, KeyError> {
        let key_type = key.key_type();
        let mut block = Secret::new([0; 16]);
        let block = block.expose_secret_mut();
        match key_type {
            KeyType::Aes => key.cmac(&[0; 16], block)?,
            KeyType::Des | KeyType::Tdes3 => {
                let (half, _) = block.split_at_mut(8);
                key.ecb(half)?;
            }
        }
        let [a, b, c, ..] = *block;
        Ok(Self { key_type, value: [a, b, c] })
    }

    /// How it is made.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self.key_type {
            KeyType::Aes => "cmac-aes",
            KeyType::Des | KeyType::Tdes3 => "ecb-tdes",
        }
    }
}

impl CardKey {
    /// The check value of this key.
    #[must_use]
    pub fn check_value(&self) -> CheckValue {
        let key_type = self.key_type();
        let mut block = self.zero_iv();
        match self.derive(&[&[0; 16]]) {
            Some(mac) => block.xor(mac.expose_secret()),
            None => self.cipher().encrypt_block(&mut block),
        }
        let value = block.as_slice().first_chunk().copied().unwrap_or_default();
        CheckValue { key_type, value }
    }
}

impl fmt::Display for CheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.method(), hex::encode_upper(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::MasterKey;
    use crate::wire::KeyVersion;

    /// Of zeros: what OpenSSL 3 says (`openssl mac … CMAC` and `openssl enc -des-ede3-ecb`). Of the
    /// keys of AN10922 2.2.1, 2.3.1: computed by OpenSSL 3.
    #[test]
    fn a_check_value_says_how_it_was_made() {
        let master: [u8; 16] =
            hex::decode("00112233445566778899AABBCCDDEEFF").unwrap().try_into().unwrap();
        for (key, expected) in [
            (MasterKey::aes(&[0; 16]), "cmac-aes:763CBC"),
            (MasterKey::aes(&master), "cmac-aes:53E107"),
            (MasterKey::des(&[0; 16]), "ecb-tdes:8CA64D"),
            (MasterKey::tdes3(&[0; 24]), "ecb-tdes:8CA64D"),
        ] {
            let value = CheckValue::of(&key).unwrap();
            assert_eq!(value.to_string(), expected);
            let card = key.undiversified(KeyVersion(0x55));
            assert_eq!(card.check_value(), value, "the version makes no difference");
        }
    }
}
