// SPDX-License-Identifier: MIT OR Apache-2.0
//! For the tests of this pen: a card that follows a script, and the published vectors.

use std::collections::VecDeque;
use std::slice::SliceIndex;

use serde_json::Value;

use crate::iso7816::CommandBuf;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::vectors::{of_file, of_kind};

/// A transport that demands exactly the scripted commands and gives the scripted replies.
#[derive(Debug, Default)]
pub(super) struct Script(VecDeque<Step>);

/// A command, and the reply to it or none.
type Step = (Vec<u8>, Result<Vec<u8>, LinkError>);

impl Script {
    /// From pairs of command and reply in hex.
    pub(super) fn new<C: AsRef<str>, R: AsRef<str>>(
        steps: impl IntoIterator<Item = (C, R)>,
    ) -> Self {
        let mut script = Self::default();
        script.extend(steps);
        script
    }

    /// Appends pairs of command and reply in hex.
    pub(super) fn extend<C: AsRef<str>, R: AsRef<str>>(
        &mut self,
        steps: impl IntoIterator<Item = (C, R)>,
    ) {
        let step = |(command, reply): (C, R)| (bytes(command.as_ref()), Ok(bytes(reply.as_ref())));
        self.0.extend(steps.into_iter().map(step));
    }

    /// The first so many steps.
    pub(super) fn first(mut self, steps: usize) -> Self {
        self.0.truncate(steps);
        self
    }

    /// Appends a command that is never answered.
    pub(super) fn lose(&mut self, command: &str) {
        self.0.push_back((bytes(command), Err(LinkError::CardRemoved)));
    }

    /// Demands that every step was used.
    pub(super) fn assert_used_up(&self) {
        assert_eq!(self.0.len(), 0, "the script was not used up");
    }
}

impl Transport for Script {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let (expected, answer) = self.0.pop_front().expect("the script has ended");
        assert_eq!(hex(command), hex(&expected));
        reply.clear();
        reply.extend(answer?);
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// The entries of one vector file whose `field` is `value`.
pub(super) fn vectors(file: &str, field: &str, value: &str) -> Vec<Value> {
    if field != "name" {
        return of_kind(file, value);
    }
    let found: Vec<_> = of_file(file).into_iter().filter(|entry| entry["name"] == value).collect();
    assert!(!found.is_empty(), "no vector has the name {value}");
    found
}

/// The text of a field.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The bytes of a field.
pub(super) fn field(value: &Value) -> Vec<u8> {
    bytes(text(value))
}

/// The number of a field.
pub(super) fn number(value: &Value) -> u8 {
    value.as_u64().unwrap().try_into().unwrap()
}

pub(super) fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

pub(super) fn array<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().unwrap()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

/// The parameters of the last command that a conversation wrote.
pub(super) fn parameters(command: &CommandBuf) -> Vec<u8> {
    crate::iso7816::Command::decode(command).unwrap().data.to_vec()
}

/// A part of a text.
pub(super) fn part(text: &str, range: impl SliceIndex<str, Output = str>) -> &str {
    text.get(range).unwrap()
}
