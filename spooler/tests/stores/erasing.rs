// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is left of an order that was erased.

use std::sync::Arc;
use std::time::Duration;

use cardwright_spooler::flow::{Fate, OrderState, Reason, Refusal};
use cardwright_spooler::rows::{Chain, Store};
use cardwright_spooler::{Error, SealError, Spooler, Tenant, TenantKey};

use crate::common::{AT, Told, make, mark, put, serves, spooler, tell, tenant, word};

pub(crate) fn erasing_leaves_no_name_and_no_value(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    let claim = spooler.claim(&serves("one")).unwrap().unwrap();
    assert_eq!(spooler.erase(order, "a"), Err(Refusal::AtStation.into()));
    spooler.intend(order, claim.fence, mark(1), &AT).unwrap();
    tell(&spooler, &claim, 1, Told::Torn);
    assert!(matches!(spooler.erase(order, "a"), Err(Error::Refused(Refusal::CardInHand { .. }))));
    assert_eq!(make(&spooler, 1), order);
    let before = spooler.lines(Chain::Receipts, 0, 10).unwrap();
    assert!(before.iter().all(|line| line.text.contains(&claim.name)));
    let name = spooler.order(order).unwrap().name;
    spooler.erase(order, "a").unwrap();
    let row = spooler.order(order).unwrap();
    assert_eq!(row.order.state, OrderState::Erased);
    assert_ne!(row.name, name);
    let after = spooler.lines(Chain::Receipts, 0, 10).unwrap();
    // The contents' mark says nothing without the name that it was made with.
    let told = |text: &str| serde_json::from_str::<cardwright::Receipt>(text).unwrap().record;
    assert!(after.iter().all(|line| told(&line.text) != claim.name && line.name != Some(name)));
    assert_eq!(told(&after[0].text), told(&after[1].text), "one order still");
    let checked = spooler.check(Chain::Receipts).unwrap();
    assert_eq!((checked.lines, checked.erased), (2, 2));
    let personal = &mut |tx: &mut dyn cardwright_spooler::rows::Tx| {
        assert_eq!(tx.personal(order)?, None);
        Ok(())
    };
    store.transact(&spooler.tenant().name, personal).unwrap();
    // A slow station tells what it did before.
    let late = tell(&spooler, &claim, 1, Told::Done);
    assert_eq!(late.state, OrderState::Erased);
    let last = spooler.lines(Chain::Receipts, 2, 10).unwrap().pop().unwrap();
    assert!(told(&last.text) != claim.name);
    assert_eq!(spooler.check(Chain::Receipts).unwrap().lines, 3);
    assert!(spooler.put(&put(1)).unwrap().new, "its reference is free");
}

pub(crate) fn a_lost_card_stays_on_the_list(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1).with_control("42/48975")).unwrap().order;
    make(&spooler, 1);
    let other = spooler.put(&put(2).with_control("42/1")).unwrap().order;
    make(&spooler, 2);
    assert!(spooler.blocked().unwrap().is_empty());
    spooler.report(order, mark(1), Fate::Lost, &word("a", Reason::Stolen)).unwrap();
    spooler.erase(order, "a").unwrap();
    // Erased before it was lost: the mark alone is left.
    spooler.erase(other, "a").unwrap();
    spooler.report(other, mark(2), Fate::Lost, &word("a", Reason::Stolen)).unwrap();
    let blocked = spooler.blocked().unwrap();
    let blocked: Vec<_> = blocked.iter().map(|(card, control)| (*card, &***control)).collect();
    assert_eq!(blocked, [(mark(1), "42/48975"), (mark(2), "")]);
    spooler.report(order, mark(1), Fate::Destroyed, &word("a", Reason::Faulty)).unwrap();
    assert_eq!(spooler.blocked().unwrap().len(), 1);
}

pub(crate) fn retention_goes_by_the_clock(store: &Arc<dyn Store>) {
    let key = || TenantKey::new([0x5A; 32]);
    let name = tenant("retention").name;
    let keeps = |time: Duration| {
        let tenant = Tenant::new(name.clone(), key()).with_retention(time);
        Spooler::new(Arc::clone(store), tenant)
    };
    let year = keeps(Duration::from_secs(365 * 24 * 3600));
    year.put(&put(1)).unwrap();
    let waits = year.put(&put(2).with_priority(-1)).unwrap().order;
    let order = make(&year, 1);
    assert_eq!(year.erase_due().unwrap(), 0);
    assert_eq!(Spooler::new(Arc::clone(store), Tenant::new(&*name, key())).erase_due().unwrap(), 0);
    std::thread::sleep(Duration::from_millis(5));
    let none = keeps(Duration::ZERO);
    assert_eq!(none.erase_due().unwrap(), 1);
    assert_eq!(none.erase_due().unwrap(), 0);
    assert_eq!(none.order(order).unwrap().order.state, OrderState::Erased);
    assert_eq!(none.order(waits).unwrap().order.state, OrderState::Waiting);
    assert_eq!(none.lines(Chain::Audit, 0, 10).unwrap().len(), 1);
}

pub(crate) fn another_tenants_key_opens_nothing(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    spooler.put(&put(1)).unwrap();
    let other = Tenant::new(spooler.tenant().name.clone(), TenantKey::new([1; 32]));
    let other = Spooler::new(Arc::clone(store), other);
    let refused = other.claim(&serves("one"));
    assert!(matches!(refused, Err(Error::Seal(SealError::NotOurs))), "{refused:?}");
    assert_eq!(spooler.count(OrderState::Waiting).unwrap(), 1, "the order stays in line");
    assert_eq!(other.find("order-1").unwrap(), None);
}
