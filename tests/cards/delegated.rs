// SPDX-License-Identifier: MIT OR Apache-2.0
//! An application on a card of somebody else: permitted by the owner, made, done, verified, rekeyed, updated, deleted.

use crate::common::{KEYS, card, encode, encoder};
use cardwright::diversify::Subject;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Difference, Encoded, Job, Outcome, Permission, PermissionError, Refusal, Step, Task,
    delegated_application,
};
use cardwright::host::delegated::DelegationKeys;
use cardwright::host::{File, Grade, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::{CardKey, LowBits};
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{Day, Profile, Record, Records};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening, PiccKey};

pub(crate) const PROFILE: &str = include_str!("../../examples/data/profiles/delegated.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/delegated-records.csv");
const RND_A: [u8; 16] = *b"a fresh RndA 016";
const RANDOM: [u8; 7] = *b"a salt.";
pub(crate) const MODELS: [Model; 2] = [Model::Ev2_8k, Model::Ev3_8k];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn keys() -> KeyFile {
    KeyFile::parse(KEYS).unwrap()
}

/// A key of the owner that is the same on all its cards.
fn owners(name: &str) -> CardKey {
    let issuer = keys().issuer(name, KeyVersion(1)).unwrap();
    cardwright::diversify::undiversified(&*issuer, KeyVersion(1), LowBits::Kept).unwrap()
}

/// The key of the profile with which applications come and go on this card.
fn manager(profile: &Profile, uid: &RealUid) -> CardKey {
    let spec = profile.key(profile.delegation().unwrap().key).unwrap();
    let issuer = keys().issuer(&spec.reference, spec.version).unwrap();
    let number = PiccKey::DamAuth.number();
    let subject = Subject { uid: Some(uid), aid: Aid::PICC, no: number, fields: None };
    spec.card_key(&*issuer, &subject).unwrap()
}

/// What the owner does with a card from the factory: an AES master key, and the keys for others' applications.
pub(crate) fn owned(model: Model, number: u8) -> SoftCard {
    let mut card = card(model, number);
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, number]);
    let profile = Profile::parse(PROFILE).unwrap();
    let master = owners("picc");
    let session = Session::open(&mut card);
    let session =
        session.authenticate(Opening::Legacy, KeyNo::MASTER, &CardKey::factory(), &RND_A).unwrap();
    let session = session.change_master_key(&master).unwrap();
    let mut session =
        session.authenticate(Opening::Ev2First, KeyNo::MASTER, &master, &RND_A).unwrap();
    let zero = CardKey::zero_aes();
    for (which, key) in [
        (PiccKey::DamAuth, manager(&profile, &uid)),
        (PiccKey::DamMac, owners("dam-mac")),
        (PiccKey::DamEnc, owners("dam-enc")),
    ] {
        let changed = session.change_picc_key(which, &key, &zero).unwrap();
        assert_eq!(changed.grade, Grade::Sealed);
    }
    drop(session);
    card.reset();
    card
}

fn owner() -> DelegationKeys {
    DelegationKeys::new(owners("dam-enc"), owners("dam-mac")).unwrap()
}

fn creation(text: &str) -> Permission {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let start = keys().issuer("locker-start", KeyVersion(100)).unwrap();
    let start =
        cardwright::diversify::undiversified(&*start, KeyVersion(100), LowBits::Kept).unwrap();
    let application = delegated_application(&profile).unwrap();
    let permit = owner().permit(&application, &start, &RANDOM).unwrap();
    // Through the file, as it comes to who encodes.
    Permission::parse(&Permission::creation(permit, day("2099-12-31")).text()).unwrap()
}

fn deletion(text: &str) -> Permission {
    let aid = Profile::parse(text).unwrap().applications()[0].aid;
    let permit = owner().permit_deletion(aid).unwrap();
    Permission::parse(&Permission::deletion(permit, day("2099-12-31")).text()).unwrap()
}

fn unpermitted(text: &str, task: Task) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    Job::new(profile, &keys()).unwrap().with_task(task).unwrap()
}

pub(crate) fn job(text: &str, task: Task) -> Job {
    let job = unpermitted(text, task);
    let today = day("2027-06-01");
    job.permitted(creation(text), today).unwrap().permitted(deletion(text), today).unwrap()
}

pub(crate) fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn work(card: &mut SoftCard, job: &Job) -> Encoded {
    card.reset();
    encode(&mut encoder(job), card, &records(job)[0]).0
}

fn ask(card: &mut SoftCard, text: &str, task: Task) -> Outcome {
    work(card, &job(text, task)).outcome
}

#[test]
fn an_application_is_made_on_anothers_card_done_and_deleted() {
    for model in MODELS {
        let mut card = owned(model, 1);
        let encoded = work(&mut card, &job(PROFILE, Task::Encode));
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        let grades: Vec<_> = encoded
            .receipt
            .settings
            .iter()
            .map(|settings| (settings.at.as_str(), settings.grade >= Grade::Sealed))
            .collect();
        assert_eq!(grades, [("slot 3", true), ("F5D1A0", true)], "{model}");
        assert_eq!(encoded.receipt.not_looked_at, [""; 0], "{model}");
        let manager = &encoded.receipt.keys[0];
        assert_eq!((manager.at.as_str(), manager.no, manager.grade), ("picc", 0x10, Grade::Used));
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update, Task::Enrol] {
            let outcome = ask(&mut card, PROFILE, task);
            let well = matches!(outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(well, "{task} {model}: {outcome:?}");
        }
        let encoded = work(&mut card, &job(PROFILE, Task::Recycle));
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        let stays = ["the version of its slot, which the next permission has to exceed"];
        assert_eq!(encoded.receipt.stays, stays);
        assert_eq!(ask(&mut card, PROFILE, Task::Recycle), Outcome::AlreadyDone, "{model}");
        // Its slot remembers the version.
        let outcome = ask(&mut card, PROFILE, Task::Encode);
        let taken = Refusal::SlotTaken { slot: 3, version: 1, holds: None };
        assert_eq!(outcome, Outcome::Refused(taken), "{model}");
        let next = PROFILE.replacen("slot_version = 1", "slot_version = 2", 1);
        assert_eq!(ask(&mut card, &next, Task::Encode), Outcome::Done, "{model}");
        assert_eq!(ask(&mut card, &next, Task::Verify), Outcome::Done, "{model}");
    }
}

/// By hand: 3405691582 is CAFEBABE, then 2 lockers and the date in BCD.
#[test]
fn a_locker_card_holds_what_was_computed_by_hand() {
    let mut card = owned(Model::Ev3_8k, 2);
    let job = job(PROFILE, Task::Encode);
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 2]);
    assert_eq!(work(&mut card, &job).outcome, Outcome::Done);
    card.reset();
    let spec = job.profile().keys().iter().find(|key| key.name == "lock").unwrap();
    let issuer = keys().issuer(&spec.reference, spec.version).unwrap();
    let (aid, no) = (Aid::new([0xF5, 0xD1, 0xA0]), KeyNo::new(1).unwrap());
    let subject = Subject { uid: Some(&uid), aid, no, fields: None };
    let lock = spec.card_key(&*issuer, &subject).unwrap();
    let session = Session::open(&mut card).select_application(aid).unwrap();
    let mut session = session.authenticate(Opening::Ev2First, no, &lock, &RND_A).unwrap();
    let first = &job.profile().applications()[0].files[0];
    let file = File::declared(first.no, first.settings);
    let found = session.read_data(&file, 0, 10).unwrap().value;
    assert_eq!(hex::encode_upper(found.expose_secret()), "CAFEBABE022027123100");
}
