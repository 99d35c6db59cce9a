// SPDX-License-Identifier: MIT OR Apache-2.0
//! A transport that keeps count and the last reply, and sends nothing past what a card may take.

use core::cell::RefCell;

use zeroize::Zeroizing;

use crate::iso14443::Uid;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Ins, Status};

/// How many bytes of a reply are kept: more than any settings or list of a usual card.
const KEPT: usize = 512;

/// How many more exchanges a card is worth that breaks a chain, or does not end one.
const DOUBTED: u32 = 150;

/// A card on a leash. Sessions borrow it one after the other.
pub(super) struct Leash<'t>(RefCell<Inner<'t>>);

struct Inner<'t> {
    card: &'t mut dyn Transport,
    spent: u32,
    left: u32,
    /// How many exchanges the present question may take.
    step: u32,
    reply: Zeroizing<Vec<u8>>,
    gone: Option<LinkError>,
    /// Whether the last reply said that more is to come.
    pending: bool,
}

impl<'t> Leash<'t> {
    pub(super) fn new(card: &'t mut dyn Transport, most: u32) -> Self {
        let reply = Zeroizing::new(Vec::with_capacity(KEPT));
        let (spent, left, step, gone, pending) = (0, most, most, None, false);
        Self(RefCell::new(Inner { card, spent, left, step, reply, gone, pending }))
    }

    /// Lets the next question take so many exchanges.
    pub(super) fn step(&self, exchanges: u32) {
        let mut inner = self.0.borrow_mut();
        inner.step = exchanges;
        inner.reply.clear();
    }

    /// The card is no longer believed to come to an end by itself.
    pub(super) fn doubt(&self) {
        let mut inner = self.0.borrow_mut();
        inner.left = inner.left.min(DOUBTED);
    }

    /// Whether the card waits to be asked for the rest of a reply.
    pub(super) fn is_pending(&self) -> bool {
        self.0.borrow().pending
    }

    pub(super) fn spent(&self) -> u32 {
        self.0.borrow().spent
    }

    /// Why no question can be asked any more.
    pub(super) fn over(&self) -> Option<LinkError> {
        let inner = self.0.borrow();
        inner.gone.or_else(|| (inner.left == 0).then_some(LinkError::OverBudget))
    }

    /// The reply to the last command, its frames joined, without status.
    pub(super) fn reply(&self) -> Zeroizing<Vec<u8>> {
        self.0.borrow().reply.clone()
    }

    pub(super) fn is_software(&self) -> bool {
        self.0.borrow().card.is_software()
    }
}

impl Transport for &Leash<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let inner = &mut *self.0.borrow_mut();
        if let Some(gone) = inner.gone {
            return Err(gone);
        }
        if inner.left == 0 || inner.step == 0 {
            return Err(LinkError::OverBudget);
        }
        inner.left -= 1;
        inner.step -= 1;
        inner.spent += 1;
        if command.get(1) != Some(&Ins::AdditionalFrame.into()) {
            inner.reply.clear();
        }
        let came = inner.card.exchange(command, reply);
        inner.gone = came.err();
        came?;
        inner.pending = reply.ends_with(&[0x91, Status::AdditionalFrame.into()]);
        let data = reply.len().saturating_sub(2);
        let room = KEPT.saturating_sub(inner.reply.len());
        inner.reply.extend(reply.iter().take(data.min(room)));
        Ok(())
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.0.borrow_mut().card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        (**self).is_software()
    }
}
