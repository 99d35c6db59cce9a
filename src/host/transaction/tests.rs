// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transaction MACs of real cards and of other programs, and reports that are none.

use serde_json::Value;

use super::keys::SessionKeys;
use super::verifier::input;
use super::*;
use crate::host::SdmCipher;
use crate::host::testing::{array, bytes, field, hex, text, vectors};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::wire::{FileNo, KeyVersion};

fn key(inputs: &Value) -> CardKey {
    CardKey::aes(&array(text(&inputs["app_transaction_mac_key"])), KeyVersion(0))
}

fn uid(inputs: &Value) -> RealUid {
    RealUid::new(array(text(&inputs["uid"])))
}

fn counter(number: &Value) -> TransactionCounter {
    TransactionCounter(number.as_u64().unwrap().try_into().unwrap())
}

fn derived(inputs: &Value, counter: TransactionCounter) -> SessionKeys {
    SessionKeys::derive(&key(inputs), SdmCipher::Aes, counter, &uid(inputs)).unwrap()
}

fn file(number: u8) -> FileNo {
    FileNo::new(number).unwrap()
}

/// Of either file of vectors.
fn of(op: &str) -> Vec<Value> {
    ["ev2", "ev2-more"].into_iter().flat_map(|file| vectors(file, "op", op)).collect()
}

/// Proxmark3's, and those that another project has computed with OpenSSL.
#[test]
fn published_session_keys() {
    let vectors = of("transaction_mac_session_keys");
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let before = counter(&inputs["tmc_before"]);
        let keys = derived(inputs, TransactionCounter(before.0 + 1));
        for (key, name) in [(keys.mac, "ses_tm_mac_key"), (keys.enc, "ses_tm_enc_key")] {
            assert_eq!(hex(key.expose_secret()), text(&expected[name]), "{}", vector["name"]);
        }
    }
}

/// A command of a vector, from its header and its data.
fn operation<'a>(ins: &str, header: &[u8], data: &'a [u8]) -> Operation<'a> {
    assert_eq!(ins, "8B");
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], 0]);
    assert_eq!(number(4), u32::try_from(data.len()).unwrap());
    let (form, file) = (Form::OneApdu, file(header[0]));
    Operation::WriteRecord { form, file, offset: number(1), data }
}

/// The commands of the vectors: listed, or taken out of the input of the only one that lists none.
fn commands(inputs: &Value) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    match inputs["commands"].as_array() {
        Some(listed) => listed
            .iter()
            .filter(|command| command["cmd"] != "C8")
            .map(|one| (text(&one["cmd"]).into(), field(&one["header"]), field(&one["data"])))
            .collect(),
        None => {
            let input = field(&inputs["tmi"]);
            vec![(hex(&input[..1]), input[1..8].to_vec(), input[16..32].to_vec())]
        }
    }
}

/// One of a real DESFire Light, seven writes of a real DESFire EV3.
#[test]
fn real_cards_have_committed_what_they_told() {
    let of_cards: Vec<_> =
        of("transaction_mac").into_iter().filter(|v| !v["inputs"]["reader_id"].is_null()).collect();
    assert_eq!(of_cards.len(), 2);
    for vector in of_cards {
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let commands = commands(inputs);
        let reader = ReaderId(array(text(&inputs["reader_id"])));
        let previous = Some(array(text(&inputs["enc_tmri"])));
        let mut done: Vec<_> =
            commands.iter().map(|(ins, header, data)| operation(ins, header, data)).collect();
        done.push(Operation::CommitReaderId { reader, previous });
        assert_eq!(hex(&input(&done).unwrap()), text(&inputs["tmi"]));

        let counter = counter(&inputs["tmc_after"]);
        let told = TransactionMac { counter, value: array(text(&expected["tmv"])) };
        let verifier = Verifier::new(key(inputs), SdmCipher::Aes, uid(inputs)).unwrap();
        let before = Last { counter: TransactionCounter(counter.0 - 1), reader: Some(reader) };
        let verified = verifier.verify(&told, &done, Some(&before)).unwrap();
        assert_eq!((verified.order, verified.previous), (Order::Next, Some(reader)));
        assert_eq!(verified.last, Last { counter, reader: Some(reader) });

        // Anything else that it could have been is none.
        let refused = Err(TransactionError::Mac);
        let other = TransactionMac { counter: TransactionCounter(counter.0 + 1), ..told };
        assert_eq!(verifier.verify(&other, &done, None), refused);
        assert_eq!(verifier.verify(&told, &done[1..], None), refused);
        done.reverse();
        assert_eq!(verifier.verify(&told, &done, None), refused);
        done.reverse();
        done.pop();
        assert_eq!(verifier.verify(&told, &done, None), refused);
        done.push(Operation::CommitReaderId { reader, previous: None });
        assert_eq!(verifier.verify(&told, &done, None), refused);
        let stranger = RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
        let stranger = Verifier::new(key(inputs), SdmCipher::Aes, stranger).unwrap();
        assert_eq!(stranger.verify(&told, &done, None), refused);
    }
}

/// What no card would put together, but the key, the CMAC and its bytes are what they are.
#[test]
fn a_published_mac_over_raw_input() {
    let [vector] = &vectors("ev2-more", "name", "sdk-tmv-raw-33")[..] else { panic!("one") };
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let keys = derived(inputs, counter(&inputs["tmc_after"]));
    assert_eq!(hex(keys.mac.expose_secret()), text(&expected["ses_tm_mac_key"]));
    assert_eq!(hex(&keys.value(&field(&inputs["tmi"]))), text(&expected["tmv"]));
}

/// The table of MF2DL(H)x0, by hand: no published transaction has them.
#[test]
fn each_operation_goes_under_the_mac_as_the_data_sheet_says() {
    let (data, file) = (&bytes("D1D2D3D4D5D6"), file(0x1A));
    let (one, frames) = (Form::OneApdu, Form::Frames);
    let offset = 0x0001_0203;
    for (operation, expected) in [
        (Operation::ReadData { form: one, file, offset, data }, "AD1A030201060000 00*8 data"),
        (Operation::ReadData { form: frames, file, offset, data }, "BD1A030201060000 00*8 data"),
        (Operation::WriteData { form: one, file, offset, data }, "8D1A030201060000 00*8 data"),
        (Operation::WriteData { form: frames, file, offset, data }, "3D1A030201060000 00*8 data"),
        (
            Operation::ReadRecords { form: one, file, newest: offset, records: 2, data },
            "AB1A030201020000 00*8 data",
        ),
        (
            Operation::ReadRecords { form: frames, file, newest: offset, records: 3, data },
            "BB1A030201030000 00*8 data",
        ),
        (Operation::WriteRecord { form: frames, file, offset, data }, "3B1A030201060000 00*8 data"),
        (
            Operation::UpdateRecord { form: one, file, record: 0x0004_0506, offset, data },
            "BA1A060504030201060000 00*5 data",
        ),
        (
            Operation::UpdateRecord { form: frames, file, record: 0x0004_0506, offset, data },
            "DB1A060504030201060000 00*5 data",
        ),
        (Operation::ClearRecordFile { file }, "EB1A 00*14"),
        (Operation::GetValue { file, value: -2 }, "6C1AFEFFFFFF 00*10"),
        (Operation::Credit { file, amount: 0x0102_0304 }, "0C1A04030201 00*10"),
        (Operation::Debit { file, amount: 0x0102_0304 }, "DC1A04030201 00*10"),
        (Operation::LimitedCredit { file, amount: 0x0102_0304 }, "1C1A04030201 00*10"),
        (
            Operation::RestoreTransfer { target: file, source: FileNo::new(3).unwrap() },
            "B11A03 00*13",
        ),
        (
            Operation::CommitReaderId { reader: ReaderId([0xC1; 16]), previous: None },
            "C8 C1*16 00*15",
        ),
        (
            Operation::CommitReaderId { reader: ReaderId([0xC1; 16]), previous: Some([0xC2; 16]) },
            "C8 C1*16 C2*16 00*15",
        ),
    ] {
        let expected: String = expected
            .split(' ')
            .map(|part| match part.split_once('*') {
                Some((byte, times)) => byte.repeat(times.parse().unwrap()),
                None if part == "data" => "D1D2D3D4D5D6".to_owned() + &"00".repeat(10),
                None => part.to_owned(),
            })
            .collect();
        let shown = input(&[operation]).unwrap();
        assert_eq!(hex(&shown), expected, "{operation:?}");
        assert!(shown.len() <= operation.room());
        assert!(!format!("{operation:?}").contains("D1"), "{operation:?}");
    }
}

#[test]
fn an_operation_that_no_card_executes_is_told_by_its_place() {
    let (form, file) = (Form::Frames, file(1));
    let fine = Operation::ClearRecordFile { file };
    let reader = Operation::CommitReaderId { reader: ReaderId::NONE, previous: None };
    let data = &[7; 6][..];
    for (operations, at, told) in [
        (
            &[fine, Operation::WriteData { form, file, offset: 0, data: &[] }][..],
            1,
            "operation 2 of the report: it has no data",
        ),
        (
            &[Operation::WriteData { form, file, offset: 0x0100_0000, data }],
            0,
            "operation 1 of the report: the offset is 16777216: at most 16777215 goes into a command",
        ),
        (
            &[Operation::ReadRecords { form, file, newest: 0, records: 4, data }],
            0,
            "operation 1 of the report: 6 bytes are not 4 records",
        ),
        (
            &[Operation::ReadRecords { form, file, newest: 0, records: 0, data }],
            0,
            "operation 1 of the report: 6 bytes are not 0 records",
        ),
        (
            &[Operation::Debit { file, amount: 0x8000_0000 }],
            0,
            "operation 1 of the report: a value is raised or lowered by at most 2147483647, not by 2147483648",
        ),
        (
            &[reader, fine, reader],
            2,
            "operation 3 of the report: a second CommitReaderID, which a card refuses",
        ),
    ] {
        let error = input(operations).unwrap_err();
        assert!(matches!(error, TransactionError::Operation { at: found, .. } if found == at));
        assert_eq!(error.to_string(), told);
    }
    assert_eq!(input(&[]), Err(TransactionError::Nothing));
    let longest = vec![7; 0x0100_0000];
    let long = |data| input(&[Operation::WriteData { form, file, offset: 0, data }]).map(drop);
    assert!(long(&longest[1..]).is_ok());
    assert!(long(&longest).unwrap_err().to_string().contains("the length is 16777216"));
}

#[test]
fn gaps_and_repeats_are_told_from_what_comes_next() {
    let at = |told, last: Option<u32>, cipher| {
        TransactionCounter(told).behind(last.map(TransactionCounter), cipher)
    };
    let (aes, lrp) = (SdmCipher::Aes, SdmCipher::Lrp);
    assert_eq!(at(7, None, aes), Ok(Order::First));
    assert_eq!(at(7, Some(6), aes), Ok(Order::Next));
    assert_eq!(at(0x0001_0000, Some(0xFFFF), aes), Ok(Order::Next));
    assert_eq!(at(9, Some(6), aes), Ok(Order::Gap { missing: 2 }));
    assert_eq!(at(u32::MAX, Some(0), aes), Ok(Order::Gap { missing: u32::MAX - 1 }));
    assert_eq!(at(6, Some(6), aes), Err(TransactionError::Repeated { told: 6 }));
    assert_eq!(at(5, Some(6), aes), Err(TransactionError::Older { told: 5, last: 6 }));
    // In LRP the high half counts what was begun, which is no gap.
    assert_eq!(at(0x0003_0007, Some(0x0001_0006), lrp), Ok(Order::Next));
    assert_eq!(at(0x0001_0008, Some(0x0009_0006), lrp), Ok(Order::Gap { missing: 1 }));
    let repeated = Err(TransactionError::Repeated { told: 6 });
    assert_eq!(at(0x0002_0006, Some(0x0001_0006), lrp), repeated);
    let older = Err(TransactionError::Older { told: 5, last: 6 });
    assert_eq!(at(0x0002_0005, Some(0x0001_0006), lrp), older);
}

/// A reader without a session leaves what the card knows of readers, and its report too.
#[test]
fn a_report_is_taken_once_and_a_reader_without_a_session_changes_nothing() {
    let inputs = &vectors("ev2", "name", "an12343-tmac-writerecord-commitreaderid")[0]["inputs"];
    let reader = ReaderId([0xC1; 16]);
    let known = Last { counter: TransactionCounter(4), reader: Some(ReaderId([0xC3; 16])) };
    let done = [Operation::CommitReaderId { reader, previous: None }];
    for (cipher, counter) in [(SdmCipher::Aes, 5), (SdmCipher::Lrp, 0x0002_0005)] {
        let counter = TransactionCounter(counter);
        let keys = SessionKeys::derive(&key(inputs), cipher, counter, &uid(inputs)).unwrap();
        let told = TransactionMac { counter, value: keys.value(&input(&done).unwrap()) };
        let verifier = Verifier::new(key(inputs), cipher, uid(inputs)).unwrap();
        let verified = verifier.verify(&told, &done, Some(&known)).unwrap();
        assert_eq!((verified.order, verified.previous), (Order::Next, None));
        assert_eq!(verified.last, Last { counter, reader: known.reader });
        let again = verifier.verify(&told, &done, Some(&verified.last));
        assert_eq!(again, Err(TransactionError::Repeated { told: 5 }));
        // A MAC that is wrong is told before the counter is looked at.
        let wrong = TransactionMac { value: [0xC5; 8], ..told };
        let refused = verifier.verify(&wrong, &done, Some(&verified.last));
        assert_eq!(refused, Err(TransactionError::Mac));
        let shown = format!("{verifier:?} {told:?}");
        assert!(!shown.contains("04DE5F"), "{shown}");
    }
}

/// The vector of the session's keys in LRP has its label last; over it goes CMAC with LRP for the cipher,
/// which other vectors hold.
#[test]
fn keys_in_lrp_are_of_both_counters() {
    let inputs = &vectors("ev2", "name", "an12343-tmac-writerecord-commitreaderid")[0]["inputs"];
    let counter = TransactionCounter(0x0304_0102);
    let keys = SessionKeys::derive(&key(inputs), SdmCipher::Lrp, counter, &uid(inputs)).unwrap();
    let lrp = crate::host::lrp::Lrp::of(key(inputs).cipher(), 0);
    for (key, label) in [(keys.mac, "5A"), (keys.enc, "A5")] {
        let vector = bytes(&format!("00010080 0201 0403 04DE5F1EACC040 {label}"));
        assert_eq!(hex(key.expose_secret()), hex(&lrp.cmac(&[&vector])));
    }
}

#[test]
fn a_transaction_mac_is_twelve_bytes_under_an_aes_key() {
    let told = TransactionMac::decode(&bytes("04030201 94A3205E41588BA9")).unwrap();
    assert_eq!(told.counter, TransactionCounter(0x0102_0304));
    assert_eq!(hex(&told.value), "94A3205E41588BA9");
    for wrong in ["", "04030201 94A3205E41588B", "04030201 94A3205E41588BA9 00"] {
        assert!(TransactionMac::decode(&bytes(wrong)).is_err(), "{wrong}");
    }
    let uid = RealUid::new([0x04, 1, 2, 3, 4, 5, 6]);
    for cipher in [SdmCipher::Aes, SdmCipher::Lrp] {
        let refused = Verifier::new(CardKey::factory(), cipher, uid.clone()).unwrap_err();
        assert_eq!(refused, TransactionError::KeyType);
    }
}
