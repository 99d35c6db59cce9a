// SPDX-License-Identifier: MIT OR Apache-2.0
//! The owner's half and the encoder's half of a delegated application, on the command line.

use std::process::Command;

use super::inspect::inspect;
use super::place::{KEYS, Place, Ran, another_program};

const LOCKERS: &str = include_str!("../../../examples/data/profiles/delegated.toml");
const CITY: &str = r#"[profile]
name = "city"
chips = ["ev2", "ev3"]
verify = "read-back"

[transport]
picc = ["factory"]

[fields]
number = { type = "uint", max = 65535, class = "pseudonymous" }

[keys]
picc = { ref = "picc", version = 1, diversify = { scheme = "an10922", input = ["uid"] } }
master = { ref = "app0", version = 1 }

[card]
master_key = "picc"
foreign = "allowed"

[[application]]
aid = "F5C177"
keys = ["master"]

[[application.file]]
no = 0
type = "standard"
size = 8
mode = "full"
read = "master"
content = [{ uint = "number", bytes = 2, order = "big" }]
"#;

/// A card of the city, and what both have.
fn place() -> Place {
    let place = Place::new();
    place.write("city.toml", CITY);
    place.write("lockers.toml", LOCKERS);
    place.write("keys.toml", KEYS);
    place.write("citizens.csv", "id,number\nc-1,7\n");
    place.write("guests.csv", "id,guest,lockers,valid_until\npool-01,3405691582,2,2027-12-31\n");
    let ran = on_card(&place, "--profile city.toml --records citizens.csv --card ev3-8k");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    place
}

fn on_card(place: &Place, arguments: &str) -> Ran {
    place.run(&format!("--keys keys.toml --state card {arguments}"))
}

fn delegate(place: &Place, arguments: &str) -> Ran {
    let mut command = Command::new(another_program("delegate"));
    let command = place.at(&mut command).args(arguments.split_whitespace());
    let command = command.args(["--profile", "lockers.toml", "--keys", "keys.toml"]);
    Ran::of(&command.output().unwrap())
}

#[test]
fn an_owner_permits_and_somebody_else_encodes() {
    let place = place();
    let encode = "--profile lockers.toml --records guests.csv";
    let ran = on_card(&place, encode);
    assert!(ran.err.contains("DAMAuthKey"), "{ran:?}");
    for _ in 0..2 {
        let ran = delegate(&place, "prepare --card-profile city.toml --state card");
        assert_eq!(
            (ran.code, &*ran.out),
            (Some(0), "the card takes delegated applications\n"),
            "{ran:?}"
        );
    }
    let ran = delegate(&place, "permit --expires 2099-12-31 --out permission");
    let told = "application F5D1A0 may be created in slot 3, version 1, with 12 blocks of 32 bytes, until 2099-12-31: \
                permission, a secret\n";
    assert_eq!((ran.code, &*ran.out), (Some(0), told), "{ran:?}");
    let ran = on_card(&place, &format!("{encode} --permission permission"));
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
    // Both are on the card, and each is found by its own profile.
    let ran = on_card(&place, &format!("{encode} --job verify"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = on_card(&place, "--profile city.toml --records citizens.csv --job verify");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows_the_slot(&place, "application F5D1A0, version 1, a quota of 12 blocks of 32 bytes, ");
    let ran = delegate(&place, "delete --expires 2099-12-31 --out deletion");
    assert_eq!(
        (ran.code, &*ran.out),
        (Some(0), "application F5D1A0 may be deleted, until 2099-12-31: deletion, a secret\n")
    );
    let ran = on_card(&place, &format!("{encode} --job recycle --permission deletion"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = on_card(&place, "--profile city.toml --records citizens.csv --job verify");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows_the_slot(
        &place,
        "no application any more, version 1, a quota of 12 blocks of 32 bytes, ",
    );
}

/// Keys that are on the card stay, and no key is two.
#[test]
fn a_card_that_was_prepared_with_other_keys_is_told() {
    let place = place();
    let at = "prepare --card-profile city.toml --state card";
    let ran = delegate(&place, &format!("{at} --enc-key dam-mac"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("DAMENCKey and DAMMACKey are one key"), "{ran:?}");
    assert_eq!(delegate(&place, &format!("{at} --enc-key agency0")).code, Some(0));
    let ran = delegate(&place, at);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("the card has another DAMENCKey already"), "{ran:?}");
    assert_eq!(delegate(&place, &format!("{at} --enc-key agency0")).code, Some(0));
}

/// A card that hides its UID tells it in a session of its PICC master key, where that is not made from it.
#[test]
fn a_card_that_hides_its_uid_is_prepared_too() {
    let place = place();
    let of_uid = ", diversify = { scheme = \"an10922\", input = [\"uid\"] }";
    let hidden =
        CITY.replacen("master_key = \"picc\"", "master_key = \"picc\"\nrandom_uid = true", 1);
    place.write("hidden.toml", hidden.replacen(of_uid, "", 1));
    place.write("of-uid.toml", &hidden);
    for model in ["ev2-8k", "ev3-8k"] {
        let made = format!(
            "--keys keys.toml --state hidden-{model} --profile hidden.toml --records citizens.csv --card {model} \
             --allow random-uid"
        );
        let ran = place.run(&made);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        for _ in 0..2 {
            let at = format!("prepare --card-profile hidden.toml --state hidden-{model}");
            let ran = delegate(&place, &at);
            let told = "the card takes delegated applications\n";
            assert_eq!((ran.code, &*ran.out), (Some(0), told), "{ran:?}");
        }
        let at = format!("prepare --card-profile of-uid.toml --state hidden-{model}");
        let ran = delegate(&place, &at);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.err.contains("the card hides its UID, which its PICC master key is made from"),
            "{ran:?}"
        );
    }
}

/// What `inspect` says of the profile's slot, of one that was never used, and of the keys.
fn shows_the_slot(place: &Place, holds: &str) {
    let at = "--state card --profile lockers.toml --keys keys.toml --slot 3,9";
    let ran = inspect(place, at);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    // A line is as long as the terminal lets it be.
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("slot 3 {holds}")), "{words}");
    assert!(words.contains("slot 9 ") && words.contains("nobody has used this slot"), "{words}");
    for key in [
        "key 16 DAMAuthKey, version 1",
        "key 17 DAMMACKey, version 1",
        "key 18 DAMENCKey, version 1",
    ] {
        assert!(words.contains(key), "{key}: {words}");
    }
    let ran = inspect(place, &format!("{at} --json"));
    let seen: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let slot = &seen["delegation"]["slots"][0];
    assert_eq!((&slot["slot"], &slot["holds"]["is"]["quota"]), (&3.into(), &12.into()));
    assert_eq!(seen["delegation"]["keys"][0]["no"], 16);
}

#[test]
fn a_permission_is_its_owners_alone_and_never_shown() {
    let place = place();
    let permit = "permit --expires 2099-12-31 --out permission";
    let ran = delegate(&place, permit);
    let text = place.read("permission");
    let proof = text.split("proof = \"").nth(1).unwrap().get(..80).unwrap();
    #[cfg(unix)]
    assert_eq!(place.mode("permission") & 0o777, 0o600);
    assert!(!format!("{ran:?}").contains(proof.get(..16).unwrap()));
    // What is there stays.
    let ran = delegate(&place, permit);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("permission: the file is there already"), "{ran:?}");
    assert!(ran.err.contains("name another one with --out"), "{ran:?}");
    assert_eq!(place.read("permission"), text);
    // Each has other random bytes.
    assert_eq!(
        delegate(&place, &permit.replace("--out permission", "--out another")).code,
        Some(0)
    );
    assert_ne!(place.read("another"), text);
    let bent = text.replace(proof, &proof.replacen(proof.get(..1).unwrap(), "Z", 1));
    place.write("bent", &bent);
    let ran = on_card(&place, "--profile lockers.toml --records guests.csv --permission bent");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("these are not so many hexadecimal digits"), "{ran:?}");
    assert!(!format!("{ran:?}").contains(proof.get(16..32).unwrap()));
    #[cfg(unix)]
    {
        place.chmod("permission", 0o644);
        let ran =
            on_card(&place, "--profile lockers.toml --records guests.csv --permission permission");
        assert!(ran.err.contains("others may read or write this permission (mode 644)"), "{ran:?}");
    }
}

#[test]
fn checking_tells_what_is_wrong_with_a_permission() {
    let place = place();
    let check = |permission: &str| {
        let mut command = Command::new(another_program("plan"));
        let command =
            place.at(&mut command).args(["--check", "lockers.toml", "--permission", permission]);
        Ran::of(&command.output().unwrap())
    };
    assert_eq!(delegate(&place, "permit --expires 2099-12-31 --out fits").code, Some(0));
    let ran = delegate(&place, "permit --expires 2020-12-31 --out over");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("warning: 2020-12-31 is over, so that nobody uses"), "{ran:?}");
    let ran = check("fits");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = check("over");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.out
            .contains("mistake: over: the permission for application F5D1A0 expired on 2020-12-31"),
        "{ran:?}"
    );
    place.write("lockers.toml", LOCKERS.replacen("quota = 12", "quota = 13", 1));
    let ran = check("fits");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("they differ in the quota"), "{ran:?}");
    // A profile that nothing of a permission is for.
    place.write("lockers.toml", CITY);
    let ran = check("fits");
    assert!(ran.out.contains("the profile has no delegated application"), "{ran:?}");
    let ran = delegate(&place, "permit --expires 2099-12-31 --out none");
    assert_eq!((ran.code, place.exists("none")), (Some(2), false), "{ran:?}");
}

/// Of two keys of one name one is named with the option that is meant.
#[test]
fn which_of_several_keys_permits_is_asked_by_the_name_of_its_option() {
    let place = place();
    for which in ["enc", "mac"] {
        let ran = delegate(
            &place,
            &format!("permit --expires 2099-12-31 --out none --{which}-key locker0"),
        );
        assert_eq!((ran.code, place.exists("none")), (Some(2), false), "{ran:?}");
        let why = format!("there are several keys locker0: say --{which}-version");
        assert!(ran.err.contains(&why), "{ran:?}");
    }
}
