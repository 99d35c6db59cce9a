// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sentences of `SECURITY.md` name tests, and these exist.

use std::path::{Path, PathBuf};

/// Every Rust source under a folder.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn every_test_that_a_sentence_about_trust_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut all = Vec::new();
    ["src", "tests"].iter().for_each(|folder| sources(&root.join(folder), &mut all));
    // Tests of a module within the file stand further in.
    let lines = |text: String| text.lines().map(|line| line.trim().to_owned() + "\n").collect();
    let all: Vec<String> =
        all.iter().map(|path| lines(std::fs::read_to_string(path).unwrap())).collect();
    let mut tests = 0;
    for quoted in text.split('`').skip(1).step_by(2) {
        if quoted.ends_with('/') || quoted.ends_with(".rs") {
            assert!(root.join(quoted).exists(), "{quoted}");
        } else if let Some((module, name)) = quoted.rsplit_once("::") {
            let module = module.rsplit("::").next().unwrap_or(module);
            let found = if name.is_empty() {
                let declared = format!("mod {module};");
                all.iter().any(|source| source.contains(&declared))
            } else {
                let test = format!("#[test]\nfn {name}()");
                all.iter().any(|source| source.contains(&test))
            };
            assert!(found, "{quoted}");
            tests += 1;
        }
    }
    assert!(tests >= 10, "{tests}");
}
