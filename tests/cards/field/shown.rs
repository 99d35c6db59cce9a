// SPDX-License-Identifier: MIT OR Apache-2.0
//! What cards show for their UIDs, and that whatever is switched on for good can be read back.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Refusal, Task};
use cardwright::iso14443::Uid;
use cardwright::profile::Record;
use cardwright::wire::{Generation, Messaging};

use super::{Odd, doing};
use crate::common::{Kinds, card, door, door_records, every_kind, job};

const fn nothing(_command: &[u8], _card: &mut SoftCard) -> Option<Vec<u8>> {
    None
}

/// What an activation shows: drawn anew where the card hides its UID.
fn activated(card: &mut SoftCard, first: u8, drawn: u8) -> Uid {
    card.reset();
    match card.uid() {
        Uid::Random(_) => Uid::from_bytes(&[first, drawn, 0x6B, 0xE8]).unwrap(),
        own => own,
    }
}

fn encode(job: &Job, card: &mut SoftCard, first: u8, record: &Record) -> Outcome {
    let uid = activated(card, first, 0x72);
    let mut odd = Odd::new(card, nothing);
    odd.uid = uid;
    odd.encode(job, record).outcome
}

/// An EV1 draws with 80 in front, an EV2 with 08, an EV3 with either.
#[test]
fn a_card_that_hides_its_uid_for_good_is_taken_again_by_every_job() {
    let (canteen, records) = every_kind(Kinds::Canteen);
    for (model, first) in [
        (Model::Ev1_8k, 0x80),
        (Model::Ev1_8k, 0x08),
        (Model::Ev2_8k, 0x08),
        (Model::Ev3_8k, 0x08),
        (Model::Ev3_8k, 0x80),
    ] {
        let mut card = card(model, 3);
        assert_eq!(encode(&canteen, &mut card, first, &records[0]), Outcome::Done, "{model}");
        assert!(matches!(activated(&mut card, first, 0x11), Uid::Random(_)), "{model}");
        for (task, outcome) in [
            (Task::Encode, Outcome::AlreadyDone),
            (Task::Verify, Outcome::Done),
            (Task::Update, Outcome::AlreadyDone),
            (Task::Rekey, Outcome::AlreadyDone),
        ] {
            let job = doing(&canteen, task);
            let found = encode(&job, &mut card, first, &records[0]);
            // What D40 cards' kind of proof is short of is the profile's wish, not the UID's doing.
            let same = found == outcome || matches!(found, Outcome::Done);
            assert!(same, "{task} on {model} with {first:02X}: {found:?}");
        }
        let recycled = encode(&doing(&canteen, Task::Recycle), &mut card, first, &records[0]);
        assert!(matches!(recycled, Outcome::Refused(Refusal::NoWayBack(_))), "{recycled:?}");
    }
}

/// A reader that tells no UID, and a card that shows a number in its place: the card says its own.
#[test]
fn a_uid_that_the_reader_does_not_tell_comes_from_the_card() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    for model in [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_8k] {
        for shown in [&[][..], &[0x3F, 0x72, 0x6B, 0xE8]] {
            let mut card = card(model, 5);
            let own = card.uid();
            for outcome in [Outcome::Done, Outcome::AlreadyDone] {
                let mut odd = Odd::new(&mut card, nothing);
                odd.uid = Uid::from_bytes(shown).unwrap();
                let encoded = odd.encode(&job, record);
                assert_eq!(encoded.outcome, outcome, "{model} {shown:02X?}");
                assert_eq!(encoded.uid.as_ref(), own.real());
            }
            // The same card on a reader that tells it.
            let mut odd = Odd::new(&mut card, nothing);
            assert_eq!(odd.encode(&job, record).outcome, Outcome::AlreadyDone);
        }
    }
}

/// What a finished card says outside of a session is enough to look at it, not to change it.
#[test]
fn a_lie_about_the_generation_gets_no_torn_card_made_in_another_messaging() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut torn = card(Model::Ev2_8k, 1);
    // Torn away before its application is made, after its key was changed.
    let no_application =
        |command: &[u8], _: &mut SoftCard| (command[1] == 0xCA).then(|| vec![0x91, 0x0E]);
    let encoded = Odd::new(&mut torn, no_application).encode(&job, record);
    assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    let mut asked = false;
    let lie = |command: &[u8], card: &mut SoftCard| {
        // The first frame of GetVersion outside of any session.
        let bare = command[1] == 0x60 && command.len() == 5;
        asked |= bare;
        bare.then(|| {
            let mut reply = super::raw(card, command);
            reply[3] = 0x01;
            reply
        })
    };
    let encoded = Odd::new(&mut torn, lie).encode(&job, record);
    assert!(asked);
    assert_ne!(encoded.receipt.messaging, Some(Messaging::Ev1), "{:?}", encoded.outcome);
    let job_ev1 = job.messaging_for(Generation::Ev1);
    assert_eq!(job_ev1, Ok(Messaging::Ev1), "the profile would allow it");
}
