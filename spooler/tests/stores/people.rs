// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people say of orders and cards, and how orders come in.

use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use std::thread;

use cardwright_spooler::flow::{CardState, Deed, Fate, OrderState, Reason, Refusal, Rules, Word};
use cardwright_spooler::rows::Store;
use cardwright_spooler::{Batch, Error, Policy, Put, Spooler};
use sha2::{Digest, Sha256};

use crate::common::{
    AT, Told, make, mark, profile, put, record, serves, spooler, tell, tenant, word,
};

pub(crate) fn a_lost_card_takes_a_reason_and_a_second_person(store: &Arc<dyn Store>) {
    let second_person = BTreeSet::from([Deed::Lost]);
    let rules = Rules { second_person, ..Rules::default() };
    let spooler = Spooler::new(Arc::clone(store), tenant("two").with_rules(rules));
    spooler.put(&put(1)).unwrap();
    let order = make(&spooler, 1);
    let report = |word: &Word| spooler.report(order, mark(1), Fate::Lost, word);
    let wrong = report(&word("a", Reason::Misprinted));
    assert!(matches!(wrong, Err(Error::Refused(Refusal::OtherReason { .. }))), "{wrong:?}");
    let alone = word("a", Reason::Stolen);
    let refused = Err(Refusal::SecondPerson { deed: Deed::Lost }.into());
    assert_eq!(report(&alone), refused);
    // Nobody, and the same one, are no second person, however they are written.
    for second in ["a", " a ", "", "  "] {
        assert_eq!(report(&Word { second: Some(second.to_owned()), ..alone.clone() }), refused);
    }
    report(&Word { second: Some("b".to_owned()), ..alone }).unwrap();
    assert_eq!(spooler.card(mark(1)).unwrap().unwrap().card.state, CardState::Lost);
    assert_eq!(spooler.order(order).unwrap().order.state, OrderState::Done);
    // Destroyed takes nobody else here.
    spooler.report(order, mark(1), Fate::Destroyed, &word("a", Reason::Faulty)).unwrap();
}

pub(crate) fn another_card_takes_a_word(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(order, claim.fence, mark(1), &AT).unwrap();
    let faulty = word("a", Reason::Faulty);
    let report = || spooler.report(order, mark(1), Fate::Spoiled, &faulty);
    assert_eq!(report(), Err(Refusal::AtStation.into()));
    tell(&spooler, &claim, 1, Told::Torn);
    let in_hand = Refusal::CardInHand { card: mark(1), state: CardState::Keyed };
    assert_eq!(spooler.cancel(order, "a"), Err(in_hand.into()));
    assert_eq!(spooler.another_card(order, &faulty), Err(Refusal::NotHeld.into()));
    report().unwrap();
    assert!(spooler.claim(&serves("one")).unwrap().is_none(), "held until somebody says why");
    spooler.another_card(order, &faulty).unwrap();
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    let spoiled = spooler.intend(order, claim.fence, mark(1), &AT);
    assert_eq!(spoiled, Err(Refusal::CardIs { state: CardState::Spoiled }.into()));
    spooler.intend(order, claim.fence, mark(2), &AT).unwrap();
    assert_eq!(tell(&spooler, &claim, 2, Told::Done).state, OrderState::Done);
    let states: Vec<_> = spooler.cards(order).unwrap().iter().map(|row| row.card.state).collect();
    assert_eq!(states, [CardState::Spoiled, CardState::Good]);
}

pub(crate) fn a_replacement_says_how_it_stands(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let former = spooler.put(&put(1).with_number("north", "4711")).unwrap().order;
    let same = put(2).with_number("north", "4711").replacing(former, Policy::SameNumber);
    assert_eq!(spooler.put(&same), Err(Error::NotReported { order: former }));
    make(&spooler, 1);
    assert_eq!(spooler.put(&same), Err(Error::NotReported { order: former }));
    let next = put(3).with_number("north", "4711").replacing(former, Policy::NextIssue);
    spooler.put(&next).unwrap();
    let new = put(4).with_number("north", "4711").replacing(former, Policy::NewNumber);
    assert_eq!(spooler.put(&new), Err(Error::NotNew { order: former }));
    spooler.put(&put(4).with_number("north", "4712").replacing(former, Policy::NewNumber)).unwrap();
    spooler.report(former, mark(1), Fate::Lost, &word("a", Reason::HolderLostIt)).unwrap();
    // There is the next issue by now, which is another order of that number.
    assert!(matches!(spooler.put(&same), Err(Error::SameNumber { .. })));
    let second = spooler.put(&same.with_the_same_number()).unwrap().order;
    assert_eq!(spooler.order(second).unwrap().replaces, Some(former));
}

pub(crate) fn a_number_twice_is_a_question(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let first = spooler.put(&put(1).with_number("north", "4711")).unwrap().order;
    spooler.put(&put(2).with_number("south", "4711")).unwrap();
    // Site and number are two things.
    spooler.put(&put(5).with_number("north4", "711")).unwrap();
    let twice = put(3).with_number("north", "4711");
    assert_eq!(spooler.put(&twice), Err(Error::SameNumber { order: first }));
    assert_eq!(spooler.find("order-3").unwrap(), None);
    spooler.cancel(first, "a").unwrap();
    spooler.put(&twice).unwrap();
    let meant = put(4).with_number("north", "4711");
    assert!(spooler.put(&meant).is_err());
    spooler.put(&meant.with_the_same_number()).unwrap();
}

/// Two portals ask for the same number at the same time, again and again: one of them is asked whether it means it.
pub(crate) fn one_number_at_once_is_taken_once(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    for round in 0..20 {
        let number = format!("{round}");
        let begin = Barrier::new(4);
        let ask = |portal: u32| {
            let put = Put::new(format!("{round}/{portal}"), &profile(), record(portal, "North"));
            let put = put.with_number("North", &*number);
            begin.wait();
            spooler.put(&put)
        };
        let taken = thread::scope(|scope| {
            let asked: Vec<_> = (1..=4).map(|portal| scope.spawn(move || ask(portal))).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        let refused = |one: &&Result<_, Error>| matches!(one, Err(Error::SameNumber { .. }));
        assert_eq!(taken.iter().filter(|one| one.is_ok()).count(), 1, "{taken:?}");
        assert_eq!(taken.iter().filter(refused).count(), 3, "{taken:?}");
    }
}

pub(crate) fn what_is_said_of_an_order_that_stands_elsewhere_is_refused(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    let saw = spooler.as_seen(OrderState::Waiting, 0);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.give_back(order, claim.fence).unwrap();
    // It waits as it did, at another claim.
    let elsewhere = Err(Error::SeenOtherwise { order, state: OrderState::Waiting });
    assert_eq!(saw.cancel(order, "desk"), elsewhere);
    assert_eq!(saw.retry(order, "desk"), elsewhere);
    assert_eq!(saw.release(order, "desk"), elsewhere);
    assert_eq!(saw.report(order, mark(1), Fate::Lost, &word("desk", Reason::Stolen)), elsewhere);
    assert_eq!(saw.another_card(order, &word("desk", Reason::Faulty)), elsewhere);
    assert!(spooler.as_seen(OrderState::Waiting, 1).cancel(order, "desk").is_ok());
}

fn batch(bytes: &[u8], count: u64, in_sequence: bool) -> Batch {
    Batch { name: "monday".to_owned(), count, sha256: Sha256::digest(bytes).into(), in_sequence }
}

pub(crate) fn a_batch_is_taken_whole_or_not(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let orders = [put(1), put(2)];
    let none = || assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 0);
    let taken = spooler.take(&batch(b"bytes", 3, false), b"bytes", &orders);
    assert_eq!(taken, Err(Error::Count { found: 2, announced: 3 }));
    assert_eq!(spooler.take(&batch(b"bytes", 2, false), b"byte", &orders), Err(Error::Hash));
    let twice = [put(1).with_number("n", "1"), put(2).with_number("n", "1")];
    let taken = spooler.take(&batch(b"bytes", 2, false), b"bytes", &twice);
    assert!(matches!(taken, Err(Error::SameNumber { .. })), "{taken:?}");
    none();
    let taken = spooler.take(&batch(b"bytes", 2, false), b"bytes", &orders).unwrap();
    assert!(taken.iter().all(|taken| taken.new));
    let again = spooler.take(&batch(b"bytes", 2, false), b"bytes", &orders).unwrap();
    assert!(again.iter().zip(&taken).all(|(a, b)| !a.new && a.order == b.order));
    assert_eq!(spooler.take(&batch(b"other", 2, false), b"other", &orders), Err(Error::OtherBatch));
    assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 2);
}

pub(crate) fn a_sequence_is_kept(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let orders = [put(1), put(2).with_priority(9)];
    let taken = spooler.take(&batch(b"b", 2, true), b"b", &orders).unwrap();
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!(claim.order, taken[0].order, "the second is not begun before, however urgent");
    assert!(spooler.claim(&serves("two")).unwrap().is_none());
    spooler.intend(claim.order, claim.fence, mark(1), &AT).unwrap();
    tell(&spooler, &claim, 1, Told::Done);
    assert_eq!(spooler.claim(&serves("two")).unwrap().unwrap().order, taken[1].order);
}

pub(crate) fn no_card_of_a_lot_is_unaccounted(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    spooler.issue("lot", 10, "a").unwrap();
    let all = |number: u32| spooler.put(&put(number)).unwrap().order;
    let good = all(1);
    make(&spooler, 1);
    spooler.put(&put(2).as_sample()).unwrap();
    make(&spooler, 2);
    let torn = all(3);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(torn, claim.fence, mark(3), &AT).unwrap();
    tell(&spooler, &claim, 3, Told::Torn);
    spooler.report(torn, mark(3), Fate::Spoiled, &word("a", Reason::Faulty)).unwrap();
    // One was looked at, and is as blank as before.
    let waits = all(4);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(waits, claim.fence, mark(4), &AT).unwrap();
    tell(&spooler, &claim, 4, Told::Untouched);
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    spooler.intend(waits, claim.fence, mark(5), &AT).unwrap();
    spooler.counted("lot", 6, "a").unwrap();
    spooler.give_back_blank("lot", 2, "a").unwrap();
    let account = spooler.account("lot").unwrap();
    assert_eq!(
        account.to_string(),
        "issued 10 = good 1 + spoiled 1 + samples 1 + returned 2 + in hand 5; not accounted: 0"
    );
    // What its holder loses is still a card that was made; what the house loses is not accounted for.
    spooler.report(good, mark(1), Fate::Lost, &word("a", Reason::Stolen)).unwrap();
    assert_eq!(spooler.account("lot").unwrap(), account);
    spooler.report(torn, mark(3), Fate::Lost, &word("a", Reason::MissingInHouse)).unwrap();
    let told = spooler.account("lot").unwrap().to_string();
    assert!(told.ends_with("not accounted: 1, of which 1 reported as lost"), "{told}");
}

pub(crate) fn a_card_waits_for_its_release(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1).released_by_word()).unwrap().order;
    assert_eq!(make(&spooler, 1), order);
    assert_eq!(spooler.order(order).unwrap().order.state, OrderState::Encoded);
    // It was printed badly: the order is to have another one.
    let misprinted = word("a", Reason::Misprinted);
    spooler.report(order, mark(1), Fate::Spoiled, &misprinted).unwrap();
    assert!(spooler.release(order, "a").is_err());
    spooler.another_card(order, &misprinted).unwrap();
    assert_eq!(make(&spooler, 2), order);
    spooler.release(order, "a").unwrap();
    assert_eq!(spooler.order(order).unwrap().order.state, OrderState::Done);
    assert_eq!(spooler.card(mark(2)).unwrap().unwrap().card.state, CardState::Good);
}
