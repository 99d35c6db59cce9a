// SPDX-License-Identifier: MIT OR Apache-2.0
//! No file of a room imports one that leads back to it. What a file imports is what its paths name,
//! by `crate`, `super`, `self` or a module of its own; `mod` alone imports nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layers::{Source, test_modules};

/// The rooms that keep it.
const ROOMS: [&str; 2] = ["emulator", "encode"];

#[test]
fn no_file_of_these_rooms_imports_what_leads_back_to_it() {
    let sources = Source::all();
    for room in ROOMS {
        assert!(edges(&sources, room).len() > 20, "{room}: too few imports are followed");
        assert_eq!(circles(&sources, room), [""; 0]);
    }
}

#[test]
fn a_circle_is_found_however_it_is_spelt() {
    for (files, found) in [
        (
            &[("a/b.rs", "use super::c::C;"), ("a/c.rs", "use crate::a::b::B;")][..],
            &["a::b -> a::c -> a::b", "a::c -> a::b -> a::c"][..],
        ),
        (
            &[("a/b.rs", "mod c; use c::C; pub struct B;"), ("a/b/c.rs", "use super::B;")],
            &["a::b -> a::b::c -> a::b", "a::b::c -> a::b -> a::b::c"],
        ),
        (
            &[
                ("a/b.rs", "fn f() -> crate::a::c::C { g() }"),
                ("a/c.rs", "use super::{d::{D, E}, e};"),
                ("a/d.rs", "mod inner { use super::super::b::B; }"),
                ("a/e.rs", "use super::d::D;"),
            ],
            &[
                "a::b -> a::c -> a::d -> a::b",
                "a::c -> a::d -> a::b -> a::c",
                "a::c -> a::e -> a::d -> a::b -> a::c",
                "a::d -> a::b -> a::c -> a::d",
                "a::e -> a::d -> a::b -> a::c -> a::e",
            ],
        ),
    ] {
        assert_eq!(circles(&read(files), "a"), found, "{files:?}");
    }
}

#[test]
fn what_leads_one_way_is_no_circle() {
    for files in [
        &[("a.rs", "mod b; mod c; pub use b::B;"), ("a/b.rs", "use super::c::C;"), ("a/c.rs", "")]
            [..],
        &[
            ("a/b.rs", "#[cfg(test)] mod tests { use crate::a::c::C; }"),
            ("a/c.rs", "use super::b::B;"),
        ],
        &[("a/b.rs", "#[cfg(test)] mod tests;"), ("a/b/tests.rs", "use super::B;")],
        &[("a/b.rs", "pub(in crate::a::c) use std::fmt;"), ("a/c.rs", "use super::b::B;")],
        &[("a/b.rs", "//! See super::c::C."), ("a/c.rs", "use super::b::B;")],
        // `c` in the branches of another path is no module of its own.
        &[("a/b.rs", "mod c; use crate::x::{c::C};"), ("a/b/c.rs", "use super::B;")],
        // Another room's circle.
        &[("z/b.rs", "use super::c::C;"), ("z/c.rs", "use super::b::B;")],
    ] {
        assert_eq!(circles(&read(files), "a"), [""; 0], "{files:?}");
    }
}

fn read(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(path, text)| Source::read(Path::new(path), text)).collect()
}

/// Each import of the room that leads back, with the shortest way.
fn circles(sources: &[Source], room: &str) -> Vec<String> {
    let edges = edges(sources, room);
    let back = edges.iter().filter_map(|(from, to)| way(&edges, to, from).map(|way| (from, way)));
    back.map(|(from, way)| format!("{from} -> {}", way.join(" -> "))).collect()
}

/// Which module of the room imports which.
fn edges(sources: &[Source], room: &str) -> BTreeSet<(String, String)> {
    let tests = test_modules(sources);
    let in_room = |source: &&Source| {
        source.module.first().is_some_and(|first| first == room)
            && !tests.iter().any(|test| source.module.starts_with(test))
    };
    let files: Vec<&Source> = sources.iter().filter(in_room).collect();
    let modules: BTreeSet<&[String]> = files.iter().map(|file| &file.module[..]).collect();
    let mut edges = BTreeSet::new();
    for file in files {
        for name in file.names.iter().filter(|name| !name.in_test) {
            let [root, path @ ..] = &name.path[..] else { continue };
            let lengths = (1..=path.len()).rev();
            let target = lengths.map(|length| &path[..length]).find(|path| modules.contains(path));
            if let Some(target) = target.filter(|target| root == "crate" && *target != file.module)
            {
                edges.insert((file.module.join("::"), target.join("::")));
            }
        }
    }
    edges
}

/// The shortest way from one module to another, both named.
fn way(edges: &BTreeSet<(String, String)>, from: &str, to: &str) -> Option<Vec<String>> {
    let mut came: BTreeMap<&str, &str> = BTreeMap::new();
    let mut reached = vec![from];
    let mut at = 0;
    while let Some(&module) = reached.get(at) {
        if module == to {
            let mut way = vec![to.to_owned()];
            let mut last = to;
            while last != from {
                last = came[last];
                way.insert(0, last.to_owned());
            }
            return Some(way);
        }
        for (_, next) in edges.iter().filter(|(from, _)| from == module) {
            if !reached.contains(&&**next) {
                came.insert(next, module);
                reached.push(next);
            }
        }
        at += 1;
    }
    None
}
