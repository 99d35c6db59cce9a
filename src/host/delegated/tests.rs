// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published cryptograms, and what they leave open, by hand.

use serde_json::Value;

use super::*;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::wire::{IsoFileId, KeySets, KeySettings, KeySlots, KeyVersion};

const ENC: &str = "00102031405060708090A0B0B0A09080";
const MAC: &str = "A0B0C0D0E0F000102030405060708090";

fn aes(bytes: &str) -> CardKey {
    CardKey::aes(&array(bytes), KeyVersion(0))
}

pub(in crate::host) fn keys(enc: &str, mac: &str) -> DelegationKeys {
    DelegationKeys::new(aes(enc), aes(mac)).unwrap()
}

/// The application of the published example.
pub(in crate::host) fn published() -> DelegatedApplication {
    let (settings, slots) = (KeySettings::from_byte(0xEF), KeySlots::from_byte(0x81).unwrap());
    DelegatedApplication {
        aid: Aid::from_wire([0x12, 0x34, 0x56]),
        slot: 0,
        slot_version: 0,
        quota: 0x40,
        keys: KeyDetails { settings, slots, third: None, sets: None },
        iso: None,
    }
}

fn made(inputs: &Value, keys: &DelegationKeys) -> Permit {
    let key = CardKey::aes(
        &array(text(&inputs["app_default_key"])),
        KeyVersion(number(&inputs["key_version"])),
    );
    keys.permit(&published(), &key, &array(text(&inputs["random"]))).unwrap()
}

#[test]
fn published_keys_of_applications() {
    let vectors = vectors("ev2-more", "op", "dam_enc_key");
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let inputs = &vector["inputs"];
        let permit = made(inputs, &keys(text(&inputs["dam_enc_key"]), MAC));
        let enc_k = &permit.proof.expose_secret()[..32];
        assert_eq!(hex(enc_k), text(&vector["expected"]["enc_k"]), "{}", vector["name"]);
    }
}

#[test]
fn the_published_permission() {
    let [vector] = &vectors("ev2-more", "op", "dam_mac")[..] else { panic!("one vector") };
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let of = vectors("ev2-more", "name", "an12696-dam-enck");
    let enc = text(&of[0]["inputs"]["dam_enc_key"]);
    let permit = made(&of[0]["inputs"], &keys(enc, text(&inputs["dam_mac_key"])));
    assert_eq!(hex(&permit.parameters), text(&inputs["parameters"]));
    let second = format!("AF{}", hex(permit.proof.expose_secret()));
    assert_eq!(second, text(&expected["frame2"]));
}

#[test]
fn published_macs_of_a_deletion_and_of_names() {
    let [vector] = &vectors("ev2-more", "op", "dam_delete_mac")[..] else { panic!("one vector") };
    let owner = |vector: &Value| keys(ENC, text(&vector["inputs"]["dam_mac_key"]));
    let aid = Aid::from_wire(array(text(&vector["inputs"]["aid"])));
    let permit = owner(vector).permit_deletion(aid).unwrap();
    assert_eq!(hex(permit.mac.expose_secret()), text(&vector["expected"]["dam_mac"]));
    let names = vectors("ev2-more", "op", "dam_configuration_mac");
    assert!(names.len() >= 2);
    for vector in names {
        let name = |which| DfName::new(&field(&vector["inputs"][which])).ok();
        let (old, new) = (name("iso_df_name_old"), name("iso_df_name_new"));
        let mac = owner(&vector).configuration_mac(old.as_ref(), new.as_ref()).unwrap();
        let expected = text(&vector["expected"]["dam_mac"]);
        assert_eq!(hex(mac.expose_secret()), expected, "{}", vector["name"]);
    }
}

/// Every parameter, and a key and version that are not zero; the bytes are OpenSSL's.
#[test]
fn a_permission_has_the_version_behind_the_key() {
    let slots = KeySlots::from_byte(0xA3).unwrap();
    let sets = KeySets { version: 9, count: 3, key_length: 16, settings: 0 };
    let iso = IsoDf {
        id: IsoFileId::new(0xE110).unwrap(),
        name: Some(DfName::new(&[0xD2, 0x76]).unwrap()),
    };
    let settings = KeySettings::from_byte(0x0F);
    let application = DelegatedApplication {
        aid: Aid::from_wire([0x01, 0x02, 0xF3]),
        slot: 0x0504,
        slot_version: 6,
        quota: 0x0807,
        keys: KeyDetails { settings, slots, third: Some(1), sets: Some(sets) },
        iso: Some(iso),
    };
    let key = CardKey::aes(&array("0F1E2D3C4B5A69788796A5B4C3D2E1F0"), KeyVersion(0x5A));
    let permit = keys(ENC, MAC).permit(&application, &key, &array("F5E876FEE27560")).unwrap();
    assert_eq!(hex(&permit.parameters), "0102F30405060708".to_owned() + "0FB3010903100010E1D276");
    assert_eq!(
        hex(permit.proof.expose_secret()),
        "0486B78D00111458151414081A0CDB0A229001F01EA78DA51F36BD3318B58499932B7378C267CA79"
    );
}

#[test]
fn what_no_card_could_take_is_not_permitted() {
    let (owner, zero) = (keys(ENC, MAC), CardKey::zero_aes());
    let permit = |application: &DelegatedApplication, key: &CardKey| {
        owner.permit(application, key, &[1; 7]).map(drop).unwrap_err()
    };
    let picc = DelegatedApplication { aid: Aid::PICC, ..published() };
    assert_eq!(permit(&picc, &zero), Misuse::NoApplication);
    assert_eq!(owner.permit_deletion(Aid::PICC).map(drop), Err(Misuse::NoApplication));
    assert_eq!(permit(&published(), &CardKey::factory()), Misuse::KeyType);
    let mut other = published();
    other.keys.slots = KeySlots::from_byte(0x01).unwrap();
    assert_eq!(permit(&other, &zero), Misuse::KeyType);
    let mut sets = published();
    sets.keys.third = Some(1);
    assert_eq!(permit(&sets, &zero), Misuse::KeySets);
    assert_eq!(DelegationKeys::new(zero, CardKey::factory()).map(drop), Err(Misuse::KeyType));
}

#[test]
fn a_permission_is_live_with_any_of_its_keys_and_shows_nothing() {
    let live = |bytes| aes(bytes).for_purpose(Purpose::Live);
    let owner = DelegationKeys::new(aes(ENC), live(MAC)).unwrap();
    let permit = owner.permit(&published(), &CardKey::zero_aes(), &[1; 7]).unwrap();
    let deletion = owner.permit_deletion(published().aid).unwrap();
    assert!(permit.live && deletion.live);
    assert!(keys(ENC, MAC).permit(&published(), &live(ENC), &[1; 7]).unwrap().live);
    assert!(!keys(ENC, MAC).permit(&published(), &aes(ENC), &[1; 7]).unwrap().live);
    let shown = format!("{owner:?} {permit:?} {deletion:?}");
    assert_eq!(shown, "DelegationKeys { .. } Permit { .. } DeletionPermit { .. }");
}
