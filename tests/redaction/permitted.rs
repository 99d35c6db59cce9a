// SPDX-License-Identifier: MIT OR Apache-2.0
//! What EV2 and EV3 have beyond EV1: applications on somebody else's card, whose permissions are secrets; several
//! keys for a right; cards that refuse older messaging and answer otherwise.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, OneWay, Outcome, Permission, Task, delegated_application};
use cardwright::host::Session;
use cardwright::host::delegated::DelegationKeys;
use cardwright::key::CardKey;
use cardwright::profile::{Day, Record};
use cardwright::wire::{KeyNo, KeyVersion, Opening, PiccKey};

use super::canary::Canaries;
use super::observed::{observed, torn};
use super::tags::of;
use super::world::{AID, MASTER, NEXT, PICC, READ, UID, canaries, card};
use crate::common::reader::diversified;

const DELEGATED: &str = r#"
[profile]
name = "delegated"
chips = ["ev2", "ev3"]
verify = "every-key"

[transport]
app = "start"

FIELDS
[keys]
manager = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
start = { ref = "picc", version = 11 }
master = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "aid"] } }

[[application]]
aid = "F48120"
delegated = { slot = 3, slot_version = 1, quota = 40, key = "manager" }
keys = ["master"]

[[application.file]]
no = 1
type = "backup"
size = 64
mode = "full"
read = "master"
write = "master"
read_write = "master"
CONTENT
"#;

const HARDENED: &str = r#"
[profile]
name = "hardened"
chips = ["ev2", "ev3"]
verify = "every-key"

[transport]
picc = [{ ref = "picc", version = 11 }]

FIELDS
[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
master = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
door = { ref = "read", version = 3, diversify = { scheme = "an10922", input = ["uid", "ascii:D"] } }
gate = { ref = "read", version = 3, diversify = { scheme = "an10922", input = ["uid", "ascii:G"] } }

[card]
master_key = "picc"
legacy = "off"
chained_writes = "off"
ats = "0A7577810280C1A2B3C4"
name = "F05A17C0DE"

[[application]]
aid = "F48120"
keys = ["master", "door", "gate"]

[[application.file]]
no = 1
type = "standard"
size = 64
mode = "full"
read = ["door", "gate"]
write = "master"
change = "master"
CONTENT
"#;

fn plain(bytes: [u8; 16], version: u8) -> CardKey {
    CardKey::aes(&bytes, KeyVersion(version))
}

/// A card of the owner: its own master key, and the keys for others' applications.
fn owned(model: Model) -> SoftCard {
    const RND_A: [u8; 16] = *b"a fresh RndA 016";
    let mut card = card(model);
    let owner = plain(NEXT, 11);
    let session = Session::open(&mut card);
    let session =
        session.authenticate(Opening::Legacy, KeyNo::MASTER, &CardKey::factory(), &RND_A).unwrap();
    let session = session.change_master_key(&owner).unwrap();
    let mut session =
        session.authenticate(Opening::Ev2First, KeyNo::MASTER, &owner, &RND_A).unwrap();
    let zero = CardKey::zero_aes();
    for (which, key) in [
        (PiccKey::DamAuth, plain(diversified(PICC, &UID), 1)),
        (PiccKey::DamMac, plain(READ, 3)),
        (PiccKey::DamEnc, plain(MASTER, 2)),
    ] {
        let _changed = session.change_picc_key(which, &key, &zero).unwrap();
    }
    drop(session);
    card.reset();
    card
}

/// Both permissions, and what they hide.
fn permitted(canaries: &mut Canaries) -> (Job, Vec<Record>) {
    let (mut job, records) = of(DELEGATED);
    let day = |text: &str| text.parse::<Day>().unwrap();
    let owner = DelegationKeys::new(plain(MASTER, 2), plain(READ, 3)).unwrap();
    canaries.absent_from_debug("keys of a card's owner", &owner);
    let application = delegated_application(job.profile()).unwrap();
    let creation = owner.permit(&application, &plain(NEXT, 11), b"a salt.").unwrap();
    let deletion = owner.permit_deletion(application.aid).unwrap();
    let until = day("2099-12-31");
    let permissions =
        [Permission::creation(creation, until), Permission::deletion(deletion, until)];
    let mut hidden = 0;
    for permission in permissions {
        for line in permission.text().lines() {
            let Some((name, value)) = line.split_once(" = ") else { continue };
            if let Ok(bytes) = hex::decode(value.trim_matches('"'))
                && bytes.len() >= 8
            {
                canaries.bytes(name, &bytes);
                hidden += 1;
            }
        }
        canaries.absent_from_debug("a permission", &permission);
        job = job.permitted(permission, day("2027-06-01")).unwrap();
    }
    assert_eq!(hidden, 2, "EncK and MAC of one, the MAC of the other");
    canaries.absent_from_debug("a job that is permitted", &job);
    (job, records)
}

#[test]
fn applications_on_the_cards_of_others_show_nothing() {
    let mut canaries = canaries();
    let (job, records) = permitted(&mut canaries);
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let blank = owned(model);
        let mut card = blank.clone();
        for task in [Task::Encode, Task::Verify, Task::Recycle] {
            let job = job.clone().with_task(task).unwrap();
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, &job, uid, &mut card, &records[0]);
            assert_eq!(encoded.outcome, Outcome::Done, "{task} {model}");
        }
        torn(&canaries, &job, &blank, &records[0]);
    }
}

#[test]
fn cards_that_are_hardened_show_nothing() {
    let mut canaries = canaries();
    for side in [b"D", b"G"] {
        let key = diversified(READ, &[&UID[..], side].concat());
        canaries.bytes("a key of several", &key);
    }
    canaries.bytes("key 0", &diversified(MASTER, &[&UID[..], &AID].concat()));
    let (job, records) = of(HARDENED);
    let job = job.allowing(&OneWay::ALL);
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let blank = supplied(model);
        let mut card = blank.clone();
        for (task, record, ends) in [
            (Task::Encode, 0, "done"),
            (Task::Encode, 1, "refused"),
            (Task::Update, 1, "done"),
            (Task::Verify, 1, "written"),
        ] {
            let job = job.clone().with_task(task).unwrap();
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, &job, uid, &mut card, &records[record]);
            assert_eq!(encoded.receipt.outcome.name(), ends, "{task}: {:?}", encoded.outcome);
        }
        torn(&canaries, &job, &blank, &records[0]);
    }
}

/// A card that came with its supplier's key.
fn supplied(model: Model) -> SoftCard {
    let mut saved: serde_json::Value = serde_json::from_slice(&card(model).save()).unwrap();
    saved["picc"]["type"] = "aes".into();
    saved["picc"]["keys"] =
        serde_json::json!([{ "value": hex::encode_upper(NEXT), "version": 11 }]);
    SoftCard::restore(saved.to_string().as_bytes(), 11).unwrap()
}
