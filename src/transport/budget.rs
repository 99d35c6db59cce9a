// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one card may cost, beside the deadline of each exchange.

use core::time::Duration;

use super::{LinkError, ReplyBuf, Transport};
use crate::iso14443::Uid;

/// How many exchanges and how much time a card may take before it counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "exchanges and time")]
pub struct Budget {
    /// How many commands are sent.
    pub exchanges: u64,
    /// From the first moment to the last command sent.
    pub time: Duration,
}

impl Default for Budget {
    /// 4096 exchanges and two minutes. Filling a card of 32 Kbytes and reading it back takes some
    /// 1300 exchanges, and under a minute.
    fn default() -> Self {
        Self { exchanges: 4096, time: Duration::from_secs(120) }
    }
}

/// A transport that sends nothing past a [`Budget`]: whatever a card or a reader answers, and however
/// slowly, the conversation ends. An exchange that has begun is not cut short.
#[expect(missing_debug_implementations, reason = "a clock shows nothing of use")]
pub struct Budgeted<T, C> {
    inner: T,
    left: u64,
    time: Duration,
    clock: C,
}

impl<T: Transport, C: Fn() -> Duration> Budgeted<T, C> {
    /// Spends by a clock that tells how long ago it began.
    pub const fn new(inner: T, budget: Budget, clock: C) -> Self {
        Self { inner, left: budget.exchanges, time: budget.time, clock }
    }
}

impl<T: Transport, C: Fn() -> Duration> Transport for Budgeted<T, C> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if self.left == 0 || (self.clock)() >= self.time {
            self.left = 0;
            return Err(LinkError::OverBudget);
        }
        self.left -= 1;
        self.inner.exchange(command, reply)
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
            reply.extend([0x91, 0xAF]);
            Ok(())
        }

        fn is_software(&self) -> bool {
            true
        }
    }

    #[test]
    fn nothing_is_sent_past_the_exchanges_or_the_time() {
        let time = Duration::from_secs(60);
        for (budget, sent) in
            [(Budget { exchanges: 3, time }, 3), (Budget { exchanges: 3, time: time / 2 }, 0)]
        {
            let mut transport = Budgeted::new(Counting(0), budget, || Duration::from_secs(30));
            assert!(transport.is_software());
            let went = (0..5).filter(|_| transport.exchange(&[0x90], &mut ReplyBuf::new()).is_ok());
            assert_eq!(went.count(), sent);
            let error = transport.exchange(&[0x90], &mut ReplyBuf::new());
            assert_eq!(error, Err(LinkError::OverBudget));
            assert_eq!(transport.inner.0, sent);
        }
    }
}
