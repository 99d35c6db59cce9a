// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that say what they are not, and answers that the sheets leave open.

use cardwright::emulator::{Behaviour, Model, SoftCard};
use cardwright::encode::{Outcome, Refusal, Task, Wrote};
use cardwright::wire::{Messaging, Status};

use super::{Odd, doing, raw, with};
use crate::common::{card, door, door_records, job};

/// AuthenticateEV2First is not there.
fn no_ev2(command: &[u8], _card: &mut SoftCard) -> Option<Vec<u8>> {
    (command[1] == 0x71).then(|| vec![0x91, 0x1C])
}

#[test]
fn a_card_that_knows_no_ev2_after_all_is_made_in_ev1_and_its_receipt_says_so() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut clone = card(Model::Ev2_8k, 1);
    for outcome in [Outcome::Done, Outcome::AlreadyDone] {
        let encoded = Odd::new(&mut clone, no_ev2).encode(&job, record);
        assert_eq!(encoded.outcome, outcome);
        assert_eq!(encoded.receipt.messaging, Some(Messaging::Ev1));
        assert_eq!(encoded.receipt.messaging_refused.as_deref(), Some("ev2 refused: 1C"));
    }
    for task in [Task::Verify, Task::Update, Task::Rekey, Task::Recycle] {
        let encoded = Odd::new(&mut clone, no_ev2).encode(&doing(&job, task), record);
        assert!(
            matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone),
            "{task}: {:?}",
            encoded.outcome
        );
    }
    // An honest card is not asked twice, and nothing is said of it.
    let encoded = with(&job, &mut card(Model::Ev2_8k, 2), record);
    assert_eq!(encoded.receipt.messaging, Some(Messaging::Ev2));
    assert_eq!(encoded.receipt.messaging_refused, None);
}

#[test]
fn a_card_that_knows_no_ev2_is_refused_by_a_job_that_allows_nothing_else() {
    let job = job(&door(&[])).with_messaging(Messaging::Ev2).unwrap();
    let record = &door_records(&job)[0];
    let mut clone = card(Model::Ev2_8k, 1);
    for wrote in [Wrote::Yes, Wrote::Nothing] {
        let encoded = Odd::new(&mut clone, no_ev2).encode(&job, record);
        let (messaging, status) = (Messaging::Ev2, Status::IllegalCommand);
        let refusal = Refusal::MessagingRefused { messaging, status };
        assert!(refusal.to_string().starts_with("ev2 refused: 1C"));
        assert_eq!(encoded.outcome, Outcome::Refused(refusal));
        assert_eq!(encoded.receipt.wrote, wrote);
        assert!(encoded.receipt.keyed, "it has the key of the profile");
    }
}

/// Once an EV2 session was open the card knows them, and whoever says no is somebody else.
#[test]
fn a_refusal_behind_an_ev2_session_changes_nothing_of_the_messaging() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut opened = 0;
    let late = |command: &[u8], _: &mut SoftCard| {
        opened += usize::from(command[1] == 0x71);
        (command[1] == 0x71 && opened > 1).then(|| vec![0x91, 0x1C])
    };
    let mut card = card(Model::Ev2_8k, 1);
    let encoded = Odd::new(&mut card, late).encode(&job, record);
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    assert_eq!(encoded.receipt.messaging_refused, None);
}

/// What an EV2 session brings for FormatPICC the sheets leave open: the card is looked at.
#[test]
fn a_card_that_answers_format_with_a_bare_status_is_blank_in_one_run() {
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let job = job(&door(&[]));
        let record = &door_records(&job)[0];
        let mut bare = card(model, 1)
            .with_behaviour(Behaviour { format_ends_ev2_session: true, ..Behaviour::default() });
        assert_eq!(with(&job, &mut bare, record).outcome, Outcome::Done);
        let encoded = with(&doing(&job, Task::Recycle), &mut bare, record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        assert_eq!(encoded.receipt.wrote, Wrote::Yes);
        let encoded = with(&doing(&job, Task::Recycle), &mut bare, record);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone, "{model}");
    }
}

/// The same answer from somebody who keeps the command to himself is no blank card.
#[test]
fn a_format_that_never_came_to_the_card_is_found_out() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 1);
    assert_eq!(with(&job, &mut card, record).outcome, Outcome::Done);
    let before = card.save();
    let swallow = |command: &[u8], _: &mut SoftCard| (command[1] == 0xFC).then(|| vec![0x91, 0x00]);
    let encoded = Odd::new(&mut card, swallow).encode(&doing(&job, Task::Recycle), record);
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    assert_eq!(encoded.receipt.wrote, Wrote::Maybe);
    assert_eq!(card.save(), before);
}

/// A small card that does not tell what it has free is taken at its size.
#[test]
fn free_memory_is_asked_for_where_the_size_does_not_tell_and_a_refusal_stops_nothing() {
    let job = job(&door(&[("size = ", "size = 2000")]));
    let record = &door_records(&job)[0];
    let asked = |model: Model, tells: bool| {
        let mut card = card(model, 1);
        let answer = |command: &[u8], card: &mut SoftCard| match (command[1], tells) {
            (0x6E, false) => {
                // The card itself refuses, and its session is over.
                let _refused = raw(card, &[0x90, 0x6E, 0x00, 0x00, 0x01, 0xFF, 0x00]);
                Some(vec![0x91, 0x1C])
            }
            _ => None,
        };
        let mut odd = Odd::new(&mut card, answer);
        let encoded = odd.encode(&job, record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        odd.was_sent(0x6E)
    };
    assert!(!asked(Model::Ev1_8k, true));
    assert!(asked(Model::Ev1_2k, true));
    assert!(asked(Model::Ev1_2k, false));
}
