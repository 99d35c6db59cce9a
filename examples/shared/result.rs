// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program was asked for, on standard output.

use std::io::{self, Write};

use cardwright::shown::{ShownJson, ShownLines};
use zeroize::Zeroizing;

/// Lines, tables or JSON, whoever's words are in them.
pub(crate) fn write(text: &str, json: bool) -> Result<(), String> {
    let shown = if json { ShownJson(text).to_string() } else { ShownLines(text).to_string() };
    let shown = Zeroizing::new(shown);
    let mut out = io::stdout();
    let written = out.write_all(shown.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| format!("the result cannot be written: {error}"))
}
