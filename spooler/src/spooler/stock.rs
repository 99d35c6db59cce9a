// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the cards of a lot are.

use core::fmt;

use super::Spooler;
use crate::error::Error;
use crate::flow::{Card, CardState};
use crate::rows::Lot;

/// Where the cards of a lot are: `issued = good + spoiled + samples + returned + in hand`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Account {
    /// Given out of it.
    pub issued: i64,
    /// Released, whatever became of them outside.
    pub good: i64,
    /// Of no use, or destroyed before they left.
    pub spoiled: i64,
    /// Samples.
    pub samples: i64,
    /// Given back blank.
    pub returned: i64,
    /// At the stations: blank, as somebody counted, or not done or not released yet.
    pub in_hand: i64,
    /// Of those that are not accounted for: reported as lost in the house.
    pub lost: i64,
}

impl Account {
    /// How many cards nobody knows the whereabouts of; negative where there are more than were given out.
    #[must_use]
    pub const fn not_accounted(&self) -> i64 {
        self.issued - self.good - self.spoiled - self.samples - self.returned - self.in_hand
    }

    fn count(&mut self, card: &Card) {
        use CardState as S;
        let place = match (card.state, card.released) {
            (S::Sample, _) => &mut self.samples,
            (S::Good | S::Spoiled | S::Destroyed | S::Lost | S::Returned, true) => &mut self.good,
            (S::InHand | S::Keyed | S::Encoded, _) | (S::Good, false) => &mut self.in_hand,
            (S::Spoiled | S::Destroyed, false) => &mut self.spoiled,
            (S::Lost, false) => &mut self.lost,
            // Blank, and counted with the blank ones.
            (S::Returned, false) => return,
        };
        *place += 1;
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issued, good, spoiled, samples, returned, in_hand, lost } = self;
        write!(
            f,
            "issued {issued} = good {good} + spoiled {spoiled} + samples {samples} + returned \
             {returned} + in hand {in_hand}; not accounted: {}",
            self.not_accounted()
        )?;
        if *lost > 0 { write!(f, ", of which {lost} reported as lost") } else { Ok(()) }
    }
}

impl Spooler {
    /// So many cards of a lot are given out to the stations.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn issue(&self, lot: &str, cards: u32, by: &str) -> Result<(), Error> {
        self.with_lot(lot, by, "issued", |lot| {
            lot.issued += i64::from(cards);
            lot.counted += i64::from(cards);
        })
    }

    /// So many blank cards of it were given back.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn give_back_blank(&self, lot: &str, cards: u32, by: &str) -> Result<(), Error> {
        self.with_lot(lot, by, "given back", |lot| {
            lot.returned += i64::from(cards);
            lot.counted -= i64::from(cards);
        })
    }

    /// So many blank cards of it lie at the stations, as somebody counted.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn counted(&self, lot: &str, cards: u32, by: &str) -> Result<(), Error> {
        self.with_lot(lot, by, "counted", |lot| lot.counted = i64::from(cards))
    }

    fn with_lot(
        &self,
        name: &str,
        by: &str,
        what: &str,
        change: impl Fn(&mut Lot),
    ) -> Result<(), Error> {
        self.run(|tx| {
            let lot = tx.lot(name)?;
            let mut lot = lot.unwrap_or_else(|| Lot { name: name.to_owned(), ..Lot::default() });
            change(&mut lot);
            tx.save_lot(&lot)?;
            let Lot { name, issued, returned, counted } = lot;
            let what = format!(
                "{what}: lot {name}, issued {issued}, given back {returned}, blank {counted}"
            );
            self.audit(tx, &what, by, None, None)
        })
    }

    /// Where the cards of a lot are. The blank ones are those that somebody [counted](Spooler::counted).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn account(&self, lot: &str) -> Result<Account, Error> {
        self.run(|tx| {
            let held = tx.lot(lot)?.unwrap_or_default();
            let mut account = Account {
                issued: held.issued,
                returned: held.returned,
                in_hand: held.counted,
                ..Account::default()
            };
            for row in tx.cards_of_lot(lot)? {
                account.count(&row.card);
            }
            Ok(account)
        })
    }
}
