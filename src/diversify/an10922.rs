// SPDX-License-Identifier: MIT OR Apache-2.0
//! NXP AN10922, Symmetric key diversifications.

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::Scheme;
use crate::crypto::Block;
use crate::crypto::cmac::subkeys;
use crate::key::{IssuerKey, KeyError, Operation};
use crate::secret::Secret;
use crate::wire::KeyType;

/// One message of the scheme: a constant and the input, padded, whose MAC is a part of the key.
#[derive(Clone)]
#[non_exhaustive]
pub struct Message {
    /// The constant that comes first.
    pub constant: u8,
    /// Constant, input and padding. It tells the UID.
    pub padded: Zeroizing<ArrayVec<u8, 32>>,
    /// Whether the last block is masked with K2; else with K1.
    pub k2: bool,
    /// How many of the bytes come before the padding.
    length: usize,
}

impl core::fmt::Debug for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Message({:02X}, {} bytes)", self.constant, self.padded.len())
    }
}

/// The constants, one for each block of the key (AN10922, 2.2 to 2.5).
const fn constants(key: KeyType) -> &'static [u8] {
    match key {
        KeyType::Aes => &[0x01],
        KeyType::Des => &[0x21, 0x22],
        KeyType::Tdes3 => &[0x31, 0x32, 0x33],
    }
}

pub(super) const fn block(key: KeyType) -> usize {
    match key {
        KeyType::Aes => 16,
        KeyType::Des | KeyType::Tdes3 => 8,
    }
}

/// Two blocks less the constant.
pub(super) const fn longest_input(key: KeyType) -> usize {
    2 * block(key) - 1
}

/// The messages for this input, which is not longer than [`longest_input`].
pub(super) fn messages(scheme: Scheme, key: KeyType, input: &[u8]) -> ArrayVec<Message, 3> {
    let whole = if scheme == Scheme::An10922OneBlock && input.len() < block(key) {
        block(key)
    } else {
        2 * block(key)
    };
    let message = |&constant: &u8| {
        let full = input.len() + 1 >= whole;
        let unpadded = [constant].into_iter().chain(input.iter().copied());
        let padding = [0x80].into_iter().chain(core::iter::repeat(0x00));
        let padded = Zeroizing::new(unpadded.chain(padding).take(whole).collect());
        let k2 = !full || scheme == Scheme::An10922ForceK2;
        Message { constant, padded, k2, length: whole.min(input.len() + 1) }
    };
    constants(key).iter().map(message).collect()
}

/// Whether a message as long as this, its constant included, is padded and masked as CMAC does it,
/// so that a key that knows nothing else can make a card key of it.
pub(super) fn is_cmac(scheme: Scheme, key: KeyType, length: usize) -> bool {
    let block = block(key);
    let one = scheme == Scheme::An10922OneBlock && length <= block;
    let whole = if one { block } else { 2 * block };
    let full = length >= whole;
    length.next_multiple_of(block) == whole && !(full && scheme == Scheme::An10922ForceK2)
}

/// The key: the MACs of the messages one after the other.
pub(super) fn derive(
    issuer: &dyn IssuerKey,
    scheme: Scheme,
    messages: &[Message],
) -> Result<Secret<[u8; 24]>, KeyError> {
    let key_type = issuer.key_type();
    let mut key = Secret::new([0; 24]);
    let slots = key.expose_secret_mut().chunks_exact_mut(block(key_type));
    for (slot, message) in slots.zip(messages) {
        let plain = message.padded.get(..message.length).unwrap_or(&message.padded);
        if is_cmac(scheme, key_type, plain.len()) && issuer.can().has(Operation::Cmac) {
            issuer.cmac(plain, slot)?;
        } else {
            cbc_mac(issuer, &message.padded, message.k2, slot)?;
        }
    }
    Ok(key)
}

/// CBC over whole blocks, the last one masked with a subkey; the last block that comes out.
pub(super) fn cbc_mac(
    issuer: &dyn IssuerKey,
    padded: &[u8],
    k2: bool,
    out: &mut [u8],
) -> Result<(), KeyError> {
    let size = out.len();
    let zeros = [0; 16];
    let zeros = zeros.get(..size).ok_or(KeyError::NoBlocks)?;
    out.fill(0);
    issuer.cbc(zeros, out)?;
    let l = Block::of(out).ok_or(KeyError::NoBlocks)?;
    let masks = Zeroizing::new(subkeys(l));
    let [first, second] = &*masks;
    let mut data = Zeroizing::new(padded.to_vec());
    let last = data.len().saturating_sub(size);
    let mask = if k2 { second } else { first };
    for (byte, mask) in data.iter_mut().skip(last).zip(mask.as_slice()) {
        *byte ^= mask;
    }
    issuer.cbc(zeros, &mut data)?;
    for (slot, byte) in out.iter_mut().zip(data.iter().skip(last)) {
        *slot = *byte;
    }
    Ok(())
}
