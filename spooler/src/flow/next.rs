// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transition function.

use super::{
    Card, CardState, Case, Deed, Ended, Event, Fate, Fault, Mark, Order, OrderState, Refusal,
    Rules, Word,
};

/// What an order and its cards are after an event.
///
/// # Errors
/// [`Refusal`] where it must not happen.
pub fn next(case: &Case, event: &Event, rules: &Rules) -> Result<Case, Refusal> {
    let mut after = case.clone();
    match event {
        Event::Claim => after.claim()?,
        Event::GiveBack { fence } => after.give_back(*fence)?,
        Event::Expire => after.expire(rules)?,
        Event::Intend { fence, card } => after.intend(*fence, *card)?,
        Event::Receipt { fence, card, ended } => after.receive(*fence, *card, *ended, rules),
        Event::Release => after.release()?,
        Event::Report { card, fate, word } => {
            rules.take(word, Deed::of(*fate))?;
            after.report(*card, *fate, word)?;
        }
        Event::AnotherCard { word } => {
            rules.take(word, Deed::AnotherCard)?;
            if !after.order.held {
                return Err(Refusal::NotHeld);
            }
            after.order.held = false;
        }
        Event::Cancel => after.leave(OrderState::Cancelled)?,
        Event::Retry => {
            after.order.wants(OrderState::Poison)?;
            after.order.state = OrderState::Waiting;
            after.order.tries = 0;
        }
        Event::Erase => after.leave(OrderState::Erased)?,
    }
    if after.holds() {
        return Ok(after);
    }
    // Whatever the way, no order gets a second card while it has one.
    let wants = case.live().map_or(Mark([0; 32]), |card| card.mark);
    Err(Refusal::WantsItsCard { wants })
}

impl Order {
    fn wants(&self, state: OrderState) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(Refusal::OrderIs { state: self.state }) }
    }

    /// Tried in vain: back into the line, or out of it.
    fn tried(&mut self, rules: &Rules) {
        self.tries = self.tries.saturating_add(1);
        let poison = self.tries >= rules.most_tries;
        self.state = if poison { OrderState::Poison } else { OrderState::Waiting };
    }
}

impl Case {
    fn claim(&mut self) -> Result<(), Refusal> {
        self.order.wants(OrderState::Waiting)?;
        if self.order.held {
            return Err(Refusal::Held);
        }
        self.order.state = OrderState::Claimed;
        self.order.fence += 1;
        Ok(())
    }

    fn give_back(&mut self, fence: i64) -> Result<(), Refusal> {
        self.is_held_by(fence)?;
        self.order.wants(OrderState::Claimed)?;
        self.order.state = OrderState::Waiting;
        Ok(())
    }

    fn expire(&mut self, rules: &Rules) -> Result<(), Refusal> {
        if !self.order.state.is_at_a_station() {
            return Err(Refusal::OrderIs { state: self.order.state });
        }
        self.order.tried(rules);
        self.may_be_changed();
        Ok(())
    }

    fn intend(&mut self, fence: i64, mark: Mark) -> Result<(), Refusal> {
        self.is_held_by(fence)?;
        // The station asks once more where it tries again before anything was written.
        if self.order.state != OrderState::Intended {
            self.order.wants(OrderState::Claimed)?;
            self.may_be_changed();
        }
        let order = self.order.id;
        match self.card(mark) {
            None => self.bind(mark, CardState::InHand),
            Some(card) if card.is_stock() => self.bind(mark, CardState::InHand),
            Some(card) if !card.state.is_live() => {
                return Err(Refusal::CardIs { state: card.state });
            }
            Some(card) if card.order != order => {
                return Err(Refusal::OtherOrders { order: card.order });
            }
            Some(_) => {}
        }
        self.order.state = OrderState::Intended;
        Ok(())
    }

    /// What a card showed is true, however late it is told.
    fn receive(&mut self, fence: i64, mark: Option<Mark>, ended: Ended, rules: &Rules) {
        let in_time = self.is_held_by(fence).is_ok() && self.order.state.is_at_a_station();
        let ended = match mark {
            Some(mark) => self.learn(mark, ended, in_time),
            None => ended,
        };
        match ended {
            // A station that was slow finished the card after all. Where another one has intended it
            // meanwhile, that one is going to see that it is done.
            Ended::Done if in_time || self.is_free_to_end() => {
                self.order.state = OrderState::Encoded;
                if self.order.at_once {
                    self.hand_out();
                }
            }
            _ if !in_time => {}
            Ended::Done | Ended::Half | Ended::Untouched(Fault::Open) => self.order.tried(rules),
            Ended::Untouched(Fault::Elsewhere) => self.order.state = OrderState::Waiting,
            Ended::Untouched(Fault::Order) => self.order.state = OrderState::Poison,
        }
    }

    /// Takes what a receipt says of a card into the books; what it says of the order then.
    fn learn(&mut self, mark: Mark, ended: Ended, in_time: bool) -> Ended {
        let (order, live) = (self.order.id, self.live().copied());
        let Some(card) = self.card(mark).filter(|card| !card.is_stock()) else {
            // Nobody has stored an intent for it: the books are of yesterday, or it is done since then.
            let state = match ended {
                Ended::Done => CardState::Encoded,
                Ended::Half => CardState::Keyed,
                Ended::Untouched(_) => return ended,
            };
            if live.is_none() && self.is_unmade() {
                self.bind(mark, state);
                return ended;
            }
            // The order has a card, or is to have none: this one must not go out.
            self.bind(mark, CardState::Spoiled);
            return Ended::Untouched(Fault::Elsewhere);
        };
        if card.order != order || !card.state.is_live() {
            return match ended {
                // Equal records of two orders, or a card that was reported: it makes no order done.
                Ended::Done | Ended::Half => Ended::Untouched(Fault::Elsewhere),
                Ended::Untouched(fault) => Ended::Untouched(fault),
            };
        }
        card.state = match (ended, card.state) {
            (Ended::Done, CardState::InHand | CardState::Keyed) => CardState::Encoded,
            (Ended::Half, CardState::InHand) => CardState::Keyed,
            // Of its own attempt; what another one does to the card a slow station cannot know.
            (Ended::Untouched(_), CardState::InHand) if in_time => CardState::Returned,
            (_, state) => state,
        };
        ended
    }

    fn release(&mut self) -> Result<(), Refusal> {
        self.order.wants(OrderState::Encoded)?;
        self.hand_out();
        Ok(())
    }

    fn hand_out(&mut self) {
        let (order, sample) = (self.order.id, self.order.sample);
        let done = |card: &&mut Card| card.order == order && card.state == CardState::Encoded;
        for card in self.cards.iter_mut().filter(done) {
            card.state = if sample { CardState::Sample } else { CardState::Good };
            card.released = !sample;
            self.order.state = OrderState::Done;
        }
    }

    fn report(&mut self, mark: Mark, fate: Fate, word: &Word) -> Result<(), Refusal> {
        let order = self.order;
        let card = self.card(mark).filter(|card| card.order == order.id);
        let card = card.ok_or(Refusal::NotItsCard)?;
        let was = card.state;
        if order.state.is_at_a_station() && was.is_live() {
            return Err(Refusal::AtStation);
        }
        card.state = fate_of(was, fate).ok_or(Refusal::Fate { state: was, fate })?;
        // What was emptied is stock again, wherever it was.
        card.released &= fate != Fate::MadeBlank;
        if !was.is_live() {
            return Ok(());
        }
        // Where it had left the house, its order is done, and another card is another order.
        if was.is_in_hand() && order.state != OrderState::Erased {
            self.order.held = true;
            if order.state == OrderState::Encoded {
                self.order.state = OrderState::Waiting;
            }
        }
        // Wrong once is wrong again.
        if self.order.held && word.reason == super::Reason::WrongData {
            self.order.state = OrderState::Poison;
        }
        Ok(())
    }

    /// Out of the line for good.
    fn leave(&mut self, state: OrderState) -> Result<(), Refusal> {
        let at = self.order.state;
        let may = if state == OrderState::Erased {
            at != OrderState::Erased && !at.is_at_a_station()
        } else {
            matches!(at, OrderState::Waiting | OrderState::Claimed | OrderState::Poison)
        };
        if !may {
            return Err(if at.is_at_a_station() {
                Refusal::AtStation
            } else {
                Refusal::OrderIs { state: at }
            });
        }
        match self.live() {
            Some(card) if card.state.is_in_hand() => {
                Err(Refusal::CardInHand { card: card.mark, state: card.state })
            }
            _ => {
                self.order.state = state;
                self.order.held = false;
                Ok(())
            }
        }
    }

    fn is_held_by(&self, fence: i64) -> Result<(), Refusal> {
        if self.order.fence == fence { Ok(()) } else { Err(Refusal::LeaseOver) }
    }

    /// Whether the order can end now, without the station that has it.
    fn is_free_to_end(&self) -> bool {
        let done = self.live().is_some_and(|card| card.state == CardState::Encoded);
        let free = [OrderState::Waiting, OrderState::Claimed, OrderState::Poison];
        done && free.contains(&self.order.state)
    }

    /// Whether it is still to have a card, and needs nobody's word for it.
    const fn is_unmade(&self) -> bool {
        !self.order.held
            && match self.order.state {
                OrderState::Waiting
                | OrderState::Claimed
                | OrderState::Intended
                | OrderState::Poison => true,
                OrderState::Encoded
                | OrderState::Done
                | OrderState::Cancelled
                | OrderState::Erased => false,
            }
    }

    /// Nobody knows what a station that is gone has done with the card that it had in hand.
    fn may_be_changed(&mut self) {
        let order = self.order.id;
        let in_hand = |card: &&mut Card| card.order == order && card.state == CardState::InHand;
        for card in self.cards.iter_mut().filter(in_hand) {
            card.state = CardState::Keyed;
        }
    }

    fn card(&mut self, mark: Mark) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.mark == mark)
    }

    fn bind(&mut self, mark: Mark, state: CardState) {
        let card = Card { mark, order: self.order.id, state, released: false };
        match self.card(mark) {
            Some(stock) => *stock = card,
            None => self.cards.push(card),
        }
    }
}

/// What a card is then; `None` where that cannot be.
fn fate_of(state: CardState, fate: Fate) -> Option<CardState> {
    use CardState as S;
    let gone = matches!(state, S::Destroyed);
    match fate {
        Fate::Spoiled => state.is_live().then_some(S::Spoiled),
        Fate::Destroyed => (!gone).then_some(S::Destroyed),
        Fate::Lost => (!gone && state != S::Lost).then_some(S::Lost),
        Fate::Returned => matches!(state, S::Good | S::Sample | S::Lost).then_some(S::Returned),
        Fate::MadeBlank => (!gone && state != S::InHand).then_some(S::Returned),
    }
}
