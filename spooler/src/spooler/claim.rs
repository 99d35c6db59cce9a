// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stations take orders out of the line, under a lease.

use core::time::Duration;

use cardwright::Record;

use super::Spooler;
use crate::error::Error;
use crate::flow::{Event, Mark, OrderId, Refusal};
use crate::personal::Personal;
use crate::rows::{Ask, Attempt, OrderRow, Tx};

/// What a station can do.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct Serves {
    /// Its name, by which its leases are known.
    pub station: String,
    /// The profiles that it has jobs for, by their [meaning](cardwright::Profile::meaning).
    pub profiles: Vec<[u8; 32]>,
    /// Its readers and groups of readers.
    pub places: Vec<String>,
    /// How long it may have an order before it has to [renew](Spooler::renew) the lease: longer than a card
    /// takes to come and to be made.
    pub lease: Duration,
}

/// An order that a station has.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Claim {
    /// The order.
    pub order: OrderId,
    /// The number of this claim, which proves later that nobody else has the order.
    pub fence: i64,
    /// The record, under the order's name.
    pub record: Record,
    /// What the order is called in receipts.
    pub name: String,
    /// The card that it asks for: the one that it was meant for before. No other one will do.
    pub wants: Option<Mark>,
    /// The reader or group, empty for any.
    pub place: String,
    /// Greater goes first.
    pub priority: i64,
    /// The profile, by its meaning.
    pub profile: [u8; 32],
    /// Until when, by the database's clock: milliseconds since 1970.
    pub until: i64,
}

impl Spooler {
    /// The next order for this station. Those whose lease is over come back into the line before.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Seal`] where the order cannot be read.
    pub fn claim(&self, serves: &Serves) -> Result<Option<Claim>, Error> {
        self.run(|tx| {
            self.expire_in(tx)?;
            let ask = Ask { profiles: &serves.profiles, places: &serves.places };
            match tx.next_order(&ask)? {
                Some(order) => self.take_out(tx, order, serves).map(Some),
                None => Ok(None),
            }
        })
    }

    /// That very order, where it waits: the card in the field is its card.
    ///
    /// # Errors
    /// [`Error::Refused`] where it does not wait; else as [`Spooler::claim`].
    pub fn claim_order(&self, order: OrderId, serves: &Serves) -> Result<Claim, Error> {
        self.run(|tx| self.take_out(tx, order, serves))
    }

    fn take_out(&self, tx: &mut dyn Tx, order: OrderId, serves: &Serves) -> Result<Claim, Error> {
        let open = Self::open(tx, order, None)?;
        let (row, _) = self.happen(tx, open, &Event::Claim, None)?;
        let until = tx.now()?.saturating_add(milliseconds(serves.lease));
        let station = Some(serves.station.clone());
        let row = OrderRow { lease: Some(until), station, ..row };
        tx.save_order(&row)?;
        let envelope = tx.personal(order)?.ok_or(Error::Erased { order })?;
        let open = self.tenant.key.wrap().unwrap(&row.name, &envelope)?;
        let record = Personal::from_bytes(open.expose_secret())?.record()?;
        Ok(Claim {
            order,
            fence: row.order.fence,
            record,
            name: hex::encode(row.name),
            wants: row.wants,
            place: row.place,
            priority: row.priority,
            profile: row.profile,
            until,
        })
    }

    /// What a card of this order is made of, for a plan. Nothing happens to the order.
    #[cfg(feature = "service")]
    pub(crate) fn record_of(&self, order: OrderId) -> Result<Record, Error> {
        self.run(|tx| {
            let row = tx.order(order)?.ok_or(Error::NoOrder { order })?;
            let envelope = tx.personal(order)?.ok_or(Error::Erased { order })?;
            let open = self.tenant.key.wrap().unwrap(&row.name, &envelope)?;
            Personal::from_bytes(open.expose_secret())?.record()
        })
    }

    /// Orders whose lease is over go back into the line, or out of it; how many.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn expire(&self) -> Result<usize, Error> {
        self.run(|tx| self.expire_in(tx))
    }

    fn expire_in(&self, tx: &mut dyn Tx) -> Result<usize, Error> {
        let now = tx.now()?;
        let overdue = tx.overdue(now)?;
        for order in &overdue {
            let open = Self::open(tx, *order, None)?;
            self.happen(tx, open, &Event::Expire, None)?;
        }
        Ok(overdue.len())
    }

    /// Another lease from now on.
    ///
    /// # Errors
    /// [`Refusal::LeaseOver`] where somebody else may have the order; [`Error::Store`].
    pub fn renew(&self, order: OrderId, fence: i64, lease: Duration) -> Result<i64, Error> {
        self.run(|tx| {
            let row = tx.order(order)?.ok_or(Error::NoOrder { order })?;
            if row.order.fence != fence || !row.order.state.is_at_a_station() {
                return Err(Refusal::LeaseOver.into());
            }
            let until = tx.now()?.saturating_add(milliseconds(lease));
            tx.save_order(&OrderRow { lease: Some(until), ..row })?;
            Ok(until)
        })
    }

    /// Gives an order back that no card was touched for.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Store`].
    pub fn give_back(&self, order: OrderId, fence: i64) -> Result<(), Error> {
        self.run(|tx| {
            let open = Self::open(tx, order, None)?;
            self.happen(tx, open, &Event::GiveBack { fence }, None).map(drop)
        })
    }

    /// Stores that this card is going to be changed for that order. Only then may it be: where this fails,
    /// the card stays as it is.
    ///
    /// # Errors
    /// [`Error::Refused`] where the order has another card, the card another order, or somebody else the
    /// order; [`Error::Store`].
    pub fn intend(&self, order: OrderId, fence: i64, card: Mark, at: &At<'_>) -> Result<(), Error> {
        self.run(|tx| {
            let open = Self::open(tx, order, Some(card))?;
            self.happen(tx, open, &Event::Intend { fence, card }, at.lot)?;
            let intended = |one: &Attempt| {
                one.fence == fence && one.card == Some(card) && one.outcome == INTENDED
            };
            if tx.attempts(order)?.iter().any(intended) {
                return Ok(());
            }
            let attempt = Attempt {
                order,
                card: Some(card),
                station: at.station.to_owned(),
                reader: at.reader.map(str::to_owned),
                fence,
                outcome: INTENDED.to_owned(),
                code: None,
                grade: None,
                at: tx.now()?,
            };
            Ok(tx.add_attempt(&attempt)?)
        })
    }
}

/// What an attempt is called whose receipt is not there yet.
pub(super) const INTENDED: &str = "intended";

/// Where a card lies.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct At<'a> {
    /// The station.
    pub station: &'a str,
    /// The reader.
    pub reader: Option<&'a str>,
    /// The lot that the blank cards there are of.
    pub lot: Option<&'a str>,
}

pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
