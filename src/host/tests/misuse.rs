// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the caller may not ask: nothing is sent, and the session stays as it was.

use super::*;
use crate::host::{Error, Misuse};
use crate::key::{CardKey, Purpose};
use crate::wire::{Aid, KeySettings, KeySlots, Opening};

#[test]
fn keys_of_the_wrong_type_are_not_tried() {
    let mut script = Script::default();
    let (des, aes) = (CardKey::factory(), CardKey::zero_aes());
    let mut session = public(&mut script);
    for (opening, key) in [(Opening::Iso, &aes), (Opening::Aes, &des), (Opening::Ev2First, &des)] {
        let failed = session.authenticate(opening, key_no(0), key, &[1; 16]).unwrap_err();
        assert_eq!(failed.error, Misuse::KeyType.into());
        session = failed.session.unwrap();
    }
    drop(session);

    let mut session = secure::<App>(&mut script, 0, ev1());
    for (new, old) in [(&des, &aes), (&aes, &des)] {
        assert_eq!(session.change_key(key_no(1), new, old), Err(Misuse::KeyType.into()));
    }
    assert_eq!(session.change_key(key_no(0), &aes, &aes), Err(Misuse::OwnKey.into()));
    assert_eq!(session.change_own_key(&des).unwrap_err().error, Misuse::KeyType.into());
}

/// A script is software, as every transport is that does not say otherwise.
#[test]
fn no_live_key_goes_to_software_on_any_way() {
    let mut script = Script::default();
    let (live, test) = (CardKey::zero_aes().for_purpose(Purpose::Live), CardKey::zero_aes());
    let refused = Misuse::LiveKey.into();
    let opened = public(&mut script).authenticate(Opening::Aes, key_no(0), &live, &[1; 16]);
    assert_eq!(opened.unwrap_err().error, refused);
    let opened = public(&mut script).authenticate_iso(key_no(0), &live, [&[1; 16], &[2; 16]]);
    assert_eq!(opened.unwrap_err().error, refused);
    let session = secure::<App>(&mut script, 0, ev2());
    let opened = session.authenticate_next(key_no(1), &live, &[1; 16]);
    assert_eq!(opened.unwrap_err().error, refused);
    let mut session = secure::<App>(&mut script, 0, ev1());
    for (new, old) in [(&live, &test), (&test, &live)] {
        assert_eq!(session.change_key(key_no(1), new, old), Err(refused));
    }
    assert_eq!(session.change_own_key(&live).unwrap_err().error, refused);
    let mut session = secure::<Picc>(&mut script, 0, ev1());
    assert_eq!(session.set_default_key(&live), Err(refused));
    assert_eq!(session.change_master_key(&live).unwrap_err().error, refused);
}

#[test]
fn only_an_ev2_session_goes_on_with_another_key() {
    let mut script = Script::default();
    let session = secure::<App>(&mut script, 0, ev1());
    let failed = session.authenticate_next(key_no(1), &CardKey::zero_aes(), &[1; 16]).unwrap_err();
    assert_eq!(failed.error, Misuse::NotEv2.into());
}

#[test]
fn the_picc_level_is_no_application() {
    let mut script = Script::default();
    let failed = picc(&mut script).select_application(Aid::PICC).unwrap_err();
    assert_eq!(failed.error, Misuse::NoApplication.into());
    let mut session = failed.session.unwrap();
    let slots = KeySlots::from_byte(0x81).unwrap();
    let created = session.create_application(Aid::PICC, KeySettings::FACTORY, slots);
    assert_eq!(created, Err(Misuse::NoApplication.into()));
}

#[test]
fn accesses_outside_rights_and_range_are_not_sent() {
    let mut script = Script::default();
    let (closed, open) = (file(false, false, CommMode::Full), file(false, true, CommMode::Full));
    let mut session = secure::<App>(&mut script, 1, ev2());
    let write = |session: &mut Session<'_, App, Secure>, file, offset, data: &[u8]| {
        session.transaction().write(file, offset, data).unwrap_err()
    };
    assert_eq!(write(&mut session, &closed, 0, &[1]), Misuse::NoRight.into());
    assert_eq!(write(&mut session, &open, 0, &[]), Misuse::NothingToWrite.into());
    assert_eq!(write(&mut session, &open, 0x1FF, &[1, 2]), Misuse::OutsideFile.into());
    let read = session.read_data(&open, 0x200, 0).unwrap_err();
    assert_eq!(read, Misuse::OutsideFile.into());
    drop(session);
    let read = public(&mut script).read_data(&closed, 0, 0).unwrap_err();
    assert_eq!(read, Misuse::NoRight.into());
}

#[test]
fn a_used_up_counter_leaves_the_session_to_be_selected_away() {
    let channel = Channel::Ev2(Ev2::recorded(KEY, OTHER, "085BC941", 0xFFFF));
    let mut script = Script::new([("905A000003 000000 00", "9100")]);
    let mut session = secure::<App>(&mut script, 0, channel);
    assert_eq!(session.version(), Err(Error::Misuse(Misuse::CounterUsedUp)));
    assert!(session.select_picc().is_ok());
    script.assert_used_up();
}
