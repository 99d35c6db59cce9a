// SPDX-License-Identifier: MIT OR Apache-2.0
//! `71` and `77` on a chip in LRP mode (NXP AN12321): RndB goes in clear, and both sides prove the key with
//! MACs under the session's keys.

use super::ev2::{Start, full};
use crate::emulator::channel::{Channel, Ev2, LrpKeys};
use crate::emulator::keys::StoredKey;
use crate::emulator::lrp::Lrp;
use crate::emulator::nonces::Nonces;
use crate::secret::ct_eq;
use crate::wire::Status;

/// What the first half begins with: the mode that the chip is in.
pub(super) const MODE: u8 = 0x01;

/// An authentication in LRP, after its first half.
#[derive(Clone)]
pub(super) struct Resilient {
    key: Lrp,
    start: Start,
}

impl Resilient {
    pub(super) fn new(key: &StoredKey, start: Start) -> Result<Self, Status> {
        Ok(Self { key: Lrp::new(full(key.bytes())?, 0), start })
    }

    /// The second half: `RndA | MAC(RndA RndB)` in, `[enciphered TI and capabilities] | MAC(RndB RndA [what is
    /// enciphered])` out.
    pub(super) fn prove(
        &self,
        token: &[u8],
        rnd_b: &[u8; 16],
        nonces: &mut Nonces,
        answer: &mut Vec<u8>,
    ) -> Result<Channel, Status> {
        let (rnd_a, proof) = token.split_first_chunk::<16>().ok_or(Status::LengthError)?;
        let mut keys = LrpKeys::new(&self.key, rnd_a, rnd_b);
        if !ct_eq(&keys.mac(&[rnd_a, rnd_b]), full(proof)?) {
            return Err(Status::AuthenticationError);
        }
        let (transaction, counter) = self.start.thread(nonces);
        if let Start::First { card, reader } = self.start {
            answer.extend(transaction);
            answer.extend([card, reader].as_flattened());
            keys.encrypt(answer).ok_or(Status::AuthenticationError)?;
        }
        let mac = keys.mac(&[rnd_b, rnd_a, answer]);
        answer.extend(mac);
        Ok(Channel::Ev2(Ev2::lrp(keys, transaction, counter)))
    }
}
