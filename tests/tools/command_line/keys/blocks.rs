// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in key blocks, on their way out of one key file and into another.

use cardwright::keys::{Exportability, KeyBlock, ProtectionKey};

use super::*;

/// Of FIPS 197, A.2.
const AES_192: &str = "8E73B0F7DA0E6452 C810F32B809079E5 62F8EAD2522C6B7B";
/// The key of AN10922 under it, computed by OpenSSL (Python's `cryptography`).
const BLOCK: &str = "D0112B3AX00E00001FEBB1E061DA1C04A7A7BF6B36D21887BCD96FC4409541611884FC3A545CEC94E483D98810F65C5611\
                     AE7F3FC5709B22";
const KEY: &str = "00112233445566778899AABBCCDDEEFF";
/// An invented one.
const TDES: &str = "89E88CF7931444F334BD7547FC3F380C89E88CF793144AAA";

fn place() -> Place {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("aes", format!("{AES_192}\n"));
    place.write("tdes", TDES);
    place.write("block.txt", format!("{BLOCK}\r\n"));
    place
}

fn protection(place: &Place, file: &str) -> ProtectionKey {
    let bytes = hex::decode(place.read(file).split_whitespace().collect::<String>()).unwrap();
    match file {
        "tdes" => ProtectionKey::tdes(&bytes).unwrap(),
        _ => ProtectionKey::aes(&bytes).unwrap(),
    }
}

/// No part of a key that was somewhere here, in whatever case.
#[track_caller]
fn no_digits(text: &str) {
    let text = text.to_lowercase();
    for secret in [AES_192, KEY, TDES].map(|one| one.replace(' ', "").to_lowercase()) {
        let (half, other) = secret.split_at(secret.len() / 2);
        assert!(!text.contains(half) && !text.contains(other), "{text}");
    }
    assert!(!has_values(&text, KEYS), "{text}");
}

fn check(file: &str, name: &str, version: u8) -> String {
    let file = KeyFile::parse(file).unwrap();
    let key = file.issuer(name, KeyVersion(version)).unwrap();
    CheckValue::of(&*key).unwrap().to_string()
}

#[test]
fn a_block_is_imported_exported_again_and_opened() {
    let place = place();
    let ran = keys(&place, "import keys.toml --block block.txt --key new:7 --under aes");
    let text = place.read("keys.toml");
    let value = check(&text, "new", 7);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert_eq!(ran.out, format!("keys.toml: key new (version 7), {value}\n"));
    assert!(text.starts_with(KEYS) && text.contains(KEY), "all else stays as it was");
    no_digits(&format!("{ran:?}"));

    let export = "export keys.toml --key new:7 --under aes --label picc --exportable no";
    let ran = keys(&place, export);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.ends_with(&format!("{value} in a key block\n")), "{ran:?}");
    no_digits(&format!("{ran:?}"));
    let block = KeyBlock::open(&ran.out, &protection(&place, "aes")).unwrap();
    let found = (block.label(), block.exportability());
    assert_eq!(found, (Some("picc"), Exportability::Not));
    assert_eq!(CheckValue::of(&block.issuer_key().unwrap()).unwrap().to_string(), value);
    // Into a file, which is not written over, and into a new key file.
    let ran = keys(&place, &format!("{export} --out again.txt"));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let again = place.read("again.txt");
    assert_eq!(
        ran.out,
        format!("again.txt: keys.toml: key new (version 7), {value} in a key block\n")
    );
    refused(&keys(&place, &format!("{export} --out again.txt")), "again.txt: this file is there");
    assert_eq!(place.read("again.txt"), again);
    let new = "import new.toml --block again.txt --key x:0 --under aes --use live --tenant Pier";
    let ran = keys(&place, new);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("the key is not to be exported again, which new.toml does not say"));
    let text = place.read("new.toml");
    assert_eq!(check(&text, "x", 0), value);
    let file = KeyFile::parse(&text).unwrap();
    assert_eq!((file.purpose(), file.tenant()), (Purpose::Live, Some("Pier")));
    #[cfg(unix)]
    assert_eq!((place.mode("new.toml") & 0o777, place.mode("again.txt") & 0o777), (0o600, 0o600));
}

#[test]
fn every_key_of_a_file_goes_there_and_back() {
    let place = place();
    let file = KeyFile::parse(KEYS).unwrap();
    // Under triple DES no AES key is exported.
    let mut weaker = 0;
    for (number, (name, version)) in file.names().enumerate() {
        for under in ["aes", "tdes"] {
            let to = format!("{under}-{number}");
            let block = if under == "tdes" { "--block-version b" } else { "" };
            let key = format!("--key {name}:{} --under {under}", version.0);
            let ran = keys(&place, &format!("export keys.toml {key} {block} --out {to}.txt"));
            if ran.code != Some(0) {
                refused(&ran, "the protection key is weaker than the key");
                assert!(under == "tdes" && !place.exists(&format!("{to}.txt")));
                weaker += 1;
                continue;
            }
            let ran = keys(&place, &format!("import {to}.toml --block {to}.txt {key} --use test"));
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let text = place.read(&format!("{to}.toml"));
            assert_eq!(check(&text, name, version.0), check(KEYS, name, version.0));
        }
    }
    assert!((1..file.names().count()).contains(&weaker), "{weaker}");
}

#[test]
fn a_receipt_key_goes_into_another_file_where_somebody_says_yes() {
    let place = place();
    let ran = keys_typing(
        &place,
        "export keys.toml --receipt",
        &format!("{}\n", "5a".repeat(32)).repeat(2),
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    no_digits(&format!("{ran:?}"));
    place.write("receipt.txt", &ran.out);
    place.write("aes-256", "5a".repeat(32));
    let other = "make --out other.toml --key a:aes128:1 --use test";
    assert_eq!(keys(&place, other).code, Some(0));
    let before = place.read("other.toml");
    let import = "import other.toml --block receipt.txt --receipt --under aes-256";
    refused(&keys_typing(&place, import, "no\n"), "nobody said yes: the receipt key stays");
    assert_eq!(place.read("other.toml"), before);
    let ran = keys(&place, &format!("{import} --yes"));
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "other.toml: another receipt key\n"));
    let name =
        |text: &str| KeyFile::parse(text).unwrap().receipt_key().hmac("of a test", b"one").unwrap();
    assert_eq!(name(&place.read("other.toml")), name(KEYS));
    refused(
        &keys(&place, &import.replace("other.toml", "new.toml --use test")),
        "--receipt replaces the key of a file that is there",
    );
    assert!(!place.exists("new.toml"));
    // Of another kind than is asked for, both ways.
    refused(
        &keys(&place, "import other.toml --block receipt.txt --key r:1 --under aes-256"),
        "receipt.txt: a key block of another purpose: M7",
    );
    refused(
        &keys(&place, "import other.toml --block block.txt --receipt --under aes --yes"),
        "block.txt: a key block of another purpose: B3",
    );
}

/// Each is opened, and is for what no key of cards is.
#[test]
fn published_blocks_are_of_other_purposes_and_change_nothing() {
    let place = place();
    let published: Value =
        serde_json::from_str(include_str!("../../../vectors/key-blocks.json")).unwrap();
    let mut tried = 0;
    for vector in published["vectors"].as_array().unwrap() {
        let inputs = &vector["inputs"];
        let Some(block) = inputs["block"].as_str() else { continue };
        let under = &inputs["protection_key"];
        place.write("published.txt", block);
        place.write("published", under.as_str().unwrap());
        let import = "import keys.toml --block published.txt --key p:1 --under published";
        let ran = keys(&place, import);
        let why = match vector["kind"].as_str().unwrap() {
            "key_block" | "key_block_checked" => "published.txt: a key block of another purpose: ",
            // Of E's: single DES.
            _ if block.starts_with('B') => "published: a protection key has 16, 24 or 32 bytes",
            _ => "published.txt: the key block holds no whole key",
        };
        refused(&ran, why);
        assert_eq!((ran.err.lines().count(), place.read("keys.toml").as_str()), (1, KEYS));
        if let Some(key) = vector["expected"].as_str() {
            assert!(!ran.err.to_uppercase().contains(key), "{ran:?}");
        }
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
}

#[test]
fn what_is_wrong_with_a_block_or_its_protection_key_is_told_and_nothing_is_written() {
    let place = place();
    place.write("changed.txt", BLOCK.replace("B3A", "B3T"));
    place.write("cut.txt", BLOCK.split_at(90).0);
    place.write("none.txt", "no block");
    place.write("bytes.txt", [0xFF; 40]);
    place.write("other", "00".repeat(24));
    place.write("short", "0011");
    place.write("words", "not digits");
    place.write("open", AES_192);
    #[cfg(unix)]
    place.chmod("open", 0o644);
    let taken = KeyFile::parse(KEYS).unwrap();
    let (name, version) = taken.names().next().unwrap();
    let taken = format!("{name}:{}", version.0);
    for (block, key, under, why) in [
        (
            "changed.txt",
            "n:1",
            "aes",
            "changed.txt: the key block was changed, or is under another",
        ),
        ("block.txt", "n:1", "other", "block.txt: the key block was changed, or is under another"),
        (
            "cut.txt",
            "n:1",
            "aes",
            "cut.txt: the key block says that it has 112 characters, and has 90",
        ),
        ("none.txt", "n:1", "aes", "none.txt: "),
        ("bytes.txt", "n:1", "aes", "bytes.txt: this is no key block"),
        ("gone.txt", "n:1", "aes", "gone.txt: "),
        ("block.txt", "n:1", "gone", "gone: "),
        ("block.txt", "n:1", "short", "short: a protection key has 16, 24 or 32 bytes"),
        ("block.txt", "n:1", "words", "words: a protection key is written in hexadecimal digits"),
        #[cfg(unix)]
        ("block.txt", "n:1", "open", "open: others may read or write this secret (mode 644)"),
        ("block.txt", &taken, "aes", "is there: name another version"),
    ] {
        let import = format!("import keys.toml --block {block} --key {key} --under {under}");
        let ran = keys(&place, &import);
        refused(&ran, why);
        assert_eq!((ran.err.lines().count(), place.read("keys.toml").as_str()), (1, KEYS));
        no_digits(&format!("{ran:?}"));
        let ran = keys(&place, &format!("{import} --use test").replace("keys.toml", "new.toml"));
        assert!(place.exists("new.toml") == (key == taken), "{ran:?}");
    }
    let import = "import keys.toml --block block.txt --key n:1";
    refused(&keys(&place, import), "nothing was typed");
    refused(
        &keys(&place, "import gone.toml --block block.txt --key n:1 --under aes"),
        "gone.toml: ",
    );
    assert_eq!((place.exists("gone.toml"), place.read("keys.toml").as_str()), (false, KEYS));
}

#[test]
fn what_cannot_be_exported_is_told_and_nothing_is_written() {
    let place = place();
    place.write("words", "not digits");
    place.write("single", "0123456789ABCDEF".repeat(2));
    let typed = format!("{AES_192}\n{}\n", AES_192.replacen('8', "9", 1));
    for (arguments, typed, why) in [
        ("keys.toml --key picc:99 --under aes", "", "keys.toml: key picc (version 99): "),
        ("gone.toml --key picc:1 --under aes", "", "gone.toml: "),
        ("keys.toml --receipt --under words", "", "words: a protection key is written in"),
        (
            "keys.toml --receipt --under single --block-version B",
            "",
            "single: a protection key has",
        ),
        ("keys.toml --receipt --under aes", "", "receipt key: the protection key is weaker"),
        ("keys.toml --receipt --under aes --label Türe", "", "--label: a label has 1 to 64"),
        ("keys.toml --receipt", &typed, "block protection key: the two differ"),
        ("keys.toml --receipt", "", "nothing was typed"),
        ("pkcs11:token=x --receipt --under aes", "", "keys of a token do not leave it"),
    ] {
        let ran = keys_typing(&place, &format!("export {arguments} --out out.txt"), typed);
        refused(&ran, why);
        assert!(!place.exists("out.txt"));
        no_digits(&format!("{ran:?}"));
    }
    for arguments in ["", "--key picc:1 --receipt", "--key picc", "--key :1", "--key picc:256"] {
        let ran = keys(&place, &format!("export keys.toml {arguments} --under aes --out out.txt"));
        assert_eq!((ran.code, place.exists("out.txt")), (Some(2), false), "{ran:?}");
    }
}
