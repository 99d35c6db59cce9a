// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with the sources beside building them: `cargo xtask COMMAND`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program of the terminal")]

mod mutations;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask mutations                 every bug of tests/mutations, one at a time
cargo xtask mutations NAME...         those named
cargo xtask mutations --sample N      N of them, chosen by the commit
cargo xtask mutations --list          the names, and what each does
cargo xtask mutations --check         whether each still applies to the sources; runs no test";

/// Exit status 0 where all is well, 1 where something was found, 2 where nothing could be judged.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["mutations", rest @ ..] => mutations::Wish::parse(rest)
            .ok_or_else(|| USAGE.to_owned())
            .and_then(|wish| mutations::run(root(), &wish)),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// The repository: what holds the directory of this package.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}
