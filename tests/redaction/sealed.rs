// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encrypted key files: neither what opens them nor what is in them shows, opened or not, whole or damaged.

use std::io::Write as _;

use age::secrecy::SecretString;
use age::{Encryptor, scrypt, x25519};
use cardwright::emulator::Model;
use cardwright::encode::{Job, Outcome};
use cardwright::keys::Store;
use cardwright::keys::sealed::{Opener, Sealed, SealedError, Sealer};

use super::canary::Canaries;
use super::log::Log;
use super::observed::observed;
use super::world::{self, HOLDER, PICC, card, key_file, profile, records};

const PASSPHRASE: &str = "zyzzyva 83 quokka lanternfish";
/// An identity of age's own tests, and another one.
const IDENTITY: &str = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
const OTHER: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
/// So that a try takes a few KiB.
const WORK: u8 = 2;

/// Everything of the world's, and what opens its key file.
fn canaries() -> Canaries {
    let mut canaries = world::canaries();
    canaries.text("the passphrase", PASSPHRASE);
    for word in ["zyzzyva 83 q", "quokka lant", "lanternfish"] {
        canaries.text("a part of the passphrase", word);
    }
    for identity in [IDENTITY, OTHER] {
        let (digits, _checksum) = identity.strip_prefix("AGE-SECRET-KEY-1").unwrap().split_at(52);
        for part in digits.as_bytes().chunks(13) {
            canaries.text("an identity", str::from_utf8(part).unwrap());
        }
        canaries.bytes("the key of an identity", &scalar(digits));
    }
    canaries
}

/// The bytes that the digits of an identity stand for (BIP 173).
fn scalar(digits: &str) -> Vec<u8> {
    const ALPHABET: &str = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let bits = |digit: char| format!("{:05b}", ALPHABET.find(digit).unwrap());
    let bits: String = digits.chars().map(bits).collect();
    let bytes = bits.as_bytes().chunks_exact(8);
    bytes.map(|byte| u8::from_str_radix(str::from_utf8(byte).unwrap(), 2).unwrap()).collect()
}

fn under_passphrase() -> Sealer {
    Sealer::passphrase(PASSPHRASE).unwrap().with_work(WORK).unwrap()
}

fn recipient(identity: &str) -> String {
    identity.parse::<x25519::Identity>().unwrap().to_public().to_string()
}

/// A text that is no key file, which a [`Sealer`] does not take.
fn encrypted(text: &str) -> Vec<u8> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(PASSPHRASE.to_owned()));
    recipient.set_work_factor(WORK);
    let to = [&recipient as &dyn age::Recipient];
    let mut writer =
        Encryptor::with_recipients(to.into_iter()).unwrap().wrap_output(Vec::new()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

fn openers() -> [Opener; 2] {
    [Opener::passphrase(PASSPHRASE).unwrap(), Opener::identities(IDENTITY).unwrap()]
}

#[test]
fn the_key_of_an_identity_is_looked_for() {
    assert_eq!(scalar("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L").len(), 20);
    let digits = IDENTITY.strip_prefix("AGE-SECRET-KEY-1").unwrap().split_at(52).0;
    // 52 digits are 260 bits.
    assert_eq!(scalar(digits).len(), 32);
    let planted = format!("{:?}", scalar(digits));
    assert_eq!(canaries().found_in(&planted), Some("the key of an identity"));
    for planted in [IDENTITY.split_at(30).1, PASSPHRASE.split_at(12).0] {
        assert!(canaries().found_in(planted).is_some(), "{planted}");
    }
}

/// Cards that are made with its keys, and everything on the way to them.
#[test]
fn cards_made_with_an_encrypted_key_file_show_nothing() {
    let canaries = canaries();
    let recipients = Sealer::recipients(&[recipient(IDENTITY)]).unwrap();
    for (sealer, opener) in [under_passphrase(), recipients.armored()].iter().zip(openers()) {
        canaries.absent_from_debug("a sealer", sealer);
        canaries.absent_from_debug("an opener", &opener);
        let mut bytes = Vec::new();
        let mut keys = None;
        let log = Log::of(|| {
            bytes = sealer.seal(&key_file()).unwrap();
            let sealed = Sealed::read(&bytes).unwrap();
            canaries.absent_from_debug("an encrypted key file", &sealed);
            keys = Some(sealed.key_file(&opener).unwrap());
        });
        canaries.absent_from("a log", &log);
        canaries.absent_from("the file itself", &String::from_utf8_lossy(&bytes));
        let keys = keys.unwrap();
        canaries.absent_from_debug("its keys", &keys);
        canaries.absent_from_debug("its receipt key", &Store::receipt_key(&keys).unwrap());
        for (name, version) in Store::names(&keys) {
            canaries.absent_from_debug("one of its keys", &keys.issuer(&name, version).unwrap());
        }
        let job = Job::new(profile(), &keys).unwrap();
        canaries.absent_from_debug("a job", &job);
        let mut card = card(Model::Ev2_8k);
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, &job, uid, &mut card, &records(&job)[0]);
            assert_eq!(encoded.outcome, outcome);
        }
    }
}

/// What is wrong, told, with what opened it or was to open it at the very place.
#[test]
fn a_file_that_does_not_open_quotes_nothing() {
    let canaries = canaries();
    let [passphrase, identity] = openers();
    let by_passphrase = under_passphrase().seal(&key_file()).unwrap();
    let to = Sealer::recipients(&[recipient(IDENTITY)]).unwrap();
    let for_one = to.seal(&key_file()).unwrap();
    let mut armored = to.armored().seal(&key_file()).unwrap();
    // It is whole without its last line end.
    armored.truncate(armored.trim_ascii_end().len());
    let wrong = Opener::passphrase(&PASSPHRASE.to_uppercase()).unwrap();
    let other = Opener::identities(OTHER).unwrap();
    let little = Opener::passphrase(PASSPHRASE).unwrap().with_most_work(1);
    let refused = |what: &str, bytes: &[u8], opener: &Opener| {
        let opened = Sealed::read(bytes).and_then(|sealed| sealed.key_file(opener));
        let error = opened.map(drop).expect_err(what);
        canaries.absent_from_error(what, &error);
        error
    };
    for (what, bytes, opener) in [
        ("a wrong passphrase", &by_passphrase, &wrong),
        ("too much work", &by_passphrase, &little),
        ("an identity for a passphrase", &by_passphrase, &identity),
        ("another identity", &for_one, &other),
        ("a passphrase for an identity", &for_one, &passphrase),
        ("the key file itself", &key_file().into_bytes(), &passphrase),
        ("the passphrase itself", &PASSPHRASE.as_bytes().to_vec(), &passphrase),
    ] {
        refused(what, bytes, opener);
    }
    let mut damaged = 0;
    for (bytes, opener) in
        [(&by_passphrase, &passphrase), (&for_one, &identity), (&armored, &identity)]
    {
        for at in (0..bytes.len()).step_by(7) {
            refused("a file that is cut off", &bytes[..at], opener);
            let mut changed = bytes.clone();
            changed[at] ^= 0x01;
            refused("a changed file", &changed, opener);
            damaged += 1;
        }
    }
    assert!(damaged > 200, "{damaged}");
}

#[test]
fn a_mistake_within_an_encrypted_key_file_quotes_nothing() {
    let canaries = canaries();
    let [opener, _] = openers();
    let key = hex::encode_upper(PICC);
    let value = format!("value = \"{key}\"");
    for new in [
        format!("value = {key}"),
        format!("value = \"{key}00\""),
        format!("value = \"x{}\"", key.split_at(1).1),
        format!("{value}\n{key} = 1"),
        format!("{value}\n{PASSPHRASE} = \"{IDENTITY}\""),
        format!("value = \"{IDENTITY}\""),
    ] {
        let text = key_file().replacen(&value, &new, 1);
        assert_ne!(text, key_file());
        let error = under_passphrase().seal(&text).expect_err(&new);
        canaries.absent_from_error("a key file that is not encrypted", &error);
        let bytes = encrypted(&text);
        let error = Sealed::read(&bytes).unwrap().key_file(&opener).map(drop).expect_err(&new);
        assert!(matches!(error, SealedError::KeyFile(_)), "{error:?}");
        canaries.absent_from_error("a mistake within an encrypted key file", &error);
    }
}

#[test]
fn what_is_no_identity_and_no_recipient_is_not_quoted() {
    let canaries = canaries();
    let changed = IDENTITY.replace("LM0", "LM2");
    for text in [
        PASSPHRASE.to_owned(),
        changed.clone(),
        format!("{OTHER}\n{IDENTITY} {PASSPHRASE}\n"),
        format!("# {PASSPHRASE}\n{IDENTITY}{OTHER}\n"),
        format!("# {IDENTITY}\n"),
        key_file(),
        HOLDER.to_owned(),
    ] {
        let error = Opener::identities(&text).map(drop).expect_err(&text);
        canaries.absent_from_error("no identity", &error);
        let error = Sealer::recipients(&[&text]).map(drop).expect_err(&text);
        canaries.absent_from_error("no recipient", &error);
    }
    for identity in [IDENTITY, &changed] {
        let recipients = Sealer::recipients(&[recipient(OTHER).as_str(), identity]);
        canaries
            .absent_from_error("an identity for a recipient", &recipients.map(drop).unwrap_err());
    }
}
