// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the crate shows to its callers: the items of the documentation's index, with all features, and
//! what the crate's root says again. Read from the sources as tokens; `.ci/run docs` holds the same list
//! against the index that rustdoc makes.
//!
//! `PUBLIC=write cargo test --test house public` writes the list anew.

mod sources;

use std::collections::BTreeSet;
use std::path::Path;

use self::sources::{Item, Module, Tree};

/// What no caller is meant to use, and a test does: public and hidden, each with who needs it.
const HIDDEN: [(&str, &str); 3] = [
    ("bytes::Cursor", "tests/redaction"),
    ("crypto", "tests/house/primitives.rs, which plays published vectors through it"),
    ("secret", "tests/redaction"),
];

#[test]
fn the_public_items_are_those_on_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/public-items.txt");
    let found: String =
        listed(&Tree::of_the_crate()).iter().map(|line| format!("{line}\n")).collect();
    if std::env::var_os("PUBLIC").is_some_and(|word| word == "write") {
        std::fs::write(&path, &found).unwrap();
    }
    let held = std::fs::read_to_string(&path).unwrap();
    let (found, held): (BTreeSet<_>, BTreeSet<_>) =
        (found.lines().collect(), held.lines().collect());
    let new: Vec<_> = found.difference(&held).collect();
    let gone: Vec<_> = held.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "new: {new:?}, gone: {gone:?}; if that is meant: PUBLIC=write cargo test --test house public"
    );
}

#[test]
fn what_is_hidden_is_hidden_for_a_test() {
    let tree = Tree::of_the_crate();
    assert_eq!(hidden(&tree.0, &[]), HIDDEN.map(|(path, _)| path.to_owned()));
}

/// The policy stands in DESIGN.md, under "What may grow".
#[test]
fn every_public_enum_may_grow_or_says_why_not() {
    let tree = Tree::of_the_crate();
    let mut enums = 0;
    for (path, item) in items(&tree).into_iter().filter(|(_, item)| item.kind == "enum") {
        enums += 1;
        let grows = item.has("non_exhaustive");
        let says_why = item.has("exhaustive_enums,reason=");
        assert!(grows != says_why, "{path} neither may grow nor says why not, or does both");
        let is_error = item.has("thiserror::Error");
        assert!(grows || !is_error, "{path} is an error, and those grow");
    }
    assert!(enums > 60, "{enums} enums");
}

/// The lines of the list: kind and path, sorted by path.
fn listed(tree: &Tree) -> Vec<String> {
    let mut lines: Vec<(String, String)> =
        items(tree).into_iter().map(|(path, item)| (path, item.kind.to_owned())).collect();
    for (name, path) in &tree.0.again {
        lines.push((name.clone(), format!("use {} as", path.join("::"))));
    }
    lines.sort();
    lines.into_iter().map(|(path, kind)| format!("{kind} {path}")).collect()
}

/// What a caller finds, each under the path that the documentation has it at.
fn items(tree: &Tree) -> Vec<(String, &Item)> {
    let mut found = Vec::new();
    walk(&tree.0, &tree.0, &[], &mut found);
    found
}

fn walk<'t>(
    root: &'t Module,
    module: &'t Module,
    path: &[String],
    out: &mut Vec<(String, &'t Item)>,
) {
    let at = |name: &str| [path, &[name.to_owned()]].concat().join("::");
    for (name, item) in module.items.iter().filter(|(_, item)| item.public && !item.hidden()) {
        out.push((at(name), item));
    }
    for (name, target) in &module.again {
        let (last, from) = target.split_last().unwrap();
        let from = match from.first().map(String::as_str) {
            Some("crate") => from[1..].to_vec(),
            Some("self") => [path, &from[1..]].concat(),
            _ => [path, from].concat(),
        };
        let Some(module) = root.at(&from) else { panic!("{} is in no module", target.join("::")) };
        // What can be come to where it is declared has its page there.
        if root.shows(&from) {
            continue;
        }
        match declaration(root, module, &from, last) {
            Some(item) if !item.hidden() => out.push((at(name), item)),
            Some(_) => {}
            None => panic!("{} is not declared", target.join("::")),
        }
    }
    for (name, inner) in module.modules.iter().filter(|(_, inner)| inner.shown) {
        walk(root, inner, &[path, core::slice::from_ref(name)].concat(), out);
    }
}

/// The item of this name in a module, there or where the module has it from.
fn declaration<'t>(
    root: &'t Module,
    module: &'t Module,
    path: &[String],
    name: &str,
) -> Option<&'t Item> {
    if let Some(item) = module.items.get(name) {
        return Some(item);
    }
    let (_, target) = module.again.iter().find(|(here, _)| here == name)?;
    let (last, from) = target.split_last()?;
    let from = [path, from].concat();
    declaration(root, root.at(&from)?, &from, last)
}

/// Modules and items that are public and have no page, in modules that have one.
fn hidden(module: &Module, path: &[String]) -> Vec<String> {
    let at = |name: &str| [path, &[name.to_owned()]].concat();
    let items = module.items.iter().filter(|(_, item)| item.public && item.hidden());
    let mut found: Vec<String> = items.map(|(name, _)| at(name).join("::")).collect();
    for (name, inner) in &module.modules {
        if inner.hidden {
            found.push(at(name).join("::"));
        } else if inner.shown {
            found.extend(hidden(inner, &at(name)));
        }
    }
    found.sort();
    found
}
