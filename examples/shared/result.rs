// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program was asked for, on standard output.

use std::io::{self, Write};

use cardwright::secret::Growing;
use cardwright::shown::{ShownJson, ShownLines};

/// Lines, tables or JSON, whoever's words are in them. They may be secret: nothing of them stays in
/// memory, unless the last line has no end.
pub(crate) fn write(text: &str, json: bool) -> Result<(), String> {
    let mut shown = Growing::default();
    let shown_all = if json {
        write!(shown, "{}", ShownJson(text))
    } else {
        write!(shown, "{}", ShownLines(text))
    };
    let mut out = io::stdout();
    let written =
        shown_all.and_then(|()| out.write_all(shown.expose_secret())).and_then(|()| out.flush());
    written.map_err(|error| format!("the result cannot be written: {error}"))
}
