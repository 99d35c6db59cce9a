// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `--keys` names: a key file, which is its owner's alone, the same inside age, or a token.

#[cfg_attr(feature = "age", path = "age_file.rs")]
#[cfg_attr(not(feature = "age"), path = "no_age_file.rs")]
pub(crate) mod age_file;
#[path = "asked.rs"]
pub(crate) mod asked;
#[path = "keys_secret.rs"]
mod keys_secret;
#[cfg_attr(not(feature = "pkcs11"), path = "no_token.rs")]
#[cfg_attr(feature = "pkcs11", path = "token.rs")]
mod token;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use cardwright::keys::sealed::is_sealed;
use cardwright::keys::token::TokenUri;
use cardwright::keys::{KeyFile, Purpose, Store};
use zeroize::Zeroizing;

use crate::owner::open_to_others;
use crate::say::say;
use crate::whole;

pub(crate) use keys_secret::KeysSecret;

/// Opens whatever holds the keys. What is worth a second look is told.
pub(crate) fn open(path: &Path, secret: &KeysSecret) -> Result<Arc<dyn Store>, String> {
    if let Some(uri) = path.to_str().filter(|text| TokenUri::is_meant(text)) {
        return token::open(uri, secret);
    }
    Ok(Arc::new(read(path, secret)?))
}

/// The keys of a file. One that others may read or write is refused where it is marked live, and
/// warned of where it is marked test; the same goes for keys that protect nothing.
pub(crate) fn read(path: &Path, secret: &KeysSecret) -> Result<KeyFile, String> {
    in_text(path, &text(path, secret)?)
}

/// The keys in the text of a file, as [`read`] takes them.
pub(crate) fn in_text(path: &Path, text: &Text) -> Result<KeyFile, String> {
    let at = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    let keys = KeyFile::parse(&text.text).map_err(|error| at(&error))?;
    if let Some(mode) = text.open {
        let why =
            format!("{}: others may read or write these keys (mode {mode:03o})", path.display());
        match keys.purpose() {
            Purpose::Live => {
                return Err(format!("{why}: they are marked live; chmod 600 the file"));
            }
            Purpose::Test => say(&format!("warning: {why}")),
        }
    }
    for warning in keys.warnings() {
        say(&format!("warning: {}: {warning}", path.display()));
    }
    Ok(keys)
}

/// The text of a key file.
pub(crate) struct Text {
    pub(crate) text: Zeroizing<String>,
    /// The permission bits of a file in the clear that is not its owner's alone.
    open: Option<u32>,
}

/// Gets what opens keys, which is called this: "passphrase of keys.age".
pub(crate) type Get<'a> = &'a dyn Fn(&str) -> Result<Zeroizing<String>, String>;

/// The text of a key file in the clear or inside age, whatever it is.
pub(crate) fn text(path: &Path, secret: &KeysSecret) -> Result<Text, String> {
    let at = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| at(&error))?;
    // Of the file that is read, whatever its name is given to meanwhile.
    let open = open_to_others(&file).map_err(|error| at(&error))?;
    let mut bytes = whole::read(file).map_err(|error| at(&error))?;
    if is_sealed(&bytes) {
        let (asked_for, get) = (secret.is_asked_for(), &|what: &str| secret.get(what));
        return Ok(Text { text: age_file::text(path, &bytes, asked_for, get)?, open: None });
    }
    let clear = str::from_utf8(&bytes).map(drop);
    clear.map_err(|error| at(&error))?;
    let text = String::from_utf8(core::mem::take(&mut *bytes)).map(Zeroizing::new);
    Ok(Text { text: text.map_err(|error| at(&error.utf8_error()))?, open })
}
