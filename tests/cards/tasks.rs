// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be done with a finished card: verify, rekey, update, recycle; and what each of them
//! refuses, with the card left as it was.

use crate::common;
use crate::common::{
    CHANGING, KEYS, Kinds, card, changed, door, door_records, encode, encoder, every_kind, job,
};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{
    Difference, Encoded, Encoder, Job, OneWay, Outcome, Recovery, Refusal, Task, Wrote,
};
use cardwright::host::{Grade, Picc, Secure, Session};
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::{KeyNo, KeyVersion, Messaging, Opening, PiccConfiguration};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The second edition of the demonstration profile.
const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

const MODELS: [(Messaging, Model); 3] = [
    (Messaging::Ev1, Model::Ev1_8k),
    (Messaging::Ev2, Model::Ev2_4k),
    (Messaging::Ev1, Model::Ev3_8k),
];

#[test]
fn a_finished_card_verifies_with_every_key_and_names_its_record() {
    for (messaging, model) in MODELS {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&job);
        let mut card = finished(&job, model, &records[17]);
        let verify = job.with_task(Task::Verify).unwrap();
        let all: Vec<Record> = records.clone();
        let mut encoder = encoder(&verify).with_candidates(all.into());
        let before = card.save();
        card.reset();
        let (encoded, exchanges) = encode(&mut encoder, &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert_eq!(encoded.receipt.record, records[17].id());
        assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
        assert!(encoded.receipt.keys.iter().all(|key| key.grade == Grade::Used));
        assert!(encoded.receipt.files.iter().all(|file| file.grade == Grade::Used));
        let looked_at = |grade: Grade| grade > Grade::NotLookedAt;
        assert!(encoded.receipt.settings.iter().all(|one| looked_at(one.grade)));
        assert!(exchanges.iter().all(|one| !CHANGING.contains(&one.ins.unwrap())));
        assert_eq!(card.save(), before);
    }
}

#[test]
fn what_differs_from_the_profile_is_told() {
    let job_1 = job(&door(&[]));
    let records = door_records(&job_1);
    let verify = |profile: &str, card: &mut SoftCard, record: &Record| {
        refused(&job(profile).with_task(Task::Verify).unwrap(), card, record)
    };
    let mut card = finished(&job_1, Model::Ev2_8k, &records[3]);
    assert_eq!(verify(&door(&[]), &mut card, &records[4]), Refusal::AnotherRecord);
    let settings = verify(&door(&[("free_list = ", "free_list = true")]), &mut card, &records[3]);
    assert!(matches!(settings, Refusal::Differs(Difference::Settings(_))), "{settings}");
    let keys = verify(DOOR_2, &mut card, &records[3]);
    assert!(matches!(keys, Refusal::Differs(Difference::Key { .. })), "{keys}");
    let file = door(&[("write = \"master\"", "write = \"write\"\nchange = \"master\"")]);
    let file = verify(&file, &mut card, &records[3]);
    assert!(matches!(file, Refusal::OtherFile { .. }), "{file}");
    let mut blank = common::card(Model::Ev2_8k, 2);
    assert_eq!(verify(&door(&[]), &mut blank, &records[3]), Refusal::NotFinished);
}

#[test]
fn a_card_of_the_former_edition_gets_the_new_keys_and_keeps_its_contents() {
    for (messaging, model) in MODELS {
        let former = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&former);
        let mut card = finished(&former, model, &records[5]);
        let next = job(DOOR_2).with_messaging(messaging).unwrap();
        let rekey = next.clone().with_task(Task::Rekey).unwrap();
        let encoded = with(&rekey, &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert!(encoded.receipt.keys.iter().all(|key| key.grade == Grade::Used));
        assert!(encoded.receipt.keys.iter().all(|key| key.version == 2));
        assert_eq!(with(&rekey, &mut card, &records[0]).outcome, Outcome::AlreadyDone);
        let verified = with(&next.with_task(Task::Verify).unwrap(), &mut card, &records[5]);
        assert_eq!(verified.outcome, Outcome::Done);
        // Nothing opens with the former keys any more.
        assert!(matches!(
            refused(&former, &mut card, &records[5]),
            Refusal::UnknownMasterKey { .. }
        ));
    }
}

/// The change-key right of the edition on the card decides under which key each key changes.
#[test]
fn keys_roll_over_under_every_change_key_right() {
    let rights = [
        "change = \"master\"",
        "change = \"update\"",
        "change = \"update\"\nsettings_changeable = false",
        "change = \"same\"",
        "change = \"same\"\nsettings_changeable = false",
        "change = \"never\"",
    ];
    for right in rights {
        let former = job(&door(&[("change = ", right)]));
        let next = job(&changed(DOOR_2, &[("change = ", right)]));
        let records = door_records(&former);
        for model in [Model::Ev1_4k, Model::Ev2_8k] {
            let mut card = finished(&former, model, &records[1]);
            let encoded =
                with(&next.clone().with_task(Task::Rekey).unwrap(), &mut card, &records[1]);
            assert_eq!(encoded.outcome, Outcome::Done, "{right}");
            let verified =
                with(&next.clone().with_task(Task::Verify).unwrap(), &mut card, &records[1]);
            assert_eq!(verified.outcome, Outcome::Done, "{right}");
        }
    }
    let frozen = "change = \"never\"\nsettings_changeable = false";
    let former = job(&door(&[("change = ", frozen)]));
    let next = job(&changed(DOOR_2, &[("change = ", frozen)]));
    let records = door_records(&former);
    let mut card = finished(&former, Model::Ev2_8k, &records[1]);
    let refusal = refused(&next.with_task(Task::Rekey).unwrap(), &mut card, &records[1]);
    assert!(matches!(refusal, Refusal::Frozen { aid: Some(_), .. }));
}

#[test]
fn encoding_the_record_of_a_card_of_the_former_edition_brings_it_up_to_date() {
    let former = job(&door(&[]));
    let records = door_records(&former);
    let next = job(DOOR_2);
    let mut card = finished(&former, Model::Ev2_8k, &records[5]);
    assert_eq!(refused(&next, &mut card, &records[6]), Refusal::AnotherRecord);
    assert_eq!(with(&next, &mut card, &records[5]).outcome, Outcome::Done);
    assert_eq!(with(&next, &mut card, &records[5]).outcome, Outcome::AlreadyDone);
}

#[test]
fn an_update_brings_new_contents_onto_the_same_card() {
    for (messaging, model) in MODELS {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        update_and_verify(&job, model, &door_records(&job));
    }
    for (kinds, model) in [
        (Kinds::Canteen, Model::Ev1_4k),
        (Kinds::Canteen, Model::Ev3_8k),
        (Kinds::Legacy, Model::D40_4k),
        (Kinds::Legacy, Model::Ev1_8k),
    ] {
        let (job, records) = every_kind(kinds);
        update_and_verify(&job, model, &records);
    }
}

fn update_and_verify(job: &Job, model: Model, records: &[Record]) {
    let mut card = finished(job, model, &records[0]);
    let update = job.clone().with_task(Task::Update).unwrap();
    let encoded = with(&update, &mut card, &records[1]);
    assert_eq!(encoded.outcome, Outcome::Done, "{model}");
    assert_eq!(with(&update, &mut card, &records[1]).outcome, Outcome::AlreadyDone, "{model}");
    let verify = job.clone().with_task(Task::Verify).unwrap();
    assert_eq!(with(&verify, &mut card, &records[1]).outcome, Outcome::Done, "{model}");
    assert_eq!(refused(&verify, &mut card, &records[0]), Refusal::AnotherRecord, "{model}");
    let mut blank = common::card(model, 9);
    assert_eq!(refused(&update, &mut blank, &records[1]), Refusal::NotFinished, "{model}");
}

#[test]
fn a_recycled_card_is_as_it_came_and_can_be_encoded_again() {
    for (messaging, model) in MODELS {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        recycle_and_encode(&job, model, &door_records(&job));
    }
    let (legacy, records) = every_kind(Kinds::Legacy);
    recycle_and_encode(&legacy, Model::D40_4k, &records);
    let campus = job(include_str!("../../examples/data/profiles/door-2.toml"));
    recycle_and_encode(&campus, Model::Ev2_8k, &door_records(&campus));
}

fn recycle_and_encode(job: &Job, model: Model, records: &[Record]) {
    let blank = held(&card(model, 1));
    let mut card = finished(job, model, &records[0]);
    let recycle = job.clone().with_task(Task::Recycle).unwrap();
    let encoded = with(&recycle, &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done, "{model}");
    let proof = encoded.receipt.blank.unwrap();
    assert_eq!(proof.key, Grade::Used, "{model}");
    assert!(proof.settings > Grade::NotLookedAt && proof.empty > Grade::NotLookedAt, "{model}");
    let mut left = held(&card);
    // That new applications start with zeros is written in it, where a new card says nothing.
    if let Some(key) = left.as_object_mut().and_then(|all| all.remove("default_key")) {
        assert_eq!(key["version"], 0, "{model}");
        assert!(key["value"].as_str().unwrap().bytes().all(|digit| digit == b'0'), "{model}");
    }
    assert_eq!(left, blank, "{model}");
    let again = with(&recycle, &mut card, &records[0]);
    assert_eq!(again.outcome, Outcome::AlreadyDone, "{model}");
    assert_eq!(with(job, &mut card, &records[1]).outcome, Outcome::Done, "{model}");
}

#[test]
fn what_cannot_be_made_blank_is_refused_and_left_as_it_was() {
    let cases = [
        ("free_list = false", "free_list = false\nkey_changeable = false", OneWay::FrozenKey),
        (
            "free_list = false",
            "free_list = false\nsettings_changeable = false",
            OneWay::FrozenSettings,
        ),
        ("free_list = false", "free_list = false\nno_format = true", OneWay::NoFormat),
    ];
    for (old, new, expected) in cases {
        let job = job(&door(&[(old, new)]));
        let records = door_records(&job);
        let mut card = finished(&job, Model::Ev2_8k, &records[0]);
        let refusal = refused(&job.with_task(Task::Recycle).unwrap(), &mut card, &records[0]);
        assert_eq!(refusal, Refusal::NoWayBack(expected));
    }
    // Nothing shows on a card that somebody else has switched FormatPICC off.
    let job = job(&door(&[]));
    let records = door_records(&job);
    let off = |card: &mut SoftCard| {
        let mut session = picc(card, &CardKey::factory(), Opening::Iso);
        let no_format = PiccConfiguration { no_format: true, random_uid: false };
        let _set = session.configure_for_good(no_format).unwrap();
    };
    let mut foreign = card(Model::Ev2_8k, 1);
    off(&mut foreign);
    assert_eq!(with(&job, &mut foreign, &records[0]).outcome, Outcome::Done);
    // FormatPICC was sent, and anybody could have said that it was refused.
    let before = held(&foreign);
    let encoded = with(&job.with_task(Task::Recycle).unwrap(), &mut foreign, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NoWayBack(OneWay::NoFormat)));
    assert_eq!((encoded.receipt.wrote, held(&foreign)), (Wrote::Maybe, before));
    let (canteen, records) = every_kind(Kinds::Canteen);
    let mut card = finished(&canteen, Model::Ev1_4k, &records[0]);
    let before = held(&card);
    let encoded = with(&canteen.with_task(Task::Recycle).unwrap(), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::NoWayBack(OneWay::RandomUid)));
    assert_eq!(held(&card), before);
}

#[test]
fn what_is_for_good_needs_the_callers_word() {
    let lines = [
        ("no_format = true", OneWay::NoFormat),
        ("random_uid = true", OneWay::RandomUid),
        ("key_changeable = false", OneWay::FrozenKey),
        ("settings_changeable = false", OneWay::FrozenSettings),
    ];
    for (line, option) in lines {
        let text = door(&[
            ("free_list = false", &format!("free_list = false\n{line}")),
            ("picc = { ref", "picc = { ref = \"picc\", version = 2 }"),
        ]);
        let keys = KeyFile::parse(KEYS).unwrap();
        let job = Job::new(Profile::parse(&text).unwrap(), &keys).unwrap();
        assert_eq!(job.missing_allowance(), Some(option));
        let records = door_records(&job);
        let mut card = card(Model::Ev2_8k, 1);
        assert_eq!(refused(&job, &mut card, &records[0]), Refusal::NotAllowed(option));
        let job = job.allowing(&[option]);
        assert_eq!(with(&job, &mut card, &records[0]).outcome, Outcome::Done);
        assert_eq!(with(&job, &mut card, &records[0]).outcome, Outcome::AlreadyDone);
    }
}

/// Nothing shows that FormatPICC is off, so the PICC master key, which comes after it, tells.
#[test]
fn formatting_is_switched_off_before_the_master_key_tells_that_it_is() {
    let job = job(&door(&[("free_list = false", "free_list = false\nno_format = true")]));
    let records = door_records(&job);
    for model in [Model::Ev1_8k, Model::Ev2_8k] {
        let mut card = card(model, 1);
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        assert_eq!(encoded.receipt.no_format, Some(Grade::Said), "under the factory's key");
        assert_eq!(encoded.receipt.keys[0].grade, Grade::Used);
        let last: Vec<_> = exchanges.iter().rev().take(8).map(|one| one.ins.unwrap()).collect();
        let opening = if model == Model::Ev1_8k { 0xAA } else { 0x71 };
        // Behind it the application opens once more, so that it is the one card that has both.
        assert_eq!(last, [0xAF, opening, 0x5A, 0x51, 0xAF, opening, 0xC4, 0x5C]);
        let state: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
        assert!(state.to_string().contains("\"no_format\":true"), "{state}");
        let verify = job.clone().with_task(Task::Verify).unwrap();
        card.reset();
        let encoded = encode(&mut encoder(&verify), &mut card, &records[0]).0;
        let told = (encoded.outcome, encoded.receipt.no_format);
        assert_eq!(told, (Outcome::Done, Some(Grade::NotLookedAt)));
    }
}

#[test]
fn a_card_may_refuse_as_many_authentications_as_the_profile_says() {
    // The card has the right versions and other keys. That may be misheard, so it is tried twice
    // where the budget allows it, and no more.
    for (budget, tried) in [(1, 1), (2, 2), (9, 2)] {
        let text = door(&[
            ("[transport]", "[transport]\nidentify = \"first\""),
            ("verify = ", &format!("verify = \"key\"\nfailed_authentications = {budget}")),
            ("picc = [\"factory\"]", "picc = [{ ref = \"stock\", version = 9 }]"),
        ]);
        let job = job(&text);
        let records = door_records(&job);
        let mut encoder = encoder(&job);
        let stock = common::issuer_key("stock", 9);
        let mut first = with_picc_key(1, &stock);
        let (encoded, _) = encode(&mut encoder, &mut first, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        let mut other = with_picc_key(2, &[0x5A; 16]);
        let before = other.save();
        let (encoded, exchanges) = encode(&mut encoder, &mut other, &records[1]);
        assert!(matches!(encoded.outcome, Outcome::Refused(_)), "{:?}", encoded.outcome);
        let first_halves = exchanges.iter().filter(|one| [0xAA, 0x71].contains(&one.ins.unwrap()));
        assert_eq!(first_halves.count(), tried, "budget {budget}");
        assert_eq!(other.save(), before);
    }
}

/// What cannot have changed the card is asked again, three times at most in one presentation.
#[test]
fn an_answer_that_does_not_fit_is_asked_for_again_where_nothing_can_have_changed() {
    for (messaging, model) in MODELS {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&job);
        let (_, undisturbed) = encode(&mut encoder(&job), &mut card(model, 1), &records[0]);
        // The proof of the first authentication, and the contents read back.
        let (proof, read) = (5, undisturbed.len() - 1);
        for (exchange, times, expected) in
            [(proof, 1, true), (proof, 3, true), (proof, 4, false), (read, 1, true)]
        {
            let mut card = card(model, 1);
            let uid = card.uid();
            let mut noisy = Noisy { card: &mut card, left: exchange, times };
            let encoded = encoder(&job).encode(InField::new(uid, &mut noisy), &records[0]);
            let done = encoded.outcome == Outcome::Done;
            assert_eq!(done, expected, "{model} {exchange} {times}: {:?}", encoded.outcome);
            if !done {
                assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
                assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
            }
        }
        // A key that was changed, or was not.
        let change = undisturbed.iter().position(|one| one.ins == Some(0xC4)).unwrap();
        let mut card = card(model, 1);
        let uid = card.uid();
        let mut noisy = Noisy { card: &mut card, left: change, times: 1 };
        let encoded = encoder(&job).encode(InField::new(uid, &mut noisy), &records[0]);
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
        assert_eq!(encoded.receipt.wrote, Wrote::Yes);
    }
}

/// A card whose replies from one exchange on have a bit turned in the first byte that is not a
/// status: the first so many of them that have any.
struct Noisy<'c> {
    card: &'c mut SoftCard,
    left: usize,
    times: usize,
}

impl Transport for Noisy<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.card.exchange(command, reply)?;
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
        } else if self.times > 0 && (command[1] == 0xAF || command[1] == 0xBD || command[1] == 0xC4)
        {
            self.times -= 1;
            reply[0] ^= 0x40;
        }
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// A card whose PICC master key is an AES key of version 9.
fn with_picc_key(number: u8, key: &[u8]) -> SoftCard {
    let mut card = card(Model::Ev2_8k, number);
    let key = CardKey::aes(&key.try_into().unwrap(), KeyVersion(9));
    let session = picc(&mut card, &CardKey::factory(), Opening::Iso);
    let _changed = session.change_master_key(&key).unwrap();
    card.reset();
    card
}

/// A session under the PICC master key.
fn picc<'c>(card: &'c mut SoftCard, key: &CardKey, opening: Opening) -> Session<'c, Picc, Secure> {
    Session::open(card).authenticate(opening, KeyNo::MASTER, key, &[3; 16]).unwrap()
}

fn finished(job: &Job, model: Model, record: &Record) -> SoftCard {
    let mut card = card(model, 1);
    let encoded = with(job, &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card
}

/// Presents the card once more.
fn with(job: &Job, card: &mut SoftCard, record: &Record) -> Encoded {
    card.reset();
    let uid = card.uid();
    let encoder = Encoder::new(job).with_rng(StdRng::seed_from_u64(11));
    let presented = InField::new(uid, card);
    { encoder }.encode(presented, record)
}

/// The refusal of a card, which is left as it was.
fn refused(job: &Job, card: &mut SoftCard, record: &Record) -> Refusal {
    let before = held(card);
    let encoded = with(job, card, record);
    assert_eq!(held(card), before);
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    match encoded.outcome {
        Outcome::Refused(refusal) => refusal,
        outcome @ (Outcome::Done
        | Outcome::AlreadyDone
        | Outcome::Prepared
        | Outcome::Written(_)
        | Outcome::Failed(_)) => {
            unreachable!("{outcome:?}")
        }
    }
}

fn held(card: &SoftCard) -> serde_json::Value {
    serde_json::from_slice(&card.save()).unwrap()
}
