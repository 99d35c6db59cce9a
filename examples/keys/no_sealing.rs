// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for encrypting where it was left out of the build.

use std::path::Path;

use zeroize::Zeroizing;

use crate::arguments::SealTo;
use crate::key_file::KeysSecret;

/// Nothing is encrypted.
pub(crate) enum Seal {}

const AGAIN: &str =
    "encrypted key files need the feature age: cargo run --release --features age --example keys";

impl Seal {
    /// Says how to encrypt.
    pub(crate) fn asked_for(_to: &SealTo, _secret: &KeysSecret) -> Result<Self, String> {
        Err(AGAIN.into())
    }

    pub(crate) fn seal(&self, _text: &str) -> Result<Vec<u8>, String> {
        match *self {}
    }
}

/// Says how to open it.
pub(crate) fn reopened(
    path: &Path,
    _bytes: &[u8],
    _to: &SealTo,
    _secret: &KeysSecret,
) -> Result<(Zeroizing<String>, Seal), String> {
    Err(format!("{}: {AGAIN}", path.display()))
}
