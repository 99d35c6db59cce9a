// SPDX-License-Identifier: MIT OR Apache-2.0
//! A session whose link failed: every later call says so and sends nothing.

use cardwright::emulator::SoftCard;
use cardwright::host::{App, Error, File, Picc, Public, Secure, Session};
use cardwright::key::CardKey;
use cardwright::transport::LinkError;
use cardwright::wire::{Access, Aid, CommMode, KeyNo, KeySettings, KeySlots, KeyType};

use super::support::{
    AID, Line, Messaging, RND_A, blank, by_key, card, file_no, key_no, rights, session, standard,
};

type Call = fn(&mut Session<'_, App, Secure>, Messaging) -> Result<(), Error>;
type LastCall = fn(Session<'_, App, Secure>, Messaging) -> Result<(), Error>;
type PublicCall = fn(&mut Session<'_, Picc, Public>) -> Result<(), Error>;

/// Everything that an authenticated session in an application can do and go on.
const IN_APPLICATION: [Call; 12] = [
    |talk, _| talk.version().map(drop),
    |talk, _| talk.card_uid().map(drop),
    |talk, _| talk.key_settings().map(drop),
    |talk, _| talk.key_version(key_no(1)).map(drop),
    |talk, _| talk.change_key_settings(KeySettings::FACTORY).map(drop),
    |talk, _| talk.file_ids().map(drop),
    |talk, _| talk.file_settings(file_no(1)).map(drop),
    |talk, _| talk.create_file(file_no(2), file(CommMode::Full).settings()).map(drop),
    |talk, _| talk.delete_file(file_no(2)).map(drop),
    |talk, _| talk.transaction().write(&file(CommMode::Mac), 0, &[0x5A; 100]).map(drop),
    |talk, _| talk.read_data(&file(CommMode::Mac), 0, 0).map(drop),
    |talk, messaging| {
        let (new, old) = (messaging.key(20, 0), messaging.key(1, 1));
        talk.change_key(key_no(1), &new, &old).map(drop)
    },
];

/// Everything that ends it.
const LEAVING: [LastCall; 4] = [
    |talk, _| talk.select_application(AID).map(drop).map_err(Error::from),
    |talk, _| talk.select_picc().map(drop).map_err(Error::from),
    |talk, messaging| {
        let key = messaging.key(0, 0);
        let talk = talk.authenticate(messaging.opening(), KeyNo::MASTER, &key, &RND_A);
        talk.map(drop).map_err(Error::from)
    },
    |talk, messaging| talk.change_own_key(&messaging.key(21, 0)).map(drop).map_err(Error::from),
];

const AT_PICC: [PublicCall; 7] = [
    |talk| talk.version().map(drop),
    |talk| talk.application_ids().map(drop),
    |talk| talk.free_memory().map(drop),
    |talk| talk.key_settings().map(drop),
    |talk| talk.key_version(KeyNo::MASTER).map(drop),
    |talk| {
        let slots = KeySlots { count: 1, key_type: KeyType::Aes, iso_file_ids: false };
        talk.create_application(OTHER, KeySettings::FACTORY, slots).map(drop)
    },
    |talk| talk.delete_application(OTHER).map(drop),
];

const OTHER: Aid = Aid::new([0xAB, 0xCD, 0xEF]);

#[test]
fn after_a_link_error_at_any_exchange_every_call_is_session_lost_and_sends_nothing() {
    for messaging in Messaging::ALL {
        let line = Line::to(prepared(messaging));
        for last in LEAVING {
            for fails_after in 0.. {
                let line = Line::to(line.copy());
                // One selection and two passes of an authentication come before.
                line.fail_at(3 + fails_after);
                let mut talk_line = line.clone();
                let mut talk = session(&mut talk_line, messaging, 0);
                let mut failed = false;
                for call in IN_APPLICATION {
                    let before = line.sent();
                    let outcome = call(&mut talk, messaging);
                    if failed {
                        assert_eq!(outcome, Err(Error::SessionLost));
                        assert_eq!(line.sent(), before);
                    } else if outcome.is_err() {
                        assert_eq!(outcome, Err(LinkError::CardRemoved.into()));
                        failed = true;
                    }
                }
                let before = line.sent();
                let outcome = last(talk, messaging);
                if failed {
                    assert_eq!(outcome, Err(Error::SessionLost));
                    assert_eq!(line.sent(), before);
                } else if outcome.is_ok() {
                    // The failure would have come later than the last exchange.
                    assert!(fails_after > 13, "{messaging:?}: {fails_after}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_failed_handshake_or_selection_gives_no_session_back() {
    for messaging in Messaging::ALL {
        for at in 0..3 {
            let line = Line::to(prepared(messaging));
            line.fail_at(at);
            let mut talk_line = line.clone();
            let talk = Session::open(&mut talk_line);
            let failed = match talk.select_application(AID) {
                Err(failed) => (failed.error, failed.session.is_none()),
                Ok(talk) => {
                    let key = messaging.key(0, 0);
                    let opening = messaging.opening();
                    let failed =
                        talk.authenticate(opening, KeyNo::MASTER, &key, &RND_A).unwrap_err();
                    (failed.error, failed.session.is_none())
                }
            };
            assert_eq!(failed, (LinkError::CardRemoved.into(), true), "exchange {at}");
            assert_eq!(line.sent(), at + 1);
        }
    }
}

#[test]
fn a_session_without_a_key_is_lost_to_a_link_error_too() {
    for (at, first) in AT_PICC.iter().enumerate() {
        let line = Line::to(blank());
        line.fail_at(0);
        let mut talk_line = line.clone();
        let mut talk = Session::open(&mut talk_line);
        let outcome = first(&mut talk);
        assert_eq!(outcome, Err(LinkError::CardRemoved.into()), "call {at}");
        for call in AT_PICC {
            assert_eq!(call(&mut talk), Err(Error::SessionLost));
        }
        let key = CardKey::factory();
        let talk = talk.authenticate(Messaging::Des.opening(), KeyNo::MASTER, &key, &RND_A);
        assert_eq!(talk.map(drop).map_err(Error::from), Err(Error::SessionLost));
        assert_eq!(line.sent(), 1);
    }
}

#[test]
fn a_refusal_ends_a_session_with_a_key_and_no_other() {
    for messaging in Messaging::ALL {
        let line = Line::to(prepared(messaging));
        let mut talk_line = line.clone();
        let mut talk = Session::open(&mut talk_line).select_application(AID).unwrap();
        assert!(talk.key_version(key_no(7)).is_err());
        assert!(talk.file_settings(file_no(7)).is_err());
        assert!(talk.key_version(key_no(1)).is_ok());
        drop(talk);
        let mut talk = session(&mut talk_line, messaging, 0);
        assert!(matches!(talk.key_version(key_no(7)), Err(Error::Refused { .. })));
        let before = line.sent();
        for call in IN_APPLICATION {
            assert_eq!(call(&mut talk, messaging), Err(Error::SessionLost));
        }
        assert_eq!(line.sent(), before);
    }
}

/// A card whose application has file 1.
fn prepared(messaging: Messaging) -> SoftCard {
    let mut card = card(messaging, KeySettings::FACTORY);
    let file = file(CommMode::Mac);
    let _ = session(&mut card, messaging, 0).create_file(file.no(), file.settings()).unwrap();
    card.reset();
    card
}

fn file(mode: CommMode) -> File {
    File::declared(file_no(1), standard(110, mode, rights([by_key(0), by_key(0), Access::Never])))
}
