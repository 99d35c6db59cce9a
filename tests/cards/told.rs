// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are told what nothing on them shows: ATS, SAK, ATQA, name, and no chained writes. Their own PICC
//! master key, or a random UID, stands for it.

use crate::common::{card, encode, encoder};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Receipt, Refusal, Task};
use cardwright::host::Grade;
use cardwright::iso14443::Uid;
use cardwright::keys::KeyFile;
use cardwright::profile::{CardSetting, Profile, Record, Records};
use serde_json::Value;

const PROFILE: &str = include_str!("../profiles/told.toml");
const KEYS: &str = include_str!("../profiles/keys.toml");

fn job(text: &str, task: Task) -> Job {
    let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    job.allowing(&OneWay::ALL).with_task(task).unwrap()
}

fn record(job: &Job) -> Record {
    let records = Records::csv(job.profile(), include_bytes!("../profiles/records.csv")).unwrap();
    records.entries.into_iter().next().unwrap().unwrap()
}

fn ask(card: &mut SoftCard, text: &str, task: Task) -> (Outcome, Receipt) {
    card.reset();
    let job = job(text, task);
    let (encoded, _) = encode(&mut encoder(&job), card, &record(&job));
    (encoded.outcome, encoded.receipt)
}

/// Everything about the card as a whole.
fn saved(card: &SoftCard) -> Value {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    for changing in ["applications", "random", "clock", "time"] {
        let _ = saved.as_object_mut().unwrap().remove(changing);
    }
    saved
}

/// As `ask`, on a reader that tells the answer to select.
fn ask_with_ats(card: &mut SoftCard, text: &str, task: Task) -> (Outcome, Receipt) {
    card.reset();
    let job = job(text, task);
    let encoded = encoder(&job).encode(card.in_field(), &record(&job));
    (encoded.outcome, encoded.receipt)
}

fn grade(receipt: &Receipt, setting: CardSetting) -> Grade {
    receipt.told.iter().find(|one| one.setting == setting).unwrap().grade
}

/// The profile without one of its entries.
fn without(entry: &str) -> String {
    let lines = PROFILE.lines().filter(|line| !line.starts_with(entry));
    lines.map(|line| format!("{line}\n")).collect()
}

/// What a card answers to readers, and whether it has its name, later jobs look at.
#[test]
fn a_card_that_was_not_told_is_found_and_told() {
    use CardSetting::{Ats, Name};
    for (model, entry, setting) in [
        (Model::Ev2_8k, "ats = ", Ats),
        (Model::Ev3_8k, "ats = ", Ats),
        (Model::Ev2_8k, "name = \"F05", Name),
        (Model::Ev3_8k, "name = \"F05", Name),
    ] {
        let mut card = card(model, 8);
        assert_eq!(ask_with_ats(&mut card, &without(entry), Task::Encode).0, Outcome::Done);
        let (outcome, _) = ask_with_ats(&mut card, PROFILE, Task::Verify);
        let differs = Refusal::Differs(Difference::Told(setting));
        assert_eq!(outcome, Outcome::Refused(differs), "{model}");
        let (outcome, receipt) = ask_with_ats(&mut card, PROFILE, Task::Update);
        assert_eq!(outcome, Outcome::Done, "{model} {setting:?}");
        assert!(grade(&receipt, setting) >= Grade::Sealed, "{model} {:?}", receipt.told);
        let (outcome, receipt) = ask_with_ats(&mut card, PROFILE, Task::Verify);
        assert_eq!(outcome, Outcome::Done, "{model}");
        assert_eq!([Ats, Name].map(|one| grade(&receipt, one)), [Grade::Said; 2], "{model}");
        // Encoding looks at what costs nothing.
        let (outcome, receipt) = ask_with_ats(&mut card, PROFILE, Task::Encode);
        assert_eq!(outcome, Outcome::AlreadyDone, "{model}");
        let seen = [Ats, Name].map(|one| grade(&receipt, one));
        assert_eq!(seen, [Grade::Said, Grade::NotLookedAt], "{model}");
    }
}

/// A number in place of the UID is shown from the next activation on, and found missing later.
#[test]
fn a_card_that_is_to_show_a_number_shows_it() {
    const NUID: &str = include_str!("../profiles/nuid.toml");
    let shown = |card: &mut SoftCard| {
        card.reset();
        card.uid()
    };
    let mut card = card(Model::Ev3_8k, 9);
    let real = card.uid();
    let before = NUID.replacen("nuid = true\n", "", 1);
    assert_eq!(ask(&mut card, &before, Task::Encode).0, Outcome::Done);
    assert_eq!(shown(&mut card), real);
    let (outcome, _) = ask(&mut card, NUID, Task::Verify);
    let differs = Refusal::Differs(Difference::Told(CardSetting::Nuid));
    assert_eq!(outcome, Outcome::Refused(differs));
    let (outcome, receipt) = ask(&mut card, NUID, Task::Update);
    assert_eq!((outcome, grade(&receipt, CardSetting::Nuid)), (Outcome::Done, Grade::Sealed));
    let number = shown(&mut card);
    assert!(matches!(number, Uid::Number(_)), "{number:?}");
    assert_eq!(shown(&mut card), number);
    let (outcome, receipt) = ask(&mut card, NUID, Task::Verify);
    assert_eq!((outcome, grade(&receipt, CardSetting::Nuid)), (Outcome::Done, Grade::Said));
    assert_eq!(ask(&mut card, NUID, Task::Encode).0, Outcome::AlreadyDone);
    let profile = Profile::parse(NUID).unwrap();
    assert!(profile.card().unwrap().hides_uid() && !profile.card().unwrap().random_uid);
    // The switches that are told for good at the end leave it.
    let mut made = self::card(Model::Ev3_4k, 10);
    assert_eq!(ask(&mut made, NUID, Task::Encode).0, Outcome::Done);
    assert!(matches!(shown(&mut made), Uid::Number(_)));
    let refused = Job::new(Profile::parse(NUID).unwrap(), &KeyFile::parse(KEYS).unwrap()).unwrap();
    let refused = refused.allowing(&[OneWay::NoFormat]);
    let (encoded, exchanges) =
        encode(&mut encoder(&refused), &mut self::card(Model::Ev3_4k, 11), &record(&refused));
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::Answers)));
    assert!(exchanges.is_empty());
}

/// An EV3's random UID begins as an EV1's where the profile says so; one that begins otherwise is told again.
#[test]
fn a_random_uid_begins_as_the_profile_says() {
    let later = without("chained_writes = ")
        .replacen("[\"ev2\", \"ev3\"]", "[\"ev3\"]", 1)
        .replacen("[card]\n", "[card]\nrandom_uid = true\n", 1)
        .replacen(", diversify = { scheme = \"an10922\", input = [\"uid\"] }", "", 1);
    let old =
        later.replacen("random_uid = true\n", "random_uid = true\nrandom_uid_start = \"80\"\n", 1);
    let begins = |card: &mut SoftCard| {
        card.reset();
        card.uid().expose()[0]
    };
    let mut made = card(Model::Ev3_8k, 12);
    assert_eq!(ask(&mut made, &old, Task::Encode).0, Outcome::Done);
    assert_eq!(begins(&mut made), 0x80);
    assert_eq!(ask(&mut made, &old, Task::Verify).0, Outcome::Done);
    let mut card = card(Model::Ev3_8k, 13);
    assert_eq!(ask(&mut card, &later, Task::Encode).0, Outcome::Done);
    assert_eq!(begins(&mut card), 0x08);
    let (outcome, _) = ask(&mut card, &old, Task::Verify);
    assert_eq!(outcome, Outcome::Refused(Refusal::Differs(Difference::RandomUid)));
    let (outcome, receipt) = ask(&mut card, &old, Task::Encode);
    assert_eq!((outcome, receipt.random_uid), (Outcome::Done, Some(Grade::Attested)));
    assert_eq!(begins(&mut card), 0x80);
    assert_eq!(ask(&mut card, &old, Task::Encode).0, Outcome::AlreadyDone);
}

/// For EV3 alone, with its ATQA.
fn ev3() -> String {
    PROFILE.replacen("[\"ev2\", \"ev3\"]", "[\"ev3\"]", 1).replacen(
        "sak = ",
        "atqa = \"0348\"\nsak = ",
        1,
    )
}

#[test]
fn a_card_is_told_and_its_own_key_stands_for_it() {
    for (model, text) in [
        (Model::Ev2_8k, PROFILE.to_owned()),
        (Model::Ev3_8k, PROFILE.to_owned()),
        (Model::Ev3_4k, ev3()),
    ] {
        let mut card = card(model, 1);
        let (outcome, receipt) = ask(&mut card, &text, Task::Encode);
        assert_eq!(outcome, Outcome::Done, "{model}");
        let told: Vec<_> = receipt.told.iter().map(|one| one.setting).collect();
        let all = CardSetting::ALL.into_iter();
        let wanted: Vec<_> = all
            .filter(|one| *one != CardSetting::Nuid)
            .filter(|one| *one != CardSetting::Atqa || text.contains("atqa"))
            .collect();
        assert_eq!(told, wanted, "{model}");
        assert!(receipt.told.iter().all(|one| one.grade >= Grade::Said), "{:?}", receipt.told);
        let is = saved(&card).to_string().to_uppercase();
        for part in ["C1A2B3C4", "F05A17C0DE"] {
            assert!(is.contains(part), "{part}: {is}");
        }
        for task in [Task::Encode, Task::Verify, Task::Rekey, Task::Update] {
            let (outcome, receipt) = ask(&mut card, &text, task);
            let well = matches!(outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(well, "{task} {model}: {outcome:?}");
            // Who looks at everything selects it by its name; no reader told its answer to select.
            let looks = matches!(task, Task::Verify | Task::Update);
            for one in &receipt.told {
                let seen = looks && one.setting == CardSetting::Name;
                let grade = if seen { Grade::Said } else { Grade::NotLookedAt };
                assert_eq!(one.grade, grade, "{task} {model} {:?}", one.setting);
            }
        }
    }
}

/// What is told changes the card in what it says and in nothing else.
#[test]
fn nothing_else_of_the_card_is_other() {
    let plain: String = ev3()
        .lines()
        .filter(|line| !["ats", "sak", "atqa", "chained"].iter().any(|told| line.starts_with(told)))
        .filter(|line| !line.starts_with("name = \"F05"))
        .map(|line| format!("{line}\n"))
        .collect();
    let made = |text: &str| {
        let mut card = card(Model::Ev3_8k, 3);
        assert_eq!(ask(&mut card, text, Task::Encode).0, Outcome::Done);
        saved(&card)
    };
    let (told, plain) = (made(&ev3()), made(&plain));
    let names = |all: &Value| all.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let changed: Vec<_> =
        names(&told).into_iter().filter(|name| told[name] != plain[name]).collect();
    assert_eq!(changed, ["ats", "told"]);
    assert_eq!(told["ats"], "0A7577810280C1A2B3C4");
    let options = [("3", "0420"), ("12", "4803"), ("4", "0400")];
    for (option, data) in options {
        assert_eq!(told["told"][option], data, "option {option}");
    }
    assert_eq!(told["told"]["6"], "0000000000000000000000F05A17C0DE05");
    assert_eq!(told["told"].as_object().unwrap().len(), options.len() + 1);
}

/// A random UID shows by itself, and comes last: it stands for chained writes then.
#[test]
fn a_random_uid_comes_after_it() {
    let text = PROFILE.replacen("[card]\n", "[card]\nrandom_uid = true\n", 1);
    let text = text.replacen(", diversify = { scheme = \"an10922\", input = [\"uid\"] }", "", 1);
    for model in [Model::Ev2_8k, Model::Ev3_8k] {
        let mut card = card(model, 4);
        let (outcome, receipt) = ask(&mut card, &text, Task::Encode);
        assert_eq!(outcome, Outcome::Done, "{model}");
        assert_eq!(receipt.random_uid, Some(Grade::Sealed));
        let last = receipt.told.last().unwrap();
        assert_eq!((last.setting, last.grade), (CardSetting::ChainedWrites, Grade::Sealed));
        let (outcome, _) = ask(&mut card, &text, Task::Verify);
        assert_eq!(outcome, Outcome::Done, "{model}");
    }
}

/// What takes several frames, as in EV1 messaging, is written before the card refuses such writes.
#[test]
fn long_contents_come_before_chained_writes_are_refused() {
    let long = PROFILE.replacen("size = 24", "size = 200", 1);
    let long = long.replacen("{ hex = \"tag\" }]", "{ hex = \"tag\" }, { pad = \"5A\" }]", 1);
    let long = long.replacen("verify = ", "messaging = [\"ev1\"]\nverify = ", 1);
    let hidden = long.replacen("[card]\n", "[card]\nrandom_uid = true\n", 1);
    let hidden =
        hidden.replacen(", diversify = { scheme = \"an10922\", input = [\"uid\"] }", "", 1);
    for text in [&long, &hidden] {
        for model in [Model::Ev2_8k, Model::Ev3_8k] {
            let mut card = card(model, 14);
            assert_eq!(ask(&mut card, text, Task::Encode).0, Outcome::Done, "{model}");
            assert_eq!(saved(&card)["told"]["4"], "0400", "{model}");
            assert_eq!(ask(&mut card, text, Task::Verify).0, Outcome::Done, "{model}");
        }
    }
}

#[test]
fn a_recycled_card_tells_what_stays() {
    let mut card = card(Model::Ev3_8k, 5);
    assert_eq!(ask(&mut card, PROFILE, Task::Encode).0, Outcome::Done);
    let (outcome, receipt) = ask(&mut card, PROFILE, Task::Recycle);
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(
        receipt.stays,
        [
            "an ATS of the profile's",
            "a SAK of the profile's",
            "a name of the profile's for ISO SELECT",
            "chained writes switched off"
        ]
    );
    assert_eq!(ask(&mut card, PROFILE, Task::Encode).0, Outcome::Done);
    let (_, receipt) = ask(&mut card_of_none(6), PROFILE, Task::Recycle);
    assert!(receipt.stays.is_empty(), "{:?}", receipt.stays);
}

/// A card from the factory, which was told nothing.
fn card_of_none(number: u8) -> SoftCard {
    card(Model::Ev2_8k, number)
}

#[test]
fn it_is_done_only_where_it_is_allowed() {
    let profile = Profile::parse(PROFILE).unwrap();
    let job = Job::new(profile, &KeyFile::parse(KEYS).unwrap()).unwrap();
    for (allowed, missing) in [
        (&[][..], OneWay::ChainedWritesOff),
        (&[OneWay::ChainedWritesOff], OneWay::Answers),
        (&[OneWay::Answers], OneWay::ChainedWritesOff),
    ] {
        let job = job.clone().allowing(allowed);
        let mut card = card(Model::Ev2_8k, 3);
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &record(&job));
        assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NotAllowed(missing)));
        assert!(exchanges.is_empty());
    }
}
