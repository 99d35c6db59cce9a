// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is told on standard error.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use cardwright::shown::Shown;

/// One line, whoever's words are in it. Where nobody listens, the exit status has to do.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", Shown(line));
}

/// Why the program ends, and its exit status.
pub(crate) fn ended(error: &dyn Error, code: u8) -> ExitCode {
    say(&format!("error: {error}"));
    ExitCode::from(code)
}
