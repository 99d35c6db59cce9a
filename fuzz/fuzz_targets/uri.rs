// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text as the URI of a token: no panic, no value of it in an error, and what is taken means the same in any
//! order and however it is coded.
#![no_main]

use cardwright::keys::token::{TokenUri, UriProblem};
use libfuzzer_sys::fuzz_target;

const PIN: &str = "Zanzibar-7731";

fuzz_target!(|text: &str| {
    let fitting = format!("pkcs11:{text}");
    for text in [text, &fitting] {
        let read = TokenUri::parse(text);
        match &read {
            Ok(uri) => holds(uri),
            Err(error) => {
                assert!(error.at() <= text.len());
                assert_eq!(*error.problem() == UriProblem::NoScheme, !TokenUri::is_meant(text));
                assert_eq!(error.to_string().lines().count(), 1, "{error}");
            }
        }
        if let Some(other) = otherwise(text) {
            let other = TokenUri::parse(&other);
            assert_eq!(read.as_ref().ok(), other.as_ref().ok(), "{other:?}");
        }
        // A PIN is nowhere taken, and never told.
        let with_pin = format!("{text}&pin-value={PIN}");
        let error = TokenUri::parse(&with_pin).expect_err("it has a PIN in it, or no module");
        let told = format!("{error} {error:?}");
        assert!(!told.contains(PIN), "{told}");
    }
});

/// What is claimed of every URI that is taken.
fn holds(uri: &TokenUri) {
    let files = uri.module_files();
    assert!(!files.is_empty() && files.iter().all(|file| file.is_absolute()));
    for said in [uri.token(), uri.tenant()].into_iter().flatten() {
        assert!(!said.is_empty() && said.len() <= 64 && !said.chars().any(char::is_control));
    }
    assert_eq!(format!("{uri:?}").lines().count(), 1);
}

/// The same attributes the other way round, each value coded to its last byte.
fn otherwise(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_at_checked("pkcs11:".len())?;
    let turned = |part: &str, separator: char| {
        let parts: Vec<String> = part.rsplit(separator).map(coded).collect();
        parts.join(&separator.to_string())
    };
    let scheme = scheme.to_ascii_uppercase();
    Some(match rest.split_once('?') {
        Some((path, query)) => format!("{scheme}{}?{}", turned(path, ';'), turned(query, '&')),
        None => scheme + &turned(rest, ';'),
    })
}

fn coded(attribute: &str) -> String {
    let Some((name, value)) = attribute.split_once('=') else { return attribute.to_owned() };
    let mut coded = format!("{name}=");
    for (number, piece) in value.split('%').enumerate() {
        // What is coded already stays so, and what is badly coded stays bad.
        let (digits, plain) = match number {
            0 => ("", piece),
            _ => match piece.split_at_checked(2) {
                Some(split) => split,
                None => (piece, ""),
            },
        };
        if number > 0 {
            coded.push('%');
        }
        coded += digits;
        coded.extend(plain.bytes().map(|byte| format!("%{byte:02X}")));
    }
    coded
}
