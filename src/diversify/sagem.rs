// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sagem and Omnitech (liblogicalaccess; belief).

use crate::crypto::Block;
use crate::iso14443::RealUid;
use crate::key::MasterKey;
use crate::secret::Secret;

/// `E(FF | UID) | E(00 | complement of the UID)` under the 2K3DES master key.
pub(super) fn derive(master: &MasterKey, uid: &RealUid) -> Secret<[u8; 24]> {
    let mut key = Secret::new([0; 24]);
    let cipher = master.cmac().cipher();
    let halves = key.expose_secret_mut().chunks_mut(8);
    for (slot, mask) in halves.zip([0x00, 0xFF]) {
        let mut block: Block = cipher.zero_iv();
        let bytes = [0xFF].iter().chain(uid.expose());
        for (at, byte) in block.as_mut_slice().iter_mut().zip(bytes) {
            *at = byte ^ mask;
        }
        cipher.encrypt_block(&mut block);
        slot.copy_from_slice(block.as_slice());
    }
    key
}
