// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text as a key block: no panic, no key of what nobody wrapped, no text in an error. And what is wrapped
//! opens as what it was, whatever its label.
#![no_main]

use cardwright::key::{CheckValue, MasterKey};
use cardwright::keys::{KeyBlock, ProtectionKey};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;

fuzz_target!(|text: &str| {
    let keys = [ProtectionKey::aes(&[0x5A; 16]), ProtectionKey::tdes(b"0123456789ABCDEF")];
    for protection in keys.map(|key| key.expect("it is one")) {
        // Under keys that nobody else has, a text would have to guess its MAC.
        let error = KeyBlock::open(text, &protection).expect_err("a MAC was guessed");
        let shown = error.to_string();
        assert_eq!(shown.lines().count(), 1, "{shown}");
        // A text whose length fits gets further.
        let fits = text.get(..1).zip(text.get(5..));
        if let Some((version, rest)) = fits {
            let length = rest.trim_ascii_end().len() + 5;
            let fitting = format!("{version}{length:04}{rest}");
            KeyBlock::open(&fitting, &protection).expect_err("a MAC was guessed");
        }
    }
    let protection = ProtectionKey::aes(&[0x5A; 16]).expect("it is one");
    let issuer = MasterKey::aes(&[0xC7; 16]);
    if let Ok(block) = KeyBlock::of_issuer(&issuer).labelled(text) {
        let wrapped = block.wrap(&protection, &mut StdRng::seed_from_u64(7)).expect("it fits");
        let opened = KeyBlock::open(&wrapped, &protection).expect("it was wrapped");
        assert_eq!(opened.label(), Some(text));
        let found = CheckValue::of(&opened.issuer_key().expect("it is one"));
        assert_eq!(found, CheckValue::of(&issuer));
    }
    if let Ok(value) = text.parse::<CheckValue>() {
        assert!(value.to_string().eq_ignore_ascii_case(text));
    }
});
