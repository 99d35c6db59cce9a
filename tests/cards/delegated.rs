// SPDX-License-Identifier: MIT OR Apache-2.0
//! An application on a card of somebody else: permitted by the owner, made, done, verified, rekeyed, updated, deleted.

use crate::common::{KEYS, card, encode, encoder};
use cardwright::diversify::Subject;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Difference, Encoded, Job, KeySetAct, Outcome, Permission, PermissionError, Plan, Refusal, Step,
    Task, Wrote, delegated_application,
};
use cardwright::host::delegated::DelegationKeys;
use cardwright::host::{File, Grade, Session};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::{CardKey, LowBits};
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{Day, Profile, Record, Records};
use cardwright::transport::{Exchange, InField, Moment, Tear, Trace};
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening, PiccConfiguration, PiccKey};

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
    prepared(model, number, PROFILE, false)
}

fn prepared(model: Model, number: u8, profile: &str, hides_uid: bool) -> SoftCard {
    let mut card = card(model, number);
    let uid = RealUid::new([0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, number]);
    let profile = Profile::parse(profile).unwrap_or_else(|error| panic!("{error}"));
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
    if hides_uid {
        let set = PiccConfiguration { random_uid: true, no_format: false };
        let _set = session.configure_for_good(set).unwrap();
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
        // That a slot was never used is a bare refusal, which anybody could send.
        let unused = ask(&mut prepared(model, 9, PROFILE, false), PROFILE, Task::Recycle);
        assert!(matches!(unused, Outcome::Written(_)), "{model}: {unused:?}");
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

/// The profile whose key 0 is as cards of the former edition have it.
fn former() -> String {
    PROFILE.replacen("version = 2, former = 1", "version = 1", 1)
}

#[test]
fn a_card_of_the_former_edition_is_rekeyed_and_brought_another_record() {
    for model in MODELS {
        let mut card = owned(model, 3);
        assert_eq!(ask(&mut card, &former(), Task::Encode), Outcome::Done);
        // Nobody has to permit what is done inside of the application.
        let job = unpermitted(PROFILE, Task::Rekey);
        assert_eq!(work(&mut card, &job).outcome, Outcome::Done, "{model}");
        let job = unpermitted(PROFILE, Task::Update);
        let other = &records(&job)[1];
        card.reset();
        let (encoded, _) = encode(&mut encoder(&job), &mut card, other);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        let job = unpermitted(PROFILE, Task::Verify);
        card.reset();
        let (encoded, _) = encode(&mut encoder(&job), &mut card, other);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        assert_eq!(ask(&mut card, PROFILE, Task::Encode), Outcome::Refused(Refusal::AnotherRecord));
    }
}

#[test]
fn nothing_is_changed_without_a_permission_that_fits() {
    let aid = Aid::new([0xF5, 0xD1, 0xA0]);
    let mut card = owned(Model::Ev2_8k, 4);
    let before = card.save();
    let encoded = work(&mut card, &unpermitted(PROFILE, Task::Encode));
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NoPermission { aid }));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    let missing = Refusal::Differs(Difference::Application(aid));
    assert_eq!(ask(&mut card, PROFILE, Task::Verify), Outcome::Refused(missing));
    assert_eq!(ask(&mut card, PROFILE, Task::Rekey), Outcome::Refused(Refusal::NotFinished));
    card.reset();
    assert!(card.save() == before);
    // A permission of another day, another slot, another profile.
    let expires = day("2099-12-31");
    let today = day("2100-01-01");
    let refused = unpermitted(PROFILE, Task::Encode).permitted(creation(PROFILE), today);
    assert_eq!(refused.map(drop), Err(PermissionError::Expired { aid, expires, today }));
    let other = PROFILE.replacen("slot = 3", "slot = 4", 1);
    let today = day("2027-06-01");
    let refused = unpermitted(PROFILE, Task::Encode).permitted(creation(&other), today);
    let what = "slot";
    assert_eq!(
        refused.map(drop),
        Err(PermissionError::Other { permitted: aid, wanted: aid, what })
    );
    let door = Job::new(Profile::parse(crate::common::DOOR).unwrap(), &keys()).unwrap();
    assert_eq!(
        door.permitted(creation(PROFILE), today).map(drop),
        Err(PermissionError::NotDelegated)
    );
    // Deleting takes another permission than creating.
    assert_eq!(ask(&mut card, PROFILE, Task::Encode), Outcome::Done);
    let recycle = unpermitted(PROFILE, Task::Recycle).permitted(creation(PROFILE), today).unwrap();
    let refused = work(&mut card, &recycle).outcome;
    assert_eq!(refused, Outcome::Refused(Refusal::NoPermission { aid }));
    assert_eq!(ask(&mut card, PROFILE, Task::Verify), Outcome::Done);
}

#[test]
fn a_permission_whose_day_is_over_is_used_with_no_card() {
    let aid = Aid::new([0xF5, 0xD1, 0xA0]);
    let expires = day("2020-02-29");
    let text = creation(PROFILE).text().replace("2099-12-31", "2020-02-29");
    let old = Permission::parse(&text).unwrap();
    // The day on which the job began was one of it.
    let job = unpermitted(PROFILE, Task::Encode).permitted(old, expires).unwrap();
    let mut card = owned(Model::Ev3_8k, 5);
    let refused = Outcome::Refused(Refusal::PermissionExpired { aid, expires });
    assert_eq!(work(&mut card, &job).outcome, refused);
}

#[test]
fn a_card_whose_owner_lets_nobody_in_and_a_slot_of_somebody_else_are_told() {
    // An EV3 as it comes has no such keys, an EV2 has zeros.
    let mut card = card(Model::Ev3_8k, 6);
    assert_eq!(ask(&mut card, PROFILE, Task::Encode), Outcome::Refused(Refusal::NotDelegating));
    let mut card = crate::common::card(Model::Ev2_8k, 6);
    let outcome = ask(&mut card, PROFILE, Task::Encode);
    assert!(matches!(outcome, Outcome::Refused(Refusal::KeyRefused { .. })), "{outcome:?}");
    let mut card = owned(Model::Ev3_8k, 6);
    let neighbour = PROFILE.replacen("F5D1A0", "F5D1A1", 1);
    assert_eq!(ask(&mut card, &neighbour, Task::Encode), Outcome::Done);
    let holds = Some(Aid::new([0xF5, 0xD1, 0xA1]));
    let taken = Refusal::SlotTaken { slot: 3, version: 1, holds };
    for task in [Task::Encode, Task::Recycle] {
        assert_eq!(ask(&mut card, PROFILE, task), Outcome::Refused(taken.clone()));
    }
    // The same application, which somebody permitted in another form.
    let smaller = neighbour.replacen("quota = 12", "quota = 11", 1);
    let aid = Aid::new([0xF5, 0xD1, 0xA1]);
    let other = Outcome::Refused(Refusal::OtherApplication { aid });
    assert_eq!(ask(&mut card, &smaller, Task::Encode), other);
}

/// What is left of the quota is what there is room for, however much the card has.
#[test]
fn more_than_the_quota_is_refused_before_anything_is_changed() {
    let file = |no: u8, size: u16| {
        format!(
            "\n[[application.file]]\nno = {no}\ntype = \"standard\"\nsize = {size}\nmode = \"full\"\n\
             read = \"lock\"\nwrite = \"master\"\ncontent = [{{ pad = \"00\" }}]\n"
        )
    };
    let mut card = owned(Model::Ev3_8k, 7);
    assert_eq!(ask(&mut card, PROFILE, Task::Encode), Outcome::Done);
    // 12 blocks, of which 6 are taken: six more are there, and the profile of seven is a mistake.
    let six = format!("{PROFILE}{}", file(2, 6 * 32));
    assert_eq!(ask(&mut card.clone(), &six, Task::Update), Outcome::Done);
    let seven = Profile::parse(&format!("{PROFILE}{}", file(2, 7 * 32))).unwrap_err();
    assert!(seven.to_string().contains("write quota = 13 or more"), "{seven}");
    // A file that is made anew takes its part a second time.
    let three = format!("{PROFILE}{}", file(2, 3 * 32));
    assert_eq!(ask(&mut card, &three, Task::Update), Outcome::Done);
    let before = card.save();
    let four = format!("{PROFILE}{}", file(2, 4 * 32));
    let small = Refusal::TooSmall { has: 96, needs: 128 };
    assert_eq!(ask(&mut card, &four, Task::Update), Outcome::Refused(small));
    card.reset();
    assert!(card.save() == before);
}

/// Each has its slot and its permission: neither job looks at the other's application, whatever becomes of it.
#[test]
fn two_applications_stand_beside_one_another() {
    let other = PROFILE.replacen("F5D1A0", "F5D1A1", 1).replacen("slot = 3", "slot = 4", 1);
    for model in MODELS {
        let mut card = owned(model, 10);
        let both = [PROFILE, &other];
        for text in both {
            assert_eq!(ask(&mut card, text, Task::Encode), Outcome::Done, "{model}");
        }
        for (task, text) in [Task::Verify, Task::Encode, Task::Rekey, Task::Update]
            .into_iter()
            .flat_map(|task| both.map(|text| (task, text)))
        {
            let outcome = ask(&mut card, text, task);
            let well = matches!(outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(well, "{task} {model}: {outcome:?}");
        }
        assert_eq!(ask(&mut card, PROFILE, Task::Recycle), Outcome::Done, "{model}");
        assert_eq!(ask(&mut card, &other, Task::Verify), Outcome::Done, "{model}");
        let next = PROFILE.replacen("slot_version = 1", "slot_version = 2", 1);
        for exchange in 0..40 {
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut card = card.clone();
                let _torn = torn(&mut card, &job(&next, Task::Encode), exchange, moment);
                let at = format!("{model}, torn at {exchange}, {moment:?}");
                assert_eq!(ask(&mut card, &other, Task::Verify), Outcome::Done, "{at}");
                let ends = ask(&mut card, &next, Task::Encode);
                assert!(matches!(ends, Outcome::Done | Outcome::AlreadyDone), "{at}: {ends:?}");
            }
        }
    }
}

/// The profile with its application in two key sets.
fn in_sets() -> String {
    let sets = "change = \"master\"\nkey_sets = { sets = 2, roll_key = \"lock\" }";
    PROFILE.replacen("change = \"master\"", sets, 1)
}

/// Made in the slot with two sets, as permitted; the keys of the next edition come into the second, which is rolled
/// to.
#[test]
fn an_application_in_key_sets_is_made_and_rolled() {
    let (text, before) =
        (in_sets(), in_sets().replacen("version = 2, former = 1", "version = 1", 1));
    for model in MODELS {
        let mut card = owned(model, 11);
        assert_eq!(ask(&mut card, &before, Task::Encode), Outcome::Done, "{model}");
        let rekey = unpermitted(&text, Task::Rekey);
        let mut planned_on = card.clone();
        let plan = planned(&mut planned_on, &rekey);
        let rolls = |act| {
            plan.steps
                .iter()
                .any(|one| matches!(one.step, Step::KeySet { act: found, .. } if found == act))
        };
        assert!(
            [KeySetAct::Initialize, KeySetAct::Finalize, KeySetAct::Roll].into_iter().all(rolls)
        );
        assert_eq!(work(&mut card, &rekey).outcome, Outcome::Done, "{model}");
        for task in [Task::Verify, Task::Rekey, Task::Update] {
            let outcome = work(&mut card, &unpermitted(&text, task)).outcome;
            let well = matches!(outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(well, "{task} {model}: {outcome:?}");
        }
        assert_eq!(ask(&mut card, &text, Task::Recycle), Outcome::Done, "{model}");
        // A permission is for the sets too.
        let refused =
            unpermitted(&text, Task::Encode).permitted(creation(PROFILE), day("2027-06-01"));
        assert!(matches!(refused, Err(PermissionError::Other { .. })), "{model}");
    }
}

/// Encodes, and tears at an exchange.
fn torn(card: &mut SoftCard, job: &Job, exchange: usize, moment: Moment) -> bool {
    card.reset();
    let uid = card.uid();
    let mut tear = Tear::new(&mut *card, exchange, moment);
    let record = &records(job)[0];
    let encoded = encoder(job).encode(InField::new(uid, &mut tear), record);
    assert_eq!(tear.torn(), matches!(encoded.outcome, Outcome::Failed(_)));
    tear.torn()
}

/// Whatever is done with a card, torn at every exchange before and after the card does it: the same again brings it
/// to its end, and it verifies.
#[test]
fn a_card_torn_anywhere_is_finished() {
    for text in [PROFILE, &in_sets()] {
        MODELS.into_iter().for_each(|model| is_finished_wherever_torn(model, text));
    }
}

fn is_finished_wherever_torn(model: Model, text: &str) {
    let former = text.replacen("version = 2, former = 1", "version = 1", 1);
    let blank = owned(model, 8);
    let [mut done, mut before] = [blank.clone(), blank.clone()];
    assert_eq!(ask(&mut done, text, Task::Encode), Outcome::Done);
    assert_eq!(ask(&mut before, &former, Task::Encode), Outcome::Done);
    for (what, start, task, ends) in [
        ("make", &blank, Task::Encode, Task::Verify),
        ("upgrade", &before, Task::Encode, Task::Verify),
        ("rekey", &before, Task::Rekey, Task::Verify),
        ("update", &done, Task::Update, Task::Verify),
        ("verify", &done, Task::Verify, Task::Verify),
        ("recycle", &done, Task::Recycle, Task::Recycle),
    ] {
        let job = job(text, task);
        let (mut exchange, mut tears) = (0, 0);
        loop {
            let mut failed = 0;
            for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
                let mut card = start.clone();
                failed += usize::from(torn(&mut card, &job, exchange, moment));
                let at = format!("{what} on {model}, torn at {exchange}, {moment:?}");
                let again = work(&mut card, &job).outcome;
                let well = matches!(again, Outcome::Done | Outcome::AlreadyDone);
                assert!(well, "{at}: {again:?}");
                let end = ask(&mut card, text, ends);
                assert!(matches!(end, Outcome::Done | Outcome::AlreadyDone), "{at}: {end:?}");
            }
            if failed == 0 {
                break;
            }
            (exchange, tears) = (exchange + 1, tears + failed);
        }
        assert!(tears >= 14, "{what} on {model}: {tears}");
    }
}

fn planned(card: &mut SoftCard, job: &Job) -> Plan {
    card.reset();
    let uid = card.uid();
    encoder(job).plan(InField::new(uid, &mut *card), &records(job)[0]).unwrap()
}

/// Exchanges, bytes and memory of a plan are what doing it takes, from wherever a tear left the card.
#[test]
fn a_plan_costs_what_doing_it_takes() {
    let mut compared = 0;
    let mut compare = |start: &SoftCard, text: &str, task: Task| {
        let mut card = start.clone();
        let job = job(text, task);
        let plan = planned(&mut card, &job);
        card.reset();
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records(&job)[0]);
        assert!(matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone), "{task}");
        let look = usize::try_from(plan.look.exchanges).unwrap();
        let sum = |part: fn(&Exchange) -> usize, of: &[Exchange]| {
            of.iter().map(part).sum::<usize>() as u64
        };
        for (cost, of) in [(plan.look, &exchanges[..look]), (plan.total, &exchanges[look..])] {
            let told = (cost.exchanges, cost.sent, cost.received);
            let sums = (sum(|one| one.sent, of), sum(|one| one.received, of));
            assert_eq!(told, (of.len() as u64, sums.0, sums.1), "{task}: {:?}", plan.steps);
        }
        let [before, after] = [start, &card].map(|card| i64::from(free(card)));
        assert_eq!(before - after, plan.total.memory, "{task}");
        compared += 1;
        card
    };
    for model in MODELS {
        let blank = owned(model, 9);
        let done = compare(&blank, PROFILE, Task::Encode);
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update, Task::Recycle] {
            let _after = compare(&done, PROFILE, task);
        }
        let before = compare(&blank, &former(), Task::Encode);
        let _upgraded = compare(&before, PROFILE, Task::Encode);
        for exchange in 0..28 {
            let mut card = blank.clone();
            let job = job(PROFILE, Task::Encode);
            assert!(torn(&mut card, &job, exchange, Moment::AfterExecution), "{exchange}");
            let _finished = compare(&card, PROFILE, Task::Encode);
        }
    }
    println!("{compared} plans cost what was foreseen");
}

fn free(card: &SoftCard) -> u32 {
    let state: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
    state["free"].as_u64().unwrap().try_into().unwrap()
}

#[test]
fn the_plan_creates_in_the_session_in_which_the_card_was_looked_at() {
    let mut card = owned(Model::Ev2_8k, 10);
    let plan = planned(&mut card, &job(PROFILE, Task::Encode));
    let first = &plan.steps[0];
    assert!(matches!(first.step, Step::CreateDelegated { .. }), "{:?}", first.step);
    assert_eq!(
        first.text,
        "create application F5D1A0 with 2 AES keys, settings 09 (key 0 changes keys), in slot 3, version 1, 12 blocks"
    );
    assert_eq!((plan.look.exchanges, plan.total.exchanges), (6, 23));
}

/// Neither the permission nor any key shows in what is kept or told, nor goes to the card in clear but as the card is to
/// have it.
#[test]
fn nothing_tells_the_permission_or_a_key() {
    let mut card = owned(Model::Ev3_8k, 11);
    let job = job(PROFILE, Task::Encode);
    let permission = creation(PROFILE);
    let text = permission.text();
    let proof = text.split("proof = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(proof.len(), 80);
    let plan = planned(&mut card, &job);
    card.reset();
    let uid = card.uid();
    let mut trace = Trace::new(&mut card);
    let record = &records(&job)[0];
    let encoded = encoder(&job).encode(InField::new(uid, &mut trace), record);
    let deleted = deletion(PROFILE);
    let mut shown = vec![
        format!("{job:?} {permission:?} {deleted:?} {plan:?} {encoded:?} {:?}", trace.exchanges()),
        serde_json::to_string(&plan).unwrap(),
        serde_json::to_string(&encoded.receipt).unwrap(),
    ];
    let bent = text.replacen(&proof, &format!("{}Z", proof.get(1..).unwrap()), 1);
    let error = Permission::parse(&bent).unwrap_err();
    shown.push(format!("{error} {error:?}"));
    let deletion_text = deleted.text();
    let mac = deletion_text.split("proof = \"").nth(1).unwrap().split('"').next().unwrap();
    let secrets = [("dam-auth", 1), ("dam-mac", 1), ("dam-enc", 1), ("locker-start", 100)];
    let keys =
        secrets.map(|(name, version)| hex::encode_upper(crate::common::issuer_key(name, version)));
    let pieces = [proof.get(..16), proof.get(32..48), proof.get(64..), Some(mac)]
        .map(|piece| piece.unwrap().to_owned());
    for text in shown.iter().map(|text| text.to_uppercase()) {
        for secret in keys.iter().chain(&pieces) {
            assert!(!text.contains(secret), "{secret}");
            let bytes = hex::decode(secret).unwrap();
            assert!(!text.contains(format!("{bytes:?}").get(1..20).unwrap()), "{secret}");
        }
    }
}

/// A card that hides its UID tells it in the session of DAMAuthKey, which cannot be made from it then.
#[test]
fn a_card_that_hides_its_uid_is_made_and_found_again() {
    let hidden = PROFILE
        .replacen("app = \"start\"", "app = \"start\"\nrandom_uid = true", 1)
        .replacen(", diversify = { scheme = \"an10922\", input = [\"uid\", \"ascii:CITY\"] }", "", 1)
        .replacen("ref = \"locker1\", version = 1, diversify = { scheme = \"an10922\", input = [\"uid\", \"aid\"] }", "ref = \"locker1\", version = 1", 1);
    for model in MODELS {
        let mut card = prepared(model, 12, &hidden, true);
        assert!(!matches!(card.uid(), Uid::Real(_)), "{model}");
        assert_eq!(ask(&mut card, &hidden, Task::Encode), Outcome::Done, "{model}");
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update, Task::Recycle] {
            let outcome = ask(&mut card, &hidden, task);
            assert!(matches!(outcome, Outcome::Done | Outcome::AlreadyDone), "{task}: {outcome:?}");
        }
    }
}

/// An application that starts with zeros, as of an owner who permits no other key.
#[test]
fn an_application_may_start_with_zeros() {
    let zeros = PROFILE
        .replacen("app = \"start\"                         # what the application starts with: the key in the permission\n", "", 1)
        .replacen("start = { ref = \"locker-start\", version = 100 }\n", "", 1);
    for model in MODELS {
        let mut card = owned(model, 13);
        let profile = Profile::parse(&zeros).unwrap_or_else(|error| panic!("{error}"));
        let application = delegated_application(&profile).unwrap();
        let permit = owner().permit(&application, &CardKey::zero_aes(), &RANDOM).unwrap();
        let permission = Permission::creation(permit, day("2099-12-31"));
        let job =
            unpermitted(&zeros, Task::Encode).permitted(permission, day("2027-06-01")).unwrap();
        assert_eq!(work(&mut card, &job).outcome, Outcome::Done, "{model}");
        assert_eq!(
            work(&mut card, &unpermitted(&zeros, Task::Verify)).outcome,
            Outcome::Done,
            "{model}"
        );
    }
}
