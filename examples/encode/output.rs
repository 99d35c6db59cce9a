// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes out: receipts and read-outs, each line flushed before the next card.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use cardwright::encode::{Encoded, Job, Ledger};
use serde::Serialize;

use crate::arguments::Arguments;
use crate::input::at;

/// Where receipts and read-outs go.
pub(crate) struct Output {
    receipts: Option<Box<dyn Write>>,
    readout: Option<File>,
    /// What an earlier run's receipts show as done.
    pub(crate) ledger: Ledger,
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
        let receipts: Option<Box<dyn Write>> = match arguments.receipts_file() {
            Some(path) => {
                let (file, read) = resumed(path, job, batch)?;
                ledger = read;
                Some(Box::new(file))
            }
            None if arguments.receipts_on_stdout() => Some(Box::new(io::stdout())),
            None => None,
        };
        let readout = arguments.readout.as_deref().map(append).transpose()?;
        Ok(Self { receipts, readout, ledger })
    }

    /// Writes what belongs to one card, before the next one.
    pub(crate) fn write(&mut self, encoded: &Encoded) -> Result<(), Box<dyn Error>> {
        if let Some(receipts) = &mut self.receipts {
            let line = encoded.receipt.to_line()?;
            receipts.write_all(format!("{line}\n").as_bytes())?;
            receipts.flush()?;
        }
        if let (Some(readout), Some(uid)) = (&mut self.readout, &encoded.uid) {
            let record = encoded.receipt.record.as_str();
            let line =
                serde_json::to_string(&Readout { record, uid: hex::encode_upper(uid.expose()) })?;
            readout.write_all(format!("{line}\n").as_bytes())?;
            readout.flush()?;
        }
        Ok(())
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
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| at(path, &error))?;
    let ledger = Ledger::read(&bytes, job, batch).map_err(|error| at(path, &error))?;
    if ledger.was_cut() {
        eprintln!("warning: {}: the last line was cut short and is dropped", path.display());
    }
    let end = u64::try_from(ledger.whole_bytes())?;
    file.set_len(end).map_err(|error| at(path, &error))?;
    file.seek(SeekFrom::Start(end)).map_err(|error| at(path, &error))?;
    Ok((file, ledger))
}

fn append(path: &Path) -> Result<File, String> {
    OpenOptions::new().append(true).create(true).open(path).map_err(|error| at(path, &error))
}
