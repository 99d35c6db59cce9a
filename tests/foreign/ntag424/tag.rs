// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tag itself: what it is, its keys, its configuration, its seal.

use cardwright::emulator::{Model, SealWire, SoftCard};
use ntag424::types::{ResponseStatus, TagTamperStatus};
use ntag424::{
    Access, AuthenticatedSession, Configuration, File, KeyNumber, NonMasterKeyNumber, Session, Uid,
};

use super::super::{MASTER, OTHER, RND_A, SECOND, ZERO};
use super::{Reader, SIGNED, TAGS, authenticated, good, now, refused, tag};

#[test]
fn ntag424_knows_a_tag_from_the_factory() {
    for model in TAGS {
        let mut card = tag(model);
        let mut reader = Reader(&mut card);
        let plain = good(now(Session::new().get_version(&mut reader)));
        // Before any application is selected, as its high-level API asks.
        good(now(Session::new().verify_originality(&mut reader, &SIGNED)));
        let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
        let (sealed, session) = good(now(session.get_version(&mut reader)));
        for version in [plain, sealed] {
            assert_eq!((version.hw_vendor_id(), version.hw_type()), (0x04, 0x04));
            assert_eq!(version.has_tag_tamper_support(), model == Model::Ntag424Tt);
            assert_eq!((version.hw_storage_size(), version.hw_protocol_type()), (0x11, 0x05));
            assert_eq!(version.uid(), &SIGNED);
        }
        let (uid, session) = good(now(session.get_uid(&mut reader)));
        assert_eq!(uid, SIGNED);
        let session = good(now(session.verify_originality(&mut reader, &SIGNED)));
        let (version, session) = good(now(session.get_key_version(&mut reader, KeyNumber::Key4)));
        assert_eq!((version, session.cmd_counter()), (0x00, 4));
        // Not the signature of another UID.
        let mut other = SIGNED;
        other[6] ^= 0x01;
        assert!(now(Session::new().verify_originality(&mut reader, &other)).is_err());
    }
}

#[test]
fn ntag424_changes_the_keys_of_a_tag_and_uses_them() {
    for model in TAGS {
        let mut card = tag(model);
        let mut reader = Reader(&mut card);
        let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
        let (two, four) = (NonMasterKeyNumber::Key2, NonMasterKeyNumber::Key4);
        let session = good(now(session.change_key(&mut reader, two, &SECOND, 0x21, &ZERO)));
        let session = good(now(session.change_key(&mut reader, two, &OTHER, 0x22, &SECOND)));
        let session = good(now(session.change_key(&mut reader, four, &SECOND, 0x41, &ZERO)));
        let (version, session) = good(now(session.get_key_version(&mut reader, KeyNumber::Key2)));
        assert_eq!((version, session.cmd_counter()), (0x22, 4));
        good(now(session.change_master_key(&mut reader, &MASTER, 0x31)));
        let session = authenticated(&mut reader, KeyNumber::Key0, &MASTER);
        let (version, session) = good(now(session.get_key_version(&mut reader, KeyNumber::Key0)));
        assert_eq!(version, 0x31);
        let identifier = *session.ti();
        let session = good(now(session.authenticate(&mut reader, KeyNumber::Key2, &OTHER, RND_A)));
        assert_eq!((*session.ti(), session.cmd_counter()), (identifier, 1));
        let (uid, _) = good(now(session.get_uid(&mut reader)));
        assert_eq!(uid, SIGNED);
        authenticated(&mut reader, KeyNumber::Key4, &SECOND);
        authenticated(&mut reader, KeyNumber::Key1, &ZERO);
    }
}

#[test]
fn ntag424_is_refused_what_it_has_no_key_for() {
    let mut card = tag(Model::Ntag424);
    let mut reader = Reader(&mut card);
    let wrong =
        now(Session::default().authenticate_aes(&mut reader, KeyNumber::Key1, &OTHER, RND_A));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    let four = NonMasterKeyNumber::Key4;
    let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
    let wrong = now(session.change_key(&mut reader, four, &SECOND, 0x21, &OTHER));
    assert_eq!(refused(wrong), ResponseStatus::IntegrityError);
    // Only key 0 changes keys and configures.
    let session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
    let wrong = now(session.change_key(&mut reader, four, &SECOND, 0x21, &ZERO));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    let session = authenticated(&mut reader, KeyNumber::Key1, &ZERO);
    let random = Configuration::new().with_random_uid_enabled();
    let wrong = now(session.set_configuration(&mut reader, &random));
    assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    // No counter where there is no secure dynamic messaging, no seal on this model.
    let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
    let wrong = now(session.get_file_counters(&mut reader, File::Ndef));
    assert_eq!(refused(wrong), ResponseStatus::PermissionDenied);
    let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
    let wrong = now(session.get_tt_status(&mut reader));
    assert_eq!(refused(wrong), ResponseStatus::IllegalCommandCode);
    authenticated(&mut reader, KeyNumber::Key4, &ZERO);
}

fn shown(card: &mut SoftCard) -> Uid {
    good(now(Session::new().get_selected_uid(&mut Reader(card))))
}

#[test]
fn ntag424_configures_a_tag() {
    for model in TAGS {
        let mut card = tag(model);
        assert_eq!(shown(&mut card), Uid::Fixed(SIGNED));
        let mut reader = Reader(&mut card);
        let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
        let all = Configuration::new()
            .with_random_uid_enabled()
            .with_chained_writing_disabled()
            .with_pdcap2_5(0x5A)
            .with_pdcap2_6(0xA6)
            .with_failed_auth_counter_enabled(0x0203, 0x0004)
            .with_strong_back_modulation(true);
        let session = good(now(session.set_configuration(&mut reader, &all)));
        assert_eq!(session.cmd_counter(), 5);
        // The UID is told in a session only, from the next activation on.
        let (uid, _) = good(now(session.get_uid(&mut reader)));
        assert_eq!(uid, SIGNED);
        card.reset();
        let Uid::Random(one) = shown(&mut card) else { panic!("a random UID") };
        card.reset();
        let Uid::Random(other) = shown(&mut card) else { panic!("a random UID") };
        assert!(one[0] == 0x08 && one != other);
        let mut reader = Reader(&mut card);
        let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
        // What it told the reader about its capabilities.
        assert_eq!(session.pd_cap2()[4..], [0x5A, 0xA6]);
        assert_eq!(good(now(session.get_uid(&mut reader))).0, SIGNED);
    }
}

#[test]
fn ntag424_asks_whether_the_seal_was_opened() {
    let mut card = tag(Model::Ntag424Tt);
    let mut reader = Reader(&mut card);
    let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
    let (status, session) = good(now(session.get_tt_status(&mut reader)));
    assert_eq!(
        (status.permanent(), status.current()),
        (TagTamperStatus::Invalid, TagTamperStatus::Invalid)
    );
    let key = Configuration::new().with_tag_tamper_enabled(Access::Key(KeyNumber::Key3));
    good(now(session.set_configuration(&mut reader, &key)));
    for (wire, permanent, current) in [
        (SealWire::Closed, TagTamperStatus::Close, TagTamperStatus::Close),
        (SealWire::Open, TagTamperStatus::Open, TagTamperStatus::Open),
        (SealWire::Closed, TagTamperStatus::Open, TagTamperStatus::Close),
    ] {
        card.set_wire(wire);
        card.reset();
        let mut reader = Reader(&mut card);
        let session = authenticated(&mut reader, KeyNumber::Key3, &ZERO);
        let (status, _) = good(now(session.get_tt_status(&mut reader)));
        assert_eq!((status.permanent(), status.current()), (permanent, current));
        assert_eq!(status.is_tampered(), permanent == TagTamperStatus::Open);
        let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
        let wrong = now(session.get_tt_status(&mut reader));
        assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
    }
}
