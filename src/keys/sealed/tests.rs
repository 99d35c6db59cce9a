// SPDX-License-Identifier: MIT OR Apache-2.0
//! Age files: other people's, and key files in them.

use age::secrecy::ExposeSecret;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::*;
use crate::keys::{Purpose, Store};

const KEYS: &str = include_str!("../../../examples/data/test-keys.toml");
const PASSPHRASE: &str = "invented for tests";
/// So that a try takes a few KiB.
const WORK: u8 = 2;

fn by_passphrase() -> Vec<u8> {
    Sealer::passphrase(PASSPHRASE).unwrap().with_work(WORK).unwrap().seal(KEYS).unwrap()
}

fn opener() -> Opener {
    Opener::passphrase(PASSPHRASE).unwrap()
}

/// An identity, and whoever encrypts for it.
fn pair() -> (String, String) {
    let identity = age::x25519::Identity::generate();
    (identity.to_string().expose_secret().to_owned(), identity.to_public().to_string())
}

#[test]
fn published_age_files_open_or_say_why_not() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/age.json")).unwrap();
    let vectors = vectors["age"].as_array().unwrap();
    assert!(vectors.len() > 60);
    let mut wrong = Vec::new();
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let file = hex::decode(vector["file"].as_str().unwrap()).unwrap();
        let first = |kind: &str| vector[kind][0].as_str();
        let opener = match (first("passphrase"), vector["identity"].as_array()) {
            (Some(passphrase), _) => Opener::passphrase(passphrase).unwrap(),
            (None, Some(lines)) => {
                let lines: Vec<_> = lines.iter().map(|line| line.as_str().unwrap()).collect();
                Opener::identities(&lines.join("\n")).unwrap()
            }
            // Of those that nobody opens.
            (None, None) => opener(),
        };
        let opened = Sealed::read(&file).and_then(|sealed| sealed.opened(&opener));
        let none =
            [SealedError::NoIdentityFits, SealedError::WrongPassphrase, SealedError::TakesIdentity];
        let as_expected = match (vector["expect"].as_str().unwrap(), &opened) {
            ("success", Ok(text)) => {
                hex::encode_upper(Sha256::digest(&**text)) == vector["sha256"].as_str().unwrap()
            }
            ("no match", Err(error)) => none.contains(error),
            // The crate takes a stanza without its empty body; the MAC is over what is there.
            (_, opened) if name == "stanza_missing_body" => opened.is_ok(),
            (_, Err(error)) if name == "version_unsupported" => *error == SealedError::Unknown,
            (expected, opened) => opened.is_err() && expected != "success",
        };
        if !as_expected {
            wrong.push((name, opened.map(drop)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_key_file_comes_back_by_passphrase_and_by_identity() {
    let sealed = by_passphrase();
    let sealed = Sealed::read(&sealed).unwrap();
    assert_eq!((sealed.takes(), sealed.is_armored()), (Takes::Passphrase, false));
    assert_eq!(*sealed.text(&opener()).unwrap(), KEYS);
    let keys = sealed.key_file(&opener()).unwrap();
    assert_eq!(keys.purpose(), Purpose::Test);
    assert!(keys.names().all(|(name, version)| keys.issuer(name, version).is_ok()));

    let (one, other, nobodys) = (pair(), pair(), pair());
    let sealer = Sealer::recipients(&[&one.1, &other.1]).unwrap().armored();
    let sealed = sealer.seal(KEYS).unwrap();
    let sealed = Sealed::read(&sealed).unwrap();
    assert_eq!((sealed.takes(), sealed.is_armored()), (Takes::Identity, true));
    let file = format!("# created: today\n{}\n\n{}\n", nobodys.0, other.0);
    assert!(Opener::is_identity_file(&file) && !Opener::is_identity_file(PASSPHRASE));
    for text in [&one.0, &file] {
        assert_eq!(*sealed.text(&Opener::identities(text).unwrap()).unwrap(), KEYS);
    }
    let refused = sealed.text(&Opener::identities(&nobodys.0).unwrap());
    assert_eq!(refused.unwrap_err(), SealedError::NoIdentityFits);
    assert_eq!(sealed.text(&opener()).unwrap_err(), SealedError::TakesIdentity);
}

/// Each is told in one line.
#[test]
fn what_does_not_open_says_why() {
    let sealed = by_passphrase();
    let text = |bytes: &[u8], opener: &Opener| {
        let error = Sealed::read(bytes).and_then(|sealed| sealed.text(opener)).unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
        error
    };
    let wrong = Opener::passphrase("another").unwrap();
    assert_eq!(text(&sealed, &wrong), SealedError::WrongPassphrase);
    let identity = Opener::identities(&pair().0).unwrap();
    assert_eq!(text(&sealed, &identity), SealedError::TakesPassphrase);
    assert_eq!(text(KEYS.as_bytes(), &opener()), SealedError::NoAge);
    assert_eq!(text(b"age-encryption.org/v9\n", &opener()), SealedError::CutOff);
    let end = sealed.len();
    let allowed = opener().with_most_work(WORK);
    for at in (1..end).step_by(41) {
        let error = text(&sealed[..end - at], &allowed);
        assert!(
            matches!(
                error,
                SealedError::NoAge
                    | SealedError::CutOff
                    | SealedError::Changed
                    | SealedError::Unknown
            ),
            "{at}: {error:?}"
        );
    }
    for at in (0..200).chain((200..end).step_by(97)) {
        let mut bent = sealed.clone();
        bent[at] ^= 1;
        text(&bent, &allowed);
    }
    let large = [&sealed[..], &vec![0; 1 << 24]].concat();
    assert_eq!(text(&large, &opener()), SealedError::TooLarge);
    let hard = Sealer::passphrase(PASSPHRASE).unwrap().with_work(4).unwrap().seal(KEYS).unwrap();
    let asked = SealedError::TooMuchWork { asked: 4, most: 3 };
    assert_eq!(text(&hard, &opener().with_most_work(3)), asked);
}

/// A header that asks for all the memory there is costs nothing.
#[test]
fn a_high_work_factor_is_refused_before_any_work() {
    let file = "age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ 63\n\
                gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n\
                --- IOXiQYStkoT1mvZW2tFOqZdhRVvj58egABx/sWfZQbc\n0123456789abcdef0123456789abcdef";
    let refused = Sealed::read(file.as_bytes()).unwrap().text(&opener()).unwrap_err();
    assert_eq!(refused, SealedError::TooMuchWork { asked: 63, most: Opener::MOST_WORK });
}

#[test]
fn what_is_inside_has_to_be_a_key_file() {
    let sealer = Sealer::passphrase(PASSPHRASE).unwrap().with_work(WORK).unwrap();
    let broken = KEYS.replacen("\"test\"", "\"prod\"", 1);
    assert!(matches!(sealer.seal(&broken), Err(SealedError::KeyFile(_))));
    let sealed = sealer.sealed(broken.as_bytes()).unwrap();
    let error = Sealed::read(&sealed).unwrap().key_file(&opener()).unwrap_err();
    assert!(error.to_string().starts_with("the key file in it: line "), "{error}");
    let sealed = sealer.sealed(&[0xC0, 0xFF, 0xEE]).unwrap();
    let error = Sealed::read(&sealed).unwrap().key_file(&opener()).unwrap_err();
    assert_eq!(error, SealedError::NoText);
}

#[test]
fn what_opens_or_encrypts_has_to_be_there() {
    assert_eq!(Opener::passphrase("").unwrap_err(), SealedError::NoPassphrase);
    assert_eq!(Sealer::passphrase("").unwrap_err(), SealedError::NoPassphrase);
    assert_eq!(Opener::identities("# none\n").unwrap_err(), SealedError::NoIdentity);
    let text = format!("{}\nAGE-SECRET-KEY-1QQ\n", pair().0);
    assert_eq!(Opener::identities(&text).unwrap_err(), SealedError::Identity { line: 2 });
    assert_eq!(Sealer::recipients::<&str>(&[]).unwrap_err(), SealedError::NoRecipient);
    let error = Sealer::recipients(&[&*pair().1, "age1qq"]).unwrap_err();
    assert_eq!(error, SealedError::Recipient { number: 2 });
    for work in [0, Opener::MOST_WORK + 1, 64] {
        let error = Sealer::passphrase(PASSPHRASE).unwrap().with_work(work).unwrap_err();
        assert_eq!(error, SealedError::Work { most: Opener::MOST_WORK });
    }
}

#[test]
fn debug_shows_no_secret() {
    let (identity, recipient) = pair();
    let sealed = by_passphrase();
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        opener(),
        Opener::identities(&identity).unwrap(),
        Sealer::passphrase(PASSPHRASE).unwrap(),
        Sealer::recipients(&[recipient]).unwrap(),
        Sealed::read(&sealed).unwrap(),
    );
    assert!(!shown.contains(PASSPHRASE) && !shown.contains(identity.get(..24).unwrap()), "{shown}");
}
