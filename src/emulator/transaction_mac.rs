// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transaction MAC file: a counter of transactions, and a MAC over all that the last one did
//! (MF2DL(H)x0, transaction MAC).

use crate::crypto::{AesCmac, Block, ChainedCmac, Cipher};
use crate::secret::Secret;
use crate::wire::{Access, AccessRights, CommMode};

use super::lrp::Lrp;

/// The file, its key, and what the transaction that is open did so far.
#[derive(Clone)]
pub(super) struct TransactionMac {
    pub(super) number: u8,
    pub(super) mode: CommMode,
    /// Who may read it, and who may say which reader makes a transaction: the read-and-write right.
    pub(super) rights: AccessRights,
    /// Whether what is done without a session is left out.
    pub(super) sessions_only: bool,
    /// At which counter no transaction follows.
    pub(super) limit: Option<u32>,
    /// Whether it was given another number, which happens once.
    pub(super) renumbered: bool,
    /// Behind a pointer, so that a key that is moved leaves no copy behind.
    key: Box<Secret<[u8; 16]>>,
    version: u8,
    /// As it is told: all of it counts transactions in AES. In LRP the lower half does, and the upper one
    /// tells how many the last one was begun before.
    counter: u32,
    /// In LRP, how many transactions were begun since the last one; each has keys of its own.
    begun: Option<u16>,
    value: [u8; 8],
    /// The reader of the last transaction in which one was proven.
    reader: [u8; 16],
    /// The counter of the transaction that is open, once its keys are made.
    open: Option<u32>,
    running: Option<Running>,
    /// Whether the transaction that is open has a reader.
    read: bool,
    /// The reader that is remembered once it is committed.
    proven: Option<[u8; 16]>,
}

/// What outlives the field beside the settings: key, version, counter and, in LRP, what was begun since,
/// MAC, last reader.
pub(super) type Kept = (Secret<[u8; 16]>, u8, (u32, Option<u16>), [u8; 8], [u8; 16]);

/// The MAC of a transaction that is open. What goes into it is whole blocks, of which the last one waits.
#[derive(Clone)]
struct Running {
    cmac: ChainedCmac,
    chain: Block,
    last: Secret<[u8; 16]>,
}

impl TransactionMac {
    /// A new file: no transaction yet.
    pub(super) fn new(
        number: u8,
        mode: CommMode,
        rights: AccessRights,
        key: Secret<[u8; 16]>,
        version: u8,
    ) -> Self {
        Self {
            number,
            mode,
            rights,
            sessions_only: false,
            limit: None,
            renumbered: false,
            key: Box::new(key),
            version,
            counter: 0,
            begun: None,
            value: [0; 8],
            reader: [0; 16],
            open: None,
            running: None,
            read: false,
            proven: None,
        }
    }

    /// The file of a chip in LRP mode. One that was counting in AES goes on with what 16 bits hold.
    pub(super) fn switch_to_lrp(&mut self) {
        let most = u32::from(u16::MAX);
        (self.counter, self.begun) = (self.counter.min(most), Some(0));
        self.limit = self.limit.map(|limit| limit.min(most));
        self.abort();
    }

    /// What outlives the field.
    pub(super) fn kept(&self) -> Kept {
        let key = Secret::new(*self.key.expose_secret());
        (key, self.version, (self.counter, self.begun), self.value, self.reader)
    }

    /// Puts back what outlived it.
    pub(super) fn restore(&mut self, (key, version, counter, value, reader): Kept) {
        *self.key = key;
        (self.version, (self.counter, self.begun)) = (version, counter);
        (self.value, self.reader) = (value, reader);
    }

    /// What GetFileSettings tells: `05 option rights 02 version [limit]`.
    pub(super) fn told(&self) -> Vec<u8> {
        let limited = u8::from(self.limit.is_some());
        let option = self.mode.bits() | u8::from(self.sessions_only) << 4 | limited << 5;
        let [low, high] = self.rights.to_wire();
        let mut told = vec![TYPE, option, low, high, AES, self.version];
        let limit = self.limit.map(u32::to_le_bytes);
        told.extend(limit.iter().flatten().take(self.limit_bytes()));
        told
    }

    /// What ReadData tells: the counter, least significant byte first, and the MAC.
    pub(super) fn contents(&self) -> [u8; 12] {
        let mut contents = [0; 12];
        let parts = self.counter.to_le_bytes().into_iter().chain(self.value);
        contents.iter_mut().zip(parts).for_each(|(slot, byte)| *slot = byte);
        contents
    }

    /// How many bytes its limit has on the wire.
    pub(super) const fn limit_bytes(&self) -> usize {
        if self.begun.is_some() { 2 } else { 4 }
    }

    /// How many transactions there were.
    pub(super) const fn counter(&self) -> u32 {
        if self.begun.is_some() { self.counter & LOWER_HALF } else { self.counter }
    }

    /// Whether no transaction can follow.
    pub(super) fn is_exhausted(&self) -> bool {
        let most = if self.begun.is_some() { LOWER_HALF } else { u32::MAX };
        let begun = self.begun == Some(u16::MAX) && self.open.is_none();
        begun || self.counter() >= self.limit.unwrap_or(most)
    }

    /// Whether the transaction that is open did something.
    pub(super) const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether this transaction has a reader.
    pub(super) const fn has_reader(&self) -> bool {
        self.read
    }

    /// Whether this transaction needs a reader, and has none.
    pub(super) fn lacks_reader(&self) -> bool {
        self.rights.read_write != Access::Never && !self.read
    }

    /// Adds a command and its data, each filled up with zeros to whole blocks.
    pub(super) fn cover(&mut self, uid: &[u8; 7], command: &[u8], data: &[u8]) {
        for piece in command.chunks(BLOCK).chain(data.chunks(BLOCK)) {
            let mut block = Secret::new([0; BLOCK]);
            let slots = block.expose_secret_mut().iter_mut();
            slots.zip(piece).for_each(|(slot, byte)| *slot = *byte);
            if let Some(running) = &mut self.running {
                running.add(block);
            } else {
                let key = self.derived(MACING, uid);
                self.running = Some(Running::new(&key, block));
            }
        }
    }

    /// Takes the reader of this transaction. In a session the one before is told, enciphered, and this one
    /// is remembered once the transaction is committed.
    pub(super) fn read_by(
        &mut self,
        uid: &[u8; 7],
        reader: [u8; 16],
        session: bool,
    ) -> Option<[u8; 16]> {
        (self.read, self.proven) = (true, session.then_some(reader));
        let before = session.then(|| {
            let key = self.derived(ENCIPHERING, uid);
            let cipher = Cipher::aes(key.expose_secret());
            let mut block = cipher.zero_iv();
            block.xor(&self.reader);
            cipher.encrypt_block(&mut block);
            let mut told = [0; BLOCK];
            told.iter_mut().zip(block.as_slice()).for_each(|(slot, byte)| *slot = *byte);
            told
        });
        let command = [&[COMMIT_READER_ID][..], &reader, before.as_ref().map_or(&[], |told| told)];
        self.cover(uid, &command.concat(), &[]);
        before
    }

    /// Makes the transaction the last one. One that did nothing is none.
    pub(super) fn commit(&mut self) {
        let Some((running, counter)) = self.running.take().zip(self.open.take()) else { return };
        self.value = running.finish();
        (self.counter, self.begun) = (counter, self.begun.map(|_| 0));
        self.reader = self.proven.take().unwrap_or(self.reader);
        self.read = false;
    }

    /// Forgets what the transaction did.
    pub(super) fn abort(&mut self) {
        (self.open, self.running) = (None, None);
        (self.read, self.proven) = (false, None);
    }

    /// A key of the transaction that is open, in LRP with the label at the end. The first of them begins it.
    fn derived(&mut self, label: u8, uid: &[u8; 7]) -> Secret<[u8; 16]> {
        let number = self.begin().to_le_bytes();
        let key = self.key.expose_secret();
        Secret::new(if self.begun.is_some() {
            Lrp::new(key, 0).mac(&[&SUITE, &number, uid, &[label]])
        } else {
            AesCmac::new(key).mac(&[&[label], &SUITE, &number, uid])
        })
    }

    /// The counter of the transaction that is open. In LRP it is remembered that one was begun, whatever
    /// becomes of it.
    fn begin(&mut self) -> u32 {
        if let Some(open) = self.open {
            return open;
        }
        let open = match &mut self.begun {
            None => self.counter.wrapping_add(1),
            Some(begun) => {
                *begun = begun.saturating_add(1);
                self.counter.wrapping_add(1) & LOWER_HALF | u32::from(*begun) << 16
            }
        };
        *self.open.insert(open)
    }
}

impl Running {
    fn new(key: &Secret<[u8; 16]>, first: Secret<[u8; 16]>) -> Self {
        let cipher = Cipher::aes(key.expose_secret());
        let chain = cipher.zero_iv();
        Self { cmac: ChainedCmac::new(cipher), chain, last: first }
    }

    fn add(&mut self, block: Secret<[u8; 16]>) {
        self.chain.xor(self.last.expose_secret());
        self.cmac.cipher().encrypt_block(&mut self.chain);
        self.last = block;
    }

    /// Every second byte of the CMAC.
    fn finish(mut self) -> [u8; 8] {
        self.cmac.mac(&mut self.chain, &[self.last.expose_secret()]);
        let mut short = [0; 8];
        let odd = self.chain.as_slice().iter().skip(1).step_by(2);
        short.iter_mut().zip(odd).for_each(|(slot, byte)| *slot = *byte);
        short
    }
}

/// The labels of the keys of a transaction.
const MACING: u8 = 0x5A;
const ENCIPHERING: u8 = 0xA5;
/// What stands between label and counter, and before the counter in LRP.
const SUITE: [u8; 4] = [0x00, 0x01, 0x00, 0x80];
/// In LRP, the part of the counter that counts transactions.
const LOWER_HALF: u32 = 0xFFFF;
/// The type of the file, and that of its key.
const TYPE: u8 = 0x05;
pub(super) const AES: u8 = 0x02;
/// The command that says which reader makes a transaction.
const COMMIT_READER_ID: u8 = 0xC8;
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::tests::support::{bytes, text};
    use crate::vectors::of_kind;

    fn key(inputs: &serde_json::Value) -> Secret<[u8; 16]> {
        Secret::new(bytes(&inputs["app_transaction_mac_key"]))
    }

    fn file(key: Secret<[u8; 16]>, counter: (u32, Option<u16>)) -> TransactionMac {
        let rights = AccessRights::from_wire([0x10, 0x1F]);
        let kept = Secret::new(*key.expose_secret());
        let mut mac = TransactionMac::new(15, CommMode::Full, rights, key, 0);
        mac.restore((kept, 0, counter, [0; 8], [0; 16]));
        mac
    }

    /// An SDK whose values come from OpenSSL, and Proxmark3's `desfiretest.c`: a counter of three bytes.
    #[test]
    fn keys_of_a_transaction_are_the_published_ones() {
        let proxmark = serde_json::json!({
            "name": "Proxmark3",
            "inputs": {
                "app_transaction_mac_key": "0123456789ABCDEFFEDCBA9876543210",
                "uid": "04A1B2C3D4E5F6",
                "tmc_before": 0x1234_5678,
            },
            "expected": {
                "ses_tm_mac_key": "8F76D21BAE6765845188BCF9159BE0EC",
                "ses_tm_enc_key": "6F701DC037A5F0757A7FF667055F4B25",
            },
        });
        let all = of_kind("ev2-more", "transaction_mac_session_keys");
        assert_eq!(all.len(), 2);
        for vector in all.into_iter().chain([proxmark]) {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let number = u32::try_from(inputs["tmc_before"].as_u64().unwrap()).unwrap();
            for (label, name) in [(MACING, "ses_tm_mac_key"), (ENCIPHERING, "ses_tm_enc_key")] {
                let made = file(key(inputs), (number, None)).derived(label, &bytes(&inputs["uid"]));
                let made = hex::encode_upper(made.expose_secret());
                assert_eq!(made, text(&expected[name]), "{}", vector["name"]);
            }
        }
    }

    /// A transaction of a real EV3, and a MAC of a library over what no card would make one of.
    #[test]
    fn a_transaction_has_the_mac_that_a_real_card_told() {
        let mut told = 0;
        for vector in of_kind("ev2-more", "transaction_mac") {
            let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
            let after = u32::try_from(inputs["tmc_after"].as_u64().unwrap()).unwrap();
            let uid = bytes(&inputs["uid"]);
            let input = hex::decode(text(&inputs["tmi"])).unwrap();
            if inputs["reader_id"].is_null() {
                let key = file(key(inputs), (after - 1, None)).derived(MACING, &uid);
                let mac = AesCmac::new(key.expose_secret()).mac(&[&input]);
                let short: Vec<u8> = mac.into_iter().skip(1).step_by(2).collect();
                assert_eq!(hex::encode_upper(short), text(&expected["tmv"]));
                continue;
            }
            let reader = bytes::<16>(&inputs["reader_id"]);
            let mut mac = file(key(inputs), (after - 1, None));
            // The reader was the same in the transaction before.
            mac.reader = reader;
            // All before CommitReaderID, whose 33 bytes fill three blocks.
            mac.cover(&uid, &input[..input.len() - 48], &[]);
            let before = mac.read_by(&uid, reader, true).unwrap();
            assert_eq!(hex::encode_upper(before), text(&inputs["enc_tmri"]), "{}", vector["name"]);
            mac.commit();
            let mut file = after.to_le_bytes().to_vec();
            file.extend(bytes::<8>(&expected["tmv"]));
            assert_eq!(mac.contents(), file[..], "{}", vector["name"]);
            told += 1;
        }
        assert_eq!(told, 1);
    }

    /// No value is public: these were computed from AN12304 outside of this crate, by what gives its 50
    /// published MACs.
    #[test]
    fn keys_in_lrp_count_what_was_begun_too() {
        let uid = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
        let given = hex::decode("F7D23E0C44AFADE542BFDF2DC5C6AE02").unwrap();
        let given: [u8; 16] = given.try_into().unwrap();
        let mut mac = file(Secret::new(given), (0x0009_0104, Some(2)));
        for (label, expected) in [
            (MACING, "575D6F157DE44235CEDF2562384BB540"),
            (ENCIPHERING, "DD3207C37E6916053138BE538DA5F8F1"),
            (MACING, "575D6F157DE44235CEDF2562384BB540"),
        ] {
            let made = hex::encode_upper(mac.derived(label, &uid).expose_secret());
            assert_eq!((made.as_str(), mac.begun), (expected, Some(3)));
        }
        // What was begun and dropped is counted, what was committed has its own count.
        mac.abort();
        mac.cover(&uid, &[0x0C, 0x03], &[]);
        assert_eq!((mac.counter(), mac.begun), (0x0104, Some(4)));
        mac.commit();
        assert_eq!(mac.contents()[..4], [0x05, 0x01, 0x04, 0x00]);
        assert_eq!((mac.counter(), mac.begun), (0x0105, Some(0)));
    }

    /// Who was proven in a session of a transaction that was committed is told in the next one, deciphered
    /// under the key that the vectors above hold (MF2DL(H)x0, transaction MAC reader ID).
    #[test]
    fn a_reader_is_told_in_a_later_transaction_once_it_is_committed() {
        let uid = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6];
        let key = || Secret::new(0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210_u128.to_be_bytes());
        let mut mac = file(key(), (0, None));
        let reader = |number: u8| [[number; 8], [0x5C; 8]].concat().try_into().unwrap();
        // Which reader, whether in a session, whether committed; and who is told.
        for (number, session, committed, told) in [
            (1, true, true, Some([0; 16])),
            (2, true, false, Some(reader(1))),
            (3, true, true, Some(reader(1))),
            (4, false, true, None),
            (5, true, true, Some(reader(3))),
        ] {
            let counter = (mac.counter(), None);
            let before = mac.read_by(&uid, reader(number), session).map(|before| {
                let key = file(key(), counter).derived(ENCIPHERING, &uid);
                let mut block = Block::of(&before).unwrap();
                Cipher::aes(key.expose_secret()).decrypt_block(&mut block);
                <[u8; 16]>::try_from(block.as_slice()).unwrap()
            });
            assert_eq!(before, told, "{number}");
            if committed { mac.commit() } else { mac.abort() }
        }
        assert_eq!(mac.counter(), 4);
    }
}
