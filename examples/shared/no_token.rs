// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for tokens where they were left out of the build.

use std::path::Path;
use std::sync::Arc;

use cardwright::keys::Store;

use super::Get;

/// The address of a token (RFC 7512), where this is one and no file.
pub(crate) fn uri(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.starts_with("pkcs11:"))
}

/// Says how to get tokens.
pub(crate) fn open(_uri: &str, _get: Get<'_>) -> Result<Arc<dyn Store>, String> {
    let again = concat!("cargo run --release --features pkcs11 --example ", env!("CARGO_BIN_NAME"));
    Err(format!("keys in a token need the feature pkcs11: {again}"))
}
