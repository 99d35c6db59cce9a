// SPDX-License-Identifier: MIT OR Apache-2.0
//! One card on a software reader, and what goes wrong while it lies there.

use core::time::Duration;
use std::thread;

use crate::emulator::soft_card::SoftCard;
use crate::iso14443::{Ats, Uid};
use crate::transport::{LinkError, ReplyBuf, Transport};

/// How a software card lies on a [`SoftReader`](super::SoftReader): as it is, or with what goes wrong at
/// its exchanges, which are counted from 0. One that is handed out again has none of that any more.
#[derive(Debug, Clone)]
pub struct Presentation {
    card: Box<SoftCard>,
    mishaps: Vec<(usize, Mishap)>,
}

/// What goes wrong at an exchange.
#[derive(Debug, Clone)]
enum Mishap {
    /// It takes so much longer.
    Slow(Duration),
    /// The card leaves before it has the command, or before its answer is there.
    Pulled { executed: bool },
    /// The link is disturbed, and the command does not arrive.
    Disturbed,
    /// Another card lies there.
    Swapped(Box<SoftCard>),
}

impl From<SoftCard> for Presentation {
    fn from(card: SoftCard) -> Self {
        Self::of(card)
    }
}

impl Presentation {
    /// A card, put on as it is.
    #[must_use]
    pub fn of(card: SoftCard) -> Self {
        Self { card: Box::new(card), mishaps: Vec::new() }
    }

    /// This exchange takes so much longer: a slow card, or, beyond the deadline of a call, a reader that
    /// hangs.
    #[must_use]
    pub fn slow(self, exchange: usize, time: Duration) -> Self {
        self.with(exchange, Mishap::Slow(time))
    }

    /// The card is pulled before this command reaches it.
    #[must_use]
    pub fn pulled(self, exchange: usize) -> Self {
        self.with(exchange, Mishap::Pulled { executed: false })
    }

    /// The card is pulled when it has executed this command, and its answer is lost.
    #[must_use]
    pub fn pulled_after(self, exchange: usize) -> Self {
        self.with(exchange, Mishap::Pulled { executed: true })
    }

    /// The link is disturbed before this command reaches the card, which stays.
    #[must_use]
    pub fn disturbed(self, exchange: usize) -> Self {
        self.with(exchange, Mishap::Disturbed)
    }

    /// From this exchange on, another card lies there.
    #[must_use]
    pub fn swapped(self, exchange: usize, other: SoftCard) -> Self {
        self.with(exchange, Mishap::Swapped(Box::new(other)))
    }

    fn with(mut self, exchange: usize, mishap: Mishap) -> Self {
        self.mishaps.push((exchange, mishap));
        self
    }

    /// The card comes into the field.
    pub(super) fn lie_down(mut self, pace: Duration) -> Lying {
        self.card.reset();
        let Self { card, mishaps } = self;
        Lying { card, mishaps, pace, exchanges: 0, gone: false, before: Vec::new() }
    }
}

/// A card in the field.
pub(super) struct Lying {
    card: Box<SoftCard>,
    mishaps: Vec<(usize, Mishap)>,
    pace: Duration,
    /// How many exchanges there were.
    exchanges: usize,
    gone: bool,
    /// Those that were swapped.
    before: Vec<SoftCard>,
}

impl Lying {
    /// What it shows of itself.
    pub(super) fn shows(&self) -> (Uid, Ats) {
        (self.card.uid(), self.card.ats())
    }

    /// The cards that lay there, the first first.
    pub(super) fn cards(self) -> impl Iterator<Item = SoftCard> {
        self.before.into_iter().chain([*self.card])
    }

    /// The cards that are off, and the one that lies there now, once more.
    pub(super) fn again(self) -> (Vec<SoftCard>, Presentation) {
        (self.before, Presentation { card: self.card, mishaps: Vec::new() })
    }

    /// The mishaps of this exchange.
    fn due(&mut self) -> Vec<Mishap> {
        let at = self.exchanges;
        self.exchanges += 1;
        let due = self.mishaps.extract_if(.., |(exchange, _)| *exchange == at);
        due.map(|(_, mishap)| mishap).collect()
    }
}

impl Transport for Lying {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        if self.gone {
            reply.clear();
            return Err(LinkError::CardRemoved);
        }
        thread::sleep(self.pace);
        let (mut lost, mut executed) = (None, true);
        for mishap in self.due() {
            match mishap {
                Mishap::Slow(time) => thread::sleep(time),
                Mishap::Pulled { executed: done } => {
                    self.gone = true;
                    (lost, executed) = (Some(LinkError::CardRemoved), done);
                }
                Mishap::Disturbed => {
                    // SCARD_E_COMM_DATA_LOST, as a reader tells a broken frame.
                    (lost, executed) = (Some(LinkError::Reader { code: 0x8010_002F }), false);
                }
                Mishap::Swapped(other) => {
                    let first = core::mem::replace(&mut self.card, other);
                    self.card.reset();
                    self.before.push(*first);
                }
            }
        }
        if executed {
            self.card.exchange(command, reply)?;
        }
        lost.map_or(Ok(()), |lost| {
            reply.clear();
            Err(lost)
        })
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        if self.gone {
            return Err(LinkError::CardRemoved);
        }
        self.card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        true
    }
}
