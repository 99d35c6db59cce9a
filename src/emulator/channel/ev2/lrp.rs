// SPDX-License-Identifier: MIT OR Apache-2.0
//! The LRP suite of EV2 messaging (NXP AN12321, NT4H2421Gx): the same messages, MACed and enciphered by the
//! leakage resilient primitive. There are no initial values: a counter of all blocks that were enciphered
//! since the authentication, in either direction, takes their place.

use zeroize::Zeroizing;

use crate::emulator::lrp::Lrp;

/// The keys of a session, and how many blocks were enciphered in it.
#[derive(Clone)]
pub(in crate::emulator) struct LrpKeys {
    macing: Lrp,
    enciphering: Lrp,
    blocks: u32,
}

impl LrpKeys {
    /// The keys after an authentication with the key behind `key` in which these nonces were exchanged.
    pub(in crate::emulator) fn new(key: &Lrp, rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> Self {
        let mixed = super::nonces::mixed(rnd_a, rnd_b);
        let parts: [&[u8]; 3] = [&[0x00, 0x01, 0x00, 0x80], mixed.as_slice(), &[0x96, 0x69]];
        Self::of_master(&Zeroizing::new(key.mac(&parts)))
    }

    /// The keys that a session's master key stands for: its updated keys 0 and 1.
    pub(super) fn of_master(master: &[u8; 16]) -> Self {
        Self { macing: Lrp::new(master, 0), enciphering: Lrp::new(master, 1), blocks: 0 }
    }

    /// The MAC, all of it.
    pub(in crate::emulator) fn mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.macing.mac(parts)
    }

    /// Deciphers the data of a command; `None` where they are no whole blocks, or the count is at its end.
    pub(super) fn decrypt(&mut self, data: &mut [u8]) -> Option<()> {
        let mut counter = self.count(data.len())?;
        self.enciphering.decrypt(&mut counter, data)
    }

    /// Enciphers the data of a reply, which are whole blocks; `None` where the count is at its end.
    pub(in crate::emulator) fn encrypt(&mut self, data: &mut [u8]) -> Option<()> {
        let mut counter = self.count(data.len())?;
        self.enciphering.encrypt(&mut counter, data)
    }

    /// Where so many bytes begin, and counts their blocks.
    fn count(&mut self, length: usize) -> Option<[u8; 4]> {
        let first = self.blocks;
        self.blocks = first.checked_add(u32::try_from(length / 16).ok()?)?;
        Some(first.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::channel::ev2::{Ev2, Suite};
    use crate::emulator::channel::{Mode, Shape};
    use crate::emulator::frames::Reply;
    use crate::emulator::tests::support::{bytes, ev2_vectors, text};
    use crate::vectors::of_kind;
    use crate::wire::{CommMode, Status};

    /// proxmark3 `desfiretest.c`, with nonces and key that are not zero.
    #[test]
    fn the_master_key_is_that_of_the_published_example() {
        for vector in ev2_vectors("lrp_session_master_key") {
            let input = |name: &str| bytes::<16>(&vector["inputs"][name]);
            let keys = LrpKeys::new(&Lrp::new(&input("key"), 0), &input("rndA"), &input("rndB"));
            let master = bytes(&vector["expected"]["ses_auth_master_key"]);
            let published = LrpKeys::of_master(&master);
            assert_eq!(keys.mac(&[b"any"]), published.mac(&[b"any"]));
        }
    }

    /// AN12321, nfc-ev2-crypto, and captures of an NTAG 424 DNA.
    #[test]
    fn published_messages_are_opened_and_their_replies_sealed() {
        let mut sealed = 0;
        let more = of_kind("ev2-more", "lrp_secure_message");
        for vector in ev2_vectors("lrp_secure_message").into_iter().chain(more) {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let name = text(&vector["name"]);
            let number =
                |value: &serde_json::Value| u32::try_from(value.as_u64().unwrap()).unwrap();
            let mut keys = LrpKeys::of_master(&bytes(&inputs["ses_auth_master_key"]));
            keys.blocks = number(&inputs["enc_ctr_before"]);
            let counter = u16::try_from(number(&inputs["cmd_ctr"])).unwrap();
            let mut channel = Ev2::lrp(keys, bytes(&inputs["ti"]), counter);
            let mode = match text(&inputs["comm_mode"]) {
                "mac" => CommMode::Mac,
                "full" => CommMode::Full,
                other => panic!("{other}"),
            };
            let [header, data] =
                ["header", "data"].map(|part| hex::decode(text(&inputs[part])).unwrap());
            let shape = Shape { header: header.len(), data: data.len(), tail: 0 };
            let [cmd] = bytes(&inputs["cmd"]);
            let sent = hex::decode(text(&expected["apdu_data"])).unwrap();
            assert_eq!(Ev2::length(shape, Mode::FileWrite, mode), sent.len(), "{name}");
            for position in 0..sent.len() {
                let mut bent = sent.clone();
                bent[position] ^= 0x10;
                let opened = channel.open(cmd, &mut bent, shape, Mode::FileWrite, mode);
                assert_eq!(opened, Err(Status::IntegrityError), "{name}");
            }
            let mut body = sent;
            let opened = channel.open(cmd, &mut body, shape, Mode::FileWrite, mode);
            assert_eq!(opened, Ok(()), "{name}");
            assert_eq!(body[..shape.clear()], [header, data].concat(), "{name}");
            if text(&inputs["response"]).is_empty() {
                continue;
            }
            let mut reply = Reply::default();
            let [status] = bytes(&inputs["response_status"]);
            reply.done = Status::from(status);
            let plain = &expected["response_plain"];
            reply.data.extend(hex::decode(plain.as_str().unwrap_or_default()).unwrap());
            channel.seal(&mut reply, Mode::FileRead, mode).unwrap();
            assert_eq!(hex::encode_upper(&reply.data), text(&inputs["response"]), "{name}");
            let Suite::Lrp(keys) = &channel.suite else { panic!("a session in LRP") };
            assert_eq!(keys.blocks, number(&expected["enc_ctr_after"]), "{name}");
            sealed += 1;
        }
        assert!(sealed > 15, "only {sealed} replies");
    }

    #[test]
    fn at_the_last_block_nothing_more_is_enciphered() {
        let mut keys = LrpKeys::of_master(&[7; 16]);
        keys.blocks = u32::MAX - 1;
        assert_eq!(keys.encrypt(&mut [0; 32]), None);
        assert_eq!(keys.decrypt(&mut [0; 16]), Some(()));
        assert_eq!(keys.decrypt(&mut [0; 16]), None);
    }
}
