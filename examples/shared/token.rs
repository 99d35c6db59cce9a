// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in a token.

use std::sync::Arc;

use cardwright::keys::Store;
use cardwright::keys::token::{PinSource, TokenStore, TokenUri};

use super::KeysSecret;

/// Opens a token, with the PIN that is named, or that its URI names, or that somebody types.
pub(crate) fn open(uri: &str, secret: &KeysSecret) -> Result<Arc<dyn Store>, String> {
    let told = |error: &dyn std::error::Error| format!("--keys: {error}");
    let uri: TokenUri = uri.parse().map_err(|error| told(&error))?;
    let pin = secret.named_pin().or_else(|| uri.pin_source()).or_else(|| secret.typed_pin());
    let store = TokenStore::open(&uri, &pin.unwrap_or(PinSource::None));
    Ok(Arc::new(store.map_err(|error| told(&error))?))
}
