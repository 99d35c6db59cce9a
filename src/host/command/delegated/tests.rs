// SPDX-License-Identifier: MIT OR Apache-2.0
//! The published permission under the session keys of `host::tests`; the session's MACs are OpenSSL's.

use super::*;
use crate::host::delegated::tests::{keys, published};
use crate::host::testing::{Script, array};
use crate::host::tests::{ev1, ev2, secure};
use crate::host::{Grade, Misuse};
use crate::key::Purpose;
use crate::wire::KeyVersion;

const DONE: &str = "DEB4995F09747EDD 9100";
const ELEVEN: &str = "11111111111111111111111111111111";
const TWENTY_TWO: &str = "22222222222222222222222222222222";

fn permit(key: &CardKey) -> Permit {
    let random = array("F5E876FEE27560");
    keys(TWENTY_TWO, ELEVEN).permit(&published(), key, &random).unwrap()
}

/// Both frames are one command: one MAC, at the end, and the reply counts one.
#[test]
fn an_application_is_created_in_two_frames_with_one_mac() {
    let mut script = Script::new([
        ("90C900000A 1234560000004000EF81 00", "91AF"),
        (
            "90AF000030 9232C82A913FA1CFCDC7ED5EC63AB45CE991C06A1F485156DB8C3CDCB689BD27 \
             5D941683B901612B 91C3F07C388BEB03 00",
            DONE,
        ),
    ]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let answer = session.create_delegated_application(&permit(&CardKey::zero_aes())).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
}

#[test]
fn it_is_deleted_with_the_owners_mac() {
    let mut script =
        Script::new([("90DA000013 123456 DCD2F30E702C9370 789777A0D43BC35B 00", DONE)]);
    let deletion = keys(TWENTY_TWO, ELEVEN).permit_deletion(published().aid).unwrap();
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let answer = session.delete_delegated_application(&deletion).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
}

#[test]
fn a_slot_tells_who_is_in_it() {
    let aid = Some(Aid::from_wire([0xF3, 0x02, 0x01]));
    let info = DelegatedInfo { slot_version: 6, quota: 0x0807, free: 0x1009, aid };
    let mut script = Script::new([
        ("9069000002 0405 00", "06 0708 0910 F30201 9100"),
        ("9069000002 0405 00", "06 0708 0910 000000 9100"),
        ("9069000002 0405 00", "06 0708 0910 F302 9100"),
    ]);
    let mut session = Session::open(&mut script);
    assert_eq!(session.delegated_info(0x0504).unwrap().value, info);
    let empty = DelegatedInfo { aid: None, ..info };
    assert_eq!(session.delegated_info(0x0504).unwrap().value, empty);
    let Err(Error::Misbehaved { how, .. }) = session.delegated_info(0x0504) else {
        panic!("seven bytes are no answer")
    };
    assert_eq!(how, Misbehaviour::Length { found: 7 });
    let reply = "06 0708 0910 F30201 7548CB231FF314E6 9100";
    let mut script = Script::new([("906900000A 0405 3A579B6A16EBF58C 00", reply)]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let answer = session.delegated_info(0x0504).unwrap();
    assert_eq!((answer.value, answer.grade), (info, Grade::Sealed));
}

#[test]
fn the_picc_key_is_named_by_its_own_number() {
    for (which, step) in [
        (PiccKey::DamAuth, "9071000002 1000 00"),
        (PiccKey::DamMac, "9071000002 1100 00"),
        (PiccKey::DamEnc, "9071000002 1200 00"),
    ] {
        let mut script = Script::new([(step, "919D")]);
        let key = CardKey::zero_aes();
        let refused = Session::open(&mut script).authenticate_picc_key(which, &key, &[7; 16]);
        let Err(Failed { error: Error::Refused { status, .. }, session }) = refused else {
            panic!("an EV3 whose key was never written refuses")
        };
        assert_eq!((status, session.is_some()), (Status::PermissionDenied, true));
    }
}

#[test]
fn nothing_goes_out_in_another_session_or_to_software_with_a_live_key() {
    let misuse = |result: Result<Answer<()>, Error>| match result {
        Err(Error::Misuse(misuse)) => misuse,
        other => panic!("{other:?}"),
    };
    let permission = permit(&CardKey::zero_aes());
    let mut script = Script::default();
    let mut session = secure::<Picc>(&mut script, 0, ev1());
    assert_eq!(misuse(session.create_delegated_application(&permission)), Misuse::OnlyEv2);
    let live = permit(&CardKey::zero_aes().for_purpose(Purpose::Live));
    let mut script = Script::default();
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    assert_eq!(misuse(session.create_delegated_application(&live)), Misuse::LiveKey);
}

/// A key and a version that are not zero; the bytes are OpenSSL's.
#[test]
fn keys_of_the_picc_are_changed_as_another_key_by_their_own_numbers() {
    let new = CardKey::aes(&array("0F1E2D3C4B5A69788796A5B4C3D2E1F0"), KeyVersion(0x5A));
    let old = CardKey::aes(&array("00102031405060708090A0B0B0A09080"), KeyVersion(0));
    for (which, mac) in [
        (PiccKey::DamAuth, "10", "DBAE8C8619C1AE60"),
        (PiccKey::DamMac, "11", "5A29584FD31BD68E"),
        (PiccKey::DamEnc, "12", "6281D6C5BCE8FB8F"),
    ]
    .map(|(which, no, mac)| (which, format!("{no} {SEALED} {mac}")))
    {
        let sent = format!("90C4000029 {mac} 00");
        let mut script = Script::new([(sent.as_str(), DONE)]);
        let mut session = secure::<Picc>(&mut script, 0, ev2());
        let answer = session.change_picc_key(which, &new, &old).unwrap();
        assert_eq!(answer.grade, Grade::Sealed);
        drop(session);
        script.assert_used_up();
    }
    let mut script = Script::default();
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let refused = session.change_picc_key(PiccKey::DamMac, &CardKey::factory(), &old);
    assert_eq!(refused, Err(Misuse::KeyType.into()));
}

/// The new key XORed with the old, the new version and the checksum, enciphered.
const SEALED: &str = "2B1358C6BB6D081F2D3B314C3D5C4CC9C4CB6EA50FF9D2C9EF92CD55667BDE56";
