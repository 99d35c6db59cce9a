// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses of tags: the crate makes tags that both verify, and verifies what we made.

use cardwright::Job;
use cardwright::emulator::{Model, SealWire, SoftCard};
use cardwright::encode::{Encoder, Outcome};
use cardwright::iso14443::Uid;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Records};
use cardwright::sdm::{Memory, Verifier as Ours};
use ntag424::key_diversification::{diversify_aes128, diversify_ntag424};
use ntag424::sdm::{
    SdmError, SdmUrlConfig, SdmUrlOptions, SdmVerification, Verifier, parse_ndef_uri,
    sdm_url_config,
};
use ntag424::types::cc::{AccessCondition, CapabilityContainer};
use ntag424::types::file_settings::{CryptoMode, CtrRetAccess};
use ntag424::types::{ResponseStatus, TagTamperStatus};
use ntag424::{
    Access, AccessRights, AuthenticatedSession, CommMode, Configuration, File, FileSettingsUpdate,
    KeyNumber, NonMasterKeyNumber, Session,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::super::ZERO;
use super::{Reader, SIGNED, authenticated, good, now, refused, tag};

pub(super) const PROFILE: &str = include_str!("../../../examples/data/profiles/sun.toml");
const RECORDS: &[u8] = include_bytes!("../../../examples/data/sun-records.csv");
pub(super) const KEYS: &str = include_str!("../../../examples/data/test-keys.toml");
/// As the crate makes keys of a tag, in the words of a profile.
pub(super) const RECIPE: &str = r#"["uid", "hex:D2760000850101", "key-no", "ascii:NTAG424DNA"]"#;

/// The bytes of a key of the demonstration, version 1.
pub(super) fn issuer_key(name: &str) -> [u8; 16] {
    let (_, rest) = KEYS.split_once(&format!("name = \"{name}\"")).unwrap();
    let (_, rest) = rest.split_once("value = \"").unwrap();
    let (value, _) = rest.split_once('"').unwrap();
    hex::decode(value).unwrap().try_into().unwrap()
}

/// The keys 0 to 4 of a tag, as the crate makes them; the second is everybody's.
fn keys(uid: &[u8; 7]) -> [[u8; 16]; 5] {
    use KeyNumber::{Key0, Key1, Key2, Key3, Key4};
    let mut keys = [("app0", Key0), ("app1", Key1), ("app2", Key2), ("app3", Key3), ("app4", Key4)]
        .map(|(name, no)| diversify_ntag424(&issuer_key(name), uid, no, b"NTAG424DNA"));
    keys[2] = issuer_key("app2");
    keys
}

fn planned(template: &str) -> SdmUrlConfig {
    let options = SdmUrlOptions {
        picc_key: KeyNumber::Key2,
        mac_key: KeyNumber::Key3,
        ctr_ret: if template.contains("ctr") || template.contains("{picc}") {
            CtrRetAccess::Key(KeyNumber::Key0)
        } else {
            CtrRetAccess::NoAccess
        },
        ..SdmUrlOptions::new()
    };
    sdm_url_config(template, CryptoMode::Aes, options).unwrap()
}

/// What the crate's own `provision` does to a tag, in AES, which it does in LRP only.
fn provisioned(card: &mut SoftCard, plan: &SdmUrlConfig, keys: &[[u8; 16]; 5]) {
    let mut reader = Reader(card);
    let version = good(now(Session::new().get_version(&mut reader)));
    let session = authenticated(&mut reader, KeyNumber::Key0, &ZERO);
    let mut configuration = Configuration::new().with_random_uid_enabled();
    if version.has_tag_tamper_support() {
        configuration = configuration.with_tag_tamper_enabled(Access::Free);
    }
    let session = good(now(session.set_configuration(&mut reader, &configuration)));
    let session = good(now(session.write_file(&mut reader, File::Ndef, 0, &plan.ndef_bytes)));
    let rights = AccessRights {
        read: Access::Free,
        write: Access::NoAccess,
        read_write: Access::Key(KeyNumber::Key0),
        change: Access::Key(KeyNumber::Key0),
    };
    let update = FileSettingsUpdate::new(CommMode::Plain, rights).with_sdm(plan.sdm_settings);
    let session = good(now(session.change_file_settings(&mut reader, File::Ndef, &update)));
    let container =
        CapabilityContainer::default().with_ndef_write_access(AccessCondition::Denied).to_bytes();
    let (file, plain) = (File::CapabilityContainer, CommMode::Plain);
    let mut session =
        good(now(session.write_file_with_mode(&mut reader, file, 0, &container, plain)));
    use NonMasterKeyNumber::{Key1, Key2, Key3, Key4};
    for (no, key) in [Key1, Key2, Key3, Key4].into_iter().zip(&keys[1..]) {
        session = good(now(session.change_key(&mut reader, no, key, 0x01, &ZERO)));
    }
    let (seen, session) = good(now(session.get_file_settings(&mut reader, File::Ndef)));
    assert_eq!((seen.sdm, seen.access_rights), (Some(plan.sdm_settings), rights));
    good(now(session.change_master_key(&mut reader, &keys[0], 0x01)));
    card.reset();
}

/// The NDEF file of a tag that was just laid on a phone.
fn scan(card: &mut SoftCard) -> [u8; 256] {
    card.reset();
    let mut file = [0; 256];
    let read =
        now(Session::new().read_file_unauthenticated(&mut Reader(card), File::Ndef, 0, &mut file));
    assert_eq!(good(read), 256);
    file
}

fn address(card: &mut SoftCard) -> String {
    parse_ndef_uri(&scan(card)).unwrap().as_ref().to_owned()
}

/// What the crate says to a reading, over the file and over the address in it.
fn judged(
    plan: &SdmUrlConfig,
    file: &[u8],
    keys: &[[u8; 16]; 5],
) -> Result<SdmVerification, SdmError> {
    let verifier = Verifier::try_new(&plan.sdm_settings, CryptoMode::Aes).unwrap();
    let moved = i32::try_from(plan.prefix_len).unwrap() - i32::try_from(plan.offset).unwrap();
    let of_address = verifier.with_offset(moved).unwrap();
    let address = parse_ndef_uri(file).unwrap();
    let said = verifier.verify_with_meta_key(file, &keys[3], &keys[2]);
    let again = of_address.verify_with_meta_key(address.as_ref().as_bytes(), &keys[3], &keys[2]);
    assert_eq!(said, again);
    said
}

/// In each form that an address can have.
#[test]
fn ntag424_verifies_the_tags_that_it_made() {
    let keys = keys(&SIGNED);
    for (template, has_uid, counted) in [
        ("https://example.com/?e={picc}&c={mac}", true, true),
        ("https://example.com/?e={picc}&c=[[{mac}", true, true),
        ("https://www.example.com/[[x?e={picc:uid+ctr}&c={mac}", true, true),
        ("https://example.com/?u={uid}&n={ctr}&c={mac}", true, true),
        ("tel:{ctr}/{mac}", false, true),
        ("https://example.com/{uid}/{mac}", true, false),
        ("https://example.com/?e={picc:uid}&c={mac}", true, false),
        ("https://example.com/?e={picc:ctr}&c={mac}", false, true),
    ] {
        let plan = planned(template);
        let mut card = tag(Model::Ntag424);
        provisioned(&mut card, &plan, &keys);
        let zeros = plan.ndef_bytes.clone();
        for reading in 1..4 {
            let file = scan(&mut card);
            let seen =
                judged(&plan, &file, &keys).unwrap_or_else(|error| panic!("{template}: {error}"));
            assert_eq!(seen.uid, has_uid.then_some(SIGNED), "{template}");
            assert_eq!(seen.read_ctr, counted.then_some(reading), "{template}");
            assert_ne!(file[..zeros.len()], zeros);
            let (mut bent, last) = (file, zeros.len() - 1);
            bent[last] = if bent[last] == b'0' { b'1' } else { b'0' };
            assert_eq!(judged(&plan, &bent, &keys), Err(SdmError::MacMismatch), "{template}");
        }
        if counted {
            // Whoever has the key asks for the counter; in a session the file stands as it was written.
            let mut reader = Reader(&mut card);
            let session = authenticated(&mut reader, KeyNumber::Key0, &keys[0]);
            let (count, session) = good(now(session.get_file_counters(&mut reader, File::Ndef)));
            assert_eq!(count, 3);
            let mut file = vec![0; zeros.len()];
            let length = u32::try_from(zeros.len()).unwrap();
            good(now(session.read_file(&mut reader, File::Ndef, 0, length, &mut file)));
            assert_eq!(file, zeros);
            let session = authenticated(&mut reader, KeyNumber::Key1, &keys[1]);
            let wrong = now(session.get_file_counters(&mut reader, File::Ndef));
            assert_eq!(refused(wrong), ResponseStatus::AuthenticationError);
        }
    }
}

/// What stands in the first half of an enciphered part is what the server reads.
#[test]
fn ntag424_deciphers_what_a_tag_enciphers() {
    let keys = keys(&SIGNED);
    let mut plan =
        planned(&format!("https://example.com/[[?e={{picc}}&d=[{}]&c={{mac}}", "0".repeat(64)));
    let at = plan.ndef_bytes.windows(3).position(|part| part == b"&d=").unwrap() + 3;
    let secret = b"only the server reads these 32 b";
    plan.ndef_bytes[at..at + 32].copy_from_slice(secret);
    let mut card = tag(Model::Ntag424);
    provisioned(&mut card, &plan, &keys);
    for reading in 1..3 {
        let file = scan(&mut card);
        let seen = judged(&plan, &file, &keys).unwrap();
        assert_eq!((seen.uid, seen.read_ctr), (Some(SIGNED), Some(reading)));
        assert_eq!(seen.enc_file_data.as_deref(), Some(&secret[..]));
        assert!(!file.windows(8).any(|part| part == &secret[..8]));
    }
}

#[test]
fn ntag424_sees_in_an_address_that_the_seal_was_opened() {
    let keys = keys(&SIGNED);
    for template in [
        "https://example.com/?e={picc}&t={tt}&c={mac}".to_owned(),
        format!("https://example.com/[[?e={{picc}}&d=[{{tt}}{}]&c={{mac}}", "0".repeat(30)),
    ] {
        let plan = planned(&template);
        let mut card = tag(Model::Ntag424Tt);
        provisioned(&mut card, &plan, &keys);
        for (wire, permanent, current) in [
            (SealWire::Closed, TagTamperStatus::Close, TagTamperStatus::Close),
            (SealWire::Open, TagTamperStatus::Open, TagTamperStatus::Open),
            (SealWire::Closed, TagTamperStatus::Open, TagTamperStatus::Close),
        ] {
            card.set_wire(wire);
            let seen = judged(&plan, &scan(&mut card), &keys).unwrap().tamper_status.unwrap();
            assert_eq!((seen.permanent(), seen.current()), (permanent, current), "{template}");
        }
    }
}

/// The address of the profile, written as a template of the crate.
const TEMPLATE: &str = "https://example.com/t/00101?e={picc}&c=[[{mac}";
const IN_CLEAR: &str = "https://example.com/t/00101?e={uid}{ctr}&c=[[{mac}";

fn job(profile: &str) -> Job {
    Job::new(Profile::parse(profile).unwrap(), &KeyFile::parse(KEYS).unwrap()).unwrap()
}

fn profile_in_clear() -> String {
    PROFILE
        .replace("picc = \"picc\", ", "")
        .replace("{ mirror = \"picc\" }", "{ mirror = \"uid\" }, { mirror = \"counter\" }")
}

#[test]
fn ntag424_makes_tags_that_our_server_verifies() {
    let keys = keys(&SIGNED);
    for (profile, template) in [(PROFILE, TEMPLATE), (&profile_in_clear(), IN_CLEAR)] {
        let profile = profile.replace("[\"uid\", \"key-no\"]", RECIPE);
        assert!(profile.contains(RECIPE));
        let job = job(&profile);
        let (verifier, counters) = (Ours::new(&job).unwrap(), Memory::default());
        let mut card = tag(Model::Ntag424);
        provisioned(&mut card, &planned(template), &keys);
        let first = address(&mut card);
        for reading in 2..4 {
            let address = address(&mut card);
            let seen = verifier.verify(&address, &counters).unwrap();
            assert_eq!((seen.counter, seen.uid.expose()), (Some(reading), &SIGNED));
        }
        assert!(verifier.verify(&first, &counters).is_err(), "an old one");
        let mut other = tag(Model::Ntag424);
        provisioned(&mut other, &planned(template), &[ZERO, ZERO, keys[2], ZERO, ZERO]);
        assert!(verifier.verify(&address(&mut other), &counters).is_err(), "of other keys");
    }
}

#[test]
fn ntag424_reads_and_verifies_the_tags_that_we_made() {
    for profile in [PROFILE, &profile_in_clear()] {
        let job = job(profile);
        let records = Records::csv(job.profile(), RECORDS).unwrap();
        for (number, record) in records.entries.into_iter().map(Result::unwrap).enumerate() {
            let mut card = tag(Model::Ntag424);
            let mut encoder = Encoder::new(&job).with_rng(StdRng::seed_from_u64(7));
            let encoded = encoder.encode(card.in_field(), &record);
            assert_eq!(encoded.outcome, Outcome::Done);
            let Uid::Real(uid) = card.uid() else { panic!("a UID") };
            let made = |name: &str, no: u8| {
                diversify_aes128(&issuer_key(name), &[&uid.expose()[..], &[no]].concat())
            };
            let mut reader = Reader(&mut card);
            let view = good(now(Session::new().get_file_settings(&mut reader, File::Ndef)));
            let verifier = Verifier::try_new(&view.sdm.unwrap(), CryptoMode::Aes).unwrap();
            let (mac, picc) = (made("app3", 3), issuer_key("app2"));
            for reading in 1..3 {
                let file = scan(&mut card);
                let address = parse_ndef_uri(&file).unwrap().as_ref().to_owned();
                assert!(
                    address.starts_with(&format!("https://example.com/t/{:05}?e=", 101 + number))
                );
                let seen = verifier.verify_with_meta_key(&file, &mac, &picc).unwrap();
                assert_eq!((seen.uid, seen.read_ctr), (Some(*uid.expose()), Some(reading)));
                let wrong = verifier.verify_with_meta_key(&file, &made("app3", 4), &picc);
                assert_eq!(wrong, Err(SdmError::MacMismatch));
            }
            // With the keys that the profile says, in the modes that it says.
            let mut reader = Reader(&mut card);
            let session = authenticated(&mut reader, KeyNumber::Key0, &made("app0", 0));
            let (count, session) = good(now(session.get_file_counters(&mut reader, File::Ndef)));
            assert_eq!(count, 2);
            let (version, _) = good(now(session.get_key_version(&mut reader, KeyNumber::Key4)));
            assert_eq!(version, 1);
            let session = authenticated(&mut reader, KeyNumber::Key1, &made("app1", 1));
            let mut file = [0; 64];
            let (read, _) = good(now(session.read_file(&mut reader, File::Ndef, 0, 64, &mut file)));
            assert_eq!(read, 64);
            let text = String::from_utf8_lossy(&file[7..]).into_owned();
            assert!(text.starts_with(&format!("example.com/t/{:05}?e=00000000", 101 + number)));
        }
    }
}
