// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards for where somebody may stand in between: a supplier's key, a start key, a hidden UID.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Outcome, Refusal};
use cardwright::host::{Grade, Session};
use cardwright::iso14443::Uid;
use cardwright::key::CardKey;
use cardwright::wire::{KeyNo, KeyVersion, Messaging, Opening};

use crate::common::reader::{diversified, read_enciphered};
use crate::common::{card, door_records, encode, encoder, issuer_key, job};

const PROFILE: &str = include_str!("../../examples/data/profiles/door-secure.toml");
const AID: [u8; 3] = [0xF4, 0x81, 0x20];

fn issuer(name: &str, version: u8) -> [u8; 16] {
    issuer_key(name, version).try_into().unwrap()
}

/// A card as its supplier sends it.
fn supplied(model: Model) -> SoftCard {
    let mut card = card(model, 0);
    let key = CardKey::aes(&issuer("stock", 9), KeyVersion(9));
    let session = Session::open(&mut card);
    let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &CardKey::factory(), &[3; 16]);
    let _changed = session.unwrap().change_master_key(&key).unwrap();
    card.reset();
    card
}

/// As computed for the demonstration in `tests/cards/readback.rs`, read with a key of its own.
#[test]
fn a_secure_door_card_holds_what_a_door_card_holds() {
    let job = job(PROFILE);
    let record = &door_records(&job)[0];
    for (model, messaging) in [
        (Model::Ev1_8k, Messaging::Ev1),
        (Model::Ev2_8k, Messaging::Ev2),
        (Model::Ev3_8k, Messaging::Ev2),
    ] {
        let mut card = supplied(model);
        let Uid::Real(uid) = card.uid() else { panic!("a new card shows its UID") };
        let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::Done, "{model}");
        let proof = &encoded.receipt;
        let grades = proof
            .keys
            .iter()
            .map(|key| key.grade)
            .chain(proof.settings.iter().map(|level| level.grade));
        assert!(grades.clone().all(|grade| grade >= Grade::Sealed), "{model}: {:?}", proof.keys);
        card.reset();
        assert!(matches!(card.uid(), Uid::Random(_)), "{model}");
        let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::AlreadyDone, "{model}");
        assert_eq!(encoded.uid.as_ref(), Some(&uid));
        card.reset();
        let key = diversified(issuer("app1", 1), &[uid.expose(), &AID[..], b"AC"].concat());
        let read = read_enciphered(&mut card, messaging, AID, (1, key), (0, 28));
        let expected = "155FA7800000BF4F0100000000000000000000000000000000000000";
        assert!(hex::encode_upper(read).starts_with(expected), "{model}");
    }
}

#[test]
fn a_card_with_the_factorys_key_is_refused_before_it_is_changed() {
    let job = job(PROFILE);
    let record = &door_records(&job)[0];
    let mut card = card(Model::Ev2_8k, 1);
    let before = card.save();
    let (encoded, _) = encode(&mut encoder(&job), &mut card, record);
    assert!(
        matches!(encoded.outcome, Outcome::Refused(Refusal::UnknownMasterKey { .. })),
        "{:?}",
        encoded.outcome
    );
    assert_eq!(card.save(), before);
}
