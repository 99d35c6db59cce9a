// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys and files of every kind: the example profiles in the model's terms, and a mistake of every
//! sort.

use super::*;
use crate::profile::FileSpec;
use crate::wire::{FileKind, KeyType, RecordCount, RecordLayout, ValueLimits};

const CANTEEN: &str = include_str!("../../../../examples/data/profiles/canteen.toml");
const LEGACY: &str = include_str!("../../../../examples/data/profiles/legacy.toml");

#[test]
fn the_examples_become_files_of_every_kind() {
    let canteen = Profile::parse(CANTEEN).unwrap();
    assert!(canteen.card().unwrap().random_uid);
    let [application] = canteen.applications() else { panic!("one application") };
    assert_eq!(application.key_type, KeyType::Tdes3);
    assert_eq!(application.slots().key_type, KeyType::Tdes3);
    let mut limits = ValueLimits::new(0, 50000).unwrap();
    limits.limited_credit = true;
    let layout = |size, max| RecordLayout {
        size: FileSize::new(size).unwrap(),
        max: RecordCount::new(max).unwrap(),
    };
    let kinds =
        |files: &[FileSpec]| files.iter().map(|file| file.settings.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds(&application.files),
        [
            FileKind::Standard { size: FileSize::new(16).unwrap() },
            FileKind::Value(limits),
            FileKind::CyclicRecord(layout(16, 8)),
        ]
    );
    let lengths: Vec<_> =
        application.files.iter().map(|file| file.content.as_ref().unwrap().length()).collect();
    assert_eq!(lengths, [8, 4, 16]);
    // Two blocks for the application, two for its names, three for three keys of 24 bytes; then the
    // files, the records in two blocks more than they have bytes.
    assert_eq!(canteen.memory(), 64 + 64 + 96 + 32 + 32 + (128 + 64));

    let legacy = Profile::parse(LEGACY).unwrap();
    assert_eq!(
        (legacy.chips(), legacy.messaging()),
        (&[Generation::D40, Generation::Ev1][..], &[Messaging::D40][..])
    );
    let [application] = legacy.applications() else { panic!("one application") };
    assert_eq!(application.key_type, KeyType::Des);
    assert_eq!(kinds(&application.files)[1], FileKind::Value(ValueLimits::new(-1, 100).unwrap()));
    assert_eq!(kinds(&application.files)[2], FileKind::LinearRecord(layout(8, 4)));
    assert_eq!(application.files[2].content.as_ref().unwrap().length(), 16);
}

#[test]
fn messaging_that_is_not_named_fits_the_chips() {
    let text = BASE.replace("messaging = [\"ev2\", \"ev1\"]\n", "");
    let ev1_and_up = Profile::parse(&text).unwrap();
    assert_eq!(ev1_and_up.messaging(), [Messaging::Ev2, Messaging::Ev1]);
    let both = LEGACY.replace("messaging = [\"d40\"]\n", "");
    let both = Profile::parse(&both).unwrap();
    assert_eq!(both.messaging(), [Messaging::Ev2, Messaging::Ev1, Messaging::D40]);
}

fn refused_in(text: &str, cases: &[(&str, &str, &str)]) {
    for (old, new, wanted) in cases {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        let said = Profile::parse(&text.replace(old, new)).unwrap_err().to_string();
        assert!(said.contains(wanted), "{new:?}: {said}");
    }
}

#[test]
fn entries_of_other_kinds() {
    refused_in(
        CANTEEN,
        &[
            (
                "lower = 0",
                "size = 4\nlower = 0",
                "line 53, column 8: a value file has no entry \"size\": take it out",
            ),
            (
                "record_size = 16",
                "record_size = 16\nupper = 1",
                "a record file has no entry \"upper\"",
            ),
            (
                "size = 16\nmode = \"full\"",
                "size = 16\nvalue = 1\nmode = \"full\"",
                "a data file has no entry \"value\"",
            ),
            ("lower = 0\n", "", "lower is missing: write lower = … with a number from -2147483648"),
            (
                "upper = 50000",
                "upper = 2147483648",
                "upper = 2147483648 is out of range: write upper",
            ),
            (
                "lower = 0",
                "lower = 50001",
                "no value is from 50001 to 50000: write lower and upper",
            ),
            ("record_size = 16", "record_size = 0", "record_size = 0 is out of range"),
            (
                "max_records = 8",
                "max_records = 1",
                "max_records = 1 is out of range: write max_records = … with a number from 2",
            ),
            ("max_records = 8\n", "", "max_records is missing"),
            (
                "no = 1\n",
                "no = 1\niso_id = \"E211\"\n",
                "a value file with an iso_id: no ISO command",
            ),
        ],
    );
}

#[test]
fn what_files_start_with() {
    refused_in(
        CANTEEN,
        &[
            (
                "value = \"credit\"",
                "value = 50001",
                "the file cannot start with 50001: write a number from 0 to 50000",
            ),
            ("value = \"credit\"", "value = -1", "the file cannot start with -1"),
            (
                "value = \"credit\"",
                "value = \"debit\"",
                "no field is called \"debit\": write one of \"member\", \"credit\"",
            ),
            (
                "value = \"credit\"",
                "value = \"member\"",
                "the field may be from 0 to 99999999, the value from 0 to 50000",
            ),
            (
                "lower = 0",
                "lower = 1",
                "the field may be from 0 to 20000, the value from 1 to 50000: write lower no more",
            ),
            (
                "record_size = 16",
                "record_size = 13",
                "the content takes 14 bytes, and record_size is 13",
            ),
        ],
    );
    let text = CANTEEN.replace("value = \"credit\"\n", "").replace("lower = 0", "lower = 1");
    let said = Profile::parse(&text).unwrap_err().to_string();
    assert!(
        said.contains("the file cannot start with 0: write value = … with a number from 1 to"),
        "{said}"
    );
    let record = "[{ constant = \"ascii:FRONT\" }],";
    refused_in(
        LEGACY,
        &[
            (
                record,
                &record.repeat(4),
                "5 records, and the file shows 4 at most: write at least one",
            ),
            (
                "    [{ constant = \"ascii:FRONT\" }],\n    [{ constant = \"ascii:GATE\" }, { uint = \"facility\", bytes = 1 }],\n",
                "",
                "0 records, and the file shows 4 at most",
            ),
        ],
    );
    // A cyclic file of three shows two.
    let text = LEGACY.replace("linear-record", "cyclic-record");
    let ring = |max: &str| Profile::parse(&text.replace("max_records = 4", max));
    assert!(ring("max_records = 3").is_ok());
    let said = ring("max_records = 2").unwrap_err().to_string();
    assert!(said.contains("2 records, and the file shows 1 at most"), "{said}");
}

#[test]
fn what_a_d40_card_and_its_messaging_cannot() {
    refused_in(
        LEGACY,
        &[
            (
                "messaging = [\"d40\"]",
                "messaging = [\"ev1\"]",
                "line 7, column 13: D40 chips take only D40 messaging",
            ),
            (
                "ref = \"legacy-picc\", type = \"2k3des\"",
                "ref = \"legacy-picc\", type = \"3k3des\"",
                "D40 messaging takes no 3K3DES keys: write type = \"2k3des\", or take \"d40\"",
            ),
            (
                "[\"factory\"]",
                "[\"factory\", { ref = \"stock\", version = 9 }]",
                "line 11, column 20: D40 messaging takes no AES keys",
            ),
            ("no = 9", "no = 16", "on a D40 card such a file has a number from 0 to 15"),
            ("no = 2", "no = 8", "on a D40 card such a file has a number from 0 to 7"),
            (
                "master_key = \"picc\"",
                "master_key = \"picc\"\nrandom_uid = true",
                "no D40 card has a random UID: take it out, or \"d40\" out of chips",
            ),
            (
                "aid = \"F48140\"",
                "aid = \"F48140\"\niso_id = \"E110\"",
                "no D40 card has ISO names",
            ),
        ],
    );
}

#[test]
fn no_file_of_a_d40_card_has_an_iso_name() {
    let named =
        |text: String, (no, id): (&str, &str)| text.replace(no, &format!("{no}\niso_id = {id:?}"));
    let names = [("no = 0", "E100"), ("no = 2", "E102"), ("no = 9", "E109")];
    let text = names.into_iter().fold(LEGACY.to_owned(), named);
    let said = Profile::parse(&text).unwrap_err().to_string();
    assert!(said.contains("no D40 card has ISO names"), "{said}");
}

#[test]
fn keys_of_one_application_are_of_one_type() {
    refused_in(
        LEGACY,
        &[
            (
                "read = { ref = \"legacy1\", type = \"2k3des\"",
                "read = { ref = \"legacy1\"",
                "line 28, column 19: key \"read\" is of type AES, the first of the application of type DES",
            ),
            (
                "type = \"2k3des\", version = 1 }",
                "type = \"des\", version = 1 }",
                "unknown variant `des`",
            ),
        ],
    );
    refused_in(
        CANTEEN,
        &[
            (
                "ref = \"purse2\", type = \"3k3des\"",
                "ref = \"purse2\", type = \"2k3des\"",
                "line 33, column 27: key \"bank\" is of type DES, the first of the application of type 3K3DES",
            ),
            (
                "version = 4 }",
                "version = 4, diversify = { scheme = \"an10922\", input = [\"uid\"] } }",
                "random_uid = true, and every key needs the real UID",
            ),
        ],
    );
}

#[test]
fn a_file_that_nobody_writes_again_is_warned_of() {
    let said: Vec<_> =
        Profile::parse(CANTEEN).unwrap().warnings().iter().map(ToString::to_string).collect();
    let wanted =
        ["the card hides its UID for good", "nobody can ever alter the content once it is written"];
    for wanted in wanted {
        assert!(said.iter().any(|said| said.contains(wanted)), "{wanted}: {said:?}");
    }
    let changeable = CANTEEN
        .replace("read = \"till\"\ncontent", "read = \"till\"\nchange = \"master\"\ncontent");
    let warnings = Profile::parse(&changeable).unwrap().warnings().len();
    assert_eq!(warnings, said.len() - 1);
}
