// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who writes to a screen. What readers, cards and files name goes there escaped, so everything
//! goes by way of the few files that escape it.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use walkdir::WalkDir;

/// The files of the examples that may name a stream, and what of `cardwright::shown` each has to use.
const MAY: [(&str, &[&str]); 12] = [
    ("shared/say.rs", &["Shown"]),
    ("shared/result.rs", &["ShownLines", "ShownJson"]),
    ("encode/check.rs", &["Shown"]),
    ("encode/main.rs", &["ShownLines"]),
    // Digits of a key, which the key writes itself, to a terminal only.
    ("diversify/main.rs", &["show", "is_terminal"]),
    ("encode/output.rs", &["ShownJson"]),
    // Asks only whether somebody looks, before keys are shown there.
    ("keys/main.rs", &["is_terminal", "result"]),
    // Only clears it.
    ("keys/ceremony.rs", &["clear_screen"]),
    // Has a terminal hide what is typed.
    ("shared/asked.rs", &["read_secure_line"]),
    // Asks only how wide it is.
    ("shared/table.rs", &[]),
    // Asks only which files they are.
    ("encode/paths.rs", &[]),
    // Asks only whether somebody looks.
    ("encode/results.rs", &[]),
];

const STREAMS: [&str; 7] = ["stdout", "stderr", "print", "println", "eprint", "eprintln", "dbg"];

fn words(tokens: TokenStream, out: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words(group.stream(), out),
            TokenTree::Ident(word) => out.push(word.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn words_of(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    words(text.parse().unwrap(), &mut found);
    found
}

fn writes(words: &[String]) -> bool {
    words.iter().any(|word| STREAMS.contains(&word.as_str()))
}

#[test]
fn examples_write_to_screens_where_words_are_escaped() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = 0;
    for entry in WalkDir::new(&examples) {
        let entry = entry.unwrap();
        let path = entry.path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let name = path.strip_prefix(&examples).unwrap().to_str().unwrap().replace('\\', "/");
        let words = words_of(path);
        let may = MAY.iter().find(|(may, _)| *may == name);
        match may {
            None => assert!(!writes(&words), "{name} writes to a screen: let say or result do it"),
            Some((_, needs)) => {
                found += 1;
                assert!(writes(&words), "{name} names no stream any more: take it out of the list");
                for need in *needs {
                    assert!(words.iter().any(|word| word == need), "{name} does not use {need}");
                }
            }
        }
    }
    assert_eq!(found, MAY.len());
}
