// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes by hand under the session keys of `host::tests`; no published vector has these commands.

use super::*;
use crate::host::Grade;
use crate::host::testing::{Script, array};
use crate::host::tests::{ev1, ev2, secure};

const DONE: &str = "DEB4995F09747EDD 9100";

fn set(number: u8) -> KeySetNo {
    KeySetNo::new(number).unwrap()
}

fn key(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}

fn aes(bytes: &str, version: u8) -> CardKey {
    CardKey::aes(&array(bytes), KeyVersion(version))
}

const NEW: &str = "00102031405060708090A0B0B0A09080";
const OLD: &str = "A0B0C0D0E0F000102030405060708090";

#[test]
fn the_active_set_is_none_of_the_others() {
    assert_eq!(KeySetNo::new(15).unwrap().to_string(), "15");
    assert_eq!((KeySetNo::new(0), KeySetNo::new(16)), (None, None));
}

#[test]
fn a_set_is_made_ready_and_closed() {
    let mut script = Script::new([("905600000A 0302 9611110F7CBC0DE4 00", DONE)]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    let answer = session.initialize_key_set(set(3), KeyType::Aes).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
    for (key_type, byte) in [(KeyType::Des, 0), (KeyType::Tdes3, 1), (KeyType::Aes, 2)] {
        assert_eq!(InitializeKeySet::new(set(1), key_type).header, [1, byte]);
    }
    let mut script = Script::new([("905700000A 035A 6C4B2E4C82E27A17 00", DONE)]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    assert_eq!(session.finalize_key_set(set(3), KeyVersion(0x5A)).unwrap().grade, Grade::Sealed);
    script.assert_used_up();
}

/// Key 5 has authenticated; that of another set has its number and is changed all the same.
#[test]
fn a_key_of_a_set_is_mixed_with_the_old_one_and_the_session_goes_on() {
    let mut script = Script::new([(
        "90C600002A 0305 441048DE8F9958C36B2E51F1139355169B88D2832C92C2EE4C177387B0F13B98 AAD314DC61EF04F8 00",
        DONE,
    )]);
    let mut session = secure::<App>(&mut script, 5, ev2());
    let (new, old) = (aes(NEW, 0x5A), aes(OLD, 0x11));
    let answer = session.change_key_of_set(set(3), key(5), &new, &old).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    assert_eq!(session.talk.key_no(), Some(key(5)));
    drop(session);
    script.assert_used_up();

    // A longer key, which has no version beside it, in a set of another type than the session's key.
    let mut script = Script::new([(
        "90C600002A 0205 5530BB394201D8BDFBEEEFA2CF187A8715EB9602AEFA24901F29A4A877DA5797 3D6407D804AADBC6 00",
        DONE,
    )]);
    let mut session = secure::<App>(&mut script, 5, ev2());
    let new = CardKey::tdes3(&core::array::from_fn(|at| 0x10 + u8::try_from(at).unwrap()));
    let old = CardKey::tdes3(&[0; 24]);
    assert!(session.change_key_of_set(set(2), key(5), &new, &old).is_ok());
    script.assert_used_up();
}

#[test]
fn the_version_of_a_key_in_a_set_is_asked_for() {
    let mut script =
        Script::new([("906400000A 4503 658E9C80935ED72B 00", "5A 20991E9EEFDEE9AE 9100")]);
    let mut session = secure::<App>(&mut script, 0, ev2());
    let told = session.key_version_of_set(set(3), key(5)).unwrap();
    assert_eq!((told.value, told.grade), (KeyVersion(0x5A), Grade::Sealed));
    script.assert_used_up();
}

#[test]
fn a_roll_ends_the_session_with_a_bare_answer() {
    let command = "9055000009 03 9FFA75C43E08020B 00";
    let mut script = Script::new([(command, "9100")]);
    let session = secure::<App>(&mut script, 4, ev2()).roll_key_set(set(3)).unwrap();
    assert_eq!(session.talk.key_no(), None);
    drop(session);
    script.assert_used_up();
    // A refusal puts the session's key out too; data behind a success are none of the card's.
    let mut script = Script::new([(command, "919D")]);
    let failed = secure::<App>(&mut script, 4, ev2()).roll_key_set(set(3)).unwrap_err();
    assert!(failed.session.is_some());
    assert!(failed.error.to_string().ends_with("or its keys are of another type)"));
    let mut script = Script::new([(command, DONE)]);
    let failed = secure::<App>(&mut script, 4, ev2()).roll_key_set(set(3)).unwrap_err();
    assert!(matches!(failed.error, Error::Misbehaved { .. }) && failed.session.is_none());
}

#[test]
fn what_cannot_work_is_not_sent() {
    let mut script = Script::default();
    let (aes, des) = (aes(NEW, 1), CardKey::factory());
    let mut session = secure::<App>(&mut script, 0, ev2());
    for (new, old) in [(&aes, &des), (&des, &aes)] {
        let changed = session.change_key_of_set(set(1), key(1), new, old);
        assert_eq!(changed, Err(Misuse::KeyType.into()));
    }
    let live = aes.clone().for_purpose(Purpose::Live);
    let changed = session.change_key_of_set(set(1), key(1), &live, &aes);
    assert_eq!(changed, Err(Misuse::LiveKey.into()));
    drop(session);
    // Older messaging has no such commands.
    let mut session = secure::<App>(&mut script, 0, ev1());
    let refused = Err(Misuse::OnlyEv2.into());
    assert_eq!(session.initialize_key_set(set(1), KeyType::Aes), refused);
    assert_eq!(session.change_key_of_set(set(1), key(1), &aes, &aes), refused);
    assert_eq!(session.finalize_key_set(set(1), KeyVersion(1)), refused);
    assert_eq!(session.roll_key_set(set(1)).unwrap_err().error, Misuse::OnlyEv2.into());
}
