// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for tokens where they were left out of the build.

use std::sync::Arc;

use cardwright::keys::Store;

use super::KeysSecret;

/// Says how to get tokens.
pub(crate) fn open(_uri: &str, _secret: &KeysSecret) -> Result<Arc<dyn Store>, String> {
    let again = concat!("cargo run --release --features pkcs11 --example ", env!("CARGO_BIN_NAME"));
    Err(format!("keys in a token need the feature pkcs11: {again}"))
}
