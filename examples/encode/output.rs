// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes out: receipts and read-outs, each line flushed before the next card.

use std::error::Error;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::Path;

use cardwright::encode::{Encoded, Job, Ledger, Outcome};
use cardwright::shown::ShownJson;
use serde::Serialize;

use crate::arguments::Arguments;
use crate::read::at;
use crate::say::say;

/// Where receipts and read-outs go.
pub(crate) struct Output {
    receipts: Option<Sink>,
    readout: Option<Sink>,
    /// What an earlier run's receipts show as done.
    pub(crate) ledger: Ledger,
}

/// A file of lines, or standard output.
struct Sink {
    name: String,
    lines: Box<dyn Write>,
    /// Whether somebody looks at them; a file or another program gets them as they are.
    screen: bool,
}

#[derive(Serialize)]
struct Readout<'a> {
    record: &'a str,
    uid: String,
}

impl Output {
    /// Opens the files. Receipts of an earlier run are read first.
    pub(crate) fn open(
        arguments: &Arguments,
        job: &Job,
        batch: Option<&[u8; 32]>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut ledger = Ledger::default();
        let receipts = match arguments.receipts_file() {
            Some(path) => {
                let (file, read) = resumed(path, job, batch)?;
                ledger = read;
                let name = path.display().to_string();
                Some(Sink { name, lines: Box::new(file), screen: false })
            }
            None if arguments.receipts_on_stdout() => {
                let name = "standard output".to_owned();
                let screen = io::stdout().is_terminal();
                Some(Sink { name, lines: Box::new(io::stdout()), screen })
            }
            None => None,
        };
        let readout = arguments.readout.as_deref().map(append).transpose()?;
        Ok(Self { receipts, readout, ledger })
    }

    /// Writes what belongs to one card, before the next one. The receipt comes last: a record
    /// that counts as done has its read-out.
    pub(crate) fn write(&mut self, encoded: &Encoded) -> Result<(), Box<dyn Error>> {
        let record = encoded.receipt.record.as_str();
        let done = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
        if let (true, Some(readout), Some(uid)) = (done, &mut self.readout, &encoded.uid) {
            let line = Readout { record, uid: hex::encode_upper(uid.expose()) };
            readout.write(record, &serde_json::to_string(&line)?)?;
        }
        if let Some(receipts) = &mut self.receipts {
            receipts.write(record, &encoded.receipt.to_line()?)?;
        }
        Ok(())
    }
}

impl Sink {
    fn write(&mut self, record: &str, line: &str) -> Result<(), String> {
        let line = if self.screen { ShownJson(line).to_string() } else { line.to_owned() };
        let line = format!("{line}\n");
        let written = self.lines.write_all(line.as_bytes()).and_then(|()| self.lines.flush());
        written.map_err(|error| {
            format!(
                "{}: {error}; the line of record {record} is lost: make room, then run again and \
                 present its card again",
                self.name
            )
        })
    }
}

/// Opens a receipts file behind its last whole line.
fn resumed(
    path: &Path,
    job: &Job,
    batch: Option<&[u8; 32]>,
) -> Result<(File, Ledger), Box<dyn Error>> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| at(path, &error))?;
    if !file.metadata()?.is_file() {
        return Err(format!("{}: not a file; name one, or \"-\"", path.display()).into());
    }
    hold(&file, path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| at(path, &error))?;
    let ledger = Ledger::read(&bytes, job, batch).map_err(|error| at(path, &error))?;
    if ledger.was_cut() {
        say(&format!("warning: {}: the last line was cut short and is dropped", path.display()));
    }
    let end = u64::try_from(ledger.whole_bytes())?;
    file.set_len(end).map_err(|error| at(path, &error))?;
    file.seek(SeekFrom::Start(end)).map_err(|error| at(path, &error))?;
    if ledger.is_unended() {
        file.write_all(b"\n").map_err(|error| at(path, &error))?;
    }
    Ok((file, ledger))
}

/// Keeps the file for this run and this use of it.
fn hold(file: &File, path: &Path) -> Result<(), String> {
    // A file system without locks says so by another error, and is taken as it is.
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(format!(
            "{}: in use by another run, or named twice; name another file",
            path.display()
        )),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn append(path: &Path) -> Result<Sink, String> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    let file = file.map_err(|error| at(path, &error))?;
    hold(&file, path)?;
    Ok(Sink { name: path.display().to_string(), lines: Box::new(file), screen: false })
}
