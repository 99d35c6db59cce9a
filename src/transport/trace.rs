// SPDX-License-Identifier: MIT OR Apache-2.0
//! What went over a transport: headers, lengths and status words, never payloads.

use core::fmt;

use super::{LinkError, ReplyBuf, Transport};
use crate::iso7816::{Response, StatusWord};
use crate::iso14443::Uid;

/// A transport that lists its exchanges.
#[derive(Debug)]
pub struct Trace<T> {
    inner: T,
    exchanges: Vec<Exchange>,
}

/// One exchange: the instruction byte, the lengths of both APDUs, the status word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The instruction byte, `None` where the command was cut before it.
    pub ins: Option<u8>,
    /// Length of the command APDU.
    pub sent: usize,
    /// Length of the response APDU, status word included; 0 where none came.
    pub received: usize,
    /// The status word, `None` where none came.
    pub status: Option<StatusWord>,
}

impl Exchange {
    /// Of a command with this instruction byte and length, and the response as long as it came.
    pub(super) fn new(ins: Option<u8>, sent: usize, answer: Option<(usize, StatusWord)>) -> Self {
        let (received, status) =
            (answer.map_or(0, |(length, _)| length), answer.map(|(_, status)| status));
        Self { ins, sent, received, status }
    }

    /// Whether the card said that it is done: `91 00`, or `90 00` of a command of ISO/IEC 7816-4.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status
            .is_some_and(|status| matches!((status.sw1(), status.sw2()), (0x90 | 0x91, 0x00)))
    }

    /// Whether the card said that it is done, or that more is to come (`91 AF`).
    #[must_use]
    pub fn went_well(&self) -> bool {
        let goes_on = |status: StatusWord| (status.sw1(), status.sw2()) == (0x91, 0xAF);
        self.is_done() || self.status.is_some_and(goes_on)
    }
}

impl<T: Transport> Trace<T> {
    /// Starts an empty list over `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, exchanges: Vec::new() }
    }

    /// The exchanges so far, in order.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }
}

impl<T: Transport> Transport for Trace<T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let result = self.inner.exchange(command, reply);
        let response = result.is_ok().then(|| Response::decode(reply).ok()).flatten();
        let answer = response.map(|response| (reply.len(), response.status));
        self.exchanges.push(Exchange::new(command.get(1).copied(), command.len(), answer));
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

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ins {
            Some(ins) => write!(f, "{ins:02X}")?,
            None => f.write_str("--")?,
        }
        write!(f, " {:>3} {:>3} ", self.sent, self.received)?;
        match self.status {
            Some(status) => status.fmt(f),
            None => f.write_str("----"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Transport for Fixed {
        fn exchange(&mut self, _: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
            reply.clear();
            reply.extend([0xAA, 0xBB, 0x91, 0xAF]);
            Ok(())
        }
    }

    #[test]
    fn an_exchange_shows_header_lengths_and_status_only() {
        let mut trace = Trace::new(Fixed);
        trace.exchange(&[0x90, 0x60, 0x00, 0x00, 0x00], &mut ReplyBuf::new()).unwrap();
        assert_eq!(trace.exchanges()[0].to_string(), "60   5   4 91AF");
    }
}
