// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files, which are their owner's alone.

use std::fs::File;
use std::path::Path;

use cardwright::keys::{KeyFile, Purpose};

use crate::owner::open_to_others;
use crate::say::say;
use crate::whole;

/// The keys of a file. One that others may read or write is refused where it is marked live, and
/// warned of where it is marked test; the same goes for keys that protect nothing.
pub(crate) fn read(path: &Path) -> Result<KeyFile, String> {
    let at = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| at(&error))?;
    // Of the file that is read, whatever its name is given to meanwhile.
    let open = open_to_others(&file).map_err(|error| at(&error))?;
    let bytes = whole::read(file).map_err(|error| at(&error))?;
    let text = str::from_utf8(&bytes).map_err(|error| at(&error))?;
    let keys = KeyFile::parse(text).map_err(|error| at(&error))?;
    if let Some(mode) = open {
        let why =
            format!("{}: others may read or write these keys (mode {mode:03o})", path.display());
        match keys.purpose() {
            Purpose::Live => {
                return Err(format!("{why}: they are marked live; chmod 600 the file"));
            }
            Purpose::Test => say(&format!("warning: {why}")),
        }
    }
    for warning in keys.warnings() {
        say(&format!("warning: {}: {warning}", path.display()));
    }
    Ok(keys)
}
