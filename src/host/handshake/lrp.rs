// SPDX-License-Identifier: MIT OR Apache-2.0
//! AuthenticateLRPFirst `71` and AuthenticateLRPNonFirst `77` (NXP AN12321; NT4H2421Gx): the challenges go
//! in clear, and each side proves the key by a MAC under the session's.

use zeroize::Zeroizing;

use super::super::channel::{Ev2, LrpSuite, Transaction};
use super::super::dialogue::{Dialogue, Progress, Step, wrap};
use super::super::error::{Error, Misbehaviour};
use super::{Challenges, exactly};
use crate::iso7816::{CommandBuf, Response};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{Ins, KeyNo};

/// The conversation.
pub(in super::super) struct LrpHandshake<'k> {
    no: KeyNo,
    key: &'k CardKey,
    rnd_a: Zeroizing<[u8; 16]>,
    /// What goes on; `None` where a transaction begins.
    before: Option<Transaction>,
    state: State,
}

enum State {
    /// The key number is sent.
    Asked,
    /// The host's challenge and proof are sent.
    Answered { rnd_b: Zeroizing<[u8; 16]>, suite: Box<LrpSuite> },
    /// All is said.
    Over,
}

/// The host's capabilities: bit 1 of the first byte asks for LRP.
const CAPABILITIES: [u8; 6] = [0x02, 0x00, 0x00, 0x00, 0x00, 0x00];

/// How a card says before its challenge that it goes on in LRP.
const LRP: u8 = 0x01;

impl<'k> LrpHandshake<'k> {
    /// AuthenticateLRPFirst: a new transaction.
    pub(in super::super) fn first(no: KeyNo, key: &'k CardKey, rnd_a: &[u8; 16]) -> Self {
        Self { no, key, rnd_a: Zeroizing::new(*rnd_a), before: None, state: State::Asked }
    }

    /// AuthenticateLRPNonFirst: the transaction `before` goes on.
    pub(in super::super) fn next(
        no: KeyNo,
        key: &'k CardKey,
        rnd_a: &[u8; 16],
        before: Transaction,
    ) -> Self {
        Self { before: Some(before), ..Self::first(no, key, rnd_a) }
    }

    const fn ins(&self) -> Ins {
        match self.before {
            None => Ins::AuthenticateEv2First,
            Some(_) => Ins::AuthenticateEv2NonFirst,
        }
    }

    /// The card's challenge, 16 bytes in clear behind a `01`. A card that was not switched to LRP sends 16
    /// enciphered ones alone.
    fn answer(&mut self, reply: &Response<'_>, out: &mut CommandBuf) -> Result<(), Error> {
        let aes = exactly(self.ins(), reply, Progress::More, 16);
        if aes.is_ok() && self.before.is_none() {
            return Err(self.misbehaved(Misbehaviour::NotLrp));
        }
        let challenge = exactly(self.ins(), reply, Progress::More, 17)?;
        let Some((&LRP, rnd_b)) = challenge.split_first() else {
            return Err(self.misbehaved(Misbehaviour::NotLrp));
        };
        let mut own = Zeroizing::new([0; 16]);
        own.copy_from_slice(rnd_b);
        let suite = Box::new(LrpSuite::derived(self.key, &self.rnd_a, &own)?);
        let proof = suite.whole_mac(&[&*self.rnd_a, &*own]);
        let mut token = Challenges::default();
        token.extend(self.rnd_a.iter().copied().chain(proof));
        wrap(Ins::AdditionalFrame, &token, out);
        self.state = State::Answered { rnd_b: own, suite };
        Ok(())
    }

    /// First: enciphered as the session's first block the transaction identifier (4), the card's
    /// capabilities (6) and the host's as the card took them (6), then the proof (16). `NonFirst`: the proof
    /// alone.
    fn prove(
        &self,
        reply: &Response<'_>,
        rnd_b: &[u8; 16],
        mut suite: Box<LrpSuite>,
    ) -> Result<Ev2, Error> {
        let wrong = || self.misbehaved(Misbehaviour::Nonce);
        let length = if self.before.is_some() { 16 } else { 32 };
        let mut told = exactly(self.ins(), reply, Progress::Done, length)?;
        let (data, proof) = told.split_last_chunk_mut::<16>().ok_or_else(wrong)?;
        if !ct_eq(&suite.whole_mac(&[rnd_b, &*self.rnd_a, data]), proof) {
            return Err(wrong());
        }
        let transaction = match self.before {
            Some(before) => before,
            None => {
                suite.decipher(data).map_err(|_| wrong())?;
                let (identifier, capabilities) = data.split_first_chunk().ok_or_else(wrong)?;
                if capabilities.get(6..) != Some(&CAPABILITIES[..]) {
                    return Err(wrong());
                }
                Transaction::begun(*identifier)
            }
        };
        Ok(Ev2::lrp(suite, transaction))
    }

    const fn misbehaved(&self, how: Misbehaviour) -> Error {
        Error::Misbehaved { command: self.ins(), how }
    }
}

impl Dialogue for LrpHandshake<'_> {
    type Output = Ev2;

    fn start(&mut self, out: &mut CommandBuf) {
        match self.before {
            None => {
                let [c0, c1, c2, c3, c4, c5] = CAPABILITIES;
                wrap(self.ins(), &[self.no.into(), 0x06, c0, c1, c2, c3, c4, c5], out);
            }
            Some(_) => wrap(self.ins(), &[self.no.into()], out),
        }
    }

    fn feed(&mut self, reply: Response<'_>, out: &mut CommandBuf) -> Result<Step<Ev2>, Error> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Asked => {
                self.answer(&reply, out)?;
                Ok(Step::Send)
            }
            State::Answered { rnd_b, suite } => self.prove(&reply, &rnd_b, suite).map(Step::Done),
            State::Over => Err(Error::SessionLost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::channel::Channel;
    use crate::host::testing::{array, bytes, hex, number, parameters, text, vectors};
    use crate::iso7816::StatusWord;
    use crate::wire::KeyVersion;
    use serde_json::Value;

    /// Runs a handshake against recorded replies: what it asks, its token, and the channel.
    fn run(
        mut handshake: LrpHandshake<'_>,
        replies: [&str; 2],
    ) -> (String, String, Result<Ev2, Error>) {
        let mut out = CommandBuf::new();
        handshake.start(&mut out);
        let asked = hex(&out);
        let [challenge, proof] = replies.map(bytes);
        let challenge = Response { data: &challenge, status: StatusWord(0x91AF) };
        if let Err(error) = handshake.feed(challenge, &mut out) {
            return (asked, String::new(), Err(error));
        }
        let token = hex(&parameters(&out));
        let proof = Response { data: &proof, status: StatusWord(0x9100) };
        let channel = match handshake.feed(proof, &mut out) {
            Ok(Step::Done(channel)) => Ok(channel),
            Ok(Step::Send) => panic!("an authentication has two parts"),
            Err(error) => Err(error),
        };
        (asked, token, channel)
    }

    /// What shows keys, identifier, counter and the number of the block to come.
    fn fingerprint(channel: Ev2) -> (String, Option<u32>) {
        use crate::host::command::Request;
        use crate::host::command::key::ChangeKeySettings;
        let block = channel.block();
        let (mut channel, mut out) = (Channel::Ev2(channel), Vec::new());
        let request = Request { data: &[0x0F], ..Request::new(&ChangeKeySettings::RULE, &[]) };
        channel.seal(&request, &mut out).unwrap();
        (hex(&out), block)
    }

    fn published() -> Vec<Value> {
        let more = vectors("ev2-more", "op", "authenticate_lrp_first");
        vectors("ev2", "op", "authenticate_lrp_first").into_iter().chain(more).collect()
    }

    /// Real NTAG 424 DNA cards, in the crate ntag424; NXP AN12321.
    #[test]
    fn a_transaction_begins_as_published() {
        for entry in published() {
            let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
            let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
            let no = KeyNo::new(number(&inputs["key_no"])).unwrap();
            let rnd_a = text(&inputs["rndA"]);
            let replies = [
                format!("01{}", text(&inputs["rndB"])),
                format!("{}{}", text(&inputs["picc_data"]), text(&expected["picc_response"])),
            ];
            let handshake = LrpHandshake::first(no, &key, &array(rnd_a));
            let (asked, token, channel) = run(handshake, [&replies[0], &replies[1]]);
            assert_eq!(asked, format!("9071000008{:02X}0602000000000000", u8::from(no)));
            assert_eq!(token, format!("{rnd_a}{}", text(&expected["pcd_response"])));
            let master = text(&expected["ses_auth_master_key"]);
            // The identifier went enciphered as block 0.
            let recorded = Ev2::recorded_lrp(master, text(&expected["ti"]), 0, 1);
            assert_eq!(fingerprint(channel.unwrap()), fingerprint(recorded));
        }
    }

    /// A real NTAG 424 DNA card; the crate ntag424. The transaction goes on, and blocks are counted anew.
    #[test]
    fn a_second_authentication_keeps_identifier_and_counter() {
        let entry = vectors("ev2", "op", "authenticate_lrp_nonfirst").remove(0);
        let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
        let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
        let no = KeyNo::MASTER;
        let rnd_a = text(&inputs["rndA"]);
        let (zero, replies) = (
            "00".repeat(16),
            [format!("01{}", text(&inputs["rndB"])), text(&expected["picc_response"]).to_owned()],
        );
        let before = Ev2::recorded_lrp(&zero, "01020304", 0x0506, 9).transaction();
        let handshake = LrpHandshake::next(no, &key, &array(rnd_a), before);
        let (asked, token, channel) = run(handshake, [&replies[0], &replies[1]]);
        assert_eq!(asked, text(&inputs["cmd1_apdu"]));
        assert_eq!(token, format!("{rnd_a}{}", text(&expected["pcd_response"])));
        let channel = channel.unwrap();
        assert_eq!((channel.transaction(), channel.block()), (before, Some(0)));
    }

    #[test]
    fn another_proof_is_a_wrong_nonce_and_another_cipher_says_so() {
        let entry = published().remove(0);
        let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
        let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
        let rnd_a = array(text(&inputs["rndA"]));
        let (rnd_b, data) = (text(&inputs["rndB"]), text(&inputs["picc_data"]));
        let proof = text(&expected["picc_response"]);
        let run = |challenge: &str, proof: &str| {
            let handshake = LrpHandshake::first(KeyNo::MASTER, &key, &rnd_a);
            let error = run(handshake, [challenge, proof]).2.err().unwrap();
            let Error::Misbehaved { command: Ins::AuthenticateEv2First, how } = error else {
                panic!("{error}")
            };
            how
        };
        let challenge = format!("01{rnd_b}");
        let bent = format!("00{}", data.get(2..).unwrap());
        assert_eq!(run(&challenge, &format!("{bent}{proof}")), Misbehaviour::Nonce);
        assert_eq!(run(&challenge, &format!("{data}{data}")), Misbehaviour::Nonce);
        assert_eq!(run(&challenge, proof), Misbehaviour::Length { found: 16 });
        assert_eq!(run(rnd_b, proof), Misbehaviour::NotLrp);
        assert_eq!(run(&format!("00{rnd_b}"), proof), Misbehaviour::NotLrp);
        assert_eq!(run("0102", proof), Misbehaviour::Length { found: 2 });
    }

    /// Somebody between host and card may have told it of other capabilities; the card's proof then holds.
    #[test]
    fn capabilities_that_the_host_did_not_tell_of_are_a_wrong_proof() {
        let key = CardKey::aes(&[0x5A; 16], KeyVersion(0));
        let (rnd_a, rnd_b) = ([0xA1; 16], [0xB2; 16]);
        for (host, accepted) in [(0x02, true), (0x00, false), (0x03, false)] {
            let mut suite = LrpSuite::derived(&key, &rnd_a, &rnd_b).unwrap();
            let mut data = [0; 16];
            data[..5].copy_from_slice(&[1, 2, 3, 4, 0x02]);
            data[10] = host;
            // Deciphering and enciphering a block are each other's inverse: the card's side of it.
            suite.encipher(&mut data).unwrap();
            let proof = suite.whole_mac(&[&rnd_b, &rnd_a, &data]);
            let challenge = format!("01{}", hex(&rnd_b));
            let handshake = LrpHandshake::first(KeyNo::MASTER, &key, &rnd_a);
            let proof = format!("{}{}", hex(&data), hex(&proof));
            assert_eq!(run(handshake, [&challenge, &proof]).2.is_ok(), accepted, "{host:02X}");
        }
    }
}
