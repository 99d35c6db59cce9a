// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files that are made, or that get another text.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use cardwright::keys::KeyFile;
use cardwright::keys::sealed::is_sealed;
use zeroize::Zeroizing;

use crate::arguments::SealTo;
use crate::key_file::{self, KeysSecret};
use crate::sealing::{self, Seal};
use crate::{private, whole};

/// A key file that is there: its text, and how it is encrypted.
pub(crate) struct Kept<'p> {
    path: &'p Path,
    pub(crate) text: Zeroizing<String>,
    seal: Option<Seal>,
}

impl<'p> Kept<'p> {
    /// Opens a key file that is going to be replaced.
    pub(crate) fn open(path: &'p Path, to: &SealTo, secret: &KeysSecret) -> Result<Self, String> {
        let told = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
        let bytes = File::open(path).and_then(whole::read).map_err(|error| told(&error))?;
        let (text, seal) = if is_sealed(&bytes) {
            let (text, seal) = sealing::reopened(path, &bytes, to, secret)?;
            (text, Some(seal))
        } else if to.is_said() {
            let path = path.display();
            return Err(format!(
                "{path}: this file is in the clear: encrypt it first, with keys encrypt"
            ));
        } else {
            (clear(path)?, None)
        };
        KeyFile::parse(&text).map_err(|error| told(&error))?;
        Ok(Self { path, text, seal })
    }

    /// Writes another text in its place, encrypted as it was. The old file is there until the new one is on
    /// the disk.
    pub(crate) fn replace(&self, text: &str) -> Result<(), String> {
        let told = |error: &dyn std::error::Error| format!("{}: {error}", self.path.display());
        KeyFile::parse(text).map_err(|error| told(&error))?;
        match &self.seal {
            Some(seal) => private::replace(self.path, &seal.seal(text)?, "the key file"),
            None => private::replace(self.path, text.as_bytes(), "the key file"),
        }
    }
}

/// Makes a key file that was not there, for its owner alone; encrypted, where that is said.
pub(crate) fn make(path: &Path, text: &str, seal: Option<&Seal>) -> Result<(), String> {
    let told = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    KeyFile::parse(text).map_err(|error| told(&error))?;
    let sealed = seal.map(|seal| seal.seal(text)).transpose()?;
    let bytes = sealed.as_deref().unwrap_or(text.as_bytes());
    write_new(path, bytes, "nothing is made")
}

/// Writes a file that was not there, for its owner alone. `otherwise` is told where it does not come about.
pub(crate) fn write_new(path: &Path, bytes: &[u8], otherwise: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}; {otherwise}", path.display());
    let mut file = private::create_new(path).map_err(told)?;
    let kept = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = kept.and_then(|()| private::sync_directory_of(path)) {
        // Half a file helps nobody, and may hold keys.
        let _ = std::fs::remove_file(path);
        return Err(told(error));
    }
    Ok(())
}

/// The text of a key file in the clear.
pub(crate) fn clear(path: &Path) -> Result<Zeroizing<String>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = File::open(path).and_then(whole::read).map_err(told)?;
    if is_sealed(&bytes) {
        return Err(format!("{}: this file is encrypted already", path.display()));
    }
    Ok(key_file::text(path, &KeysSecret::default())?.text)
}

/// Refuses a name that is taken, before anybody is asked for anything.
pub(crate) fn must_be_free(path: &Path) -> Result<(), String> {
    match path.symlink_metadata() {
        Ok(_) => Err(format!("{}: this file is there; name another one", path.display())),
        Err(_) => Ok(()),
    }
}
