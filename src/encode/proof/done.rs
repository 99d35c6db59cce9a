// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which record each finished card is for, by the card's mark.
//!
//! A UID names one card. Where a card comes whose UID is that of a finished one, for another record,
//! it is that card, or a reader, a relay or a copy shows its UID: nothing on it tells which. So its
//! caller is asked, by a refusal that names the record, before anything is changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::encode::proof::mark::Named;
use crate::encode::proof::receipt::Receipt;

/// The finished cards of a tenant, by their marks: those of receipts that were read, and those that
/// were made since. Clones share them, so that every reader of a line knows the others' cards.
#[derive(Debug, Clone, Default)]
pub struct DoneCards(Arc<Mutex<HashMap<String, Holding>>>);

/// What a card is for.
#[derive(Debug)]
struct Holding {
    record: Name,
    /// Whether it is done with that; else it is in somebody's hands.
    done: bool,
}

/// A record by its reference; where it has none, by its line and the mark of its values. Receipts of older
/// versions have the mark of its file.
type Name = (String, Option<String>);

impl DoneCards {
    /// Takes down what a receipt says of its card, those before it being taken down already. One
    /// that is blank again is nobody's.
    pub fn enter(&self, receipt: &Receipt) {
        let Some(mark) = &receipt.card else { return };
        let done = receipt.outcome.is_well();
        let mark_of_it = receipt.contents.clone().or_else(|| receipt.records.clone());
        let record = (receipt.record.clone(), mark_of_it.filter(|_| receipt.is_unnamed()));
        let mut cards = self.lock();
        if done && receipt.job.enters_done() {
            cards.insert(mark.clone(), Holding { record, done });
        } else if done && receipt.job.strikes_out() {
            cards.remove(mark);
        } else if receipt.job.takes_in_hand() {
            // What was not finished may become another record's card.
            let given_back = |holding: &Holding| !holding.done && holding.record == record;
            if cards.get(mark).is_some_and(given_back) {
                cards.remove(mark);
            }
        }
    }

    /// Takes a card in hand for a record, unless it is another one's.
    ///
    /// # Errors
    /// The record that it is for.
    pub(crate) fn take(&self, mark: String, record: &Named) -> Result<(), String> {
        let contents = record.contents.filter(|_| record.unnamed);
        let record = (record.label.clone(), contents.map(|mark| mark.to_string()));
        let mut cards = self.lock();
        match cards.get(&mark) {
            Some(holding) if holding.record != record => Err(holding.record.0.clone()),
            Some(_) => Ok(()),
            None => {
                cards.insert(mark, Holding { record, done: false });
                Ok(())
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Holding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
