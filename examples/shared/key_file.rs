// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of a file.

use std::path::Path;

use cardwright::keys::KeyFile;

use crate::read;
use crate::say::say;

/// Reads them. What a live file could not have is told.
pub(crate) fn read(path: &Path) -> Result<KeyFile, String> {
    let file = KeyFile::parse(&read::text(path)?).map_err(|error| read::at(path, &error))?;
    for warning in file.warnings() {
        say(&format!("warning: {}: {warning}", path.display()));
    }
    Ok(file)
}
