// SPDX-License-Identifier: MIT OR Apache-2.0
//! A tag in LRP mode, against what was published and captured of real ones.

use serde_json::Value;

use super::support::{
    bytes, ev2_vectors, resume_ev2, run, send, session_of, set_key, status, switched, text, wrap,
};
use crate::emulator::channel::Channel;
use crate::emulator::{Model, SoftCard};
use crate::iso14443::RealUid;
use crate::vectors::of_kind;
use crate::wire::{Access, KeyNo, KeyType, Sdm, SdmMeta};

const NAME: [u8; 12] = [0x00, 0xA4, 0x04, 0x0C, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];
/// AuthenticateEV2First that asks for LRP, with key 0.
const LRP_FIRST: [u8; 8] = [0x00, 0x06, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00];

fn tag(model: Model) -> SoftCard {
    let mut card = SoftCard::new(model, RealUid::new([4, 1, 2, 3, 4, 5, 6]), 5);
    assert_eq!(send(&mut card, &NAME), [0x90, 0x00]);
    card
}

fn tag_in_lrp() -> SoftCard {
    let mut card = tag(Model::Ntag424);
    switched(&mut card);
    card
}

/// Both halves as they were published, and bent ones refused.
fn hand_shake(card: &mut SoftCard, vector: &Value, ins: u8, first: &[u8]) {
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    set_key(card, first[0], KeyType::Aes, &bytes::<16>(&inputs["key"]), 0);
    card.queue_random(&bytes::<16>(&inputs["rndB"]));
    if let Some(ti) = expected["ti"].as_str() {
        card.queue_random(&hex::decode(ti).unwrap());
    }
    let (challenge, more) = run(card, ins, first);
    assert_eq!(hex::encode_upper(&challenge), format!("01{}", text(&inputs["rndB"])));
    assert_eq!(more, 0xAF);
    let token = [bytes::<16>(&inputs["rndA"]), bytes(&expected["pcd_response"])].concat();
    for position in [0, 16, 31] {
        let mut bent = token.clone();
        bent[position] ^= 0x01;
        assert_eq!(status(&mut card.clone(), 0xAF, &bent), 0xAE);
    }
    assert_eq!(status(&mut card.clone(), 0xAF, &token[..31]), 0x7E);
    let (proof, done) = run(card, 0xAF, &token);
    let sent = inputs["picc_data"].as_str().unwrap_or_default();
    let published = format!("{sent}{}", text(&expected["picc_response"]));
    assert_eq!((hex::encode_upper(proof), done), (published, 0x00), "{}", vector["name"]);
}

/// AN12321, table 2, and captures of an NTAG 424 DNA.
#[test]
fn published_first_authentications_are_answered_byte_for_byte() {
    let more = of_kind("ev2-more", "authenticate_lrp_first");
    let vectors = ev2_vectors("authenticate_lrp_first").into_iter().chain(more);
    let mut played = 0;
    for vector in vectors {
        let number = u8::try_from(vector["inputs"]["key_no"].as_u64().unwrap()).unwrap();
        let mut first = LRP_FIRST;
        first[0] = number;
        hand_shake(&mut tag_in_lrp(), &vector, 0x71, &first);
        played += 1;
    }
    assert_eq!(played, 3);
}

/// A capture of an NTAG 424 DNA. Identifier and counter go on where they were; without a session there is
/// nothing to go on.
#[test]
fn a_captured_nonfirst_authentication_is_answered_byte_for_byte() {
    for vector in ev2_vectors("authenticate_lrp_nonfirst") {
        let mut card = tag_in_lrp();
        assert_eq!(status(&mut card, 0x77, &[0x00]), 0x9D);
        let [first] = ev2_vectors("lrp_session").try_into().unwrap();
        card.queue_random(&bytes::<16>(&first["inputs"]["rndB"]));
        let ti: [u8; 16] = bytes(&first["expected"]["picc_data_plain"]);
        card.queue_random(&ti[..4]);
        let (_, more) = run(&mut card, 0x71, &LRP_FIRST);
        assert_eq!(more, 0xAF);
        // johnnyb/ntag424-java gives everything but the reader's proof, which the card's own keys make.
        let rnd_a: [u8; 16] = bytes(&first["inputs"]["rndA"]);
        let keys = crate::emulator::channel::LrpKeys::new(
            &crate::emulator::lrp::Lrp::new(&[0; 16], 0),
            &rnd_a,
            &bytes(&first["inputs"]["rndB"]),
        );
        let proof = keys.mac(&[&rnd_a, &bytes::<16>(&first["inputs"]["rndB"])]);
        let (answer, done) = run(&mut card, 0xAF, &[rnd_a, proof].concat());
        assert_eq!(done, 0x00);
        assert_eq!(hex::encode_upper(&answer[..16]), text(&first["inputs"]["picc_data"]));
        // The first command of that session, with its published MAC: GetCardUID.
        let macked = hex::decode(text(&first["expected"]["mact"])).unwrap();
        assert_eq!(run(&mut card, 0x51, &macked).1, 0x00);
        hand_shake(&mut card, &vector, 0x77, &[0x00]);
        let Some(Channel::Ev2(open)) = &card.card.session.as_ref().map(|open| &open.channel) else {
            panic!("no EV2 session");
        };
        assert_eq!(open.thread(), (*ti.first_chunk().unwrap(), 1));
    }
}

/// AN12343, table 18: the reply has no MAC. The switch outlives the field, and what was read dynamically is
/// not any more.
#[test]
fn the_published_setconfiguration_switches_for_good() {
    let vectors = ev2_vectors("ev2_secure_message");
    let name = "an12343-t18-setconfig-05-enable-lrp";
    let vector = vectors.iter().find(|vector| vector["name"] == name).expect(name);
    let mut card = tag(Model::Ntag424);
    let master = KeyNo::MASTER;
    let meta = SdmMeta::Enciphered { key: master, uid: true, counter: true, at: 0 };
    let sdm = Sdm { meta, file: None, tamper: None, limit: None, counter: Access::Free };
    let file = card.card.application_mut().unwrap().file_mut(2).unwrap();
    (file.settings.sdm, file.reads) = (Some(sdm), 7);
    set_key(&mut card, 3, KeyType::Aes, &[0x33; 16], 9);
    resume_ev2(&mut card, 0, session_of(&vector["inputs"]));
    let body = hex::decode(text(&vector["expected"]["apdu_data"])).unwrap();
    assert_eq!(send(&mut card, &wrap(0x5C, &body)), [0x91, 0x00]);
    assert_eq!(card.card.authenticated(), None);
    let mut card = SoftCard::restore(&card.save(), 1).unwrap();
    assert_eq!(send(&mut card, &NAME), [0x90, 0x00]);
    assert_eq!(run(&mut card, 0xF5, &[2]).0, hex::decode("0000E0EE000100").unwrap());
    assert_eq!(run(&mut card, 0x64, &[3]), (vec![9], 0x00));
    // AES is over.
    for aes in [&[0, 0][..], &[0, 1, 0], &[0, 6, 0xFD, 0, 0, 0, 0, 0]] {
        assert_eq!(status(&mut card, 0x71, aes), 0x9D);
    }
    assert_eq!(status(&mut card, 0x71, &[0, 7, 2, 0, 0, 0, 0, 0, 0]), 0x7E);
    assert_eq!(status(&mut card, 0x71, &[5, 1, 2]), 0x40);
    let (challenge, more) = run(&mut card, 0x71, &[0, 1, 2]);
    assert_eq!((challenge.len(), challenge[0], more), (17, 0x01, 0xAF));
}

/// NT4H2421Gx: a tag in AES mode that is asked for LRP goes on in AES, which the length tells.
#[test]
fn a_tag_in_aes_mode_goes_on_in_aes() {
    let (challenge, more) = run(&mut tag(Model::Ntag424), 0x71, &LRP_FIRST);
    assert_eq!((challenge.len(), more), (16, 0xAF));
}
