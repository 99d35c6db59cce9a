// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program was asked for, on standard output.

use std::io::{self, Write};

pub(crate) fn write(text: &str) -> Result<(), String> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| format!("the result cannot be written: {error}"))
}
