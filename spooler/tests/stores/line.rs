// SPDX-License-Identifier: MIT OR Apache-2.0
//! The way of an order through the line.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cardwright_spooler::flow::{CardState, OrderState, Refusal, Rules};
use cardwright_spooler::rows::Store;
use cardwright_spooler::{Error, Serves, Spooler};

use crate::common::{
    AT, Told, make, mark, profile, put, receipt, record, serves, spooler, tell, tenant,
};

/// A lease that is over at once, as when a station is gone.
fn gone() -> Serves {
    Serves { lease: Duration::ZERO, ..serves("gone") }
}

pub(crate) fn an_order_goes_its_way(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let taken = spooler.put(&put(1)).unwrap();
    assert!(taken.new);
    assert_eq!(spooler.order(taken.order).unwrap().order.state, OrderState::Waiting);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!((claim.order, claim.fence, claim.wants), (taken.order, 1, None));
    assert_eq!(claim.record.reference(), Some(&*claim.name));
    assert!(claim.record.fits(&profile()).is_ok());
    assert!(spooler.claim(&serves("two")).unwrap().is_none());
    let row = spooler.order(claim.order).unwrap();
    assert_eq!((row.order.state, row.station.as_deref()), (OrderState::Claimed, Some("one")));
    spooler.intend(claim.order, claim.fence, mark(1), &AT).unwrap();
    // Asked once more where the station tries again; one attempt all the same.
    spooler.intend(claim.order, claim.fence, mark(1), &AT).unwrap();
    assert_eq!(spooler.card(mark(1)).unwrap().unwrap().card.state, CardState::InHand);
    let received = tell(&spooler, &claim, 1, Told::Done);
    assert_eq!((received.state, received.whose), (OrderState::Done, None));
    let card = spooler.card(mark(1)).unwrap().unwrap();
    assert_eq!((card.card.state, card.lot.as_deref()), (CardState::Good, Some("lot")));
    let attempts = spooler.attempts(claim.order).unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((&*attempts[0].outcome, attempts[0].card), ("done", Some(mark(1))));
    let row = spooler.order(claim.order).unwrap();
    assert_eq!((row.lease, row.station, row.ended.is_some()), (None, None, true));
    assert_eq!(spooler.count(OrderState::Done).unwrap(), 1);
    assert_eq!(spooler.find("order-1").unwrap(), Some(taken.order));
}

pub(crate) fn a_reference_counts_once(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let first = spooler.put(&put(1)).unwrap();
    let again = spooler.put(&put(1)).unwrap();
    assert_eq!((again.order, again.new), (first.order, false));
    let other = cardwright_spooler::Put::new("order-1", &profile(), record(2, "North"));
    assert_eq!(spooler.put(&other), Err(Error::OtherContents { order: first.order }));
    // Nor is anything else that it says dropped in silence.
    for other in [
        put(1).as_sample(),
        put(1).released_by_word(),
        put(1).with_priority(3),
        put(1).at("left"),
        put(1).with_number("North", "1"),
        put(1).with_control("1"),
        put(1).with_deadline(SystemTime::now() + Duration::from_secs(60)),
    ] {
        assert_eq!(spooler.put(&other), Err(Error::OtherContents { order: first.order }));
    }
    assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 1);
    // Another tenant's order of that reference is another one.
    let theirs = Spooler::new(Arc::clone(store), tenant("other"));
    assert!(theirs.put(&put(1)).unwrap().new);
    assert!(theirs.order(first.order).is_err() || theirs.count(OrderState::Waiting).unwrap() == 1);
}

pub(crate) fn the_line_goes_by_priority_and_place(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let plain = spooler.put(&put(1)).unwrap().order;
    let elsewhere = spooler.put(&put(2).at("right")).unwrap().order;
    let urgent = spooler.put(&put(3).at("left").with_priority(5)).unwrap().order;
    let next = || spooler.claim(&serves("one")).unwrap().map(|claim| claim.order);
    assert_eq!([next(), next(), next()], [Some(urgent), Some(plain), None]);
    let right = Serves { places: vec!["right".to_owned()], ..serves("two") };
    let other = Serves { profiles: vec![[0; 32]], ..right.clone() };
    let none = Serves { profiles: Vec::new(), ..right.clone() };
    assert!(spooler.claim(&other).unwrap().is_none(), "an order keeps its profile");
    assert!(spooler.claim(&none).unwrap().is_none());
    let claim = spooler.claim(&right).unwrap().unwrap();
    assert_eq!(claim.order, elsewhere);
    spooler.give_back(claim.order, claim.fence).unwrap();
    assert_eq!(spooler.claim(&right).unwrap().unwrap().order, elsewhere);
    assert_eq!(spooler.order(elsewhere).unwrap().order.tries, 0);
}

pub(crate) fn a_lease_that_is_over_comes_back(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    spooler.put(&put(1)).unwrap();
    let slow = spooler.claim(&gone()).unwrap().unwrap();
    let claim = spooler.claim(&serves("two")).unwrap().unwrap();
    assert_eq!((claim.order, claim.fence), (slow.order, slow.fence + 1));
    let late = spooler.intend(slow.order, slow.fence, mark(1), &AT);
    assert_eq!(late, Err(Refusal::LeaseOver.into()));
    assert_eq!(
        spooler.renew(slow.order, slow.fence, Duration::ZERO),
        Err(Refusal::LeaseOver.into())
    );
    spooler.renew(claim.order, claim.fence, Duration::ZERO).unwrap();
    assert_eq!(spooler.expire().unwrap(), 1);
    assert_eq!(spooler.order(claim.order).unwrap().order.tries, 2);
}

pub(crate) fn after_a_crash_the_order_asks_for_its_card(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    let behind = spooler.put(&put(2)).unwrap().order;
    let lost = spooler.claim(&gone()).unwrap().unwrap();
    spooler.intend(order, lost.fence, mark(1), &AT).unwrap();
    assert_eq!(spooler.expire().unwrap(), 1);
    assert_eq!(spooler.card(mark(1)).unwrap().unwrap().card.state, CardState::Keyed);
    assert_eq!(spooler.wanted(10).unwrap(), [(order, mark(1))]);
    // Those that take any card go first.
    let first = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!(first.order, behind);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!((claim.order, claim.wants), (order, Some(mark(1))));
    let other = spooler.intend(order, claim.fence, mark(2), &AT);
    assert_eq!(other, Err(Refusal::WantsItsCard { wants: mark(1) }.into()));
    assert!(spooler.card(mark(2)).unwrap().is_none(), "what was refused is not in the books");
    spooler.intend(order, claim.fence, mark(1), &AT).unwrap();
    // The station that was thought gone had finished it.
    let received = tell(&spooler, &lost, 1, Told::Done);
    assert_eq!(received.state, OrderState::Intended);
    assert_eq!(tell(&spooler, &claim, 1, Told::Done).state, OrderState::Done);
    assert_eq!(spooler.cards(order).unwrap().len(), 1);
    assert!(spooler.wanted(10).unwrap().is_empty());
}

pub(crate) fn a_card_of_another_order_is_told(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(order, claim.fence, mark(1), &AT).unwrap();
    assert_eq!(tell(&spooler, &claim, 1, Told::Torn).state, OrderState::Waiting);
    let other = spooler.put(&put(2)).unwrap().order;
    let claim = spooler.claim(&serves("two")).unwrap().unwrap();
    assert_eq!(claim.order, other);
    let refused = spooler.intend(other, claim.fence, mark(1), &AT);
    assert_eq!(refused, Err(Refusal::OtherOrders { order }.into()));
    let received = tell(&spooler, &claim, 1, Told::Untouched);
    assert_eq!((received.state, received.whose), (OrderState::Waiting, Some(order)));
    assert_eq!(spooler.order(other).unwrap().order.tries, 0);
    let claim = spooler.claim_order(order, &serves("two")).unwrap();
    assert_eq!(claim.wants, Some(mark(1)));
    assert!(spooler.claim_order(order, &serves("one")).is_err());
}

pub(crate) fn a_receipt_counts_once(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    spooler.put(&put(1)).unwrap();
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(claim.order, claim.fence, mark(1), &AT).unwrap();
    let receipt = receipt(&claim, Some(mark(1)), Told::Done);
    for _ in 0..2 {
        let received = spooler.receive(claim.order, claim.fence, &receipt, &AT).unwrap();
        assert_eq!(received.state, OrderState::Done);
    }
    assert_eq!(spooler.outbox(10).unwrap().len(), 1);
    assert_eq!(spooler.attempts(claim.order).unwrap().len(), 1);
    let other = spooler.put(&put(2)).unwrap().order;
    let wrong = spooler.receive(other, 1, &receipt, &AT);
    assert!(matches!(wrong, Err(Error::Form { .. })), "{wrong:?}");
}

pub(crate) fn an_order_tried_too_often_is_poison(store: &Arc<dyn Store>) {
    let rules = Rules { most_tries: 2, ..Rules::default() };
    let spooler = Spooler::new(Arc::clone(store), tenant("poison").with_rules(rules));
    let order = spooler.put(&put(1)).unwrap().order;
    for state in [OrderState::Waiting, OrderState::Poison] {
        let claim = spooler.claim(&serves("one")).unwrap().unwrap();
        spooler.intend(order, claim.fence, mark(1), &AT).unwrap();
        assert_eq!(tell(&spooler, &claim, 1, Told::Torn).state, state);
    }
    assert!(spooler.claim(&serves("one")).unwrap().is_none());
    assert_eq!(spooler.orders_in(OrderState::Poison, 10).unwrap(), [order]);
    assert_eq!(spooler.wanted(10).unwrap(), [(order, mark(1))]);
    spooler.retry(order, "somebody").unwrap();
    assert_eq!(make(&spooler, 1), order);
    // A record that cannot be made is poison at once.
    let bad = spooler.put(&put(2)).unwrap().order;
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!(
        (claim.order, tell(&spooler, &claim, 9, Told::BadRecord).state),
        (bad, OrderState::Poison)
    );
}

pub(crate) fn two_stations_share_the_line(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    for number in 0..40 {
        spooler.put(&put(number)).unwrap();
    }
    let work = |station: u8| {
        let spooler = spooler.clone();
        std::thread::spawn(move || {
            let mut made = Vec::new();
            while let Some(claim) = spooler.claim(&serves(&station.to_string())).unwrap() {
                let card = station * 100 + u8::try_from(made.len()).unwrap();
                spooler.intend(claim.order, claim.fence, mark(card), &AT).unwrap();
                tell(&spooler, &claim, card, Told::Done);
                made.push(claim.order);
            }
            made
        })
    };
    let threads = [work(0), work(1)];
    let made: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(made.len(), 40);
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 40);
    assert_eq!(spooler.count(OrderState::Done).unwrap(), 40);
    let checked = spooler.check(cardwright_spooler::rows::Chain::Receipts).unwrap();
    assert_eq!((checked.lines, checked.erased), (40, 0));
}

pub(crate) fn a_deadline_that_is_over_is_not_begun(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let over = SystemTime::now() - Duration::from_secs(3600);
    spooler.put(&put(1).with_deadline(over)).unwrap();
    assert!(spooler.claim(&serves("one")).unwrap().is_none());
    let later = SystemTime::now() + Duration::from_secs(3600);
    let order = spooler.put(&put(2).with_deadline(later)).unwrap().order;
    assert_eq!(spooler.claim(&serves("one")).unwrap().unwrap().order, order);
}
