// SPDX-License-Identifier: MIT OR Apache-2.0
//! The loop that takes orders out of the books and puts their ends in.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use cardwright::Receipt;
use cardwright::station::{Cancel, Doing, Event, Events, Handle, Order, Place, ReaderState};

use super::{Driver, Held, Told};
use crate::error::Error;
use crate::flow::{OrderId, Refusal};
use crate::spooler::{Claim, Serves};

/// How long nothing may happen before the line is looked at again.
const LOOK: Duration = Duration::from_millis(100);

/// An end of an order that is not in the books yet.
struct Untold {
    held: Held,
    reader: Option<String>,
    receipt: Box<Receipt>,
}

/// What the loop remembers.
struct Run<'d, F> {
    driver: &'d Driver,
    handle: Handle,
    tell: F,
    untold: Vec<Untold>,
    halted: bool,
    renewed: Instant,
    /// When the line had nothing for a reader.
    asked: BTreeMap<String, Instant>,
}

impl Driver {
    /// Makes orders until the station is closed or [stopped](Driver::stop). The readers are the station's,
    /// and may come and go. `tell` hears what happens.
    ///
    /// # Errors
    /// The error of the books, where it ends with ends of orders that are not in them: their orders ask for
    /// their cards then. Everything else is told, and waited for.
    pub fn run(
        &self,
        handle: &Handle,
        events: &mut Events,
        tell: impl FnMut(Told<'_>),
    ) -> Result<(), Error> {
        let handle = handle.clone();
        let renewed = Instant::now();
        let (untold, asked) = (Vec::new(), BTreeMap::new());
        let mut run = Run { driver: self, handle, tell, untold, halted: false, renewed, asked };
        while !run.is_over() {
            run.fill();
            run.renew();
            if let Some(event) = events.within(LOOK) {
                run.take(event);
            }
            run.tell_again();
            run.halt_or_not();
        }
        if run.untold.is_empty() {
            return Ok(());
        }
        Err(self.halted().take().unwrap_or(Error::Form { what: "the end of an order" }))
    }
}

impl<F: FnMut(Told<'_>)> Run<'_, F> {
    /// Whether nothing is left to be done. What nobody has begun goes back into the line.
    fn is_over(&self) -> bool {
        if !self.driver.is_stopped() && !self.handle.is_closed() {
            return false;
        }
        let held: Vec<_> = self.driver.held().keys().copied().collect();
        for ticket in held {
            let begun = self.handle.readers().iter().any(|reader| is_encoding(reader, ticket));
            let cancelled = self.handle.cancel(ticket) == Cancel::Cancelled;
            let forgotten = self.handle.is_closed() && !begun && self.handle.untaken() == 0;
            if cancelled || forgotten {
                self.give_back(ticket);
            }
        }
        // What could not be told after a last try stays untold.
        self.driver.held().is_empty() && (self.untold.is_empty() || self.halted)
    }

    fn give_back(&self, ticket: u64) {
        let Some(held) = self.driver.held().remove(&ticket) else { return };
        let back = self.driver.spooler.give_back(held.order, held.fence);
        // Where it is somebody else's by now there is nothing to give back.
        if let Err(error @ Error::Store(_)) = back {
            *self.driver.halted() = Some(error);
        }
    }

    /// Gives each reader that has nothing to do an order of the line.
    fn fill(&mut self) {
        if self.halted || self.handle.is_paused() || self.driver.is_stopped() {
            return;
        }
        for reader in self.handle.readers() {
            let asked = self.asked.get(&reader.name);
            let ready = matches!(reader.doing, Doing::Idle)
                && asked.is_none_or(|asked| asked.elapsed() >= LOOK);
            if !ready || self.driver.held().values().any(|held| held.reader == reader.name) {
                continue;
            }
            let serves = self.serves(&reader);
            match self.driver.spooler.claim(&serves) {
                Ok(Some(claim)) => self.submit(&reader.name, claim, 0),
                Ok(None) => {
                    self.asked.insert(reader.name, Instant::now());
                }
                Err(error) => {
                    *self.driver.halted() = Some(error);
                    return;
                }
            }
        }
    }

    fn serves(&self, reader: &ReaderState) -> Serves {
        let mut places = self.driver.groups.get(&reader.name).cloned().unwrap_or_default();
        places.push(reader.name.clone());
        Serves {
            station: self.driver.name.clone(),
            profiles: self.driver.jobs.keys().copied().collect(),
            places,
            lease: self.driver.lease,
        }
    }

    fn submit(&mut self, reader: &str, claim: Claim, priority: i16) {
        let job = self.driver.jobs.get(&claim.profile).map(Arc::clone);
        // The ticket is the order's number, which is never negative.
        let (Some(job), Ok(ticket)) = (job, u64::try_from(claim.order.0)) else { return };
        (self.tell)(Told::Claimed { reader, claim: &claim });
        let held = Held { order: claim.order, fence: claim.fence, reader: reader.to_owned() };
        self.driver.held().insert(ticket, held);
        let place = Place::Reader(reader.to_owned());
        let order = Order::new(ticket, job, claim.record).at(place).with_priority(priority);
        if self.handle.submit(order).is_err() {
            self.give_back(ticket);
        }
    }

    /// Tells the books that the station lives, three times in a lease.
    fn renew(&mut self) {
        if self.renewed.elapsed() < self.driver.lease / 3 {
            return;
        }
        self.renewed = Instant::now();
        let held: Vec<_> = self.driver.held().clone().into_iter().collect();
        for (ticket, held) in held {
            let renewed = self.driver.spooler.renew(held.order, held.fence, self.driver.lease);
            if renewed == Err(Error::Refused(Refusal::LeaseOver)) {
                // Somebody else may have it. A card in hand is finished: its receipt is true.
                let _told = self.handle.cancel(ticket);
            }
        }
    }

    fn take(&mut self, event: Event) {
        (self.tell)(Told::Station(&event));
        let Event::Finished { reader, ticket, encoded, .. } = event else { return };
        // What was given back has an end, too.
        let Some(held) = self.driver.held().remove(&ticket) else { return };
        let receipt = Box::new(encoded.receipt);
        self.untold.push(Untold { held, reader, receipt });
    }

    /// Puts ends of orders into the books, the oldest first.
    fn tell_again(&mut self) {
        while let Some(untold) = self.untold.first() {
            let Untold { held, reader, receipt } = untold;
            let at = self.driver.at(reader.as_deref());
            match self.driver.spooler.receive(held.order, held.fence, receipt, &at) {
                Ok(received) => {
                    let (order, state) = (held.order, received.state);
                    let reader = reader.clone();
                    self.untold.remove(0);
                    (self.tell)(Told::Received { order, state });
                    if let (Some(order), Some(reader)) = (received.whose, reader) {
                        self.claim_for_card(order, &reader);
                    }
                }
                Err(error) => {
                    *self.driver.halted() = Some(error);
                    return;
                }
            }
        }
    }

    /// The card on that reader is the one that another order asks for: that order goes there next.
    fn claim_for_card(&mut self, order: OrderId, reader: &str) {
        if self.driver.is_stopped() || self.handle.is_closed() {
            return;
        }
        let state = self.handle.readers().into_iter().find(|state| state.name == reader);
        let Some(state) = state else { return };
        let serves = self.serves(&state);
        // Where somebody else has it, or it is of a profile that is not made here, it stays there.
        if let Ok(claim) = self.driver.spooler.claim_order(order, &serves) {
            if self.driver.jobs.contains_key(&claim.profile) {
                self.submit(reader, claim, i16::MAX);
            } else {
                let _back = self.driver.spooler.give_back(claim.order, claim.fence);
            }
        }
    }

    /// Lets no card begin while the books cannot be written.
    fn halt_or_not(&mut self) {
        let error = self.driver.halted().clone();
        match (error, self.halted) {
            (Some(error), false) => {
                self.halted = true;
                self.handle.pause();
                (self.tell)(Told::Halted(&error));
            }
            (Some(_), true) if self.untold.is_empty() => {
                // Whether they can be written again is found out by writing.
                if self.driver.spooler.expire().is_ok() {
                    *self.driver.halted() = None;
                    self.halted = false;
                    self.handle.resume();
                    (self.tell)(Told::Resumed);
                }
            }
            (Some(_) | None, _) => {}
        }
    }
}

fn is_encoding(reader: &ReaderState, ticket: u64) -> bool {
    matches!(reader.doing, Doing::Encoding { ticket: at } if at == ticket)
}
