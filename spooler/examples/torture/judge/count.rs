// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards against receipts.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use cardwright::Receipt;
use cardwright::encode::OutcomeName;

use super::Sight;
use crate::shared::Failure;

/// A card.
pub(super) struct Made {
    pub(super) mark: String,
    pub(super) sight: Sight,
    /// Somebody said that it is of no use.
    pub(super) spoiled: bool,
    /// It came under what was meant for another card.
    pub(super) swapped_in: bool,
}

/// What the receipts tell: which card of which order is done.
pub(super) struct Told {
    done: BTreeSet<(String, String)>,
    /// Lines, those that came twice once.
    lines: usize,
    /// Lines that came again, and again the same.
    twice: usize,
    /// Numbers of lines that are missing, or came with two texts.
    odd: usize,
}

impl Told {
    pub(super) fn read(lines: Vec<(String, String)>) -> Result<Self, Failure> {
        let mut known: BTreeMap<u64, String> = BTreeMap::new();
        let mut told = Self { done: BTreeSet::new(), lines: 0, twice: 0, odd: 0 };
        for (number, text) in lines {
            match known.insert(number.parse()?, text.clone()) {
                Some(before) if before == text => told.twice += 1,
                Some(_) => told.odd += 1,
                None => {}
            }
        }
        told.lines = known.len();
        let last = known.keys().next_back().copied().unwrap_or(0);
        told.odd += usize::try_from(last)?.saturating_sub(known.len());
        for text in known.values() {
            let receipt: Receipt = serde_json::from_str(text)?;
            let done = [OutcomeName::Done, OutcomeName::AlreadyDone].contains(&receipt.outcome);
            if let Some(card) = receipt.card.filter(|_| done) {
                told.done.insert((receipt.record, card));
            }
        }
        Ok(told)
    }

    /// Loses what is told of an order.
    pub(super) fn forget(&mut self, order: &str) {
        self.done.retain(|(of, _)| of != order);
    }
}

/// What there is.
#[derive(Debug, Default)]
pub(super) struct Count {
    orders: usize,
    cards: usize,
    blank: usize,
    bare: usize,
    spoiled: usize,
    lines: usize,
    twice: usize,
    credentials: usize,
    // What has to be nothing.
    half: usize,
    strange: usize,
    without_card: usize,
    with_two: usize,
    receipt_alone: usize,
    card_alone: usize,
    odd: usize,
}

impl Count {
    /// Orders are their numbers by their names in receipts.
    pub(super) fn of(orders: &BTreeMap<String, String>, made: &[Made], told: &Told) -> Self {
        let numbers: BTreeMap<&str, &str> =
            orders.iter().map(|(name, number)| (&**number, &**name)).collect();
        let mut count = Self {
            orders: orders.len(),
            cards: made.len(),
            spoiled: made.iter().filter(|made| made.spoiled).count(),
            lines: told.lines,
            twice: told.twice,
            odd: told.odd,
            ..Self::default()
        };
        // What opens a door, by order: all of it, and what nobody calls spoiled.
        let mut opening = BTreeSet::new();
        let mut valid: BTreeMap<&str, usize> = BTreeMap::new();
        for card in made {
            match card.sight {
                Sight::Blank => count.blank += 1,
                Sight::Bare if card.swapped_in => count.bare += 1,
                Sight::Bare | Sight::Half => count.half += usize::from(!card.spoiled),
                Sight::Opens { number, whole } => {
                    let Some(name) = numbers.get(&*number.to_string()) else {
                        count.strange += 1;
                        continue;
                    };
                    opening.insert(((*name).to_owned(), card.mark.clone()));
                    if card.spoiled {
                        continue;
                    }
                    count.half += usize::from(!whole);
                    *valid.entry(name).or_default() += 1;
                    let receipt = ((*name).to_owned(), card.mark.clone());
                    count.card_alone += usize::from(!told.done.contains(&receipt));
                }
            }
        }
        count.credentials = valid.values().sum();
        count.with_two = valid.values().filter(|cards| **cards > 1).count();
        count.without_card = orders.len().saturating_sub(valid.len());
        count.receipt_alone = told.done.difference(&opening).count();
        count
    }

    const fn faults(&self) -> [(&'static str, usize); 7] {
        [
            ("orders without a card", self.without_card),
            ("orders with two cards", self.with_two),
            ("receipts without a card", self.receipt_alone),
            ("cards without a receipt", self.card_alone),
            ("cards half made, not spoiled", self.half),
            ("cards with a number of no order", self.strange),
            ("lines missing, or with two texts", self.odd),
        ]
    }

    pub(super) fn is_right(&self) -> bool {
        self.orders > 0 && self.faults().iter().all(|(_, count)| *count == 0)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = [
            ("orders", self.orders),
            ("cards there ever were", self.cards),
            ("  blank", self.blank),
            ("  empty, after another card's command", self.bare),
            ("  reported as of no use", self.spoiled),
            ("  with an order's credential", self.credentials),
            ("lines of the outbox", self.lines),
            ("  that came twice", self.twice),
        ];
        for (what, count) in seen.into_iter().chain(self.faults()) {
            writeln!(f, "{what:46}{count:8}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> BTreeMap<String, String> {
        [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())].into()
    }

    fn card(mark: &str, number: u32) -> Made {
        let sight = Sight::Opens { number, whole: true };
        Made { mark: mark.to_owned(), sight, spoiled: false, swapped_in: false }
    }

    fn line(record: &str, card: &str) -> String {
        format!(
            r#"{{"record":"{record}","outcome":"done","wrote":"yes","recovery":null,
            "profile":{{"name":"door","sha256":"00"}},"card":"{card}","keys":[],"settings":[],
            "files":[],"started":"","finished":"","exchanges":1,"sent":1,"received":1}}"#
        )
    }

    fn told(lines: &[(u32, &str, &str)]) -> Told {
        let lines = lines.iter();
        let lines = lines.map(|(number, record, card)| (number.to_string(), line(record, card)));
        Told::read(lines.collect()).unwrap()
    }

    fn faults(made: &[Made], told: &Told) -> Vec<&'static str> {
        let count = Count::of(&orders(), made, told);
        let faults = count.faults().into_iter().filter(|(_, count)| *count > 0);
        let faults: Vec<_> = faults.map(|(what, _)| what).collect();
        assert_eq!(count.is_right(), faults.is_empty());
        faults
    }

    const BOTH: [(u32, &str, &str); 3] = [(1, "a", "x"), (2, "b", "y"), (2, "b", "y")];

    #[test]
    fn one_card_and_one_receipt_for_each_order_is_right() {
        assert!(faults(&[card("x", 1), card("y", 2)], &told(&BOTH)).is_empty());
        let spoiled = Made { spoiled: true, ..card("z", 1) };
        assert!(faults(&[card("x", 1), card("y", 2), spoiled], &told(&BOTH)).is_empty());
    }

    #[test]
    fn every_fault_is_found() {
        let both = || vec![card("x", 1), card("y", 2)];
        let with = |more: Made| both().into_iter().chain([more]).collect::<Vec<_>>();
        let found = |made: &[Made]| faults(made, &told(&BOTH));
        let alone = "cards without a receipt";
        assert_eq!(found(&with(card("z", 1))), ["orders with two cards", alone]);
        assert_eq!(found(&with(card("z", 3))), ["cards with a number of no order"]);
        let half = Made { sight: Sight::Half, ..card("z", 0) };
        assert_eq!(found(&with(half)), ["cards half made, not spoiled"]);
        let bare = |swapped_in| Made { sight: Sight::Bare, swapped_in, ..card("z", 0) };
        assert_eq!(found(&with(bare(false))), ["cards half made, not spoiled"]);
        assert!(found(&with(bare(true))).is_empty());
        assert_eq!(found(&both()[..1]), ["orders without a card", "receipts without a card"]);
        assert_eq!(faults(&both(), &told(&BOTH[..1])), [alone]);
        let lost = told(&[(1, "a", "x"), (3, "b", "y")]);
        assert_eq!(faults(&both(), &lost), ["lines missing, or with two texts"]);
        let two = told(&[(1, "a", "x"), (2, "b", "y"), (2, "a", "x")]);
        assert!(faults(&both(), &two).contains(&"lines missing, or with two texts"));
    }

    #[test]
    fn without_orders_nothing_is_right() {
        let none = BTreeMap::new();
        assert!(!Count::of(&none, &[], &told(&[])).is_right());
    }
}
