// SPDX-License-Identifier: MIT OR Apache-2.0
//! The check: what a good profile becomes, and a mistake of every kind with its line and remedy.

mod counts;
mod delegated;
mod diversify;
mod exports;
mod fields;
mod files;
mod fixed;
mod formats;
mod growth;
mod holders;
mod iso;
mod items;
mod key_sets;
mod keys;
mod kinds;
mod left;
mod legacy;
mod light;
mod locks;
mod nested;
mod originality;
mod parts;
mod personal;
mod places;
mod told;
mod toml;

use proptest::prelude::*;

use super::*;
use crate::diversify::{InputPart, Recipe, Scheme};
use crate::keys::{KeyFile, Purpose, Store};
use crate::profile::{AppTransport, Identify, KeyIndex, PiccTransport, Stock};
use crate::wire::{
    Access, Aid, ChangeKeyRight, CommMode, FileKind, FileSize, KeyNo, KeySettings, KeyVersion,
};

const DOOR: &str = include_str!("../../../examples/data/profiles/door.toml");
const CAMPUS: &str = include_str!("../../../examples/data/profiles/campus.toml");

const BASE: &str = r#"[profile]
name = "door"
chips = ["ev1", "ev2", "ev3"]
messaging = ["ev2", "ev1"]
verify = "read-back"
[transport]
picc = ["factory"]
app = "zero"
random_uid = false
[fields]
facility = { type = "uint", max = 255, class = "technical" }
number = { type = "uint", max = 65535, class = "pseudonymous", unique = true }
name = { type = "text", max_length = 8, class = "personal" }
[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid", "hex:4143"] } }
master = { ref = "app0", version = 1, diversify = { scheme = "an10922", input = ["uid", "aid"] } }
read = { ref = "app1", version = 1 }
[card]
master_key = "picc"
[[application]]
aid = "F48120"
keys = ["master", "read"]
change = "master"
[[application.file]]
no = 1
type = "backup"
size = 28
mode = "full"
read = "read"
write = "master"
content = [
    { bits = "h10301", facility = "facility", number = "number" },
    { text = "name", bytes = 8 },
    { pad = "00" },
]
"#;

fn key(number: u8) -> Access {
    Access::Key(KeyNo::new(number).unwrap())
}

#[test]
fn the_demonstration_becomes_what_it_says() {
    let profile = Profile::parse(DOOR).unwrap();
    assert_eq!(profile.name(), "door");
    assert_eq!(profile.chips(), [Generation::Ev1, Generation::Ev2, Generation::Ev3]);
    assert_eq!(profile.messaging(), [Messaging::Ev2, Messaging::Ev1]);
    assert_eq!(profile.verify(), Verify::ReadBack);
    let transport = profile.transport();
    assert_eq!(transport.picc, [PiccTransport::Factory]);
    let AppTransport::Key(start) = &transport.app else { panic!("{:?}", transport.app) };
    assert_eq!((start.name.as_str(), start.version), ("start", KeyVersion(100)));
    assert_eq!(transport.stock, Stock::New);
    assert_eq!((transport.identify, transport.random_uid), (Identify::First, false));
    assert_eq!(profile.card().unwrap().settings.to_byte(), 0x09);
    let names: Vec<_> = profile.keys().iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["picc", "master", "read", "write", "update", "spare", "start"]);
    assert_eq!(profile.key(profile.card().unwrap().master_key).unwrap().name, "picc");
    assert!(profile.keys().iter().all(KeySpec::needs_uid));
    let [application] = profile.applications() else { panic!("one application") };
    assert_eq!(application.aid, Aid::new([0xF4, 0x81, 0x20]));
    assert_eq!((application.settings.to_byte(), application.slots().to_byte()), (0x09, 0x85));
    let slots: Vec<_> = application.own_keys().map(KeyIndex::get).collect();
    assert_eq!(slots, [1, 2, 3, 4, 5]);
    for file in &application.files {
        assert_eq!(file.settings.kind.size().unwrap().bytes(), 28);
        assert_eq!(file.settings.mode, CommMode::Full);
        assert_eq!((file.settings.rights.read, file.settings.rights.write), (key(1), key(0)));
        assert_eq!(file.settings.rights.read_write, Access::Never);
        assert_eq!(file.content.as_ref().unwrap().length(), 28);
    }
    assert_eq!(profile.warnings(), []);
    // Three blocks for itself and the index, three for its keys.
    assert_eq!(profile.memory(), 96 + 96 + 32 + 64);
}

#[test]
fn the_second_demonstration_shows_the_other_shapes() {
    let profile = Profile::parse(CAMPUS).unwrap();
    let [PiccTransport::Factory, PiccTransport::Key(stock)] = &profile.transport().picc[..] else {
        panic!("two transport keys")
    };
    assert_eq!((stock.reference.as_str(), stock.version), ("stock", KeyVersion(9)));
    let [info, campus] = profile.applications() else { panic!("two applications") };
    assert_eq!(info.settings.change, ChangeKeyRight::Same);
    assert_eq!(campus.settings.to_byte(), 0xF1);
    assert_eq!(info.files[0].settings.rights.read, Access::Free);
    assert_eq!(campus.files[1].settings.rights.read_write, key(0));
    let size = FileSize::new(80).unwrap();
    assert_eq!(campus.files[1].settings.kind, FileKind::Backup { size });
    assert_eq!(campus.files[2].content, None);
    let wire = vec![InputPart::Uid, InputPart::AidWire, InputPart::Constant(vec![0x00])];
    let recipe = Recipe::new(Scheme::An10922, wire).unwrap();
    assert_eq!(profile.key(campus.keys[0].own().unwrap()).unwrap().recipe, Some(recipe));
    let [warning] = profile.warnings() else { panic!("one warning: {:?}", profile.warnings()) };
    assert_eq!(
        warning.to_string(),
        "line 19, column 1: the personal field \"holder\" is written to the card"
    );
}

#[test]
fn the_test_keys_have_every_key_of_the_demonstrations() {
    let keys = KeyFile::parse(include_str!("../../../examples/data/test-keys.toml")).unwrap();
    assert_eq!(keys.purpose(), Purpose::Test);
    for text in [DOOR, CAMPUS] {
        let profile = Profile::parse(text).unwrap();
        let transport = profile.transport().picc.iter().filter_map(|key| match key {
            PiccTransport::Factory => None,
            PiccTransport::Key(key) => Some(key),
        });
        for key in profile.keys().iter().chain(transport) {
            assert!(keys.issuer(&key.reference, key.version).is_ok(), "{key:?}");
        }
    }
}

#[test]
fn the_digest_is_that_of_every_byte_of_the_text() {
    let profile = Profile::parse(BASE).unwrap();
    assert_eq!(profile.sha256(), <[u8; 32]>::from(Sha256::digest(BASE)));
    assert_ne!(Profile::parse(&format!("{BASE}\n")).unwrap().sha256(), profile.sha256());
}

#[test]
fn what_is_not_named_has_its_default() {
    let text = BASE
        .replace("messaging = [\"ev2\", \"ev1\"]\nverify = \"read-back\"\n", "")
        .replace("app = \"zero\"\nrandom_uid = false\n", "")
        .replace("change = \"master\"\n", "");
    let profile = Profile::parse(&text).unwrap();
    assert_eq!(profile.messaging(), [Messaging::Ev2, Messaging::Ev1]);
    assert_eq!(profile.verify(), Verify::ReadBack);
    let settings = KeySettings::from_byte(0x09);
    assert_eq!(profile.card().unwrap().settings, settings);
    assert_eq!(profile.applications()[0].settings, settings);
    let rights = profile.applications()[0].files[0].settings.rights;
    assert_eq!((rights.read_write, rights.change), (Access::Never, Access::Never));
}

#[test]
fn settings_bits_are_those_named() {
    let text = BASE
        .replace(
            "master_key = \"picc\"",
            "master_key = \"picc\"\nfree_list = true\nfree_create = true",
        )
        .replace(
            "change = \"master\"",
            "change = \"read\"\nkey_changeable = false\nfree_list = true",
        );
    let profile = Profile::parse(&text).unwrap();
    assert_eq!(profile.card().unwrap().settings.to_byte(), 0x0F);
    assert_eq!(profile.applications()[0].settings.to_byte(), 0x1A);
}

/// Replaces a piece of `BASE`, which must be there, and gives what the check says.
fn verdict(from: &str, to: &str) -> String {
    assert!(BASE.contains(from), "{from:?} is not in the base");
    match Profile::parse(&BASE.replacen(from, to, 1)) {
        Ok(profile) => panic!("{to:?} passed: {profile:?}"),
        Err(error) => error.to_string(),
    }
}

fn refused(cases: &[(&str, &str, &str)]) {
    let said = cases.iter().map(|(from, to, wanted)| (verdict(from, to), wanted));
    let wrong: Vec<_> = said.filter(|(verdict, wanted)| !verdict.starts_with(*wanted)).collect();
    assert!(wrong.is_empty(), "said, wanted: {wrong:#?}");
}

#[test]
fn head_and_chips() {
    refused(&[
        ("\"door\"", "\"\"", "line 2, column 8: the profile has no name: write name = \"door\""),
        ("[\"ev1\", \"ev2\", \"ev3\"]", "[]", "line 3, column 9: an empty list: name at least one"),
        ("\"ev3\"]", "\"ev1\"]", "line 3, column 24: named twice: name each once"),
        (
            "\"ev3\"]",
            "\"ev4\"]",
            "line 3, column 24: unknown variant `ev4`: write one of `d40`, `ev1`, `e",
        ),
        (
            "[\"ev2\", \"ev1\"]",
            "[\"ev2\"]",
            "line 4, column 13: EV1 chips do not take EV2 messaging: write messaging = [\"ev2\", \"ev1\"",
        ),
    ]);
}

#[test]
fn warnings_name_what_deserves_a_second_look() {
    let warns = |from: &str, to: &str| {
        let profile = Profile::parse(&BASE.replacen(from, to, 1)).unwrap();
        let warnings = profile.warnings().iter().map(ToString::to_string);
        warnings.filter(|text| !text.contains("personal")).collect::<Vec<_>>()
    };
    assert_eq!(warns("[card]", "[card]"), Vec::<String>::new());
    for (from, to, message) in [
        (
            "[card]",
            "old = { ref = \"o\", version = 1 }\n[card]",
            "line 18, column 1: no slot holds the",
        ),
        (
            "[card]",
            "[card]\nkey_changeable = false",
            "line 19, column 18: the PICC master key can ne",
        ),
        (
            "[card]",
            "[card]\nsettings_changeable = false",
            "line 19, column 23: the card's key settin",
        ),
        (
            "[\"uid\", \"hex:4143\"]",
            "[\"hex:4143\"]",
            "line 15, column 1: key \"picc\": without \"uid\" in",
        ),
        (
            "[card]\nmaster_key = \"picc\"\n[[application]]\naid = \"F48120\"\nkeys = [\"master\", \"read\"]",
            "twin = { ref = \"app1\", version = 1 }\n[card]\nmaster_key = \"picc\"\n[[application]]\n\
             aid = \"F48120\"\nkeys = [\"master\", \"read\", \"twin\"]",
            "line 23, column 8: \"read\" and \"twin\" are the same key",
        ),
    ] {
        let warnings = warns(from, to);
        assert!(
            matches!(&warnings[..], [one] if one.starts_with(message)),
            "{warnings:?} {message}"
        );
    }
    let writable = BASE.replace("mode = \"full\"", "mode = \"plain\"");
    let profile =
        Profile::parse(&writable.replace("\"master\"\ncontent", "\"free\"\ncontent")).unwrap();
    let shown = format!("{:?}", profile.warnings());
    assert!(shown.contains("write = \\\"free\\\": anyone may alter this file"), "{shown}");
}

#[test]
fn warnings_name_what_a_site_may_have_meant_otherwise() {
    for (from, to, message) in [
        (
            "aid = \"F48120\"",
            "aid = \"2081F4\"",
            "line 21, column 7: 2081F4 looks turned round: an AID is written most significant byte \
             first, and F48120",
        ),
        (
            "[[application.file]]",
            "[[application.file]]\nno = 2\ntype = \"value\"\nmode = \"full\"\nread = \"read\"\n\
             lower = 0\nupper = 9\nvalue = 3\n[[application.file]]",
            "line 24, column 1: nobody can ever change the value: name a key for write or read_w",
        ),
        (
            "[[application.file]]",
            "[[application.file]]\nno = 2\ntype = \"value\"\nmode = \"full\"\nwrite = \"read\"\n\
             lower = 0\nupper = 9\nvalue = 3\n[[application.file]]",
            "line 24, column 1: nobody can ever credit the value: name a key for read_write",
        ),
    ] {
        let profile = Profile::parse(&BASE.replacen(from, to, 1)).unwrap();
        let warnings: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
        assert!(warnings.iter().any(|one| one.starts_with(message)), "{warnings:?} {message}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        prop_assert!(Profile::parse(&text).is_err());
    }

    #[test]
    fn a_profile_with_a_piece_replaced_never_panics(
        at in 0..BASE.len(), length in 0..40_usize, piece in "[\\[\\]{}\"=,\n a-z0-9-]{0,16}",
    ) {
        let end = (at + length).min(BASE.len());
        let text = [BASE.get(..at).unwrap(), &piece, BASE.get(end..).unwrap()].concat();
        if let Err(error) = Profile::parse(&text) {
            prop_assert!(error.position().line() <= text.lines().count() + 1);
            prop_assert!(!error.problem().is_empty() && !error.instead().is_empty());
        }
    }
}
