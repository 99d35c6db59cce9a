// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key of several people, who make slips.

use cardwright::key::{CheckMethod, LowBits, MasterKey};

use super::*;

/// Of AES and 2K3DES keys, in groups as they stand on paper.
const COMPONENTS: [&str; 3] = [
    "9A3C E751 B60D 82F4 6E19 C375 A82B DE40",
    "5bc81fa374ed960 8d24fb16a3e87c529",
    "C64D927B30FA15E88C53A1D70F6EB42A",
];

fn bytes(component: &str) -> [u8; 16] {
    hex::decode(component.replace(' ', "")).unwrap().try_into().unwrap()
}

fn whole(components: &[&str]) -> [u8; 16] {
    let mut whole = [0; 16];
    for component in components {
        whole.iter_mut().zip(bytes(component)).for_each(|(slot, byte)| *slot ^= byte);
    }
    whole
}

fn check(bytes: &[u8; 16]) -> String {
    CheckValue::of(&MasterKey::aes(bytes)).unwrap().to_string()
}

/// The first types his component twice, the others their check values, by a method of theirs and without one.
fn typed() -> String {
    let [one, two, three] = COMPONENTS;
    let value = check(&bytes(three));
    let bare = value.split_once(':').unwrap().1.to_lowercase();
    let by_ecb = CheckValue::of_as(&MasterKey::aes(&bytes(two)), CheckMethod::EcbAes).unwrap();
    format!("{one}\n{}\n{two}\n{by_ecb}\n{three}\n{bare}\n", one.replace(' ', ""))
}

const HOLD: &str = "ceremony keys.toml --key picc:aes128:1 --transcript told.txt --custodian Anna --custodian Ben \
                    --custodian Cleo";

#[track_caller]
fn no_digits(text: &str) {
    let text = text.to_lowercase();
    for secret in COMPONENTS.map(bytes).into_iter().chain([whole(&COMPONENTS)]) {
        for half in secret.chunks(8) {
            assert!(!text.contains(&hex::encode(half)), "{text}");
        }
    }
}

/// Whose key a file has, held against the one that is meant.
#[track_caller]
fn holds(text: &str, name: &str, key: &[u8; 16]) {
    let file = KeyFile::parse(text).unwrap();
    let found = file.issuer(name, KeyVersion(1)).unwrap().itself().unwrap();
    let meant = MasterKey::aes(key).undiversified(KeyVersion(1));
    assert!(found.with_version_as(KeyVersion(1), LowBits::Kept).same_key(&meant));
}

#[test]
fn three_people_bring_a_key_into_a_new_file() {
    let place = Place::new();
    let ran = keys_typing(&place, &format!("{HOLD} --use live --tenant Pier"), &typed());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = place.read("keys.toml");
    holds(&text, "picc", &whole(&COMPONENTS));
    let file = KeyFile::parse(&text).unwrap();
    assert_eq!((file.purpose(), file.tenant()), (Purpose::Live, Some("Pier")));
    let told = place.read("told.txt");
    assert_eq!(ran.out, told);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "ceremony of a key");
    assert!(lines[1].starts_with("time: 2") && lines[1].ends_with('Z'), "{told}");
    let value = format!("check value: {}", check(&whole(&COMPONENTS)));
    assert_eq!(lines[2..7], ["file: keys.toml", "key: picc", "type: aes128", "version: 1", &value]);
    for (line, (name, component)) in
        lines[7..].iter().step_by(2).zip(["Anna", "Ben", "Cleo"].iter().zip(COMPONENTS))
    {
        assert!(
            line.ends_with(&format!("{name}, check value {}", check(&bytes(component)))),
            "{told}"
        );
    }
    no_digits(&format!("{ran:?} {told}"));
    #[cfg(unix)]
    assert_eq!(place.mode("keys.toml") & 0o777, 0o600);
}

#[test]
fn a_slip_is_told_and_asked_for_again() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    let [one, two, _] = COMPONENTS;
    let slips = [
        (format!("{}\n", one.replacen('9', "", 1)), "has 32 hexadecimal digits"),
        (format!("{one}0\n"), "has 32 hexadecimal digits"),
        (format!("{}\n", "0".repeat(32)), "is all zero, and adds nothing"),
        (format!("{one}\n{two}\n"), "neither the same nor its check value, which is cmac-aes:"),
        (
            format!("{one}\ncmac-aes:000000\n"),
            "neither the same nor its check value, which is cmac-aes:",
        ),
        (format!("{one}\n\n"), "neither the same nor its check value, which is cmac-aes:"),
    ];
    let lines: String = slips.iter().map(|(lines, _)| lines.as_str()).collect();
    let again = format!("{one}\n{one}\n{one}\n{two}\n{two}\n");
    let ran = keys_typing(
        &place,
        "ceremony keys.toml --key new:aes128:1 --transcript told.txt --custodian Anna --custodian Ben",
        &(lines + &again),
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut said = ran.err.lines().filter(|line| line.ends_with(": once more"));
    for (_, why) in slips {
        assert!(said.next().unwrap().contains(why), "{ran:?}");
    }
    assert!(said.next().unwrap().contains("an earlier component is the same"), "{ran:?}");
    assert_eq!(said.next(), None);
    let text = place.read("keys.toml");
    assert!(text.starts_with(KEYS));
    holds(&text, "new", &whole(&[one, two]));
    no_digits(&format!("{ran:?} {}", place.read("told.txt")));
}

#[test]
fn a_ceremony_that_cannot_end_leaves_nothing() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("there.txt", "");
    let [one, two, _] = COMPONENTS;
    let both = hex::encode(whole(&[one, two]));
    let cancelling = format!("{one}\n{one}\n{two}\n{two}\n{both}\n{both}\n");
    let name = "--key new:aes128:1 --transcript told.txt --custodian Anna --custodian Ben";
    let taken = KEYS.lines().find_map(|line| line.strip_prefix("name = \"")).unwrap();
    let taken = format!(
        "--key {}:aes128:1 --transcript told.txt --custodian A --custodian B",
        taken.trim_matches('"')
    );
    for (arguments, typed, why) in [
        (
            format!("keys.toml {name} --custodian Cleo"),
            cancelling,
            "together the components are zero",
        ),
        (format!("keys.toml {name}"), format!("{one}\n{one}\n{two}\n"), "nothing was typed"),
        (format!("keys.toml {taken}"), String::new(), "is there: name another version"),
        (format!("keys.toml {name} --use test"), String::new(), "keys.toml: this file is there"),
        (format!("none.toml {name}"), String::new(), "none.toml: "),
        (
            format!("keys.toml {}", name.replace("told.txt", "there.txt")),
            String::new(),
            "there.txt: this file is there",
        ),
        (
            format!("keys.toml {}", name.replace("--custodian Ben", "")),
            String::new(),
            "two to five components",
        ),
    ] {
        let ran = keys_typing(&place, &format!("ceremony {arguments}"), &typed);
        refused(&ran, why);
        assert_eq!(place.read("keys.toml"), KEYS);
        assert!(!place.exists("told.txt") && !place.exists("none.toml"));
        no_digits(&format!("{ran:?}"));
    }
}

/// To DES the low bits are where versions are: they make another component and no other check value.
#[test]
fn components_of_des_keys_have_check_values_of_theirs() {
    let place = Place::new();
    let [one, two, _] = COMPONENTS;
    let value = CheckValue::of(&MasterKey::des(&bytes(two))).unwrap();
    let ran = keys_typing(
        &place,
        "ceremony keys.toml --use test --key old:2k3des:0 --transcript told.txt --custodian A --custodian B",
        &format!("{one}\n{one}\n{two}\n{value}\n"),
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        value.to_string().starts_with("ecb-tdes:") && ran.out.contains(&value.to_string()),
        "{ran:?}"
    );
    let text = place.read("keys.toml").to_lowercase();
    assert!(text.contains(&hex::encode(whole(&[one, two]))));
}
