// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an authentication of EV2 has besides: capabilities, and keys and challenges of 16 bytes.

use crate::crypto::AesCmac;
use crate::emulator::keys::StoredKey;
use crate::wire::{Opening, Status};

/// The capability bytes of `71`: a count up to 6 and as many bytes; those missing are 0.
pub(super) fn capabilities(opening: Opening, rest: &[u8]) -> Result<[u8; 6], Status> {
    let mut bytes = [0; 6];
    let sent = match (opening, rest.split_first()) {
        (Opening::Ev2First, Some((&count, sent))) if usize::from(count) == sent.len() => sent,
        (Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2NonFirst, None) => {
            return Ok(bytes);
        }
        _ => return Err(Status::LengthError),
    };
    bytes.get_mut(..sent.len()).ok_or(Status::LengthError)?.copy_from_slice(sent);
    Ok(bytes)
}

pub(super) fn cmac(key: &StoredKey) -> Result<AesCmac, Status> {
    full(key.bytes()).map(AesCmac::new)
}

pub(super) fn full(bytes: &[u8]) -> Result<&[u8; 16], Status> {
    bytes.try_into().map_err(|_| Status::AuthenticationError)
}
