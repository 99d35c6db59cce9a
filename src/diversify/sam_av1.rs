// SPDX-License-Identifier: MIT OR Apache-2.0
//! NXP AN0945, as SAM AV1 diversifies (liblogicalaccess; belief).

use crate::crypto::Block;
use crate::key::MasterKey;
use crate::secret::Secret;
use crate::wire::KeyType;

/// `div` is key number and UID. 2K3DES: `E(div ^ K[0..8])`, then the result `^ K[8..16]` once more.
/// AES: `E((div | div) ^ K)`.
pub(super) fn derive(master: &MasterKey, div: [u8; 8]) -> Secret<[u8; 24]> {
    let mut key = Secret::new([0; 24]);
    let cipher = master.cmac().cipher();
    let mut state: Block = cipher.zero_iv();
    let mut filled = 0;
    let mut put = |state: &Block| {
        let slots = key.expose_secret_mut().iter_mut().skip(filled);
        for (slot, byte) in slots.zip(state.as_slice()) {
            *slot = *byte;
        }
        filled += state.as_slice().len();
    };
    match master.key_type() {
        KeyType::Aes => {
            for half in state.as_mut_slice().chunks_mut(8) {
                for (byte, div) in half.iter_mut().zip(div) {
                    *byte ^= div;
                }
            }
            state.xor(master.bytes());
            cipher.encrypt_block(&mut state);
            put(&state);
        }
        KeyType::Des | KeyType::Tdes3 => {
            state.xor(&div);
            for half in master.bytes().chunks(8).take(2) {
                state.xor(half);
                cipher.encrypt_block(&mut state);
                put(&state);
            }
        }
    }
    key
}
