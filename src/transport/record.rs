// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing down what goes over a transport.

use core::fmt::{self, Write as _};

use super::script::word;
use super::{LinkError, ReplyBuf, Transport};
use crate::iso7816::{Command, Response};
use crate::iso14443::Uid;

/// A transport that writes a [`Script`](super::Script) of its exchanges.
///
/// Unless told otherwise it scrubs: of a command only the header and `Le` are written, of an
/// answer only the status word, and the length of the payload in brackets stands for the rest.
/// Such a script can be read, but not replayed.
pub struct Recorder<T> {
    inner: T,
    text: String,
    scrubs: bool,
}

/// The statement that every key used on the card is a test key, and everything on it test data.
///
/// Whoever has the whole recording of an authentication with a known key has all that was said
/// after it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "writing the name is the statement")]
pub struct TestKeysOnly;

impl<T: Transport> Recorder<T> {
    /// Starts an empty script over `inner`, without payloads.
    pub const fn new(inner: T) -> Self {
        Self { inner, text: String::new(), scrubs: true }
    }

    /// Starts an empty script over `inner` that can be replayed: all bytes are kept.
    pub const fn with_payloads(inner: T, _statement: TestKeysOnly) -> Self {
        Self { inner, text: String::new(), scrubs: false }
    }

    /// Adds a comment, line by line.
    pub fn comment(&mut self, comment: &str) {
        for line in comment.lines() {
            self.text.push_str("# ");
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// The script so far.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.text
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(self.text, " {byte:02X}");
        }
    }

    fn payload(&mut self, payload: &[u8]) {
        if self.scrubs && !payload.is_empty() {
            let _ = write!(self.text, " [{}]", payload.len());
        } else {
            self.bytes(payload);
        }
    }

    /// The command, or its length where it is no APDU and anything may be a payload.
    fn command(&mut self, command: &[u8]) {
        self.text.push('>');
        match Command::decode(command) {
            Ok(decoded) if self.scrubs && !decoded.data.is_empty() => {
                self.bytes(&[decoded.cla, decoded.ins, decoded.p1, decoded.p2]);
                self.payload(decoded.data);
                if decoded.le.is_some() {
                    self.bytes(command.last_chunk::<1>().map_or(&[], |le| le));
                }
            }
            Ok(_) => self.bytes(command),
            Err(_) => self.payload(command),
        }
        self.text.push('\n');
    }

    fn answer(&mut self, answer: Result<&[u8], LinkError>) {
        match answer.and_then(|reply| Response::decode(reply).map_err(|_| LinkError::NoStatusWord))
        {
            Ok(response) => {
                self.text.push('<');
                self.payload(response.data);
                self.bytes(&[response.status.sw1(), response.status.sw2()]);
            }
            Err(error) => {
                self.text.push_str("! ");
                self.text.push_str(word(error));
            }
        }
        self.text.push('\n');
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let result = self.inner.exchange(command, reply);
        self.command(command);
        self.answer(result.map(|()| reply.as_slice()));
        result
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.inner.uid_in_field()
    }

    fn is_software(&self) -> bool {
        self.inner.is_software()
    }

    fn is_fresh(&self) -> bool {
        self.inner.is_fresh()
    }

    fn longest(&self) -> usize {
        self.inner.longest()
    }
}

impl<T> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.text.lines().count();
        f.debug_struct("Recorder")
            .field("scrubs", &self.scrubs)
            .field("lines", &lines)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Replay, Script, ScriptErrorKind};
    use super::*;

    struct Card;

    impl Transport for Card {
        fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
            reply.clear();
            match command {
                [_, 0xAF, ..] => Err(LinkError::CardRemoved),
                [_, 0x3D, ..] => {
                    reply.extend([0x91, 0xAF]);
                    Ok(())
                }
                _ => {
                    reply.extend([0xC0, 0xFF, 0xEE, 0x91, 0x00]);
                    Ok(())
                }
            }
        }
    }

    const COMMANDS: [&[u8]; 4] = [
        &[0x90, 0x60, 0x00, 0x00, 0x00],
        &[0x90, 0x3D, 0x00, 0x00, 0x02, 0x5E, 0xC7, 0x00],
        &[0x90, 0xBD, 0x00, 0x00, 0x05, 0x5E],
        &[0x90, 0xAF, 0x00, 0x00, 0x01, 0x5E],
    ];

    fn record(mut recorder: Recorder<Card>) -> Recorder<Card> {
        recorder.comment("a card\nof tests");
        for command in COMMANDS {
            let _ = recorder.exchange(command, &mut ReplyBuf::new());
        }
        recorder
    }

    #[test]
    fn payloads_are_lengths_unless_the_keys_are_test_keys() {
        let scrubbed = record(Recorder::new(Card));
        let lines: Vec<_> = scrubbed.script().lines().collect();
        assert_eq!(
            lines,
            [
                "# a card",
                "# of tests",
                "> 90 60 00 00 00",
                "< [3] 91 00",
                "> 90 3D 00 00 [2] 00",
                "< 91 AF",
                "> [6]",
                "< [3] 91 00",
                "> 90 AF 00 00 [1]",
                "! card-removed",
            ]
        );
        let error = Script::parse(scrubbed.script()).unwrap_err();
        assert_eq!((error.line, error.kind), (4, ScriptErrorKind::Scrubbed));
        let kept = record(Recorder::with_payloads(Card, TestKeysOnly));
        assert!(
            kept.script().contains("> 90 3D 00 00 02 5E C7 00\n< 91 AF\n> 90 BD 00 00 05 5E\n")
        );
        assert_eq!(format!("{kept:?}"), "Recorder { scrubs: false, lines: 10, .. }");
    }

    #[test]
    fn what_was_recorded_whole_is_replayed() {
        let kept = record(Recorder::with_payloads(Card, TestKeysOnly));
        let mut replay = Replay::new(Script::parse(kept.script()).unwrap());
        let (mut first, mut second) = (ReplyBuf::new(), ReplyBuf::new());
        for command in COMMANDS {
            let outcome = Card.exchange(command, &mut first);
            assert_eq!(replay.exchange(command, &mut second), outcome);
            assert_eq!(first, second);
        }
        assert!(replay.is_used_up());
    }
}
