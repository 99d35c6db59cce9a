// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mutual authentication in three passes.

mod ev2;

use zeroize::Zeroizing;

use crate::crypto::{AesCmac, Block, Cipher};
use crate::secret::{Secret, ct_eq};
use crate::wire::{KeyType, Opening, Status};

use super::behaviour::HalfCompare;
use super::channel::{Channel, D40, Ev1, Ev2, Session, SessionKey, recover};
use super::keys::KeyRing;
use super::nonces::Nonces;
use ev2::{capabilities, cmac, full};

/// An authentication that waits for its second half.
#[derive(Clone)]
pub(super) struct Handshake {
    key: u8,
    cipher: Cipher,
    /// The last cipher block: EV1 chains it through all passes.
    chain: Block,
    rnd_b: Secret<[u8; 16]>,
    /// 16, and 8 for DES and two-key triple DES.
    nonce: usize,
    way: Way,
}

#[derive(Clone)]
enum Way {
    D40(SessionKey),
    Ev1(SessionKey),
    First { key: AesCmac, reader: [u8; 6] },
    NonFirst { key: AesCmac, transaction: [u8; 4], counter: u16 },
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
        let reader = capabilities(opening, rest)?;
        let key = keys.key(number).ok_or(Status::NoSuchKey)?;
        if !opening.takes(key.kind()) {
            return Err(Status::AuthenticationError);
        }
        // Bit 1 of the first capability byte asks for LRP messaging, which this card has not.
        if reader.first().is_some_and(|first| first & 0x02 != 0) {
            return Err(Status::PermissionDenied);
        }
        let single = key.is_single_des(halves);
        let way = match opening {
            Opening::Legacy => Way::D40(SessionKey::of(key.kind(), single)),
            Opening::Iso | Opening::Aes => Way::Ev1(SessionKey::of(key.kind(), single)),
            Opening::Ev2First => Way::First { key: cmac(key)?, reader },
            Opening::Ev2NonFirst => {
                let thread = before.and_then(|open| open.channel.thread());
                let (transaction, counter) = thread.ok_or(Status::PermissionDenied)?;
                Way::NonFirst { key: cmac(key)?, transaction, counter }
            }
        };
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
        if let Way::D40(_) = self.way {
            recover(&self.cipher, token);
        } else {
            self.decipher(token)?;
        }
        let (rnd_a, proof) = token.split_at_checked(self.nonce).ok_or(Status::LengthError)?;
        let rnd_b = self.rnd_b.expose_secret().get(..self.nonce).unwrap_or_default();
        if !ct_eq(&turned(rnd_b), proof) {
            return Err(Status::AuthenticationError);
        }
        let channel = match &self.way {
            Way::D40(kind) => {
                answer.extend_from_slice(&turned(rnd_a));
                self.chain = self.cipher.zero_iv();
                Channel::D40(D40::new(*kind, rnd_a, rnd_b))
            }
            Way::Ev1(kind) => {
                answer.extend_from_slice(&turned(rnd_a));
                Channel::Ev1(Ev1::new(*kind, rnd_a, rnd_b))
            }
            Way::First { key, reader } => {
                let mut transaction = [0; 4];
                nonces.fill(&mut transaction);
                answer.extend(transaction);
                answer.extend_from_slice(&turned(rnd_a));
                // The card's own capabilities, then the reader's as they were understood.
                answer.extend([0; 6]);
                answer.extend(reader);
                self.chain = self.cipher.zero_iv();
                Channel::Ev2(Ev2::new(key, full(rnd_a)?, full(rnd_b)?, transaction, 0))
            }
            Way::NonFirst { key, transaction, counter } => {
                answer.extend_from_slice(&turned(rnd_a));
                self.chain = self.cipher.zero_iv();
                Channel::Ev2(Ev2::new(key, full(rnd_a)?, full(rnd_b)?, *transaction, *counter))
            }
        };
        encipher(&self.cipher, &mut self.chain, answer)?;
        Ok(Session { key: self.key, channel })
    }

    /// Only EV1 chains the token to the challenge.
    fn decipher(&mut self, token: &mut [u8]) -> Result<(), Status> {
        if !matches!(self.way, Way::Ev1(_)) {
            self.chain = self.cipher.zero_iv();
        }
        self.cipher.cbc_decrypt(&mut self.chain, token).map_err(|_| Status::LengthError)
    }
}

/// The first byte goes last.
fn turned(nonce: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut turned = Zeroizing::new(nonce.to_vec());
    if !turned.is_empty() {
        turned.rotate_left(1);
    }
    turned
}

fn encipher(cipher: &Cipher, chain: &mut Block, data: &mut [u8]) -> Result<(), Status> {
    cipher.cbc_encrypt(chain, data).map_err(|_| Status::AuthenticationError)
}
