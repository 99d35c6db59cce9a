// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program leaves of its keys in its memory when it ends: nothing. Each is stopped where it
//! exits, after its last value was dropped, and every page that it may write is searched for each
//! issuer key and each card key, by halves, as bytes and as hexadecimal digits.
//!
//! Linux only: elsewhere there is no such way into another program that needs no rights of its own.

mod traced;

use std::collections::BTreeMap;

use cardwright::diversify::Subject;
use cardwright::iso14443::RealUid;
use cardwright::key::LowBits;
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{KeySpec, Profile};
use cardwright::wire::{Aid, KeyNo};

use super::place::{DOOR, KEYS, Place, another_program};
use traced::left_in_memory;

/// How many cards a run makes.
const CARDS: u8 = 20;

fn uid(number: u8) -> RealUid {
    RealUid::new([0x04, 0x5E, 0xED, 0x01, 0x02, 0x03, number])
}

/// A kind of card: its profile, the fields of its records with values in which `#` stands for the card's
/// number, and what else the program has to be told.
struct Kind {
    profile: &'static str,
    fields: &'static str,
    values: &'static str,
    arguments: &'static str,
}

/// AES keys in EV2 messaging; the same with a key that new applications start with; 2K3DES keys in D40
/// messaging; 3K3DES keys, with a random UID at the end.
const KINDS: [Kind; 4] = [
    Kind {
        profile: DOOR,
        fields: "id,facility,number,issue,valid_until,site,uid",
        values: "c#,7,#,1,20301231,North",
        arguments: "",
    },
    Kind {
        profile: include_str!("../../../examples/data/profiles/door-2.toml"),
        fields: "id,facility,number,issue,valid_until,site,uid",
        values: "c#,7,#,1,20301231,North",
        arguments: "",
    },
    Kind {
        profile: include_str!("../../../examples/data/profiles/legacy.toml"),
        fields: "id,facility,number,visits,uid",
        values: "c#,42,#,10",
        arguments: "--card ev1-8k",
    },
    Kind {
        profile: include_str!("../../../examples/data/profiles/canteen.toml"),
        fields: "id,member,credit,issued,uid",
        values: "c#,100000#,1500,20261124",
        arguments: "--allow random-uid",
    },
];

impl Kind {
    /// Records that name the card that they go onto, so that its keys are known here.
    fn records(&self) -> String {
        let line = |number: u8| {
            let uid = hex::encode_upper(uid(number).expose());
            self.values.replace('#', &number.to_string()) + "," + &uid + "\n"
        };
        format!("{}\n", self.fields) + &(0..CARDS).map(line).collect::<String>()
    }

    fn place(&self) -> Place {
        let place = Place::new();
        place.write("keys.toml", KEYS);
        place.write("profile.toml", self.profile);
        place.write("records.csv", self.records());
        place
    }

    fn arguments(&self, more: &str) -> String {
        let files = "--keys keys.toml --profile profile.toml --records records.csv --seed 1";
        format!("{files} {} {more}", self.arguments)
    }
}

/// Whose key it is, and its bytes.
type Keys = BTreeMap<String, Vec<u8>>;

/// Every issuer key of the key file, and every key of the cards of these profiles.
fn keys() -> Keys {
    let file = KeyFile::parse(KEYS).unwrap();
    let mut keys = Keys::new();
    for (name, version) in file.names() {
        let key = file.issuer(name, version).unwrap().itself().unwrap();
        let key = key.with_version_as(version, LowBits::Kept);
        keys.insert(
            format!("{name} {version}"),
            hex::decode(&*key.test_digits().unwrap()).unwrap(),
        );
    }
    for kind in KINDS {
        let profile = Profile::parse(kind.profile).unwrap();
        let name = profile.name();
        let mut slots: Vec<(&KeySpec, Aid, u8)> =
            vec![(&profile[profile.card().unwrap().master_key], Aid::PICC, 0)];
        for application in profile.applications() {
            let own = (0..).zip(&application.keys);
            slots.extend(own.map(|(no, key)| (&profile[key.own().unwrap()], application.aid, no)));
        }
        for (spec, aid, no) in slots {
            let issuer = file.issuer(&spec.reference, spec.version).unwrap();
            for number in 0..CARDS {
                let (uid, no) = (uid(number), KeyNo::new(no).unwrap());
                let subject = Subject { uid: Some(&uid), aid, no, fields: None };
                let key = spec.card_key(&*issuer, &subject).unwrap().test_digits().unwrap();
                let name = format!("{name} {aid} {no:?} of card {number}");
                keys.insert(name, hex::decode(&*key).unwrap());
            }
        }
    }
    keys
}

/// Runs a program in the place, and demands that it ends well and leaves no key behind.
#[track_caller]
fn leaves_nothing(place: &Place, program: &str, arguments: &str) {
    let left = left_in_memory(place, &another_program(program), arguments, &keys());
    assert!(left.is_empty(), "{program} {arguments}: {} left:\n{}", left.len(), left.join("\n"));
}

#[test]
fn an_encoding_leaves_no_key_in_memory() {
    for kind in KINDS {
        let place = kind.place();
        for limit in [0, CARDS] {
            leaves_nothing(&place, "encode", &kind.arguments(&format!("--limit {limit}")));
        }
    }
}

#[test]
fn what_is_done_with_a_finished_card_leaves_no_key_in_memory() {
    for kind in KINDS {
        let place = kind.place();
        let card = "--limit 1 --state card.state";
        leaves_nothing(&place, "encode", &kind.arguments(card));
        for job in ["verify", "update"] {
            leaves_nothing(&place, "encode", &kind.arguments(&format!("{card} --job {job}")));
        }
    }
    // The first edition's keys are changed for the second's.
    let [first, second, ..] = KINDS;
    let place = first.place();
    let card = "--limit 1 --state card.state";
    leaves_nothing(&place, "encode", &first.arguments(card));
    place.write("profile.toml", second.profile);
    leaves_nothing(&place, "encode", &second.arguments(&format!("{card} --job rekey")));
}

#[test]
fn a_diversification_leaves_no_key_in_memory() {
    let place = KINDS[0].place();
    let uid = hex::encode_upper(uid(3).expose());
    let card = format!("--keys keys.toml --key picc --key-version 1 --uid {uid} --scheme an10922");
    for output in ["", " --json"] {
        leaves_nothing(&place, "diversify", &format!("{card}{output}"));
    }
}

#[test]
fn a_key_file_that_is_looked_after_leaves_no_key_in_memory() {
    let place = KINDS[0].place();
    for arguments in ["show keys.toml", "show keys.toml --json", "rotate keys.toml --yes"] {
        leaves_nothing(&place, "keys", arguments);
    }
}

/// Neither the keys, nor the passphrase that opens them.
#[cfg(feature = "age")]
#[test]
fn an_encrypted_key_file_leaves_no_key_and_no_passphrase_in_memory() {
    let place = KINDS[0].place();
    let passphrase = "Zanzibar 7 invented 4 our 9 test";
    place.write("secret", format!("{passphrase}\n"));
    let mut secrets = keys();
    secrets.insert("passphrase".to_owned(), passphrase.as_bytes().to_vec());
    let opened = "--keys keys.age --keys-secret secret";
    let encode = KINDS[0].arguments("--limit 3").replacen("--keys keys.toml", opened, 1);
    for (program, arguments) in [
        ("keys", "encrypt keys.toml --out keys.age --keys-secret secret --work-factor 4"),
        ("encode", &*encode),
        ("keys", "show keys.age --keys-secret secret"),
        ("keys", "rotate keys.age --yes --keys-secret secret --work-factor 4"),
    ] {
        let left = left_in_memory(&place, &another_program(program), arguments, &secrets);
        assert!(
            left.is_empty(),
            "{program} {arguments}: {} left:\n{}",
            left.len(),
            left.join("\n")
        );
    }
}

/// The search finds what is there: `sort` reads the key file, and wipes nothing.
#[test]
fn a_program_that_wipes_nothing_is_found_out() {
    let place = KINDS[0].place();
    let left = left_in_memory(&place, "sort".as_ref(), "keys.toml", &keys());
    let whole = KEYS.matches("value = ").count();
    assert!(left.len() >= whole, "{} of {whole}: {left:?}", left.len());
}
