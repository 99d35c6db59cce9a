// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `1A` and `AA` have of their own: one chain of blocks through all three passes.

use crate::crypto::{Block, Cipher};
use crate::emulator::channel::{Channel, Ev1, SessionKey};
use crate::emulator::keys::StoredKey;
use crate::wire::Status;

use super::challenges::{Challenges, turned};

/// An authentication of EV1, after its first half.
#[derive(Clone)]
pub(super) struct Chained(SessionKey);

impl Chained {
    pub(super) const fn begin(key: &StoredKey, single: bool) -> Self {
        Self(SessionKey::of(key.kind(), single))
    }

    /// The token is chained to the challenge.
    pub(super) fn decipher(
        (cipher, chain): (&Cipher, &mut Block),
        token: &mut [u8],
    ) -> Result<(), Status> {
        cipher.cbc_decrypt(chain, token).map_err(|_| Status::LengthError)
    }

    /// RndA comes back alone, chained to the token.
    pub(super) fn conclude(&self, challenges: Challenges<'_>, answer: &mut Vec<u8>) -> Channel {
        answer.extend_from_slice(&turned(challenges.rnd_a));
        Channel::Ev1(Ev1::new(self.0, challenges.rnd_a, challenges.rnd_b))
    }
}
