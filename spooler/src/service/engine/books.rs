// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the books say of the floor: the last ends, the hour, the line, the stock.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use super::super::floor::{Deed, End, Hour, LAST, Line, Lot, Seen, Wanted};
use super::super::words::words;
use super::Engine;
use crate::error::Error;
use crate::flow::OrderState;
use crate::rows::{Attempt, CardRow, OrderRow};
use crate::spooler::Account;

/// An hour, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

/// How many attempts are read at once, and how many at most: more than a station makes in an hour.
const PAGE: i64 = 500;
const PAGES: usize = 20;

/// How many orders that ask for their card are shown.
const WANTED: i64 = 20;

/// Now, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What was read of the books.
#[derive(Debug, Clone, Default)]
pub(super) struct Books {
    pub(super) ends: Vec<End>,
    pub(super) line: Line,
    /// The attempts of the hour, newest first, each with its number.
    hour: VecDeque<(i64, i64, Kind)>,
    pub(super) stock: Vec<Lot>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Done,
    Written,
    Refused,
    Failed,
    Unknown,
}

fn kind(attempt: &Attempt) -> Kind {
    match attempt.outcome.as_str() {
        "done" | "already-done" | "prepared" => Kind::Done,
        "written" => Kind::Written,
        "refused" => Kind::Refused,
        "failed" => Kind::Failed,
        _ => Kind::Unknown,
    }
}

impl Books {
    /// Reads what may have changed: the last attempts, as far as those that are known, and the line.
    pub(super) fn read(
        &mut self,
        engine: &Engine,
        call: impl Fn(crate::flow::Mark) -> String,
    ) -> Result<(), Error> {
        let spooler = engine.spooler();
        let last = spooler.last_attempts(engine.name(), i64::MAX, 60)?;
        // They come as they began, and stand as they ended.
        let mut ends: Vec<_> =
            last.iter().filter(|(_, attempt, _)| kind(attempt) != Kind::Unknown).collect();
        ends.sort_by_key(|(number, attempt, _)| core::cmp::Reverse((attempt.at, *number)));
        let ends = ends.into_iter().take(LAST).map(|(number, attempt, row)| {
            Ok(end(*number, attempt, row, &spooler.cards(attempt.order)?))
        });
        self.ends = ends.collect::<Result<_, Error>>()?;
        self.take_in(&last);
        let count = |state| Ok::<_, Error>(u64::try_from(spooler.count(state)?).unwrap_or(0));
        let wanting = spooler.wanting(WANTED)?.into_iter().filter_map(|row| {
            let (order, card) = (row.order.id.0, call(row.wants?));
            let seen = Seen::new(row.order.state, row.order.fence);
            Some(Wanted { order, card, seen, may: may(&row) })
        });
        self.line = Line {
            waiting: count(OrderState::Waiting)?,
            at_station: count(OrderState::Claimed)? + count(OrderState::Intended)?,
            encoded: count(OrderState::Encoded)?,
            poison: count(OrderState::Poison)?,
            wanted: wanting.collect(),
        };
        Ok(())
    }

    /// Reads the hour anew, page by page from the last attempt backwards.
    pub(super) fn read_hour(&mut self, engine: &Engine) -> Result<(), Error> {
        let (mut below, since) = (i64::MAX, now() - HOUR);
        self.hour.clear();
        for _ in 0..PAGES {
            let page = engine.spooler().last_attempts(engine.name(), below, PAGE)?;
            let Some((last, oldest, _)) = page.last() else { return Ok(()) };
            below = *last;
            let over = oldest.at < since;
            let page = page.iter().map(|(number, attempt, _)| (*number, attempt.at, kind(attempt)));
            self.hour.extend(page);
            if over {
                break;
            }
        }
        Ok(())
    }

    /// Takes the last attempts in: new ones, and those of which the end is known by now.
    fn take_in(&mut self, last: &[(i64, Attempt, OrderRow)]) {
        let Some((oldest, _, _)) = last.last() else { return };
        self.hour.retain(|(number, _, _)| number < oldest);
        for (number, attempt, _) in last.iter().rev() {
            self.hour.push_front((*number, attempt.at, kind(attempt)));
        }
        let since = now() - HOUR;
        while self.hour.back().is_some_and(|(_, at, _)| *at < since) {
            self.hour.pop_back();
        }
    }

    /// The figures of the hour; `times` are when cards were done and how long each took.
    pub(super) fn hour(&self, times: &VecDeque<(i64, u64)>) -> Hour {
        let since = now() - HOUR;
        let mut hour = Hour::default();
        for (_, at, kind) in &self.hour {
            if *at < since {
                continue;
            }
            *match kind {
                Kind::Done => &mut hour.done,
                Kind::Written => &mut hour.written,
                Kind::Refused => &mut hour.refused,
                Kind::Failed => &mut hour.failed,
                Kind::Unknown => &mut hour.unknown,
            } += 1;
        }
        let times: Vec<u64> =
            times.iter().filter(|(at, _)| *at >= since).map(|(_, took)| *took).collect();
        let number = u64::try_from(times.len()).unwrap_or(u64::MAX);
        hour.mean = times.iter().sum::<u64>().checked_div(number).unwrap_or_default();
        hour
    }

    /// Reads the sum of a lot, which looks at each of its cards.
    pub(super) fn read_stock(&mut self, engine: &Engine, lot: &str) -> Result<(), Error> {
        let account = engine.spooler().account(lot)?;
        self.stock = vec![sum(lot, &account)];
        Ok(())
    }
}

/// An account for whoever reads it.
pub(super) fn sum(lot: &str, account: &Account) -> Lot {
    let rows = vec![
        ("issued", account.issued),
        ("good", account.good),
        ("spoiled", account.spoiled),
        ("samples", account.samples),
        ("returned", account.returned),
        ("in hand", account.in_hand),
        ("lost in the house", account.lost),
        ("not accounted for", account.not_accounted()),
    ];
    Lot { name: lot.to_owned(), rows, sum: account.to_string() }
}

fn end(number: i64, attempt: &Attempt, row: &OrderRow, cards: &[CardRow]) -> End {
    End {
        number,
        at: attempt.at,
        reader: attempt.reader.clone().unwrap_or_default(),
        order: attempt.order.0,
        outcome: attempt.outcome.clone(),
        code: attempt.code.clone(),
        words: attempt.code.as_deref().map(words).unwrap_or_default(),
        grade: attempt.grade.clone().unwrap_or_default(),
        seen: Seen::new(row.order.state, row.order.fence),
        may: may_with(row, cards),
    }
}

/// What somebody may do about an order as it stands with these cards: of one that was reported already, or of
/// none, nothing more is said.
#[must_use]
pub fn may_with(row: &OrderRow, cards: &[CardRow]) -> Vec<Deed> {
    let live = cards.iter().any(|row| row.card.state.is_live());
    may(row).into_iter().filter(|deed| live || deed.fate().is_none()).collect()
}

/// What somebody may do about an order as it stands, whatever became of its cards.
#[must_use]
pub fn may(row: &OrderRow) -> Vec<Deed> {
    use Deed as D;
    let (order, has) = (row.order, row.wants.is_some());
    let mut may = Vec::new();
    match order.state {
        OrderState::Poison => {
            may.push(D::Retry);
            may.extend(order.held.then_some(D::AnotherCard));
        }
        OrderState::Waiting => may.extend(order.held.then_some(D::AnotherCard)),
        OrderState::Encoded => may.extend([D::Release, D::Spoiled, D::Lost]),
        OrderState::Done => may.extend([D::Spoiled, D::Lost, D::Returned]),
        // While a station has it only what no card is in hand for can be withdrawn.
        OrderState::Claimed | OrderState::Intended => {}
        OrderState::Cancelled | OrderState::Erased => {}
    }
    if matches!(order.state, OrderState::Waiting | OrderState::Poison) {
        may.extend(if has { &[D::Spoiled, D::Lost][..] } else { &[D::Cancel] });
    }
    if order.state == OrderState::Claimed && !has {
        may.push(D::Cancel);
    }
    may
}
