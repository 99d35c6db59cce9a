// SPDX-License-Identifier: MIT OR Apache-2.0
//! NXP AN10922, Symmetric key diversifications.

use crate::key::MasterKey;
use crate::secret::Secret;

/// The longest input: two AES blocks less the constant.
pub(super) const MAX_INPUT: usize = 31;

/// AES-128 (AN10922, 2.2): the CMAC of `01 ‖ input`, except that the message is always padded to
/// two blocks. Plain CMAC would pad an input of up to 15 bytes to one block only.
pub(super) fn aes128(master: &MasterKey, input: &[u8]) -> Secret<[u8; 16]> {
    let cmac = master.cmac();
    let mut message = Secret::new([0; 32]);
    let bytes = message.expose_secret_mut();
    let padded = core::iter::once(&0x01).chain(input).chain(&[0x80]);
    for (slot, byte) in bytes.iter_mut().zip(padded) {
        *slot = *byte;
    }
    let subkey = if input.len() < MAX_INPUT { cmac.k2() } else { cmac.k1() };
    let mut state = cmac.cipher().zero_iv();
    let (first, last) = bytes.split_at(16);
    state.xor(first);
    cmac.cipher().encrypt_block(&mut state);
    state.xor(last);
    state.xor(subkey.as_slice());
    cmac.cipher().encrypt_block(&mut state);
    let mut key = Secret::new([0; 16]);
    key.expose_secret_mut().copy_from_slice(state.as_slice());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(master: &str, input: &str) -> String {
        let master = MasterKey::aes(Secret::new(hex::decode(master).unwrap().try_into().unwrap()));
        hex::encode_upper(aes128(&master, &hex::decode(input).unwrap()).expose_secret())
    }

    /// AN10922, 2.2.1: a message of 18 bytes.
    #[test]
    fn the_published_example() {
        assert_eq!(
            derived("00112233445566778899AABBCCDDEEFF", "04782E21801D803042F54E585020416275"),
            "A8DD63A3B89D54B37CA802473FDA9175"
        );
    }

    /// AN10957: a message of one block, which is padded to two all the same.
    #[test]
    fn a_short_input_is_padded_to_two_blocks() {
        assert_eq!(
            derived("F3F9377698707B688EAF84ABE39E3791", "04DEADBEEFFEED"),
            "0BB408BAFF98B6EE9F2E1585777F6A51"
        );
    }
}
