// SPDX-License-Identifier: MIT OR Apache-2.0
//! Check values: three bytes by which two people see that they hold the same key.

mod method;
mod text;

use core::fmt;

use super::{CardKey, IssuerKey, KeyError, Operation};
use crate::crypto::Block;
use crate::crypto::cmac::subkeys;
use crate::secret::Secret;
use crate::wire::KeyType;

pub use method::CheckMethod;
pub use text::CheckTextError;

/// The check value of a key. It says too little of the key to be a secret.
///
/// How it is made is part of it, and of its text, since the same key has others by other conventions
/// (GlobalPlatform enciphers a block of `01` under an AES key, not of zeros): see [`CheckMethod`].
/// The text is read back in any case:
///
/// ```
/// use cardwright::key::{CheckMethod, CheckValue, MasterKey};
///
/// let stated: CheckValue = "cmac-aes:763cbc".parse()?;
/// let zero = MasterKey::aes(&[0; 16]);
/// assert_eq!(CheckValue::of_as(&zero, stated.method())?, stated);
/// assert_eq!(CheckValue::of_as(&zero, CheckMethod::EcbAes)?.to_string(), "ecb-aes:66E94B");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// 2K3DES and 3K3DES keys that differ in their low bits alone, where a version is, have the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckValue {
    method: CheckMethod,
    value: [u8; 3],
}

impl CheckValue {
    /// The check value of an issuer key, by the usual method of its type ([`CheckMethod::usual`]).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn of(key: &dyn IssuerKey) -> Result<Self, KeyError> {
        Self::by(key, CheckMethod::usual(key.key_type()))
    }

    /// The check value of an issuer key by a method, to be compared with a stated one. An AES key that
    /// has ECB or CBC and no CMAC enciphers twice for one of that method, which comes to the same.
    ///
    /// # Errors
    /// [`CheckError::OtherType`] where the method is not for keys of this type, [`CheckError::Key`]
    /// where the key does not do what it takes.
    pub fn of_as(key: &dyn IssuerKey, method: CheckMethod) -> Result<Self, CheckError> {
        let key_type = key.key_type();
        if !method.is_for(key_type) {
            return Err(CheckError::OtherType { method, key_type });
        }
        Ok(Self::by(key, method)?)
    }

    fn by(key: &dyn IssuerKey, method: CheckMethod) -> Result<Self, KeyError> {
        let mut block = Secret::new([0; 16]);
        let block = block.expose_secret_mut();
        match method {
            CheckMethod::CmacAes if key.can().has(Operation::Cmac) => key.cmac(&[0; 16], block)?,
            CheckMethod::CmacAes => {
                if !can_encipher(key) {
                    return Err(KeyError::Cannot(Operation::Cmac));
                }
                encipher(key, block)?;
                // A whole block of zeros is XORed with K1, and is K1 then (SP 800-38B, 6.2).
                let [k1, _] = Block::of(block).map(subkeys).ok_or(KeyError::NoBlocks)?;
                let k1 = Secret::new(k1);
                block.copy_from_slice(k1.expose_secret().as_slice());
                encipher(key, block)?;
            }
            CheckMethod::EcbAes => encipher(key, block)?,
            CheckMethod::EcbTdes => encipher(key, block.split_at_mut(8).0)?,
        }
        let [a, b, c, ..] = *block;
        Ok(Self { method, value: [a, b, c] })
    }

    /// How it is made.
    #[must_use]
    pub const fn method(&self) -> CheckMethod {
        self.method
    }
}

fn can_encipher(key: &dyn IssuerKey) -> bool {
    [Operation::Ecb, Operation::Cbc].iter().any(|operation| key.can().has(*operation))
}

/// Enciphers one block, in whichever way the key can: from a chaining value of zeros CBC does what
/// ECB does.
fn encipher(key: &dyn IssuerKey, block: &mut [u8]) -> Result<(), KeyError> {
    if !can_encipher(key) {
        return Err(KeyError::Cannot(Operation::Ecb));
    }
    if key.can().has(Operation::Ecb) {
        return key.ecb(block);
    }
    let iv = [0; 16].get(..block.len()).ok_or(KeyError::NoBlocks)?;
    key.cbc(iv, block)
}

impl CardKey {
    /// The check value of this key, by the usual method of its type.
    #[must_use]
    pub fn check_value(&self) -> CheckValue {
        let method = CheckMethod::usual(self.key_type());
        let mut block = self.zero_iv();
        match self.derive(&[&[0; 16]]) {
            Some(mac) => block.xor(mac.expose_secret()),
            None => self.cipher().encrypt_block(&mut block),
        }
        let value = block.as_slice().first_chunk().copied().unwrap_or_default();
        CheckValue { method, value }
    }
}

impl fmt::Display for CheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.method, hex::encode_upper(self.value))
    }
}

/// Why a key has no check value by a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The method is for keys of another type.
    #[error(
        "{method} is no check value of a key of type {key_type}: ask for {}:…",
        CheckMethod::usual(*key_type)
    )]
    OtherType {
        /// The method.
        method: CheckMethod,
        /// The key's type.
        key_type: KeyType,
    },
    /// The key cannot be had, or cannot do what the method takes.
    #[error(transparent)]
    Key(#[from] KeyError),
}

#[cfg(test)]
mod tests;
