// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sagem and Omnitech (liblogicalaccess; belief).

use crate::iso14443::RealUid;
use crate::key::{IssuerKey, KeyError};
use crate::secret::Secret;

/// `E(FF | UID) | E(00 | complement of the UID)` under the 2K3DES issuer key.
pub(super) fn derive(issuer: &dyn IssuerKey, uid: &RealUid) -> Result<Secret<[u8; 24]>, KeyError> {
    let mut key = Secret::new([0; 24]);
    let (two, _) = key.expose_secret_mut().split_at_mut(16);
    for (half, mask) in two.chunks_exact_mut(8).zip([0x00, 0xFF]) {
        let bytes = [0xFF].iter().chain(uid.expose());
        for (at, byte) in half.iter_mut().zip(bytes) {
            *at = byte ^ mask;
        }
    }
    issuer.ecb(two)?;
    Ok(key)
}
