// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds the keys of a profile: a key file, the same inside age, or a token.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardwright::KeyFile;
use cardwright::keys::sealed::is_sealed;
use cardwright::keys::token::TokenUri;
use cardwright::keys::{Purpose, Store};
use zeroize::Zeroizing;

use super::files::{bytes, secret};
use super::{Config, ProfileOf};

/// What was opened already: a token is logged in to once, however many profiles have keys in it.
pub(super) type Stores = BTreeMap<(PathBuf, Option<String>), Arc<dyn Store>>;

impl Config {
    /// The keys of a profile.
    pub(super) fn keys(
        &self,
        of: &ProfileOf,
        opened: &mut Stores,
    ) -> Result<Arc<dyn Store>, String> {
        let named = (of.keys.clone(), of.keys_secret.clone());
        if let Some(store) = opened.get(&named) {
            return Ok(Arc::clone(store));
        }
        let store = self.open_keys(of)?;
        opened.insert(named, Arc::clone(&store));
        Ok(store)
    }

    fn open_keys(&self, of: &ProfileOf) -> Result<Arc<dyn Store>, String> {
        if let Some(uri) = of.keys.to_str().filter(|keys| TokenUri::is_meant(keys)) {
            return token(self, uri, of.keys_secret.as_deref());
        }
        let path = self.beside(&of.keys);
        let told = |error: &dyn core::fmt::Display| format!("{}: {error}", path.display());
        let (bytes, open) = bytes(&path)?;
        if is_sealed(&bytes) {
            return sealed(&bytes, || self.secret_of(of)).map_err(|error| told(&error));
        }
        let text = str::from_utf8(&bytes).map_err(|error| told(&error))?;
        let keys = KeyFile::parse(text).map_err(|error| told(&error))?;
        // Keys for trying out may lie about.
        match open.filter(|_| keys.purpose() != Purpose::Test) {
            Some(open) => Err(open),
            None => Ok(Arc::new(keys)),
        }
    }

    /// What opens them: a file beside the configuration, or a variable of the environment.
    fn secret_of(&self, of: &ProfileOf) -> Result<Zeroizing<String>, String> {
        let Some(from) = &of.keys_secret else {
            return Err("they are locked: write keys_secret = \"FILE\" or \"env:NAME\"".to_owned());
        };
        if let Some(name) = from.strip_prefix("env:") {
            let value = std::env::var(name).map(Zeroizing::new);
            return value.map_err(|_| {
                format!("keys_secret: there is no variable {name} with text in the environment")
            });
        }
        match secret(&self.beside(Path::new(from)))? {
            (_, Some(open)) => Err(open),
            (text, None) => Ok(text),
        }
    }
}

#[cfg(feature = "age")]
fn sealed(
    bytes: &[u8],
    secret: impl FnOnce() -> Result<Zeroizing<String>, String>,
) -> Result<Arc<dyn Store>, String> {
    use cardwright::keys::sealed::{Opener, Sealed, SealedError};

    let told = |error: SealedError| error.to_string();
    let file = Sealed::read(bytes).map_err(told)?;
    let secret = secret()?;
    let opener = if Opener::is_identity_file(&secret) {
        Opener::identities(&secret)
    } else {
        Opener::passphrase(secret.lines().next().unwrap_or_default())
    };
    Ok(Arc::new(file.key_file(&opener.map_err(told)?).map_err(told)?))
}

#[cfg(not(feature = "age"))]
fn sealed(
    _bytes: &[u8],
    _secret: impl FnOnce() -> Result<Zeroizing<String>, String>,
) -> Result<Arc<dyn Store>, String> {
    Err("an encrypted key file needs the feature age: build with --features age".to_owned())
}

#[cfg(feature = "pkcs11")]
fn token(config: &Config, uri: &str, secret: Option<&str>) -> Result<Arc<dyn Store>, String> {
    use cardwright::keys::token::{PinSource, TokenStore};

    let uri: TokenUri = uri.parse().map_err(|error| format!("keys: {error}"))?;
    let named = secret.map(|from| match from.strip_prefix("env:") {
        Some(name) => PinSource::Environment(name.to_owned()),
        None => PinSource::File(config.beside(Path::new(from))),
    });
    let pin = named.or_else(|| uri.pin_source()).unwrap_or(PinSource::None);
    let store = TokenStore::open(&uri, &pin).map_err(|error| format!("keys: {error}"))?;
    Ok(Arc::new(store))
}

#[cfg(not(feature = "pkcs11"))]
fn token(_config: &Config, _uri: &str, _secret: Option<&str>) -> Result<Arc<dyn Store>, String> {
    Err("keys in a token need the feature pkcs11: build with --features pkcs11".to_owned())
}
