// SPDX-License-Identifier: MIT OR Apache-2.0
//! What finished cards hold, read by a small reader that shares nothing with the library but the
//! transport, and compared with bytes that are put together here.

use crate::common::reader::{diversified, read_enciphered};
use crate::common::{DOOR_RECORDS, card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome};
use cardwright::profile::Record;
use cardwright::transport::{InField, Moment, Tear};
use cardwright::wire::Messaging;

/// Record demo-0001, by hand.
///
/// Facility 42 is `00101010`, number 48975 is `10111111 01001111`. Bits 1 to 12 hold six ones, so
/// the even parity in front is 0; bits 13 to 24 hold nine, so the odd parity behind is 0:
/// `0 00101010 10111111 01001111 0`, left-aligned `15 5F A7 80`. 20281231 is `01 35 77 8F`.
#[test]
fn the_first_record_is_on_the_card_as_computed_by_hand() {
    let badge = "155FA780 0000BF4F 01 00000000000000000000000000000000000000";
    let plain = "444F4F52 2A00 4FBF0000 0135778F 4E6F7274682047617465 2020 FFFF";
    let bytes = |text: &str| hex::decode(text.replace(' ', "")).unwrap();
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    for (model, messaging) in COMBINATIONS {
        let mut card = finished(&job, model, messaging, record);
        assert_eq!(read(&mut card, messaging, 0), bytes(badge), "{model} {messaging}");
        assert_eq!(read(&mut card, messaging, 1), bytes(plain), "{model} {messaging}");
    }
}

#[test]
fn every_record_of_the_batch_is_on_its_card() {
    let rows: Vec<Vec<&str>> =
        DOOR_RECORDS.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let job = job(&door(&[]));
    let records = door_records(&job);
    assert_eq!((rows.len(), records.len()), (200, 200));
    for (model, messaging) in COMBINATIONS {
        for (row, record) in rows.iter().zip(&records) {
            let mut card = finished(&job, model, messaging, record);
            assert_eq!(read(&mut card, messaging, 0), badge(row), "{model} {messaging} {row:?}");
            assert_eq!(read(&mut card, messaging, 1), plain(row), "{model} {messaging} {row:?}");
        }
    }
}

#[test]
fn a_card_that_was_torn_and_completed_holds_the_same_bytes() {
    let messaging = Messaging::Ev2;
    let job = job(&door(&[]));
    let record = &door_records(&job)[0];
    let expected = [0, 1].map(|file| {
        let mut card = finished(&job, Model::Ev2_8k, messaging, record);
        read(&mut card, messaging, file)
    });
    for exchange in 4..26 {
        for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
            let mut card = card(Model::Ev2_8k, 0);
            let uid = card.uid();
            let transport = &mut Tear::new(&mut card, exchange, moment);
            let presented = InField::new(uid, transport);
            let torn = encoder(&job).encode(presented, record);
            assert!(matches!(torn.outcome, Outcome::Failed(_)));
            card.reset();
            let _again = encode(&mut encoder(&job), &mut card, record);
            card.reset();
            for (file, expected) in (0..).zip(&expected) {
                assert_eq!(&read(&mut card, messaging, file), expected, "{exchange} {moment:?}");
            }
        }
    }
}

const COMBINATIONS: [(Model, Messaging); 5] = [
    (Model::Ev1_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev1),
    (Model::Ev3_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev2),
    (Model::Ev3_8k, Messaging::Ev2),
];

/// A card that the demonstration job has encoded with one of its records.
fn finished(job: &Job, model: Model, messaging: Messaging, record: &Record) -> SoftCard {
    let job = job.clone().with_messaging(messaging).unwrap();
    let mut card = card(model, 0);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    card.reset();
    card
}

/// Reads a file of 28 bytes under the application's key 1, `app1` of the test keys.
fn read(card: &mut SoftCard, messaging: Messaging, file: u8) -> Vec<u8> {
    let master = 0xED7F_8902_DF9C_AD56_7F1F_235F_5DDC_464F_u128.to_be_bytes();
    let mut input = vec![0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x00];
    input.extend([0xF4, 0x81, 0x20]);
    input.extend(b"AC");
    let key = diversified(master, &input);
    card.reset();
    read_enciphered(card, messaging, [0xF4, 0x81, 0x20], (1, key), (file, 28))
}

/// The first file of a record: the 26 bits, the number, the issue, zeros.
fn badge(row: &[&str]) -> Vec<u8> {
    let (facility, number): (u32, u32) = (row[1].parse().unwrap(), row[2].parse().unwrap());
    let data = facility << 16 | number;
    let even = (data >> 12).count_ones() & 1;
    let odd = !(data & 0xFFF).count_ones() & 1;
    let bits = even << 25 | data << 1 | odd;
    let mut bytes = (bits << 6).to_be_bytes().to_vec();
    bytes.extend(number.to_be_bytes());
    bytes.push(row[3].parse().unwrap());
    bytes.resize(28, 0x00);
    bytes
}

/// The second file of a record: a constant, numbers in both byte orders, the site.
fn plain(row: &[&str]) -> Vec<u8> {
    let mut bytes = b"DOOR".to_vec();
    bytes.extend(row[1].parse::<u16>().unwrap().to_le_bytes());
    bytes.extend(row[2].parse::<u32>().unwrap().to_le_bytes());
    bytes.extend(row[4].parse::<u32>().unwrap().to_be_bytes());
    bytes.extend(format!("{:12}", row[5]).bytes());
    bytes.resize(28, 0xFF);
    bytes
}
