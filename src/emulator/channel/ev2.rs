// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging: a transaction identifier, a command counter, and what of a message goes where. How
//! it is MACed and enciphered is a matter of the suite.

mod aes;
mod lrp;
mod nonces;

pub(in crate::emulator) use lrp::LrpKeys;

use crate::crypto::{AesCmac, padding};
use crate::emulator::frames::Reply;
use crate::secret::ct_eq;
use crate::wire::{CommMode, Status};

use super::mode::Mode;
use super::shape::Shape;
use aes::Aes;
use nonces::mixed;

/// The card's end of an EV2 session.
#[derive(Clone)]
pub(in crate::emulator) struct Ev2 {
    suite: Suite,
    transaction: [u8; 4],
    counter: u16,
}

/// How messages are MACed and enciphered.
#[derive(Clone)]
enum Suite {
    Aes(Aes),
    /// Of chips in LRP mode.
    Lrp(LrpKeys),
}

impl Ev2 {
    /// How long a MAC is on the wire.
    pub(super) const MAC: usize = MAC;
    /// How long the blocks of its cipher are.
    pub(super) const BLOCK: usize = BLOCK;

    /// The session after an authentication with the key behind `key` in which these nonces were
    /// exchanged. AuthenticateEV2First starts the counter at 0, AuthenticateEV2NonFirst keeps it.
    pub(in crate::emulator) fn new(
        key: &AesCmac,
        rnd_a: &[u8; 16],
        rnd_b: &[u8; 16],
        transaction: [u8; 4],
        counter: u16,
    ) -> Self {
        let suite = Suite::Aes(Aes::new(key, &mixed(rnd_a, rnd_b)));
        Self { suite, transaction, counter }
    }

    /// As [`Ev2::new`], on a chip in LRP mode.
    pub(in crate::emulator) const fn lrp(
        keys: LrpKeys,
        transaction: [u8; 4],
        counter: u16,
    ) -> Self {
        Self { suite: Suite::Lrp(keys), transaction, counter }
    }

    #[cfg(test)]
    pub(in crate::emulator) fn with_keys(
        enciphering: &[u8; 16],
        macing: &[u8; 16],
        transaction: [u8; 4],
        counter: u16,
    ) -> Self {
        let suite = Suite::Aes(Aes::with_keys(enciphering, macing));
        Self { suite, transaction, counter }
    }

    /// What AuthenticateEV2NonFirst keeps.
    pub(in crate::emulator) const fn thread(&self) -> ([u8; 4], u16) {
        (self.transaction, self.counter)
    }

    pub(super) const fn length(shape: Shape, mode: Mode, file: CommMode) -> usize {
        match command(mode, file) {
            CommMode::Plain => shape.clear(),
            CommMode::Mac => shape.clear().saturating_add(MAC),
            CommMode::Full => {
                let cryptogram = match shape.covered() {
                    0 => 0,
                    covered => covered.saturating_add(1).next_multiple_of(BLOCK),
                };
                shape.header.saturating_add(cryptogram).saturating_add(MAC)
            }
        }
    }

    pub(super) fn open(
        &mut self,
        ins: u8,
        body: &mut [u8],
        shape: Shape,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        let mode = command(mode, file);
        // The reply would need a counter that does not exist.
        if self.counter == u16::MAX {
            return Err(Status::IntegrityError);
        }
        if mode == CommMode::Plain {
            return Ok(());
        }
        let wrong = Status::IntegrityError;
        let (message, sent) = body.split_last_chunk_mut::<MAC>().ok_or(wrong)?;
        if !ct_eq(&self.mac(ins, self.counter, message), sent) {
            return Err(wrong);
        }
        if mode != CommMode::Full || shape.covered() == 0 {
            return Ok(());
        }
        // What is right but for its length was made by who has the keys.
        let found = self.decipher(message, shape).ok_or(wrong)?;
        if found == shape.covered() { Ok(()) } else { Err(Status::LengthError) }
    }

    /// As [`Ev2::open`], for data whose padding marks their end. Says how many bytes there are in
    /// clear. What cannot be a header, whole blocks and a MAC, such as the command in clear, has the wrong
    /// length.
    pub(super) fn open_marked(
        &mut self,
        ins: u8,
        body: &mut [u8],
        header: usize,
    ) -> Result<usize, Status> {
        let cryptogram = body.len().checked_sub(header.saturating_add(MAC));
        if !cryptogram.is_some_and(|length| length > 0 && length % BLOCK == 0) {
            return Err(Status::LengthError);
        }
        let wrong = Status::IntegrityError;
        let (message, sent) = body.split_last_chunk_mut::<MAC>().ok_or(wrong)?;
        if self.counter == u16::MAX || !ct_eq(&self.mac(ins, self.counter, message), sent) {
            return Err(wrong);
        }
        let shape = Shape { header, data: 0, tail: 0 };
        self.decipher(message, shape).map(|data| header.saturating_add(data)).ok_or(wrong)
    }

    /// Deciphers what follows the header, and tells how long it is without its padding.
    fn decipher(&mut self, message: &mut [u8], shape: Shape) -> Option<usize> {
        let cryptogram = message.get_mut(shape.header..)?;
        let place = self.place(self.counter);
        match &mut self.suite {
            Suite::Aes(aes) => aes.decrypt(place, cryptogram)?,
            Suite::Lrp(lrp) => lrp.decrypt(cryptogram)?,
        }
        padding::strip_method2(cryptogram)
    }

    pub(super) fn seal(
        &mut self,
        reply: &mut Reply,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        let mode = mode.reply(file);
        self.counter = self.counter.checked_add(1).ok_or(Status::IntegrityError)?;
        let data = &mut reply.data;
        if mode == CommMode::Full && !data.is_empty() {
            data.push(0x80);
            let filled = data.len().next_multiple_of(BLOCK);
            data.resize(filled, 0x00);
            let place = self.place(self.counter);
            let enciphered = match &mut self.suite {
                Suite::Aes(aes) => aes.encrypt(place, data),
                Suite::Lrp(lrp) => lrp.encrypt(data),
            };
            enciphered.ok_or(Status::IntegrityError)?;
        }
        if mode != CommMode::Plain {
            let mac = self.mac(reply.done.into(), self.counter, data);
            data.extend(mac);
        }
        Ok(())
    }

    /// The MAC over the code, the counter, the transaction and the message: every second byte of it.
    fn mac(&self, code: u8, counter: u16, message: &[u8]) -> [u8; MAC] {
        let parts: [&[u8]; 4] = [&[code], &counter.to_le_bytes(), &self.transaction, message];
        let whole = match &self.suite {
            Suite::Aes(aes) => aes.mac(&parts),
            Suite::Lrp(lrp) => lrp.mac(&parts),
        };
        let mut odd = [0; MAC];
        for (slot, byte) in odd.iter_mut().zip(whole.iter().skip(1).step_by(2)) {
            *slot = *byte;
        }
        odd
    }

    /// What sets the initial value of one message apart: the transaction and the counter.
    fn place(&self, counter: u16) -> [u8; 6] {
        let mut place = [0; 6];
        let pieces = self.transaction.into_iter().chain(counter.to_le_bytes());
        for (slot, byte) in place.iter_mut().zip(pieces) {
            *slot = byte;
        }
        place
    }
}

const fn command(mode: Mode, file: CommMode) -> CommMode {
    match mode {
        Mode::Bare => CommMode::Plain,
        Mode::Mac | Mode::FullReply => CommMode::Mac,
        Mode::Full => CommMode::Full,
        // A read has no data of its own to encipher.
        Mode::FileRead | Mode::FileWrite => file,
    }
}

/// How long a MAC is on the wire.
const MAC: usize = 8;
/// AES.
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::tests::support::{bytes, ev2_vectors, text};
    use crate::vectors::of_kind;

    /// AN12343, table 18, and dumacp/smartcard with a counter of 3.
    #[test]
    fn command_ivs_are_those_of_the_published_examples() {
        let vectors = ev2_vectors("ev2_command_iv");
        assert!(!vectors.is_empty());
        for vector in vectors {
            let inputs = &vector["inputs"];
            let counter = u16::try_from(inputs["cmd_ctr"].as_u64().unwrap()).unwrap();
            let key = bytes(&inputs["ses_auth_enc_key"]);
            let channel = Ev2::with_keys(&key, &[0; 16], bytes(&inputs["ti"]), counter);
            let Suite::Aes(aes) = &channel.suite else { panic!("a session in AES") };
            let iv = aes.iv([0xA5, 0x5A], channel.place(counter));
            assert_eq!(hex::encode_upper(iv.as_slice()), text(&vector["expected"]["iv"]));
        }
    }

    /// dumacp/smartcard `secmsgev2_test.go`.
    #[test]
    fn the_mac_is_every_second_byte() {
        let vectors = ev2_vectors("ev2_command_mac");
        assert!(!vectors.is_empty());
        for vector in vectors {
            let inputs = &vector["inputs"];
            let counter = u16::try_from(inputs["cmd_ctr"].as_u64().unwrap()).unwrap();
            let key = bytes(&inputs["ses_auth_mac_key"]);
            let channel = Ev2::with_keys(&[0; 16], &key, bytes(&inputs["ti"]), counter);
            let [cmd] = bytes(&inputs["cmd"]);
            let header = hex::decode(text(&inputs["header"])).unwrap();
            assert_eq!(channel.mac(cmd, counter, &header), bytes(&vector["expected"]["mact"]));
        }
    }

    /// AN12343, AN12196 and captures of an NTAG 424 DNA: commands that this card has not are
    /// opened and sealed all the same.
    #[test]
    fn published_messages_are_opened_and_their_replies_sealed() {
        let mut sealed = 0;
        let more = of_kind("ev2-more", "ev2_secure_message");
        for vector in ev2_vectors("ev2_secure_message").into_iter().chain(more) {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let part = |name: &str| hex::decode(text(&inputs[name])).unwrap();
            let counter = u16::try_from(inputs["cmd_ctr"].as_u64().unwrap()).unwrap();
            // Where only MACs are published there is no enciphering key.
            let key = &inputs["ses_auth_enc_key"];
            let enciphering = if key.is_null() { [0; 16] } else { bytes(key) };
            let macing = bytes(&inputs["ses_auth_mac_key"]);
            let mut channel = Ev2::with_keys(&enciphering, &macing, bytes(&inputs["ti"]), counter);
            let mode = match text(&inputs["comm_mode"]) {
                "mac" => CommMode::Mac,
                "full" => CommMode::Full,
                other => panic!("{other}"),
            };
            let (header, data) = (part("header"), part("data"));
            let shape = Shape { header: header.len(), data: data.len(), tail: 0 };
            let [cmd] = bytes(&inputs["cmd"]);
            let sent = hex::decode(text(&expected["apdu_data"])).unwrap();
            assert_eq!(Ev2::length(shape, Mode::FileWrite, mode), sent.len(), "{}", vector["name"]);
            for position in 0..sent.len() {
                let mut bent = sent.clone();
                bent[position] ^= 0x10;
                assert_eq!(
                    channel.open(cmd, &mut bent, shape, Mode::FileWrite, mode),
                    Err(Status::IntegrityError)
                );
            }
            let mut body = sent;
            assert_eq!(
                channel.open(cmd, &mut body, shape, Mode::FileWrite, mode),
                Ok(()),
                "{}",
                vector["name"]
            );
            assert_eq!(body[..shape.clear()], [header, data].concat(), "{}", vector["name"]);

            if inputs["response"].is_null() {
                continue;
            }
            let mut reply = Reply::default();
            let [status] = bytes(&inputs["response_status"]);
            reply.done = Status::from(status);
            if !expected["response_plain"].is_null() {
                reply.data.extend(hex::decode(text(&expected["response_plain"])).unwrap());
            }
            channel.seal(&mut reply, Mode::FileRead, mode).unwrap();
            let reply = hex::encode_upper(&reply.data);
            assert_eq!(reply, text(&inputs["response"]), "{}", vector["name"]);
            sealed += 1;
        }
        assert!(sealed > 20, "only {sealed} replies");
    }

    #[test]
    fn at_the_last_counter_everything_is_refused() {
        let mut channel = Ev2::with_keys(&[1; 16], &[2; 16], [3; 4], u16::MAX - 1);
        let shape = Shape { header: 0, data: 0, tail: 0 };
        let mut reply = Reply::default();
        assert_eq!(channel.open(0x60, &mut [], shape, Mode::FileWrite, CommMode::Plain), Ok(()));
        assert_eq!(channel.seal(&mut reply, Mode::FileRead, CommMode::Plain), Ok(()));
        let refused = Err(Status::IntegrityError);
        assert_eq!(channel.open(0x60, &mut [], shape, Mode::FileWrite, CommMode::Plain), refused);
        let mut macked = channel.mac(0x60, u16::MAX, &[]);
        assert_eq!(channel.open(0x60, &mut macked, shape, Mode::FileWrite, CommMode::Mac), refused);
    }
}
