// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards and records that are refused: the reason, the advice, and that nothing was changed.

use crate::common;
use crate::common::{CHANGING, DOOR, KEYS, card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Failure, Ground, Job, Outcome, OutcomeName, Recovery, Refusal, Wrote};
use cardwright::host::{Grade, Session};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType, Messaging, Opening,
};

#[test]
fn a_chip_that_the_profile_does_not_name_is_refused() {
    let job = job(&door(&[("chips = ", "chips = [\"ev3\"]")]));
    let refusal = refused(&job, &mut card(Model::Ev1_8k, 1), Recovery::RejectCard);
    assert_eq!(
        refusal.to_string(),
        "the chip of the card is ev1-8k, which the profile does not name"
    );
}

#[test]
fn a_chip_that_speaks_none_of_the_messaging_is_refused() {
    let job = job(&door(&[])).with_messaging(Messaging::Ev2).unwrap();
    let refusal = refused(&job, &mut card(Model::Ev1_8k, 1), Recovery::RejectCard);
    assert!(matches!(refusal, Refusal::WrongMessaging { .. }));
}

#[test]
fn a_card_without_room_is_refused_by_its_version() {
    let job = job(&door(&[("size = ", "size = 2400")]));
    let refusal = refused(&job, &mut card(Model::Ev2_2k, 1), Recovery::RejectCard);
    let Refusal::TooSmall { has, needs } = refusal else { panic!("{refusal}") };
    assert_eq!(has, 2560);
    assert!(needs > 2560, "{needs}");
}

/// A real EV2 2K takes 96 bytes for an application of two AES keys and 32 for a small file.
#[test]
fn small_applications_fit_the_smallest_ev2_as_often_as_on_a_real_one() {
    let application = |number: usize| {
        format!(
            "[[application]]\naid = \"F50{number:03X}\"\nkeys = [\"master\", \"read\"]\n\
             [[application.file]]\nno = 1\ntype = \"standard\"\nsize = 4\nmode = \"full\"\n\
             read = \"read\"\nwrite = \"master\"\ncontent = [{{ hex = \"tag\" }}]\n"
        )
    };
    let encoded = |count: usize| {
        let profile = (1..=count).map(application).fold(SMALL.to_owned(), |all, one| all + &one);
        let job = job(&profile);
        assert_eq!(job.profile().memory(), 128 * u32::try_from(count).unwrap());
        let records = Records::csv(job.profile(), b"tag\nC0FFEE01\n").unwrap();
        let mut card = card(Model::Ev2_2k, 1);
        encode(&mut encoder(&job), &mut card, records.entries[0].as_ref().unwrap()).0.outcome
    };
    for count in [13, 20] {
        assert_eq!(encoded(count), Outcome::Done);
    }
    assert_eq!(encoded(21), Outcome::Refused(Refusal::TooSmall { has: 2560, needs: 21 * 128 }));
}

/// Applications follow.
const SMALL: &str = r#"
[profile]
name = "small"
chips = ["ev2"]
[transport]
picc = ["factory"]
[fields]
tag = { type = "hex", length = 4, class = "technical" }
[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
master = { ref = "app0", version = 1, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
read = { ref = "app1", version = 1, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
[card]
master_key = "picc"
"#;

#[test]
fn a_used_card_without_room_is_refused_by_its_free_memory() {
    let job = job(&door(&[("[transport]", "[transport]\nstock = \"used\"")]));
    let mut card = card(Model::Ev2_2k, 1);
    fill(&mut card, 2200);
    let refusal = refused(&job, &mut card, Recovery::RejectCard);
    assert!(
        matches!(&refusal, Refusal::OtherApplications { aids } if aids.len() == 1),
        "{refusal}"
    );
    // The same once the application is deleted: its memory is not given back.
    empty(&mut card);
    let refusal = refused(&job, &mut card, Recovery::RejectCard);
    assert!(matches!(refusal, Refusal::TooSmall { .. }), "{refusal}");
}

#[test]
fn an_unknown_master_key_is_told_by_its_version_without_an_attempt() {
    let mut card = card(Model::Ev2_8k, 1);
    change_picc_key(&mut card, &CardKey::aes(&[0x5C; 16], cardwright::wire::KeyVersion(0x77)));
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, record);
    let Outcome::Refused(refusal) = encoded.outcome else { panic!("{:?}", encoded.outcome) };
    let shown = refusal.to_string();
    assert_eq!(shown, "the PICC master key has version 119, and the profile has only 1, 0");
    let asked: Vec<u8> = exchanges.iter().filter_map(|exchange| exchange.ins).collect();
    // Twice its key version, and each time its name.
    let once = [0x64, 0x5A, 0x60, 0xAF, 0xAF];
    assert_eq!(asked, [&once[..], &[0x5A], &once[..]].concat(), "nothing but the identification");
}

#[test]
fn a_key_of_the_right_version_that_does_not_open_is_refused_after_one_attempt() {
    let mut card = card(Model::Ev2_8k, 1);
    let mut foreign = [0; 16];
    foreign[15] = 0x10;
    // A DES key of version 0, as the factory's, and yet another key.
    change_picc_key(&mut card, &CardKey::des(&foreign));
    let job = job(&door(&[]));
    let refusal = refused(&job, &mut card, Recovery::RejectCard);
    assert_eq!(
        refusal.to_string(),
        "the card refused the PICC master key: version 0 is the right one, but it is another key"
    );
}

#[test]
fn a_finished_card_with_another_record_is_refused() {
    let job = job(&door(&[]));
    let records = door_records(&job);
    let mut card = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records[1]);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::AnotherRecord));
    assert!(encoded.receipt.reason.is_some_and(|reason| reason.contains("holds another record")));
    assert!(!exchanges.iter().any(|exchange| CHANGING.contains(&exchange.ins.unwrap())));
}

#[test]
fn a_record_that_names_a_card_is_for_that_card_only() {
    let job = job(&door(&[]));
    let csv = common::with_uid_column("04A1B2C3D4E501");
    let records = Records::csv(job.profile(), csv.as_bytes()).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 2), record);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::OtherCard));
    assert!(exchanges.is_empty());
    let (encoded, _) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), record);
    assert_eq!(encoded.outcome, Outcome::Done);
}

#[test]
fn a_card_that_reports_another_uid_than_it_was_presented_with_is_refused() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 1);
    let uid = Uid::Real(RealUid::new([0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]));
    let presented = InField::new(uid.clone(), &mut card);
    let encoded = encoder(&job).encode(presented, record);
    assert_eq!(encoded.outcome, Outcome::Failed(Failure::Swapped));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    // A reader that does not tell who is in the field leaves it to the card.
    let encoded = encoder(&job).encode(InField::new(uid, &mut Silent(card)), record);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::UidMismatch));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
}

/// A reader that does not tell which card is in the field.
struct Silent(SoftCard);

impl Transport for Silent {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.0.exchange(command, reply)
    }

    fn is_software(&self) -> bool {
        true
    }
}

#[test]
fn live_keys_never_reach_a_software_card() {
    let keys = KeyFile::parse(&KEYS.replace("use = \"test\"", "use = \"live\"")).unwrap();
    let job = Job::new(Profile::parse(&door(&[])).unwrap(), &keys).unwrap();
    let record = &door_records(&job)[0];
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), record);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::LiveKeys));
    assert_eq!(encoded.receipt.recovery, Some(Recovery::StopLine));
    assert!(exchanges.is_empty());
}

#[test]
fn a_bad_record_touches_no_card() {
    let job = job(&door(&[]));
    let csv = common::DOOR_RECORDS.lines().take(1).chain(["no such record"]);
    let csv: String = csv.map(|line| format!("{line}\n")).collect();
    let records = Records::csv(job.profile(), csv.as_bytes()).unwrap();
    let error = records.entries[0].as_ref().unwrap_err();
    let encoded = encoder(&job).refuse(error);
    assert_eq!(encoded.receipt.outcome, OutcomeName::Refused);
    assert_eq!(encoded.receipt.recovery, Some(Recovery::BadRecord));
    assert_eq!((encoded.receipt.exchanges, encoded.receipt.wrote), (0, Wrote::Nothing));
    assert!(encoded.receipt.reason.unwrap().contains("line 2"));
}

#[test]
fn a_random_uid_is_fetched_under_a_key_that_does_not_depend_on_it() {
    let job = job(&door(&[
        ("[transport]", "[transport]\nrandom_uid = true"),
        ("read = { ref", "read = { ref = \"app1\", version = 1 }"),
    ]));
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 1).with_random_uid();
    let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    let real = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x01];
    assert_eq!(encoded.uid.unwrap().expose(), &real);
    card.reset();
    let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    assert_eq!(encoded.uid.unwrap().expose(), &real);
}

#[test]
fn a_card_that_differs_from_its_stock_is_refused_and_the_receipt_says_what_was_written() {
    let first = ("[transport]", "[transport]\nidentify = \"first\"");
    let [ev2_only, any] = [&[first, ("chips = ", "chips = [\"ev2\"]")][..], &[first]]
        .map(|changes| job(&door(changes)));
    for (job, taken) in [(ev2_only, false), (any, true)] {
        let records = door_records(&job);
        let mut encoder = encoder(&job);
        let (encoded, _) = encode(&mut encoder, &mut card(Model::Ev2_8k, 1), &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        // An EV1 card takes the DES session and refuses EV2 messaging, whereupon it is asked.
        let (encoded, _) = encode(&mut encoder, &mut card(Model::Ev1_8k, 2), &records[1]);
        if taken {
            assert_eq!(encoded.outcome, Outcome::Done);
            assert_eq!(encoded.receipt.messaging, Some(Messaging::Ev1));
            assert_eq!(encoded.receipt.messaging_refused, None, "it never said EV2");
            continue;
        }
        let refused = matches!(encoded.outcome, Outcome::Refused(Refusal::WrongChip { .. }));
        assert!(refused, "{:?}", encoded.outcome);
        assert_eq!(encoded.receipt.recovery, Some(Recovery::RejectCard));
        assert_eq!(encoded.receipt.wrote, Wrote::Yes);
        assert!(encoded.receipt.keyed);
    }
}

#[test]
fn a_later_card_of_a_stock_that_is_done_is_identified_after_all() {
    let job = job(&door(&[("[transport]", "[transport]\nidentify = \"first\"")]));
    let records = door_records(&job);
    let mut encoder = encoder(&job);
    let mut first = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder, &mut first, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    first.reset();
    let (encoded, _) = encode(&mut encoder, &mut first, &records[0]);
    assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    assert_eq!(encoded.receipt.chip.as_deref(), Some("ev2-8k"));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
}

#[test]
fn a_random_uid_that_the_profile_does_not_expect_is_refused() {
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 1).with_random_uid();
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Refused(Refusal::RandomUid));
    assert!(exchanges.is_empty());
}

#[test]
fn a_later_card_of_a_stock_with_random_uids_is_identified_after_all() {
    let job = job(&door(&[
        ("[transport]", "[transport]\nrandom_uid = true\nidentify = \"first\""),
        ("read = { ref", "read = { ref = \"app1\", version = 1 }"),
    ]));
    let records = door_records(&job);
    let mut encoder = encoder(&job);
    let mut first = card(Model::Ev2_8k, 1).with_random_uid();
    for outcome in [Outcome::Done, Outcome::AlreadyDone] {
        let (encoded, _) = encode(&mut encoder, &mut first, &records[0]);
        assert_eq!(encoded.outcome, outcome);
        first.reset();
    }
}

/// Versions tell nothing of the keys themselves: without contents to read, a key has to open.
#[test]
fn another_tenants_finished_card_is_refused_though_its_versions_are_ours() {
    let (profile, _) = DOOR.split_once("content = [").unwrap();
    let declared = profile.lines().filter(|line| !line.contains("{ type = "));
    let without_contents: String = declared.map(|line| format!("{line}\n")).collect();
    let other_keys = KEYS.lines().map(|line| match line.strip_prefix("value = \"") {
        Some(value) => {
            format!("value = \"{}\"\n", value.replace('"', "").chars().rev().collect::<String>())
        }
        None => format!("{line}\n"),
    });
    let other_keys = KeyFile::parse(&other_keys.collect::<String>()).unwrap();
    let ours = job(&without_contents);
    let theirs = Job::new(Profile::parse(&without_contents).unwrap(), &other_keys).unwrap();
    let records = Records::csv(ours.profile(), b"id\nonly\n").unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let mut card = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder(&theirs), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    let (encoded, _) = encode(&mut encoder(&ours), &mut card, record);
    assert!(
        matches!(encoded.outcome, Outcome::Refused(Refusal::KeyRefused { .. })),
        "{:?}",
        encoded.outcome
    );
}

#[test]
fn a_used_card_of_ours_with_another_application_is_refused() {
    let job = job(&door(&[("[transport]", "[transport]\nstock = \"used\""), FREE_CREATE]));
    let records = door_records(&job);
    let mut card = card(Model::Ev2_8k, 1);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    fill(&mut card, 32);
    let refusal = refused(&job, &mut card, Recovery::RejectCard);
    assert!(matches!(&refusal, Refusal::OtherApplications { aids } if aids.len() == 1));
}

/// A card that lists its applications to its master key only is asked for its memory all the same.
#[test]
fn a_used_card_that_hides_its_applications_is_refused_by_its_free_memory() {
    let job = job(&door(&[("[transport]", "[transport]\nstock = \"used\"")]));
    let mut card = card(Model::Ev2_2k, 1);
    fill(&mut card, 2200);
    empty(&mut card);
    let session = Session::open(&mut card);
    let nonce = [0x31; 16];
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &nonce);
    let closed = KeySettings { free_list: false, ..KeySettings::FACTORY };
    let _answer = session.unwrap().change_key_settings(closed).unwrap();
    let refusal = refused(&job, &mut card, Recovery::RejectCard);
    assert!(matches!(refusal, Refusal::TooSmall { .. }), "{refusal}");
}

/// Settings are never assumed where the profile leaves them as the factory did: a card whose settings
/// are frozen refuses them before its key is changed.
#[test]
fn the_picc_settings_are_given_where_they_need_no_change() {
    let job = job(&door(&[("free_list = ", "free_list = true"), FREE_CREATE]));
    let record = &door_records(&job)[0];
    let (encoded, _) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), record);
    assert_eq!(encoded.outcome, Outcome::Done);
    assert_eq!(encoded.receipt.settings[0].grade, Grade::Said, "in a session under a public key");
    assert_eq!(encoded.receipt.settings[0].ground, Some(Ground::PiccKey));
}

const FREE_CREATE: (&str, &str) = ("free_create = ", "free_create = true");

/// Presents a card, demands a refusal that leaves it untouched, and gives the reason.
fn refused(job: &Job, card: &mut SoftCard, recovery: Recovery) -> Refusal {
    card.reset();
    let record = &door_records(job)[0];
    let (encoded, exchanges) = encode(&mut encoder(job), card, record);
    assert!(!exchanges.iter().any(|exchange| CHANGING.contains(&exchange.ins.unwrap())));
    assert_eq!(encoded.receipt.wrote, Wrote::Nothing);
    assert_eq!(encoded.receipt.recovery, Some(recovery));
    let Outcome::Refused(refusal) = encoded.outcome else { panic!("{:?}", encoded.outcome) };
    refusal
}

fn change_picc_key(card: &mut SoftCard, key: &CardKey) {
    let session = Session::open(card);
    let nonce = [0x31; 16];
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &nonce);
    let _session = session.unwrap().change_master_key(key).unwrap();
    card.reset();
}

/// Puts somebody else's application with a file of `size` bytes on the card.
fn fill(card: &mut SoftCard, size: u32) {
    let mut session = Session::open(card);
    let slots = KeySlots { count: 1, key_type: KeyType::Aes, iso_file_ids: false };
    let _answer = session.create_application(FOREIGN, KeySettings::FACTORY, slots).unwrap();
    let mut session = session.select_application(FOREIGN).unwrap();
    let free = AccessRights {
        read: Access::Free,
        write: Access::Free,
        read_write: Access::Free,
        change: Access::Free,
    };
    let kind = FileKind::Standard { size: FileSize::new(size).unwrap() };
    let settings = FileSettings::new(kind, CommMode::Plain, free);
    let _answer = session.create_file(FileNo::new(1).unwrap(), settings).unwrap();
    card.reset();
}

fn empty(card: &mut SoftCard) {
    let session = Session::open(card);
    let nonce = [0x31; 16];
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &nonce);
    let _answer = session.unwrap().delete_application(FOREIGN).unwrap();
    card.reset();
}

const FOREIGN: Aid = Aid::new([0xAB, 0xCD, 0xEF]);

/// Two fields of one kind change places between the editions of a profile: by their places alone each
/// would come where the other belongs.
#[test]
fn a_record_out_of_a_queue_is_not_taken_for_one_of_other_fields() {
    let first = job(&door(&[]));
    let queued = serde_json::to_string(&door_records(&first)[0]).unwrap();
    let record: Record = serde_json::from_str(&queued).unwrap();
    let one = "facility = { type = \"uint\", max = 255, class = \"technical\" }\n";
    let later = door(&[]).replacen(one, "", 1);
    let later = later.replacen("valid_until = {", &format!("{one}valid_until = {{"), 1);
    assert!(later != door(&[]));
    for (job, refused) in [(&first, false), (&job(&later), true)] {
        let mut card = card(Model::Ev2_8k, 1);
        let before = card.save();
        let outcome = encode(&mut encoder(job), &mut card, &record).0.outcome;
        let is_refused = matches!(&outcome, Outcome::Refused(refusal)
            if refusal.code().name() == "record-of-other-fields");
        assert_eq!((is_refused, card.save() == before), (refused, refused), "{outcome:?}");
    }
}
