// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds the keys of a profile: a key file, the same inside age, or a token.

use std::path::Path;
use std::sync::Arc;

use cardwright::KeyFile;
use cardwright::keys::sealed::is_sealed;
use cardwright::keys::{Purpose, Store};
use zeroize::Zeroizing;

use super::files::{bytes, secret};
use super::{Config, ProfileOf};

impl Config {
    /// Opens the keys of a profile.
    pub(super) fn keys(&self, of: &ProfileOf) -> Result<Arc<dyn Store>, String> {
        if let Some(uri) = of.keys.to_str().filter(|keys| keys.starts_with("pkcs11:")) {
            return token(uri, || self.secret_of(of));
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

fn token(
    _uri: &str,
    _secret: impl FnOnce() -> Result<Zeroizing<String>, String>,
) -> Result<Arc<dyn Store>, String> {
    Err("keys in a token need the feature pkcs11: build with --features pkcs11".to_owned())
}
