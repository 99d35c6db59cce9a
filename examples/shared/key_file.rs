// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of a file.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use cardwright::keys::{KeyFile, Purpose};
use zeroize::Zeroizing;

use crate::say::say;

/// Reads them. What a live file could not have is told, and so is who else may read it.
pub(crate) fn read(path: &Path) -> Result<KeyFile, String> {
    let at = |error: &dyn Error| format!("{}: {error}", path.display());
    let mut file = File::open(path).map_err(|error| at(&error))?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| at(&error))?;
    let keys = KeyFile::parse(&text).map_err(|error| at(&error))?;
    let open = is_open_to_others(&file).map_err(|error| at(&error))?;
    if open && keys.purpose() == Purpose::Live {
        let instead = "let only its owner: chmod 600";
        return Err(format!("{}: others may read or write this file: {instead}", path.display()));
    }
    for warning in keys.warnings() {
        say(&format!("warning: {}: {warning}", path.display()));
    }
    if open {
        let why = "others may read or write this file; a live key file may not be so";
        say(&format!("warning: {}: {why}", path.display()));
    }
    Ok(keys)
}

/// Whether its group or everybody may read or write the file that was opened.
#[cfg(unix)]
fn is_open_to_others(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o066 != 0)
}

/// Other systems have other rights, which nobody looks at here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as it is elsewhere")]
const fn is_open_to_others(_file: &File) -> std::io::Result<bool> {
    Ok(false)
}
