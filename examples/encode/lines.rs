// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file of lines, each of which is on the disk before the next card, or not there at all.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::private::{create_new, sync_directory_of};
use crate::read::at;

/// The file, open behind its last whole line.
pub(crate) struct Lines {
    name: String,
    file: File,
    /// Where the next line goes.
    end: u64,
    /// Something is behind the end that could not be taken back.
    torn: bool,
}

impl Lines {
    /// Opens a file or makes it, for this run and this use of it, and reads it. It is not changed.
    pub(crate) fn open(path: &Path, instead: &str) -> Result<(Self, Vec<u8>), String> {
        let told = |error: io::Error| at(path, &error);
        let name = path.display().to_string();
        let mut file = open_or_create(path).map_err(told)?;
        if !file.metadata().map_err(told)?.is_file() {
            return Err(format!("{name}: not a file; name one{instead}"));
        }
        hold(&file, path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(told)?;
        let end = u64::try_from(bytes.len()).map_err(|error| at(path, &error))?;
        Ok((Self { name, file, end, torn: false }, bytes))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn file(&self) -> &File {
        &self.file
    }

    /// Goes on behind so many bytes; with the end of the line before, where that has none.
    pub(crate) fn go_on(&mut self, behind: usize, unended: bool) -> Result<(), String> {
        let mut gone_on = || {
            let behind = u64::try_from(behind).map_err(io::Error::other)?;
            if behind != self.end {
                self.end = behind;
                self.take_back()?;
            }
            if unended { self.put(b"\n") } else { Ok(()) }
        };
        gone_on().map_err(|error: io::Error| format!("{}: {error}", self.name))
    }

    /// Writes a line, with its end, for a record.
    pub(crate) fn append(&mut self, record: &str, line: &str) -> Result<(), String> {
        self.put(line.as_bytes()).map_err(|error| lost(&self.name, record, &error))
    }

    /// Writes something for a record behind so many bytes: what ended the file is in it again. Where there is
    /// no room for it, the file ends as it did, so that it is whole to whoever reads it.
    pub(crate) fn add(&mut self, record: &str, behind: usize, bytes: &[u8]) -> Result<(), String> {
        let ended = self.ended(behind).map_err(|error| format!("{}: {error}", self.name))?;
        self.go_on(behind, false)?;
        let put = self.put(bytes);
        if put.is_err() && !ended.is_empty() {
            // It had this room before. What is cut all the same is gone on with by the next run.
            let _ = self.put(&ended);
        }
        put.map_err(|error| lost(&self.name, record, &error))
    }

    /// What stands behind so many bytes.
    fn ended(&mut self, behind: usize) -> io::Result<Vec<u8>> {
        let mut ended = Vec::new();
        let behind = u64::try_from(behind).map_err(io::Error::other)?;
        if behind < self.end {
            self.file.seek(SeekFrom::Start(behind))?;
            self.file.read_to_end(&mut ended)?;
        }
        Ok(ended)
    }

    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        if self.torn {
            self.take_back()?;
        }
        let written = self.file.write_all(line).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                let more = u64::try_from(line.len()).map_err(io::Error::other)?;
                self.end = self.end.saturating_add(more);
                Ok(())
            }
            Err(error) => {
                // What is said to be lost must not be there, in part or as a whole. Where that
                // fails too, the next line tries again, and the next run drops what is cut.
                self.torn = true;
                let _ = self.take_back();
                Err(error)
            }
        }
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.sync_data()?;
        self.torn = false;
        Ok(())
    }
}

/// Opens a file to read and write, or makes it, for its owner alone. It follows no link that
/// appears where no file was, and what it makes outlasts a power cut by name, too.
fn open_or_create(path: &Path) -> io::Result<File> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create_new(path)?,
        opened => opened?,
    };
    let metadata = file.metadata()?;
    // The run that made an empty file may have ended before its name was on the disk.
    if metadata.is_file() && metadata.len() == 0 {
        sync_directory_of(path)?;
    }
    Ok(file)
}

/// A line that could not be kept.
pub(crate) fn lost(name: &str, record: &str, error: &io::Error) -> String {
    format!(
        "{name}: {error}; the line of record {record} is lost: make room, then run again and \
         present its card again"
    )
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
