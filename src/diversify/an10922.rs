// SPDX-License-Identifier: MIT OR Apache-2.0
//! NXP AN10922, Symmetric key diversifications.

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::Scheme;
use crate::crypto::ChainedCmac;
use crate::key::MasterKey;
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

const fn block(key: KeyType) -> usize {
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
        Message { constant, padded, k2: !full || scheme == Scheme::An10922ForceK2 }
    };
    constants(key).iter().map(message).collect()
}

/// The key: the CBC-MACs of the messages one after the other, the last block of each masked.
pub(super) fn derive(master: &MasterKey, messages: &[Message]) -> Secret<[u8; 24]> {
    let mut key = Secret::new([0; 24]);
    let blocks = key.expose_secret_mut().chunks_mut(block(master.key_type()));
    for (slot, message) in blocks.zip(messages) {
        mac(master.cmac(), message, slot);
    }
    key
}

fn mac(cmac: &ChainedCmac, message: &Message, out: &mut [u8]) {
    let cipher = cmac.cipher();
    let mut state = cipher.zero_iv();
    let mut blocks = message.padded.chunks(cipher.block_size()).peekable();
    while let Some(block) = blocks.next() {
        state.xor(block);
        if blocks.peek().is_none() {
            let subkey = if message.k2 { cmac.k2() } else { cmac.k1() };
            state.xor(subkey.as_slice());
        }
        cipher.encrypt_block(&mut state);
    }
    for (slot, byte) in out.iter_mut().zip(state.as_slice()) {
        *slot = *byte;
    }
}
