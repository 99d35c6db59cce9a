// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that is taken away at a chosen exchange.

use super::{LinkError, ReplyBuf, Transport};
use crate::iso14443::Uid;

/// A transport whose card leaves the field at one exchange and does not come back.
#[derive(Debug)]
pub struct Tear<T> {
    inner: T,
    left: usize,
    moment: Moment,
    torn: bool,
}

/// When within the exchange the card leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a card executes a command or does not")]
pub enum Moment {
    /// The command never reaches the card.
    BeforeExecution,
    /// The card executes the command, but its answer is lost.
    AfterExecution,
}

impl<T: Transport> Tear<T> {
    /// Lets `exchanges` pass, then tears the next one.
    pub const fn new(inner: T, exchanges: usize, moment: Moment) -> Self {
        Self { inner, left: exchanges, moment, torn: false }
    }

    /// Whether the card has been torn away.
    #[must_use]
    pub const fn torn(&self) -> bool {
        self.torn
    }
}

impl<T: Transport> Transport for Tear<T> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if !self.torn {
            if let Some(left) = self.left.checked_sub(1) {
                self.left = left;
                return self.inner.exchange(command, reply);
            }
            self.torn = true;
            if self.moment == Moment::AfterExecution {
                self.inner.exchange(command, reply)?;
            }
        }
        reply.clear();
        Err(LinkError::CardRemoved)
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

    struct Counting(usize);

    impl Transport for Counting {
        fn exchange(&mut self, _: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
            self.0 += 1;
            reply.clear();
            reply.extend([0x91, 0x00]);
            Ok(())
        }
    }

    #[test]
    fn the_card_executes_the_torn_command_or_does_not() {
        for (moment, executed) in [(Moment::BeforeExecution, 2), (Moment::AfterExecution, 3)] {
            let mut card = Counting(0);
            let mut torn = Tear::new(&mut card, 2, moment);
            let mut reply = ReplyBuf::new();
            assert_eq!(torn.exchange(&[], &mut reply), Ok(()));
            assert_eq!(torn.exchange(&[], &mut reply), Ok(()));
            for _ in 0..3 {
                assert_eq!(torn.exchange(&[], &mut reply), Err(LinkError::CardRemoved));
                assert!(reply.is_empty());
            }
            assert!(torn.torn());
            assert_eq!(card.0, executed);
        }
    }
}
