// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stores keep, and what they have to be able to do. The rules are none of theirs: every store asks
//! [`next`](crate::flow::next).

use crate::error::{Error, StoreError};
use crate::flow::{Card, Mark, Order, OrderId};
use crate::seal::Envelope;

/// What is kept of an order beside its personal part. No value and no name is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct OrderRow {
    /// What decides about it.
    pub order: Order,
    /// What stands for the caller's reference.
    pub name: [u8; 32],
    /// What stands for its contents.
    pub contents: [u8; 32],
    /// What stands for site and credential number, where they were told.
    pub number: Option<[u8; 32]>,
    /// The [meaning](cardwright::profile::Profile::meaning) of the profile with which it was put.
    pub profile: [u8; 32],
    /// The reader, or the group of readers; empty for any.
    pub place: String,
    /// The batch that it came with, and its number there where sequence is kept.
    pub batch: Option<String>,
    /// Its number in a batch whose sequence is kept; 0 without.
    pub sequence: i64,
    /// Greater goes first.
    pub priority: i64,
    /// Not begun after this.
    pub deadline: Option<i64>,
    /// The order that it replaces.
    pub replaces: Option<OrderId>,
    /// The card that it asks for: the one that it was meant for.
    pub wants: Option<Mark>,
    /// Who has it.
    pub station: Option<String>,
    /// Until when.
    pub lease: Option<i64>,
    /// When it was put.
    pub put: i64,
    /// When it was done, cancelled or found to be poison.
    pub ended: Option<i64>,
}

/// What is kept of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct CardRow {
    /// What decides about it.
    pub card: Card,
    /// The lot that it came from.
    pub lot: Option<String>,
    /// Since when it is what it is.
    pub since: i64,
}

/// An order, a card and what came of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Attempt {
    /// The order.
    pub order: OrderId,
    /// The card, where one was there.
    pub card: Option<Mark>,
    /// The station.
    pub station: String,
    /// The reader.
    pub reader: Option<String>,
    /// The number of the claim.
    pub fence: i64,
    /// `intended` until the receipt is there; then the outcome's name.
    pub outcome: String,
    /// The code of the reason (`docs/codes.md`).
    pub code: Option<String>,
    /// The worst grade that its receipt tells.
    pub grade: Option<String>,
    /// When.
    pub at: i64,
}

/// A line of a chain: of receipts, or of what people did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Line {
    /// Its number, from 1.
    pub sequence: i64,
    /// The order that it is about, where these books know it.
    pub order: Option<OrderId>,
    /// What stands for that order's reference.
    pub name: Option<[u8; 32]>,
    /// One line of JSON.
    pub text: String,
    /// SHA-256 of the text as it was first written.
    pub digest: [u8; 32],
    /// The MAC of the line before.
    pub previous: [u8; 32],
    /// Its own MAC, over number, previous MAC and digest.
    pub mac: [u8; 32],
    /// Whether somebody outside has it.
    pub delivered: bool,
}

/// The two chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Chain {
    /// What cards showed.
    Receipts,
    /// What people did.
    Audit,
}

impl Chain {
    /// Its name, which stores keep.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipts => "receipts",
            Self::Audit => "audit",
        }
    }
}

/// Cards as they came from their maker.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct Lot {
    /// Its name.
    pub name: String,
    /// How many cards were given out of it.
    pub issued: i64,
    /// How many blank ones were given back.
    pub returned: i64,
    /// How many blank ones lie at the stations, as somebody counted.
    pub counted: i64,
}

/// A batch as it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores put it together")]
pub struct BatchRow {
    /// Its name.
    pub name: String,
    /// How many orders it has.
    pub count: i64,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// When it was taken.
    pub taken: i64,
}

/// Which order a station would take.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a question to a store")]
pub struct Ask<'a> {
    /// The profiles that the station has jobs for, by their meaning.
    pub profiles: &'a [[u8; 32]],
    /// Its readers and groups of readers.
    pub places: &'a [String],
}

/// One transaction: what it reads stays as it is until it ends, and what it writes happens whole or not.
/// All rows are one tenant's.
#[expect(missing_docs, reason = "each is a row that is read or written")]
#[expect(clippy::missing_errors_doc, reason = "every call may meet a database that is away")]
pub trait Tx {
    /// The database's clock: milliseconds since 1970.
    fn now(&mut self) -> Result<i64, StoreError>;

    fn add_order(&mut self, row: &OrderRow) -> Result<OrderId, StoreError>;
    fn order(&mut self, order: OrderId) -> Result<Option<OrderRow>, StoreError>;
    fn save_order(&mut self, row: &OrderRow) -> Result<(), StoreError>;
    fn order_named(&mut self, name: &[u8; 32]) -> Result<Option<OrderId>, StoreError>;
    /// Those with this number. No other transaction asks for the same number until this one ends, also where
    /// there is none yet: two that came at once would both find none.
    fn orders_numbered(&mut self, number: &[u8; 32]) -> Result<Vec<OrderId>, StoreError>;
    /// The next order that waits and may be begun, which no other transaction has in hand: those that ask
    /// for no card of their own first, then by priority and age.
    fn next_order(&mut self, ask: &Ask<'_>) -> Result<Option<OrderId>, StoreError>;
    /// Orders whose lease was over at that time.
    fn overdue(&mut self, now: i64) -> Result<Vec<OrderId>, StoreError>;
    /// Orders behind that one that ended before that time and are not erased, oldest first.
    fn ended_before(
        &mut self,
        time: i64,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError>;
    /// Orders in a state behind that one, oldest first.
    fn orders_in(
        &mut self,
        state: &str,
        after: OrderId,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError>;
    /// Orders that wait for the card that they were meant for: the end of the line first, so that no more
    /// than these are looked at.
    fn orders_wanting(&mut self, most: i64) -> Result<Vec<OrderId>, StoreError>;
    fn count_orders(&mut self, state: &str) -> Result<i64, StoreError>;

    fn card(&mut self, mark: Mark) -> Result<Option<CardRow>, StoreError>;
    fn cards_of(&mut self, order: OrderId) -> Result<Vec<CardRow>, StoreError>;
    /// [`StoreError::Conflict`] where another transaction has just added it.
    fn add_card(&mut self, row: &CardRow) -> Result<(), StoreError>;
    fn save_card(&mut self, row: &CardRow) -> Result<(), StoreError>;
    fn cards_of_lot(&mut self, lot: &str) -> Result<Vec<CardRow>, StoreError>;

    fn add_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError>;
    /// Gives the attempt of that claim and card its end; false where there is none.
    fn end_attempt(&mut self, attempt: &Attempt) -> Result<bool, StoreError>;
    fn attempts(&mut self, order: OrderId) -> Result<Vec<Attempt>, StoreError>;
    /// What a station tried last, newest first: those whose numbers are below that one, each with its number.
    fn last_attempts(
        &mut self,
        station: &str,
        below: i64,
        most: i64,
    ) -> Result<Vec<(i64, Attempt)>, StoreError>;

    fn save_personal(&mut self, order: OrderId, envelope: &Envelope) -> Result<(), StoreError>;
    fn personal(&mut self, order: OrderId) -> Result<Option<Envelope>, StoreError>;
    /// Overwrites the order's own key.
    fn destroy_key(&mut self, order: OrderId) -> Result<(), StoreError>;
    fn delete_personal(&mut self, order: OrderId) -> Result<(), StoreError>;

    /// The last line, which no other transaction goes behind until this one ends.
    fn last_line(&mut self, chain: Chain) -> Result<Option<Line>, StoreError>;
    fn add_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError>;
    /// Lines behind that number.
    fn lines(&mut self, chain: Chain, after: i64, most: i64) -> Result<Vec<Line>, StoreError>;
    /// Lines that nobody outside has yet.
    fn undelivered(&mut self, chain: Chain, most: i64) -> Result<Vec<Line>, StoreError>;
    fn lines_named(&mut self, chain: Chain, name: &[u8; 32]) -> Result<Vec<Line>, StoreError>;
    fn save_line(&mut self, chain: Chain, line: &Line) -> Result<(), StoreError>;

    fn lot(&mut self, name: &str) -> Result<Option<Lot>, StoreError>;
    fn save_lot(&mut self, lot: &Lot) -> Result<(), StoreError>;

    fn batch(&mut self, name: &str) -> Result<Option<BatchRow>, StoreError>;
    fn add_batch(&mut self, batch: &BatchRow) -> Result<(), StoreError>;

    fn block(&mut self, card: Mark, sealed: &[u8]) -> Result<(), StoreError>;
    fn unblock(&mut self, card: Mark) -> Result<(), StoreError>;
    fn blocked(&mut self) -> Result<Vec<(Mark, Vec<u8>)>, StoreError>;
}

/// What is done in a transaction; once more from the beginning where another one was in the way.
pub type Work<'w> = dyn FnMut(&mut dyn Tx) -> Result<(), Error> + 'w;

/// Where orders are kept.
pub trait Store: Send + Sync {
    /// Does this in one transaction of that tenant: all of it, or nothing where it fails.
    ///
    /// # Errors
    /// What the work says, or [`StoreError`].
    fn transact(&self, tenant: &str, work: &mut Work<'_>) -> Result<(), Error>;

    /// Takes what was deleted out of the files, too, as far as the database lets anybody.
    ///
    /// # Errors
    /// [`StoreError`].
    fn scrub(&self) -> Result<(), StoreError>;
}
