// SPDX-License-Identifier: MIT OR Apache-2.0
//! A task is a row: what is done with a card is asked of the row, and nothing else knows the tasks by name.

use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use walkdir::WalkDir;

/// Where the rows are.
const ROWS: &str = "src/encode/task.rs";

/// Where `Task` is something else: what the tool for bit formats is asked for.
const OTHERS: &str = "examples/credential";

#[test]
fn nothing_but_its_row_names_a_task() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut naming = Vec::new();
    let mut files = 0;
    for entry in ["src", "examples"].iter().flat_map(|dir| WalkDir::new(crate_dir.join(dir))) {
        let path = entry.unwrap().into_path();
        let shown = path.strip_prefix(crate_dir).unwrap();
        if path.extension().is_none_or(|extension| extension != "rs") || shown.starts_with(OTHERS) {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let named = tasks_named(&text);
        if shown != Path::new(ROWS) && !is_test(shown) && !named.is_empty() {
            naming.push((shown.to_owned(), named));
        }
    }
    assert!(files > 100, "{files}");
    assert_eq!(naming, <[(PathBuf, Vec<String>); 0]>::default());
}

#[test]
fn a_task_that_is_named_is_found() {
    for text in [
        "fn f() { if job.task() == Task::Verify {} }",
        "fn f() { matches!(task, encode::Task::Verify if true) }",
        "fn f() { match task { Task::Verify => 1 } }",
    ] {
        assert_eq!(tasks_named(text), ["Verify"], "{text}");
    }
    for text in [
        "/// [`Task::Verify`]\nfn f() -> Task { Task::ALL[0] }",
        "fn f() { Task::default().name() }",
        "#[cfg(test)]\nmod tests { const TASK: Task = Task::Verify; }",
    ] {
        assert_eq!(tasks_named(text), [""; 0], "{text}");
    }
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
}

/// The tasks that code outside of tests names, as variants of `Task`.
fn tasks_named(text: &str) -> Vec<String> {
    let code = text.split_once("#[cfg(test)]\nmod tests {").map_or(text, |(code, _)| code);
    let mut words = Vec::new();
    flatten(code.parse().expect("sources are Rust"), &mut words);
    let named = words.windows(4).filter_map(|four| match four {
        [task, one, two, name] if task == "Task" && one == ":" && two == ":" => Some(name),
        _ => None,
    });
    let variant = |name: &&String| {
        name.starts_with(char::is_uppercase) && name.chars().any(char::is_lowercase)
    };
    named.filter(variant).cloned().collect()
}

fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => flatten(group.stream(), words),
            TokenTree::Literal(_) => words.push("\"\"".to_owned()),
            token @ (TokenTree::Ident(_) | TokenTree::Punct(_)) => words.push(token.to_string()),
        }
    }
}
