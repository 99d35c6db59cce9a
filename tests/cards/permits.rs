// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is asked before a card is changed: about every card that is, before it is, and nothing is written
//! where the answer is no.

use std::sync::{Arc, Mutex};

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Encoded, Encoder, Intent, Job, Outcome, Recovery, Refusal, Step, Task, Veto, Wrote, card_mark,
};
use cardwright::profile::Record;
use cardwright::transport::{InField, Moment, Tear};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::common::{Kinds, card, door, door_records, encode, encoder, every_kind, job};

type Asked = Arc<Mutex<Vec<Intent>>>;

/// Encodes under somebody who says this, and tells what he was asked.
fn asked(
    job: &Job,
    card: &mut SoftCard,
    record: &Record,
    says: Result<(), Veto>,
) -> (Encoded, Vec<Intent>) {
    let asked = Asked::default();
    let heard = Arc::clone(&asked);
    let mut encoder = encoder(job).with_permit(move |intent: &Intent| {
        heard.lock().unwrap().push(intent.clone());
        says.clone()
    });
    card.reset();
    let (encoded, _) = encode(&mut encoder, card, record);
    let asked = asked.lock().unwrap().clone();
    (encoded, asked)
}

fn no() -> Veto {
    Veto::new("the order has another card", Recovery::PresentAgain)
}

#[test]
fn a_card_is_asked_about_once_before_anything_is_written() {
    for kinds in [Kinds::Canteen, Kinds::Legacy] {
        let (job, records) = every_kind(kinds);
        let model = if kinds == Kinds::Legacy { Model::D40_4k } else { Model::Ev1_8k };
        let blank = card(model, 1);
        let mut card = blank.clone();
        let (encoded, intents) = asked(&job, &mut card, &records[0], Err(no()));
        assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotPermitted(no())), "{kinds:?}");
        assert_eq!(*card.save(), *blank.save(), "{kinds:?}: it was changed");
        let receipt = &encoded.receipt;
        assert_eq!((receipt.wrote, receipt.keyed), (Wrote::Nothing, false));
        assert_eq!(receipt.code.as_deref(), Some("not-permitted"));
        assert_eq!(receipt.recovery, Some(Recovery::PresentAgain));
        let reason = receipt.reason.as_deref();
        assert_eq!(reason, Some("not permitted: the order has another card"));
        let [intent] = &intents[..] else { panic!("{kinds:?}: {} times", intents.len()) };
        let Some(uid) = blank.uid().real().cloned() else { panic!() };
        assert_eq!(intent.card, card_mark(&job, &uid).unwrap());
        assert_eq!(Some(&intent.card), receipt.card.as_ref());
        assert_eq!((&intent.record, &intent.contents), (&receipt.record, &receipt.contents));
        assert_eq!(intent.profile, receipt.profile);
        assert_eq!((intent.job, intent.keyed, intent.ticket), (Task::Encode, false, None));
        assert!(!intent.steps.is_empty() && intent.steps.iter().all(Step::changes_card));
        // The same card is taken where the answer is yes, and asked about once.
        let (encoded, intents) = asked(&job, &mut card, &records[0], Ok(()));
        assert!(
            !matches!(encoded.outcome, Outcome::Refused(_) | Outcome::Failed(_)),
            "{encoded:?}"
        );
        assert_eq!(intents.len(), 1, "{kinds:?}");
    }
}

/// What changes nothing asks for nothing.
#[test]
fn a_card_that_is_not_changed_is_not_asked_about() {
    let made = job(&door(&[]));
    let records = door_records(&made);
    let mut card = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder(&made), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let (encoded, intents) = asked(&made, &mut card, &records[0], Err(no()));
    assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    assert!(intents.is_empty(), "{intents:?}");
    let verify = made.clone().with_task(Task::Verify).unwrap();
    let (encoded, intents) = asked(&verify, &mut card, &records[0], Err(no()));
    assert_eq!(encoded.outcome, Outcome::Done);
    assert!(intents.is_empty(), "{intents:?}");
    let recycle = made.with_task(Task::Recycle).unwrap();
    let before = card.save();
    let (encoded, intents) = asked(&recycle, &mut card, &records[0], Err(no()));
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotPermitted(no())));
    assert_eq!((intents.len(), intents[0].job, intents[0].keyed), (1, Task::Recycle, true));
    assert_eq!(*card.save(), *before);
}

/// Torn at every exchange: whatever was written, somebody was asked before, and is asked again when the
/// card comes again, unless it was finished.
#[test]
fn no_write_goes_before_the_question_however_often_a_card_is_torn() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let blank = card(Model::Ev2_8k, 1);
    let (mut silent, mut begun) = (0, 0);
    for exchange in 0..32 {
        let mut card = blank.clone();
        let asked_of = Asked::default();
        let heard = Arc::clone(&asked_of);
        let encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(7));
        let mut encoder = encoder.with_permit(move |intent: &Intent| {
            heard.lock().unwrap().push(intent.clone());
            Ok(())
        });
        let uid = card.uid();
        let mut torn = Tear::new(&mut card, exchange, Moment::AfterExecution);
        let encoded = encoder.encode(InField::new(uid, &mut torn), record);
        let changed = *card.save() != *blank.save();
        let intents = asked_of.lock().unwrap().len();
        assert!(!changed || intents == 1, "exchange {exchange}: {intents} for a changed card");
        assert!(encoded.receipt.wrote == Wrote::Nothing || intents == 1, "exchange {exchange}");
        silent += usize::from(intents == 0);
        if changed {
            begun += 1;
            card.reset();
            let keyed = encoded.receipt.keyed;
            let (encoded, intents) = asked(&job, &mut card, record, Ok(()));
            assert_eq!(intents.is_empty(), encoded.outcome == Outcome::AlreadyDone);
            assert!(!keyed || intents.iter().all(|intent| intent.keyed), "exchange {exchange}");
        }
    }
    assert!(silent > 3 && begun > 10, "{silent} before the question, {begun} after a write");
}

/// What is kept of an intent names nobody.
#[test]
fn an_intent_holds_no_value_uid_or_key() {
    let job = job(&door(&[]));
    let records = door_records(&job);
    let (_, intents) = asked(&job, &mut card(Model::Ev2_8k, 1), &records[0], Ok(()));
    let text = serde_json::to_string(&intents[0]).unwrap() + &format!("{:?}", intents[0]);
    for canary in ["04A1B2C3D4E501", "04a1b2c3d4e501", "North"] {
        assert!(!text.contains(canary), "{text}");
    }
    assert!(text.contains("\"record\":\"demo-0001\"") && text.contains("\"card\":\""), "{text}");
}
