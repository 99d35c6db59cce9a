// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text as a profile and as a key file: no panic, one meaning, no key in an error.
#![no_main]

use cardwright::keys::KeyFile;
use cardwright::profile::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(profile) = Profile::parse(text) {
        let again = Profile::parse(text).expect("it parsed before");
        assert_eq!(profile.sha256(), again.sha256());
        assert_eq!(profile.memory(), again.memory());
    }
    if let Err(error) = KeyFile::parse(text) {
        let shown = format!("{error} {error:?}");
        let digits = shown.split(|letter: char| !letter.is_ascii_hexdigit());
        assert!(digits.map(str::len).max() < Some(32), "{shown}");
    }
});
