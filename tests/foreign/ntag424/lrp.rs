// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tags in LRP mode: sessions, and the crate's own way to make tags, which is in LRP only.

use core::convert::Infallible;
use std::collections::HashMap;

use cardwright::Job;
use cardwright::emulator::{Model, SealWire, SoftCard};
use cardwright::keys::KeyFile;
use cardwright::profile::Profile;
use cardwright::sdm::{Memory, Verifier};
use ntag424::high_level::{
    ApplicationVerifier, ReadCounterStorage, VerificationError, VerifiedTagReadout,
    derive_keys_for_uid, picc_key, provision,
};
use ntag424::sdm::parse_ndef_uri;
use ntag424::types::ResponseStatus;
use ntag424::types::file_settings::CryptoMode;
use ntag424::{
    Access, AccessRights, AuthenticatedSession, CommMode, File, FileSettingsUpdate, KeyNumber,
    NonMasterKeyNumber, Session, Uid,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::super::{MASTER, OTHER, RND_A, SECOND, ZERO};
use super::addresses::{KEYS, PROFILE, RECIPE, issuer_key};
use super::{Reader, SIGNED, TAGS, good, now, refused, tag};

fn in_lrp(
    reader: &mut Reader<'_>,
    no: KeyNumber,
    key: &[u8; 16],
) -> impl AuthenticatedSession + use<> {
    good(now(Session::new().authenticate_lrp(reader, no, key, RND_A)))
}

/// A tag that was told to speak LRP from now on.
fn switched(model: Model) -> SoftCard {
    let mut card = tag(model);
    let mut reader = Reader(&mut card);
    let session = now(Session::new().authenticate_aes(&mut reader, KeyNumber::Key0, &ZERO, RND_A));
    good(now(good(session).enable_lrp(&mut reader)));
    card
}

#[test]
fn ntag424_switches_a_tag_to_lrp_for_good() {
    for model in TAGS {
        let mut card = switched(model);
        for _ in 0..2 {
            let mut reader = Reader(&mut card);
            let wrong =
                now(Session::new().authenticate_aes(&mut reader, KeyNumber::Key0, &ZERO, RND_A));
            assert_eq!(refused(wrong), ResponseStatus::PermissionDenied);
            let session = in_lrp(&mut reader, KeyNumber::Key0, &ZERO);
            assert_eq!(session.mode(), CryptoMode::Lrp);
            let (version, session) = good(now(session.get_version(&mut reader)));
            assert_eq!((version.hw_type(), version.uid()), (0x04, &SIGNED));
            let (uid, session) = good(now(session.get_uid(&mut reader)));
            assert_eq!((uid, session.cmd_counter()), (SIGNED, 2));
            let wrong =
                now(Session::new().authenticate_lrp(&mut reader, KeyNumber::Key0, &OTHER, RND_A));
            assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
            card.reset();
        }
    }
}

#[test]
fn ntag424_changes_keys_in_lrp_and_uses_them() {
    for model in TAGS {
        let mut card = switched(model);
        let mut reader = Reader(&mut card);
        let session = in_lrp(&mut reader, KeyNumber::Key0, &ZERO);
        let two = NonMasterKeyNumber::Key2;
        let session = good(now(session.change_key(&mut reader, two, &SECOND, 0x21, &ZERO)));
        let session = good(now(session.change_key(&mut reader, two, &OTHER, 0x22, &SECOND)));
        let (version, session) = good(now(session.get_key_version(&mut reader, KeyNumber::Key2)));
        assert_eq!((version, session.cmd_counter()), (0x22, 3));
        good(now(session.change_master_key(&mut reader, &MASTER, 0x31)));
        let session = in_lrp(&mut reader, KeyNumber::Key0, &MASTER);
        let (version, session) = good(now(session.get_key_version(&mut reader, KeyNumber::Key0)));
        assert_eq!(version, 0x31);
        let identifier = *session.ti();
        let session = good(now(session.authenticate(&mut reader, KeyNumber::Key2, &OTHER, RND_A)));
        assert_eq!((*session.ti(), session.cmd_counter()), (identifier, 1));
        assert_eq!(good(now(session.get_uid(&mut reader))).0, SIGNED);
    }
}

#[test]
fn ntag424_writes_and_reads_files_in_lrp() {
    let text: Vec<u8> = (0..=255).map(|byte: u8| byte.wrapping_mul(7) ^ 0x5A).collect();
    for model in TAGS {
        let mut card = switched(model);
        for mode in [CommMode::Plain, CommMode::Mac, CommMode::Full] {
            let mut reader = Reader(&mut card);
            let session = in_lrp(&mut reader, KeyNumber::Key0, &ZERO);
            let (key, change) = (Access::Key(KeyNumber::Key1), Access::Key(KeyNumber::Key0));
            let rights = AccessRights { read: key, write: key, read_write: key, change };
            let update = FileSettingsUpdate::new(mode, rights);
            let session = good(now(session.change_file_settings(&mut reader, File::Ndef, &update)));
            let (seen, _) = good(now(session.get_file_settings(&mut reader, File::Ndef)));
            assert_eq!((seen.comm_mode, seen.access_rights), (mode, rights));
            let session = in_lrp(&mut reader, KeyNumber::Key1, &ZERO);
            let session = good(now(session.write_file(&mut reader, File::Ndef, 0, &text)));
            let mut read = [0; 256];
            let (count, session) =
                good(now(session.read_file(&mut reader, File::Ndef, 0, 256, &mut read)));
            assert_eq!((count, &read[..]), (256, &text[..]), "{model} {mode:?}");
            let wrong =
                now(session.write_file_with_mode(&mut reader, File::Ndef, 250, &[7; 9], mode));
            assert_eq!(refused(wrong), ResponseStatus::BoundaryError);
        }
    }
}

#[derive(Default)]
struct Counters(HashMap<[u8; 7], u32>);

impl ReadCounterStorage for Counters {
    type Error = Infallible;

    async fn get(&mut self, uid: &[u8; 7]) -> Result<u32, Infallible> {
        Ok(self.0.get(uid).copied().unwrap_or_default())
    }

    async fn set(&mut self, uid: &[u8; 7], counter: u32) -> Result<(), Infallible> {
        self.0.insert(*uid, counter);
        Ok(())
    }
}

/// A tag that the crate made by itself, and what verifies it.
fn provisioned(model: Model, template: &str) -> (SoftCard, ApplicationVerifier) {
    let mut card = tag(model);
    let mut random = StdRng::seed_from_u64(7);
    let made = now(provision(&mut Reader(&mut card), template, &MASTER, &mut random));
    let (verifier, uid) = made.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(uid, SIGNED);
    (card, verifier)
}

fn address(card: &mut SoftCard) -> String {
    card.reset();
    let mut file = [0; 256];
    let mut session = Session::new();
    let mut reader = Reader(card);
    assert!(matches!(good(now(session.get_selected_uid(&mut reader))), Uid::Random(_)));
    good(now(session.read_file_unauthenticated(&mut reader, File::Ndef, 0, &mut file)));
    parse_ndef_uri(&file).unwrap().as_ref().to_owned()
}

fn verified(
    verifier: &ApplicationVerifier,
    address: &str,
    counters: &mut Counters,
) -> Result<VerifiedTagReadout, VerificationError<Infallible>> {
    now(verifier.verify(&MASTER, address.as_bytes(), counters))
}

#[test]
fn ntag424_provisions_a_tag_and_verifies_what_it_gives() {
    for (model, template) in [
        (Model::Ntag424, "https://example.com/?e={picc}&c={mac}"),
        (Model::Ntag424, "https://example.com/{uid}/{ctr}?c={mac}"),
        (Model::Ntag424Tt, "https://example.com/?e={picc}&t={tt}&c={mac}"),
    ] {
        let (mut card, verifier) = provisioned(model, template);
        let mut counters = Counters::default();
        for reading in 1..4 {
            let address = address(&mut card);
            let seen = verified(&verifier, &address, &mut counters).unwrap();
            assert_eq!((seen.uid, seen.read_ctr), (SIGNED, Some(reading)), "{template}");
            assert_eq!(seen.tamper_status.is_some(), model == Model::Ntag424Tt);
            assert!(!seen.tamper_status.is_some_and(|seal| seal.is_tampered()));
            let again = verified(&verifier, &address, &mut counters);
            assert!(matches!(again, Err(VerificationError::ReadCounterTooLow { .. })));
        }
        if model == Model::Ntag424Tt {
            card.set_wire(SealWire::Open);
            let seen = verified(&verifier, &address(&mut card), &mut counters).unwrap();
            assert!(seen.tamper_status.unwrap().is_tampered());
        }
        // All its keys are those that the crate makes of its master key.
        let keys = derive_keys_for_uid(&MASTER, &SIGNED);
        use KeyNumber::{Key0, Key1, Key2, Key3, Key4};
        for (no, key) in [Key0, Key1, Key2, Key3, Key4].into_iter().zip(&keys) {
            let mut reader = Reader(&mut card);
            let session = in_lrp(&mut reader, no, key);
            assert_eq!(good(now(session.get_key_version(&mut reader, no))).0, 0x01);
        }
    }
}

/// It looks before it begins.
#[test]
fn ntag424_provisions_no_tag_that_nobody_signed() {
    let mut card = tag(Model::Ntag424).without_signature();
    let mut random = StdRng::seed_from_u64(7);
    let template = "https://example.com/?e={picc}&c={mac}";
    assert!(now(provision(&mut Reader(&mut card), template, &MASTER, &mut random)).is_err());
}

/// The crate's way of making keys and addresses, in the words of a profile.
#[test]
fn ntag424_provisions_tags_that_our_server_verifies() {
    let master = issuer_key("app3");
    let keys =
        KEYS.replace(&hex::encode_upper(issuer_key("app2")), &hex::encode_upper(picc_key(&master)));
    assert_ne!(keys, KEYS);
    let profile = PROFILE
        .replace("[\"uid\", \"key-no\"]", RECIPE)
        .replace("\"write\", \"picc\", \"mac\"", "\"picc\", \"mac\", \"write\"")
        .replace("mac = \"mac\",", "mac = \"mac\", suite = \"lrp\",");
    let job = Job::new(Profile::parse(&profile).unwrap(), &KeyFile::parse(&keys).unwrap()).unwrap();
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let mut card = tag(Model::Ntag424);
    let template = "https://example.com/t/00101?e={picc}&c=[[{mac}";
    let mut random = StdRng::seed_from_u64(7);
    let made = now(provision(&mut Reader(&mut card), template, &master, &mut random));
    made.unwrap_or_else(|error| panic!("{error}"));
    for reading in 1..4 {
        let address = address(&mut card);
        let seen = verifier.verify(&address, &counters).unwrap();
        assert_eq!((seen.counter, seen.uid.expose()), (Some(reading), &SIGNED));
        assert!(verifier.verify(&address, &counters).is_err(), "once");
    }
}
