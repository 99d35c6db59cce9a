// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications in key sets: made, rekeyed at once by the job or left for a reader to roll, told by verification,
//! plans and receipts; and cards without sets beside them.

use crate::common::{card, encode, encoder};
use cardwright::diagnose::{Limits, Search, Target};
use cardwright::diversify::Subject;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Difference, Encoded, Failure, Job, KeySetAct, OneWay, Outcome, Refusal, Step, Task,
};
use cardwright::host::{KeySetNo, Session};
use cardwright::key::CardKey;
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, Moment, Tear};
use cardwright::wire::{Aid, KeyNo, KeyType, KeyVersion, Messaging, Opening};
use serde_json::Value;

const NOW: &str = include_str!("../profiles/key-sets.toml");
const LATER: &str = include_str!("../profiles/key-sets-later.toml");
const KEYS: &str = include_str!("../profiles/keys.toml");
const SETS: [Model; 2] = [Model::Ev2_8k, Model::Ev3_8k];

fn job(text: &str, task: Task) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    job.allowing(&OneWay::ALL).with_task(task).unwrap()
}

/// The edition before.
fn former(text: &str) -> String {
    text.replace("version = 2, former = 1", "version = 1")
}

/// The same without key sets.
fn without(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("key_sets"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), include_bytes!("../profiles/records.csv")).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

fn ask(card: &mut SoftCard, job: &Job) -> Encoded {
    card.reset();
    encode(&mut encoder(job), card, &records(job)[0]).0
}

/// A finished card of the former edition.
fn finished(model: Model, text: &str) -> SoftCard {
    let mut card = card(model, 9);
    assert_eq!(ask(&mut card, &job(text, Task::Encode)).outcome, Outcome::Done, "{model}");
    card
}

/// The card's key of a slot in an edition of the profile, by its name.
fn key(text: &str, card: &SoftCard, name: &str, no: u8) -> CardKey {
    let (profile, keys) = (Profile::parse(text).unwrap(), KeyFile::parse(KEYS).unwrap());
    let spec = profile.keys().iter().find(|key| key.name == name).unwrap();
    let issuer = keys.issuer(&spec.reference, spec.version).unwrap();
    let uid = card.uid();
    let aid = profile.applications()[0].aid;
    let subject = Subject { uid: uid.real(), aid, no: KeyNo::new(no).unwrap(), fields: None };
    spec.card_key(&*issuer, &subject).unwrap()
}

fn aid(text: &str) -> Aid {
    Profile::parse(text).unwrap().applications()[0].aid
}

/// Whether a key opens the application.
fn opens(card: &mut SoftCard, text: &str, name: &str, no: u8) -> bool {
    let key = key(text, card, name, no);
    card.reset();
    let session = Session::open(card).select_application(aid(text)).unwrap();
    session.authenticate(Opening::Ev2First, KeyNo::new(no).unwrap(), &key, &[7; 16]).is_ok()
}

/// Somebody else fills the next set of a card of the former edition, and may close it. Gives the versions of its sets.
fn fill(card: &mut SoftCard, text: &str, new: &[CardKey], close: bool) -> Vec<KeyVersion> {
    let kind = new[0].key_type();
    let (zeros, set) = (CardKey::zero(kind), KeySetNo::new(1).unwrap());
    let master = key(&former(text), card, "master", 0);
    card.reset();
    let session = Session::open(card).select_application(aid(text)).unwrap();
    let session = session.authenticate(Opening::Ev2First, KeyNo::MASTER, &master, &[7; 16]);
    let mut session = session.unwrap();
    let _made = session.initialize_key_set(set, kind).unwrap();
    for (key, no) in new.iter().zip(0..) {
        let no = KeyNo::new(no).unwrap();
        let _changed = session.change_key_of_set(set, no, key, &zeros).unwrap();
    }
    if close {
        let _closed = session.finalize_key_set(set, KeyVersion(2)).unwrap();
    }
    session.key_set_versions().unwrap().value
}

/// As a door does it.
fn roll(card: &mut SoftCard, text: &str) {
    let key = key(&former(text), card, "roll", 2);
    card.reset();
    let session = Session::open(card).select_application(aid(text)).unwrap();
    let session = session.authenticate(Opening::Ev2First, KeyNo::new(2).unwrap(), &key, &[7; 16]);
    let _rolled = session.unwrap().roll_key_set(KeySetNo::new(1).unwrap()).unwrap();
}

#[test]
fn all_keys_change_with_one_command() {
    for model in SETS {
        let mut card = finished(model, &former(NOW));
        card.reset();
        let rekey = job(NOW, Task::Rekey);
        let uid = card.uid();
        let plan = encoder(&rekey).plan(InField::new(uid, &mut card), &records(&rekey)[0]).unwrap();
        let steps: Vec<_> = plan.steps.iter().map(|planned| &planned.step).collect();
        assert!(!steps.iter().any(|step| matches!(step, Step::ChangeKey { .. })), "{model}");
        let rolled = steps
            .iter()
            .filter(|step| matches!(step, Step::KeySet { act: KeySetAct::Roll, .. }))
            .count();
        assert_eq!(rolled, 1, "{model}");
        assert_eq!(ask(&mut card, &rekey).outcome, Outcome::Done, "{model}");
        for (name, no) in [("master", 0), ("read", 1)] {
            assert!(opens(&mut card, NOW, name, no), "{model} {name}");
            assert!(!opens(&mut card, &former(NOW), name, no), "{model} {name}");
        }
        assert!(opens(&mut card, NOW, "fixed", 2), "{model}");
        assert_eq!(ask(&mut card, &rekey).outcome, Outcome::AlreadyDone, "{model}");
        let verified = ask(&mut card, &job(NOW, Task::Verify));
        assert_eq!(verified.outcome, Outcome::Done, "{model}");
        assert!(verified.receipt.key_sets.is_empty(), "{model}");
    }
}

/// A card that waits opens old doors, is told as what it is, and opens new ones once one has rolled.
#[test]
fn a_card_is_left_prepared_until_a_reader_rolls() {
    for model in SETS {
        for task in [Task::Rekey, Task::Encode, Task::Update] {
            let mut card = finished(model, &former(LATER));
            let told = ask(&mut card, &job(LATER, Task::Verify)).outcome;
            assert!(matches!(told, Outcome::Refused(Refusal::Differs(_))), "{told:?}");
            let prepared = ask(&mut card, &job(LATER, task));
            assert_eq!(prepared.outcome, Outcome::Prepared, "{task} {model}");
            let [waits] = &prepared.receipt.key_sets[..] else { panic!("{:?}", prepared.receipt) };
            assert_eq!((waits.at.as_str(), waits.waits), ("F50092", Some(1)));
            assert!(!prepared.receipt.keyed && prepared.receipt.outcome.is_well());
            for name in ["master", "read", "roll"].iter().zip(0..) {
                assert!(opens(&mut card, &former(LATER), name.0, name.1), "{task} {model}");
                assert!(!opens(&mut card, LATER, name.0, name.1), "{task} {model}");
            }
            for again in [Task::Rekey, Task::Encode, Task::Update, Task::Verify] {
                let encoded = ask(&mut card, &job(LATER, again));
                assert_eq!(encoded.outcome, Outcome::Prepared, "{task} {again} {model}");
                let wrote = serde_json::to_value(encoded.receipt.wrote).unwrap();
                assert_eq!(wrote, "nothing", "{task} {again} {model}");
            }
            roll(&mut card, LATER);
            for name in ["master", "read", "roll"].iter().zip(0..) {
                assert!(opens(&mut card, LATER, name.0, name.1), "{task} {model}");
            }
            assert_eq!(ask(&mut card, &job(LATER, Task::Verify)).outcome, Outcome::Done);
            assert_eq!(ask(&mut card, &job(LATER, Task::Rekey)).outcome, Outcome::AlreadyDone);
        }
    }
}

/// Wherever a card is torn away, the keys of one edition open it as a whole, and the next time finishes it.
#[test]
fn some_set_opens_every_door_whatever_is_torn() {
    for (text, ended) in [(NOW, Outcome::Done), (LATER, Outcome::Prepared)] {
        let names = ["master", "read", if text == NOW { "fixed" } else { "roll" }];
        let rekey = job(text, Task::Rekey);
        let record = &records(&rekey)[0];
        let begun = finished(Model::Ev3_8k, &former(text));
        let mut editions = [0; 2];
        for exchange in 0.. {
            let mut card = begun.clone();
            card.reset();
            let uid = card.uid();
            let mut tear = Tear::new(&mut card, exchange, Moment::AfterExecution);
            let torn = encoder(&rekey).encode(InField::new(uid, &mut tear), record).outcome;
            if torn == ended {
                break;
            }
            let mut opened_by = |edition: &str| {
                let opened =
                    names.iter().zip(0..).filter(|(name, no)| opens(&mut card, edition, name, *no));
                opened.count()
            };
            let opened = [opened_by(&former(text)), opened_by(text)];
            assert!(opened.contains(&3), "torn at {exchange}: {opened:?}");
            editions[usize::from(opened[1] == 3)] += 1;
            let outcome = ask(&mut card, &rekey).outcome;
            let well = [ended.clone(), Outcome::AlreadyDone].contains(&outcome);
            assert!(well, "torn at {exchange}: {outcome:?}");
        }
        assert!(editions[0] > 15 && (editions[1] > 1 || text == LATER), "{editions:?}");
    }
}

/// A set that looks whole and closed, and that the card does not roll to, is filled anew: one of another key type
/// is such a set. One that is only closed in part is told by its version.
#[test]
fn a_set_that_cannot_be_rolled_to_is_filled_anew() {
    let now = LATER.replacen(", roll = \"later\"", "", 1);
    for (kind, close) in [(KeyType::Des, true), (KeyType::Aes, true), (KeyType::Aes, false)] {
        let mut card = finished(Model::Ev2_8k, &former(LATER));
        let new = |name: &str, no| match kind {
            KeyType::Des | KeyType::Tdes3 => {
                let bytes: [u8; 16] =
                    core::array::from_fn(|at| u8::try_from(at).unwrap() * 2 + 0x52);
                CardKey::des(&bytes).with_version(KeyVersion(2))
            }
            KeyType::Aes => key(LATER, &card, name, no),
        };
        let new = [new("master", 0), new("read", 1), new("roll", 2)];
        let told = fill(&mut card, LATER, &new, close);
        assert_eq!(told, [KeyVersion(1), KeyVersion(if close { 2 } else { 0 })]);
        assert_eq!(ask(&mut card, &job(&now, Task::Rekey)).outcome, Outcome::Done, "{kind}");
        assert_eq!(ask(&mut card, &job(&now, Task::Verify)).outcome, Outcome::Done, "{kind}");
    }
}

/// A set that is closed under the present version, and lacks a key, is filled anew before anybody rolls to it.
#[test]
fn a_closed_set_that_lacks_a_key_is_filled_anew() {
    for model in SETS {
        for lacking in 1..3 {
            let mut card = finished(model, &former(LATER));
            let new = ["master", "read", "roll"].into_iter().zip(0..);
            let new: Vec<_> = new.map(|(name, no)| key(LATER, &card, name, no)).collect();
            fill(&mut card, LATER, &new[..3 - lacking], true);
            let outcome = ask(&mut card, &job(LATER, Task::Rekey)).outcome;
            assert_eq!(outcome, Outcome::Prepared, "{model} {lacking}");
            roll(&mut card, LATER);
            for (name, no) in ["master", "read", "roll"].into_iter().zip(0..) {
                assert!(opens(&mut card, LATER, name, no), "{model} {lacking}: {name}");
            }
        }
    }
}

/// A key that is the same in both editions opens the card before the roll, which says nothing of the one that comes
/// with the set: somebody else may have filled that.
#[test]
fn a_key_that_opened_before_the_roll_has_to_open_after_it() {
    let now = NOW
        .replacen(
            "picc = { ref = \"aes-p\", version = 2, former = 1,",
            "picc = { ref = \"aes-p\", version = 2,",
            1,
        )
        .replacen("read = \"read\"", "read = \"fixed\"", 1);
    for (verify, model) in
        ["read-back", "every-key"].into_iter().flat_map(|of| SETS.map(|one| (of, one)))
    {
        let now = now.replacen("read-back", verify, 1);
        for fits in [true, false] {
            let mut card = finished(model, &former(&now));
            let other = CardKey::aes(&[0x5A; 16], KeyVersion(2));
            let fixed = key(&now, &card, "fixed", 2);
            let new = [key(&now, &card, "master", 0), key(&now, &card, "read", 1)];
            fill(&mut card, &now, &[&new[..], &[if fits { fixed } else { other }]].concat(), true);
            let outcome = ask(&mut card, &job(&now, Task::Encode)).outcome;
            match fits {
                true => assert_eq!(outcome, Outcome::Done, "{verify} {model}"),
                false => {
                    let refused = matches!(outcome, Outcome::Failed(Failure::KeyRefused { .. }));
                    assert!(refused, "{verify} {model}: {outcome:?}");
                }
            }
        }
    }
}

/// Who no longer wants to wait for readers has the job roll what is prepared: one command.
#[test]
fn what_is_prepared_is_rolled_by_a_job_too() {
    for model in SETS {
        let mut card = finished(model, &former(LATER));
        assert_eq!(ask(&mut card, &job(LATER, Task::Rekey)).outcome, Outcome::Prepared);
        let now = LATER.replacen(", roll = \"later\"", "", 1);
        let rekey = job(&now, Task::Rekey);
        card.reset();
        let uid = card.uid();
        let plan = encoder(&rekey).plan(InField::new(uid, &mut card), &records(&rekey)[0]).unwrap();
        let changes = plan.steps.iter().map(|one| &one.step).filter(|step| step.changes_card());
        let changes: Vec<_> = changes.collect();
        assert!(matches!(changes[..], [Step::KeySet { act: KeySetAct::Roll, .. }]), "{changes:?}");
        assert_eq!(ask(&mut card, &rekey).outcome, Outcome::Done, "{model}");
        assert_eq!(ask(&mut card, &job(&now, Task::Verify)).outcome, Outcome::Done, "{model}");
    }
}

/// Cards of chips and editions without sets get their keys one by one and at once, and the receipt says so.
#[test]
fn cards_without_key_sets_are_rekeyed_the_old_way() {
    for text in [NOW, LATER] {
        for (model, begun) in
            [(Model::Ev1_8k, former(text)), (Model::Ev2_8k, without(&former(text)))]
        {
            let mut card = finished(model, &begun);
            let encoded = ask(&mut card, &job(text, Task::Rekey));
            assert_eq!(encoded.outcome, Outcome::Done, "{model}");
            let [told] = &encoded.receipt.key_sets[..] else { panic!("{:?}", encoded.receipt) };
            assert_eq!((told.waits, told.version), (None, None), "{model}");
            let verified = ask(&mut card, &job(text, Task::Verify));
            assert_eq!(verified.outcome, Outcome::Done, "{model}");
            assert_eq!(verified.receipt.key_sets.len(), 1, "{model}");
        }
        // Sets are filled in EV2 messaging alone.
        let mut card = finished(Model::Ev2_8k, &former(text));
        let ev1 = job(text, Task::Rekey).with_messaging(Messaging::Ev1).unwrap();
        for job in [ev1, job(text, Task::Verify)] {
            let encoded = ask(&mut card, &job);
            assert_eq!(encoded.outcome, Outcome::Done);
            // The keys came one by one, and the set's own version stayed.
            let [told] = &encoded.receipt.key_sets[..] else { panic!("{:?}", encoded.receipt) };
            assert_eq!((told.waits, told.version), (None, Some(1)));
        }
    }
}

/// Behind an EV1 card, which has no key sets, another is asked what it is: in EV1 messaging all are opened alike.
#[test]
fn cards_behind_one_without_sets_get_theirs() {
    let encode_all = job(&former(LATER), Task::Encode);
    for later in SETS {
        let mut encoder = encoder(&encode_all);
        for (model, number) in [Model::Ev1_4k, later, Model::Ev1_4k, later].into_iter().zip(1..) {
            let mut card = card(model, number);
            let (encoded, _) = encode(&mut encoder, &mut card, &records(&encode_all)[0]);
            assert_eq!(encoded.outcome, Outcome::Done, "{model}");
            let sets: Value = serde_json::from_slice(&card.save()).unwrap();
            let sets = &sets["applications"][0]["sets"];
            assert_eq!(sets.is_null(), model == Model::Ev1_4k, "{model}: {sets}");
        }
    }
}

/// A plan says what each chip of a mixed stock gets.
#[test]
fn a_plan_tells_which_cards_get_key_sets() {
    for (model, told) in [
        (Model::Ev1_8k, "with 3 AES keys, "),
        (Model::Ev2_8k, "with 3 AES keys in each of 3 key sets, "),
        (Model::Ev3_8k, "with 3 AES keys in each of 3 key sets, "),
    ] {
        let (job, mut card) = (job(NOW, Task::Encode), card(model, 9));
        let uid = card.uid();
        let plan = encoder(&job).plan(InField::new(uid, &mut card), &records(&job)[0]).unwrap();
        let mut texts = plan.steps.iter().map(|planned| planned.text.as_str());
        let created = texts.find(|text| text.starts_with("create application")).unwrap();
        assert!(created.contains(told), "{model}: {created}");
    }
}

/// Other sets than the profile's cannot become them, and whose profile knows of none is told so too.
#[test]
fn cards_with_other_key_sets_are_refused() {
    for other in [NOW.replacen("sets = 3", "sets = 2", 1), without(NOW)] {
        let mut card = finished(Model::Ev3_8k, &former(NOW));
        let refused = Outcome::Refused(Refusal::OtherApplication { aid: aid(NOW) });
        assert_eq!(ask(&mut card, &job(&other, Task::Rekey)).outcome, refused);
    }
    let same = Difference::KeySet(aid(NOW)).to_string();
    assert!(same.contains("F50091 has its former keys"), "{same}");
}

/// A search on a card in key sets knows how many keys there are, and of which type.
#[test]
fn a_search_knows_the_keys_of_an_application_in_sets() {
    let listed = NOW.replacen("key_sets = ", "free_list = true\nkey_sets = ", 1);
    let mut card = finished(Model::Ev3_8k, &listed);
    card.reset();
    let search = Search {
        issuers: Vec::new(),
        forms: Vec::new(),
        limits: Limits::default(),
        any_version: false,
        all: false,
        uid: None,
        messaging: None,
    };
    let uid = card.uid();
    let target = Target { aid: aid(NOW), no: None };
    let plan = search.look(&mut card, &uid, &[target]).unwrap();
    let slots = plan.levels()[0].slots.iter().map(|slot| (slot.version, slot.key_type));
    assert_eq!(slots.collect::<Vec<_>>(), [(Some(KeyVersion(2)), Some(KeyType::Aes)); 3]);
}
