// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes as records: no panic, entries in the order of the file, contents that fit their files.
#![no_main]

use std::sync::LazyLock;

use cardwright::iso14443::RealUid;
use cardwright::profile::{Profile, Records};
use libfuzzer_sys::fuzz_target;

/// The demonstration, and one with every type of field and every kind of part.
static PROFILES: LazyLock<[Profile; 2]> = LazyLock::new(|| {
    let texts = [
        include_str!("../../examples/data/profiles/door.toml"),
        include_str!("../seeds/profile/parts.toml"),
    ];
    texts.map(|text| Profile::parse(text).expect("a profile"))
});

fuzz_target!(|input: (bool, &[u8])| {
    let (json, bytes) = input;
    for profile in &*PROFILES {
        read(profile, json, bytes);
    }
});

fn read(profile: &Profile, json: bool, bytes: &[u8]) {
    let records =
        if json { Records::json_lines(profile, bytes) } else { Records::csv(profile, bytes) };
    let Ok(records) = records else { return };
    let mut last = 0;
    for entry in &records.entries {
        let line = match entry {
            Ok(record) => record.line(),
            Err(error) => error.line(),
        };
        assert!(line > last, "line {line} after {last}");
        last = line;
        let Ok(record) = entry else { continue };
        for file in profile.applications().iter().flat_map(|application| &application.files) {
            let Some(content) = &file.content else { continue };
            let bytes = content.render(record, &RealUid::new([0x04; 7])).expect("it was read");
            assert_eq!(bytes.expose_secret().len(), content.length());
            if let Some(size) = file.settings.kind.size() {
                assert!(content.length() <= size.bytes() as usize);
            }
        }
    }
}
