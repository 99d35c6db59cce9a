// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in key blocks, out of encrypted key files and into them.

use cardwright::keys::sealed::{Opener, Sealed};
use cardwright::keys::{KeyBlock, ProtectionKey};

use super::*;

const PASSPHRASE: &str = "Zanzibar invented for tests";
/// Two identities of age's own tests, and the recipient of the first.
const IDENTITY: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const OTHER: &str = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
const RECIPIENT: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
/// Invented.
const PROTECTION: &str = "3F419E1CB7079442AA37474C2EFBF8B85AD0CF1E3D3F0C7E2B9C61A8D4E0F715";

/// The same keys under a passphrase, armored for a recipient and in the clear, and what opens them.
fn place() -> Place {
    let place = Place::new();
    for (name, text) in [
        ("keys.toml", KEYS),
        ("secret", &format!("{PASSPHRASE}\n")),
        ("identity", &format!("# invented\n{IDENTITY}\n")),
        ("other", OTHER),
        ("wrong", "Zanzibar wrong"),
        ("aes", PROTECTION),
    ] {
        place.write(name, text);
    }
    let encrypt = |to: &str| {
        let ran = keys(&place, &format!("encrypt keys.toml {to}"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
    };
    encrypt("--out keys.age --work-factor 4 --keys-secret secret");
    encrypt(&format!("--out to.age --armor --to {RECIPIENT}"));
    place
}

/// A block with a key that none of the files has, and its check value.
fn block(place: &Place) -> String {
    let ran = keys(
        place,
        "make --out from.age --key n:3k3des:7 --use test --passphrase --keys-secret secret --work-factor 4",
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let export = "export from.age --key n:7 --under aes --out block.txt --keys-secret secret";
    let ran = keys(place, export);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let value = check(&text(place, "from.age"), "n", 7);
    let told = format!("block.txt: from.age: key n (version 7), {value} in a key block\n");
    assert_eq!(ran.out, told);
    value
}

fn bytes(place: &Place, name: &str) -> Vec<u8> {
    std::fs::read(place.path(name)).unwrap()
}

/// The text in an encrypted file.
fn text(place: &Place, name: &str) -> String {
    let bytes = bytes(place, name);
    let sealed = Sealed::read(&bytes).unwrap();
    let opener = match sealed.is_armored() {
        true => Opener::identities(IDENTITY).unwrap(),
        false => Opener::passphrase(PASSPHRASE).unwrap(),
    };
    sealed.text(&opener).unwrap().to_string()
}

fn check(text: &str, name: &str, version: u8) -> String {
    let file = KeyFile::parse(text).unwrap();
    let key = file.issuer(name, KeyVersion(version)).unwrap();
    CheckValue::of(&*key).unwrap().to_string()
}

/// Neither a key nor what opens it.
#[track_caller]
fn nothing_secret(ran: &Ran) {
    let said = format!("{ran:?}");
    assert!(!has_values(&said, KEYS), "{said}");
    assert!(!said.contains("Zanzibar") && !said.contains("SECRET-KEY-1"), "{said}");
    assert!(!said.to_uppercase().contains(PROTECTION.split_at(16).0), "{said}");
}

#[test]
fn a_key_leaves_an_encrypted_file_as_it_leaves_one_in_the_clear() {
    let place = place();
    let protection = ProtectionKey::aes(&hex::decode(PROTECTION).unwrap()).unwrap();
    let file = KeyFile::parse(KEYS).unwrap();
    let (name, version) = file.names().next().unwrap();
    for (file, secret) in [("keys.age", "secret"), ("to.age", "identity")] {
        let before = bytes(&place, file);
        let asked = format!("export {file} --under aes --keys-secret {secret}");
        let ran = keys(&place, &format!("{asked} --key {name}:{}", version.0));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let key = KeyBlock::open(&ran.out, &protection).unwrap().issuer_key().unwrap();
        assert_eq!(CheckValue::of(&key).unwrap().to_string(), check(KEYS, name, version.0));
        nothing_secret(&ran);
        let ran = keys(&place, &format!("{asked} --receipt"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let key = KeyBlock::open(&ran.out, &protection).unwrap().receipt_key().unwrap();
        let expected = KeyFile::parse(KEYS).unwrap().receipt_key().hmac("of a test", b"one");
        assert_eq!(key.hmac("of a test", b"one"), expected);
        nothing_secret(&ran);
        assert_eq!(bytes(&place, file), before);
    }
}

#[test]
fn a_key_comes_into_an_encrypted_file_which_stays_encrypted_as_it_was() {
    let place = place();
    let value = block(&place);
    let again = format!("identity --to {RECIPIENT}");
    for (file, secret) in [("keys.age", "secret --work-factor 4"), ("to.age", &again)] {
        let import = format!(
            "import {file} --block block.txt --key new:9 --under aes --keys-secret {secret}"
        );
        let ran = keys(&place, &import);
        let told = format!("{file}: key new (version 9), {value}\n");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), &*told, ""));
        let after = text(&place, file);
        assert!(after.starts_with(KEYS) && after.len() > KEYS.len(), "all else stays as it was");
        assert_eq!(check(&after, "new", 9), value);
        #[cfg(unix)]
        assert_eq!(place.mode(file) & 0o777, 0o600);
        // It is there by now.
        let before = bytes(&place, file);
        refused(&keys(&place, &import), "key new (version 9) is there: name another version");
        assert_eq!(bytes(&place, file), before);
    }
}

#[test]
fn a_key_begins_an_encrypted_file() {
    let place = place();
    let value = block(&place);
    let under = "--passphrase --keys-secret secret --work-factor 4";
    let to = format!("--armor --to {RECIPIENT}");
    for (file, how) in [("new.age", under), ("new-to.age", &to)] {
        let import =
            format!("import {file} --block block.txt --key x:0 --under aes --use live {how}");
        let ran = keys(&place, &import);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
        let after = text(&place, file);
        assert_eq!(check(&after, "x", 0), value);
        assert_eq!(KeyFile::parse(&after).unwrap().purpose(), Purpose::Live);
        refused(&keys(&place, &import), &format!("{file}: this file is there"));
    }
}

#[test]
fn a_receipt_key_goes_from_one_encrypted_file_into_another() {
    let place = place();
    let make = "make --out other.age --key a:aes128:1 --use test --passphrase --keys-secret secret --work-factor 4";
    assert_eq!(keys(&place, make).code, Some(0));
    let export = "export to.age --receipt --under aes --out receipt.txt --keys-secret identity";
    assert_eq!(keys(&place, export).code, Some(0));
    let import = "import other.age --block receipt.txt --receipt --under aes --yes --keys-secret secret --work-factor 4";
    let ran = keys(&place, import);
    let told = "other.age: another receipt key\n";
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), told), "{ran:?}");
    let name =
        |text: &str| KeyFile::parse(text).unwrap().receipt_key().hmac("of a test", b"one").unwrap();
    assert_eq!(name(&text(&place, "other.age")), name(KEYS));
    nothing_secret(&ran);
}

/// First what opens the file, then what the block is under.
#[test]
fn passphrase_and_protection_key_are_typed_one_after_the_other() {
    let place = place();
    let value = block(&place);
    let typed = format!("{PASSPHRASE}\n{PROTECTION}\n");
    let import = "import keys.age --block block.txt --key new:9 --work-factor 4";
    let ran = keys_typing(&place, import, &typed);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(check(&text(&place, "keys.age"), "new", 9), value);
    assert_eq!(ran.err, "passphrase of keys.age:\nblock protection key, hexadecimal digits:\n");
    let ran = keys_typing(&place, "export keys.age --key new:9", &format!("{typed}{PROTECTION}\n"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let protection = ProtectionKey::aes(&hex::decode(PROTECTION).unwrap()).unwrap();
    let key = KeyBlock::open(&ran.out, &protection).unwrap().issuer_key().unwrap();
    assert_eq!(CheckValue::of(&key).unwrap().to_string(), value);
    nothing_secret(&ran);
    refused(&keys_typing(&place, "export keys.age --key new:9", "x\n"), "does not open it");
}

#[test]
fn what_does_not_open_is_told_in_one_line_and_nothing_is_written() {
    let place = place();
    block(&place);
    let whole = bytes(&place, "keys.age");
    place.write("cut.age", &whole[..whole.len() - 9]);
    place.write("open", PASSPHRASE);
    #[cfg(unix)]
    place.chmod("open", 0o644);
    for (file, secret, why) in [
        ("keys.age", "wrong", "keys.age: this passphrase does not open it"),
        ("keys.age", "identity", "keys.age: this age file takes a passphrase"),
        ("to.age", "secret", "to.age: this age file takes the identity of one of its recipients"),
        ("to.age", "other", "to.age: none of these identities opens it"),
        ("cut.age", "secret", "cut.age: this age file was changed or is cut off"),
        ("keys.age", "gone", "gone: "),
        ("keys.age", "env:NO_SUCH_NAME", "--keys-secret env:NO_SUCH_NAME: there is no such"),
        #[cfg(unix)]
        ("keys.age", "open", "open: others may read or write this secret (mode 644)"),
    ] {
        let before = bytes(&place, file);
        for ran in [
            format!("export {file} --receipt --under aes --out out.txt"),
            format!("import {file} --block block.txt --key new:9 --under aes --to {RECIPIENT}"),
            format!("import {file} --block block.txt --receipt --yes --under aes --work-factor 4"),
        ] {
            let ran = keys(&place, &format!("{ran} --keys-secret {secret}"));
            refused(&ran, why);
            assert_eq!((ran.err.lines().count(), place.exists("out.txt")), (1, false), "{ran:?}");
            nothing_secret(&ran);
        }
        assert_eq!(bytes(&place, file), before);
    }
}

#[test]
fn for_whom_a_file_is_encrypted_has_to_be_said_rightly() {
    let place = place();
    block(&place);
    for (file, more, why) in [
        (
            "to.age",
            "--keys-secret identity",
            "to.age: it does not say for whom it is encrypted: name all recipients with --to",
        ),
        ("to.age", "--keys-secret identity --passphrase", "to.age: it does not say for whom"),
        ("to.age", "", "to.age: this is encrypted for recipients: name the identity file"),
        ("to.age", "--keys-secret identity --to age1qq", "recipient 1 is none"),
        ("keys.age", "--keys-secret secret --work-factor 21", "a work factor is 1 to 20"),
        ("keys.toml", &format!("--to {RECIPIENT}"), "keys.toml: this file is in the clear"),
        ("keys.toml", "--passphrase --keys-secret secret", "keys.toml: this file is in the clear"),
        ("new.age", "--use test --to age1qq", "recipient 1 is none"),
        ("new.age", "--use test --passphrase", "nothing was typed"),
    ] {
        let before = place.exists(file).then(|| bytes(&place, file));
        let import = format!("import {file} --block block.txt --key new:9 --under aes {more}");
        let ran = keys(&place, &import);
        refused(&ran, why);
        assert_eq!(place.exists(file).then(|| bytes(&place, file)), before);
        nothing_secret(&ran);
    }
    // The key of the one that is asked for is not there, whoever may open the file.
    let ran = keys(&place, "export keys.age --key new:9 --under aes --keys-secret secret");
    refused(&ran, "keys.age: key new (version 9): ");
}
