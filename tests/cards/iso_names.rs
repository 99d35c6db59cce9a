// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards whose application and files have ISO names: selected by them, and completed wherever they
//! were torn.

use crate::common::{card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome};
use cardwright::host::Session;
use cardwright::transport::{InField, Moment, ReplyBuf, Tear, Transport};
use cardwright::wire::Aid;

/// The demonstration profile with names.
fn named() -> Job {
    job(&door(&[
        ("aid = ", "aid = \"F48120\"\niso_id = \"E110\"\ndf_name = \"D2760000850101\""),
        ("no = 0", "no = 0\niso_id = \"E103\""),
        ("no = 1", "no = 1\niso_id = \"E104\""),
    ]))
}

/// Sends an APDU in hex and gives the answer in hex.
fn apdu(card: &mut SoftCard, command: &str) -> String {
    let mut reply = ReplyBuf::new();
    card.exchange(&hex::decode(command).unwrap(), &mut reply).unwrap();
    hex::encode_upper(&reply)
}

fn assert_named(card: &mut SoftCard) {
    card.reset();
    for (command, reply) in [
        ("00A4040C07D2760000850101", "9000"),
        ("00A4020C02E103", "9000"),
        ("00A4020C02E104", "9000"),
        ("00A4020C02E105", "6A82"),
        ("00A4000C023F00", "9000"),
        ("00A4010C02E110", "9000"),
    ] {
        assert_eq!(apdu(card, command), reply, "{command}");
    }
    card.reset();
    let session = Session::open(card).select_application(Aid::new([0xF4, 0x81, 0x20]));
    drop(session.unwrap());
}

#[test]
fn a_finished_card_is_selected_by_its_names() {
    let job = named();
    let record = &door_records(&job)[0];
    for model in [Model::Ev1_8k, Model::Ev2_8k] {
        let mut card = card(model, 1);
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        // Names cost no exchange.
        assert_eq!(exchanges.len(), 32);
        assert_named(&mut card);
        card.reset();
        let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone);
    }
}

#[test]
fn a_card_with_names_is_completed_wherever_it_was_torn() {
    let job = named();
    let record = &door_records(&job)[0];
    for exchange in 0..32 {
        for moment in [Moment::BeforeExecution, Moment::AfterExecution] {
            let mut card = card(Model::Ev2_8k, 2);
            let uid = card.uid();
            let mut torn = Tear::new(&mut card, exchange, moment);
            let presented = InField::new(uid, &mut torn);
            let _ = encoder(&job).encode(presented, record);
            card.reset();
            let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
            let done = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(done, "{exchange} {moment:?}: {:?}", encoded.outcome);
            assert_named(&mut card);
        }
    }
}
