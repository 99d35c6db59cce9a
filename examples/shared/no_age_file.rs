// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for encrypted key files where they were left out of the build.

use std::path::Path;

use zeroize::Zeroizing;

use super::Get;

/// Says how to open them.
pub(crate) fn text(
    path: &Path,
    _bytes: &[u8],
    _asked_for: bool,
    _get: Get<'_>,
) -> Result<Zeroizing<String>, String> {
    let again = concat!("cargo run --release --features age --example ", env!("CARGO_BIN_NAME"));
    Err(format!("{}: encrypted key files need the feature age: {again}", path.display()))
}
