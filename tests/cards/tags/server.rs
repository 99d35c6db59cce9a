// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a server makes of addresses: parts that are enciphered, seals, versions of keys, pieces, LRP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cardwright::emulator::Model;
use cardwright::encode::{Job, Outcome};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::{CardKey, IssuerKey, KeyError, Operations, Purpose};
use cardwright::keys::{KeyFile, ReceiptKey, Store};
use cardwright::profile::Profile;
use cardwright::sdm::{Memory, Pieces, Reason, Verifier, VerifierError, VerifyError};
use cardwright::wire::{KeyType, KeyVersion, TtState, TtStatus};

use super::{PROFILE, address, job, records, refused};
use crate::common;

const MIRRORS: &str = "\"?e=\", { mirror = \"picc\" }, \"&c=\", { mirror = \"mac\" },";
/// Nine bytes, and seven that fill them up.
const ENCIPHERED: &str = "\"?e=\", { mirror = \"picc\" }, \"&d=\", { mirror = \"from\" }, \
    { mirror = \"enciphered\", parts = [{ digits = \"batch\", count = 5, form = \"ascii\" }, \
    { constant = \"ascii:-abc\" }] }, \"&c=\", { mirror = \"mac\" },";

fn with(mirrors: &str) -> String {
    assert!(PROFILE.contains(MIRRORS));
    PROFILE.replace(MIRRORS, mirrors)
}

fn uid(card: &cardwright::emulator::SoftCard) -> RealUid {
    let Uid::Real(uid) = card.uid() else { panic!("a UID") };
    uid
}

fn wrong(verifier: &Verifier<'_>, address: &str) -> Reason {
    refused(&verifier.verify(address, &Memory::default()).unwrap_err())
}

#[test]
fn what_a_tag_shows_enciphered_the_server_reads() {
    let job = job(&with(ENCIPHERED));
    let record = &records(&job)[0];
    let mut card = super::made(&job, 1, record);
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let mut former = String::new();
    for reading in 1..3 {
        let given = address(&mut card);
        let (_, rest) = given.split_once("&d=").unwrap();
        let (shown, mac) = rest.split_once("&c=").unwrap();
        assert_eq!((shown.len(), mac.len()), (32, 16));
        assert_ne!(shown, former, "another one at each reading");
        former = shown.to_owned();
        let seen = verifier.verify(&given.to_ascii_lowercase(), &counters).unwrap();
        assert_eq!(seen.counter, Some(reading));
        assert_eq!(seen.enciphered.as_ref().unwrap().expose_secret(), b"00101-abc");
        assert!(!format!("{seen:?}").contains("00101"), "{seen:?}");
        assert_eq!(seen.seal, None);
    }
    let given = address(&mut card);
    let begins = given.find("&d=").unwrap() + 3;
    for at in begins..begins + 32 {
        let mut bent = given.clone().into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        assert_eq!(wrong(&verifier, &String::from_utf8(bent).unwrap()), Reason::Mac, "{at}");
    }
    // The random bytes of the PICC data are before what the MAC goes over.
    let example = verifier.example(record, (&uid(&card), 3), [7; 16]).unwrap();
    assert_eq!(given.split_at(begins).1, example.split_at(begins).1);
}

#[test]
fn what_is_enciphered_fills_whole_blocks() {
    for (count, digits) in [(1, 32), (16, 32), (17, 64), (33, 96)] {
        let text = "x".repeat(count);
        let parts = format!("{{ constant = \"ascii:{text}\" }}");
        let mirrors = format!(
            "\"?e=\", {{ mirror = \"picc\" }}, \"&d=\", {{ mirror = \"from\" }}, {{ mirror = \"enciphered\", parts \
             = [{parts}] }}, \"&c=\", {{ mirror = \"mac\" }},"
        );
        let job = job(&with(&mirrors));
        let mut card = super::made(&job, 1, &records(&job)[0]);
        let given = address(&mut card);
        let (_, rest) = given.split_once("&d=").unwrap();
        assert_eq!(rest.find("&c="), Some(digits));
        let seen = Verifier::new(&job).unwrap().verify(&given, &Memory::default()).unwrap();
        assert_eq!(seen.enciphered.unwrap().expose_secret(), text.as_bytes());
    }
}

/// Each with what it says.
#[test]
fn what_no_tag_could_encipher_is_a_mistake() {
    let cases = [
        (ENCIPHERED.replace("{ mirror = \"from\" },", ""), "the MAC does not go over"),
        (ENCIPHERED.replace("{ mirror = \"picc\" }", "{ mirror = \"uid\" }"), "are not both shown"),
        (ENCIPHERED.replace(", parts = ", ", part = "), "parts"),
    ];
    for (mirrors, said) in cases {
        let mut profile = with(&mirrors);
        if mirrors.contains("\"uid\"") {
            profile = profile.replace("picc = \"picc\", mac", "mac");
        }
        let error = Profile::parse(&profile).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let unsigned = with(ENCIPHERED)
        .replace("mac = \"mac\", counter", "counter")
        .replace("\"&c=\", { mirror = \"mac\" },", "");
    let error = Profile::parse(&unsigned).unwrap_err().to_string();
    assert!(error.contains("no key for them"), "{error}");
}

fn tamper(mirrors: &str) -> Job {
    job(&with(mirrors).replace("chips = [\"ntag424\"]", "chips = [\"ntag424tt\"]"))
}

/// In clear under the MAC, and among what is enciphered. The tags of the profile do not look at their wires.
#[test]
fn a_server_is_told_of_the_seal() {
    let shown = "\"?e=\", { mirror = \"picc\" }, \"&t=\", { mirror = \"from\" }, { mirror = \"seal\" }, \"&c=\", \
                 { mirror = \"mac\" },";
    let inside = ENCIPHERED.replace("{ constant = \"ascii:-abc\" }", "{ mirror = \"seal\" }");
    for (mirrors, letters) in [(shown, Some("II")), (&inside, None)] {
        let job = tamper(mirrors);
        let record = &records(&job)[0];
        let mut card = common::card(Model::Ntag424Tt, 1);
        let (encoded, _) = common::encode(&mut common::encoder(&job), &mut card, record);
        assert_eq!(encoded.outcome, Outcome::Done);
        let verifier = Verifier::new(&job).unwrap();
        let given = address(&mut card);
        let seen = verifier.verify(&given, &Memory::default()).unwrap();
        let nothing = TtStatus { permanent: TtState::Invalid, current: TtState::Invalid };
        assert_eq!(seen.seal, Some(nothing));
        if let Some(letters) = letters {
            let (whole, open) = (format!("&t={letters}&"), "&t=CC&");
            assert!(given.contains(&whole));
            assert_eq!(wrong(&verifier, &given.replace(&whole, open)), Reason::Mac);
        } else {
            assert_eq!(seen.enciphered.unwrap().expose_secret(), b"00101II");
        }
        let example = verifier.example(record, (&uid(&card), 9), [7; 16]).unwrap();
        let seen = verifier.verify(&example, &Memory::default()).unwrap();
        let closed = TtStatus { permanent: TtState::Closed, current: TtState::Closed };
        assert_eq!(seen.seal, Some(closed));
    }
    let open =
        "{ mirror = \"seal\" }, \"?e=\", { mirror = \"picc\" }, \"&c=\", { mirror = \"mac\" },";
    assert_eq!(Verifier::new(&tamper(open)).unwrap_err(), VerifierError::OpenSeal);
}

/// Tags of both versions of all keys are about; the address tells which one a tag has.
#[test]
fn two_versions_of_a_key_are_taken_while_keys_are_changed() {
    let before =
        with(&format!("\"?v=\", {{ mirror = \"version\" }}, {}", MIRRORS.replace('?', "&")));
    let after = before.replace("version = 1", "version = 2, former = 1");
    let [before, after] = [job(&before), job(&after)];
    let record = &records(&before)[0];
    let [mut old, mut new] = [super::made(&before, 1, record), super::made(&after, 2, record)];
    let verifier = Verifier::new(&after).unwrap();
    let counters = Memory::default();
    for (card, version) in [(&mut old, 1), (&mut new, 2)] {
        let given = address(card);
        assert!(given.contains(&format!("?v=0{version}&")), "{given}");
        let seen = verifier.verify(&given, &counters).unwrap();
        assert_eq!((seen.version, seen.uid), (Some(KeyVersion(version)), uid(card)));
        let other = given.replace(&format!("?v=0{version}"), &format!("?v=0{}", 3 - version));
        assert_eq!(wrong(&verifier, &other), Reason::Mac);
        for unknown in ["00", "03", "FF"] {
            let other = given.replace(&format!("?v=0{version}"), &format!("?v={unknown}"));
            assert_eq!(wrong(&verifier, &other), Reason::Version);
        }
    }
    assert_eq!(wrong(&Verifier::new(&before).unwrap(), &address(&mut new)), Reason::Version);
    // A former key that everybody would try makes addresses as well as the own one.
    let keys = common::KEYS.replace("171B382603F607469265B2B78578E765", &"00".repeat(16));
    let public = Job::new(after.profile().clone(), &KeyFile::parse(&keys).unwrap()).unwrap();
    assert_eq!(Verifier::new(&public).unwrap_err(), VerifierError::PublicKey);
}

/// What a program hands on that has taken the address apart.
#[test]
fn pieces_are_as_good_as_the_whole() {
    let job = job(&with(ENCIPHERED));
    let mut card = super::made(&job, 1, &records(&job)[0]);
    let verifier = Verifier::new(&job).unwrap();
    let given = address(&mut card);
    let (_, rest) = given.split_once("?e=").unwrap();
    let (picc, rest) = rest.split_once("&d=").unwrap();
    let (shown, mac) = rest.split_once("&c=").unwrap();
    let between = format!("{shown}&c=");
    let pieces = Pieces { picc: Some(picc), between: &between, mac, ..Pieces::default() };
    let counters = Memory::default();
    let seen = verifier.verify_pieces(&pieces, &counters).unwrap();
    assert_eq!(
        (seen.counter, seen.enciphered.unwrap().expose_secret().as_slice()),
        (Some(1), &b"00101-abc"[..])
    );
    let again = verifier.verify(&given, &counters).unwrap_err();
    assert_eq!(refused(&again), Reason::Counter);
    let small = [picc, &*between, mac].map(str::to_ascii_lowercase);
    let small =
        Pieces { picc: Some(&small[0]), between: &small[1], mac: &small[2], ..Pieces::default() };
    assert!(verifier.verify_pieces(&small, &Memory::default()).is_ok());
    // What the profile itself has under the MAC is no piece.
    let alone = Pieces { between: "", enciphered: Some(shown), ..pieces };
    assert!(verifier.verify_pieces(&alone, &Memory::default()).is_ok());
    assert_eq!(verifier.accepts(&alone), Ok(()));
    let of = |pieces: &Pieces<'_>| {
        refused(&verifier.verify_pieces(pieces, &Memory::default()).unwrap_err())
    };
    let missing = [
        Pieces { picc: None, ..pieces },
        Pieces { between: between.split_at(1).1, ..pieces },
        Pieces { mac: mac.split_at(1).1, ..pieces },
        Pieces { uid: Some("04DE5F1EACC001"), ..pieces },
        Pieces::default(),
    ];
    for pieces in missing {
        assert_eq!(of(&pieces), Reason::Form, "{pieces:?}");
    }
    let others = "0".repeat(32);
    assert_eq!(of(&Pieces { enciphered: Some(&others), ..pieces }), Reason::Mac);
    assert_eq!(of(&Pieces { picc: Some(&others), ..pieces }), Reason::Mac);
    // With nothing but the pieces under the MAC, and in clear.
    let clear = "\"?u=\", { mirror = \"from\" }, { mirror = \"uid\" }, { mirror = \"counter\" }, { mirror = \"mac\" },";
    let clear = self::job(&with(clear).replace("picc = \"picc\", mac", "mac"));
    let mut card = super::made(&clear, 1, &records(&clear)[0]);
    let given = address(&mut card);
    let (_, rest) = given.split_once("?u=").unwrap();
    let (shown, rest) = rest.split_at(14);
    let (counter, mac) = rest.split_at(6);
    let pieces = Pieces { uid: Some(shown), counter: Some(counter), mac, ..Pieces::default() };
    let verifier = Verifier::new(&clear).unwrap();
    let seen = verifier.verify_pieces(&pieces, &Memory::default()).unwrap();
    assert_eq!((seen.counter, seen.uid), (Some(1), uid(&card)));
    assert!(
        verifier.verify_pieces(&Pieces { counter: None, ..pieces }, &Memory::default()).is_err()
    );
}

/// Who hands them on is told what is wrong with their form, and nothing of what they say.
#[test]
fn pieces_of_another_form_are_told_by_name() {
    let verifier_of = |mirrors: &str| job(&with(mirrors));
    let job = verifier_of(ENCIPHERED);
    let verifier = Verifier::new(&job).unwrap();
    let (picc, short) = ("0".repeat(32), "0".repeat(31));
    let good = Pieces {
        picc: Some(&picc),
        enciphered: Some(&picc),
        mac: "94EED9EE65337086",
        ..Pieces::default()
    };
    let said = |pieces: Pieces<'_>| match verifier.accepts(&pieces) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(said(good), "");
    for (pieces, wanted) in [
        (
            Pieces { picc: None, ..good },
            "picc is missing: the addresses of the profile have 32 characters of it",
        ),
        (
            Pieces { mac: "", ..good },
            "mac is missing: the addresses of the profile have 16 characters of it",
        ),
        (
            Pieces { picc: Some(&short), ..good },
            "picc has 31 characters, and a tag of the profile writes 32",
        ),
        (Pieces { mac: "94EED9EE6533708é", ..good }, "mac: character 16 is no hexadecimal digit"),
        (
            Pieces { seal: Some("CC"), ..good },
            "seal: the addresses of the profile have none: leave it out",
        ),
        (
            Pieces { between: "0", ..good },
            "between has 1 characters, and a tag of the profile writes 35",
        ),
    ] {
        assert_eq!(said(pieces), wanted);
    }
    let lrp = self::job(&with(ENCIPHERED).replace("sdm = { ", "sdm = { suite = \"lrp\", "));
    let error = Verifier::new(&lrp).unwrap().accepts(&good).unwrap_err().to_string();
    assert_eq!(error, "picc has 32 characters, and a tag of the profile writes 48");
    // A field of the record under the MAC only the address tells.
    let field = "\"?e=\", { mirror = \"picc\" }, { mirror = \"from\" }, \"&b=\", { digits = \"batch\", count = 5, \
                 form = \"ascii\" }, \"&c=\", { mirror = \"mac\" },";
    let job = verifier_of(field);
    let verifier = Verifier::new(&job).unwrap();
    let pieces = Pieces { enciphered: None, ..good };
    assert_eq!(
        verifier.accepts(&pieces).unwrap_err().to_string(),
        "between is missing: the MAC goes over parts of the record too; give all 11 characters that stand between \
         { mirror = \"from\" } and the MAC"
    );
    assert_eq!(verifier.accepts(&Pieces { between: "&b=00101&c=", ..pieces }), Ok(()));
}

/// The profile's own text may have signs with `%`, and programs on the way may write those so again.
#[test]
fn a_text_with_percent_signs_stays_where_it_is() {
    let job = job(&PROFILE.replace("example.com/t/", "example.com/a%20b%3F/"));
    let mut card = super::made(&job, 1, &records(&job)[0]);
    let verifier = Verifier::new(&job).unwrap();
    let given = address(&mut card);
    assert!(verifier.verify(&given, &Memory::default()).is_ok());
    let again = given.replace('%', "%25").replace("?e=", "%3fe%3D");
    assert!(verifier.verify(&again, &Memory::default()).is_ok(), "{again}");
}

/// Published messages hold the reckoning; this holds where it stands.
#[test]
fn addresses_in_lrp_are_verified() {
    let profile = with(ENCIPHERED).replace("sdm = { ", "sdm = { suite = \"lrp\", ");
    let (lrp, aes) = (job(&profile), job(&with(ENCIPHERED)));
    let record = &records(&lrp)[0];
    let (verifier, counters) = (Verifier::new(&lrp).unwrap(), Memory::default());
    let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
    let given = verifier.example(record, (&uid, 0x0001_0203), [7; 16]).unwrap();
    let (_, rest) = given.split_once("?e=").unwrap();
    assert_eq!(rest.find("&d="), Some(48));
    assert!(rest.starts_with("0707070707070707"), "the random bytes stand in front");
    let seen = verifier.verify(&given.to_ascii_lowercase(), &counters).unwrap();
    assert_eq!((seen.counter, &seen.uid), (Some(0x0001_0203), &uid));
    assert_eq!(seen.enciphered.unwrap().expose_secret(), b"00101-abc");
    assert_eq!(refused(&verifier.verify(&given, &counters).unwrap_err()), Reason::Counter);
    let begins = given.len() - rest.len();
    for at in (begins..begins + 48).chain(begins + 51..begins + 83).chain(begins + 86..given.len())
    {
        let mut bent = given.clone().into_bytes();
        bent[at] = if bent[at] == b'0' { b'1' } else { b'0' };
        assert_eq!(wrong(&verifier, &String::from_utf8(bent).unwrap()), Reason::Mac, "{at}");
    }
    let other = Verifier::new(&aes).unwrap();
    assert_eq!(wrong(&other, &given), Reason::Form);
    let given = other.example(record, (&uid, 3), [7; 16]).unwrap();
    assert_eq!(wrong(&verifier, &given), Reason::Form);
}

/// A store whose keys cannot be had at first.
#[derive(Debug)]
struct Late(KeyFile, Arc<AtomicBool>);

#[derive(Debug)]
struct LateKey(Arc<dyn IssuerKey>, Arc<AtomicBool>);

impl Store for Late {
    fn purpose(&self) -> Purpose {
        self.0.purpose()
    }

    fn tenant(&self) -> Option<&str> {
        self.0.tenant()
    }

    fn issuer(&self, name: &str, version: KeyVersion) -> Result<Arc<dyn IssuerKey>, KeyError> {
        Ok(Arc::new(LateKey(self.0.issuer(name, version)?, Arc::clone(&self.1))))
    }

    fn receipt_key(&self) -> Result<ReceiptKey, KeyError> {
        Ok(self.0.receipt_key().clone())
    }
}

impl LateKey {
    fn here(&self) -> Result<&dyn IssuerKey, KeyError> {
        if self.1.load(Ordering::SeqCst) { Ok(&*self.0) } else { Err(KeyError::Away) }
    }
}

impl IssuerKey for LateKey {
    fn key_type(&self) -> KeyType {
        self.0.key_type()
    }

    fn purpose(&self) -> Purpose {
        self.0.purpose()
    }

    fn can(&self) -> Operations {
        self.0.can()
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        self.here()?.cmac(message, mac)
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        self.here()?.cbc(iv, data)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        self.here()?.ecb(data)
    }

    fn itself(&self) -> Result<CardKey, KeyError> {
        self.here()?.itself()
    }
}

/// Whether everybody would try a key is asked when it is first had.
#[test]
fn a_key_that_comes_late_is_asked_whether_it_is_public() {
    let diversified =
        ", diversify = { scheme = \"an10922\", input = [\"uid\", \"key-no\"] } }\nspare";
    assert!(PROFILE.contains(diversified));
    let profile = Profile::parse(&PROFILE.replace(diversified, " }\nspare")).unwrap();
    for (bytes, public) in [("171B382603F607469265B2B78578E765", false), (&*"00".repeat(16), true)]
    {
        let keys = common::KEYS.replace("171B382603F607469265B2B78578E765", bytes);
        let here = Arc::new(AtomicBool::new(false));
        let store = Late(KeyFile::parse(&keys).unwrap(), Arc::clone(&here));
        let job = Job::new(profile.clone(), &store).unwrap();
        let verifier = Verifier::new(&job).unwrap();
        let zeros =
            "https://example.com/t/00101?e=00000000000000000000000000000000&c=0000000000000000";
        let error = verifier.verify(zeros, &Memory::default()).unwrap_err();
        assert!(matches!(error, VerifyError::Key(_)), "{error}");
        here.store(true, Ordering::SeqCst);
        let uid = RealUid::new([4; 7]);
        let record = &records(&job)[0];
        let given = verifier.example(record, (&uid, 3), [7; 16]).unwrap();
        let seen = verifier.verify(&given, &Memory::default());
        match public {
            true => assert_eq!(seen.unwrap_err(), VerifyError::PublicKey),
            false => assert_eq!(seen.unwrap().uid, uid),
        }
    }
}
