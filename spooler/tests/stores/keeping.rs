// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines that leave, lines that stay, and books of yesterday.

use std::sync::Arc;

use cardwright_spooler::flow::{CardState, Fate, OrderState, Reason};
use cardwright_spooler::rows::{Chain, Line, Store};
use cardwright_spooler::{Error, Spooler};

use crate::common::{make, mark, put, serves, spooler, tenant, word};

/// Changes a line behind the spooler's back.
fn change(store: &Arc<dyn Store>, spooler: &Spooler, sequence: i64, how: fn(&mut Line)) {
    let work = &mut |tx: &mut dyn cardwright_spooler::rows::Tx| {
        let mut line = tx.lines(Chain::Receipts, sequence - 1, 1)?.pop().unwrap();
        how(&mut line);
        Ok(tx.save_line(Chain::Receipts, &line)?)
    };
    store.transact(&spooler.tenant().name, work).unwrap();
}

pub(crate) fn a_chain_shows_what_was_changed(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    for number in 1..=3 {
        spooler.put(&put(number)).unwrap();
        make(&spooler, u8::try_from(number).unwrap());
    }
    let checked = spooler.check(Chain::Receipts).unwrap();
    assert_eq!((checked.lines, checked.erased), (3, 0));
    spooler.reaches(3, &checked.last).unwrap();
    change(store, &spooler, 2, |line| line.text = line.text.replace("\"done\"", "\"failed\""));
    assert_eq!(spooler.check(Chain::Receipts), Err(Error::Chain { sequence: 2 }));
    // Nor can it pass for one that was erased.
    change(store, &spooler, 2, |line| line.name = None);
    assert_eq!(spooler.check(Chain::Receipts), Err(Error::Chain { sequence: 2 }));
}

pub(crate) fn the_outbox_is_emptied_once(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    for number in 1..=3 {
        spooler.put(&put(number)).unwrap();
        make(&spooler, u8::try_from(number).unwrap());
    }
    let lines = spooler.outbox(2).unwrap();
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(spooler.outbox(2).unwrap(), lines, "until somebody has them");
    spooler.delivered(&lines).unwrap();
    spooler.delivered(&lines).unwrap();
    let rest = spooler.outbox(10).unwrap();
    assert_eq!(rest.len(), 1);
    let foreign = Line { mac: [1; 32], ..rest[0].clone() };
    assert_eq!(spooler.delivered(&[foreign]), Err(Error::Chain { sequence: 3 }));
    assert_eq!(spooler.outbox(10).unwrap(), rest);
}

/// Yesterday's books knew of one card; two were made since, one of them for an order that came since.
pub(crate) fn a_backup_of_yesterday_is_caught_up(store: &Arc<dyn Store>) {
    let today = spooler(store);
    for number in 1..=3 {
        today.put(&put(number)).unwrap();
        make(&today, u8::try_from(number).unwrap());
    }
    let lines = today.outbox(10).unwrap();
    let last = lines.last().unwrap().clone();
    let yesterday = Spooler::new(Arc::clone(store), tenant("yesterday"));
    yesterday.put(&put(1)).unwrap();
    yesterday.put(&put(2)).unwrap();
    let behind = Error::Behind { reached: 3, last: 0 };
    assert_eq!(yesterday.reaches(last.sequence, &last.mac), Err(behind));
    assert_eq!(yesterday.catch_up(&lines[1..]), Err(Error::Chain { sequence: 2 }));
    assert_eq!(yesterday.count(OrderState::Waiting).unwrap(), 2, "none was taken");
    assert_eq!(yesterday.catch_up(&lines).unwrap(), 3);
    assert_eq!(yesterday.catch_up(&lines).unwrap(), 0);
    yesterday.reaches(last.sequence, &last.mac).unwrap();
    assert_eq!(yesterday.count(OrderState::Done).unwrap(), 2);
    assert_eq!(yesterday.card(mark(2)).unwrap().unwrap().card.state, CardState::Good);
    // The portal sends again what the books have forgotten: it is done.
    let order = yesterday.put(&put(3)).unwrap().order;
    assert_eq!(yesterday.order(order).unwrap().order.state, OrderState::Done);
    assert_eq!(yesterday.cards(order).unwrap()[0].card.mark, mark(3));
    assert!(yesterday.claim(&serves("one")).unwrap().is_none());
    assert_eq!(yesterday.reaches(3, &[1; 32]), Err(Error::Chain { sequence: 3 }));
}

pub(crate) fn what_people_did_is_written_down(store: &Arc<dyn Store>) {
    let spooler = spooler(store);
    let order = spooler.put(&put(1)).unwrap().order;
    make(&spooler, 1);
    spooler.note("op-1", "paused station one").unwrap();
    spooler.report(order, mark(1), Fate::Lost, &word("op-2", Reason::Stolen)).unwrap();
    assert!(spooler.retry(order, "op-3").is_err());
    spooler.erase(order, "op-4").unwrap();
    let lines = spooler.lines(Chain::Audit, 0, 10).unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line.text).unwrap();
            let entry = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            [entry("what"), entry("by"), entry("reason")].join(" ")
        })
        .collect();
    assert_eq!(told, ["paused station one op-1 -", "lost op-2 stolen", "erased op-4 -"]);
    assert_eq!(spooler.check(Chain::Audit).unwrap().lines, 3);
}
