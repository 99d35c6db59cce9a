// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an operator does. Each is written down with who did it.

use axum::http::StatusCode;
use cardwright::station::{AddError, AwayError};

use super::super::floor::{Deed, Doing};
use super::super::said::Said;
use super::Engine;
use crate::flow::{Mark, OrderId, OrderState, Reason, Word};
use crate::spooler::Spooler;

/// What somebody does at a station.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "whoever does it has to do each")]
pub enum Act {
    /// No card more is begun.
    Pause,
    /// Cards are begun again.
    Resume,
    /// A reader is taken away, once its card is through.
    Away {
        /// Its name.
        reader: String,
    },
    /// A reader that was taken away works again.
    Back {
        /// Its name.
        reader: String,
    },
    /// Something about an order.
    Order {
        /// Its number.
        order: OrderId,
        /// What.
        deed: Deed,
        /// The state and the claim that somebody saw, where they did. It is refused where the order stands
        /// elsewhere by now.
        seen: Option<(OrderState, i64)>,
        /// The card that it is about; the order's own without.
        card: Option<Mark>,
        /// Why, where that is asked.
        reason: Option<Reason>,
        /// Who says the same.
        second: Option<String>,
    },
}

impl Engine {
    /// Does something, in somebody's name. Blocks.
    ///
    /// # Errors
    /// Why not; nothing has changed then. That a reader was to be taken away or brought back stands in the
    /// audit chain also where it did not come about.
    pub fn act(&self, by: &str, act: &Act) -> Result<(), Said> {
        match act {
            Act::Pause => {
                self.spooler().note(by, "paused")?;
                // First what a driver asks that would resume behind a halt.
                self.0.eye.look(|desk| desk.paused = true);
                self.0.handle.pause();
            }
            Act::Resume => {
                self.spooler().note(by, "resumed")?;
                let halted = self.0.eye.look(|desk| {
                    desk.paused = false;
                    desk.halted.is_some()
                });
                // While the books cannot be written it goes on when they can.
                if !halted {
                    self.0.handle.resume();
                }
            }
            Act::Away { reader } => self.take_away(by, reader)?,
            Act::Back { reader } => self.bring_back(by, reader)?,
            Act::Order { order, deed, seen, card, reason, second } => {
                let books = match seen {
                    Some((state, fence)) => self.spooler().as_seen(*state, *fence),
                    None => self.spooler().clone(),
                };
                let word =
                    reason.map(|reason| Word { by: by.to_owned(), reason, second: second.clone() });
                self.about(&books, by, *order, *deed, *card, word.as_ref())?;
            }
        }
        self.0.eye.look(|desk| desk.booked += 1);
        tracing::info!(by, act = act.name(), "somebody did something");
        Ok(())
    }

    fn take_away(&self, by: &str, reader: &str) -> Result<(), Said> {
        let unknown = |error: AwayError| {
            Said::new(StatusCode::NOT_FOUND, "reader-unknown", error.to_string())
        };
        let there = self.0.handle.readers().iter().any(|state| state.name == reader);
        if !there {
            return Err(unknown(AwayError::NotThere { reader: reader.to_owned() }));
        }
        self.spooler().note(by, &format!("reader taken away: {reader}"))?;
        let given = self.0.handle.take_away(reader).map_err(|error| match error {
            AwayError::Hangs { .. } | AwayError::Panicked { .. } => {
                Said::new(StatusCode::CONFLICT, "reader-does-not-come", error.to_string())
            }
            AwayError::NotThere { .. } | _ => unknown(error),
        })?;
        self.0.eye.look(|desk| {
            desk.view(reader).shows(Doing::Gone);
            desk.away.insert(reader.to_owned(), given);
        });
        Ok(())
    }

    fn bring_back(&self, by: &str, reader: &str) -> Result<(), Said> {
        let words = "no reader of this name was taken away";
        let unknown = || Said::new(StatusCode::NOT_FOUND, "reader-unknown", words);
        if !self.0.eye.desk().away.contains_key(reader) {
            return Err(unknown());
        }
        self.spooler().note(by, &format!("reader brought back: {reader}"))?;
        let given = self.0.eye.desk().away.remove(reader).ok_or_else(unknown)?;
        self.0.handle.add(given).map_err(|error: AddError| {
            Said::new(StatusCode::CONFLICT, "reader-does-not-come", error.to_string())
        })?;
        self.0.eye.look(|desk| desk.view(reader).shows(Doing::Idle));
        Ok(())
    }

    fn about(
        &self,
        books: &Spooler,
        by: &str,
        order: OrderId,
        deed: Deed,
        card: Option<Mark>,
        word: Option<&Word>,
    ) -> Result<(), Said> {
        let reason = || {
            let words = "this takes a reason: choose one";
            word.ok_or_else(|| Said::new(StatusCode::UNPROCESSABLE_ENTITY, "reason-missing", words))
        };
        match (deed, deed.fate()) {
            (_, Some(fate)) => {
                let word = reason()?;
                let card = card.map_or_else(|| self.card_of(order), Ok)?;
                books.report(order, card, fate, word)?;
            }
            (Deed::Retry, None) => books.retry(order, by)?,
            (Deed::Release, None) => books.release(order, by)?,
            (Deed::AnotherCard, None) => books.another_card(order, reason()?)?,
            (_, None) => {
                books.cancel(order, by)?;
                self.0.driver.let_go(&self.0.handle, order);
            }
        }
        Ok(())
    }

    /// The order's card that is not reported, or else its last one.
    fn card_of(&self, order: OrderId) -> Result<Mark, Said> {
        let cards = self.spooler().cards(order)?;
        let live = cards.iter().find(|row| row.card.state.is_live());
        let last = || cards.iter().max_by_key(|row| row.since);
        let words = "this order has no card";
        let none = || Said::new(StatusCode::CONFLICT, "order-has-no-card", words);
        live.or_else(last).map(|row| row.card.mark).ok_or_else(none)
    }
}

impl Act {
    /// What it is called in logs.
    const fn name(&self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Away { .. } => "away",
            Self::Back { .. } => "back",
            Self::Order { deed, .. } => deed.name(),
        }
    }
}
