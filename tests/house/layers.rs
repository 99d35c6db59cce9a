// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may import whom. Reads the sources as tokens and follows every path that leaves a module.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use walkdir::WalkDir;

/// The rooms of the crate from the ground up. A room imports only rooms listed before it. One within
/// another is an annex that stands higher; the module that it stands in only names it.
const ROOMS: [(&str, Layer); 32] = [
    // Of the tests alone.
    ("vectors", Layer::Ground),
    ("alike", Layer::Ground),
    ("belief", Layer::Ground),
    ("bytes", Layer::Ground),
    ("code", Layer::Ground),
    ("day", Layer::Ground),
    ("secret", Layer::Ground),
    ("shown", Layer::Ground),
    ("crypto", Layer::Primitives),
    ("checksum", Layer::Primitives),
    ("iso14443", Layer::Primitives),
    ("iso7816", Layer::Primitives),
    ("wire", Layer::Vocabulary),
    ("key", Layer::Vocabulary),
    ("diversify", Layer::Vocabulary),
    ("credential", Layer::Vocabulary),
    ("originality", Layer::Vocabulary),
    ("timing", Layer::Link),
    ("transport", Layer::Link),
    ("host", Layer::Pens),
    ("emulator", Layer::Pens),
    ("keys", Layer::Stores),
    ("reader", Layer::Stores),
    ("emulator::reader", Layer::Stores),
    ("diagnose", Layer::Work),
    ("profile", Layer::Work),
    ("sheet", Layer::Work),
    ("encode", Layer::Work),
    ("sdm", Layer::Work),
    ("survey", Layer::Work),
    ("station", Layer::Work),
    ("picture", Layer::Work),
];

/// From the ground up. As far as the pens, no file, thread, clock, environment or OS randomness is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Ground,
    Primitives,
    Vocabulary,
    Link,
    Pens,
    Stores,
    Work,
}

/// Imports that the order of the rooms would allow: the two pens share no code, the card holds
/// plain bytes and no issuer's keys, and what encodes does not know that a card may be software.
const FORBIDDEN: [(&str, &str); 13] = [
    ("emulator", "host"),
    ("emulator", "key"),
    ("emulator", "diversify"),
    ("keys", "emulator"),
    ("reader", "emulator"),
    ("diagnose", "emulator"),
    ("profile", "emulator"),
    ("sheet", "emulator"),
    ("encode", "emulator"),
    ("sdm", "emulator"),
    ("survey", "emulator"),
    ("station", "emulator"),
    ("picture", "emulator"),
];

/// Paths that reach out of the process. Test modules may use them.
const OUTSIDE_PATHS: [&[&str]; 9] = [
    &["std", "fs"],
    &["std", "thread"],
    &["std", "net"],
    &["std", "env"],
    &["std", "process"],
    &["std", "os"],
    &["rand", "rng"],
    &["rand", "random"],
    &["rand", "make_rng"],
];

/// Names that reach out of the process, whatever path they came by.
const OUTSIDE_NAMES: [&str; 6] =
    ["Instant", "SystemTime", "getrandom", "SysRng", "OsRng", "ThreadRng"];

#[test]
fn the_sources_keep_the_layers() {
    let sources = Source::all();
    let followed: usize = sources.iter().map(|source| source.names.len()).sum();
    assert!(sources.len() > 30 && followed > 60, "{} files, {followed} paths", sources.len());
    assert_eq!(violations(&sources), [""; 0]);
}

/// The table in the documentation of the crate has every room that is not of the tests alone, in the
/// layer that it has here.
#[test]
fn the_documentation_names_the_same_layers() {
    let lib = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    let lib = std::fs::read_to_string(lib).unwrap();
    let mut told = Vec::new();
    for row in lib.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let (layer, rooms) = row.split_once(" | ").unwrap();
        told.extend(rooms.split('`').skip(1).step_by(2).map(|room| (room, layer.to_owned())));
    }
    told.sort_unstable();
    let rooms = ROOMS.iter().filter(|(room, _)| *room != "vectors");
    let mut held: Vec<_> =
        rooms.map(|(room, layer)| (*room, format!("{layer:?}").to_lowercase())).collect();
    held.sort_unstable();
    assert_eq!(told, held);
}

#[test]
fn a_violation_is_caught() {
    for (path, text, caught) in [
        ("host.rs", "use crate::emulator::SoftCard;", "host may not import emulator"),
        ("emulator/auth.rs", "use crate::host::Session;", "emulator may not import host"),
        ("emulator/auth.rs", "fn f(_: &crate::key::CardKey) {}", "emulator may not import key"),
        ("emulator/card.rs", "use crate::reader::Reader;", "emulator may not import reader"),
        (
            "emulator/card.rs",
            "use super::reader::Feed;",
            "emulator may not import emulator::reader",
        ),
        ("emulator/reader.rs", "use crate::host::Session;", "emulator::reader may not import host"),
        ("station.rs", "use crate::emulator::reader::Feed;", "station may not import emulator"),
        ("emulator.rs", "use super::diversify;", "emulator may not import diversify"),
        ("emulator/a/b.rs", "use super::super::super::key;", "emulator may not import key"),
        ("encode.rs", "use crate::{wire::{Aid, Ins}, emulator};", "encode may not import emulator"),
        ("wire/aid.rs", "use crate::{bytes, key};", "wire may not import key"),
        ("bytes.rs", "fn f() { vec![crate::secret::ct_eq(a, b)] }", "bytes may not import secret"),
        ("host.rs", "#[cfg(test)] mod tests { use crate::emulator; }", "host may not import"),
        ("host.rs", "mod inner { use super::super::emulator; }", "host may not import emulator"),
        ("crypto.rs", "macro_rules! m { () => { $crate::host::f() } }", "crypto may not import"),
        ("key.rs", "use crate::*;", "key imports the whole crate"),
        ("key.rs", "use crate::{self as all};", "key imports the whole crate"),
        ("key.rs", "use crate as all;", "key imports the whole crate"),
        ("key.rs", "use crate::Session;", "Session is no room"),
        ("attic.rs", "", "attic is no room"),
        ("host/clock.rs", "use std::time::Instant;", "host reaches outside: Instant"),
        ("host.rs", "use std::{fmt, fs::File};", "host reaches outside: std::fs"),
        ("transport.rs", "fn f() { std::thread::spawn(g); }", "transport reaches outside"),
        ("emulator.rs", "fn f() { rand::rng().random() }", "emulator reaches outside: rand::rng"),
    ] {
        let found = violations(&[Source::read(Path::new(path), text)]);
        assert!(matches!(&found[..], [one] if one.contains(caught)), "{path}: {text}: {found:?}");
    }
}

#[test]
fn what_is_allowed_passes() {
    for (path, text) in [
        ("lib.rs", "pub mod host; pub use crate::host::Session;"),
        ("encode.rs", "use crate::{host::Session, profile::Profile}; use std::fs;"),
        (
            "host/auth.rs",
            "use super::channel::Channel; use crate::key::CardKey; pub(crate) fn f() {}",
        ),
        ("host.rs", "//! Unlike crate::emulator.\nconst HELP: &str = \"crate::emulator\";"),
        ("emulator.rs", "#[cfg(test)] mod tests { use super::*; use std::fs; }"),
        ("emulator.rs", "mod reader; pub use reader::SoftReader;"),
        ("emulator/reader.rs", "use super::SoftCard; use crate::reader::Reader; use std::thread;"),
        ("wire.rs", "use self::aid::Aid; use core::time::Duration; use std::vec::Vec;"),
    ] {
        assert_eq!(violations(&[Source::read(Path::new(path), text)]), [""; 0], "{path}: {text}");
    }
}

#[test]
fn a_file_of_tests_may_read_files_but_not_cross_the_pens() {
    let parent = Source::read(Path::new("host.rs"), "#[cfg(test)] mod tests;");
    let tests = "use std::fs; use crate::emulator;";
    let found = violations(&[parent, Source::read(Path::new("host/tests.rs"), tests)]);
    assert!(matches!(&found[..], [one] if one.contains("host may not import emulator")));
}

/// One file: the module it is, and what it names beyond itself.
pub(crate) struct Source {
    pub path: PathBuf,
    pub module: Vec<String>,
    pub names: Vec<Name>,
    test_modules: Vec<Vec<String>>,
}

pub(crate) struct Name {
    pub line: usize,
    pub in_test: bool,
    /// From the crate's root, which is called `crate`.
    pub path: Vec<String>,
}

impl Source {
    /// Every file of the crate.
    pub(crate) fn all() -> Vec<Self> {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = WalkDir::new(&src).sort_by_file_name().into_iter();
        let files = files.map(|entry| entry.unwrap().into_path());
        let rust = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).unwrap();
            Self::read(path.strip_prefix(&src).unwrap(), &text)
        };
        rust.map(read).collect()
    }

    /// `path` is relative to `src`.
    pub(crate) fn read(path: &Path, text: &str) -> Self {
        let parts = path.with_extension("");
        let mut module: Vec<String> =
            parts.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if module == ["lib"] {
            module.clear();
        }
        let path = Path::new("src").join(path);
        let tokens: TokenStream = text.parse().expect("sources are Rust");
        let mut source =
            Self { path, module: module.clone(), names: Vec::new(), test_modules: Vec::new() };
        source.walk(&module, &[], false, tokens);
        source
    }

    /// Follows the tokens of `module`, into every group. `children` are the modules that a path may
    /// begin with there, but for those that are declared here.
    fn walk(&mut self, module: &[String], children: &[String], in_test: bool, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let children = &[children, &declared(&tokens)].concat();
        let mut test_item = in_test;
        let mut inner = None;
        for (at, token) in tokens.iter().enumerate() {
            let (before, after) = (&tokens[..at], &tokens[at + 1..]);
            match token {
                TokenTree::Ident(word) if word == "mod" => {
                    inner = match after {
                        [TokenTree::Ident(name), ..] => {
                            Some([module, &[name.to_string()]].concat())
                        }
                        _ => None,
                    };
                }
                TokenTree::Ident(word) => {
                    let line = word.span().start().line;
                    for path in named(before, &tokens[at..], children) {
                        let path = absolute(module, path);
                        self.names.push(Name { line, in_test: test_item, path });
                    }
                }
                TokenTree::Group(group) => {
                    let item_ends = group.delimiter() == Delimiter::Brace;
                    let module_body = if item_ends { inner.take() } else { None };
                    // In a module of its own, and in the branches of a path, no path begins with them.
                    let apart = module_body.is_some() || goes_on(before);
                    let children = if apart { &[][..] } else { children };
                    let module = module_body.as_deref().unwrap_or(module);
                    self.walk(module, children, test_item, group.stream());
                    if is_cfg_test(before, group) {
                        test_item = true;
                    } else if item_ends {
                        test_item = in_test;
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    self.test_modules.extend(inner.take().filter(|_| test_item));
                    test_item = in_test;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// What breaks the layers, one line each.
fn violations(sources: &[Source]) -> Vec<String> {
    let test_modules = test_modules(sources);
    let mut found = Vec::new();
    for source in sources {
        // The crate's root only names its rooms.
        let Some(house) = source.module.first() else { continue };
        let module: Vec<&str> = source.module.iter().map(String::as_str).collect();
        let Some((rank, room, layer)) = room_of(&module) else {
            found.push(format!("{}: {house} is no room", source.path.display()));
            continue;
        };
        let test_file = test_modules.iter().any(|module| source.module.starts_with(module));
        for Name { line, in_test, path } in &source.names {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let broken = match path[..] {
                ["crate"] | ["crate", "*", ..] => Some(format!("{room} imports the whole crate")),
                ["crate", target, ..] => match room_of(&path[1..]) {
                    None => Some(format!("{target} is no room")),
                    Some((_, annex, _))
                        if annex
                            .rsplit_once("::")
                            .is_some_and(|(of, _)| of == module.join("::")) =>
                    {
                        None
                    }
                    Some((other, target_room, _))
                        if other > rank || FORBIDDEN.contains(&(house.as_str(), target)) =>
                    {
                        Some(format!("{room} may not import {target_room}"))
                    }
                    Some(_) => None,
                },
                _ if *in_test || test_file || layer > Layer::Pens => None,
                [name] if OUTSIDE_NAMES.contains(&name) => {
                    Some(format!("{room} reaches outside: {name}"))
                }
                _ if OUTSIDE_PATHS.iter().any(|outside| path.starts_with(outside)) => {
                    Some(format!("{room} reaches outside: {}", path.join("::")))
                }
                _ => None,
            };
            found
                .extend(broken.map(|broken| format!("{}:{line}: {broken}", source.path.display())));
        }
    }
    found
}

/// The modules that are compiled for tests only, with what is below them.
pub(crate) fn test_modules(sources: &[Source]) -> Vec<&Vec<String>> {
    sources.iter().flat_map(|source| &source.test_modules).collect()
}

/// The room that a module or something in it belongs to, the innermost one: where it stands, its name and
/// its layer.
fn room_of(path: &[&str]) -> Option<(usize, &'static str, Layer)> {
    let named = (1..=path.len().min(2)).rev().map(|length| path[..length].join("::"));
    let mut ranks = named.filter_map(|room| ROOMS.iter().position(|&(name, _)| name == room));
    ranks.next().map(|rank| (rank, ROOMS[rank].0, ROOMS[rank].1))
}

/// The paths that the word at the head of `tokens` starts: none where it is no way out.
fn named(before: &[TokenTree], tokens: &[TokenTree], children: &[String]) -> Vec<Vec<String>> {
    let word = tokens[0].to_string();
    let path_goes_on = goes_on(before);
    match word.as_str() {
        _ if OUTSIDE_NAMES.contains(&&*word) => vec![vec![word]],
        "std" | "rand" => paths(tokens),
        // What may see an item is no import: `pub(in crate::a)`, and `crate` alone, unless it is renamed.
        _ if matches!(before, [TokenTree::Ident(word)] if word == "in") => Vec::new(),
        "crate" | "super" | "self" if !path_goes_on => match tokens {
            [_, a, b, ..] if is(a, ':') && is(b, ':') => paths(tokens),
            [_, TokenTree::Ident(next), ..] if next == "as" => paths(tokens),
            _ => Vec::new(),
        },
        _ if children.contains(&word) && !path_goes_on => match tokens {
            [_, a, b, ..] if is(a, ':') && is(b, ':') => {
                let below = |path| [vec!["self".to_owned()], path].concat();
                paths(tokens).into_iter().map(below).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The modules that these tokens declare.
fn declared(tokens: &[TokenTree]) -> Vec<String> {
    let pairs = tokens.windows(2);
    let names = pairs.filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "mod" => Some(name.to_string()),
        _ => None,
    });
    names.collect()
}

/// Whether these tokens are the beginning of a path.
fn goes_on(before: &[TokenTree]) -> bool {
    matches!(before, [.., a, b] if is(a, ':') && is(b, ':'))
}

/// The paths of a `use` tree, or the one path of an expression or a type.
fn paths(tokens: &[TokenTree]) -> Vec<Vec<String>> {
    let [first, rest @ ..] = tokens else { return Vec::new() };
    let tails = match rest {
        [a, b, TokenTree::Ident(_), ..] if is(a, ':') && is(b, ':') => paths(&rest[2..]),
        [a, b, star, ..] if is(a, ':') && is(b, ':') && is(star, '*') => vec![vec!["*".to_owned()]],
        [a, b, TokenTree::Group(branches), ..] if is(a, ':') && is(b, ':') => {
            let branches: Vec<_> = branches.stream().into_iter().collect();
            branches.split(|token| is(token, ',')).flat_map(paths).collect()
        }
        _ => vec![Vec::new()],
    };
    tails.into_iter().map(|tail| [vec![first.to_string()], tail].concat()).collect()
}

/// The path from the crate's root, `super` and `self` resolved at their place.
fn absolute(module: &[String], path: Vec<String>) -> Vec<String> {
    let mut from_root = match path[0].as_str() {
        "self" | "super" => [&["crate".to_owned()], module].concat(),
        _ => Vec::new(),
    };
    for segment in path {
        match segment.as_str() {
            "self" => {}
            "super" => from_root.truncate(from_root.len().saturating_sub(1).max(1)),
            _ => from_root.push(segment),
        }
    }
    from_root
}

fn is_cfg_test(before: &[TokenTree], group: &Group) -> bool {
    let text: String = group.stream().to_string().split_whitespace().collect();
    matches!(before, [.., hash] if is(hash, '#'))
        && (text.starts_with("cfg(test") || text.starts_with("cfg(all(test"))
}

fn is(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}
