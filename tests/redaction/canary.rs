// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secrets to look for, in every shape in which a program prints bytes, numbers and text.

use std::collections::HashMap;

/// Four bytes in a row give a secret away; fewer turn up by chance.
const WINDOW: usize = 4;

/// Secrets, by name.
#[derive(Default)]
pub(super) struct Canaries {
    /// Four bytes of a secret, in either order.
    windows: HashMap<[u8; WINDOW], String>,
    /// Needles for a text from which all but letters and digits is taken.
    squeezed: Vec<(String, String)>,
    /// Needles for the text as it is.
    raw: Vec<(String, String)>,
}

impl Canaries {
    /// Any four bytes in a row: hexadecimal with whatever between, decimal as a list, as one
    /// number. The whole: base64, and as characters.
    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        for window in bytes.windows(WINDOW) {
            let number = u32::from_be_bytes(window.try_into().unwrap());
            for window in [number.to_be_bytes(), number.to_le_bytes()] {
                self.windows.insert(window, name.to_owned());
            }
        }
        self.squeezed.push((name.to_owned(), squeeze(&base64(bytes))));
        self.raw.push((name.to_owned(), String::from_utf8_lossy(bytes).into_owned()));
        self.raw.push((name.to_owned(), bytes.escape_ascii().to_string()));
    }

    /// A number of ten digits or more: decimal, hexadecimal, and the bytes it is made of.
    pub(super) fn number(&mut self, name: &str, number: u64) {
        assert!(number >= 1_000_000_000, "{name} turns up by chance");
        self.squeezed.push((name.to_owned(), number.to_string()));
        let bytes = number.to_be_bytes();
        self.bytes(name, &bytes[bytes.iter().position(|byte| *byte != 0).unwrap()..]);
    }

    /// A text of nine characters or more, or the bytes it is made of.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        assert!(squeeze(text).len() >= 9, "{name} turns up by chance");
        self.squeezed.push((name.to_owned(), squeeze(text)));
        self.bytes(name, text.as_bytes());
    }

    /// The name of a secret that shows.
    pub(super) fn found_in(&self, text: &str) -> Option<&str> {
        let squeezed = squeeze(&text.replace("0x", ""));
        let hit = |haystack: &str, needles: &'_ [(String, String)]| {
            needles.iter().position(|(_, needle)| haystack.contains(needle.as_str()))
        };
        self.in_hexadecimal(&squeezed)
            .or_else(|| self.in_decimal(text))
            .or_else(|| hit(&squeezed, &self.squeezed).map(|at| self.squeezed[at].0.as_str()))
            .or_else(|| hit(text, &self.raw).map(|at| self.raw[at].0.as_str()))
    }

    fn in_hexadecimal(&self, squeezed: &str) -> Option<&str> {
        let (mut digits, mut window) = (0, 0_u32);
        squeezed.chars().find_map(|letter| {
            digits = if letter.is_ascii_hexdigit() { digits + 1 } else { 0 };
            window = window << 4 | letter.to_digit(16).unwrap_or_default();
            let window = (digits >= 2 * WINDOW).then(|| window.to_be_bytes())?;
            self.windows.get(&window).map(String::as_str)
        })
    }

    fn in_decimal(&self, text: &str) -> Option<&str> {
        let numbers = text.split(|letter: char| !letter.is_ascii_digit());
        let (mut bytes, mut window) = (0, 0_u32);
        numbers.filter_map(|number| number.parse::<u32>().ok()).find_map(|number| {
            bytes = if number <= 0xFF { bytes + 1 } else { 0 };
            window = window << 8 | number & 0xFF;
            let list = (bytes >= WINDOW).then(|| window.to_be_bytes());
            let name = list.and_then(|list| self.windows.get(&list));
            name.or_else(|| self.windows.get(&number.to_be_bytes())).map(String::as_str)
        })
    }

    /// Nothing shows.
    #[track_caller]
    pub(super) fn absent_from(&self, what: &str, text: &str) {
        if let Some(name) = self.found_in(text) {
            panic!("{name} shows in {what}: {text}");
        }
    }

    /// Nothing shows in either form of `Debug`.
    #[track_caller]
    pub(super) fn absent_from_debug(&self, what: &str, value: &dyn core::fmt::Debug) {
        for text in [format!("{value:?}"), format!("{value:#?}"), format!("{value:02x?}")] {
            assert!(!text.is_empty(), "{what} prints nothing at all");
            self.absent_from(what, &text);
        }
    }

    /// Nothing shows in an error: both forms of `Debug`, `Display`, and its sources.
    #[track_caller]
    pub(super) fn absent_from_error(&self, what: &str, error: &dyn core::error::Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.absent_from_debug(what, &error);
            assert!(!error.to_string().is_empty(), "{what} says nothing");
            self.absent_from(what, &error.to_string());
            next = error.source();
        }
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |at: usize| {
        let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or_default());
        let pair = byte(at * 6 / 8) << 8 | byte(at * 6 / 8 + 1);
        usize::from(pair >> (10 - at * 6 % 8) & 0x3F)
    };
    (0..(bytes.len() * 8).div_ceil(6)).map(|at| char::from(ALPHABET[bits(at)])).collect()
}

#[test]
fn a_canary_is_found_in_every_shape_in_which_it_may_be_printed() {
    let key: [u8; 16] = [
        0x2E, 0xD0, 0x3D, 0x9E, 0x15, 0xA9, 0xDD, 0xE6, 0x0B, 0x6D, 0x27, 0x44, 0xB7, 0xAE, 0xDD,
        0x0A,
    ];
    let mut canaries = Canaries::default();
    canaries.bytes("key", &key);
    canaries.number("number", 7_305_948_216);
    canaries.text("holder", "Quux Zanzibarella");
    assert_eq!(base64(&key), "LtA9nhWp3eYLbSdEt67dCg");
    let word = u32::from_be_bytes([0x15, 0xA9, 0xDD, 0xE6]);
    for (name, text) in [
        ("key", hex::encode(key)),
        ("key", hex::encode_upper(key)),
        ("key", format!("Key({key:?})")),
        ("key", format!("Key {{ {key:#?} }}")),
        ("key", format!("{key:02X?}")),
        ("key", format!("{key:02x?}")),
        ("key", format!("{key:#04x?}")),
        ("key", "2E:D0:3D:9E:15:A9:DD:E6".to_owned()),
        ("key", "the middle, 0b6d2744, of a key".to_owned()),
        ("key", format!("{{\"key\":\"{}==\"}}", base64(&key))),
        ("key", format!("word {word}")),
        ("key", String::from_utf8_lossy(&key).into_owned()),
        ("key", format!("b\"{}\"", key.escape_ascii())),
        ("number", "out of range: 7305948216".to_owned()),
        ("number", "out of range: 7_305_948_216".to_owned()),
        ("number", format!("{:#x}", 7_305_948_216_u64)),
        ("number", format!("{:?}", 7_305_948_216_u64.to_le_bytes())),
        ("holder", "record of Quux Zanzibarella, line 2".to_owned()),
        ("holder", "QUUX_ZANZIBARELLA".to_owned()),
        ("holder", format!("{:?}", "Quux Zanzibarella".as_bytes())),
        ("holder", hex::encode("Quux Zanzibarella")),
    ] {
        assert_eq!(canaries.found_in(&text), Some(name), "{text}");
    }
    for text in [
        "",
        "CardKey(AES version 3, <secret>)",
        "46 and 208, as in 46, 208, 61, but no more",
        "exchanges 7305, sent 948, received 216",
        "Quux",
    ] {
        assert_eq!(canaries.found_in(text), None, "{text}");
    }
}

#[test]
#[should_panic(expected = "key shows in a planted text")]
fn a_planted_canary_fails_the_test() {
    let mut canaries = Canaries::default();
    canaries.bytes("key", &[0xC1, 0xC2, 0xC3, 0xC4, 0xC5]);
    canaries.absent_from_debug("a planted text", &[0xC1, 0xC2, 0xC3, 0xC4, 0xC5]);
}
