// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text as addresses of tags, whole and in pieces, and bytes as NDEF files: no panic; nothing is taken but what
//! the tag gave, however it is written.
#![no_main]

use std::sync::LazyLock;

use cardwright::profile::Profile;
use cardwright::sdm::{self, Memory, Pieces, Seen, Verifier, VerifyError};
use cardwright::{Job, KeyFile};
use libfuzzer_sys::fuzz_target;

/// The tag of the seeds.
const UID: [u8; 7] = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
const COUNTER: u32 = 0x0001_0203;

/// UID and counter in PICC data and in clear; enciphered parts with a seal among them, and a version; LRP.
static JOBS: LazyLock<[Job; 4]> = LazyLock::new(|| {
    let sun = include_str!("../../examples/data/profiles/sun.toml");
    let mirrors = "\"?e=\", { mirror = \"picc\" }, \"&c=\", { mirror = \"mac\" },";
    let with = |other: &str| {
        assert!(sun.contains(mirrors));
        sun.replace(mirrors, other)
    };
    let clear = with(
        "\"?u=\", { mirror = \"uid\" }, { mirror = \"counter\" }, \"&c=\", { mirror = \"mac\" },",
    );
    let clear = clear.replace("picc = \"picc\", mac", "mac");
    let full = with(
        "\"?v=\", { mirror = \"version\" }, \"&e=\", { mirror = \"picc\" }, \"&d=\", { mirror = \"from\" }, \
         { mirror = \"enciphered\", parts = [{ constant = \"ascii:abc\" }, { mirror = \"seal\" }] }, \"&c=\", \
         { mirror = \"mac\" },",
    );
    let full = full.replace("\"ntag424\"]", "\"ntag424tt\"]");
    let lrp = full.replace("sdm = { ", "sdm = { suite = \"lrp\", ");
    let keys = KeyFile::parse(include_str!("../../examples/data/test-keys.toml")).expect("keys");
    [sun, &clear, &full, &lrp].map(|text| {
        Job::new(Profile::parse(text).expect("a profile"), &keys).expect("a job")
    })
});

static VERIFIERS: LazyLock<[Verifier<'static>; 4]> = LazyLock::new(|| {
    JOBS.each_ref().map(|job| Verifier::new(job).expect("a verifier"))
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let file = sdm::address(bytes);
    let mut pieces = text.split('\n');
    let mut next = || pieces.next().filter(|piece| !piece.is_empty());
    let pieces = Pieces {
        mac: next().unwrap_or_default(),
        picc: next(),
        uid: next(),
        counter: next(),
        version: next(),
        seal: next(),
        enciphered: next(),
        between: next().unwrap_or_default(),
    };
    for verifier in &*VERIFIERS {
        judged(verifier.verify(&text, &Memory::default()));
        judged(verifier.verify_pieces(&pieces, &Memory::default()));
        if let Some(address) = &file {
            judged(verifier.verify(address, &Memory::default()));
        }
    }
});

fn judged(seen: Result<Seen, VerifyError>) {
    match seen {
        Ok(seen) => {
            assert_eq!((seen.uid.expose(), seen.counter), (&UID, Some(COUNTER)));
        }
        Err(error) => assert!(matches!(error, VerifyError::Refused(_)), "{error}"),
    }
}
