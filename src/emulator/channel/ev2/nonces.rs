// SPDX-License-Identifier: MIT OR Apache-2.0
//! What both sides bring into the keys of a session.

use zeroize::Zeroizing;

/// What of both nonces goes into the keys of a session:
/// `A0 A1 | (A2..A7 xor B0..B5) | B6..B15 | A8..A15`.
pub(super) fn mixed(rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> Zeroizing<[u8; 26]> {
    let (front, a8) = rnd_a.split_at(8);
    let (a0, a2) = front.split_at(2);
    let (b0, b6) = rnd_b.split_at(6);
    let middle = a2.iter().zip(b0).map(|(a, b)| a ^ b);
    let pieces = a0.iter().copied().chain(middle).chain(b6.iter().chain(a8).copied());
    let mut mixed = Zeroizing::new([0; 26]);
    mixed.iter_mut().zip(pieces).for_each(|(slot, byte)| *slot = byte);
    mixed
}
