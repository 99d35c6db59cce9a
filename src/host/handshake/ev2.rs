// SPDX-License-Identifier: MIT OR Apache-2.0
//! AuthenticateEV2First `71` and AuthenticateEV2NonFirst `77` (NXP AN12343 table 16, AN12196).

use zeroize::Zeroizing;

use super::super::channel::{Ev2, Transaction};
use super::super::dialogue::{Dialogue, Progress, Step, wrap};
use super::super::error::{Error, Misbehaviour};
use super::{Challenges, exactly, turned};
use crate::iso7816::{CommandBuf, Response};
use crate::key::CardKey;
use crate::secret::ct_eq;
use crate::wire::{Ins, KeyNo};

/// The conversation. Every part is enciphered from an initial value of zero.
pub(in super::super) struct Ev2Handshake<'k> {
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
    /// Both challenges are sent.
    Answered { rnd_b: Zeroizing<[u8; 16]> },
}

impl<'k> Ev2Handshake<'k> {
    /// AuthenticateEV2First: a new transaction.
    pub(in super::super) fn first(no: KeyNo, key: &'k CardKey, rnd_a: &[u8; 16]) -> Self {
        Self { no, key, rnd_a: Zeroizing::new(*rnd_a), before: None, state: State::Asked }
    }

    /// AuthenticateEV2NonFirst: the transaction `before` goes on.
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

    fn answer(&mut self, reply: &Response<'_>, out: &mut CommandBuf) -> Result<(), Error> {
        let challenge = self.deciphered(reply, Progress::More, 16)?;
        let mut rnd_b = Zeroizing::new([0; 16]);
        rnd_b.copy_from_slice(&challenge);
        let mut token = Challenges::default();
        token.extend(self.rnd_a.iter().copied().chain(turned(&*rnd_b)));
        let mut iv = self.key.zero_iv();
        self.key.encipher(&mut iv, &mut token).map_err(|_| self.misbehaved())?;
        wrap(Ins::AdditionalFrame, &token, out);
        self.state = State::Answered { rnd_b };
        Ok(())
    }

    /// First: transaction identifier (4), turned RndA (16), the card's capabilities (6), the
    /// host's as the card took them (6), which were none. `NonFirst`: turned RndA alone.
    fn prove(&self, reply: &Response<'_>, rnd_b: &[u8; 16]) -> Result<Ev2, Error> {
        let (transaction, proof) = match self.before {
            None => {
                let plain = self.deciphered(reply, Progress::Done, 32)?;
                let (identifier, rest) =
                    plain.split_first_chunk().ok_or_else(|| self.misbehaved())?;
                let (proof, capabilities) =
                    rest.split_first_chunk::<16>().ok_or_else(|| self.misbehaved())?;
                if capabilities.iter().skip(6).any(|&byte| byte != 0x00) {
                    return Err(self.misbehaved());
                }
                (Transaction::begun(*identifier), Zeroizing::new(*proof))
            }
            Some(before) => {
                let plain = self.deciphered(reply, Progress::Done, 16)?;
                let proof = plain.first_chunk().ok_or_else(|| self.misbehaved())?;
                (before, Zeroizing::new(*proof))
            }
        };
        let expected: Challenges = Zeroizing::new(turned(&*self.rnd_a).collect());
        if !ct_eq(&expected, &*proof) {
            return Err(self.misbehaved());
        }
        Ev2::aes(self.key, &self.rnd_a, rnd_b, transaction)
    }

    fn deciphered(
        &self,
        reply: &Response<'_>,
        expected: Progress,
        length: usize,
    ) -> Result<Challenges, Error> {
        let mut bytes = exactly(self.ins(), reply, expected, length)?;
        let mut iv = self.key.zero_iv();
        self.key.decipher(&mut iv, &mut bytes).map_err(|_| self.misbehaved())?;
        Ok(bytes)
    }

    const fn misbehaved(&self) -> Error {
        Error::Misbehaved { command: self.ins(), how: Misbehaviour::Nonce }
    }
}

impl Dialogue for Ev2Handshake<'_> {
    type Output = Ev2;

    fn start(&mut self, out: &mut CommandBuf) {
        match self.before {
            None => wrap(self.ins(), &[self.no.into(), 0x00], out),
            Some(_) => wrap(self.ins(), &[self.no.into()], out),
        }
    }

    fn feed(&mut self, reply: Response<'_>, out: &mut CommandBuf) -> Result<Step<Ev2>, Error> {
        match &self.state {
            State::Asked => {
                self.answer(&reply, out)?;
                Ok(Step::Send)
            }
            State::Answered { rnd_b } => self.prove(&reply, rnd_b).map(Step::Done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::channel::Channel;
    use crate::host::command::Request;
    use crate::host::command::key::ChangeKeySettings;
    use crate::host::rule::{Mode, Rule};
    use crate::host::testing::{array, bytes, hex, number, parameters, text, vectors};
    use crate::wire::KeyVersion;

    fn run(mut handshake: Ev2Handshake<'_>, replies: [&str; 2]) -> (String, Result<Ev2, Error>) {
        let mut out = CommandBuf::new();
        handshake.start(&mut out);
        let [challenge, proof] = replies;
        let challenge = bytes(&format!("{challenge}91AF"));
        let step = handshake.feed(Response::decode(&challenge).unwrap(), &mut out);
        assert!(matches!(step, Ok(Step::Send)));
        let token = hex(&parameters(&out));
        let proof = bytes(&format!("{proof}9100"));
        let outcome = handshake.feed(Response::decode(&proof).unwrap(), &mut out);
        let channel = outcome.map(|step| match step {
            Step::Done(channel) => channel,
            Step::Send => panic!("the authentication goes on"),
        });
        (token, channel)
    }

    /// A command under a channel, which shows its session keys and its transaction.
    fn fingerprint(channel: Ev2) -> String {
        let mut out = Vec::new();
        let request = Request { data: &[0x0F], ..Request::new(&ChangeKeySettings::RULE, &[]) };
        Channel::Ev2(channel).seal(&request, &mut out).unwrap();
        hex(&out)
    }

    /// AN12343 tables 7, 16 and 38, AN12196, and real NTAG 424 DNA cards.
    #[test]
    fn first_authentications_are_the_published_ones() {
        for entry in vectors("ev2", "op", "authenticate_ev2_first") {
            let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
            // One host told of three bytes of capabilities; the rest of its run is the same.
            let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
            let no = KeyNo::new(number(&inputs["key_no"])).unwrap();
            let rnd_a = array(text(&inputs["rndA"]));
            let handshake = Ev2Handshake::first(no, &key, &rnd_a);
            let replies = [text(&inputs["rsp1_enc_rndB"]), text(&inputs["rsp2"])];
            let (token, channel) = run(handshake, replies);
            let name = text(&entry["name"]);
            assert_eq!(token, text(&expected["cmd2_data"]), "{name}");
            let channel = channel.unwrap();
            let published = entry["published_fields_checked"].as_array().unwrap();
            if published.iter().any(|field| field == "ses_auth_enc_key") {
                let enc = text(&expected["ses_auth_enc_key"]);
                let mac = text(&expected["ses_auth_mac_key"]);
                let recorded = Ev2::recorded(enc, mac, text(&expected["ti"]), 0);
                assert_eq!(fingerprint(channel), fingerprint(recorded), "{name}");
            }
        }
    }

    /// A real NTAG 424 DNA card; the crate ntag424.
    #[test]
    fn a_second_authentication_keeps_identifier_and_counter() {
        for entry in vectors("ev2", "op", "authenticate_ev2_nonfirst") {
            let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
            let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
            let no = KeyNo::new(number(&inputs["key_no"])).unwrap();
            let rnd_a = array(text(&inputs["rndA"]));
            let zero = "00".repeat(16);
            let before = Ev2::recorded(&zero, &zero, "085BC941", 14).transaction();
            let handshake = Ev2Handshake::next(no, &key, &rnd_a, before);
            let replies = [text(&inputs["rsp1_enc_rndB"]), text(&expected["rsp2"])];
            let (token, channel) = run(handshake, replies);
            assert_eq!(token, text(&expected["cmd2_data"]));
            // The read that followed on the card, under the new keys and the old transaction.
            let entry = vectors("ev2", "name", "hw-aes-readdata-full-128").remove(0);
            let full = [Mode::Mac, Mode::Full];
            let rule = Rule::new(Ins::from(0xAD)).travels(full, full);
            let header = bytes(text(&entry["inputs"]["header"]));
            let request = Request::new(&rule, &header);
            let (mut channel, mut out) = (Channel::Ev2(channel.unwrap()), Vec::new());
            channel.seal(&request, &mut out).unwrap();
            assert_eq!(hex(&out), text(&entry["expected"]["apdu_data"]));
            let mut reply = bytes(text(&entry["inputs"]["response"]));
            assert!(channel.open(&request, 0x00, &mut reply).is_ok());
            assert_eq!(hex(&reply), text(&entry["expected"]["response_plain"]));
        }
    }

    /// Somebody between host and card may have told it of capabilities.
    #[test]
    fn capabilities_that_the_host_did_not_tell_of_are_a_wrong_proof() {
        let rnd_a = array("B04D0787C93EE0CC8CACC8E86F16C6FE");
        let key = CardKey::zero_aes();
        for (host, accepted) in [("000000000000", true), ("020000000000", false)] {
            let turned = "4D0787C93EE0CC8CACC8E86F16C6FEB0";
            let mut proof = bytes(&format!("8CF141F3{turned}010203040506{host}"));
            key.encipher(&mut key.zero_iv(), &mut proof).unwrap();
            let handshake = Ev2Handshake::first(KeyNo::MASTER, &key, &rnd_a);
            let replies = ["24677DDBD46349E623798FD729006E79", &hex(&proof)];
            let (_, channel) = run(handshake, replies);
            assert_eq!(channel.is_ok(), accepted, "{host}");
        }
    }

    #[test]
    fn another_proof_is_a_wrong_nonce() {
        let rnd_a = array("B04D0787C93EE0CC8CACC8E86F16C6FE");
        let key = CardKey::zero_aes();
        let handshake = Ev2Handshake::first(KeyNo::MASTER, &key, &rnd_a);
        let zeros = "00".repeat(32);
        let (_, channel) = run(handshake, ["24677DDBD46349E623798FD729006E79", &zeros]);
        let how = Misbehaviour::Nonce;
        let command = Ins::AuthenticateEv2First;
        assert_eq!(channel.err(), Some(Error::Misbehaved { command, how }));
    }
}
