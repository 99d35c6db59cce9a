// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodes a batch of cards: a card profile, cardholder records and a key file go in; every record
//! comes out as an encoded, proven card with a receipt.
//!
//! Without arguments it encodes the demonstration batch onto software cards.

#![expect(clippy::print_stdout, reason = "results go to stdout")]
#![expect(clippy::print_stderr, reason = "progress, warnings and errors go to stderr")]

mod arguments;
mod batch;
mod input;
mod output;
mod report;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

/// The job did not start: usage, profile, keys, records or receipts are wrong.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match batch::run(&arguments) {
        Ok(report) => {
            let table = report.to_string();
            if arguments.receipts_on_stdout() {
                eprint!("{table}");
            } else {
                print!("{table}");
            }
            if report.all_done() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(UNUSABLE)
        }
    }
}
