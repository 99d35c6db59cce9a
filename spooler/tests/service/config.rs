// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one file: what is in it comes about, and every mistake in it is told.

use std::fs;
use std::path::Path;

use cardwright::diversify::undiversified;
use cardwright::encode::{Permission, delegated_application};
use cardwright::host::delegated::DelegationKeys;
use cardwright::key::LowBits;
use cardwright::keys::{KeyFile, Store as _};
use cardwright::profile::Profile;
use cardwright::wire::KeyVersion;
use cardwright_spooler::service::config::{Config, Sources};

use crate::common::folder;

/// A file that says everything, with what it names beside it.
fn written(folder: &Path) -> String {
    Config::make_tenant_key(&folder.join("tenant.key")).unwrap();
    for (name, text) in [
        ("door.toml", include_str!("../../../examples/data/profiles/door.toml")),
        ("keys.toml", include_str!("../../../examples/data/test-keys.toml")),
        ("sealed.age", "age-encryption.org/v1\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let hash = "ab".repeat(32);
    format!(
        r#"address = "127.0.0.1:0"
station = "hall-1"
store = "orders.db"
lot = "lot"
lease_seconds = 60

[tenant]
name = "somebody"
key = "tenant.key"
retention_days = 90
most_tries = 5
second_person = ["lost"]

[[profile]]
file = "door.toml"
keys = "keys.toml"
job = "encode"

[[reader]]
name = "left"
software = {{ exchange_ms = 1 }}
groups = ["hall"]

[[token]]
name = "portal"
rights = ["put", "see"]
sha256 = "{hash}"

[deadlines]
usual = 5

[limits]
orders = 10
"#
    )
}

/// Every mistake, one line each.
fn mistakes(folder: &Path, text: &str) -> String {
    let read = Config::parse(text, folder);
    match read.and_then(|config| config.open(&Sources::default()).map(drop)) {
        Ok(()) => String::new(),
        Err(mistakes) => mistakes.to_string(),
    }
}

#[test]
fn what_is_well_opens() {
    let folder = folder("config");
    let text = written(&folder);
    assert_eq!(mistakes(&folder, &text), "");
    let config = Config::parse(&text, &folder).unwrap();
    let opened = config.open(&Sources::default()).unwrap();
    assert_eq!(opened.limits.orders, 10);
    assert_eq!(opened.spooler.tenant().rules.second_person.len(), 1);
}

/// Keys of a file in the clear, or where it would say otherwise.
#[cfg(feature = "age")]
#[test]
fn keys_may_be_encrypted() {
    use cardwright::keys::sealed::Sealer;

    let folder = folder("config");
    let text = written(&folder).replacen("keys.toml", "keys.age", 1);
    let keys = include_str!("../../../examples/data/test-keys.toml");
    let sealer = Sealer::passphrase("zqx invented").unwrap().with_work(2).unwrap();
    fs::write(folder.join("keys.age"), sealer.seal(keys).unwrap()).unwrap();
    assert!(mistakes(&folder, &text).contains("keys.age: they are locked: write keys_secret"));
    for (secret, mode, told) in [
        ("zqx invented\n", 0o600, ""),
        ("zqx another\n", 0o600, "keys.age: this passphrase does not open it"),
        ("zqx invented\n", 0o644, "passphrase: others than its owner"),
    ] {
        fs::write(folder.join("passphrase"), secret).unwrap();
        #[cfg(unix)]
        fs::set_permissions(
            folder.join("passphrase"),
            std::os::unix::fs::PermissionsExt::from_mode(mode),
        )
        .unwrap();
        let named = text.replacen("job =", "keys_secret = \"passphrase\"\njob =", 1);
        let said = mistakes(&folder, &named);
        assert!(said.contains(told) && said.is_empty() == told.is_empty(), "{said}");
        assert!(!said.contains("zqx"), "{said}");
    }
    let named = text.replacen("job =", "keys_secret = \"env:NO_SUCH_NAME\"\njob =", 1);
    assert!(mistakes(&folder, &named).contains("there is no variable NO_SUCH_NAME"));
}

#[test]
fn each_mistake_is_told() {
    let folder = folder("config");
    let text = written(&folder);
    for (from, to, told) in [
        ("station =", "staton =", "staton"),
        ("\"127.0.0.1:0\"", "\"nowhere\"", "line 1"),
        ("\"see\"]", "\"sea\"]", "sea"),
        ("abab", "zbab", "64 hexadecimal digits"),
        ("tenant.key", "other.key", "tenant-key FILE makes one"),
        ("door.toml", "other.toml", "[[profile]] 1"),
        ("\"encode\"", "\"encod\"", "[[profile]] 1"),
        #[cfg(not(feature = "age"))]
        ("keys.toml", "sealed.age", "build with --features age"),
        #[cfg(not(feature = "pkcs11"))]
        ("keys.toml", "pkcs11:token=x", "build with --features pkcs11"),
        ("software = { exchange_ms = 1 }", "", "write pcsc ="),
        ("lease_seconds = 60", "lease_seconds = 0", "lease_seconds: 0"),
        ("\"orders.db\"", "\"none/orders.db\"", "store:"),
        ("\"orders.db\"", "\"postgres://somebody:zqx@127.0.0.1:1/x\"", "store:"),
        ("name = \"left\"", "name = \"\"", "has no name"),
        ("\"orders.db\"", "\"Postgres://somebody:zqx@127.0.0.1/x\"", "store: a store is a file"),
        #[cfg(feature = "postgres")]
        (
            "\"orders.db\"",
            "\"postgres://somebody:zqx@192.0.2.1/x\"",
            "store: the server is on another",
        ),
        #[cfg(feature = "postgres")]
        (
            "\"orders.db\"",
            "\"postgres://somebody:zqx@localhost,db/x\"",
            "store: the server is on another",
        ),
        ("limits]", "limits]\nconnections = 0", "limits.connections: 0"),
        ("\"orders.db\"", "\"host=127.0.0.1 password=zqx\"", "store: a store is a file"),
        ("[\"put\", \"see\"]", "[]", "rights is empty"),
        ("retention_days = 90", "retention_days = 0", "tenant.retention_days: 0"),
        ("usual = 5", "usual = 0", "deadlines.usual: 0"),
        ("\"somebody\"", "\"\"", "tenant.name"),
        ("[\"lost\"]", "[\"last\"]", "last"),
    ] {
        assert!(text.contains(from), "{from}");
        let said = mistakes(&folder, &text.replacen(from, to, 1));
        assert!(said.contains(told), "{from} -> {to}: {said}");
        assert!(!said.contains("zqx"), "{said}");
    }
    let token = text.split_once("[[token]]").unwrap().1.split_once("[deadlines]").unwrap().0;
    let second = format!("[[token]]{}", token.replace("portal", "other"));
    let said = mistakes(&folder, &text.replace("[deadlines]", &format!("{second}\n[deadlines]")));
    assert!(said.contains("another one has this sha256"), "{said}");
    // All of them at once.
    let many = text
        .replace("abab", "zbab")
        .replace("tenant.key", "other.key")
        .replace("door.toml", "no.toml");
    assert_eq!(mistakes(&folder, &many).lines().count(), 3);
}

#[test]
fn keys_of_another_tenant_are_not_taken() {
    let folder = folder("config");
    let text = written(&folder);
    let keys = fs::read_to_string(folder.join("keys.toml")).unwrap();
    for (tenant, taken) in [("somebody", true), ("another", false)] {
        let named = keys.replacen("receipt = ", &format!("tenant = \"{tenant}\"\nreceipt = "), 1);
        fs::write(folder.join("keys.toml"), named).unwrap();
        let said = mistakes(&folder, &text);
        assert_eq!(said.is_empty(), taken, "{said}");
        assert!(taken || said.contains("`another`") && said.contains("`somebody`"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn keys_that_others_may_read_are_not_taken() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("config");
    let text = written(&folder);
    let open = |name: &str, mode| {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    open("tenant.key", 0o640);
    let said = mistakes(&folder, &text);
    assert!(said.contains("chmod 600") && said.lines().count() == 1, "{said}");
    open("tenant.key", 0o600);
    // Keys for trying out may be read by anybody; others not.
    open("keys.toml", 0o644);
    assert_eq!(mistakes(&folder, &text), "");
    let keys = fs::read_to_string(folder.join("keys.toml")).unwrap();
    fs::write(folder.join("keys.toml"), keys.replace("use = \"test\"", "use = \"live\"")).unwrap();
    assert!(mistakes(&folder, &text).contains("chmod 600"));
    // A tenant's key is not made over another one.
    assert!(Config::make_tenant_key(&folder.join("tenant.key")).is_err());
}

/// The permission of the owner of the cards of `delegated.toml`, in words.
fn permission() -> String {
    let keys = KeyFile::parse(include_str!("../../../examples/data/test-keys.toml")).unwrap();
    let profile = include_str!("../../../examples/data/profiles/delegated.toml");
    let key = |name: &str, version: u8| {
        let issuer = keys.issuer(name, KeyVersion(version)).unwrap();
        undiversified(&*issuer, KeyVersion(version), LowBits::Kept).unwrap()
    };
    let owner = DelegationKeys::new(key("dam-enc", 1), key("dam-mac", 1)).unwrap();
    let application = delegated_application(&Profile::parse(profile).unwrap()).unwrap();
    let permit = owner.permit(&application, &key("locker-start", 100), b"a salt.").unwrap();
    Permission::creation(permit, "2099-12-31".parse().unwrap()).text().as_str().to_owned()
}

/// Whoever encodes on cards of somebody else names the permission beside the profile.
#[test]
fn a_permission_of_the_cards_owner_stands_beside_its_profile() {
    let folder = folder("config");
    let lockers = include_str!("../../../examples/data/profiles/delegated.toml");
    fs::write(folder.join("lockers.toml"), lockers).unwrap();
    fs::write(folder.join("lockers.permission"), permission()).unwrap();
    owned_alone(&folder.join("lockers.permission"));
    let text = written(&folder);
    let door = "file = \"door.toml\"\nkeys = \"keys.toml\"\n";
    let named =
        "file = \"lockers.toml\"\nkeys = \"keys.toml\"\npermission = \"lockers.permission\"\n";
    assert!(text.contains(door));
    let well = text.replacen(door, named, 1);
    assert_eq!(mistakes(&folder, &well), "");
    let refused = |from: &str, to: &str| {
        let permission = permission().replacen(from, to, 1);
        fs::write(folder.join("lockers.permission"), permission).unwrap();
        mistakes(&folder, &well)
    };
    let said = refused("2099-12-31", "2020-02-29");
    assert!(said.contains("[[profile]] 1") && said.contains("expired on 2020-02-29"), "{said}");
    let said = refused("expires", "expired");
    assert!(said.contains("lockers.permission") && said.lines().count() == 1, "{said}");
    fs::write(folder.join("lockers.permission"), permission()).unwrap();
    // One for another application, one for none, and none that is there.
    let other = lockers.replacen("slot = 3", "slot = 4", 1);
    fs::write(folder.join("lockers.toml"), other).unwrap();
    let said = mistakes(&folder, &well);
    assert!(said.contains("they differ in the slot"), "{said}");
    let beside =
        door.replace("keys.toml\"\n", "keys.toml\"\npermission = \"lockers.permission\"\n");
    let said = mistakes(&folder, &text.replacen(door, &beside, 1));
    assert!(said.contains("the profile has no delegated application"), "{said}");
    let said = mistakes(&folder, &well.replacen("lockers.permission", "none.permission", 1));
    assert!(said.contains("none.permission"), "{said}");
}

#[cfg(unix)]
fn owned_alone(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn owned_alone(_path: &Path) {}
