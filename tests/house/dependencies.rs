// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the crate depends on: how much, and the names. A change that raises a number says by what
//! and why.

use std::collections::BTreeSet;
use std::process::Command;

/// What a checkout compiles: the library, its tests, its examples, its benchmark. `nix` is there twice, by
/// `ctrlc` and for the tests that look into a program's memory and give it a terminal.
const ALL: usize = 117;

/// What a program without the software card compiles. Two packages of it, `getrandom` and `libc`, are
/// the way to the system's randomness, which encoders take unless they are given another; `strsim`
/// tells which name was meant by a wrong one.
const PRODUCTION: usize = 70;

/// What a program compiles that verifies signatures of chips: 15 packages more, all of them of the
/// curve, which nobody should write by hand.
const ORIGINALITY: usize = 94;

/// What a program compiles that reads files in Windows-1252, Latin-9 and Shift_JIS: 5 packages more,
/// all of them of `encoding_rs`, whose tables nobody should write by hand.
const ENCODINGS: usize = 75;

/// What a program compiles that opens encrypted key files: all that is more is of `age`, which has its own
/// messages in every language and more recipients than are taken here.
const AGE: usize = 220;

#[test]
fn no_dependency_comes_unnoticed() {
    hold(ALL, include_str!("dependencies/all.txt"), &["-e", "normal,build,dev"]);
}

#[test]
fn no_dependency_of_production_comes_unnoticed() {
    let options = ["-e", "normal", "--no-default-features"];
    hold(PRODUCTION, include_str!("dependencies/production.txt"), &options);
}

#[test]
fn no_dependency_of_signatures_comes_unnoticed() {
    let options = ["-e", "normal", "--no-default-features", "--features", "originality"];
    hold(ORIGINALITY, include_str!("dependencies/originality.txt"), &options);
}

#[test]
fn no_dependency_of_encodings_comes_unnoticed() {
    let options = ["-e", "normal", "--no-default-features", "--features", "encodings"];
    hold(ENCODINGS, include_str!("dependencies/encodings.txt"), &options);
}

#[test]
fn no_dependency_of_encrypted_key_files_comes_unnoticed() {
    let options = ["-e", "normal", "--no-default-features", "--features", "age"];
    hold(AGE, include_str!("dependencies/age.txt"), &options);
}

/// Holds the lines of `cargo tree`, each counted once, and the names in them, of which one that
/// has two versions is there twice.
fn hold(number: usize, names: &str, options: &[&str]) {
    let tree = tree(options);
    let lines: BTreeSet<&str> = tree.lines().collect();
    // A package whose dependencies were listed before is marked.
    let packages: BTreeSet<&str> =
        lines.iter().map(|line| line.strip_suffix(" (*)").unwrap_or(line)).collect();
    let mut gone: Vec<&str> = names.lines().collect();
    let mut new = Vec::new();
    for name in packages.iter().filter_map(|package| package.split(' ').next()) {
        match gone.iter().position(|known| *known == name) {
            Some(at) => drop(gone.remove(at)),
            None => new.push(name),
        }
    }
    assert!(
        lines.len() == number && new.is_empty() && gone.is_empty(),
        "`cargo tree {} --prefix none | sort -u | wc -l` is {} instead of {number}; new: {new:?}, \
         gone: {gone:?}. Number and names are held in tests/house/dependencies.rs and the folder \
         beside it; a change that raises the number says by what and why",
        options.join(" "),
        lines.len(),
    );
}

fn tree(options: &[&str]) -> String {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["tree", "--offline", "--locked", "--prefix", "none"]).args(options);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo tree: {err}");
    String::from_utf8(out).unwrap()
}
