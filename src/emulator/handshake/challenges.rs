// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two random numbers of an authentication.

use zeroize::Zeroizing;

/// The two random numbers that were exchanged.
#[derive(Clone, Copy)]
pub(super) struct Challenges<'a> {
    pub(super) rnd_a: &'a [u8],
    pub(super) rnd_b: &'a [u8],
}

/// The first byte goes last.
pub(super) fn turned(nonce: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut turned = Zeroizing::new(nonce.to_vec());
    if !turned.is_empty() {
        turned.rotate_left(1);
    }
    turned
}
