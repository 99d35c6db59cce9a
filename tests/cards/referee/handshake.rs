// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authentications: as the host, as the card, and as somebody who listens and knows the key.

use super::cipher::{Key, turned};
use super::session::{Session, Speech};

/// The instructions that begin one: D40, ISO, AES, EV2 first, EV2 further.
pub(crate) const BEGINNINGS: [u8; 5] = [0x0A, 0x1A, 0xAA, 0x71, 0x77];

pub(crate) const fn speech(ins: u8) -> Speech {
    match ins {
        0x0A => Speech::D40,
        0x1A | 0xAA => Speech::Ev1,
        _ => Speech::Ev2,
    }
}

/// One authentication with a key, once the card's challenge is known.
pub(crate) struct Handshake<'k> {
    ins: u8,
    key: &'k Key,
    /// The challenge as it was sent.
    challenge: Vec<u8>,
    pub(crate) b: Vec<u8>,
}

impl<'k> Handshake<'k> {
    /// `None` where the challenge has not the length of one under this key.
    pub(crate) fn hearing(ins: u8, key: &'k Key, challenge: &[u8]) -> Option<Self> {
        let cipher = key.cipher();
        let length = if key.bytes.len() == 16 { cipher.block() } else { 16 };
        if challenge.len() != length {
            return None;
        }
        let b = cipher.cbc_decrypt(&mut cipher.zero_iv(), challenge);
        Some(Self { ins, key, challenge: challenge.to_vec(), b })
    }

    /// As a card that takes `b` for its challenge.
    pub(crate) fn challenging(ins: u8, key: &'k Key, b: &[u8]) -> Self {
        let cipher = key.cipher();
        let challenge = cipher.cbc_encrypt(&mut cipher.zero_iv(), b);
        Self { ins, key, challenge, b: b.to_vec() }
    }

    pub(crate) fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// What the host sends.
    pub(crate) fn token(&self, a: &[u8]) -> Vec<u8> {
        let (cipher, plain) = (self.key.cipher(), [a, &turned(&self.b)].concat());
        match self.ins {
            0x0A => cipher.decipher_on_send(&plain),
            _ => cipher.cbc_encrypt(&mut self.after(&self.challenge), &plain),
        }
    }

    /// The host's challenge out of its token, where that proves the key.
    pub(crate) fn heard(&self, token: &[u8]) -> Option<Vec<u8>> {
        let cipher = self.key.cipher();
        if token.len() != 2 * self.b.len() {
            return None;
        }
        let plain = match self.ins {
            0x0A => cipher.encipher_on_arrival(token),
            _ => cipher.cbc_decrypt(&mut self.after(&self.challenge), token),
        };
        let (a, b) = plain.split_at(self.b.len());
        (b == turned(&self.b)).then(|| a.to_vec())
    }

    /// The card's proof; in EV2 messaging with the transaction that begins.
    pub(crate) fn proof(&self, a: &[u8], token: &[u8], ti: [u8; 4]) -> Vec<u8> {
        let cipher = self.key.cipher();
        let plain = match self.ins {
            0x71 => [&ti[..], &turned(a), &[0; 12]].concat(),
            _ => turned(a),
        };
        cipher.cbc_encrypt(&mut self.after(token), &plain)
    }

    /// The session, where the card's proof fits; `before` is the transaction that goes on.
    pub(crate) fn session(
        &self,
        no: u8,
        a: &[u8],
        proof: &[u8],
        before: Option<([u8; 4], u16)>,
    ) -> Option<Session> {
        let token = self.token(a);
        let cipher = self.key.cipher();
        let plain = cipher.cbc_decrypt(&mut self.after(&token), proof);
        let session = Session::new(speech(self.ins), (no, self.key), a, &self.b);
        match self.ins {
            0x71 => {
                let (ti, rest) = plain.split_first_chunk::<4>()?;
                rest.starts_with(&turned(a)).then(|| session.in_transaction(*ti, 0))
            }
            0x77 => {
                let (ti, counter) = before?;
                (plain == turned(a)).then(|| session.in_transaction(ti, counter))
            }
            _ => (plain == turned(a)).then_some(session),
        }
    }

    /// Where the chain goes on from, in the messaging that has one.
    fn after(&self, sent: &[u8]) -> Vec<u8> {
        let cipher = self.key.cipher();
        match self.ins {
            0x1A | 0xAA => sent[sent.len() - cipher.block()..].to_vec(),
            _ => cipher.zero_iv(),
        }
    }
}
