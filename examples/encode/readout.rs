// SPDX-License-Identifier: MIT OR Apache-2.0
//! The read-out: which record is on which card, with UIDs in clear. So it is its owner's alone.

use std::path::Path;

use cardwright::iso14443::RealUid;
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::owner::open_to_others;
use crate::read::at;
use crate::say::say;

/// A file of read-outs.
pub(crate) struct Readouts(Lines);

/// One of its lines.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Readout {
    record: String,
    uid: String,
}

/// How every line begins.
const BEGINNING: &[u8] = b"{\"record\":\"";

impl Readouts {
    /// Opens a file of read-outs, or makes one. A last line that was cut short is dropped: its
    /// record has no receipt, and comes again.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let (mut lines, bytes) = Lines::open(path, "")?;
        if let Some(mode) = open_to_others(lines.file()).map_err(|error| at(path, &error))? {
            return Err(format!(
                "{name}: others may read or write it (mode {mode:03o}), and it has UIDs in clear; \
                 chmod 600 it, or name another file"
            ));
        }
        let mut whole = 0;
        let mut unended = false;
        for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let ended = line.ends_with(b"\n");
            let zeros = line.iter().rev().take_while(|byte| **byte == 0).count();
            let line = line.get(..line.len().saturating_sub(zeros)).unwrap_or_default();
            match serde_json::from_slice::<Readout>(line) {
                Ok(_) => {
                    whole += line.len();
                    unended = !ended;
                }
                Err(error) if !ended && (line.is_empty() || is_cut(line, &error)) => {
                    say(&format!("warning: {name}: the last line was cut short and is dropped"));
                }
                Err(_) => {
                    let line = index + 1;
                    return Err(format!(
                        "{name}: line {line} is no read-out; move the file, or name another one"
                    ));
                }
            }
        }
        lines.go_on(whole, unended)?;
        Ok(Self(lines))
    }

    /// Writes the line of a record and its card.
    pub(crate) fn write(&mut self, record: &str, uid: &RealUid) -> Result<(), String> {
        let uid = hex::encode_upper(uid.expose());
        let line = serde_json::to_string(&Readout { record: record.to_owned(), uid });
        let line = line.map_err(|error| error.to_string())?;
        self.0.append(record, &format!("{line}\n"))
    }
}

fn is_cut(line: &[u8], error: &serde_json::Error) -> bool {
    error.is_eof() && line.iter().zip(BEGINNING).all(|(byte, expected)| byte == expected)
}
