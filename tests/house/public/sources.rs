// SPDX-License-Identifier: MIT OR Apache-2.0
//! The modules of the crate and what is declared in each, from its tokens.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The kinds of item that an index names.
const KINDS: [&str; 7] = ["struct", "enum", "trait", "type", "const", "static", "fn"];

/// Words that may stand before the kind.
const BEFORE: [&str; 4] = ["const", "async", "unsafe", "extern"];

/// Something declared.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: &'static str,
    pub(crate) public: bool,
    attributes: String,
}

impl Item {
    /// Whether its attributes, without spaces, have this in them.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.attributes.contains(text)
    }

    pub(crate) fn hidden(&self) -> bool {
        self.has("doc(hidden)")
    }
}

/// A module: what it declares, what it says again of others, and the modules in it.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) shown: bool,
    /// Public, and not shown.
    pub(crate) hidden: bool,
    pub(crate) items: BTreeMap<String, Item>,
    /// The name here, and the path that it stands for.
    pub(crate) again: Vec<(String, Vec<String>)>,
    pub(crate) modules: BTreeMap<String, Self>,
}

impl Module {
    pub(crate) fn at(&self, path: &[String]) -> Option<&Self> {
        path.iter().try_fold(self, |module, name| module.modules.get(name))
    }

    /// Whether a caller can come to the module at this path.
    pub(crate) fn shows(&self, path: &[String]) -> bool {
        (1..=path.len()).all(|length| self.at(&path[..length]).is_some_and(|module| module.shown))
    }
}

/// The whole crate.
pub(crate) struct Tree(pub(crate) Module);

impl Tree {
    pub(crate) fn of_the_crate() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let tokens = read(&src.join("lib.rs"));
        Self(module(true, &src, tokens, &[]))
    }
}

fn read(path: &Path) -> TokenStream {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.parse().expect("sources are Rust")
}

/// Reads a module whose own modules lie in `folder`.
fn module(shown: bool, folder: &Path, tokens: TokenStream, path: &[String]) -> Module {
    let mut found = Module { shown, ..Module::default() };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    let mut attributes = String::new();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                if let [TokenTree::Group(attribute), after @ ..] = rest {
                    attributes += &compact(&attribute.stream());
                    attributes.push('\n');
                    rest = after;
                }
            }
            TokenTree::Ident(_) => {
                let end = statement(&tokens[tokens.len() - rest.len() - 1..]);
                let words = &tokens[tokens.len() - rest.len() - 1..][..end];
                rest = &rest[end - 1..];
                let of_tests = ["cfg(test", "cfg(all(test", "cfg(all(doctest", "cfg(doctest"];
                if !of_tests.iter().any(|cfg| attributes.contains(cfg)) {
                    declared(&mut found, folder, words, core::mem::take(&mut attributes), path);
                }
                attributes.clear();
            }
            TokenTree::Punct(_) | TokenTree::Group(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// How many tokens the declaration takes: as far as its semicolon or its braces.
fn statement(tokens: &[TokenTree]) -> usize {
    let is_use = tokens.iter().take(3).any(|token| token.to_string() == "use");
    let end = tokens.iter().position(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_use,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    });
    end.map_or(tokens.len(), |end| end + 1)
}

fn declared(
    found: &mut Module,
    folder: &Path,
    words: &[TokenTree],
    attributes: String,
    path: &[String],
) {
    let (public, words) = match words {
        [TokenTree::Ident(word), TokenTree::Group(to), rest @ ..]
            if word == "pub" && to.delimiter() == Delimiter::Parenthesis =>
        {
            (false, rest)
        }
        [TokenTree::Ident(word), rest @ ..] if word == "pub" => (true, rest),
        words => (false, words),
    };
    match words {
        [TokenTree::Ident(word), TokenTree::Ident(name), rest @ ..] if word == "mod" => {
            let name = name.to_string();
            let path = [path, core::slice::from_ref(&name)].concat();
            let tokens = match rest {
                [TokenTree::Group(body)] => body.stream(),
                _ => read(&file(folder, &attributes, &name)),
            };
            let hidden = public && attributes.contains("doc(hidden)");
            let mut inner = module(public && !hidden, &folder.join(&name), tokens, &path);
            inner.hidden = hidden;
            found.modules.insert(name, inner);
        }
        [TokenTree::Ident(word), tree @ ..] if word == "use" => {
            if public && !attributes.contains("doc(hidden)") {
                found.again.extend(named(tree, &[]));
            }
        }
        // What a macro makes is found by its name in the macro's tokens.
        [TokenTree::Ident(_), TokenTree::Punct(bang), rest @ ..] if bang.as_char() == '!' => {
            for group in rest {
                if let TokenTree::Group(group) = group {
                    made(found, group.stream());
                }
            }
        }
        words => item(found, public, words, attributes),
    }
}

fn item(found: &mut Module, public: bool, words: &[TokenTree], attributes: String) {
    let mut words = words.iter().map(ToString::to_string).peekable();
    let mut kind = None;
    while let Some(word) = words.next() {
        let next = words.peek().cloned().unwrap_or_default();
        if BEFORE.contains(&&*word) && (next == "fn" || BEFORE.contains(&&*next)) {
            continue;
        }
        kind = KINDS.into_iter().find(|kind| *kind == word);
        break;
    }
    if let (Some(kind), Some(name)) = (kind, words.next()) {
        found.items.insert(name, Item { kind, public, attributes });
    }
}

/// Public items among the tokens of a macro: what it is given, and what its rules make.
fn made(found: &mut Module, tokens: TokenStream) {
    for token in tokens {
        if let TokenTree::Group(rule) = token {
            let inner = module(false, Path::new(""), rule.stream(), &[]);
            found.items.extend(inner.items.into_iter().filter(|(_, item)| item.public));
        }
    }
}

/// The file of a module.
fn file(folder: &Path, attributes: &str, name: &str) -> PathBuf {
    assert!(!attributes.contains("path="), "{name} lies elsewhere");
    folder.join(format!("{name}.rs"))
}

/// The names that a `use` brings, with the path of each.
fn named(tree: &[TokenTree], before: &[String]) -> Vec<(String, Vec<String>)> {
    match tree {
        [TokenTree::Ident(word), TokenTree::Punct(a), TokenTree::Punct(_), rest @ ..]
            if a.as_char() == ':' =>
        {
            named(rest, &[before, &[word.to_string()]].concat())
        }
        [TokenTree::Group(group), ..] => {
            let branches: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            branches.split(is_comma).flat_map(|branch| named(branch, before)).collect()
        }
        [TokenTree::Ident(name), TokenTree::Ident(word), TokenTree::Ident(here), ..]
            if word == "as" =>
        {
            vec![(here.to_string(), [before, &[name.to_string()]].concat())]
        }
        [TokenTree::Ident(name), ..] => {
            vec![(name.to_string(), [before, &[name.to_string()]].concat())]
        }
        _ => Vec::new(),
    }
}

fn compact(tokens: &TokenStream) -> String {
    tokens.to_string().split_whitespace().collect()
}
