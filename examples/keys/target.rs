// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a new key goes: a key file that is there, or one that is made for it.

use std::path::Path;

use cardwright::keys::{KeyFile, Store as _};
use zeroize::Zeroizing;

use crate::arguments::{NewFile, SealTo};
use crate::entry::Reference;
use crate::kept::{self, Kept};
use crate::key_file::KeysSecret;
use crate::made;
use crate::sealing::Seal;

/// A file that takes a key of this name and version.
pub(crate) enum Target<'p> {
    Old(Kept<'p>),
    New { path: &'p Path, text: Zeroizing<String>, seal: Option<Seal> },
}

impl<'p> Target<'p> {
    /// Sees to it that the key can be put there, before anybody types it.
    pub(crate) fn of(
        path: &'p Path,
        key: &Reference,
        new: &NewFile,
        to: &SealTo,
        secret: &KeysSecret,
    ) -> Result<Self, String> {
        let Some(purpose) = new.purpose else {
            let kept = Kept::open(path, to, secret)?;
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let keys = KeyFile::parse(&kept.text).map_err(|error| told(&error))?;
            if keys.issuer(&key.name, key.version).is_ok() {
                return Err(told(&format!("{key} is there: name another version")));
            }
            return Ok(Self::Old(kept));
        };
        kept::must_be_free(path)?;
        let seal = to.is_said().then(|| Seal::asked_for(to, secret)).transpose()?;
        Ok(Self::New { path, text: made::head(purpose, new.tenant.as_deref(), 1)?, seal })
    }

    /// Puts the entry of the key behind all others.
    pub(crate) fn put(&self, entry: &str) -> Result<(), String> {
        let (Self::Old(Kept { text: before, .. }) | Self::New { text: before, .. }) = self;
        let mut text = Zeroizing::new(String::with_capacity(before.len() + entry.len() + 1));
        text.push_str(before);
        if !before.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(entry);
        match self {
            Self::Old(kept) => kept.replace(&text),
            Self::New { path, seal, .. } => kept::make(path, &text, seal.as_ref()),
        }
    }
}
