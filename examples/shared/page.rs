// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pages and pictures, in a file or on standard output. A file that is there is written over only where
//! it is one already: a receipts file whose name was typed twice stays.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::private::replace;
use crate::result;

/// How pages and pictures begin.
const BEGINNINGS: [&str; 2] = ["<!DOCTYPE html>", "<svg "];

/// Whether this stands for standard output.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether a page may be written here, before anything is done for it.
pub(crate) fn may_be_asked_for(path: Option<&Path>, json: bool) -> Result<(), String> {
    match path {
        None => Ok(()),
        Some(path) if !is_standard_output(path) => may_be_written(path),
        Some(_) if json => {
            Err("the page and the JSON cannot both go to standard output: name a file".to_owned())
        }
        Some(_) => Ok(()),
    }
}

/// Writes a page or a picture.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    if is_standard_output(path) {
        return result::write(text, false);
    }
    replace(path, text.as_bytes(), "the page")
}

/// Whether a page may have this name.
fn may_be_written(path: &Path) -> Result<(), String> {
    let told = |error: io::Error| format!("{}: {error}; the page is not written", path.display());
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(told)?,
    };
    let mut beginning = Vec::new();
    file.take(BEGINNING).read_to_end(&mut beginning).map_err(told)?;
    let is_page = BEGINNINGS.iter().any(|start| beginning.starts_with(start.as_bytes()));
    if is_page || beginning.is_empty() {
        return Ok(());
    }
    let why = "this file is there and is no page or picture; name another one, or take it away";
    Err(format!("{}: {why}", path.display()))
}

/// As much of a file as tells.
const BEGINNING: u64 = 32;
