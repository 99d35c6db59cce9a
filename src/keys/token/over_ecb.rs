// SPDX-License-Identifier: MIT OR Apache-2.0
//! CBC and CMAC of a cipher that can be asked for single blocks only.

use zeroize::Zeroizing;

use crate::crypto::Block;
use crate::crypto::cmac::subkeys;
use crate::key::KeyError;

/// Enciphers whole blocks in place, each XORed with the one before it; the first with `iv`, one block
/// (NIST SP 800-38A, 6.2).
pub(super) fn cbc<E: From<KeyError>>(
    iv: &[u8],
    data: &mut [u8],
    mut ecb: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<(), E> {
    if iv.is_empty() || !data.len().is_multiple_of(iv.len()) {
        return Err(KeyError::NoBlocks.into());
    }
    let mut chain = Zeroizing::new(iv.to_vec());
    for block in data.chunks_exact_mut(iv.len()) {
        xor(block, &chain);
        ecb(block)?;
        chain.copy_from_slice(block);
    }
    Ok(())
}

/// The CMAC of a message, which fills `mac`, one block (NIST SP 800-38B, 6.2).
pub(super) fn cmac<E: From<KeyError>>(
    message: &[u8],
    mac: &mut [u8],
    mut ecb: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<(), E> {
    let size = mac.len();
    mac.fill(0);
    ecb(mac)?;
    let masks = Zeroizing::new(subkeys(Block::of(mac).ok_or(KeyError::NoBlocks)?));
    let [whole, padded] = &*masks;
    let mut data = Zeroizing::new(Vec::with_capacity(message.len().saturating_add(size)));
    data.extend_from_slice(message);
    let mask = if !message.is_empty() && message.len().is_multiple_of(size) {
        whole
    } else {
        data.push(0x80);
        let length = data.len().next_multiple_of(size);
        data.resize(length, 0);
        padded
    };
    let last = data.len().saturating_sub(size);
    xor(data.get_mut(last..).unwrap_or_default(), mask.as_slice());
    let zeros = [0; 16];
    cbc(zeros.get(..size).ok_or(KeyError::NoBlocks)?, &mut data, ecb)?;
    mac.copy_from_slice(data.get(last..).ok_or(KeyError::NoBlocks)?);
    Ok(())
}

fn xor(onto: &mut [u8], bytes: &[u8]) {
    for (byte, other) in onto.iter_mut().zip(bytes) {
        *byte ^= other;
    }
}

#[cfg(test)]
mod tests;
