// SPDX-License-Identifier: MIT OR Apache-2.0
//! NXP AN0945, as SAM AV1 diversifies (liblogicalaccess; belief).

use arrayvec::ArrayVec;

use crate::key::{ChangeBuf, IssuerKey, KeyError};
use crate::secret::Secret;
use crate::wire::KeyType;

/// `div` is key number and UID. 2K3DES: `E(div ^ K[0..8])`, then the result `^ K[8..16]` once more.
/// AES: `E((div | div) ^ K)`. The key's own bytes go in, so it has to hand itself out.
pub(super) fn derive(issuer: &dyn IssuerKey, div: [u8; 8]) -> Result<Secret<[u8; 24]>, KeyError> {
    let mut own = ChangeBuf::new(ArrayVec::new());
    issuer.itself()?.append_to(None, &mut own);
    let mut key = Secret::new([0; 24]);
    let (two, _) = key.expose_secret_mut().split_at_mut(16);
    for (byte, own) in two.iter_mut().zip(own.expose_secret()) {
        *byte = *own;
    }
    let (first, second) = two.split_at_mut(8);
    mix(first, &div);
    match issuer.key_type() {
        KeyType::Aes => {
            mix(second, &div);
            issuer.ecb(two)?;
        }
        KeyType::Des | KeyType::Tdes3 => {
            issuer.ecb(first)?;
            mix(second, first);
            issuer.ecb(second)?;
        }
    }
    Ok(key)
}

fn mix(onto: &mut [u8], bytes: &[u8]) {
    for (byte, other) in onto.iter_mut().zip(bytes) {
        *byte ^= other;
    }
}
