// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every published vector is played by a test, or stands in `tests/vectors/pending.toml` with what
//! it waits for.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use walkdir::WalkDir;

use crate::vectors::{FILES, kind, of_file};

/// Who plays the kinds of each file: the sources below one of these name the kind.
const PLAYED: [(&str, &str, &[&str]); 17] = [
    ("tests/cards", "ev1", &["plain_exchange"]),
    ("tests/cards", "credentials", &["credential_file", "gallagher_credential"]),
    (
        "tests/house",
        "ev1",
        &[
            "an10922",
            "an10922_variant",
            "cipher_block",
            "cipher_cbc",
            "cmac",
            "cmac_subkeys",
            "crc16",
            "crc32",
            "des_key_version",
        ],
    ),
    ("tests/house", "ev2", &["aes_cmac", "an10922_aes128"]),
    (
        "src/host",
        "ev1",
        &[
            "d40_authenticate",
            "d40_cbc_receive",
            "d40_cbc_send",
            "d40_changekey",
            "d40_enciphered_command",
            "d40_negative",
            "ev1_authenticate",
            "ev1_changekey",
            "ev1_command",
        ],
    ),
    (
        "src/emulator",
        "ev1",
        &[
            "d40_authenticate",
            "d40_cbc_send",
            "d40_changekey",
            "d40_enciphered_command",
            "d40_negative",
            "ev1_authenticate",
            "ev1_changekey",
            "ev1_command",
            "session_trace_iso_wrapped",
        ],
    ),
    ("src/host", "ev2", EV2_MESSAGING),
    ("src/emulator", "ev2", EV2_MESSAGING),
    (
        "src/emulator",
        "ev2",
        &[
            "authenticate_lrp_first",
            "authenticate_lrp_nonfirst",
            "lricb_encrypt",
            "lrp_cmac",
            "lrp_cmac_subkeys",
            "lrp_eval",
            "lrp_generate_plaintexts",
            "lrp_generate_updated_keys",
            "lrp_secure_message",
            "lrp_session",
            "lrp_session_master_key",
            "sdm_lrp",
        ],
    ),
    (
        "src/keys",
        "key-blocks",
        &["key_block", "key_block_check_value", "key_block_checked", "key_block_refused"],
    ),
    ("src/originality", "ev2", &["originality_signature"]),
    (
        "src/host",
        "ev2",
        &[
            "authenticate_lrp_first",
            "authenticate_lrp_nonfirst",
            "change_file_settings_payload",
            "lricb_encrypt",
            "lrp_cmac",
            "lrp_cmac_subkeys",
            "lrp_eval",
            "lrp_generate_plaintexts",
            "lrp_generate_updated_keys",
            "lrp_secure_message",
            "lrp_session",
            "lrp_session_master_key",
            "transaction_mac",
            "transaction_mac_session_keys",
        ],
    ),
    (
        "src/host",
        "ev2-more",
        &[
            "authenticate_lrp_first",
            "change_key_plain",
            "dam_configuration_mac",
            "dam_delete_mac",
            "dam_enc_key",
            "dam_mac",
            "ev2_session_trace",
            "lrp_secure_message",
            "transaction_mac",
            "transaction_mac_session_keys",
        ],
    ),
    ("src/originality", "ev2-more", &["originality_signature"]),
    ("src/sdm", "ev2", &["sdm_aes", "sdm_lrp"]),
    ("src/sdm", "ev2-more", &["sdm_aes", "sdm_lrp"]),
    (
        "src/emulator",
        "ev2-more",
        &[
            "authenticate_lrp_first",
            "change_key_plain",
            "dam_delete_mac",
            "dam_enc_key",
            "dam_mac",
            "lrp_secure_message",
            "sdm_aes",
            "sdm_lrp",
            "transaction_mac",
            "transaction_mac_session_keys",
        ],
    ),
];

const EV2_MESSAGING: &[&str] = &[
    "authenticate_ev2_first",
    "authenticate_ev2_nonfirst",
    "ev2_change_key",
    "ev2_command_iv",
    "ev2_command_mac",
    "ev2_secure_message",
    "ev2_session_keys",
];

/// Vectors of further sessions and chips that `tests/cards/sessions.rs` or the files of `src/host/tests` play
/// by their names.
const NAMED: [&str; 20] = [
    "an12343-t12-t13-light-factory",
    "an12343-t34-light-getvalue-free",
    "an12343-t41-auth-first",
    "an12343-t41-deletefile-tmac",
    "an12196-t19-changefilesettings-full",
    "hw-aes-getfilesettings-2-sdm",
    "hw-ntag424-cc-file",
    "drusifer-auth-first-B33020C3",
    "drusifer-changekey0-reset-same",
    "drusifer-auth-first-9A2DE79F",
    "drusifer-changekey0-same",
    "drusifer-auth-first-7BC114DA",
    "drusifer-changekey1-other",
    "drusifer-changekey3-other",
    "hw-ev3-8k-blank-taginfo",
    "hw-ev3-2k-getversion",
    "hw-ev3-preparepc-plain",
    "hw-ev2-8k-getversion-f7",
    "hw-ntag424-getversion-2026",
    "an12196-t13-tagtamper-getversion",
];

/// A row of `pending.toml`: a whole kind of a file, or vectors by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    kind: String,
    #[serde(default)]
    names: Vec<String>,
    waits_for: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    pending: Vec<Row>,
}

fn pending() -> Vec<Row> {
    let file: Pending = toml::from_str(include_str!("../vectors/pending.toml")).unwrap();
    file.pending
}

impl Row {
    fn is_of(&self, file: &str, vector: &serde_json::Value) -> bool {
        let names = &self.names;
        let named = || names.iter().any(|name| vector["name"] == name.as_str());
        self.file == file && self.kind == kind(vector) && (names.is_empty() || named())
    }
}

#[test]
fn every_vector_is_played_or_waits_for_something_and_never_both() {
    let rows = pending();
    for (file, _) in FILES {
        let played: BTreeSet<&str> =
            PLAYED.iter().filter(|row| row.1 == file).flat_map(|row| row.2).copied().collect();
        for vector in of_file(file) {
            let marks = rows.iter().filter(|row| row.is_of(file, &vector)).count();
            let name = vector["name"].as_str().unwrap();
            let is_played = played.contains(kind(&vector)) || NAMED.contains(&name);
            assert_eq!(marks + usize::from(is_played), 1, "{file}: {}", vector["name"]);
        }
    }
}

#[test]
fn no_mark_is_stale() {
    for Row { file, kind: wanted, names, waits_for } in pending() {
        assert!(!waits_for.trim().is_empty(), "{file} {wanted}: it waits for nothing");
        let vectors: Vec<_> = of_file(&file).into_iter().filter(|v| kind(v) == wanted).collect();
        assert!(!vectors.is_empty(), "{file} has no {wanted}");
        for name in names {
            assert!(vectors.iter().any(|v| v["name"] == name.as_str()), "{file} has no {name}");
        }
    }
}

#[test]
fn what_is_played_by_name_is_named_where_it_is_played() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sessions: String = [
        "src/emulator/tests/proximity.rs",
        "tests/cards/sessions.rs",
        "src/host/tests/published.rs",
        "src/host/tests/tags.rs",
        "src/host/tests/traces.rs",
    ]
    .map(|path| std::fs::read_to_string(root.join(path)).unwrap())
    .concat();
    for name in NAMED {
        assert!(sessions.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn what_is_said_to_be_played_is_named_where_it_is_played() {
    for (place, file, kinds) in PLAYED {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
        let this = Path::new(file!()).file_name();
        let sources: String = WalkDir::new(root)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .filter(|path| path.file_name() != this)
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        for kind in kinds {
            assert!(sources.contains(&format!("\"{kind}\"")), "{place} plays no {kind} of {file}");
            assert!(of_file(file).iter().any(|v| self::kind(v) == *kind), "{file} has no {kind}");
        }
    }
}
