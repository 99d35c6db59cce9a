// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags: everything that is done with them, undisturbed and torn, and what a server says of their addresses.

use cardwright::emulator::Model;
use cardwright::encode::{Job, OneWay, Outcome, Task};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{Memory, Verifier};
use cardwright::transport::{Moment, Tear};

use super::canary::Canaries;
use super::observed::observed;
use super::world::{MASTER, PICC, PROFILE, UID, canaries, card, csv, key_file};
use crate::common::reader::diversified;

/// What may be read by anyone tells nothing but what the chip enciphers. The fields are those of the other cards.
const TAG: &str = r#"
[profile]
name = "tag"
chips = ["ntag424"]
verify = "every-key"

FIELDS
KEYS

[[application]]
aid = "00E110"
keys = ["master", "write", "meta", "mac", "door"]

[[application.file]]
no = 2
mode = "mac"
read = "free"
write = "write"
read_write = "write"
sdm = { picc = "meta", mac = "mac" }
content = [{ ndef = [{ uri = [
    "https://example.com/?e=", { mirror = "picc" }, "&c=", { mirror = "mac" },
] }] }]

[[application.file]]
no = 3
read = "door"
write = "write"
read_write = "write"
CONTENT
"#;

/// Every field, in a file that is protected.
const CONTENT: &str = r#"
content = [
    { uint = "number", bytes = 8, order = "big" },
    { text = "holder", bytes = 20 },
    { hex = "token" },
    { date = "born", form = "bcd:ddmmyyyy" },
    { uuid = "account", form = "guid" },
    { raw = "badge" },
]
"#;

/// The keys of both.
const KEYS: &str = r#"
[keys]
master = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "key-no"] } }
write = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid", "key-no"] } }
meta = { ref = "read", version = 3 }
mac = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid", "key-no"] } }
door = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "key-no"] } }
"#;

/// A DESFire Light that counts its transactions under a key, and takes none without a reader's name.
const LIGHT: &str = r#"
[profile]
name = "light"
chips = ["light"]
verify = "every-key"

FIELDS
KEYS
count = { ref = "read", version = 3, diversify = { scheme = "an10922", input = ["uid", "ascii:TM"] } }

[[application]]
aid = "00DF01"
keys = ["master", "write", "meta", "mac", "door"]
transaction_mac = { key = "count", read = "door", reader = "write", reader_id = "00112233445566778899AABBCCDDEEFF" }

[[application.file]]
no = 0
mode = "full"
read = "door"
write = "write"
read_write = "write"
CONTENT
"#;

fn tag() -> (Job, Vec<Record>) {
    of(TAG)
}

pub(super) fn of(text: &str) -> (Job, Vec<Record>) {
    let (_, fields) = PROFILE.split_once("[fields]").unwrap();
    let (fields, _) = fields.split_once("\n[").unwrap();
    let text = text.replace("FIELDS", &format!("[fields]{fields}")).replace("KEYS", KEYS.trim());
    let text = text.replace("CONTENT", CONTENT.trim());
    let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    let job = Job::new(profile, &KeyFile::parse(&key_file()).unwrap()).unwrap();
    let lines = csv();
    let lines = lines.lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1));
    let records = Records::csv(job.profile(), lines.collect::<String>().as_bytes()).unwrap();
    let records = records.entries.into_iter().map(Result::unwrap).collect();
    (job, records)
}

fn of_tags() -> Canaries {
    let mut canaries = canaries();
    for no in 0..5 {
        let key = if no == 0 || no == 4 { MASTER } else { PICC };
        let input = [&UID[..], &[no]].concat();
        canaries.bytes(&format!("key {no} of a tag"), &diversified(key, &input));
    }
    canaries
}

/// The address of a tag, as a phone reads it.
fn address(tag: &mut cardwright::emulator::SoftCard) -> String {
    use cardwright::transport::{ReplyBuf, Transport};
    tag.reset();
    let mut reply = ReplyBuf::new();
    for apdu in ["00A4040007D276000085010100", "00A4000C02E104", "00B0000060"] {
        tag.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
    }
    let length = usize::from(u16::from_be_bytes([reply[0], reply[1]]));
    cardwright::sdm::address(&reply[..length + 2]).unwrap()
}

#[test]
fn tags_show_nothing_whatever_is_done_with_them() {
    let (canaries, (job, records)) = (of_tags(), tag());
    let verifier = Verifier::new(&job).unwrap();
    canaries.absent_from_debug("a verifier", &verifier);
    let mut tag = card(Model::Ntag424);
    for (task, record, ends) in [
        (Task::Encode, 0, "done"),
        (Task::Encode, 1, "refused"),
        (Task::Verify, 0, "done"),
        (Task::Verify, 1, "refused"),
        (Task::Update, 1, "done"),
        (Task::Recycle, 1, "done"),
        (Task::Recycle, 1, "already-done"),
    ] {
        let job = job.clone().with_task(task).unwrap();
        tag.reset();
        let uid = tag.uid();
        let encoded = observed(&canaries, &job, uid, &mut tag, &records[record]);
        assert_eq!(encoded.receipt.outcome.name(), ends, "{task}: {:?}", encoded.outcome);
        if (task, ends) == (Task::Encode, "done") {
            let given = address(&mut tag);
            canaries.absent_from("an address", &given);
            let counters = Memory::default();
            let seen = verifier.verify(&given, &counters).unwrap();
            canaries.absent_from_debug("what an address tells", &seen);
            canaries.absent_from_debug("counters", &counters);
            let again = verifier.verify(&given, &counters).unwrap_err();
            canaries.absent_from_error("an address that comes again", &again);
        }
    }
}

#[test]
fn tags_that_are_torn_while_they_are_made_or_recycled_show_nothing() {
    let (canaries, (job, records)) = (of_tags(), tag());
    let mut tears = 0;
    for task in [Task::Encode, Task::Recycle] {
        for at in (0..).step_by(3) {
            let mut tag = card(Model::Ntag424);
            if task == Task::Recycle {
                let uid = tag.uid();
                let made = observed(&canaries, &job, uid, &mut tag, &records[0]);
                assert_eq!(made.outcome, Outcome::Done);
                tag.reset();
            }
            let (job, uid) = (job.clone().with_task(task).unwrap(), tag.uid());
            let mut torn = Tear::new(&mut tag, at, Moment::AfterExecution);
            let encoded = observed(&canaries, &job, uid, &mut torn, &records[0]);
            if !torn.torn() {
                assert_eq!(encoded.outcome, Outcome::Done);
                break;
            }
            tears += 1;
            assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
        }
    }
    assert!(tears > 20, "{tears}");
}

#[test]
fn a_light_shows_nothing_whatever_is_done_with_it() {
    light_shows_nothing(LIGHT);
}

#[test]
fn a_light_in_lrp_shows_nothing_either() {
    let keys = "\"mac\", \"door\"]\n";
    assert!(LIGHT.contains(keys));
    light_shows_nothing(&LIGHT.replacen(keys, &format!("{keys}suite = \"lrp\"\n"), 1));
}

fn light_shows_nothing(profile: &str) {
    let (canaries, (job, records)) = (of_tags(), of(profile));
    let job = job.allowing(&[OneWay::Lrp]);
    let mut light = card(Model::Light);
    for (task, record, ends) in [
        (Task::Encode, 0, "done"),
        (Task::Encode, 1, "refused"),
        (Task::Verify, 0, "done"),
        (Task::Update, 1, "done"),
        (Task::Recycle, 1, "done"),
    ] {
        let job = job.clone().with_task(task).unwrap();
        light.reset();
        let uid = light.uid();
        let encoded = observed(&canaries, &job, uid, &mut light, &records[record]);
        assert_eq!(encoded.receipt.outcome.name(), ends, "{task}: {:?}", encoded.outcome);
    }
    for at in (0..).step_by(3) {
        let mut light = card(Model::Light);
        let uid = light.uid();
        let mut torn = Tear::new(&mut light, at, Moment::AfterExecution);
        let encoded = observed(&canaries, &job, uid, &mut torn, &records[0]);
        if !torn.torn() {
            assert_eq!(encoded.outcome, Outcome::Done);
            assert!(at > 20, "{at}");
            break;
        }
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
    }
}
