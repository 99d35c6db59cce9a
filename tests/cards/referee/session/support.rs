// SPDX-License-Identifier: MIT OR Apache-2.0
//! Padding, and the keys of a session.

use super::super::cipher::Key;
use super::Opened;

/// Data in front of a checksum of so many bytes that fits them, and of padding.
pub(super) fn unpadded(
    plain: &[u8],
    length: usize,
    crc: impl Fn(&[u8]) -> Vec<u8>,
) -> Option<Opened> {
    let zeros = plain.iter().rev().take_while(|&&byte| byte == 0x00).count();
    let marked = plain.len().checked_sub(zeros + 1).filter(|&at| plain[at] == 0x80);
    let ends = (plain.len() - zeros..=plain.len()).map(|end| (end, false));
    for (end, marked) in ends.chain(marked.map(|end| (end, true))) {
        let Some(at) = end.checked_sub(length) else { continue };
        let (data, tail) = plain[..end].split_at(at);
        if tail == crc(data) {
            return Some(Opened { data: data.to_vec(), marked });
        }
    }
    None
}

pub(super) fn single(key: &[u8]) -> bool {
    let even = |half: &[u8]| half.iter().map(|byte| byte & 0xFE).collect::<Vec<_>>();
    key.len() == 8 || even(&key[..8]) == even(&key[8..])
}

/// What of the challenges goes into the keys of EV2 messaging and LRP.
pub(super) fn context(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut context = a[..2].to_vec();
    context.extend((0..6).map(|at| a[2 + at] ^ b[at]));
    context.extend(&b[6..]);
    context.extend(&a[8..]);
    context
}

pub(super) fn ev2_keys(key: &Key, a: &[u8], b: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let context = context(a, b);
    let cipher = key.cipher();
    let derive = |label: [u8; 2]| {
        let message = [&label[..], &[0x00, 0x01, 0x00, 0x80], &context].concat();
        cipher.cmac(&cipher.zero_iv(), &message)
    };
    (derive([0xA5, 0x5A]), derive([0x5A, 0xA5]))
}
