// SPDX-License-Identifier: MIT OR Apache-2.0
//! How much went over a transport.

use super::{LinkError, ReplyBuf, Transport};
use crate::iso14443::Uid;

/// A transport that counts exchanges and bytes.
#[derive(Debug)]
pub struct Meter<T> {
    inner: T,
    traffic: Traffic,
}

/// Counts of whole APDUs, status words included. An exchange counts once it is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// How many commands were tried.
    pub exchanges: u64,
    /// Bytes to the card.
    pub sent: u64,
    /// Bytes from the card.
    pub received: u64,
}

impl<T: Transport> Meter<T> {
    /// Starts counting over `inner`.
    pub const fn new(inner: T) -> Self {
        Self { inner, traffic: Traffic { exchanges: 0, sent: 0, received: 0 } }
    }

    /// The counts so far.
    #[must_use]
    pub const fn traffic(&self) -> Traffic {
        self.traffic
    }
}

impl<T: Transport> Transport for Meter<T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.traffic.exchanges += 1;
        self.traffic.sent += command.len() as u64;
        self.inner.exchange(command, reply)?;
        self.traffic.received += reply.len() as u64;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Transport for Echo {
        fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
            reply.clear();
            reply.extend([0x91, 0x00, 0x00]);
            if command.is_empty() { Err(LinkError::CardRemoved) } else { Ok(()) }
        }
    }

    #[test]
    fn a_lost_answer_counts_as_an_exchange_without_an_answer() {
        let mut meter = Meter::new(Echo);
        meter.exchange(&[0x90, 0x60], &mut ReplyBuf::new()).unwrap();
        meter.exchange(&[], &mut ReplyBuf::new()).unwrap_err();
        assert_eq!(meter.traffic(), Traffic { exchanges: 2, sent: 2, received: 3 });
    }
}
