// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that answers as a report says that one did: the tables of `tests/field`.

use std::collections::VecDeque;
use std::path::Path;

use cardwright::transport::{LinkError, ReplyBuf, Transport};
use serde_json::Value;

/// A card, and what it was asked.
pub(crate) struct FakeCard {
    spec: Value,
    application: Option<String>,
    chain: VecDeque<Vec<u8>>,
    pub(crate) asked: Vec<Vec<u8>>,
}

impl FakeCard {
    pub(crate) fn named(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field");
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        Self::new(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn new(spec: Value) -> Self {
        Self { spec, application: None, chain: VecDeque::new(), asked: Vec::new() }
    }

    /// The UID that it shows.
    pub(crate) fn uid(&self) -> Vec<u8> {
        bytes(&self.spec["uid"])
    }

    /// The historical bytes of its answer to reset.
    pub(crate) fn historical(&self) -> Vec<u8> {
        let atr = bytes(&self.spec["atr"]);
        atr[4..atr.len() - 1].to_vec()
    }

    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let iso = &self.spec["iso"][hex::encode_upper(command)];
        if iso.is_string() {
            return bytes(iso);
        }
        if command[0] != 0x90 {
            return vec![0x6A, 0x82];
        }
        let parameters = match command {
            [_, _, _, _, count, rest @ ..] if !rest.is_empty() => &rest[..usize::from(*count)],
            _ => &[],
        };
        self.native(command[1], parameters)
    }

    fn native(&mut self, ins: u8, parameters: &[u8]) -> Vec<u8> {
        if ins == 0x60 && !self.spec["version"].is_array() {
            return bytes(&self.spec["version"]["sw"]);
        }
        if ins == 0x60 {
            let frames = self.spec["version"].as_array().unwrap();
            self.chain = frames.iter().map(bytes).collect();
        }
        if ins == 0x60 || ins == 0xAF && !self.chain.is_empty() {
            let mut frame = self.chain.pop_front().unwrap();
            frame.extend([0x91, if self.chain.is_empty() { 0x00 } else { 0xAF }]);
            return frame;
        }
        if ins == 0x5A && self.spec["refuse5a"].is_null() {
            return self.select(&hex::encode_upper(parameters));
        }
        let table = match &self.application {
            Some(aid) => &self.spec["apps"][aid],
            None => &self.spec["picc"],
        };
        let ins = format!("{ins:02X}");
        let whole = &table[ins.clone() + &hex::encode_upper(parameters)];
        let known = if whole.is_null() { &table[&ins] } else { whole };
        if known.is_object() {
            return bytes(&known["sw"]);
        }
        let answer = known.as_str().map(of_hex);
        let wrapped = answer.and_then(|mut answer| {
            let status = answer.pop()?;
            answer.extend([0x91, status]);
            Some(answer)
        });
        let otherwise = || self.spec["otherwise"].as_str().map_or_else(|| vec![0x91, 0x1C], of_hex);
        wrapped.unwrap_or_else(otherwise)
    }

    fn select(&mut self, aid: &str) -> Vec<u8> {
        if aid != "000000" && self.spec["apps"][aid].is_null() {
            return vec![0x91, 0xA0];
        }
        self.application = Some(aid.to_owned()).filter(|aid| aid != "000000");
        vec![0x91, 0x00]
    }
}

impl Transport for FakeCard {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.asked.push(command.to_vec());
        let answer = self.answer(command);
        reply.clear();
        reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    of_hex(value.as_str().unwrap_or_default())
}

fn of_hex(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}
