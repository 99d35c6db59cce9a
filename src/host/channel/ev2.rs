// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging, after AuthenticateEV2First (NXP AN12343, AN12196).
//!
//! What is here holds for every cipher: what travels in clear, what is padded and enciphered, what
//! the MAC covers, and when the counter counts. The session keys, and how they make a MAC and a
//! cryptogram, are the suite's: [`aes`] or [`lrp`], of which [`Ev2`] asks `mac`, `encipher` and
//! `decipher`, no more.

mod aes;
mod lrp;

use zeroize::Zeroizing;

use self::aes::Aes;
pub(in super::super) use self::lrp::LrpSuite;
use super::super::answer::Grade;
use super::super::command::{KeyChange, Request};
use super::super::error::{Error, Misbehaviour, Misuse};
use crate::crypto::padding::{strip_method2, to_block};
use crate::key::{CardKey, ChangeBuf};
use crate::secret::ct_eq;
use crate::wire::{CommMode, Ins, KeyType};

/// How many bytes of a MAC are sent.
const MAC: usize = 8;

/// What is enciphered fills blocks of this length, in either suite.
const BLOCK: usize = 16;

pub(in super::super) struct Ev2 {
    suite: Suite,
    transaction: Transaction,
}

/// What makes MACs and cryptograms.
enum Suite {
    Aes(Aes),
    /// Behind a pointer, so that plaintexts that are moved leave no copy behind.
    Lrp(Box<LrpSuite>),
}

/// The data cannot be enciphered or deciphered: no whole blocks, or more than the session has numbers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Unfit;

/// Which way enciphered data travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Command,
    Reply,
}

/// What a second authentication in the same transaction keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Transaction {
    identifier: [u8; 4],
    counter: u16,
}

impl Transaction {
    /// A transaction as AuthenticateEV2First begins it.
    pub(in super::super) const fn begun(identifier: [u8; 4]) -> Self {
        Self { identifier, counter: 0 }
    }
}

impl Ev2 {
    /// A channel in AES, after an authentication with this key and these challenges.
    pub(in super::super) fn aes(
        key: &CardKey,
        rnd_a: &[u8; 16],
        rnd_b: &[u8; 16],
        transaction: Transaction,
    ) -> Result<Self, Error> {
        Ok(Self { suite: Suite::Aes(Aes::derived(key, rnd_a, rnd_b)?), transaction })
    }

    /// A channel in LRP, whose suite an authentication has used already.
    pub(in super::super) const fn lrp(suite: Box<LrpSuite>, transaction: Transaction) -> Self {
        Self { suite: Suite::Lrp(suite), transaction }
    }

    /// Whether the session is in LRP.
    pub(in super::super) const fn is_lrp(&self) -> bool {
        matches!(self.suite, Suite::Lrp(_))
    }

    /// The transaction as it stands.
    pub(in super::super) const fn transaction(&self) -> Transaction {
        self.transaction
    }

    pub(super) fn seal(&mut self, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let [mode, _] = request.rule.ev2;
        let mode = mode.or_of_file(request.file);
        self.seal_as(mode, request.rule.ins, request.header, request.data, out)
    }

    /// New key XOR old key, version where the new key is AES, and where another key than the
    /// session's is replaced CRC-32 over the new key alone (AN12343 tables 39 and 40).
    pub(super) fn seal_key_change(
        &mut self,
        change: &KeyChange<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let KeyChange { new, old, .. } = *change;
        let mut buffer = ChangeBuf::new(arrayvec::ArrayVec::new());
        new.append_to(old, &mut buffer);
        let plain = buffer.expose_secret_mut();
        if new.key_type() == KeyType::Aes {
            plain.push(new.version().0);
        }
        if old.is_some() {
            plain.extend(new.crc32());
        }
        let (ins, header) = change.head();
        self.seal_as(CommMode::Full, ins, &header, plain, out)
    }

    /// Header in clear, data in clear or enciphered, MAC over both as they are sent.
    fn seal_as(
        &mut self,
        mode: CommMode,
        ins: Ins,
        header: &[u8],
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        // At FFFF the card refuses the next command, as there is no counter for its reply.
        if self.transaction.counter == u16::MAX {
            return Err(Misuse::CounterUsedUp.into());
        }
        out.extend_from_slice(header);
        let start = out.len();
        out.extend_from_slice(data);
        if mode == CommMode::Full && !data.is_empty() {
            out.push(0x80);
            out.resize(out.len() + to_block(out.len() - start, BLOCK), 0x00);
            let data = out.get_mut(start..).unwrap_or_default();
            let enciphered = self.suite.encipher(Way::Command, self.transaction, data);
            // The data are padded, so a session has only no numbers left for them. Nothing may go out in
            // clear.
            enciphered.map_err(|Unfit| Misuse::CounterUsedUp)?;
        }
        if mode != CommMode::Plain {
            let mac = self.mac(ins.into(), out);
            out.extend(mac);
        }
        Ok(())
    }

    /// Counts, then verifies the MAC over status and data as they came, then deciphers.
    pub(super) fn open(
        &mut self,
        request: &Request<'_>,
        status: u8,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        // Sealing has left room for this count.
        self.transaction.counter = self.transaction.counter.saturating_add(1);
        let [_, mode] = request.rule.ev2;
        let mode = mode.or_of_file(request.file);
        if let Some(grade) = Self::without_mac(mode) {
            return Ok(grade);
        }
        let found = reply.len();
        let Some((data, mac)) = reply.split_last_chunk::<MAC>() else {
            return Err(Misbehaviour::Length { found });
        };
        if !ct_eq(&self.mac(status, data), mac) {
            return Err(Misbehaviour::Mac);
        }
        let length = data.len();
        reply.truncate(length);
        if mode == CommMode::Full && length > 0 {
            let aligned = self.suite.decipher(Way::Reply, self.transaction, reply);
            aligned.map_err(|_| Misbehaviour::Length { found })?;
            let plain = strip_method2(reply).filter(|&plain| length - plain <= BLOCK);
            reply.truncate(plain.ok_or(Misbehaviour::Padding)?);
        }
        Ok(Grade::Sealed)
    }

    /// What a reply in this mode is worth that carries no MAC; `None` where it has to be proven.
    const fn without_mac(mode: CommMode) -> Option<Grade> {
        match mode {
            CommMode::Plain => Some(Grade::Said),
            CommMode::Mac | CommMode::Full => None,
        }
    }

    /// The MAC of what leads (instruction or status), counter, transaction identifier and the
    /// rest.
    fn mac(&self, lead: u8, rest: &[u8]) -> [u8; MAC] {
        let Transaction { identifier, counter } = self.transaction;
        self.suite.mac(&[&[lead], &counter.to_le_bytes(), &identifier, rest])
    }
}

impl Suite {
    fn mac(&self, parts: &[&[u8]]) -> [u8; MAC] {
        match self {
            Self::Aes(suite) => suite.mac(parts),
            Self::Lrp(suite) => suite.mac(parts),
        }
    }

    fn encipher(&mut self, way: Way, at: Transaction, data: &mut [u8]) -> Result<(), Unfit> {
        match self {
            Self::Aes(suite) => suite.encipher(way, at, data).map_err(|_| Unfit),
            Self::Lrp(suite) => suite.encipher(data),
        }
    }

    fn decipher(&mut self, way: Way, at: Transaction, data: &mut [u8]) -> Result<(), Unfit> {
        match self {
            Self::Aes(suite) => suite.decipher(way, at, data).map_err(|_| Unfit),
            Self::Lrp(suite) => suite.decipher(data),
        }
    }
}

/// What of both challenges goes into the keys of a session: RndA and RndB, of which six bytes are mixed.
fn mixed(rnd_a: &[u8; 16], rnd_b: &[u8; 16]) -> Zeroizing<[u8; 26]> {
    let [a0, a1, a2, a3, a4, a5, a6, a7, a_tail @ ..] = rnd_a;
    let [b0, b1, b2, b3, b4, b5, b_tail @ ..] = rnd_b;
    let head = [*a0, *a1, a2 ^ b0, a3 ^ b1, a4 ^ b2, a5 ^ b3, a6 ^ b4, a7 ^ b5];
    let mut mixed = Zeroizing::new([0; 26]);
    for (slot, byte) in mixed.iter_mut().zip(head.iter().chain(b_tail).chain(a_tail)) {
        *slot = *byte;
    }
    mixed
}

/// The half of a MAC that is sent: its bytes at odd places.
pub(in super::super) const fn sent(mac: [u8; BLOCK]) -> [u8; MAC] {
    let [_, a, _, b, _, c, _, d, _, e, _, f, _, g, _, h] = mac;
    [a, b, c, d, e, f, g, h]
}

#[cfg(test)]
impl Ev2 {
    /// A channel at a step of a published session.
    pub(in super::super) fn recorded(enc: &str, mac: &str, identifier: &str, counter: u16) -> Self {
        use crate::host::testing::array;
        let transaction = Transaction { identifier: array(identifier), counter };
        Self { suite: Suite::Aes(Aes::recorded(enc, mac)), transaction }
    }

    /// The same of a session in LRP, by its key and the number of the block to come.
    pub(in super::super) fn recorded_lrp(
        session: &str,
        identifier: &str,
        counter: u16,
        block: u32,
    ) -> Self {
        use crate::host::testing::array;
        let transaction = Transaction { identifier: array(identifier), counter };
        Self { suite: Suite::Lrp(Box::new(LrpSuite::recorded(session, block))), transaction }
    }

    /// A command went by whose bytes nobody has published.
    pub(in super::super) const fn pass(&mut self) {
        self.transaction.counter += 1;
    }

    /// The number of the block to come, where the session is in LRP.
    pub(in super::super) const fn block(&self) -> Option<u32> {
        match &self.suite {
            Suite::Aes(_) => None,
            Suite::Lrp(suite) => Some(suite.counter),
        }
    }
}

/// How many bytes the parameters of a command, or the data of a reply, become.
pub(super) const fn length(mode: CommMode, data: usize) -> usize {
    match mode {
        CommMode::Plain => data,
        CommMode::Mac => data + 8,
        CommMode::Full if data == 0 => 8,
        CommMode::Full => (data + 1).next_multiple_of(16) + 8,
    }
}

/// Length of the checksum of a key that is replaced.
pub(super) const KEY_CHECKSUM: usize = 4;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::host::command::data::ReadData;
    use crate::host::command::key::ChangeKey;
    use crate::host::command::picc::{FreeMemory, GetCardUid};
    use crate::host::rule::{Mode, Rule};
    use crate::host::testing::{array, bytes, field, hex, number, text, vectors};
    use crate::wire::KeyVersion;

    /// The status of every reply here but Read_Sig's.
    const OK: u8 = 0x00;

    fn channel(inputs: &Value) -> Ev2 {
        let zero = "00".repeat(16);
        let key = |field: &str| inputs[field].as_str().unwrap_or(&zero).to_owned();
        let counter = number(&inputs["cmd_ctr"]).into();
        let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
        Ev2::recorded(&enc, &mac, text(&inputs["ti"]), counter)
    }

    /// Commands and replies of AN12343, AN12196 and of real NTAG 424 DNA cards, whatever their
    /// instruction: the body as sent, the reply's MAC, the plain data.
    #[test]
    fn published_messages_are_sealed_and_opened() {
        let mut opened = 0;
        for entry in vectors("ev2", "op", "ev2_secure_message") {
            let (inputs, name) = (&entry["inputs"], text(&entry["name"]));
            // Read_Sig answers 9190.
            let status = if inputs["response_status"] == "90" { 0x90 } else { OK };
            let mode = match text(&inputs["comm_mode"]) {
                "mac" => Mode::Mac,
                _ => Mode::Full,
            };
            let ins = field(&inputs["cmd"])[0].into();
            let rule = Rule::new(ins).travels([mode; 2], [mode; 2]);
            let (header, data) = (field(&inputs["header"]), field(&inputs["data"]));
            let request = Request { data: &data, ..Request::new(&rule, &header) };
            let mut channel = channel(inputs);
            let mut out = Vec::new();
            channel.seal(&request, &mut out).unwrap();
            assert_eq!(hex(&out), text(&entry["expected"]["apdu_data"]), "{name}");
            let Some(reply) = inputs["response"].as_str() else { continue };
            let mut reply = bytes(reply);
            assert_eq!(channel.open(&request, status, &mut reply), Ok(Grade::Sealed), "{name}");
            let published = entry["published_fields_checked"].as_array().unwrap();
            if published.iter().any(|field| field == "response_plain") {
                assert_eq!(hex(&reply), text(&entry["expected"]["response_plain"]), "{name}");
            }
            opened += 1;
        }
        assert!(opened >= 20, "{opened} replies");
    }

    /// Commands and replies of real NTAG 424 DNA cards in LRP, in both modes, whatever their instruction. The
    /// one that a card refused has no reply to prove.
    #[test]
    fn captured_messages_in_lrp_are_sealed_and_opened() {
        let (mut opened, more) = (0, vectors("ev2-more", "op", "lrp_secure_message"));
        for entry in vectors("ev2", "op", "lrp_secure_message").into_iter().chain(more) {
            let (inputs, expected, name) =
                (&entry["inputs"], &entry["expected"], text(&entry["name"]));
            let mode = match text(&inputs["comm_mode"]) {
                "mac" => Mode::Mac,
                _ => Mode::Full,
            };
            let rule = Rule::new(field(&inputs["cmd"])[0].into()).travels([mode; 2], [mode; 2]);
            let (header, data) = (field(&inputs["header"]), field(&inputs["data"]));
            let request = Request { data: &data, ..Request::new(&rule, &header) };
            let block = |place: &Value| u32::try_from(place.as_u64().unwrap()).unwrap();
            let mut channel = Ev2::recorded_lrp(
                text(&inputs["ses_auth_master_key"]),
                text(&inputs["ti"]),
                number(&inputs["cmd_ctr"]).into(),
                block(&inputs["enc_ctr_before"]),
            );
            let mut out = Vec::new();
            channel.seal(&request, &mut out).unwrap();
            assert_eq!(hex(&out), text(&expected["apdu_data"]), "{name}");
            let status = u8::from_str_radix(text(&inputs["response_status"]), 16).unwrap();
            if status == OK || status == 0x90 {
                let mut reply = field(&inputs["response"]);
                let mut bent = reply.clone();
                assert_eq!(channel.open(&request, status, &mut reply), Ok(Grade::Sealed), "{name}");
                let plain = expected["response_plain"].as_str().unwrap_or_default();
                assert_eq!(hex(&reply), plain, "{name}");
                *bent.last_mut().unwrap() ^= 0x01;
                channel.transaction.counter -= 1;
                let refused = channel.open(&request, status, &mut bent);
                assert_eq!(refused, Err(Misbehaviour::Mac), "{name}");
                opened += 1;
            }
            assert_eq!(channel.block(), Some(block(&expected["enc_ctr_after"])), "{name}");
        }
        assert_eq!(opened, 17);
    }

    #[test]
    fn a_session_in_lrp_without_numbers_for_blocks_sends_nothing() {
        let mut channel = Ev2::recorded_lrp(&"5A".repeat(16), "01020304", 1, u32::MAX);
        let rule = Rule::new(Ins::from(0x5C)).travels([Mode::Full; 2], [Mode::Full; 2]);
        let request = Request { data: &[7; 1], ..Request::new(&rule, &[0x00]) };
        let mut out = Vec::new();
        let refused = channel.seal(&request, &mut out).unwrap_err();
        assert_eq!(refused, Misuse::CounterUsedUp.into());
    }

    /// AN12343 tables 39 and 40, AN12196 tables 25 and 26.
    #[test]
    fn key_changes_are_the_published_ones() {
        for entry in vectors("ev2", "op", "ev2_change_key") {
            let (inputs, name) = (&entry["inputs"], text(&entry["name"]));
            let version = KeyVersion(number(&inputs["new_version"]));
            let new = CardKey::aes(&array(text(&inputs["new_key"])), version);
            let old = CardKey::aes(&array(text(&inputs["old_key"])), KeyVersion(0));
            let own = inputs["changes_auth_key"] == true;
            let change = KeyChange {
                set: None,
                no: number(&inputs["key_no"]),
                new: &new,
                old: (!own).then_some(&old),
            };
            let mut channel = channel(inputs);
            let mut out = Vec::new();
            channel.seal_key_change(&change, &mut out).unwrap();
            assert_eq!(hex(&out), text(&entry["expected"]["apdu_data"]), "{name}");
            if !own {
                let request = Request::new(&ChangeKey::RULE, &[]);
                let mut reply = field(&inputs["response"]);
                assert_eq!(channel.open(&request, OK, &mut reply), Ok(Grade::Sealed), "{name}");
                assert_eq!(reply.len(), 0, "{name}");
            }
        }
    }

    /// Proxmark3 `desfiretest.c`; dumacp/smartcard `secmsgev2_test.go`.
    #[test]
    fn macs_are_the_published_ones() {
        for entry in vectors("ev2", "op", "ev2_command_mac") {
            let inputs = &entry["inputs"];
            let [lead] = array(text(&inputs["cmd"]));
            let mac = channel(inputs).mac(lead, &field(&inputs["header"]));
            assert_eq!(hex(&mac), text(&entry["expected"]["mact"]));
        }
    }

    const ZERO: &str = "00000000000000000000000000000000";

    #[test]
    fn plain_commands_count_although_nothing_protects_them() {
        let mut channel = Ev2::recorded(ZERO, ZERO, "01020304", 0x01FF);
        let header = [0x01, 0, 0, 0, 2, 0, 0];
        let request = Request::new(&ReadData::RULE, &header);
        let mut out = Vec::new();
        channel.seal(&request, &mut out).unwrap();
        assert_eq!(out, header);
        let mut reply = vec![0xAA, 0xBB];
        assert_eq!(channel.open(&request, OK, &mut reply), Ok(Grade::Said));
        assert_eq!((reply, channel.transaction.counter), (vec![0xAA, 0xBB], 0x0200));
    }

    #[test]
    fn a_counter_that_is_used_up_stops_the_command_before_it_is_sent() {
        let mut last = Ev2::recorded(ZERO, ZERO, "01020304", 0xFFFE);
        let request = Request::new(&FreeMemory::RULE, &[]);
        let mut out = Vec::new();
        assert_eq!(last.seal(&request, &mut out), Ok(()));
        assert_eq!(last.open(&request, OK, &mut vec![0; 8]), Err(Misbehaviour::Mac));
        out.clear();
        assert_eq!(last.seal(&request, &mut out), Err(Misuse::CounterUsedUp.into()));
        assert!(out.is_empty());
    }

    /// The MAC is right, the plain data are not.
    fn sealed(plain: &str) -> Result<String, Misbehaviour> {
        let mut card = Ev2::recorded(ZERO, ZERO, "01020304", 0x0200);
        let mut reply = bytes(plain);
        assert!(card.suite.encipher(Way::Reply, card.transaction, &mut reply).is_ok());
        reply.extend(card.mac(0x00, &reply));
        let mut channel = Ev2::recorded(ZERO, ZERO, "01020304", 0x01FF);
        let request = Request::new(&GetCardUid::RULE, &[]);
        channel.open(&request, OK, &mut reply).map(|_| hex(&reply))
    }

    #[test]
    fn padding_is_one_marker_and_less_than_a_block_of_zeros() {
        let zeros = "00".repeat(15);
        assert_eq!(sealed(&format!("80{zeros}")), Ok(String::new()));
        assert_eq!(sealed(&format!("{zeros}80")), Ok(zeros.clone()));
        for plain in [format!("80{zeros}00{zeros}"), "00".repeat(16), "FF".repeat(16)] {
            assert_eq!(sealed(&plain), Err(Misbehaviour::Padding), "{plain}");
        }
    }
}
