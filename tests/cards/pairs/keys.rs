// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys: who may change which, in what form, and what the card then takes.

use cardwright::emulator::SoftCard;
use cardwright::host::{Error, Misuse, Picc, Secure, Session};
use cardwright::key::CardKey;
use cardwright::transport::Transport;
use cardwright::wire::{
    ChangeKeyRight, Ins, KeyNo, KeySettings, KeyType, KeyVersion, Opening, Status,
};

use super::support::{AID, Line, Messaging, RND_A, blank, card, key_no, session};

/// Who may change the keys 0, 1, 2 of an application: the key that must have authenticated.
const CHANGERS: [(ChangeKeyRight, [Option<u8>; 3]); 4] = [
    (ChangeKeyRight::Key(KeyNo::MASTER), [Some(0), Some(0), Some(0)]),
    (ChangeKeyRight::Key(KeyNo::new(2).unwrap()), [Some(0), Some(2), Some(0)]),
    (ChangeKeyRight::Same, [Some(0), Some(1), Some(2)]),
    (ChangeKeyRight::Never, [Some(0), None, None]),
];

#[test]
fn a_key_is_changed_by_whom_the_settings_name_and_by_nobody_else() {
    for messaging in Messaging::EVERY {
        for (change, changers) in CHANGERS {
            let card = card(messaging, KeySettings { change, ..KeySettings::FACTORY });
            for (changer, target) in (0..3).flat_map(|changer| [0, 1, 2].map(|no| (changer, no))) {
                let mut card = card.clone();
                let changed = change_slot(&mut card, messaging, changer, target);
                let expected = match changers[usize::from(target)] {
                    Some(allowed) if allowed == changer => Ok(()),
                    Some(_) => Err(refused(Status::AuthenticationError)),
                    None => Err(refused(Status::PermissionDenied)),
                };
                let name = format!("{messaging:?} {change:?}: {changer} changes {target}");
                assert_eq!(changed, expected, "{name}");
                for no in 0..3 {
                    let is_new = changed.is_ok() && no == target;
                    assert_eq!(opens(&card, messaging, no, &messaging.key(no, no)), !is_new);
                    assert_eq!(opens(&card, messaging, no, &replacement(messaging)), is_new);
                }
                let version = if changed.is_ok() { 0x5C } else { target };
                assert_eq!(version_of(&mut card, target), KeyVersion(version), "{name}");
            }
        }
    }
}

#[test]
fn a_frozen_master_key_is_not_changed() {
    for messaging in Messaging::EVERY {
        let frozen = KeySettings { key_changeable: false, ..KeySettings::FACTORY };
        let mut card = card(messaging, frozen);
        let changed = change_slot(&mut card, messaging, 0, 0);
        assert_eq!(changed, Err(refused(Status::PermissionDenied)));
        assert!(opens(&card, messaging, 0, &messaging.key(0, 0)));
        assert_eq!(change_slot(&mut card, messaging, 0, 1), Ok(()));
    }
}

#[test]
fn a_change_under_the_wrong_old_key_changes_nothing() {
    for messaging in Messaging::EVERY {
        let mut card = card(messaging, KeySettings::FACTORY);
        let mut talk = session(&mut card, messaging, 0);
        let wrong = messaging.key(2, 2);
        let changed = talk.change_key(key_no(1), &replacement(messaging), &wrong);
        assert_eq!(changed.map(drop), Err(refused(Status::IntegrityError)));
        assert_eq!(talk.key_settings().map(drop), Err(Error::SessionLost));
        drop(talk);
        assert!(opens(&card, messaging, 1, &messaging.key(1, 1)));
        assert!(!opens(&card, messaging, 1, &replacement(messaging)));
    }
}

#[test]
fn a_session_goes_on_after_another_key_is_changed() {
    for messaging in Messaging::EVERY {
        let mut card = card(messaging, KeySettings::FACTORY);
        let mut talk = session(&mut card, messaging, 0);
        for round in 0..20_u8 {
            for no in 1..3 {
                let seed = |round: u8| if round == 0 { no } else { 40 + 2 * round + no };
                let old = messaging.key(seed(round), seed(round));
                let new = messaging.key(seed(round + 1), seed(round + 1));
                let _ = talk.change_key(key_no(no), &new, &old).unwrap();
                assert_eq!(talk.key_version(key_no(no)).unwrap().value, new.version());
            }
        }
    }
}

#[test]
fn every_version_is_reported_as_it_was_written() {
    for messaging in Messaging::EVERY {
        let mut card = card(messaging, KeySettings::FACTORY);
        let mut talk = session(&mut card, messaging, 0);
        let mut old = messaging.key(1, 1);
        for version in 0..=u8::MAX {
            let new = messaging.key(9, version);
            assert_eq!(new.version(), KeyVersion(version));
            let _ = talk.change_key(key_no(1), &new, &old).unwrap();
            assert_eq!(talk.key_version(key_no(1)).unwrap().value, KeyVersion(version));
            old = new;
        }
        let mut talk = talk.change_own_key(&messaging.key(8, 0xE7)).unwrap();
        assert_eq!(talk.key_version(KeyNo::MASTER).unwrap().value, KeyVersion(0xE7));
    }
}

#[test]
fn the_picc_master_key_goes_from_every_type_to_every_type_and_back() {
    let mut card = blank();
    let mut present = (Opening::Iso, CardKey::factory());
    // A walk with every ordered pair of messagings in it.
    let walk = Messaging::EVERY.iter().flat_map(|&from| Messaging::EVERY.map(|to| [from, to]));
    for (seed, next) in (0..).zip(walk.flatten()) {
        let new = next.key(seed, seed ^ 0x91);
        let mut talk = at_picc(&mut card, &present).change_master_key(&new).unwrap();
        let (_, slots) = talk.key_settings().unwrap().value;
        assert_eq!((slots.count, slots.key_type), (1, next.key_type()));
        assert_eq!(talk.key_version(KeyNo::MASTER).unwrap().value, new.version());
        card.reset();
        let (opening, old) = &present;
        let with_old = Session::open(&mut card);
        assert!(with_old.authenticate(*opening, KeyNo::MASTER, old, &RND_A).is_err());
        card.reset();
        present = (next.opening(), new);
    }
    // Back to the factory.
    let _ = at_picc(&mut card, &present).change_master_key(&CardKey::factory()).unwrap();
    let _ = at_picc(&mut card, &(Opening::Iso, CardKey::factory()));
}

#[test]
fn a_key_of_another_type_or_the_own_key_is_misuse_and_sends_nothing() {
    for messaging in Messaging::EVERY {
        let mut line = Line::to(card(messaging, KeySettings::FACTORY));
        let counter = line.clone();
        let mut talk = session(&mut line, messaging, 0);
        let other = match messaging.key_type() {
            KeyType::Aes => Messaging::Tdes2.key(5, 0),
            KeyType::Des | KeyType::Tdes3 => Messaging::Aes.key(5, 0),
        };
        let right = messaging.key(1, 1);
        let before = counter.sent();
        for (new, old) in [(&other, &right), (&right, &other)] {
            let changed = talk.change_key(key_no(1), new, old);
            assert_eq!(changed.map(drop), Err(Misuse::KeyType.into()));
        }
        let changed = talk.change_key(KeyNo::MASTER, &right, &right);
        assert_eq!(changed.map(drop), Err(Misuse::OwnKey.into()));
        let changed = talk.change_own_key(&other).map(drop).map_err(Error::from);
        assert_eq!(changed, Err(Misuse::KeyType.into()));
        assert_eq!(counter.sent(), before);
    }
}

#[test]
fn a_second_authentication_continues_an_ev2_session_only() {
    for messaging in Messaging::EVERY {
        let mut card = card(messaging, KeySettings::FACTORY);
        let mut talk = session(&mut card, messaging, 0);
        let _ = talk.key_settings().unwrap();
        let key = messaging.key(1, 1);
        let next = talk.authenticate_next(key_no(1), &key, &[0x3D; 16]).map_err(Error::from);
        match (messaging, next) {
            (Messaging::Ev2, Ok(mut talk)) => {
                assert!(talk.card_uid().is_ok());
                let key = messaging.key(0, 0);
                let mut talk = talk.authenticate_next(key_no(0), &key, &RND_A).unwrap();
                assert!(talk.change_key_settings(KeySettings::FACTORY).is_ok());
            }
            (Messaging::Aes, Err(error)) => assert_eq!(error, Misuse::NotEv2.into()),
            (_, Err(error)) => assert_eq!(error, Misuse::KeyType.into()),
            (_, Ok(_)) => panic!("{messaging:?} was continued"),
        }
    }
}

/// What every change brings, with a version of its own.
fn replacement(messaging: Messaging) -> CardKey {
    messaging.key(33, 0x5C)
}

/// Changes a slot in the session of `changer`, as the own key or as another.
fn change_slot(
    card: &mut SoftCard,
    messaging: Messaging,
    changer: u8,
    target: u8,
) -> Result<(), Error> {
    card.reset();
    let new = replacement(messaging);
    let mut talk = session(card, messaging, changer);
    if changer == target {
        let _ = talk.change_own_key(&new)?;
    } else {
        let _ = talk.change_key(key_no(target), &new, &messaging.key(target, target))?;
        assert!(talk.key_settings().is_ok(), "the session goes on");
    }
    Ok(())
}

/// Whether the card takes a key in a slot of the application.
fn opens(card: &SoftCard, messaging: Messaging, no: u8, key: &CardKey) -> bool {
    let mut card = card.clone();
    card.reset();
    let talk = Session::open(&mut card).select_application(AID).unwrap();
    match talk.authenticate(messaging.opening(), key_no(no), key, &RND_A) {
        Ok(_) => true,
        Err(failed) => {
            let status = Status::AuthenticationError;
            assert!(matches!(failed.error, Error::Refused { status: s, .. } if s == status));
            false
        }
    }
}

fn version_of(card: &mut SoftCard, no: u8) -> KeyVersion {
    card.reset();
    let mut talk = Session::open(card).select_application(AID).unwrap();
    talk.key_version(key_no(no)).unwrap().value
}

fn at_picc<'t>(
    card: &'t mut dyn Transport,
    (opening, key): &(Opening, CardKey),
) -> Session<'t, Picc, Secure> {
    let talk = Session::open(card).select_picc().unwrap();
    talk.authenticate(*opening, KeyNo::MASTER, key, &RND_A).unwrap()
}

const fn refused(status: Status) -> Error {
    Error::Refused { command: Ins::ChangeKey, status }
}
