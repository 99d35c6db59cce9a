// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tables as wide as the terminal. What goes into a pipe or a file is as wide as it comes, one row a
//! line, so that it does not depend on where it was made.

use std::io::IsTerminal as _;

use comfy_table::{ContentArrangement, Table, presets};
use console::Term;

/// A table without lines inside. Cells that do not fit the terminal are wrapped; characters of two
/// columns count as two.
pub(crate) fn bare() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    match width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table
}

/// How many columns the terminal has that the table goes to; where it goes elsewhere, what the
/// environment says in `COLUMNS`, or nothing.
pub(crate) fn width() -> Option<u16> {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    if !std::io::stdout().is_terminal() {
        return asked;
    }
    Term::stdout().size_checked().map(|(_, columns)| columns).or(asked)
}
