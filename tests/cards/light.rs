// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with cards of a DESFire Light: that they survive every tear is held in `tests/cards/tear.rs`, what
//! their plans cost in `tests/cards/costs.rs`.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Difference, Job, OneWay, Outcome, Recovery, Refusal, Task, Wrote};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, Moment, Tear};
use serde_json::Value;

use crate::common::{card, doing, encode, encoder, job, present};

const PURSE: &str = include_str!("../../examples/data/profiles/purse.toml");
const RECORDS: &[u8] = include_bytes!("../../examples/data/purse-records.csv");

fn purse() -> (Job, Vec<Record>) {
    let job = job(PURSE);
    let records = Records::csv(job.profile(), RECORDS).unwrap();
    let records = records.entries.into_iter().map(Result::unwrap).collect();
    (job, records)
}

fn files(card: &SoftCard) -> Vec<Value> {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    saved["applications"][0]["files"].as_array().unwrap().clone()
}

fn counts(card: &SoftCard) -> bool {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    !saved["applications"][0]["transaction_mac"].is_null()
}

fn file(card: &SoftCard, no: u64) -> Value {
    files(card).into_iter().find(|file| file["no"] == no).unwrap()
}

fn texts(job: &Job, card: &mut SoftCard, record: &Record) -> Vec<String> {
    card.reset();
    let plan = encoder(job).plan(InField::new(card.uid(), card), record).unwrap();
    plan.steps.into_iter().map(|step| step.text).collect()
}

/// Its value, its log and its data are those of the record, and its transaction MAC file is gone.
#[test]
fn a_purse_is_made_known_again_and_gets_another_record() {
    let (job, records) = purse();
    for (number, record) in (1..).zip(&records) {
        let mut light = card(Model::Light, number);
        assert!(counts(&light));
        assert_eq!(present(&job, &mut light, record).outcome, Outcome::Done);
        assert!(!counts(&light));
        assert_eq!(present(&job, &mut light, record).outcome, Outcome::AlreadyDone);
        assert_eq!(present(&doing(&job, Task::Verify), &mut light, record).outcome, Outcome::Done);
        let other = &records[usize::from(number) % records.len()];
        let refused = present(&job, &mut light, other);
        assert_eq!(refused.outcome, Outcome::Refused(Refusal::AnotherRecord));
        assert_eq!(refused.receipt.wrote, Wrote::Nothing);
        let update = doing(&job, Task::Update);
        assert_eq!(present(&update, &mut light, other).outcome, Outcome::Done);
        assert_eq!(present(&doing(&job, Task::Verify), &mut light, other).outcome, Outcome::Done);
    }
}

/// 10,000,042 is 9896AA, 20,261,124 is 1352904, and 1,500 is 5DC.
#[test]
fn a_purse_holds_what_was_computed_by_hand() {
    let (job, records) = purse();
    let mut light = card(Model::Light, 1);
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    let holder = format!("009896AA01352904{}", "00".repeat(248));
    assert_eq!(file(&light, 0)["contents"], holder);
    assert_eq!(file(&light, 3)["value"], 1500, "{}", file(&light, 3));
    assert_eq!(file(&light, 1)["records"], serde_json::json!(["49535355454401352904000005DC0000"]));
}

/// The transaction MAC file goes before anything waits for a commit.
#[test]
fn what_is_done_and_in_which_order_shows_in_the_plan() {
    let (job, records) = purse();
    let mut light = card(Model::Light, 1);
    let texts = texts(&job, &mut light, &records[0]);
    let at = |text: &str| {
        let found = texts.iter().position(|step| step == text);
        found.unwrap_or_else(|| panic!("{text:?} is not in {texts:#?}"))
    };
    let deleted = at("delete the transaction MAC file of 00DF01");
    let credited = at("credit or debit the value of file 3 of 00DF01");
    let appended = at("append the records of file 1 of 00DF01");
    assert!(deleted < credited && deleted < appended, "{texts:#?}");
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    let value = file(&light, 3);
    assert!(value.to_string().contains("1500"), "{value}");
}

/// All that the one application holds, but for what the value's last debit was: 1, whoever's card it was.
fn application(card: &SoftCard) -> Value {
    let mut saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let application = &mut saved["applications"][0];
    let files = application["files"].as_array_mut().unwrap();
    files.sort_by_key(|file| file["no"].as_u64());
    for file in files {
        if !file["value"].is_null() {
            let mut settings = file["settings"].as_str().unwrap().to_owned();
            let debit = settings.drain(LAST_DEBIT).collect::<String>();
            assert!(["00000000", "01000000"].contains(&&*debit), "{debit}");
            file["settings"] = settings.into();
        }
    }
    application.take()
}

/// Where the settings of a value file tell what its last debit was.
const LAST_DEBIT: core::ops::Range<usize> = 24..32;

/// Value, records, data, keys and the transaction MAC file are what they were on the card that came, which
/// is known as blank then and takes the next record.
#[test]
fn a_purse_is_made_blank_and_made_again() {
    let (job, records) = purse();
    let recycle = doing(&job, Task::Recycle);
    for (number, record) in (1..).zip(&records) {
        let blank = card(Model::Light, number);
        let mut light = blank.clone();
        assert_eq!(present(&recycle, &mut light, record).outcome, Outcome::AlreadyDone);
        assert_eq!(present(&job, &mut light, record).outcome, Outcome::Done);
        light.reset();
        let plan = encoder(&recycle).plan(InField::new(light.uid(), &mut light), record).unwrap();
        light.reset();
        let (recycled, exchanges) = encode(&mut encoder(&recycle), &mut light, record);
        assert_eq!(recycled.outcome, Outcome::Done);
        let steps = &exchanges[usize::try_from(plan.look.exchanges).unwrap()..];
        let sums = (
            steps.iter().map(|one| one.sent as u64).sum(),
            steps.iter().map(|one| one.received as u64).sum(),
        );
        assert_eq!((plan.total.sent, plan.total.received), sums, "{:#?}", plan.steps);
        assert!(recycled.receipt.stays.is_empty(), "{:?}", recycled.receipt.stays);
        let line: Value = serde_json::from_str(&recycled.receipt.to_line().unwrap()).unwrap();
        let grades = serde_json::json!({ "key": "used", "settings": "sealed", "empty": "sealed" });
        assert_eq!(line["blank"], grades);
        assert_eq!(application(&light), application(&blank));
        assert!(texts(&recycle, &mut light, record).is_empty());
        let again = present(&recycle, &mut light, record);
        assert_eq!((again.outcome, again.receipt.wrote), (Outcome::AlreadyDone, Wrote::Nothing));
        let other = &records[usize::from(number) % records.len()];
        assert_eq!(present(&job, &mut light, other).outcome, Outcome::Done);
    }
}

/// Torn before it had a key 0 of its own, no MAC proves what brought it back: its keys, files and counter are
/// looked at once more, which the plan has foreseen.
#[test]
fn a_purse_torn_before_it_had_a_key_0_is_looked_at_again() {
    let (job, records) = purse();
    let (recycle, blank) = (doing(&job, Task::Recycle), card(Model::Light, 1));
    let mut looked = 0;
    for at in 8.. {
        let mut light = blank.clone();
        let uid = light.uid();
        let mut torn = Tear::new(&mut light, at, Moment::AfterExecution);
        let torn = encoder(&job).encode(InField::new(uid, &mut torn), &records[0]).outcome;
        if torn == Outcome::Done {
            break;
        }
        light.reset();
        let field = InField::new(light.uid(), &mut light);
        let plan = encoder(&recycle).plan(field, &records[0]).unwrap();
        let last = plan.steps.last().map(|step| step.text.as_str());
        looked += usize::from(last == Some("see that the files of 00DF01 are as they come"));
        light.reset();
        let (encoded, exchanges) = encode(&mut encoder(&recycle), &mut light, &records[0]);
        let good = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
        assert!(good, "{at}: {:?}", encoded.outcome);
        let steps = &exchanges[usize::try_from(plan.look.exchanges).unwrap()..];
        let sums = (
            steps.iter().map(|one| one.sent as u64).sum(),
            steps.iter().map(|one| one.received as u64).sum(),
        );
        assert_eq!((plan.total.sent, plan.total.received), sums, "{at}: {:#?}", plan.steps);
        assert_eq!(application(&light), application(&blank), "{at}");
        assert_eq!(present(&recycle, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
    }
    assert!(looked >= 10, "{looked}");
}

/// A chip tells everybody how much the value's last debit took: that of whoever had the card is gone.
#[test]
fn a_blank_purse_tells_nothing_of_what_was_paid_last() {
    let (job, records) = purse();
    let mut light = card(Model::Light, 1);
    assert_eq!(present(&job, &mut light, &records[2]).outcome, Outcome::Done);
    assert_eq!(present(&doing(&job, Task::Update), &mut light, &records[0]).outcome, Outcome::Done);
    let last = |card: &SoftCard| {
        let value = file(card, 3);
        let settings = value["settings"].as_str().unwrap();
        (value["value"].as_i64(), settings.get(LAST_DEBIT).unwrap().to_owned())
    };
    assert!(!["00000000", "01000000"].contains(&&*last(&light).1), "{:?}", last(&light));
    assert_eq!(
        present(&doing(&job, Task::Recycle), &mut light, &records[0]).outcome,
        Outcome::Done
    );
    assert_eq!(last(&light), (Some(0), "01000000".to_owned()));
}

/// A card that lost its transaction MAC file is none that keeps it, and a purse that has one again is not as
/// it should be.
#[test]
fn a_transaction_mac_file_is_kept_or_deleted_as_the_profile_says() {
    let (job, records) = purse();
    let keeper = PURSE.replacen("transaction_mac = \"deleted\"\n", "", 1);
    let said = Profile::parse(&keeper).unwrap_err().to_string();
    assert!(
        said.contains("names itself") && said.contains("transaction_mac = \"deleted\""),
        "{said}"
    );
    let (front, rest) = keeper.split_once("\n# The purse: tills").unwrap();
    let (_, last) = rest.split_once("\n# Nobody but").unwrap();
    let without = |line: &&str| !line.starts_with("credit = ");
    let keeper: Vec<_> = front.lines().chain(last.lines().skip(1)).collect();
    let keeper = keeper.into_iter().filter(|line| without(line)).collect::<Vec<_>>().join("\n");
    let keeper = self::job(&keeper);
    let read = Records::csv(keeper.profile(), b"id,member,issued\na,10000042,20261124\n");
    let read = read.unwrap().entries;
    let record = read.into_iter().map(Result::unwrap).next().unwrap();
    let mut light = card(Model::Light, 1);
    assert_eq!(present(&keeper, &mut light, &record).outcome, Outcome::Done);
    assert!(counts(&light));
    assert_eq!(present(&doing(&keeper, Task::Verify), &mut light, &record).outcome, Outcome::Done);
    // Both have the same keys: the purse's profile finds a file that should be gone, and no value.
    let refused = present(&doing(&job, Task::Verify), &mut light, &records[0]).outcome;
    assert!(matches!(refused, Outcome::Refused(_)), "{refused:?}");
}

/// A finished card of the former edition gets the limits of this one, and its value with them: that of its
/// record, or of the next one. After that no edition gives it others.
fn limits_come_later_and_once(job: &Job, blank: &SoftCard, records: &[Record]) {
    let (former, _) = purse();
    let mut finished = blank.clone();
    assert_eq!(present(&former, &mut finished, &records[0]).outcome, Outcome::Done);
    let verified = present(&doing(job, Task::Verify), &mut finished, &records[0]).outcome;
    assert!(matches!(verified, Outcome::Refused(Refusal::Differs(_))), "{verified:?}");
    for (task, record, value) in
        [(Task::Encode, &records[0], 1500), (Task::Update, &records[2], 20_000)]
    {
        let mut light = finished.clone();
        assert_eq!(present(&doing(job, task), &mut light, record).outcome, Outcome::Done, "{task}");
        assert_eq!(file(&light, 3)["value"], value);
        assert_eq!(present(&doing(job, Task::Verify), &mut light, record).outcome, Outcome::Done);
        let before = application(&light);
        for task in [Task::Encode, Task::Update, Task::Verify] {
            let refused = present(&doing(&former, task), &mut light, record);
            let Outcome::Refused(refusal @ Refusal::OtherLimits { .. }) = &refused.outcome else {
                panic!("{task}: {:?}", refused.outcome)
            };
            assert_eq!(
                (refusal.recovery(), refused.receipt.wrote),
                (Recovery::RejectCard, Wrote::Nothing)
            );
        }
        assert_eq!(application(&light), before);
    }
    let refused = present(job, &mut finished, &records[1]).outcome;
    assert_eq!(refused, Outcome::Refused(Refusal::AnotherRecord));
}

/// Limits are set once: whoever has not allowed it gets no card, a card torn behind it is finished, and none of
/// other limits passes.
#[test]
fn a_value_file_gets_its_limits_once() {
    let text = PURSE.replacen(
        "value = \"credit\"",
        "upper = 50000\nfree_get_value = false\nvalue = \"credit\"",
        1,
    );
    let (_, records) = purse();
    let keys = KeyFile::parse(include_str!("../../examples/data/test-keys.toml")).unwrap();
    let job = Job::new(Profile::parse(&text).unwrap(), &keys).unwrap();
    let mut light = card(Model::Light, 1);
    let refused = present(&job, &mut light, &records[0]).outcome;
    assert_eq!(refused, Outcome::Refused(Refusal::NotAllowed(OneWay::ValueLimits)));
    let job = job.allowing(&[OneWay::ValueLimits]);
    let blank = light.clone();
    limits_come_later_and_once(&job, &blank, &records);
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    assert_eq!(present(&doing(&job, Task::Verify), &mut light, &records[0]).outcome, Outcome::Done);
    let update = doing(&job, Task::Update);
    assert_eq!(present(&update, &mut light, &records[2]).outcome, Outcome::Done);
    let mut recycled = light.clone();
    let encoded = present(&doing(&job, Task::Recycle), &mut recycled, &records[2]);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(encoded.receipt.stays, ["the limits of its value"]);
    assert_eq!(file(&recycled, 3)["value"], 0);
    assert_eq!(present(&job, &mut recycled, &records[1]).outcome, Outcome::Done);
    let mut finished = 0;
    for at in 1.. {
        let mut torn = blank.clone();
        torn.reset();
        let uid = torn.uid();
        let mut tear = Tear::new(&mut torn, at, Moment::AfterExecution);
        let outcome = encoder(&job).encode(InField::new(uid, &mut tear), &records[0]).outcome;
        if outcome == Outcome::Done {
            break;
        }
        let outcome = present(&job, &mut torn, &records[0]).outcome;
        finished += usize::from(matches!(outcome, Outcome::Done | Outcome::AlreadyDone));
    }
    assert!(finished > 20, "{finished}");
}

const NAME: &str = "F0436172647772696768740001";

/// An application gets its name once, where that is allowed: it answers to it and to no other, verified and
/// recycled too, and whoever has its former name does not find it. Which one a card has shows by itself.
#[test]
fn an_application_gets_its_name_once() {
    let named = format!("transaction_mac = \"deleted\"\ndf_name = \"{NAME}\"\niso_id = \"DF42\"\n");
    let text = PURSE.replacen("transaction_mac = \"deleted\"\n", &named, 1);
    let (former, records) = purse();
    let keys = KeyFile::parse(include_str!("../../examples/data/test-keys.toml")).unwrap();
    let job = Job::new(Profile::parse(&text).unwrap(), &keys).unwrap();
    let blank = card(Model::Light, 1);
    let refused = present(&job, &mut blank.clone(), &records[0]).outcome;
    assert_eq!(refused, Outcome::Refused(Refusal::NotAllowed(OneWay::Names)));
    let job = job.allowing(&[OneWay::Names]);
    let names = |card: &SoftCard| {
        let application = application(card);
        (application["df_name"].clone(), application["iso_id"].clone())
    };
    let (own, given) = (names(&blank), (NAME.into(), "DF42".into()));
    // One that was made under the former edition has the chip's own name as yet.
    let mut light = blank.clone();
    assert_eq!(present(&former, &mut light, &records[0]).outcome, Outcome::Done);
    let verify = doing(&job, Task::Verify);
    let unnamed = present(&verify, &mut light, &records[0]);
    let Outcome::Refused(refusal @ Refusal::Differs(Difference::Name(_))) = &unnamed.outcome else {
        panic!("{:?}", unnamed.outcome)
    };
    assert!(refusal.to_string().ends_with("00DF01 has the name that it came with"), "{refusal}");
    assert_eq!((names(&light), unnamed.receipt.wrote), (own, Wrote::Nothing));
    let steps = texts(&job, &mut light, &records[0]);
    let last = steps.last().map(String::as_str);
    assert_eq!(last, Some("for good: give application 00DF01 the profile's name"), "{steps:#?}");
    for mut light in [light, blank.clone()] {
        assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
        assert_eq!(names(&light), given);
        assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
        assert_eq!(present(&verify, &mut light, &records[0]).outcome, Outcome::Done);
        let lost = present(&former, &mut light, &records[0]);
        assert!(
            !matches!(lost.outcome, Outcome::Done | Outcome::AlreadyDone),
            "{:?}",
            lost.outcome
        );
        assert_eq!(lost.receipt.wrote, Wrote::Nothing);
        let recycled = present(&doing(&job, Task::Recycle), &mut light, &records[0]);
        assert_eq!(recycled.outcome, Outcome::Done);
        assert_eq!(recycled.receipt.stays, ["the name of its application"]);
        assert_eq!(names(&light), given);
        assert_eq!(present(&job, &mut light, &records[1]).outcome, Outcome::Done);
    }
}

const READER: &str = "00112233445566778899AABBCCDDEEFF";

/// The purse, whose bank commits, with this transaction MAC file.
fn counting(table: &str) -> Job {
    let text = PURSE.replacen("\"deleted\"", table, 1);
    let text = text.replace("write = \"till\"", "write = \"bank\"");
    let key = "counted = { ref = \"app4\", version = 1, diversify = { scheme = \"an10922\", \
               input = [\"uid\", \"ascii:TM\"] } }\n\n[[application]]";
    job(&text.replacen("\n[[application]]", key, 1))
}

fn counter(card: &SoftCard) -> Value {
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    saved["applications"][0]["transaction_mac"].clone()
}

/// A card counts under the profile's key: it is made anew in a session of the profile's key 0, commits later
/// name their reader and are counted, and recycled it counts under zeros, from 0.
#[test]
fn a_transaction_mac_file_has_the_key_of_the_profile() {
    let (_, records) = purse();
    let table = format!("{{ key = \"counted\", reader = \"bank\", reader_id = \"{READER}\" }}");
    let job = counting(&table);
    let blank = card(Model::Light, 1);
    let mut light = blank.clone();
    let steps = texts(&job, &mut light, &records[0]);
    let create = "create the transaction MAC file of 00DF01 under counted version 1";
    let at = |text: &str| steps.iter().position(|step| step == text).unwrap();
    let own = "change the session's own key to key 0 of 00DF01, master version 1";
    assert!(at("delete the transaction MAC file of 00DF01") < at(own) && at(own) < at(create));
    let made = present(&job, &mut light, &records[0]);
    assert_eq!(made.outcome, Outcome::Done);
    assert!(!made.receipt.to_line().unwrap().contains(READER));
    let mac = counter(&light);
    assert_eq!((&mac["key"]["version"], &mac["counter"]), (&1.into(), &0.into()), "{mac}");
    assert_ne!(mac["key"]["value"], "0".repeat(32));
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
    let verify = doing(&job, Task::Verify);
    assert_eq!(present(&verify, &mut light, &records[0]).outcome, Outcome::Done);
    let updated = present(&doing(&job, Task::Update), &mut light, &records[2]);
    assert_eq!(updated.outcome, Outcome::Done);
    let after = counter(&light);
    // The value, the records cleared, and the one record.
    assert_eq!((&after["counter"], &after["reader"]), (&3.into(), &READER.into()), "{after}");
    assert_eq!(after["key"], mac["key"]);
    assert_eq!(present(&verify, &mut light, &records[2]).outcome, Outcome::Done);
    let recycled = present(&doing(&job, Task::Recycle), &mut light, &records[2]);
    assert_eq!(recycled.outcome, Outcome::Done);
    assert_eq!(application(&light), application(&blank));
}

/// Whoever comes before key 0 is the job's may have it count under a key of his own, of whatever version.
#[test]
fn a_transaction_mac_file_that_is_there_before_the_cards_own_key_is_made_anew() {
    let (_, records) = purse();
    let table = format!("{{ key = \"counted\", reader = \"bank\", reader_id = \"{READER}\" }}");
    let job = counting(&table);
    let mut light = card(Model::Light, 1);
    let blank: Value = serde_json::from_slice(&light.save()).unwrap();
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    let wanted = counter(&light);
    let mut saved = blank;
    let his = &mut saved["applications"][0]["transaction_mac"];
    *his = wanted.clone();
    his["key"]["value"] = "5A".repeat(16).into();
    let mut light = SoftCard::restore(saved.to_string().as_bytes(), 1).unwrap();
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    assert_eq!(counter(&light), wanted);
}

/// A file that stays as it comes takes what a reader commits that names itself.
#[test]
fn a_transaction_mac_file_that_stays_takes_what_a_reader_commits() {
    let (_, records) = purse();
    let text = PURSE.replacen("\"deleted\"", &format!("{{ reader_id = \"{READER}\" }}"), 1);
    let other = Profile::parse(&text).unwrap_err().to_string();
    assert!(other.contains("another key names its reader: write write and read_write"), "{other}");
    let job = job(&text.replace("read_write = \"bank\"", "read_write = \"till\""));
    let mut light = card(Model::Light, 1);
    let zero = counter(&light)["key"].clone();
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::Done);
    let mac = counter(&light);
    assert_eq!((&mac["key"], &mac["reader"]), (&zero, &READER.into()), "{mac}");
    assert_eq!(file(&light, 3)["value"], 1500);
    assert_eq!(present(&job, &mut light, &records[0]).outcome, Outcome::AlreadyDone);
    assert_eq!(present(&doing(&job, Task::Update), &mut light, &records[2]).outcome, Outcome::Done);
    assert_eq!(present(&doing(&job, Task::Verify), &mut light, &records[2]).outcome, Outcome::Done);
}
