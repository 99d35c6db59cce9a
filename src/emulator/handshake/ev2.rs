// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `71` and `77` have of their own: capabilities, the transaction, and each pass by itself. What they
//! are on a chip in LRP mode is in a file beside this one.

use crate::crypto::{AesCmac, Block, Cipher};
use crate::emulator::channel::{Channel, Ev2, Session};
use crate::emulator::keys::StoredKey;
use crate::emulator::nonces::Nonces;
use crate::wire::Status;

use super::challenges::{Challenges, turned};

/// An authentication of EV2, after its first half.
#[derive(Clone)]
pub(super) struct Transaction {
    key: AesCmac,
    start: Start,
}

/// Where the identifier and the counter come from.
#[derive(Clone, Copy)]
pub(super) enum Start {
    /// The card draws an identifier; it tells what it can do itself, and the reader's capabilities come back
    /// as they were understood.
    First { card: [u8; 6], reader: [u8; 6] },
    /// The session before goes on.
    NonFirst { transaction: [u8; 4], counter: u16 },
}

impl Start {
    /// AuthenticateEV2NonFirst, in the session that was open `before`.
    pub(super) fn non_first(before: Option<&Session>) -> Result<Self, Status> {
        let thread = before.and_then(|open| open.channel.thread());
        let (transaction, counter) = thread.ok_or(Status::PermissionDenied)?;
        Ok(Self::NonFirst { transaction, counter })
    }

    /// Identifier and counter.
    pub(super) fn thread(self, nonces: &mut Nonces) -> ([u8; 4], u16) {
        match self {
            Self::First { .. } => {
                let mut drawn = [0; 4];
                nonces.fill(&mut drawn);
                (drawn, 0)
            }
            Self::NonFirst { transaction, counter } => (transaction, counter),
        }
    }
}

impl Transaction {
    pub(super) fn new(key: &StoredKey, start: Start) -> Result<Self, Status> {
        Ok(Self { key: AesCmac::new(full(key.bytes())?), start })
    }

    pub(super) fn decipher(
        (cipher, chain): (&Cipher, &mut Block),
        token: &mut [u8],
    ) -> Result<(), Status> {
        *chain = cipher.zero_iv();
        cipher.cbc_decrypt(chain, token).map_err(|_| Status::LengthError)
    }

    /// RndA comes back, after a first authentication between the identifier and the capabilities.
    pub(super) fn conclude(
        &self,
        (cipher, chain): (&Cipher, &mut Block),
        challenges: Challenges<'_>,
        nonces: &mut Nonces,
        answer: &mut Vec<u8>,
    ) -> Result<Channel, Status> {
        *chain = cipher.zero_iv();
        let rnd_a = turned(challenges.rnd_a);
        let (transaction, counter) = self.start.thread(nonces);
        match self.start {
            Start::First { card, reader } => {
                answer.extend(transaction);
                answer.extend_from_slice(&rnd_a);
                answer.extend([card, reader].as_flattened());
            }
            Start::NonFirst { .. } => answer.extend_from_slice(&rnd_a),
        }
        let (reader, card) = (full(challenges.rnd_a)?, full(challenges.rnd_b)?);
        Ok(Channel::Ev2(Ev2::new(&self.key, reader, card, transaction, counter)))
    }
}

/// The capability bytes of `71`: a count up to 6 and as many bytes; those missing are 0.
pub(super) fn capabilities(rest: &[u8]) -> Result<[u8; 6], Status> {
    let (&count, sent) = rest.split_first().ok_or(Status::LengthError)?;
    let mut bytes = [0; 6];
    if usize::from(count) != sent.len() {
        return Err(Status::LengthError);
    }
    bytes.get_mut(..sent.len()).ok_or(Status::LengthError)?.copy_from_slice(sent);
    Ok(bytes)
}

pub(super) fn full(bytes: &[u8]) -> Result<&[u8; 16], Status> {
    bytes.try_into().map_err(|_| Status::AuthenticationError)
}
