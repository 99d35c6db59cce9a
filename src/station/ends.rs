// SPDX-License-Identifier: MIT OR Apache-2.0
//! How orders end: as their encoder reports, and as none does.

use std::sync::Arc;

use super::event::Event;
use super::order::Order;
use crate::encode::{DoneCards, Encoded, Failure, Origin, Outcome, Refusal};
use crate::iso14443::Uid;

/// For whom and where cards are made, and which are done.
#[derive(Clone, Default)]
pub(super) struct Ends {
    pub(super) done: Option<DoneCards>,
    pub(super) origin: Origin,
}

impl Ends {
    /// What receipts tell of an order at a reader.
    pub(super) fn origin(&self, order: &Order, reader: Option<&str>) -> Origin {
        let Origin { order: whole, station, .. } = self.origin.clone();
        let reader = reader.map(str::to_owned);
        Origin { order: order.reference.clone().or(whole), station, reader }
    }

    /// What the card that was there holds is unknown; without a card nothing was written. Another
    /// record may take it then, as any card that was left half-way.
    pub(super) fn broken_off(
        &self,
        reader: &str,
        order: Arc<Order>,
        card: Option<&Uid>,
        failure: Failure,
    ) -> Event {
        let batch = order.batch.as_ref();
        let mut encoded = Encoded::broken_off(&order.job, batch, &order.record, card, failure);
        self.origin(&order, Some(reader)).stamp(&mut encoded.receipt);
        if let Some(done) = &self.done {
            done.enter(&encoded.receipt);
        }
        finished(Some(reader), order, encoded)
    }

    /// An order that came to no card.
    pub(super) fn refused(&self, order: Arc<Order>, refusal: Refusal) -> Event {
        let outcome = Outcome::Refused(refusal);
        let mut encoded =
            Encoded::without_card(&order.job, order.batch.as_ref(), &order.record, outcome);
        self.origin(&order, None).stamp(&mut encoded.receipt);
        finished(None, order, encoded)
    }
}

/// The end of an order.
pub(super) fn finished(reader: Option<&str>, order: Arc<Order>, encoded: Encoded) -> Event {
    let ticket = order.ticket;
    let order = Arc::unwrap_or_clone(order).after(&encoded).map(Box::new);
    Event::Finished { reader: reader.map(str::to_owned), ticket, encoded: Box::new(encoded), order }
}
