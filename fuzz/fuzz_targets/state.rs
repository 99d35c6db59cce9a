// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes as the state of a software card: what is taken is saved again as a state that is the same
//! card, and no error shows a key.
#![no_main]

use cardwright::emulator::SoftCard;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| match SoftCard::restore(bytes, 7) {
    Ok(card) => {
        let saved = card.save();
        let again = SoftCard::restore(&saved, 8).expect("a card that was saved");
        assert_eq!(*again.save(), *saved);
    }
    Err(error) => {
        let shown = format!("{error} {error:?}");
        let digits = shown.split(|letter: char| !letter.is_ascii_hexdigit());
        assert!(digits.map(str::len).max() < Some(32), "{shown}");
    }
});
