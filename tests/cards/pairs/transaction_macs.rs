// SPDX-License-Identifier: MIT OR Apache-2.0
//! The MAC over a transaction, made by the card and verified by the host: every command that it goes over,
//! on each chip that has it, and in LRP. The commands are put together here.

use cardwright::emulator::{Model, SoftCard};
use cardwright::host::SdmCipher;
use cardwright::host::transaction::{
    Form, Last, Operation, Order, TransactionCounter, TransactionMac, Verifier,
};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{ReplyBuf, Transport as _};
use cardwright::wire::KeyVersion;
use serde_json::{Value, json};

use crate::pairs::support::{UID, file_no};

const KEY: [u8; 16] = *b"MACs of my cards";
const LIGHT: &str = "00A4040C10A00000039656434103F015400000000B00";

fn send(card: &mut SoftCard, apdu: &str) -> String {
    let mut reply = ReplyBuf::new();
    card.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
    hex::encode_upper(&reply)
}

/// A wrapped command that is carried out; its answer.
fn run(card: &mut SoftCard, command: &str) -> String {
    let (ins, body) = command.split_at(2);
    let length = match body.len() / 2 {
        0 => String::new(),
        length => format!("{length:02X}"),
    };
    let answer = send(card, &format!("90{ins}0000{length}{body}00"));
    answer.strip_suffix("9100").unwrap_or_else(|| panic!("{command}: {answer}")).to_owned()
}

/// The card with what a state of it says otherwise.
fn changed(card: &SoftCard, change: impl FnOnce(&mut Value)) -> SoftCard {
    let mut state: Value = serde_json::from_slice(&card.save()).unwrap();
    change(&mut state);
    SoftCard::restore(state.to_string().as_bytes(), 3).unwrap()
}

fn file_of_macs(counter: u32) -> Value {
    json!({
        "no": 15, "mode": 0, "rights": "F0EF", "sessions_only": false,
        "key": { "value": hex::encode(KEY), "version": 0 }, "counter": counter,
        "value": "00".repeat(8), "reader": "00".repeat(16),
    })
}

/// A Light that was switched, and whose files everybody may do all with.
fn light(counter: u32, lrp: bool) -> SoftCard {
    let mut card = changed(&SoftCard::new(Model::Light, RealUid::new(UID), 7), |state| {
        let application = &mut state["applications"][0];
        for file in application["files"].as_array_mut().unwrap() {
            let mut settings = hex::decode(file["settings"].as_str().unwrap()).unwrap();
            settings[1..4].copy_from_slice(&[0x00, 0xEE, 0xEE]);
            file["settings"] = hex::encode_upper(settings).into();
        }
        application["transaction_mac"] = file_of_macs(counter);
        if lrp {
            state["told"] = json!({ "5": "00000000020000000000" });
        }
    });
    assert_eq!(send(&mut card, LIGHT), "9000");
    card
}

/// The same files on a DESFire.
fn desfire(model: Model, counter: u32) -> SoftCard {
    let mut card = SoftCard::new(model, RealUid::new(UID), 7);
    run(&mut card, "CA01DF000F81");
    run(&mut card, "5A01DF00");
    run(&mut card, "CD0400EEEE000100");
    run(&mut card, "CC0300EEEE00000000FFFFFF7F0000000003");
    run(&mut card, "C00100EEEE100000050000");
    let mut card = changed(&card, |state| {
        state["applications"][0]["transaction_mac"] = file_of_macs(counter);
    });
    run(&mut card, "5A01DF00");
    card
}

/// Everything that is covered, and what the reader has to say of it: opcodes in frames, or of one APDU.
fn everything(form: Form) -> (Vec<String>, Vec<Operation<'static>>) {
    let [read, write, record] = match form {
        Form::OneApdu => ["AD", "8D", "8B"],
        _ => ["BD", "3D", "3B"],
    };
    let [four, three, one] = [4, 3, 1].map(file_no);
    let commands = vec![
        format!("{write}0402000003000011A1B2"),
        format!("{read}04000000060000"),
        "0C03E8030000".to_owned(),
        "DC0301000000".to_owned(),
        "6C03".to_owned(),
        format!("{record}01040000020000C3D4"),
    ];
    let operations = vec![
        Operation::WriteData { form, file: four, offset: 2, data: &[0x11, 0xA1, 0xB2] },
        Operation::ReadData { form, file: four, offset: 0, data: &[0, 0, 0x11, 0xA1, 0xB2, 0] },
        Operation::Credit { file: three, amount: 1000 },
        Operation::Debit { file: three, amount: 1 },
        Operation::GetValue { file: three, value: 0 },
        Operation::WriteRecord { form, file: one, offset: 4, data: &[0xC3, 0xD4] },
    ];
    (commands, operations)
}

/// What is done in a second transaction: what needs something that was committed.
fn more(form: Form) -> (Vec<String>, Vec<Operation<'static>>) {
    let [records, update] = match form {
        Form::OneApdu => ["AB", "BA"],
        _ => ["BB", "DB"],
    };
    let [three, one] = [3, 1].map(file_no);
    let commands = vec![
        format!("{records}01000000000000"),
        format!("{update}01000000000000010000E5"),
        "EB01".to_owned(),
        "6C03".to_owned(),
    ];
    let operations = vec![
        Operation::ReadRecords {
            form,
            file: one,
            newest: 0,
            records: 1,
            data: &[0, 0, 0, 0, 0xC3, 0xD4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        },
        Operation::UpdateRecord { form, file: one, record: 0, offset: 0, data: &[0xE5] },
        Operation::ClearRecordFile { file: one },
        Operation::GetValue { file: three, value: 999 },
    ];
    (commands, operations)
}

/// Both transactions, each verified after the one before, and refused where anything is not as it was.
fn verified(mut card: SoftCard, cipher: SdmCipher, form: Form, begun: u16) {
    let key = CardKey::aes(&KEY, KeyVersion(0));
    let verifier = Verifier::new(key, cipher, RealUid::new(UID)).unwrap();
    let mut last: Option<Last> = None;
    for (commands, operations) in [everything(form), more(form)] {
        // Transactions that are given up are not missed.
        for _ in 0..begun {
            run(&mut card, "6C03");
            run(&mut card, "A7");
        }
        for command in &commands {
            run(&mut card, command);
        }
        let told = hex::decode(run(&mut card, "C701")).unwrap();
        let (counter, value) = told.split_first_chunk::<4>().unwrap();
        let counter = TransactionCounter(u32::from_le_bytes(*counter));
        let mac = TransactionMac { counter, value: value.try_into().unwrap() };
        let found = verifier.verify(&mac, &operations, last.as_ref()).unwrap();
        let order = if last.is_none() { Order::First } else { Order::Next };
        assert_eq!(found.order, order);
        assert!(verifier.verify(&mac, &operations[1..], last.as_ref()).is_err());
        let other = TransactionMac { counter: TransactionCounter(counter.0 ^ 0x0001_0000), ..mac };
        assert!(verifier.verify(&other, &operations, last.as_ref()).is_err());
        last = Some(found.last);
    }
}

#[test]
fn the_host_verifies_what_a_desfire_light_made() {
    verified(light(0x0102_0304, false), SdmCipher::Aes, Form::OneApdu, 0);
    verified(light(0x0304, true), SdmCipher::Lrp, Form::OneApdu, 0);
    verified(light(0x0304, true), SdmCipher::Lrp, Form::OneApdu, 2);
}

#[test]
fn the_host_verifies_what_a_desfire_made() {
    for model in [Model::Ev2_4k, Model::Ev3_4k] {
        for form in [Form::Frames, Form::OneApdu] {
            verified(desfire(model, 0x0102_0304), SdmCipher::Aes, form, 1);
        }
    }
}
