// SPDX-License-Identifier: MIT OR Apache-2.0
//! How values come to stand on a card where a list of numbers, characters or lengths says it its own
//! way: one field or two, a content of a few parts, and the bytes computed by hand.

use cardwright::emulator::Model;
use cardwright::encode::Outcome;
use cardwright::profile::{Record, Records};
use cardwright::wire::Messaging;

use crate::common::reader::{ask_enciphered, diversified};
use crate::common::{card, encode, encoder, issuer_key, job};

const AID: [u8; 3] = [0xF5, 0x1A, 0x00];
/// The UID of the first card.
const UID: [u8; 7] = [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x00];

/// A profile of one file, with these fields and this content.
fn profile(fields: &str, size: usize, content: &str) -> String {
    format!(
        r#"[profile]
name = "written"
chips = ["ev1", "ev2", "ev3"]

[transport]
picc = ["factory"]

[fields]
{fields}

[keys]
picc = {{ ref = "picc", version = 1, diversify = {{ scheme = "an10922", input = ["uid"] }} }}
master = {{ ref = "app0", version = 1, diversify = {{ scheme = "an10922", input = ["uid", "aid"] }} }}
read = {{ ref = "app1", version = 1, diversify = {{ scheme = "an10922", input = ["uid", "aid"] }} }}

[card]
master_key = "picc"

[[application]]
aid = "F51A00"
keys = ["master", "read"]

[[application.file]]
no = 0
type = "standard"
size = {size}
mode = "full"
read = "read"
write = "master"
content = [{content}]
"#
    )
}

/// What the file holds of the first record, on cards in EV1 and in EV2 messaging. Each card knows its
/// record again.
fn written(profile: &str, records: &str) -> [Vec<u8>; 2] {
    let job = job(profile);
    let records = Records::csv(job.profile(), records.as_bytes()).unwrap();
    let record: &Record = records.entries[0].as_ref().unwrap_or_else(|error| panic!("{error}"));
    [(Model::Ev1_8k, Messaging::Ev1), (Model::Ev2_8k, Messaging::Ev2)].map(|(model, messaging)| {
        let mut card = card(model, 0);
        let mut encoder = encoder(&job);
        assert_eq!(encode(&mut encoder, &mut card, record).0.outcome, Outcome::Done, "{profile}");
        card.reset();
        let again = encode(&mut encoder, &mut card, record).0.outcome;
        assert_eq!(again, Outcome::AlreadyDone, "{profile}");
        card.reset();
        let size = profile.split("size = ").nth(1).unwrap().lines().next().unwrap();
        let size: u8 = size.parse().unwrap();
        let issuer = issuer_key("app1", 1).try_into().unwrap();
        let key = diversified(issuer, &[&UID[..], &AID].concat());
        let command = [0, 0, 0, 0, size, 0, 0];
        ask_enciphered(&mut card, messaging, AID, (1, key), (0xBD, &command), size.into())
    })
}

/// The file of the first record begins with these bytes, and has zeros behind.
fn is_written(fields: &str, content: &str, records: &str, bytes: &str) {
    let bytes = hex::decode(bytes.replace(' ', "")).unwrap();
    let size = bytes.len() + 3;
    for found in written(&profile(fields, size, content), records) {
        let (head, tail) = found.split_at(bytes.len());
        assert_eq!(hex::encode_upper(head), hex::encode_upper(&bytes), "{content}");
        assert_eq!(tail, [0; 3], "{content}");
    }
}

/// A field that a list leaves empty or does not have stands on the card as what the profile says.
#[test]
fn what_a_list_leaves_out_has_a_default() {
    let fields = "n = { type = \"uint\", max = 9, class = \"technical\" }\n\
                  dept = { type = \"uint\", max = 9, class = \"technical\" }\n\n\
                  [import.columns]\n\
                  dept = { default = \"7\", optional = true }";
    let content = "{ uint = \"n\", bytes = 1 }, { uint = \"dept\", bytes = 1 }";
    for (records, bytes) in [
        ("n,dept\n1,\n", "0107"),
        ("n\n1\n", "0107"),
        ("n,dept\n1,0\n", "0100"),
        ("n,dept\n1,9\n", "0109"),
    ] {
        is_written(fields, content, records, bytes);
    }
}

/// Two columns of a list in one field.
#[test]
fn two_columns_in_one_field() {
    let fields = "name = { type = \"text\", max_length = 22, class = \"personal\" }\n\n\
                  [import.columns]\n\
                  name = { join = [\"last\", \"first\"], with = \", \" }";
    let content = "{ text = \"name\", bytes = 22 }";
    let bytes = format!("{:0<44}", "4C65652C20416E6E");
    is_written(fields, content, "first,last\nAnn,Lee\n", &bytes);
}

/// A list begins at 66607: 286571 + 66606 = 353177 = 0x056399. And one counts from 1000 where the card
/// counts from 0: 1258 - 1000 = 258 = 0x0102.
#[test]
fn a_number_with_a_constant_added_or_taken_off() {
    let field = "number = { type = \"uint\", max = 457681, class = \"technical\" }";
    let up = "{ uint = \"number\", bytes = 3, order = \"big\", add = 66606 }";
    is_written(field, up, "number\n286571\n", "056399");
    let field = "number = { type = \"int\", min = 1000, max = 9999, class = \"technical\" }";
    let down = "{ uint = \"number\", bytes = 2, order = \"little\", add = -1000 }";
    is_written(field, down, "number\n1258\n", "0201");
}

/// -50 is FFFFFFCE in four bytes, and 2^21 - 50 = 1FFFCE in 21 bits; with 101 behind it,
/// `1111 1111 1111 1110 0111 0101`.
#[test]
fn a_number_below_zero() {
    let field =
        "balance = { type = \"int\", min = -1048576, max = 1048575, class = \"technical\" }";
    let bytes = "{ int = \"balance\", bytes = 4, order = \"big\" }";
    is_written(field, bytes, "balance\n-50\n", "FFFFFFCE");
    is_written(field, bytes, "balance\n1048575\n", "000FFFFF");
    let bits = "{ pack = [{ int = \"balance\", width = 21 }, { constant = 5, width = 3 }] }";
    is_written(field, bits, "balance\n-50\n", "FFFE75");
    is_written(field, bits, "balance\n50\n", "000195");
    is_written(field, bits, "balance\n-1048576\n", "800005");
}

/// A fare card: 1234567 = 12D687, no check digit and not blocked, transaction 39 = 27, balance -50, day
/// 13061 = 3305, minute 546 = 222, mode 2, usage 7, no top-up, journey 1. From the last number to the first
/// one in bits, the bytes turned round, and the CRC of the whole behind.
#[test]
fn a_fare_card_in_the_red() {
    let fields = "serial = { type = \"uint\", max = 4294967295, class = \"pseudonymous\" }\n\
                  balance = { type = \"int\", min = -1048576, max = 1048575, class = \"technical\" }";
    let numbers = "{ constant = 1, width = 4 }, { constant = 0, width = 1 }, { constant = 7, width = 4 }, \
                   { constant = 2, width = 3 }, { constant = 546, width = 11 }, \
                   { constant = 13061, width = 15 }, { int = \"balance\", width = 21 }, \
                   { constant = 39, width = 16 }, { constant = 0, width = 5 }, \
                   { uint = \"serial\", width = 32 }";
    let content = format!(
        "{{ pack = [{numbers}], order = \"little\", name = \"body\" }}, \
         {{ checksum = \"CRC-16/ARC\", over = [\"body\"], order = \"little\" }}"
    );
    is_written(
        fields,
        &content,
        "serial,balance\n1234567,-50\n",
        "87D61200E004C0F9FF17CC44A413FE65",
    );
}

#[test]
fn text_in_the_character_sets_of_offices() {
    let field = "n = { type = \"text\", max_length = 8, class = \"technical\" }";
    let text = |charset: &str| format!("{{ text = \"n\", bytes = 16, charset = \"{charset}\" }}");
    for (charset, value, bytes) in [
        ("windows-1252", "Zoë “x”", "5A6FEB20 937894"),
        ("latin-9", "Œuvre €", "BC757672 6520A4"),
        ("utf-16be", "Łukasz", "0141 0075 006B 0061 0073 007A"),
        ("utf-16le", "Łukasz", "4101 7500 6B00 6100 7300 7A00"),
    ] {
        let bytes = format!("{:0<32}", bytes.replace(' ', ""));
        is_written(field, &text(charset), &format!("n\n{value}\n"), &bytes);
    }
}

/// 2028-02-29 is 20280229 = 0x13573A5, which take 25 bits.
#[test]
fn a_date_as_the_number_that_its_digits_are() {
    let field = "expires = { type = \"date\", class = \"technical\" }";
    let bits = "{ pack = [{ date = \"expires\", form = \"number:yyyymmdd\", width = 32 }] }";
    is_written(field, bits, "expires\n2028-02-29\n", "013573A5");
}
