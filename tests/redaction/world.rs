// SPDX-License-Identifier: MIT OR Apache-2.0
//! A job whose every secret is known to the test: keys, UID, field values, contents.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::Job;
use cardwright::iso14443::RealUid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};

use super::canary::Canaries;
use crate::common::reader::diversified;

pub(super) const UID: [u8; 7] = [0x04, 0xA7, 0x5C, 0x93, 0xE1, 0xB8, 0x6D];
pub(super) const OTHER_UID: [u8; 7] = [0x04, 0x39, 0xF2, 0x6B, 0xD4, 0x1E, 0x87];
pub(super) const PICC: [u8; 16] =
    *b"\x9A\x3C\xE7\x51\xB6\x0D\x82\xF4\x6E\x19\xC3\x75\xA8\x2B\xDE\x40";
pub(super) const MASTER: [u8; 16] =
    *b"\x5B\xC8\x1F\xA3\x74\xED\x96\x08\xD2\x4F\xB1\x6A\x3E\x87\xC5\x29";
pub(super) const READ: [u8; 16] =
    *b"\xC6\x4D\x92\x7B\x30\xFA\x15\xE8\x8C\x53\xA1\xD7\x0F\x6E\xB4\x2A";
/// The keys of the next edition.
pub(super) const NEXT: [u8; 16] =
    *b"\x2D\x91\xE4\x6F\xBA\x58\x07\xC3\x99\x1A\xF5\x60\x8B\xDC\x37\x4E";
pub(super) const RECEIPT: [u8; 32] =
    *b"\x71\xAE\x0C\xD5\x98\x43\xF6\x2B\xB7\x1E\x64\xC9\x8D\x30\xE2\x5F\
    \xA4\x17\xDB\x6C\x39\xF0\x85\xCE\x52\xBD\x08\xE3\x7A\x96\x4C\x1D";
pub(super) const NUMBER: u64 = 7_305_948_216;
pub(super) const OTHER_NUMBER: u64 = 8_614_207_935;
pub(super) const HOLDER: &str = "Quux Zanzibarella";
pub(super) const OTHER_HOLDER: &str = "Plugh Xyzzyvara";
pub(super) const TOKEN: [u8; 8] = [0xB3, 0x5E, 0xC7, 0x09, 0xF8, 0x61, 0xDA, 0x24];
pub(super) const BORN: &str = "1987-06-23";
pub(super) const ACCOUNT: &str = "e93b7a51-c4f8-4d26-9a0e-57b1d3c86f42";
/// `10110011 10001111 01010010 11011000 10111`
pub(super) const BADGE: &str = "1011001110001111010100101101100010111";
pub(super) const AID: [u8; 3] = [0xF4, 0x81, 0x20];

/// Every kind of field, in protected files of either kind, and one in a plain one.
pub(super) const PROFILE: &str = r#"
[profile]
name = "canaries"
chips = ["ev1", "ev2", "ev3"]
verify = "every-key"

[transport]
picc = ["factory"]

[fields]
number = { type = "uint", max = 9999999999, class = "pseudonymous", unique = true }
holder = { type = "text", max_length = 20, class = "personal" }
token = { type = "hex", length = 8, class = "pseudonymous" }
born = { type = "date", from = "1900-01-01", class = "personal" }
account = { type = "uuid", class = "pseudonymous" }
badge = { type = "bits", length = 37, class = "pseudonymous" }

[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
master = { ref = "master", version = 2, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
read = { ref = "read", version = 3 }

[card]
master_key = "picc"

[[application]]
aid = "F48120"
keys = ["master", "read"]
free_list = true

[[application.file]]
no = 1
type = "backup"
size = 28
mode = "full"
read = "read"
write = "master"
content = [{ uint = "number", bytes = 8 , order = "big" }, { text = "holder", bytes = 20 }]

[[application.file]]
no = 2
type = "standard"
size = 40
mode = "mac"
read = "read"
write = "master"
content = [
    { hex = "token" },
    { uint = "number", bytes = 8, order = "little" },
    { digits = "number", count = 10, name = "number" },
    { checksum = "luhn", over = ["number"] },
    { date = "born", form = "bcd:ddmmyyyy" },
    { uid = "reversed" },
    { raw = "badge" },
]

[[application.file]]
no = 3
type = "standard"
size = 32
mode = "mac"
read = "read"
write = "master"
content = [
    { hex = "token" },
    { tlv = "C0", parts = [{ uuid = "account", form = "guid" }], name = "account" },
    { checksum = "CRC-16/ARC", over = ["account"], order = "big" },
]
"#;

pub(super) fn key_file() -> String {
    let mut text = format!("use = \"test\"\nreceipt = \"{}\"\n", hex::encode_upper(RECEIPT));
    for (name, version, key) in [
        ("picc", 1, PICC),
        ("master", 2, MASTER),
        ("read", 3, READ),
        ("picc", 11, NEXT),
        ("master", 12, NEXT),
        ("read", 13, NEXT),
    ] {
        let value = hex::encode_upper(key);
        text += &format!(
            "[[key]]\nname = \"{name}\"\ntype = \"aes128\"\nversion = {version}\nvalue = \"{value}\"\n"
        );
    }
    text
}

/// The first is the record of the card with [`UID`]; the second has other values.
pub(super) fn csv() -> String {
    let row = |uid: [u8; 7], number: u64, holder: &str| {
        let (uid, token) = (hex::encode_upper(uid), hex::encode(TOKEN));
        format!("{uid},{number},{holder},{token},{BORN},{ACCOUNT},{BADGE}\n")
    };
    let (first, second) = (row(UID, NUMBER, HOLDER), row(OTHER_UID, OTHER_NUMBER, OTHER_HOLDER));
    format!("uid,number,holder,token,born,account,badge\n{first}{second}")
}

pub(super) fn profile() -> Profile {
    Profile::parse(PROFILE).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn job() -> Job {
    Job::new(profile(), &KeyFile::parse(&key_file()).unwrap()).unwrap()
}

/// The next edition of the profile: every key in another version.
pub(super) fn next_edition() -> Job {
    of_text(&next(PROFILE))
}

/// The profile whose application has key sets, and its next edition, which is rolled now or later.
pub(super) fn in_key_sets(roll: &str) -> [Job; 2] {
    let sets = format!("free_list = true\nkey_sets = {{ sets = 2, roll = \"{roll}\" }}\n");
    let text = PROFILE.replacen("free_list = true\n", &sets, 1);
    [of_text(&text), of_text(&next(&text))]
}

fn next(text: &str) -> String {
    (1..=3).fold(text.to_owned(), |text, version| {
        let next = format!("version = {}, former = {version}", version + 10);
        text.replace(&format!("version = {version}"), &next)
    })
}

fn of_text(text: &str) -> Job {
    Job::new(Profile::parse(text).unwrap(), &KeyFile::parse(&key_file()).unwrap()).unwrap()
}

pub(super) fn records(job: &Job) -> Vec<Record> {
    let records = Records::csv(job.profile(), csv().as_bytes()).unwrap();
    records.entries.into_iter().map(Result::unwrap).collect()
}

pub(super) fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new(UID), 11)
}

/// Everything that must not show.
pub(super) fn canaries() -> Canaries {
    let mut canaries = Canaries::default();
    canaries.bytes("the UID", &UID);
    canaries.bytes("the other UID", &OTHER_UID);
    for (name, key) in [("picc", PICC), ("master", MASTER), ("read", READ), ("next", NEXT)] {
        canaries.bytes(&format!("the key `{name}`"), &key);
    }
    canaries.bytes("the receipt key", &RECEIPT);
    for uid in [UID, OTHER_UID] {
        canaries.bytes("a card's PICC master key", &diversified(PICC, &uid));
        let input = [&uid[..], &AID].concat();
        canaries.bytes("a card's application master key", &diversified(MASTER, &input));
        canaries.bytes("a card's next PICC master key", &diversified(NEXT, &uid));
        canaries.bytes("a card's next application master key", &diversified(NEXT, &input));
    }
    canaries.number("the field `number`", NUMBER);
    canaries.number("the field `number` of the other record", OTHER_NUMBER);
    canaries.text("the field `holder`", HOLDER);
    canaries.text("the field `holder` of the other record", OTHER_HOLDER);
    canaries.bytes("the field `token`", &TOKEN);
    // Also what is left of the text without its hyphens.
    canaries.bytes("the field `born`", &hex::decode(BORN.replace('-', "")).unwrap());
    canaries.text("the field `account`", ACCOUNT);
    canaries.bytes("the field `account`", &hex::decode(ACCOUNT.replace('-', "")).unwrap());
    canaries.text("the field `badge`", BADGE);
    canaries.bytes("the field `badge`", &[0xB3, 0x8F, 0x52, 0xD8, 0xB8]);
    canaries
}
