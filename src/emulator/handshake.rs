// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mutual authentication in three passes. What one messaging has of its own is in its file.

mod challenges;
mod d40;
mod ev1;
mod ev2;
mod lrp;

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
use ev2::{Start, Transaction};
use lrp::Resilient;

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

/// What of the chip an authentication depends on.
#[derive(Clone, Copy)]
pub(super) struct Chip {
    pub(super) halves: HalfCompare,
    /// Whether it is in LRP mode.
    pub(super) lrp: bool,
    /// What it tells of itself.
    pub(super) capabilities: [u8; 6],
}

/// What the passes are, with what is kept of the first half.
#[derive(Clone)]
enum Way {
    Enciphered(Enciphered),
    /// Proven by MACs.
    Lrp(Resilient),
}

/// The messaging that opens, where the challenges go enciphered.
#[derive(Clone)]
enum Enciphered {
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
        chip: Chip,
        nonces: &mut Nonces,
        answer: &mut Vec<u8>,
    ) -> Result<Self, Status> {
        let (&number, rest) = parameters.split_first().ok_or(Status::LengthError)?;
        let reader = match opening {
            Opening::Ev2First => ev2::capabilities(rest)?,
            Opening::Legacy | Opening::Iso | Opening::Aes | Opening::Ev2NonFirst => nothing(rest)?,
        };
        let key = keys.key(number).ok_or(Status::NoSuchKey)?;
        keys.require_enabled(number)?;
        if !opening.takes(key.kind()) {
            return Err(Status::AuthenticationError);
        }
        let way = Way::of(opening, key, reader, before, chip)?;
        let cipher = key.cipher();
        let nonce = if key.kind() == KeyType::Des { 8 } else { 16 };
        let mut rnd_b = Secret::new([0; 16]);
        let drawn = rnd_b.expose_secret_mut().get_mut(..nonce).unwrap_or_default();
        nonces.fill(drawn);
        answer.extend_from_slice(drawn);
        let mut chain = cipher.zero_iv();
        match way {
            Way::Lrp(_) => answer.insert(0, lrp::MODE),
            Way::Enciphered(_) => encipher(&cipher, &mut chain, answer)?,
        }
        Ok(Self { key: number, cipher, chain, rnd_b, nonce, way })
    }

    /// Which key it is about.
    pub(super) const fn key(&self) -> u8 {
        self.key
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
        let way = match &self.way {
            Way::Enciphered(way) => way,
            Way::Lrp(lrp) => {
                let channel = lrp.prove(token, self.rnd_b.expose_secret(), nonces, answer)?;
                return Ok(Session { key: self.key, channel });
            }
        };
        let passes = (&self.cipher, &mut self.chain);
        match way {
            Enciphered::D40(_) => Legacy::decipher(&self.cipher, token),
            Enciphered::Ev1(_) => Chained::decipher(passes, token)?,
            Enciphered::Ev2(_) => Transaction::decipher(passes, token)?,
        }
        let (rnd_a, proof) = token.split_at_checked(self.nonce).ok_or(Status::LengthError)?;
        let rnd_b = self.rnd_b.expose_secret().get(..self.nonce).unwrap_or_default();
        if !ct_eq(&turned(rnd_b), proof) {
            return Err(Status::AuthenticationError);
        }
        let challenges = Challenges { rnd_a, rnd_b };
        let passes = (&self.cipher, &mut self.chain);
        let channel = match way {
            Enciphered::D40(legacy) => legacy.conclude(passes, challenges, answer),
            Enciphered::Ev1(chained) => chained.conclude(challenges, answer),
            Enciphered::Ev2(transaction) => {
                transaction.conclude(passes, challenges, nonces, answer)?
            }
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
        chip: Chip,
    ) -> Result<Self, Status> {
        let single = key.is_single_des(chip.halves);
        let start = match opening {
            Opening::Legacy => {
                return Ok(Self::Enciphered(Enciphered::D40(Legacy::begin(key, single))));
            }
            Opening::Iso | Opening::Aes => {
                return Ok(Self::Enciphered(Enciphered::Ev1(Chained::begin(key, single))));
            }
            // A chip in LRP mode takes nothing else; one that is not, goes on in AES.
            Opening::Ev2First if chip.lrp && !asks_for_lrp(reader) => {
                return Err(Status::PermissionDenied);
            }
            Opening::Ev2First => Start::First { card: chip.capabilities, reader },
            Opening::Ev2NonFirst => Start::non_first(before)?,
        };
        Ok(if chip.lrp {
            Self::Lrp(Resilient::new(key, start)?)
        } else {
            Self::Enciphered(Enciphered::Ev2(Transaction::new(key, start)?))
        })
    }
}

/// Bit 1 of the first capability byte asks for LRP messaging.
fn asks_for_lrp(reader: [u8; 6]) -> bool {
    reader.first().is_some_and(|first| first & LRP != 0)
}

/// Only AuthenticateEV2First has more than a key number.
const fn nothing(rest: &[u8]) -> Result<[u8; 6], Status> {
    if rest.is_empty() { Ok([0; 6]) } else { Err(Status::LengthError) }
}

/// In the first capability byte, the reader's and the chip's: LRP.
const LRP: u8 = 0x02;

fn encipher(cipher: &Cipher, chain: &mut Block, data: &mut [u8]) -> Result<(), Status> {
    cipher.cbc_encrypt(chain, data).map_err(|_| Status::AuthenticationError)
}
