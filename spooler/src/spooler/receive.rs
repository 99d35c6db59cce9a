// SPDX-License-Identifier: MIT OR Apache-2.0
//! Receipts come in: what a card showed, the order's end and the line for the outside, in one transaction.

use cardwright::Receipt;
use cardwright::encode::{OutcomeName, Recovery, Wrote};
use cardwright::host::Grade;

use super::Spooler;
use super::chain::digest;
use super::claim::At;
use super::erase::renamed;
use crate::error::Error;
use crate::flow::{Case, Ended, Event, Fault, Mark, OrderId, OrderState};
use crate::rows::{Attempt, Chain, Tx};
use crate::seal::random_name;

/// What came of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Where the order stands.
    pub state: OrderState,
    /// The order whose card it was, where it was another's and that one waits for it.
    pub whose: Option<OrderId>,
}

impl Spooler {
    /// Takes a receipt into the books. It counts once, however often it is told.
    ///
    /// # Errors
    /// [`Error::Form`] where the receipt is not of this order; [`Error::Store`], and then the station has to
    /// keep it and tell it again.
    pub fn receive(
        &self,
        order: OrderId,
        fence: i64,
        receipt: &Receipt,
        at: &At<'_>,
    ) -> Result<Received, Error> {
        let text = receipt.to_line().map_err(|_| Error::Form { what: "the receipt" })?;
        let card = receipt.card.as_deref().and_then(Mark::parse);
        self.run(|tx| {
            let open = Self::open(tx, order, card)?;
            let other = open.cards.iter().find(|row| Some(row.card.mark) == card);
            let whose = other
                .map(|row| row.card)
                .filter(|card| card.order != order && card.state.is_in_hand())
                .map(|card| card.order);
            if self.has_line(tx, &open.row.name, &text)? {
                return Ok(Received { state: open.row.order.state, whose });
            }
            // Erased meanwhile: the line says nothing of whose it was.
            let erased = open.row.order.state == OrderState::Erased;
            if !erased && receipt.record != hex::encode(open.row.name) {
                return Err(Error::Form { what: "the receipt, which is of another order," });
            }
            let name = open.row.name;
            let event = Event::Receipt { fence, card, ended: ended(receipt, &open.case(), card) };
            let (row, _) = self.happen(tx, open, &event, at.lot)?;
            let attempt = attempt(order, fence, card, receipt, at, tx.now()?);
            if !tx.end_attempt(&attempt)? {
                tx.add_attempt(&attempt)?;
            }
            let text = if erased { renamed(&text, &random_name()?)? } else { text.clone() };
            self.append(tx, Chain::Receipts, Some(order), (!erased).then_some(name), text)?;
            Ok(Received { state: row.order.state, whose })
        })
    }

    fn has_line(&self, tx: &mut dyn Tx, name: &[u8; 32], text: &str) -> Result<bool, Error> {
        let digest = digest(text);
        Ok(tx.lines_named(Chain::Receipts, name)?.iter().any(|line| line.digest == digest))
    }
}

fn attempt(
    order: OrderId,
    fence: i64,
    card: Option<Mark>,
    receipt: &Receipt,
    at: &At<'_>,
    now: i64,
) -> Attempt {
    Attempt {
        order,
        card,
        station: at.station.to_owned(),
        reader: at.reader.map(str::to_owned),
        fence,
        outcome: receipt.outcome.name().to_owned(),
        code: receipt.code.clone(),
        grade: worst(receipt).and_then(name_of),
        at: now,
    }
}

/// How an attempt ended, by its receipt.
pub(super) fn ended(receipt: &Receipt, case: &Case, card: Option<Mark>) -> Ended {
    let live = case.live().map(|card| card.mark);
    let elsewhere = ["not-permitted", "order-cancelled", "order-expired", "reader-not-there"];
    match (receipt.outcome, receipt.wrote) {
        (OutcomeName::Done | OutcomeName::AlreadyDone | OutcomeName::Prepared, _) => Ended::Done,
        (OutcomeName::Written, _)
        | (OutcomeName::Refused | OutcomeName::Failed, Wrote::Yes | Wrote::Maybe) => Ended::Half,
        // It bore our keys before, and is the order's card: then it is not blank.
        _ if receipt.keyed && card.is_some() && card == live => Ended::Half,
        _ if receipt.code.as_deref().is_some_and(|code| elsewhere.contains(&code)) => {
            Ended::Untouched(Fault::Elsewhere)
        }
        _ => Ended::Untouched(match receipt.recovery {
            Some(Recovery::BadRecord) => Fault::Order,
            Some(Recovery::RejectCard | Recovery::StopStation | Recovery::StopLine) => {
                Fault::Elsewhere
            }
            _ => Fault::Open,
        }),
    }
}

/// The worst grade that a receipt tells, of what nothing else stands for.
fn worst(receipt: &Receipt) -> Option<Grade> {
    let keys = receipt.keys.iter().map(|key| (key.grade, key.ground));
    let settings = receipt.settings.iter().map(|settings| (settings.grade, settings.ground));
    let files = receipt.files.iter().map(|file| (file.grade, file.ground));
    let all = keys.chain(settings).chain(files);
    all.filter_map(|(grade, ground)| ground.is_none().then_some(grade)).min()
}

fn name_of(grade: Grade) -> Option<String> {
    serde_json::to_value(grade).ok()?.as_str().map(str::to_owned)
}
