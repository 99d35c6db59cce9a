// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes as records: no panic, entries in the order of the file, contents that fit their files.
#![no_main]

use std::sync::LazyLock;

use cardwright::profile::{Profile, Records};
use libfuzzer_sys::fuzz_target;

static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    Profile::parse(include_str!("../../examples/data/profiles/door.toml")).expect("a profile")
});

fuzz_target!(|input: (bool, &[u8])| {
    let (json, bytes) = input;
    let records =
        if json { Records::json_lines(&PROFILE, bytes) } else { Records::csv(&PROFILE, bytes) };
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
        for file in PROFILE.applications().iter().flat_map(|application| &application.files) {
            let Some(content) = &file.content else { continue };
            let size = file.settings.kind.size().map_or(0, |size| size.bytes());
            if let Ok(bytes) = content.render(record) {
                assert!(bytes.expose_secret().len() <= size as usize);
            }
        }
    }
});
