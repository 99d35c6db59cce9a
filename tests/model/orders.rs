// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every order of claim, intent, write, receipt, crash, expired lease and report of two stations with three
//! orders and three cards, and of two of each with an operator: whatever happens, no order has two cards out there that its books do not know of.
//!
//! The books are `next` of the spooler, as every store asks it. Beside them lie the cards as they are: what
//! a station wrote stays on a card, whether anybody has heard of it or not.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a model may panic, and every state is walked"
)]
#![expect(clippy::print_stdout, reason = "how far the walk was is told")]

#[expect(dead_code, unreachable_pub, reason = "stores ask the flow more than the model does")]
#[expect(
    clippy::allow_attributes,
    reason = "what is expected of public items is not of private ones"
)]
#[allow(unfulfilled_lint_expectations, reason = "as above")]
#[path = "../../spooler/src"]
mod spooler {
    pub mod flow;
}

use std::time::Instant;

use spooler::flow::{
    Card, CardState, Case, Ended, Event, Fate, Fault, Mark, Order, OrderId, OrderState, Reason,
    Refusal, Rules, Word, next,
};
use stateright::{Checker, Model, Property};

const STATIONS: usize = 2;
const ORDERS: usize = 3;
const CARDS: usize = 3;

/// What is on a card, whoever knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Chip {
    Blank,
    /// Bears an order's keys, and perhaps its credential.
    Half(usize),
    Done(usize),
}

/// What a station has, all of which it forgets when it crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Station {
    Idle,
    Holds {
        order: usize,
        fence: i64,
    },
    /// The intent is stored, and nothing is written yet.
    At {
        order: usize,
        fence: i64,
        card: usize,
    },
    Writing {
        order: usize,
        fence: i64,
        card: usize,
    },
    /// Knows how it ended, and has told nobody.
    Ended {
        order: usize,
        fence: i64,
        card: usize,
        ended: End,
    },
}

impl Station {
    fn claim(&mut self) -> Option<(usize, &mut i64)> {
        match self {
            Self::Idle => None,
            Self::Holds { order, fence }
            | Self::At { order, fence, .. }
            | Self::Writing { order, fence, .. }
            | Self::Ended { order, fence, .. } => Some((*order, fence)),
        }
    }

    const fn card(self) -> Option<usize> {
        match self {
            Self::Idle | Self::Holds { .. } => None,
            Self::At { card, .. } | Self::Writing { card, .. } | Self::Ended { card, .. } => {
                Some(card)
            }
        }
    }

    fn with_card(mut self, other: usize) -> Self {
        if let Self::At { card, .. } | Self::Writing { card, .. } | Self::Ended { card, .. } =
            &mut self
        {
            *card = other;
        }
        self
    }
}

/// [`Ended`], which has no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum End {
    Done,
    Half,
    Untouched,
    Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct World {
    orders: [Order; ORDERS],
    books: Vec<Card>,
    chips: [Chip; CARDS],
    stations: [Station; STATIONS],
    /// How often operators may still report a card, and put poison back into the line.
    words: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Action {
    Claim(usize, usize),
    Present(usize, usize),
    Write(usize),
    Finish(usize),
    /// The card is torn away.
    Pull(usize),
    Tell(usize),
    Crash(usize),
    Expire(usize),
    /// Somebody reports an order's card.
    Report(usize, usize, Fate),
    AnotherCard(usize),
    Retry(usize),
    Cancel(usize),
}

struct Walk {
    rules: Rules,
    /// How many of the orders and of the cards are there.
    orders: usize,
    cards: usize,
    /// How often operators say something in a walk.
    words: u8,
}

impl Model for Walk {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let orders = core::array::from_fn(|at| Order::new(id(at)));
        vec![World {
            orders,
            books: Vec::new(),
            chips: [Chip::Blank; CARDS],
            stations: [Station::Idle; STATIONS],
            words: self.words,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        for (at, station) in world.stations.iter().enumerate() {
            match station {
                Station::Idle => {
                    actions.extend((0..self.orders).map(|order| Action::Claim(at, order)));
                }
                Station::Holds { .. } => {
                    actions.extend(
                        world.cards_to_present(self.cards).map(|card| Action::Present(at, card)),
                    );
                }
                Station::At { .. } => actions.extend([Action::Write(at), Action::Pull(at)]),
                Station::Writing { .. } => actions.extend([Action::Finish(at), Action::Pull(at)]),
                Station::Ended { .. } => actions.push(Action::Tell(at)),
            }
            if *station != Station::Idle {
                actions.push(Action::Crash(at));
            }
        }
        actions.extend((0..ORDERS).map(Action::Expire));
        // One order is as good as another one for what people say.
        actions.extend([Action::AnotherCard(0), Action::Cancel(0)]);
        if world.words > 0 {
            actions.push(Action::Retry(0));
            for card in 0..self.cards {
                actions.push(Action::Report(0, card, Fate::Lost));
                if world.is_free(card) && world.chips[card] == Chip::Blank {
                    actions.push(Action::Report(0, card, Fate::MadeBlank));
                }
            }
        }
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut world = last.clone();
        self.act(&mut world, action).ok()?;
        let world = world.without_what_makes_no_difference();
        (world != *last).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no order has two cards out there", |_, world: &World| {
                (0..ORDERS).all(|order| world.cards_out_there(order) <= 1)
            }),
            Property::always("no order has two cards in the books", |_, world: &World| {
                (0..ORDERS).all(|order| world.case(order, None).holds())
            }),
            Property::always("a done order has a done card", |_, world: &World| {
                (0..ORDERS).all(|order| world.is_truly_done(order))
            }),
            Property::always("what bears our keys is in the books", |_, world: &World| {
                (0..CARDS).all(|card| world.knows_of(card))
            }),
            Property::always("the line never stands still", |walk, world: &World| {
                world.is_over() || !walk.next_steps(world).is_empty()
            }),
            Property::sometimes("all orders are done", |walk: &Self, world: &World| {
                let orders = world.orders.iter().filter(|order| order.state == OrderState::Done);
                orders.count() == walk.orders
            }),
            Property::sometimes("a slow station is told after its lease", |_, world: &World| {
                let done = world.orders.iter().find(|order| order.state == OrderState::Done);
                done.is_some_and(|order| order.tries > 0)
            }),
            Property::sometimes("an order has its second card", |walk: &Self, world: &World| {
                walk.words == 0
                    || world.orders.iter().any(|order| {
                        let its = world.books.iter().filter(|card| card.order == order.id);
                        order.state == OrderState::Done && its.count() > 1
                    })
            }),
            Property::sometimes("an order is poison", |_, world: &World| {
                world.orders.iter().any(|order| order.state == OrderState::Poison)
            }),
        ]
    }
}

fn id(at: usize) -> OrderId {
    OrderId(i64::try_from(at).unwrap())
}

fn mark(card: usize) -> Mark {
    Mark([u8::try_from(card).unwrap(); 32])
}

impl World {
    fn case(&self, order: usize, card: Option<usize>) -> Case {
        let its =
            |one: &&Card| one.order == id(order) || card.is_some_and(|card| one.mark == mark(card));
        Case { order: self.orders[order], cards: self.books.iter().filter(its).copied().collect() }
    }

    fn is_free(&self, card: usize) -> bool {
        !self.stations.iter().any(|station| station.card() == Some(card))
    }

    /// Blank cards that nobody has seen are all the same: the first of them.
    fn cards_to_present(&self, cards: usize) -> impl Iterator<Item = usize> {
        let seen = |card: &usize| self.books.iter().any(|one| one.mark == mark(*card));
        let blank = (0..cards).find(|card| !seen(card) && self.is_free(*card));
        (0..cards).filter(move |card| self.is_free(*card) && (seen(card) || blank == Some(*card)))
    }

    /// Cards with this order's credential that nobody has reported.
    fn cards_out_there(&self, order: usize) -> usize {
        let has = |card: &usize| match self.chips[*card] {
            Chip::Blank => false,
            Chip::Half(whose) | Chip::Done(whose) => whose == order,
        };
        let reported = |card: &usize| {
            self.books.iter().any(|one| one.mark == mark(*card) && !one.state.is_live())
        };
        (0..CARDS).filter(|card| has(card) && !reported(card)).count()
    }

    /// Whether an order that is said to be done or encoded has a card that is, here and in the books.
    fn is_truly_done(&self, order: usize) -> bool {
        let fits: &[CardState] = match self.orders[order].state {
            OrderState::Done => &[CardState::Good, CardState::Lost],
            OrderState::Encoded => &[CardState::Encoded],
            OrderState::Waiting
            | OrderState::Claimed
            | OrderState::Intended
            | OrderState::Cancelled
            | OrderState::Poison
            | OrderState::Erased => return true,
        };
        (0..CARDS).any(|card| {
            let its = |one: &&Card| one.mark == mark(card) && one.order == id(order);
            let known = self.books.iter().find(its);
            self.chips[card] == Chip::Done(order)
                && known.is_some_and(|card| fits.contains(&card.state))
        })
    }

    fn knows_of(&self, card: usize) -> bool {
        let (Chip::Half(order) | Chip::Done(order)) = self.chips[card] else { return true };
        self.books.iter().any(|one| one.mark == mark(card) && one.order == id(order))
    }

    fn is_over(&self) -> bool {
        let over = |order: &Order| {
            matches!(order.state, OrderState::Done | OrderState::Cancelled | OrderState::Poison)
        };
        self.orders.iter().all(over)
    }

    /// Which of the two stations is which, which card came first, which of the orders that nobody talks of
    /// is which, and how often an order was claimed: only whether a station's claim is the last one is ever
    /// asked.
    fn without_what_makes_no_difference(mut self) -> Self {
        for station in &mut self.stations {
            if let Some((order, fence)) = station.claim() {
                *fence = i64::from(*fence == self.orders[order].fence);
            }
        }
        for order in &mut self.orders {
            order.fence = order.fence.min(1);
        }
        let other = self.renamed(|order| if order == 0 { 0 } else { ORDERS - order });
        self.sorted().min(other.sorted())
    }

    /// The same with other names for orders.
    fn renamed(&self, name: fn(usize) -> usize) -> Self {
        let mut world = self.clone();
        for (at, order) in self.orders.iter().enumerate() {
            world.orders[name(at)] = Order { id: id(name(at)), ..*order };
        }
        for card in &mut world.books {
            card.order = id(name(usize::try_from(card.order.0).unwrap()));
        }
        for chip in &mut world.chips {
            if let Chip::Half(order) | Chip::Done(order) = chip {
                *order = name(*order);
            }
        }
        for station in &mut world.stations {
            if let Station::Holds { order, .. }
            | Station::At { order, .. }
            | Station::Writing { order, .. }
            | Station::Ended { order, .. } = station
            {
                *order = name(*order);
            }
        }
        world
    }

    /// Cards by what they are and where they lie, and stations by what they do.
    fn sorted(mut self) -> Self {
        let mut cards: Vec<_> = (0..CARDS)
            .map(|card| {
                let book = self.books.iter().find(|one| one.mark == mark(card));
                let book = book.map(|one| Card { mark: mark(0), ..*one });
                let place = self.stations.iter().find(|one| one.card() == Some(card));
                let place = place.map(|one| one.with_card(0));
                (book.is_none(), book, self.chips[card], place, card)
            })
            .collect();
        cards.sort_unstable();
        let name = |old: usize| cards.iter().position(|(.., card)| *card == old).unwrap();
        self.books = (0..CARDS)
            .filter_map(|new| cards[new].1.map(|one| Card { mark: mark(new), ..one }))
            .collect();
        self.stations = self.stations.map(|station| match station.card() {
            Some(card) => station.with_card(name(card)),
            None => station,
        });
        self.chips = core::array::from_fn(|new| cards[new].2);
        self.stations.sort_unstable();
        self
    }

    /// Changes the books, as a store does.
    fn book(
        &mut self,
        order: usize,
        card: Option<usize>,
        event: &Event,
        rules: &Rules,
    ) -> Result<(), Refusal> {
        let after = next(&self.case(order, card), event, rules)?;
        self.orders[order] = after.order;
        for card in after.cards {
            match self.books.iter_mut().find(|one| one.mark == card.mark) {
                Some(one) => *one = card,
                None => self.books.push(card),
            }
        }
        self.books.sort_unstable_by_key(|card| card.mark);
        Ok(())
    }
}

/// That an action is not possible here.
struct Not;

impl From<Refusal> for Not {
    fn from(_: Refusal) -> Self {
        Self
    }
}

impl Walk {
    fn act(&self, world: &mut World, action: Action) -> Result<(), Not> {
        let word = || Word { by: String::new(), reason: Reason::MissingInHouse, second: None };
        match action {
            Action::Claim(at, order) => {
                world.book(order, None, &Event::Claim, &self.rules)?;
                let fence = world.orders[order].fence;
                world.stations[at] = Station::Holds { order, fence };
            }
            Action::Expire(order) => world.book(order, None, &Event::Expire, &self.rules)?,
            Action::Retry(order) => {
                world.words -= 1;
                world.book(order, None, &Event::Retry, &self.rules)?;
            }
            Action::Cancel(order) => world.book(order, None, &Event::Cancel, &self.rules)?,
            Action::Report(order, card, fate) => {
                let reason = if fate == Fate::MadeBlank { Reason::Emptied } else { word().reason };
                let event =
                    Event::Report { card: mark(card), fate, word: Word { reason, ..word() } };
                world.book(order, Some(card), &event, &self.rules)?;
                world.words -= 1;
            }
            Action::AnotherCard(order) => {
                let event = Event::AnotherCard { word: word() };
                world.book(order, None, &event, &self.rules)?;
            }
            Action::Crash(at) => world.stations[at] = Station::Idle,
            Action::Present(at, _)
            | Action::Write(at)
            | Action::Finish(at)
            | Action::Pull(at)
            | Action::Tell(at) => {
                world.stations[at] = self.work(world, world.stations[at], action)?;
            }
        }
        Ok(())
    }

    /// A step of the station, as the encoder does it: it asks before the first change, and a card that is
    /// done already is not asked about.
    fn work(&self, world: &mut World, station: Station, action: Action) -> Result<Station, Not> {
        match (station, action) {
            (Station::Holds { order, fence }, Action::Present(_, card)) => {
                let ended = match world.chips[card] {
                    Chip::Done(whose) if whose == order => End::Done,
                    Chip::Done(_) => End::Wrong,
                    Chip::Blank | Chip::Half(_) => {
                        let event = Event::Intend { fence, card: mark(card) };
                        match world.book(order, Some(card), &event, &self.rules) {
                            Ok(()) => return Ok(Station::At { order, fence, card }),
                            Err(_) => End::Wrong,
                        }
                    }
                };
                Ok(Station::Ended { order, fence, card, ended })
            }
            (Station::At { order, fence, card }, Action::Write(_)) => {
                world.chips[card] = Chip::Half(order);
                Ok(Station::Writing { order, fence, card })
            }
            (Station::Writing { order, fence, card }, Action::Finish(_)) => {
                world.chips[card] = Chip::Done(order);
                Ok(Station::Ended { order, fence, card, ended: End::Done })
            }
            (Station::At { order, fence, card }, Action::Pull(_)) => {
                Ok(Station::Ended { order, fence, card, ended: End::Untouched })
            }
            (Station::Writing { order, fence, card }, Action::Pull(_)) => {
                Ok(Station::Ended { order, fence, card, ended: End::Half })
            }
            (Station::Ended { order, fence, card, ended }, Action::Tell(_)) => {
                let ended = match ended {
                    End::Done => Ended::Done,
                    End::Half => Ended::Half,
                    End::Untouched => Ended::Untouched(Fault::Open),
                    End::Wrong => Ended::Untouched(Fault::Elsewhere),
                };
                let event = Event::Receipt { fence, card: Some(mark(card)), ended };
                world.book(order, Some(card), &event, &self.rules)?;
                Ok(Station::Idle)
            }
            _ => Err(Not),
        }
    }
}

/// Walks it whole, and says how far that was.
fn walk(what: &str, orders: usize, cards: usize, words: u8) {
    let began = Instant::now();
    let rules = Rules { most_tries: 2, ..Rules::default() };
    let checker = Walk { rules, orders, cards, words }.checker().threads(2).spawn_bfs().join();
    println!(
        "the books, {what}: {} states, {} of them different, in {:.1} s",
        checker.state_count(),
        checker.unique_state_count(),
        began.elapsed().as_secs_f64()
    );
    checker.assert_properties();
}

#[test]
fn three_orders_are_walked_whole() {
    walk("three orders and three cards", 3, 3, 0);
}

#[test]
fn two_orders_and_an_operator_are_walked_whole() {
    walk("two orders, two cards and an operator", 2, 2, 1);
}
