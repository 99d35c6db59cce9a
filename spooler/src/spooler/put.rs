// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders come in: once, whatever else comes twice.

use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use cardwright::{Profile, Receipt, Record};

use super::Spooler;
use crate::error::Error;
use crate::flow::{Order, OrderId, OrderState};
use crate::personal::Personal;
use crate::rows::{Chain, OrderRow, Tx};

/// How a replacement stands to the order that it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "each is decided about")]
pub enum Policy {
    /// The same credential number. Refused until the former card is reported: both would open the same doors.
    SameNumber,
    /// The same number at the next issue level; the readers refuse the former one.
    NextIssue,
    /// A number of its own.
    NewNumber,
}

/// An order that is put in line.
pub struct Put {
    reference: String,
    record: Record,
    profile: [u8; 32],
    site: String,
    number: Option<String>,
    control: Option<String>,
    place: String,
    priority: i16,
    deadline: Option<SystemTime>,
    sample: bool,
    by_word: bool,
    replaces: Option<(OrderId, Policy)>,
    same_number: bool,
}

impl fmt::Debug for Put {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Put(<secret>)")
    }
}

impl Put {
    /// An order for a card of this profile with this record, by the caller's reference for it: the same
    /// reference with the same contents is the same order.
    #[must_use]
    pub fn new(reference: impl Into<String>, profile: &Profile, record: Record) -> Self {
        Self {
            reference: reference.into(),
            record,
            profile: profile.meaning(),
            site: String::new(),
            number: None,
            control: None,
            place: String::new(),
            priority: 0,
            deadline: None,
            sample: false,
            by_word: false,
            replaces: None,
            same_number: false,
        }
    }

    /// The credential number and the site in which it opens doors: twice is a question.
    #[must_use]
    pub fn with_number(self, site: impl Into<String>, number: impl Into<String>) -> Self {
        Self { site: site.into(), number: Some(number.into()), ..self }
    }

    /// What a door controller blocks the card by, as the profile names it.
    #[must_use]
    pub fn with_control(self, control: impl Into<String>) -> Self {
        Self { control: Some(control.into()), ..self }
    }

    /// The reader, or the group of readers, that has to do it.
    #[must_use]
    pub fn at(self, place: impl Into<String>) -> Self {
        Self { place: place.into(), ..self }
    }

    /// Greater goes first; 0 is usual.
    #[must_use]
    pub fn with_priority(self, priority: i16) -> Self {
        Self { priority, ..self }
    }

    /// Not begun after this.
    #[must_use]
    pub fn with_deadline(self, deadline: SystemTime) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// A sample, which is nobody's.
    #[must_use]
    pub fn as_sample(self) -> Self {
        Self { sample: true, ..self }
    }

    /// The card is released by somebody's word only ([`Spooler::release`]), as after it was printed.
    #[must_use]
    pub fn released_by_word(self) -> Self {
        Self { by_word: true, ..self }
    }

    /// In place of another order.
    #[must_use]
    pub fn replacing(self, order: OrderId, policy: Policy) -> Self {
        Self { replaces: Some((order, policy)), ..self }
    }

    /// The answer to [`Error::SameNumber`]: it is meant.
    #[must_use]
    pub fn with_the_same_number(self) -> Self {
        Self { same_number: true, ..self }
    }
}

/// An order that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// Its number.
    pub order: OrderId,
    /// Whether it came for the first time.
    pub new: bool,
}

impl Spooler {
    /// Puts an order in line, once: the same reference with the same contents is the order that is there.
    ///
    /// # Errors
    /// [`Error::OtherContents`], [`Error::SameNumber`], [`Error::NotReported`], [`Error::NotNew`],
    /// [`Error::NoOrder`] for the one that it replaces; [`Error::Store`].
    pub fn put(&self, put: &Put) -> Result<Taken, Error> {
        self.run(|tx| self.take_in(tx, put, None, 0))
    }

    /// Puts orders in line, all of them or none.
    ///
    /// # Errors
    /// What [`Spooler::put`] says of one of them, and which it is, from 0.
    pub fn put_all(&self, puts: &[Put]) -> Result<Vec<Taken>, (usize, Error)> {
        let mut at = 0;
        let taken = self.run(|tx| {
            let one = |(number, put)| {
                at = number;
                self.take_in(tx, put, None, 0)
            };
            puts.iter().enumerate().map(one).collect()
        });
        taken.map_err(|error| (at, error))
    }

    pub(super) fn take_in(
        &self,
        tx: &mut dyn Tx,
        put: &Put,
        batch: Option<&str>,
        sequence: i64,
    ) -> Result<Taken, Error> {
        let key = &self.tenant.key;
        let name = self.name_of(&put.reference);
        let personal = Personal::new(&put.record, &name, put.control.as_deref())?.to_bytes()?;
        let contents = key.name("contents", &personal);
        let number = put.number.as_ref().map(|number| {
            let site = put.site.len().to_string();
            key.name("number", [&*site, ":", &put.site, number].concat().as_bytes())
        });
        let row = OrderRow {
            order: Order { sample: put.sample, at_once: !put.by_word, ..Order::new(OrderId(0)) },
            name,
            contents,
            number,
            profile: put.profile,
            place: put.place.clone(),
            batch: batch.map(str::to_owned),
            sequence,
            priority: i64::from(put.priority),
            deadline: put.deadline.map(milliseconds),
            replaces: put.replaces.map(|(order, _)| order),
            wants: None,
            station: None,
            lease: None,
            put: tx.now()?,
            ended: None,
        };
        if let Some(order) = tx.order_named(&name)? {
            let there = tx.order(order)?.ok_or(Error::NoOrder { order })?;
            if !is_same(&there, &row) {
                return Err(Error::OtherContents { order });
            }
            return Ok(Taken { order, new: false });
        }
        self.question(tx, put, number.as_ref())?;
        let order = tx.add_order(&row)?;
        tx.save_personal(order, &key.wrap().envelop(&name, &personal)?)?;
        self.remember(tx, order, &name)?;
        Ok(Taken { order, new: true })
    }

    /// Whether this number may be made.
    fn question(&self, tx: &mut dyn Tx, put: &Put, number: Option<&[u8; 32]>) -> Result<(), Error> {
        let mut answered = Vec::new();
        if let Some((order, policy)) = put.replaces {
            let former = Self::open(tx, order, None)?;
            match policy {
                Policy::SameNumber => {
                    let state = former.row.order.state;
                    let over = [OrderState::Done, OrderState::Cancelled, OrderState::Erased];
                    if former.case().live().is_some() || !over.contains(&state) {
                        return Err(Error::NotReported { order });
                    }
                }
                Policy::NextIssue => {}
                Policy::NewNumber if number.is_some() && former.row.number.as_ref() == number => {
                    return Err(Error::NotNew { order });
                }
                Policy::NewNumber => {}
            }
            // It, and those that it replaced itself.
            let mut at = Some(order);
            while let Some(order) = at.filter(|order| !answered.contains(order)) {
                answered.push(order);
                at = tx.order(order)?.and_then(|row| row.replaces);
            }
        }
        let Some(number) = number.filter(|_| !put.same_number) else { return Ok(()) };
        for order in tx.orders_numbered(number)? {
            let other = tx.order(order)?.map(|row| row.order.state);
            if other != Some(OrderState::Cancelled) && !answered.contains(&order) {
                return Err(Error::SameNumber { order });
            }
        }
        Ok(())
    }

    /// Receipts may be there before their order: books of yesterday were put back, and the lines behind
    /// them handed in again.
    fn remember(&self, tx: &mut dyn Tx, order: OrderId, name: &[u8; 32]) -> Result<(), Error> {
        for line in tx.lines_named(Chain::Receipts, name)? {
            let Ok(receipt) = serde_json::from_str::<Receipt>(&line.text) else { continue };
            self.learn(tx, order, &receipt)?;
        }
        Ok(())
    }
}

/// Whether an order was put as this one is, in whatever it says: nothing of what comes later is dropped in
/// silence.
fn is_same(there: &OrderRow, put: &OrderRow) -> bool {
    let said = |row: &OrderRow| {
        let Order { sample, at_once, .. } = row.order;
        let decides = (row.contents, row.profile, row.number, row.replaces);
        (decides, sample, at_once, row.place.clone(), row.priority, row.deadline)
    };
    said(there) == said(put)
}

/// Since 1970; what is before counts as then.
fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
