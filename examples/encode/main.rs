// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodes a batch of cards: a card profile, cardholder records and a key file go in; every record
//! comes out as an encoded, proven card with a receipt.
//!
//! Without arguments it encodes the demonstration batch onto software cards; with `--reader` onto the
//! cards on PC/SC readers.

mod address;
mod arguments;
mod batch;
mod check;
#[path = "../shared/files.rs"]
mod files;
mod input;
mod intents;
mod interrupt;
#[path = "../shared/keep.rs"]
mod keep;
#[path = "../shared/key_file.rs"]
mod key_file;
mod lines;
mod lists;
mod output;
#[path = "../shared/owner.rs"]
mod owner;
mod paths;
#[path = "../shared/permission.rs"]
mod permission;
#[path = "../shared/private.rs"]
mod private;
#[path = "../shared/read.rs"]
mod read;
#[cfg(feature = "pcsc")]
mod readers;
#[cfg(not(feature = "pcsc"))]
#[path = "no_readers.rs"]
mod readers;
mod readout;
mod report;
mod results;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/state.rs"]
mod state;
#[path = "../shared/table.rs"]
mod table;
#[path = "../shared/usual.rs"]
mod usual;
#[path = "../shared/whole.rs"]
mod whole;

use std::io::{self, Write};
use std::process::ExitCode;

use cardwright::shown::ShownLines;
use clap::Parser;

use arguments::Arguments;

/// The job cannot go on: usage, profile, keys, records, receipts or read-outs are wrong.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.check {
        return match check::run(&arguments) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => say::ended(&*error, UNUSABLE),
        };
    }
    match batch::run(&arguments).and_then(|report| {
        show(&report.to_string(), &arguments)?;
        Ok(report.all_done())
    }) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => say::ended(&*error, UNUSABLE),
    }
}

/// Writes the table where the receipts do not go.
fn show(table: &str, arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut place: Box<dyn Write> = match arguments.receipts_on_stdout() {
        true => Box::new(io::stderr()),
        false => Box::new(io::stdout()),
    };
    let written = write!(place, "{}", ShownLines(table)).and_then(|()| place.flush());
    written.map_err(|error| format!("the table cannot be written: {error}").into())
}
