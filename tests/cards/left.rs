// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key slots that are left to another issuer: they stay as they were made, whatever is done with the card
//! says so, and what that issuer does there afterwards is its own.

use crate::common::{KEYS, card, encode, encoder};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Job, Outcome, Task, Wrote};
use cardwright::host::{Grade, Session};
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening};

/// One application with a slot of another issuer, and one that is the other issuer's whole, as a campus
/// makes it beside its own.
const PROFILE: &str = r#"
[profile]
name = "left"
chips = ["ev1", "ev2", "ev3"]
messaging = ["ev2", "ev1"]

[transport]
picc = ["factory"]

[fields]
number = { type = "uint", max = 65535, class = "pseudonymous", unique = true }

[keys]
picc = { ref = "picc", version = 1 }
master = { ref = "app0", version = 1, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
read = { ref = "app1", version = 1, diversify = { scheme = "an10922", input = ["uid", "aid"] } }

[card]
master_key = "picc"

[[application]]
aid = "F48171"
keys = ["master", "read", "foreign:canteen"]
change = "same"

[[application.file]]
no = 0
type = "standard"
size = 4
mode = "full"
read = "foreign:canteen"
read_write = "read"
content = [{ uint = "number", bytes = 4, order = "big" }]

[[application.file]]
no = 1
type = "standard"
size = 32
mode = "full"
read_write = "foreign:canteen"

[[application]]
aid = "F58540"
keys = ["foreign:z0", "foreign:z1", "foreign:z2"]
free_list = true

[[application.file]]
no = 0
type = "standard"
size = 31
mode = "full"
read = "foreign:z0"
"#;

const OWN: Aid = Aid::new([0xF4, 0x81, 0x71]);
const OTHERS: Aid = Aid::new([0xF5, 0x85, 0x40]);

const MODELS: [(Model, Opening); 2] =
    [(Model::Ev1_4k, Opening::Aes), (Model::Ev2_8k, Opening::Ev2First)];

fn job(text: &str) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap()
}

fn record(job: &Job) -> Record {
    let records = Records::csv(job.profile(), b"number\n4711\n").unwrap();
    records.entries[0].clone().unwrap()
}

fn done(job: &Job, card: &mut SoftCard, record: &Record) -> Encoded {
    card.reset();
    let (encoded, _) = encode(&mut encoder(job), card, record);
    assert!(
        matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone),
        "{}: {:?}",
        job.task(),
        encoded.outcome
    );
    let left: Vec<_> = encoded.receipt.left.iter().map(|one| (&*one.at, one.no)).collect();
    assert_eq!(left, [("F48171", 2), ("F58540", 0), ("F58540", 1), ("F58540", 2)]);
    // None of them counts as a key of the profile, whatever it proves.
    assert_eq!(encoded.receipt.keys.len(), 3);
    assert!(encoded.receipt.keys.iter().all(|key| key.grade > Grade::Said));
    encoded
}

fn opens(card: &mut SoftCard, aid: Aid, no: u8, key: &CardKey, opening: Opening) -> bool {
    card.reset();
    let session = Session::open(card).select_application(aid).unwrap();
    session.authenticate(opening, KeyNo::new(no).unwrap(), key, &[7; 16]).is_ok()
}

/// The other issuer sets its own key, under the one that the slot was left with.
fn take_over(card: &mut SoftCard, aid: Aid, no: u8, opening: Opening) -> CardKey {
    card.reset();
    let (no, new) = (KeyNo::new(no).unwrap(), CardKey::aes(&[0xC5; 16], KeyVersion(0x77)));
    let session = Session::open(card).select_application(aid).unwrap();
    let session = session.authenticate(opening, no, &CardKey::zero_aes(), &[7; 16]).unwrap();
    let _ = session.change_own_key(&new).unwrap();
    new
}

#[test]
fn a_slot_stays_at_its_transport_key_and_every_receipt_says_so() {
    let job = job(PROFILE);
    let record = record(&job);
    for (model, opening) in MODELS {
        let mut card = card(model, 0x71);
        assert_eq!(done(&job, &mut card, &record).outcome, Outcome::Done);
        for (aid, no) in [(OWN, 2), (OTHERS, 0), (OTHERS, 1), (OTHERS, 2)] {
            assert!(opens(&mut card, aid, no, &CardKey::zero_aes(), opening), "{aid} {no}");
        }
        for no in [0, 1] {
            assert!(!opens(&mut card, OWN, no, &CardKey::zero_aes(), opening));
        }
        let again = done(&job, &mut card, &record);
        assert_eq!((again.outcome, again.receipt.wrote), (Outcome::AlreadyDone, Wrote::Nothing));
        let verify = job.clone().with_task(Task::Verify).unwrap();
        done(&verify, &mut card, &record);
    }
}

#[test]
fn what_the_other_issuer_does_with_its_slots_is_its_own() {
    let job = job(PROFILE);
    let record = record(&job);
    let next = PROFILE.replacen(
        "ref = \"app0\", version = 1",
        "ref = \"app0\", version = 2, former = 1",
        1,
    );
    for (model, opening) in MODELS {
        let mut card = card(model, 0x72);
        done(&job, &mut card, &record);
        let canteen = take_over(&mut card, OWN, 2, opening);
        let z0 = take_over(&mut card, OTHERS, 0, opening);
        for task in [Task::Encode, Task::Verify, Task::Update] {
            let job = job.clone().with_task(task).unwrap();
            let encoded = done(&job, &mut card, &record);
            assert_eq!(encoded.receipt.wrote, Wrote::Nothing, "{task}");
        }
        let rekey = self::job(&next).with_task(Task::Rekey).unwrap();
        assert_eq!(done(&rekey, &mut card, &record).outcome, Outcome::Done);
        assert!(opens(&mut card, OWN, 2, &canteen, opening));
        assert!(opens(&mut card, OTHERS, 0, &z0, opening));
    }
    let mut card = card(Model::Ev2_8k, 0x73);
    done(&job, &mut card, &record);
    take_over(&mut card, OTHERS, 0, Opening::Ev2First);
    card.reset();
    let recycle = job.with_task(Task::Recycle).unwrap();
    let (encoded, _) = encode(&mut encoder(&recycle), &mut card, &Record::none());
    assert_eq!((encoded.outcome, encoded.receipt.left.len()), (Outcome::Done, 0));
}

#[test]
fn a_receipt_names_what_of_another_issuer_was_not_looked_at() {
    let job = job(PROFILE);
    let record = record(&job);
    let mut card = card(Model::Ev2_8k, 0x74);
    done(&job, &mut card, &record);
    take_over(&mut card, OTHERS, 0, Opening::Ev2First);
    let encoded = done(&job, &mut card, &record);
    for what in ["settings of F58540", "rights of file 0 of F58540"] {
        assert!(encoded.receipt.not_looked_at.iter().any(|one| one == what), "{what}");
    }
}
