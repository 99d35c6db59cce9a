// SPDX-License-Identifier: MIT OR Apache-2.0
//! AuthenticateISO `1A` and AuthenticateAES `AA`: CBC, chained through the whole exchange.

use zeroize::Zeroizing;

use super::super::channel::Ev1;
use super::super::dialogue::{Dialogue, Progress, Step, wrap};
use super::super::error::{Error, Misbehaviour};
use super::{Challenges, exactly, turned};
use crate::crypto::{Block, Cipher};
use crate::iso7816::{CommandBuf, Response};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{Ins, KeyNo, KeyType};

/// The conversation; a challenge has 8 bytes for DES and 2K3DES, 16 for 3K3DES and AES.
pub(in super::super) struct Ev1Handshake<'k> {
    ins: Ins,
    no: KeyNo,
    key: &'k CardKey,
    rnd_a: Challenges,
    state: State,
}

enum State {
    /// The key number is sent.
    Asked,
    /// Both challenges are sent; the chaining value after them.
    Answered { rnd_b: Challenges, iv: Block },
}

impl<'k> Ev1Handshake<'k> {
    pub(in super::super) fn new(no: KeyNo, key: &'k CardKey, rnd_a: &[u8; 16]) -> Self {
        let ins = match key.key_type() {
            KeyType::Aes => Ins::AuthenticateAes,
            KeyType::Des | KeyType::Tdes3 => Ins::AuthenticateIso,
        };
        let rnd_a = Zeroizing::new(rnd_a.iter().copied().take(challenge(key)).collect());
        Self { ins, no, key, rnd_a, state: State::Asked }
    }

    /// RndA and the turned RndB go out in one chain that goes on from the card's challenge.
    fn answer(&mut self, reply: &Response<'_>, out: &mut CommandBuf) -> Result<(), Error> {
        let mut rnd_b = exactly(self.ins, reply, Progress::More, challenge(self.key))?;
        let mut iv = self.key.zero_iv();
        self.key.decipher(&mut iv, &mut rnd_b).map_err(|_| self.misbehaved())?;
        let mut token = Challenges::default();
        token.extend(self.rnd_a.iter().copied().chain(turned(&rnd_b)));
        self.key.encipher(&mut iv, &mut token).map_err(|_| self.misbehaved())?;
        wrap(Ins::AdditionalFrame, &token, out);
        self.state = State::Answered { rnd_b, iv };
        Ok(())
    }

    /// The card's proof is the turned RndA, in the same chain.
    fn prove(&self, reply: &Response<'_>, rnd_b: &[u8], mut iv: Block) -> Result<Ev1, Error> {
        let mut proof = exactly(self.ins, reply, Progress::Done, challenge(self.key))?;
        self.key.decipher(&mut iv, &mut proof).map_err(|_| self.misbehaved())?;
        let expected: Challenges = Zeroizing::new(turned(&self.rnd_a).collect());
        if !ct_eq(&expected, &proof) {
            return Err(self.misbehaved());
        }
        Ok(Ev1::new(session_key(self.key, &self.rnd_a, rnd_b)))
    }

    const fn misbehaved(&self) -> Error {
        Error::Misbehaved { command: self.ins, how: Misbehaviour::Nonce }
    }
}

impl Dialogue for Ev1Handshake<'_> {
    type Output = Ev1;

    fn start(&mut self, out: &mut CommandBuf) {
        wrap(self.ins, &[self.no.into()], out);
    }

    fn feed(&mut self, reply: Response<'_>, out: &mut CommandBuf) -> Result<Step<Ev1>, Error> {
        match &self.state {
            State::Asked => {
                self.answer(&reply, out)?;
                Ok(Step::Send)
            }
            State::Answered { rnd_b, iv } => self.prove(&reply, rnd_b, *iv).map(Step::Done),
        }
    }
}

/// How long a challenge is.
const fn challenge(key: &CardKey) -> usize {
    match key.key_type() {
        KeyType::Des => 8,
        KeyType::Tdes3 | KeyType::Aes => 16,
    }
}

/// Four bytes of each challenge in turn: from the start for single DES, from start and end for
/// 2K3DES and AES, from start, byte 6 and end for 3K3DES (libfreefare,
/// `test_mifare_desfire_key.c`; real-card examples of `RFDoorLock`).
pub(in super::super) fn session_key(key: &CardKey, rnd_a: &[u8], rnd_b: &[u8]) -> Cipher {
    let end = rnd_a.len().saturating_sub(4);
    let places: &[usize] = match key.key_type() {
        KeyType::Des if key.is_single_des() => &[0],
        KeyType::Des | KeyType::Aes => &[0, end],
        KeyType::Tdes3 => &[0, 6, end],
    };
    let piece = |rnd: &[u8], place: usize| {
        let piece = rnd.get(place..).and_then(|rest| rest.first_chunk::<4>());
        piece.copied().unwrap_or_default()
    };
    let mut whole = Zeroizing::new([0; 24]);
    let pieces = places.iter().flat_map(|&place| [piece(rnd_a, place), piece(rnd_b, place)]);
    for (slot, byte) in whole.iter_mut().zip(pieces.flatten()) {
        *slot = byte;
    }
    let [half, ..] = whole.as_chunks::<8>().0 else { return Cipher::tdes3(&whole) };
    let [two, ..] = whole.as_chunks::<16>().0 else { return Cipher::tdes3(&whole) };
    match key.key_type() {
        KeyType::Aes => Cipher::aes(two),
        KeyType::Des if key.is_single_des() => Cipher::des(half),
        KeyType::Des => Cipher::tdes2(two),
        KeyType::Tdes3 => Cipher::tdes3(&whole),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::host::channel::Channel;
    use crate::host::command::Request;
    use crate::host::command::key::ChangeKeySettings;
    use crate::host::testing::{bytes, field, hex, parameters, part, text, vectors};
    use crate::wire::KeyVersion;

    fn key(bytes: &Value, aes: bool) -> CardKey {
        let bytes = field(bytes);
        match <[u8; 24]>::try_from(bytes.as_slice()) {
            Ok(bytes) => CardKey::tdes3(&bytes),
            Err(_) if aes => CardKey::aes(&bytes.try_into().unwrap(), KeyVersion(0)),
            Err(_) => CardKey::des(&bytes.try_into().unwrap()),
        }
    }

    fn reply(bytes: &[u8]) -> Response<'_> {
        Response::decode(bytes).unwrap()
    }

    /// Runs one authentication: challenge in, token out, proof in.
    fn run(
        key: &CardKey,
        rnd_a: &[u8],
        challenge: &str,
        proof: &str,
    ) -> (String, Result<Ev1, Error>) {
        let mut padded = [0xEE; 16];
        padded[..rnd_a.len()].copy_from_slice(rnd_a);
        let mut handshake = Ev1Handshake::new(KeyNo::MASTER, key, &padded);
        let mut out = CommandBuf::new();
        handshake.start(&mut out);
        assert_eq!(parameters(&out), [0x00]);
        let challenge = bytes(&format!("{challenge}91AF"));
        assert!(matches!(handshake.feed(reply(&challenge), &mut out), Ok(Step::Send)));
        let token = hex(&parameters(&out));
        let proof = bytes(&format!("{proof}9100"));
        let outcome = handshake.feed(reply(&proof), &mut out);
        let channel = outcome.map(|step| match step {
            Step::Done(channel) => channel,
            Step::Send => panic!("the authentication goes on"),
        });
        (token, channel)
    }

    /// A command under a channel, which shows its session key and its chaining value.
    fn fingerprint(channel: Ev1) -> String {
        let mut out = Vec::new();
        let request = Request { data: &[0x0F], ..Request::new(&ChangeKeySettings::RULE, &[]) };
        Channel::Ev1(channel).seal(&request, &mut out).unwrap();
        hex(&out)
    }

    /// Real-card examples of `RFDoorLock` (DES, 2K3DES, 3K3DES, AES), and the single authentications of
    /// crates.io desfire and Proxmark3 issue 2961.
    #[test]
    fn tokens_and_session_keys_are_the_recorded_ones() {
        let mut runs = 0;
        for entry in vectors("ev1", "kind", "ev1_authenticate") {
            let (token, outcome, expected, session_key) = if entry["cmd1"].is_string() {
                let key = key(&entry["key"], entry["key_type"] == "AES");
                let rnd_a = field(&entry["rnd_a"]);
                let challenge = part(text(&entry["resp1"]), 2..);
                let (token, outcome) =
                    run(&key, &rnd_a, challenge, part(text(&entry["resp2"]), 2..));
                (token, outcome, part(text(&entry["cmd2"]), 2..), &entry["session_key_raw"])
            } else {
                let inputs = &entry["inputs"];
                let key = key(&inputs["key"], inputs["alg"] == "AES");
                let rnd_a = field(&inputs["rnd_a"]);
                let challenge = text(&inputs["enc_rnd_b"]);
                let (token, outcome) = run(&key, &rnd_a, challenge, text(&inputs["response"]));
                let expected = &entry["expected"];
                (token, outcome, text(&expected["token"]), &expected["session_key"])
            };
            assert_eq!(token, expected, "{}", entry["name"]);
            let aes = entry["key_type"] == "AES" || entry["inputs"]["alg"] == "AES";
            let iv = vec![0; if aes { 16 } else { 8 }];
            let recorded = Ev1::recorded(text(session_key), &iv);
            let name = &entry["name"];
            assert_eq!(fingerprint(outcome.unwrap()), fingerprint(recorded), "{name}");
            runs += 1;
        }
        assert!(runs >= 16, "{runs} authentications");
    }

    #[test]
    fn another_proof_is_a_wrong_nonce() {
        let rnd_a = bytes("5F7D1DD12D979173");
        let (_, outcome) = run(&CardKey::factory(), &rnd_a, "2BF9A938ECCA02E2", "07D825607A552E2F");
        let how = Misbehaviour::Nonce;
        let command = Ins::AuthenticateIso;
        assert_eq!(outcome.err(), Some(Error::Misbehaved { command, how }));
    }
}
