// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications that count their transactions: receipts tell counter and MAC for the server, and nothing of the key
//! and the record.

use cardwright::emulator::Model;
use cardwright::encode::Task;

use super::canary::Canaries;
use super::observed::{observed, torn};
use super::tags::of;
use super::world::{AID, MASTER, PICC, READ, UID, canaries, card};
use crate::common::reader::diversified;

/// A value and records that are committed, beside the fields of the other cards.
const COUNTED: &str = r#"
[profile]
name = "counted"
chips = ["ev2", "ev3"]
verify = "every-key"

[transport]
picc = ["factory"]

FIELDS
[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
master = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
count = { ref = "read", version = 3, diversify = { scheme = "an10922", input = ["uid", "ascii:TM"] } }

[card]
master_key = "picc"

[[application]]
aid = "F48120"
keys = ["master"]
transaction_mac = { no = 9, key = "count", mode = "full", read = "master", reader = "master", reader_id = "00112233445566778899AABBCCDDEEFF" }

[[application.file]]
no = 1
type = "backup"
size = 60
mode = "full"
read = "master"
write = "master"
read_write = "master"
content = [
    { uint = "number", bytes = 8, order = "big" },
    { text = "holder", bytes = 20 },
    { hex = "token" },
    { date = "born", form = "bcd:ddmmyyyy" },
]

[[application.file]]
no = 2
type = "linear-record"
record_size = 32
max_records = 2
mode = "full"
read = "master"
write = "master"
read_write = "master"
records = [[{ uuid = "account", form = "guid" }, { raw = "badge" }]]
"#;

fn secrets() -> Canaries {
    let mut canaries = canaries();
    canaries.bytes("the card's key", &diversified(PICC, &UID));
    canaries.bytes("key 0", &diversified(MASTER, &[&UID[..], &AID].concat()));
    canaries.bytes("the key of transactions", &diversified(READ, &[&UID[..], b"TM"].concat()));
    canaries
}

#[test]
fn cards_that_count_show_nothing_whatever_is_done_with_them() {
    let (canaries, (job, records)) = (secrets(), of(COUNTED));
    let mut counts = card(Model::Ev3_8k);
    let mut told = Vec::new();
    for (task, record, ends) in [
        (Task::Encode, 0, "done"),
        (Task::Encode, 1, "refused"),
        (Task::Update, 1, "done"),
        (Task::Verify, 1, "done"),
        (Task::Recycle, 1, "done"),
    ] {
        let job = job.clone().with_task(task).unwrap();
        counts.reset();
        let uid = counts.uid();
        let encoded = observed(&canaries, &job, uid, &mut counts, &records[record]);
        assert_eq!(encoded.receipt.outcome.name(), ends, "{task}: {:?}", encoded.outcome);
        told.push(encoded.receipt.transactions.len());
    }
    // The backup file, as both records have one account and badge; and the same once more.
    assert_eq!(told, [0, 0, 1, 1, 0]);
    torn(&canaries, &job, &card(Model::Ev2_8k), &records[0]);
}
