// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card whose conversation is disturbed once.

use cardwright::emulator::SoftCard;
use cardwright::iso14443::Uid;
use cardwright::transport::{LinkError, ReplyBuf, Transport};

/// What happens to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The card leaves before the command reaches it.
    Before,
    /// It leaves while it writes a standard file, so many pages of which are written. Whatever else
    /// it does is done or not: the moments before and after.
    Within(usize),
    /// It leaves once it has executed the command.
    After,
    /// Its reply comes with this bit turned, counted round and round.
    Damaged(usize),
    /// Its reply comes without its first byte.
    Cut,
}

/// A software card with one disturbance.
pub(crate) struct Disturbed<'c> {
    pub(crate) card: &'c mut SoftCard,
    /// How many exchanges pass before it.
    pub(crate) left: usize,
    pub(crate) moment: Moment,
    /// Whether it has happened.
    pub(crate) happened: bool,
}

impl Disturbed<'_> {
    fn is_gone(&self) -> bool {
        self.happened && !matches!(self.moment, Moment::Damaged(_) | Moment::Cut)
    }
}

impl Transport for Disturbed<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if !self.happened {
            if let Some(left) = self.left.checked_sub(1) {
                self.left = left;
                return self.card.exchange(command, reply);
            }
            self.happened = true;
            match self.moment {
                Moment::Before => {}
                Moment::After => self.card.exchange(command, reply)?,
                Moment::Within(pages) => {
                    self.card.lose_power_in_write(pages);
                    self.card.exchange(command, reply)?;
                }
                Moment::Damaged(bit) => {
                    self.card.exchange(command, reply)?;
                    let bit = bit % (reply.len() * 8);
                    reply[bit / 8] ^= 1 << (bit % 8);
                    return Ok(());
                }
                Moment::Cut => {
                    self.card.exchange(command, reply)?;
                    if reply.len() > 2 {
                        reply.remove(0);
                        return Ok(());
                    }
                    reply.clear();
                    return Err(LinkError::NoStatusWord);
                }
            }
        }
        if self.is_gone() {
            reply.clear();
            return Err(LinkError::CardRemoved);
        }
        self.card.exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        if self.is_gone() { Err(LinkError::CardRemoved) } else { self.card.uid_in_field() }
    }

    fn is_software(&self) -> bool {
        true
    }
}
