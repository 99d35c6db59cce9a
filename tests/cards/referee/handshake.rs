// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authentications: as the host, as the card, and as somebody who listens and knows the key.

use super::cipher::{Key, turned};
use super::session::{Session, Speech};

/// The instructions that begin one: D40, ISO, AES, EV2 first, EV2 further.
pub(crate) const BEGINNINGS: [u8; 5] = [0x0A, 0x1A, 0xAA, 0x71, 0x77];

/// What a challenge in LRP begins with, which stands there in clear.
const LRP: u8 = 0x01;

/// What a side says of itself that speaks LRP.
const CAPABLE: [u8; 6] = [0x02, 0, 0, 0, 0, 0];

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
    pub(crate) lrp: bool,
    /// The challenge as it was sent.
    challenge: Vec<u8>,
    pub(crate) b: Vec<u8>,
}

impl<'k> Handshake<'k> {
    /// `None` where the challenge has not the length of one under this key.
    pub(crate) fn hearing(ins: u8, key: &'k Key, challenge: &[u8]) -> Option<Self> {
        let cipher = key.cipher();
        let length = if key.bytes.len() == 16 { cipher.block() } else { 16 };
        let lrp = challenge.len() == 17 && challenge[0] == LRP && speech(ins) == Speech::Ev2;
        let b = if lrp {
            challenge[1..].to_vec()
        } else if challenge.len() == length {
            cipher.cbc_decrypt(&mut cipher.zero_iv(), challenge)
        } else {
            return None;
        };
        Some(Self { ins, key, lrp, challenge: challenge.to_vec(), b })
    }

    /// As a card that takes `b` for its challenge.
    pub(crate) fn challenging(ins: u8, key: &'k Key, lrp: bool, b: &[u8]) -> Self {
        let cipher = key.cipher();
        let challenge = match lrp {
            true => [&[LRP], b].concat(),
            false => cipher.cbc_encrypt(&mut cipher.zero_iv(), b),
        };
        Self { ins, key, lrp, challenge, b: b.to_vec() }
    }

    pub(crate) fn challenge(&self) -> &[u8] {
        &self.challenge
    }

    /// What the host sends.
    pub(crate) fn token(&self, a: &[u8]) -> Vec<u8> {
        let (cipher, plain) = (self.key.cipher(), [a, &turned(&self.b)].concat());
        match self.ins {
            _ if self.lrp => [a, &self.begun(a).whole_mac(&[a, &self.b].concat())].concat(),
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
        if self.lrp {
            let a = &token[..self.b.len()];
            return (token == self.token(a)).then(|| a.to_vec());
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
            _ if self.lrp => return self.lrp_proof(a, ti),
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
        if self.lrp {
            return self.lrp_session(no, a, proof, before);
        }
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

    /// A session in LRP, which has its keys before anything is proven.
    fn begun(&self, a: &[u8]) -> Session {
        Session::in_lrp((0, self.key), a, &self.b)
    }

    /// The first one names its transaction, and what both sides are capable of, under the first block.
    fn lrp_proof(&self, a: &[u8], ti: [u8; 4]) -> Vec<u8> {
        let mut session = self.begun(a);
        let told = match self.ins {
            0x71 => session.count().encrypt(&[&ti[..], &CAPABLE, &CAPABLE].concat()),
            _ => Vec::new(),
        };
        let tag = session.whole_mac(&[&self.b, a, &told].concat());
        [told, tag].concat()
    }

    fn lrp_session(
        &self,
        no: u8,
        a: &[u8],
        proof: &[u8],
        before: Option<([u8; 4], u16)>,
    ) -> Option<Session> {
        let mut session = Session::in_lrp((no, self.key), a, &self.b);
        let (told, tag) = proof.split_last_chunk::<16>()?;
        if tag[..] != session.whole_mac(&[&self.b, a, told].concat()) {
            return None;
        }
        let (ti, counter) = match self.ins {
            0x71 => (*session.count().decrypt(told).first_chunk()?, 0),
            _ => before?,
        };
        Some(session.in_transaction(ti, counter))
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
