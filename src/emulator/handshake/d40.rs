// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `0A` has of its own: the token is recovered as every D40 command is, nothing is chained.

use crate::crypto::{Block, Cipher};
use crate::emulator::channel::{Channel, D40, SessionKey, recover};
use crate::emulator::keys::StoredKey;

use super::challenges::{Challenges, turned};

/// The legacy authentication, after its first half.
#[derive(Clone)]
pub(super) struct Legacy(SessionKey);

impl Legacy {
    pub(super) const fn begin(key: &StoredKey, single: bool) -> Self {
        Self(SessionKey::of(key.kind(), single))
    }

    /// The reader deciphers where others encipher.
    pub(super) fn decipher(cipher: &Cipher, token: &mut [u8]) {
        recover(cipher, token);
    }

    /// RndA comes back alone.
    pub(super) fn conclude(
        &self,
        (cipher, chain): (&Cipher, &mut Block),
        challenges: Challenges<'_>,
        answer: &mut Vec<u8>,
    ) -> Channel {
        answer.extend_from_slice(&turned(challenges.rnd_a));
        *chain = cipher.zero_iv();
        Channel::D40(D40::new(self.0, challenges.rnd_a, challenges.rnd_b))
    }
}
