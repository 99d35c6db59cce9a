// SPDX-License-Identifier: MIT OR Apache-2.0
//! ECDSA over NIST P-224, with the UID itself where a digest would stand.

use p224::ecdsa::signature::hazmat::PrehashVerifier;
use p224::ecdsa::{Signature, VerifyingKey};

use super::{KEYS, Key, NotGenuine, Product, Trust, test_key};
use crate::iso14443::RealUid;

/// Which key a signature verifies under; `None` is the [test key](test_key), where it is trusted.
///
/// `signature` is r (28) and s (28), most significant byte first, as Read_Sig brings them. `uid` is
/// the real one. Every key is tried, whatever the chip says that it is, and then the key must be one
/// that signs `product`.
///
/// ```
/// use cardwright::iso14443::RealUid;
/// use cardwright::originality::{NotGenuine, Product, Trust, check};
///
/// // NXP AN12196, table 30.
/// let uid = RealUid::new([0x04, 0x51, 0x8D, 0xFA, 0xA9, 0x61, 0x80]);
/// let mut signature = [0; 56];
/// hex::decode_to_slice(
///     "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD\
///      744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21",
///     &mut signature,
/// )?;
/// let key = check(&uid, &signature, Some(Product::Ntag424Dna), Trust::Maker)?;
/// assert_eq!(key.map(|key| key.name), Some("NTAG 424 DNA"));
///
/// let other = RealUid::new([0x04, 0x51, 0x8D, 0xFA, 0xA9, 0x61, 0x81]);
/// let copied = check(&other, &signature, Some(Product::Ntag424Dna), Trust::Maker);
/// assert_eq!(copied, Err(NotGenuine::UnknownKey));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`NotGenuine`].
pub fn check(
    uid: &RealUid,
    signature: &[u8; 56],
    product: Option<Product>,
    trust: Trust,
) -> Result<Option<&'static Key>, NotGenuine> {
    let signature = Signature::from_slice(signature).map_err(|_| NotGenuine::Malformed)?;
    let digest = digest(uid);
    let verifies = |point: &[u8; 57]| {
        let key = VerifyingKey::from_sec1_bytes(point);
        key.is_ok_and(|key| key.verify_prehash(&digest, &signature).is_ok())
    };
    match (KEYS.iter().find(|key| verifies(&key.point)), trust) {
        (Some(key), _) if product.is_some_and(|product| key.signs(product)) => Ok(Some(key)),
        (Some(key), _) => Err(NotGenuine::OtherProduct { key, product }),
        (None, _) if !verifies(&test_key::PUBLIC) => Err(NotGenuine::UnknownKey),
        (None, Trust::TestKeyToo) => Ok(None),
        (None, Trust::Maker) => Err(NotGenuine::TestKey),
    }
}

/// The UID as a number as long as the curve's: nothing hashes it (NXP AN12196, 8; AN12343, 12).
fn digest(uid: &RealUid) -> [u8; 28] {
    let mut digest = [0; 28];
    if let Some(end) = digest.last_chunk_mut() {
        *end = *uid.expose();
    }
    digest
}
