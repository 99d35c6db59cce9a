// SPDX-License-Identifier: MIT OR Apache-2.0
//! The signature over the UID that a chip gets at the factory.

use crate::iso14443::RealUid;
use crate::secret::Secret;

/// Where the signature of a card comes from. Who knows the key can work the UID out of one, so none
/// is shown.
#[derive(Clone, Default)]
pub(super) enum Signature {
    /// The test key signs the UID, where the crate is built with a curve to sign on; else there is
    /// none.
    #[default]
    OfTestKey,
    /// It was handed in: r and s, 28 bytes each.
    Given(Secret<[u8; 56]>),
    /// The card has none.
    Missing,
}

impl Signature {
    /// What Read_Sig tells of a card with this UID.
    pub(super) fn over(&self, uid: &RealUid) -> Option<Secret<[u8; 56]>> {
        match self {
            Self::OfTestKey => signed(uid),
            Self::Given(signature) => Some(signature.clone()),
            Self::Missing => None,
        }
    }
}

/// ECDSA over NIST P-224 with the UID, padded on the left, where a digest would stand (AN12343, 12).
#[cfg(feature = "originality")]
fn signed(uid: &RealUid) -> Option<Secret<[u8; 56]>> {
    use crate::originality::test_key::SCALAR;
    use p224::ecdsa::signature::hazmat::PrehashSigner as _;
    use p224::ecdsa::{Signature, SigningKey};

    let mut digest = [0; 28];
    *digest.last_chunk_mut()? = *uid.expose();
    let key = SigningKey::from_bytes(&SCALAR.into()).ok()?;
    let signature: Signature = key.sign_prehash(&digest).ok()?;
    signature.to_bytes().as_slice().try_into().ok().map(Secret::new)
}

#[cfg(not(feature = "originality"))]
const fn signed(_uid: &RealUid) -> Option<Secret<[u8; 56]>> {
    None
}
