// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two chains of lines: what cards showed, which is also what leaves for the outside, and what people did.
//!
//! A line's MAC is HMAC-SHA-256 over its number, the MAC before and SHA-256 of its text as it was first
//! written, under a key of the tenant's. So a line whose names were taken out later ([`Spooler::erase`])
//! still holds the chain together, and says that it is no longer what it was.

use cardwright::Receipt;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Spooler;
use super::receive::ended;
use crate::error::Error;
use crate::flow::{Event, Mark, OrderId, Word};
use crate::rows::{Chain, Line, Tx};

/// How many lines are looked at together.
const PAGE: i64 = 1000;

/// What a chain is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Checked {
    /// How many lines it has.
    pub lines: i64,
    /// How many of them were changed when their order was erased.
    pub erased: i64,
    /// The last MAC, zeros without a line: who keeps it elsewhere can tell whether lines are gone.
    pub last: [u8; 32],
}

pub(super) fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Spooler {
    pub(super) fn append(
        &self,
        tx: &mut dyn Tx,
        chain: Chain,
        order: Option<OrderId>,
        name: Option<[u8; 32]>,
        text: String,
    ) -> Result<(), Error> {
        let last = tx.last_line(chain)?;
        let previous = last.as_ref().map_or([0; 32], |line| line.mac);
        let sequence = last.map_or(0, |line| line.sequence) + 1;
        let digest = digest(&text);
        let mac = self.mac(chain, sequence, &previous, &digest);
        let line = Line { sequence, order, name, text, digest, previous, mac, delivered: false };
        Ok(tx.add_line(chain, &line)?)
    }

    fn mac(&self, chain: Chain, sequence: i64, previous: &[u8], digest: &[u8]) -> [u8; 32] {
        let line = [&sequence.to_be_bytes(), previous, digest].concat();
        self.tenant.key.mac(chain.name(), &line)
    }

    /// What proves of a line that its text was changed when its order was erased.
    pub(super) fn erased(&self, line: &Line) -> [u8; 32] {
        let sequence = line.sequence.to_be_bytes();
        let texts = [&sequence[..], &line.digest, &digest(&line.text)].concat();
        self.tenant.key.mac("erased", &texts)
    }

    /// Writes down what somebody did.
    pub(super) fn audit(
        &self,
        tx: &mut dyn Tx,
        what: &str,
        by: &str,
        order: Option<OrderId>,
        about: Option<(Option<Mark>, &Word)>,
    ) -> Result<(), Error> {
        let word = about.map(|(_, word)| word);
        let text = json!({
            "at": tx.now()?,
            "what": what,
            "by": by,
            "order": order.map(|order| order.0),
            "card": about.and_then(|(card, _)| card).map(|card| card.to_string()),
            "reason": word.map(|word| word.reason.name()),
            "second": word.and_then(|word| word.second.as_deref()),
        });
        self.append(tx, Chain::Audit, order, None, text.to_string())
    }

    /// Writes down what somebody did that is no order's: paused a station, changed a rule.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn note(&self, by: &str, what: &str) -> Result<(), Error> {
        self.run(|tx| self.audit(tx, what, by, None, None))
    }

    /// Lines behind that number.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn lines(&self, chain: Chain, after: i64, most: i64) -> Result<Vec<Line>, Error> {
        self.run(|tx| Ok(tx.lines(chain, after, most)?))
    }

    /// The last line.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn last_line(&self, chain: Chain) -> Result<Option<Line>, Error> {
        self.run(|tx| Ok(tx.last_line(chain)?))
    }

    /// Receipts that nobody outside has yet. They come again until they are [delivered](Spooler::delivered).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn outbox(&self, most: i64) -> Result<Vec<Line>, Error> {
        self.run(|tx| Ok(tx.undelivered(Chain::Receipts, most)?))
    }

    /// Somebody outside has these lines now.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn delivered(&self, lines: &[Line]) -> Result<(), Error> {
        self.run(|tx| {
            for line in lines {
                let held = tx.lines(Chain::Receipts, line.sequence - 1, 1)?.pop();
                let held = held.filter(|held| held.mac == line.mac);
                let held = held.ok_or(Error::Chain { sequence: line.sequence })?;
                tx.save_line(Chain::Receipts, &Line { delivered: true, ..held })?;
            }
            Ok(())
        })
    }

    /// Somebody outside has all lines up to this one, which its MAC proves.
    ///
    /// # Errors
    /// [`Error::Chain`] where there is no such line; [`Error::Store`].
    pub fn delivered_to(&self, sequence: i64, mac: &[u8; 32]) -> Result<usize, Error> {
        let held = self.lines(Chain::Receipts, sequence.saturating_sub(1), 1)?.pop();
        if !held.is_some_and(|held| held.sequence == sequence && held.mac == *mac) {
            return Err(Error::Chain { sequence });
        }
        let mut taken = 0;
        loop {
            let lines = self.outbox(PAGE)?.into_iter().filter(|line| line.sequence <= sequence);
            let lines: Vec<Line> = lines.collect();
            if lines.is_empty() {
                return Ok(taken);
            }
            self.delivered(&lines)?;
            taken += lines.len();
        }
    }

    /// Whether a chain is as it was written.
    ///
    /// # Errors
    /// [`Error::Chain`] for the first line that is not; [`Error::Store`].
    pub fn check(&self, chain: Chain) -> Result<Checked, Error> {
        let mut checked = Checked::default();
        loop {
            let lines = self.lines(chain, checked.lines, PAGE)?;
            if lines.is_empty() {
                return Ok(checked);
            }
            for line in lines {
                self.follows(chain, &line, checked.lines, &checked.last)?;
                if digest(&line.text) != line.digest {
                    // Changed when its order was erased, and by nobody else.
                    if line.name != Some(self.erased(&line)) {
                        return Err(Error::Chain { sequence: line.sequence });
                    }
                    checked.erased += 1;
                }
                checked.lines = line.sequence;
                checked.last = line.mac;
            }
        }
    }

    fn follows(&self, chain: Chain, line: &Line, last: i64, mac: &[u8; 32]) -> Result<(), Error> {
        let fits = line.sequence == last + 1
            && line.previous == *mac
            && line.mac == self.mac(chain, line.sequence, mac, &line.digest);
        if fits { Ok(()) } else { Err(Error::Chain { sequence: line.sequence }) }
    }

    /// Whether the books still have the last line that somebody outside got. Where a backup of yesterday
    /// was put back they do not, and no card may be begun before the lines behind it are
    /// [handed in](Spooler::catch_up): the orders in them would be made twice.
    ///
    /// # Errors
    /// [`Error::Behind`]; [`Error::Chain`] where the books went another way; [`Error::Store`].
    pub fn reaches(&self, sequence: i64, mac: &[u8; 32]) -> Result<(), Error> {
        self.run(|tx| {
            let last = tx.last_line(Chain::Receipts)?.map_or(0, |line| line.sequence);
            if last < sequence {
                return Err(Error::Behind { reached: sequence, last });
            }
            let held = tx.lines(Chain::Receipts, sequence - 1, 1)?.pop();
            let same = sequence == 0 || held.is_some_and(|held| held.mac == *mac);
            if same { Ok(()) } else { Err(Error::Chain { sequence }) }
        })
    }

    /// Hands in lines that left these books before a backup was put back. The card's mark in each tells
    /// which card its order has; where an order itself is not in the books any more, it is told when it is
    /// [put](Spooler::put) again.
    ///
    /// # Errors
    /// [`Error::Chain`] for a line that does not go behind the last one: then none was taken;
    /// [`Error::Store`].
    pub fn catch_up(&self, lines: &[Line]) -> Result<usize, Error> {
        self.run(|tx| {
            let last = tx.last_line(Chain::Receipts)?;
            let (mut sequence, mut mac) =
                last.map_or((0, [0; 32]), |line| (line.sequence, line.mac));
            let mut taken = 0;
            for line in lines.iter().filter(|line| line.sequence > sequence).collect::<Vec<_>>() {
                self.follows(Chain::Receipts, line, sequence, &mac)?;
                let order = match line.name {
                    Some(name) => tx.order_named(&name)?,
                    None => None,
                };
                tx.add_line(Chain::Receipts, &Line { order, delivered: true, ..line.clone() })?;
                if let (Some(order), Ok(receipt)) =
                    (order, serde_json::from_str::<Receipt>(&line.text))
                {
                    self.learn(tx, order, &receipt)?;
                }
                (sequence, mac) = (line.sequence, line.mac);
                taken += 1;
            }
            Ok(taken)
        })
    }

    /// Lets an order know of a receipt whose claim these books know nothing of.
    pub(super) fn learn(
        &self,
        tx: &mut dyn Tx,
        order: OrderId,
        receipt: &Receipt,
    ) -> Result<(), Error> {
        let card = receipt.card.as_deref().and_then(Mark::parse);
        let open = Self::open(tx, order, card)?;
        let ended = ended(receipt, &open.case(), card);
        // No claim has this number.
        self.happen(tx, open, &Event::Receipt { fence: -1, card, ended }, None).map(drop)
    }
}
