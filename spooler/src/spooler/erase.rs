// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders are erased: first their own key, then what it enciphered, and their names in receipts.

use cardwright::Receipt;

use super::Spooler;
use super::claim::milliseconds;
use crate::error::Error;
use crate::flow::{Event, OrderId};
use crate::rows::{Chain, Line, OrderRow, Tx};
use crate::seal::random_name;

/// How many orders one look for those that are due erases.
const MOST: i64 = 1000;

impl Spooler {
    /// Erases an order: its own key is overwritten, then its personal part deleted, and what its receipts
    /// call it by keyed anew, so that nobody can join them with it any more, with no key. What is left says
    /// that there was a card, what it showed and what became of it. A card that is lost stays on the list to
    /// block. Its reference is free then: an order that comes under it is a new one.
    ///
    /// # Errors
    /// [`Error::Refused`] while a station has it or a card of it is in hand; [`Error::Store`].
    pub fn erase(&self, order: OrderId, by: &str) -> Result<(), Error> {
        self.erase_one(order, by)?;
        Ok(self.store.scrub()?)
    }

    /// Erases the orders whose time is over, by the tenant's [retention](crate::Tenant::with_retention) and
    /// the database's clock; how many. Those with a card in hand stay until it is reported.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn erase_due(&self) -> Result<usize, Error> {
        let Some(retention) = self.tenant.retention else { return Ok(0) };
        let (mut erased, mut after) = (0, OrderId(0));
        loop {
            let due = self.run(|tx| {
                let time = tx.now()?.saturating_sub(milliseconds(retention));
                Ok(tx.ended_before(time, after, MOST)?)
            })?;
            // Those that stay are not in the way of those behind them.
            let Some(last) = due.last() else { break };
            after = *last;
            for order in due {
                match self.erase_one(order, "retention") {
                    Ok(()) => erased += 1,
                    Err(Error::Refused(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if erased > 0 {
            self.store.scrub()?;
        }
        Ok(erased)
    }

    fn erase_one(&self, order: OrderId, by: &str) -> Result<(), Error> {
        self.run(|tx| {
            let open = Self::open(tx, order, None)?;
            let name = open.row.name;
            let (row, _) = self.happen(tx, open, &Event::Erase, None)?;
            tx.destroy_key(order)?;
            self.rename(tx, &name)?;
            let row = OrderRow { name: random_name()?, contents: random_name()?, ..row };
            tx.save_order(&row)?;
            self.audit(tx, "erased", by, Some(order), None)
        })?;
        // Once the key is gone for good.
        self.run(|tx| Ok(tx.delete_personal(order)?))
    }

    /// Keys anew what receipts call the order by. The mark of the record's values in them was made with the
    /// former name, which is nowhere then: no value can be tried against it.
    fn rename(&self, tx: &mut dyn Tx, name: &[u8; 32]) -> Result<(), Error> {
        let other = random_name()?;
        for line in tx.lines_named(Chain::Receipts, name)? {
            let line = Line { text: renamed(&line.text, &other)?, ..line };
            let line = Line { name: Some(self.erased(&line)), ..line };
            tx.save_line(Chain::Receipts, &line)?;
        }
        Ok(())
    }
}

/// A receipt's line under another name.
pub(super) fn renamed(text: &str, name: &[u8; 32]) -> Result<String, Error> {
    const FORM: Error = Error::Form { what: "a receipt" };
    let mut receipt: Receipt = serde_json::from_str(text).map_err(|_| FORM)?;
    receipt.record = hex::encode(name);
    receipt.order = None;
    receipt.to_line().map_err(|_| FORM)
}
