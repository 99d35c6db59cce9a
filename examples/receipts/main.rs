// SPDX-License-Identifier: MIT OR Apache-2.0
//! Says whether a receipts file is as it was written: nothing missing, changed, doubled or cut.

#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/page.rs"]
mod page;
#[path = "../shared/private.rs"]
mod private;
mod report;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use cardwright::encode::{Checked, Fault, check};
use cardwright::keys::KeyFile;
use cardwright::shown::Shown;
use clap::{Parser, Subcommand};
use key_file::KeysSecret;
use serde::Serialize;

/// Look after files of receipts.
#[derive(Debug, Parser)]
#[command(name = "receipts", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is missing, changed, doubled, moved, of another file or cut in a receipts file.
    ///
    /// Exit status: 0 it is as it was written; 1 it is not; 2 it cannot be read, or the keys cannot.
    Verify {
        /// Receipts, one a line, as `encode --receipts` writes them
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Key file with the receipt key, TOML or the same in age, or a token [default: the demonstration keys]
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
        #[command(flatten)]
        secret: KeysSecret,
        /// The last number that was seen before: lines that are missing at the end show by this
        /// alone
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        reaching: u64,
        /// Write a report of the batches as a page too: how many cards ended how, each card, times.
        /// It has no reference of a record, and of a card the beginning of its mark. "-" is standard
        /// output, in place of the lines
        #[arg(long, value_name = "FILE|-")]
        html: Option<PathBuf>,
        /// Write JSON instead of lines
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    verify(&Arguments::parse().command).unwrap_or_else(|error| say::ended(&*error, 2))
}

fn verify(asked: &Command) -> Result<ExitCode, Box<dyn Error>> {
    let Command::Verify { file, keys, secret, reaching, html, json } = asked;
    page::may_be_asked_for(html.as_deref(), *json)?;
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let keys = match keys.as_ref() {
        Some(path) => key_file::open(path, secret)?.receipt_key()?,
        None => KeyFile::parse(include_str!("../data/test-keys.toml"))?.receipt_key().clone(),
    };
    let checked = check(&bytes, &keys)?.reaching(*reaching);
    let found = Found::of(&checked);
    let ended = if found.intact { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if let Some(path) = html {
        page::write(path, &report::page(&bytes, &found).html())?;
        if page::is_standard_output(path) {
            return Ok(ended);
        }
    }
    let text = if *json {
        serde_json::to_string_pretty(&found)? + "\n"
    } else {
        format!("{}: {}", Shown(file.display()), found.lines())
    };
    result::write(&text, *json)?;
    Ok(ended)
}

/// What a file is found to be.
#[derive(Serialize)]
struct Found<'c> {
    intact: bool,
    /// Lines that are receipts as they were written.
    receipts: usize,
    /// The furthest number.
    last: u64,
    /// The MAC of that line. Who keeps both elsewhere knows a file that was replaced.
    mac: String,
    faults: &'c [Fault],
}

impl<'c> Found<'c> {
    fn of(checked: &'c Checked) -> Self {
        let (faults, last) = (checked.faults(), checked.last());
        Self {
            intact: faults.is_empty(),
            receipts: checked.receipts(),
            last: last.sequence,
            mac: hex::encode(last.mac),
            faults,
        }
    }

    fn lines(&self) -> String {
        let Self { receipts, last, mac, .. } = self;
        let state = if self.intact { "intact" } else { "broken" };
        let mut text =
            format!("{state}, receipts: {receipts}, last number: {last}, its MAC: {mac}\n");
        for fault in self.faults {
            text += &format!("  {fault}\n");
        }
        text
    }
}
