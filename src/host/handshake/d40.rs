// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authenticate `0A`: the host deciphers what it sends and what it receives.

use zeroize::Zeroizing;

use super::super::channel::{D40, decipher_on_send};
use super::super::dialogue::{Dialogue, Progress, Step, wrap};
use super::super::error::{Error, Misbehaviour};
use super::ev1::session_key;
use super::{Challenges, exactly, turned};
use crate::iso7816::{CommandBuf, Response};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{Ins, KeyNo};

/// Length of a challenge: one block of DES.
const CHALLENGE: usize = 8;

/// The conversation.
pub(in super::super) struct D40Handshake<'k> {
    no: KeyNo,
    key: &'k CardKey,
    rnd_a: Challenges,
    /// The card's challenge, once it has come.
    rnd_b: Option<Challenges>,
}

impl<'k> D40Handshake<'k> {
    pub(in super::super) fn new(no: KeyNo, key: &'k CardKey, rnd_a: &[u8; 16]) -> Self {
        let rnd_a = Zeroizing::new(rnd_a.iter().copied().take(CHALLENGE).collect());
        Self { no, key, rnd_a, rnd_b: None }
    }

    fn answer(&mut self, reply: &Response<'_>, out: &mut CommandBuf) -> Result<(), Error> {
        let mut rnd_b = exactly(Ins::Authenticate, reply, Progress::More, CHALLENGE)?;
        self.decipher(&mut rnd_b)?;
        let mut token = Challenges::default();
        token.extend(self.rnd_a.iter().copied().chain(turned(&rnd_b)));
        decipher_on_send(self.key.cipher(), &mut token);
        wrap(Ins::AdditionalFrame, &token, out);
        self.rnd_b = Some(rnd_b);
        Ok(())
    }

    fn prove(&self, reply: &Response<'_>, rnd_b: &[u8]) -> Result<D40, Error> {
        let mut proof = exactly(Ins::Authenticate, reply, Progress::Done, CHALLENGE)?;
        self.decipher(&mut proof)?;
        let expected: Challenges = Zeroizing::new(turned(&self.rnd_a).collect());
        if !ct_eq(&expected, &proof) {
            return Err(MISBEHAVED);
        }
        Ok(D40::new(session_key(self.key, &self.rnd_a, rnd_b)))
    }

    /// One block, from a chaining value of zero.
    fn decipher(&self, block: &mut [u8]) -> Result<(), Error> {
        self.key.decipher(&mut self.key.zero_iv(), block).map_err(|_| MISBEHAVED)
    }
}

const MISBEHAVED: Error =
    Error::Misbehaved { command: Ins::Authenticate, how: Misbehaviour::Nonce };

impl Dialogue for D40Handshake<'_> {
    type Output = D40;

    fn start(&mut self, out: &mut CommandBuf) {
        wrap(Ins::Authenticate, &[self.no.into()], out);
    }

    fn feed(&mut self, reply: Response<'_>, out: &mut CommandBuf) -> Result<Step<D40>, Error> {
        match self.rnd_b.take() {
            None => {
                self.answer(&reply, out)?;
                Ok(Step::Send)
            }
            Some(rnd_b) => self.prove(&reply, &rnd_b).map(Step::Done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Cipher;
    use crate::host::channel::Channel;
    use crate::host::command::Request;
    use crate::host::command::key::ChangeKeySettings;
    use crate::host::testing::{array, bytes, field, hex, parameters, part, text, vectors};

    fn fed(
        handshake: &mut D40Handshake<'_>,
        reply: &str,
        out: &mut CommandBuf,
    ) -> Option<Result<Step<D40>, Error>> {
        Some(handshake.feed(Response::decode(&bytes(reply)).ok()?, out))
    }

    /// A command under the channel, which shows its session key.
    fn fingerprint(channel: D40) -> String {
        let mut out = Vec::new();
        let request = Request { data: &[0x0F], ..Request::new(&ChangeKeySettings::RULE, &[]) };
        Channel::D40(channel).seal(&request, &mut out).unwrap();
        hex(&out)
    }

    /// Forum posts and desfire-tools-for-android; two of the keys are not zero, one is 2K3DES.
    #[test]
    fn tokens_and_session_keys_are_the_published_ones() {
        let vectors = vectors("ev1", "kind", "d40_authenticate");
        assert_eq!(vectors.len(), 4);
        for vector in &vectors {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let key = CardKey::des(&array(text(&inputs["key"])));
            let mut rnd_a = [0xEE; 16];
            rnd_a[..8].copy_from_slice(&field(&inputs["rnd_a"]));
            let mut handshake = D40Handshake::new(KeyNo::MASTER, &key, &rnd_a);
            let mut out = CommandBuf::new();
            handshake.start(&mut out);
            assert_eq!(parameters(&out), [0x00]);
            let challenge = format!("{}91AF", text(&inputs["enc_rnd_b"]));
            assert!(matches!(fed(&mut handshake, &challenge, &mut out), Some(Ok(Step::Send))));
            assert_eq!(hex(&parameters(&out)), text(&expected["token"]), "{}", vector["name"]);
            let Some(proof) = inputs["response"].as_str() else { continue };
            let Some(Ok(Step::Done(channel))) =
                fed(&mut handshake, &format!("{proof}9100"), &mut out)
            else {
                panic!("{}", vector["name"]);
            };
            let session = text(&expected["session_key"]);
            assert_eq!(part(session, ..16), part(session, 16..));
            let recorded = D40::new(Cipher::des(&array(part(session, ..16))));
            assert_eq!(fingerprint(channel), fingerprint(recorded), "{}", vector["name"]);
        }
    }

    #[test]
    fn another_proof_is_a_wrong_nonce() {
        let key = CardKey::factory();
        let rnd_a = array("71CB903A2CAE7C9C0000000000000000");
        let mut handshake = D40Handshake::new(KeyNo::MASTER, &key, &rnd_a);
        let mut out = CommandBuf::new();
        handshake.start(&mut out);
        assert!(fed(&mut handshake, "C93693A0CD32AC3991AF", &mut out).unwrap().is_ok());
        assert_eq!(
            fed(&mut handshake, "89B5D38C7603DAB39100", &mut out).unwrap().err(),
            Some(MISBEHAVED)
        );
    }
}
