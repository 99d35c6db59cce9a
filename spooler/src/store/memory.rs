// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders in memory, for tests and trials: gone with the program.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, StoreError};
use crate::flow::{Mark, Order, OrderId, OrderState};
use crate::rows::{Ask, Attempt, BatchRow, CardRow, Chain, Line, Lot, OrderRow, Store, Tx, Work};
use crate::seal::Envelope;

/// Orders in memory. A transaction works on a copy, so it is for hundreds of them.
#[derive(Debug, Default)]
pub struct Memory {
    tenants: Mutex<BTreeMap<String, Books>>,
}

impl Memory {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for Memory {
    fn transact(&self, tenant: &str, work: &mut Work<'_>) -> Result<(), Error> {
        // What panicked under the lock has changed a copy.
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let mut books = tenants.get(tenant).cloned().unwrap_or_default();
        work(&mut books)?;
        tenants.insert(tenant.to_owned(), books);
        Ok(())
    }

    fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[derive(Debug, Clone, Default)]
struct Books {
    orders: BTreeMap<OrderId, OrderRow>,
    cards: BTreeMap<Mark, CardRow>,
    attempts: Vec<Attempt>,
    personal: BTreeMap<OrderId, Envelope>,
    chains: BTreeMap<Chain, Vec<Line>>,
    lots: BTreeMap<String, Lot>,
    batches: BTreeMap<String, BatchRow>,
    blocks: BTreeMap<Mark, Vec<u8>>,
}

impl Books {
    fn ids(&self, which: impl Fn(&OrderRow) -> bool) -> Vec<OrderId> {
        self.orders.values().filter(|row| which(row)).map(|row| row.order.id).collect()
    }

    /// Whether everything before it in its batch is through.
    fn is_next_in_batch(&self, row: &OrderRow) -> bool {
        let open = |other: &OrderRow| {
            other.batch == row.batch && (1..row.sequence).contains(&other.sequence) && {
                let state = other.order.state;
                state.is_at_a_station()
                    || [OrderState::Waiting, OrderState::Poison].contains(&state)
            }
        };
        row.sequence == 0 || !self.orders.values().any(open)
    }

    fn chain(&self, chain: Chain) -> impl Iterator<Item = &Line> {
        self.chains.get(&chain).into_iter().flatten()
    }
}

fn some<T>(most: i64, all: impl Iterator<Item = T>) -> Vec<T> {
    all.take(usize::try_from(most).unwrap_or(0)).collect()
}

impl Tx for Books {
    fn now(&mut self) -> Result<i64, StoreError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn add_order(&mut self, row: &OrderRow) -> Result<OrderId, StoreError> {
        let last = self.orders.last_key_value().map_or(0, |(id, _)| id.0);
        let id = OrderId(last + 1);
        self.orders.insert(id, OrderRow { order: Order { id, ..row.order }, ..row.clone() });
        Ok(id)
    }

    fn order(&mut self, order: OrderId) -> Result<Option<OrderRow>, StoreError> {
        Ok(self.orders.get(&order).cloned())
    }

    fn save_order(&mut self, row: &OrderRow) -> Result<(), StoreError> {
        self.orders.insert(row.order.id, row.clone());
        Ok(())
    }

    fn order_named(&mut self, name: &[u8; 32]) -> Result<Option<OrderId>, StoreError> {
        Ok(self.ids(|row| row.name == *name).first().copied())
    }

    fn orders_numbered(&mut self, number: &[u8; 32]) -> Result<Vec<OrderId>, StoreError> {
        Ok(self.ids(|row| row.number == Some(*number)))
    }

    fn next_order(&mut self, ask: &Ask<'_>) -> Result<Option<OrderId>, StoreError> {
        let now = self.now()?;
        let may = |row: &&OrderRow| {
            row.order.state == OrderState::Waiting
                && !row.order.held
                && ask.profiles.contains(&row.profile)
                && (row.place.is_empty() || ask.places.contains(&row.place))
                && row.deadline.is_none_or(|deadline| deadline >= now)
                && self.is_next_in_batch(row)
        };
        let first = |row: &&OrderRow| (row.wants.is_some(), -row.priority, row.order.id);
        Ok(self.orders.values().filter(may).min_by_key(first).map(|row| row.order.id))
    }

    fn overdue(&mut self, now: i64) -> Result<Vec<OrderId>, StoreError> {
        Ok(self.ids(|row| {
            row.order.state.is_at_a_station() && row.lease.is_some_and(|lease| lease <= now)
        }))
    }

    fn ended_before(
        &mut self,
        time: i64,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let over = self.ids(|row| {
            let ended = row.ended.is_some_and(|ended| ended < time);
            row.order.state != OrderState::Erased && ended && row.order.id > after
        });
        Ok(some(most, over.into_iter()))
    }

    fn orders_in(
        &mut self,
        state: &str,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let there = |row: &OrderRow| row.order.state.name() == state && row.order.id > after;
        Ok(some(most, self.ids(there).into_iter()))
    }

    fn orders_wanting(&mut self, most: i64) -> Result<Vec<OrderId>, StoreError> {
        let wanting = |row: &OrderRow| {
            row.order.state == OrderState::Waiting && !row.order.held && row.wants.is_some()
        };
        Ok(some(most, self.ids(wanting).into_iter().rev()))
    }

    fn count_orders(&mut self, state: &str) -> Result<i64, StoreError> {
        let number = self.ids(|row| row.order.state.name() == state).len();
        Ok(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn card(&mut self, mark: Mark) -> Result<Option<CardRow>, StoreError> {
        Ok(self.cards.get(&mark).cloned())
    }

    fn cards_of(&mut self, order: OrderId) -> Result<Vec<CardRow>, StoreError> {
        Ok(self.cards.values().filter(|row| row.card.order == order).cloned().collect())
    }

    fn add_card(&mut self, row: &CardRow) -> Result<(), StoreError> {
        self.save_card(row)
    }

    fn save_card(&mut self, row: &CardRow) -> Result<(), StoreError> {
        self.cards.insert(row.card.mark, row.clone());
        Ok(())
    }

    fn cards_of_lot(&mut self, lot: &str) -> Result<Vec<CardRow>, StoreError> {
        Ok(self.cards.values().filter(|row| row.lot.as_deref() == Some(lot)).cloned().collect())
    }

    fn add_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        self.attempts.push(attempt.clone());
        Ok(())
    }

    fn end_attempt(&mut self, attempt: &Attempt) -> Result<bool, StoreError> {
        let same = |one: &&mut Attempt| {
            (one.order, one.fence, one.card) == (attempt.order, attempt.fence, attempt.card)
                && one.outcome == "intended"
        };
        let begun = self.attempts.iter_mut().find(same);
        Ok(begun.map(|one| *one = attempt.clone()).is_some())
    }

    fn attempts(&mut self, order: OrderId) -> Result<Vec<Attempt>, StoreError> {
        Ok(self.attempts.iter().filter(|attempt| attempt.order == order).cloned().collect())
    }

    fn last_attempts(
        &mut self,
        station: &str,
        below: i64,
        most: i64,
    ) -> Result<Vec<(i64, Attempt)>, StoreError> {
        let numbered: Vec<_> = (1..).zip(&self.attempts).collect();
        let newest = numbered.into_iter().rev();
        let there = newest.filter(|(number, one)| *number < below && one.station == station);
        Ok(some(most, there.map(|(number, one)| (number, one.clone()))))
    }

    fn save_personal(&mut self, order: OrderId, envelope: &Envelope) -> Result<(), StoreError> {
        self.personal.insert(order, envelope.clone());
        Ok(())
    }

    fn personal(&mut self, order: OrderId) -> Result<Option<Envelope>, StoreError> {
        Ok(self.personal.get(&order).cloned())
    }

    fn destroy_key(&mut self, order: OrderId) -> Result<(), StoreError> {
        if let Some(envelope) = self.personal.get_mut(&order) {
            envelope.key.fill(0);
        }
        Ok(())
    }

    fn delete_personal(&mut self, order: OrderId) -> Result<(), StoreError> {
        self.personal.remove(&order);
        Ok(())
    }

    fn last_line(&mut self, chain: Chain) -> Result<Option<Line>, StoreError> {
        Ok(self.chain(chain).last().cloned())
    }

    fn add_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError> {
        self.chains.entry(chain).or_default().push(line.clone());
        Ok(())
    }

    fn lines(&mut self, chain: Chain, after: i64, most: i64) -> Result<Vec<Line>, StoreError> {
        Ok(some(most, self.chain(chain).filter(|line| line.sequence > after).cloned()))
    }

    fn undelivered(&mut self, chain: Chain, most: i64) -> Result<Vec<Line>, StoreError> {
        Ok(some(most, self.chain(chain).filter(|line| !line.delivered).cloned()))
    }

    fn lines_named(&mut self, chain: Chain, name: &[u8; 32]) -> Result<Vec<Line>, StoreError> {
        Ok(self.chain(chain).filter(|line| line.name == Some(*name)).cloned().collect())
    }

    fn save_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError> {
        let mut lines = self.chains.entry(chain).or_default().iter_mut();
        if let Some(one) = lines.find(|one| one.sequence == line.sequence) {
            *one = line.clone();
        }
        Ok(())
    }

    fn lot(&mut self, name: &str) -> Result<Option<Lot>, StoreError> {
        Ok(self.lots.get(name).cloned())
    }

    fn save_lot(&mut self, lot: &Lot) -> Result<(), StoreError> {
        self.lots.insert(lot.name.clone(), lot.clone());
        Ok(())
    }

    fn batch(&mut self, name: &str) -> Result<Option<BatchRow>, StoreError> {
        Ok(self.batches.get(name).cloned())
    }

    fn add_batch(&mut self, batch: &BatchRow) -> Result<(), StoreError> {
        self.batches.insert(batch.name.clone(), batch.clone());
        Ok(())
    }

    fn block(&mut self, card: Mark, sealed: &[u8]) -> Result<(), StoreError> {
        self.blocks.insert(card, sealed.to_vec());
        Ok(())
    }

    fn unblock(&mut self, card: Mark) -> Result<(), StoreError> {
        self.blocks.remove(&card);
        Ok(())
    }

    fn blocked(&mut self) -> Result<Vec<(Mark, Vec<u8>)>, StoreError> {
        Ok(self.blocks.iter().map(|(card, sealed)| (*card, sealed.clone())).collect())
    }
}
