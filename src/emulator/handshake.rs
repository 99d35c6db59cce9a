// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mutual authentication in three passes. What one messaging has of its own is in its file.

mod challenges;
mod d40;
mod ev1;
mod ev2;

use crate::crypto::{Block, Cipher};
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyType, Opening, Status};

use super::behaviour::HalfCompare;
use super::channel::Session;
use super::keys::{KeyRing, StoredKey};
use super::nonces::Nonces;
use challenges::{Challenges, turned};
use d40::Legacy;
use ev1::Chained;
use ev2::Transaction;

/// An authentication that waits for its second half.
#[derive(Clone)]
pub(super) struct Handshake {
    key: u8,
    cipher: Cipher,
    /// The last cipher block, for a messaging that chains the passes.
    chain: Block,
    rnd_b: Secret<[u8; 16]>,
    /// 16, and 8 for DES and two-key triple DES.
    nonce: usize,
    way: Way,
}

/// The messaging that opens, with what it keeps of the first half.
#[derive(Clone)]
enum Way {
    D40(Legacy),
    Ev1(Chained),
    Ev2(Transaction),
}

impl Handshake {
    /// The first half: checks the key and draws RndB, enciphered into `answer`. `before` is the
    /// session that was open until now.
    pub(super) fn open(
        opening: Opening,
        parameters: &[u8],
        keys: &KeyRing,
        before: Option<&Session>,
        halves: HalfCompare,
        nonces: &mut Nonces,
        answer: &mut Vec<u8>,
    ) -> Result<Self, Status> {
        let (&number, rest) = parameters.split_first().ok_or(Status::LengthError)?;
        let reader = match opening {
            Opening::Ev2First => ev2::capabilities(rest)?,
            Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2NonFirst => nothing(rest)?,
        };
        let key = keys.key(number).ok_or(Status::NoSuchKey)?;
        if !opening.takes(key.kind()) {
            return Err(Status::AuthenticationError);
        }
        let way = Way::of(opening, key, reader, before, halves)?;
        let cipher = key.cipher();
        let nonce = if key.kind() == KeyType::Des { 8 } else { 16 };
        let mut rnd_b = Secret::new([0; 16]);
        let drawn = rnd_b.expose_secret_mut().get_mut(..nonce).unwrap_or_default();
        nonces.fill(drawn);
        answer.extend_from_slice(drawn);
        let mut chain = cipher.zero_iv();
        encipher(&cipher, &mut chain, answer)?;
        Ok(Self { key: number, cipher, chain, rnd_b, nonce, way })
    }

    /// Whether the key is an AES key, which is faster.
    pub(super) const fn is_aes(&self) -> bool {
        self.cipher.block_size() == 16
    }

    /// The second half: checks the reader's proof, puts the card's into `answer`, and opens the
    /// session. `token` is deciphered in place.
    pub(super) fn prove(
        mut self,
        token: &mut [u8],
        nonces: &mut Nonces,
        answer: &mut Vec<u8>,
    ) -> Result<Session, Status> {
        if token.len() != self.nonce.saturating_mul(2) {
            return Err(Status::LengthError);
        }
        let passes = (&self.cipher, &mut self.chain);
        match &self.way {
            Way::D40(_) => Legacy::decipher(&self.cipher, token),
            Way::Ev1(_) => Chained::decipher(passes, token)?,
            Way::Ev2(_) => Transaction::decipher(passes, token)?,
        }
        let (rnd_a, proof) = token.split_at_checked(self.nonce).ok_or(Status::LengthError)?;
        let rnd_b = self.rnd_b.expose_secret().get(..self.nonce).unwrap_or_default();
        if !ct_eq(&turned(rnd_b), proof) {
            return Err(Status::AuthenticationError);
        }
        let challenges = Challenges { rnd_a, rnd_b };
        let passes = (&self.cipher, &mut self.chain);
        let channel = match &self.way {
            Way::D40(legacy) => legacy.conclude(passes, challenges, answer),
            Way::Ev1(chained) => chained.conclude(challenges, answer),
            Way::Ev2(transaction) => transaction.conclude(passes, challenges, nonces, answer)?,
        };
        encipher(&self.cipher, &mut self.chain, answer)?;
        Ok(Session { key: self.key, channel })
    }
}

impl Way {
    fn of(
        opening: Opening,
        key: &StoredKey,
        reader: [u8; 6],
        before: Option<&Session>,
        halves: HalfCompare,
    ) -> Result<Self, Status> {
        let single = key.is_single_des(halves);
        Ok(match opening {
            Opening::Legacy => Self::D40(Legacy::begin(key, single)),
            Opening::Iso | Opening::Aes => Self::Ev1(Chained::begin(key, single)),
            Opening::Ev2First => Self::Ev2(Transaction::first(key, reader)?),
            Opening::Ev2NonFirst => Self::Ev2(Transaction::non_first(key, before)?),
        })
    }
}

/// Only AuthenticateEV2First has more than a key number.
const fn nothing(rest: &[u8]) -> Result<[u8; 6], Status> {
    if rest.is_empty() { Ok([0; 6]) } else { Err(Status::LengthError) }
}

fn encipher(cipher: &Cipher, chain: &mut Block, data: &mut [u8]) -> Result<(), Status> {
    cipher.cbc_encrypt(chain, data).map_err(|_| Status::AuthenticationError)
}
