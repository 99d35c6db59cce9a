// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards whose UID is that of a card which is done for another record: the caller is asked.

use crate::common::{DOOR, card, door_records, encode, encoder, job};
use cardwright::emulator::Model;
use cardwright::encode::{Chain, DoneCards, Ledger, Outcome, Recovery, Refusal, Task, Wrote};
use cardwright::transport::{InField, Moment, Tear};

/// Two blank cards show one UID: the second is left as it came, also where a receipt of an earlier
/// run is all that is known of the first, and is made where nobody asks.
#[test]
fn a_card_with_the_uid_of_one_that_is_done_for_another_record_is_a_question() {
    let job = job(DOOR);
    let records = door_records(&job);
    let done = DoneCards::default();
    let mut first = encoder(&job).with_done_cards(done.clone());
    let (made, _) = encode(&mut first, &mut card(Model::Ev2_8k, 1), &records[0]);
    assert_eq!(made.outcome, Outcome::Done);

    let line = Chain::behind(job.receipt_key(), cardwright::encode::Link::BEFORE_THE_FIRST);
    let line = line.unwrap();
    let line = line.seal(&made.receipt).unwrap();
    let ledger = Ledger::read(line.text().as_bytes(), &job, None).unwrap();
    for done in [done, ledger.done_cards()] {
        let mut copy = card(Model::Ev2_8k, 1);
        let blank = copy.save();
        // Another reader of the line.
        let mut second = encoder(&job).with_done_cards(done.clone());
        let (refused, _) = encode(&mut second, &mut copy, &records[1]);
        let record = records[0].id().to_owned();
        assert_eq!(refused.outcome, Outcome::Refused(Refusal::DoneForAnother { record }));
        assert_eq!(refused.receipt.recovery, Some(Recovery::RejectCard));
        assert_eq!(refused.receipt.wrote, Wrote::Nothing);
        assert_eq!(copy.save(), blank);
        copy.reset();
        let (other, _) = encode(&mut second, &mut card(Model::Ev2_8k, 2), &records[1]);
        assert_eq!(other.outcome, Outcome::Done);
        let (told, _) = encode(&mut encoder(&job), &mut copy, &records[1]);
        assert_eq!(told.outcome, Outcome::Done);
    }
}

/// The same record may come again; a card that is blank again, or that was not finished, is
/// anybody's.
#[test]
fn a_card_that_is_nobodys_is_no_question() {
    let encodes = job(DOOR);
    let records = door_records(&encodes);
    let done = DoneCards::default();
    let mut asking = encoder(&encodes).with_done_cards(done.clone());
    let mut card = card(Model::Ev2_8k, 1);
    let uid = card.uid();
    let mut torn = Tear::new(&mut card, 9, Moment::AfterExecution);
    let presented = InField::new(uid, &mut torn);
    let broken = asking.encode(presented, &records[0]);
    assert!(matches!(broken.outcome, Outcome::Failed(_)), "{:?}", broken.outcome);
    for outcome in [Outcome::Done, Outcome::AlreadyDone] {
        card.reset();
        assert_eq!(encode(&mut asking, &mut card, &records[1]).0.outcome, outcome);
    }
    let recycles = encodes.clone().with_task(Task::Recycle).unwrap();
    card.reset();
    let mut recycling = encoder(&recycles).with_done_cards(done);
    assert_eq!(encode(&mut recycling, &mut card, &records[1]).0.outcome, Outcome::Done);
    card.reset();
    assert_eq!(encode(&mut asking, &mut card, &records[2]).0.outcome, Outcome::Done);
}
