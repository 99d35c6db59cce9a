// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are made from pieces of the UID, from the record, and by a scheme of the profile: what the
//! card then holds, and what becomes of a card whose record is not known.

use crate::common::{KEYS, card, encode, encoder, issuer_key};
use cardwright::diversify::{InputPart, Recipe, Scheme, Subject};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome, Refusal, Task, Wrote};
use cardwright::host::Session;
use cardwright::key::{CardKey, MasterKey};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Messaging, Opening};

/// Every way that a key of a card may come from its record and its UID.
const PROFILE: &str = r#"
[profile]
name = "diversified"
chips = ["ev1", "ev2", "ev3"]
messaging = ["ev2", "ev1"]

[transport]
picc = ["factory"]

[fields]
number = { type = "uint", max = 65535, class = "pseudonymous", unique = true }
printed = { type = "text", length = 4, characters = ["0-9"], class = "pseudonymous" }
valid = { type = "date", class = "technical" }
serial = { type = "hex", length = 4, class = "pseudonymous" }

[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid-reversed"] } }
master = { ref = "app0", version = 1, diversify = { scheme = "site", input = ["uid"] } }
read = { ref = "app1", version = 1, diversify = { scheme = "an10922", input = ["field:number", "field:printed", "field:valid"] } }
write = { ref = "app2", version = 1, diversify = { scheme = "an10922", input = ["uid[3..7]", "field-reversed:serial[0..2]"] } }

[[scheme]]
name = "site"
input = ["hex:A5", "input", "aid-wire", "key-no"]
padding = "80"
length = 32
cipher = "cbc"
cut = ["16..32"]

[card]
master_key = "picc"

[[application]]
aid = "F48170"
keys = ["master", "read", "write"]

[[application.file]]
no = 0
type = "standard"
size = 12
mode = "full"
read = "read"
write = "write"
content = [
    { uint = "number", bytes = 2, order = "big" },
    { text = "printed", bytes = 4 },
    { date = "valid", form = "days:2000-01-01", bytes = 2, order = "big" },
    { hex = "serial" },
]
"#;

const RECORDS: &str = "number,printed,valid,serial
513,0042,2028-12-31,A1B2C3D4
514,0042,2028-12-31,A1B2C3D4
515,0043,2028-12-31,A1B2C3D5
";

const AID: Aid = Aid::new([0xF4, 0x81, 0x70]);

fn job(text: &str) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap()
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS.as_bytes()).unwrap();
    records.entries.into_iter().map(|entry| entry.unwrap()).collect()
}

fn finished(job: &Job, model: Model, record: &Record) -> SoftCard {
    let mut card = card(model, 0x99);
    let (encoded, _) = encode(&mut encoder(job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    card
}

fn refused(job: &Job, card: &mut SoftCard, record: &Record) -> Refusal {
    let before = card.save();
    card.reset();
    let (encoded, _) = encode(&mut encoder(job), card, record);
    let Outcome::Refused(refusal) = encoded.outcome else { panic!("{:?}", encoded.outcome) };
    assert_eq!((encoded.receipt.wrote, card.save()), (Wrote::Nothing, before));
    refusal
}

/// AN10922 over bytes that were put together by hand.
fn of_bytes(name: &str, digits: &str) -> CardKey {
    let parts = vec![InputPart::Constant(hex::decode(digits).unwrap())];
    let recipe = Recipe::new(Scheme::An10922, parts).unwrap();
    let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
    let master = MasterKey::aes(&issuer_key(name, 1).try_into().unwrap());
    recipe.derive(&master, &subject, KeyVersion(1)).unwrap()
}

/// The UID is `04A1B2C3D4E599`.
#[test]
fn a_card_holds_the_keys_that_the_words_say() {
    let job = job(PROFILE);
    let records = records(&job);
    for (model, opening) in [(Model::Ev1_4k, Opening::Aes), (Model::Ev2_8k, Opening::Ev2First)] {
        let mut card = finished(&job, model, &records[0]);
        // AES-CBC by hand: a block of A5, UID, AID as sent, number and 80; then one of zeros.
        let master = MasterKey::aes(&issuer_key("app0", 1).try_into().unwrap());
        let mut blocks = hex::decode("A504A1B2C3D4E5997081F40080000000").unwrap();
        blocks.extend([0; 16]);
        cardwright::key::IssuerKey::cbc(&master, &[0; 16], &mut blocks).unwrap();
        let site = CardKey::aes(&blocks[16..].try_into().unwrap(), KeyVersion(1));
        for (aid, no, key) in [
            (Aid::PICC, 0, of_bytes("picc", "99E5D4C3B2A104")),
            (AID, 0, site),
            (AID, 1, of_bytes("app1", "02013030343220281231")),
            (AID, 2, of_bytes("app2", "C3D4E599D4C3")),
        ] {
            let no = KeyNo::new(no).unwrap();
            let session = Session::open(&mut card);
            let opened = match aid {
                Aid::PICC => session.authenticate(opening, no, &key, &[7; 16]).is_ok(),
                aid => session
                    .select_application(aid)
                    .unwrap()
                    .authenticate(opening, no, &key, &[7; 16])
                    .is_ok(),
            };
            assert!(opened, "{model} {aid} {no}");
            card.reset();
        }
        let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    }
}

#[test]
fn the_record_is_found_by_the_key_that_opens_as_far_as_the_budget_goes() {
    for messaging in [Messaging::Ev1, Messaging::Ev2] {
        let job = job(PROFILE).with_messaging(messaging).unwrap();
        let records = records(&job);
        let mut card = finished(&job, Model::Ev2_8k, &records[1]);
        let verify = job.with_task(Task::Verify).unwrap();
        let mut among = |some: &[Record]| {
            let all: Vec<Record> = some.to_vec();
            card.reset();
            encode(&mut encoder(&verify).with_candidates(all.into()), &mut card, &records[0]).0
        };
        let found = among(&records[..2]);
        assert_eq!(found.outcome, Outcome::Done, "{messaging}");
        assert_eq!(found.receipt.record, records[1].id());
        let Outcome::Refused(refusal) = among(&records).outcome else { panic!("three records") };
        assert_eq!(refusal, Refusal::RecordNeeded { records: 3, budget: 2 });
        // A record that names another card is none of them.
        let mut three = records.clone();
        three[2] = three[2].clone().bound_to(cardwright::iso14443::RealUid::new([4; 7]));
        assert_eq!(among(&three).outcome, Outcome::Done);
        let none = among(&records[..1]);
        let refused =
            matches!(none.outcome, Outcome::Refused(Refusal::KeyRefused { of_record: true, .. }));
        assert!(refused, "{:?}", none.outcome);
    }
}

#[test]
fn what_needs_the_record_asks_for_it_and_what_does_not_goes_without() {
    let made = job(PROFILE);
    let records = records(&made);
    let next = PROFILE.replace("version = 1", "version = 2, former = 1").replace(
        "picc = { ref = \"picc\", version = 2, former = 1",
        "picc = { ref = \"picc\", version = 1",
    );
    let next = job(&next);
    let rekey = next.with_task(Task::Rekey).unwrap();
    assert!(rekey.needs_record());
    let mut card = finished(&made, Model::Ev1_4k, &records[0]);
    let nobody = Refusal::RecordNeeded { records: 0, budget: 0 };
    assert_eq!(refused(&rekey, &mut card, &Record::none()), nobody);
    let other = refused(&rekey, &mut card, &records[2]);
    assert!(matches!(other, Refusal::KeyRefused { of_record: true, .. }), "{other}");
    assert!(other.to_string().ends_with("as it would be on the card of another record"));
    card.reset();
    let (encoded, _) = encode(&mut encoder(&rekey), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    let recycle = made.with_task(Task::Recycle).unwrap();
    assert!(!recycle.needs_record());
    card.reset();
    let (encoded, _) = encode(&mut encoder(&recycle), &mut card, &Record::none());
    assert_eq!(encoded.outcome, Outcome::Done);
}

/// The card of another record is told before anything is changed, though no key opens its file.
#[test]
fn a_finished_card_of_another_record_is_refused() {
    let job = job(PROFILE);
    let records = records(&job);
    for model in [Model::Ev1_4k, Model::Ev2_8k] {
        let mut card = finished(&job, model, &records[0]);
        let refusal = refused(&job, &mut card, &records[1]);
        assert!(matches!(refusal, Refusal::KeyRefused { of_record: true, .. }), "{refusal}");
    }
}
