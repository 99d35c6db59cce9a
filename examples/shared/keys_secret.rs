// SPDX-License-Identifier: MIT OR Apache-2.0
//! The secret that opens keys: never an argument, which other programs see.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[cfg(feature = "pkcs11")]
use cardwright::keys::token::PinSource;
use clap::Args;
use zeroize::Zeroizing;

use super::asked;
use crate::owner::open_to_others;
use crate::whole;

/// Where the secret is.
#[derive(Debug, Default, Args)]
pub(crate) struct KeysSecret {
    /// What opens encrypted keys: a file with a passphrase, a PIN or age identities in it, or env:NAME, a
    /// variable of the environment [default: it is asked for on the terminal]
    #[arg(long, value_name = "FILE|env:NAME")]
    keys_secret: Option<Source>,
    /// Whether it may be asked for where standard input is no terminal.
    #[arg(skip)]
    pub(crate) from_pipes: bool,
}

#[derive(Debug, Clone)]
enum Source {
    File(PathBuf),
    Environment(String),
}

impl FromStr for Source {
    type Err = core::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix("env:") {
            Some(name) => Self::Environment(name.to_owned()),
            None => Self::File(PathBuf::from(text)),
        })
    }
}

impl KeysSecret {
    /// Whether somebody has to type it.
    pub(crate) const fn is_asked_for(&self) -> bool {
        self.keys_secret.is_none()
    }

    /// The PIN of a token, where it is said where that is.
    #[cfg(feature = "pkcs11")]
    pub(super) fn named_pin(&self) -> Option<PinSource> {
        Some(match self.keys_secret.as_ref()? {
            Source::File(path) => PinSource::File(path.clone()),
            Source::Environment(name) => PinSource::Environment(name.clone()),
        })
    }

    /// The PIN of a token, where somebody can be asked.
    #[cfg(feature = "pkcs11")]
    pub(super) fn typed_pin(&self) -> Option<PinSource> {
        let ask = |token: &str| asked::line(&format!("PIN of token {token}")).ok();
        let can = self.from_pipes || asked::is_terminal();
        can.then(|| PinSource::Ask(Box::new(ask)))
    }

    /// The secret. `what` is it: "passphrase of keys.age".
    pub(crate) fn get(&self, what: &str) -> Result<Zeroizing<String>, String> {
        match &self.keys_secret {
            Some(Source::Environment(name)) => {
                let value = std::env::var(name).map(Zeroizing::new);
                value.map_err(|_| {
                    format!("--keys-secret env:{name}: there is no such variable with text in it")
                })
            }
            Some(Source::File(path)) => Self::of_file(path),
            None if self.from_pipes || asked::is_terminal() => asked::line(what),
            None => Err(format!(
                "the {what} has to be asked for, and this is no terminal: say --keys-secret FILE or env:NAME"
            )),
        }
    }

    /// What is in the file of a secret, which is its owner's alone.
    pub(crate) fn of_file(path: &Path) -> Result<Zeroizing<String>, String> {
        let shown = path.display();
        let told = |error: &dyn std::error::Error| format!("{shown}: {error}");
        let file = File::open(path).map_err(|error| told(&error))?;
        if let Some(mode) = open_to_others(&file).map_err(|error| told(&error))? {
            return Err(format!(
                "{shown}: others may read or write this secret (mode {mode:03o}); chmod 600 the file"
            ));
        }
        let mut bytes = whole::read(file).map_err(|error| told(&error))?;
        if str::from_utf8(&bytes).is_err() {
            return Err(format!(
                "{shown}: this is no text in UTF-8, and so none of what opens keys"
            ));
        }
        let text = String::from_utf8(core::mem::take(&mut *bytes)).map_err(|error| told(&error))?;
        Ok(Zeroizing::new(text))
    }
}
