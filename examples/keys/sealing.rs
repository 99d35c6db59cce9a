// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files that are encrypted.

use std::path::Path;

use cardwright::keys::sealed::{Sealed, SealedError, Sealer};
use zeroize::Zeroizing;

use crate::arguments::SealTo;
use crate::key_file::{KeysSecret, age_file, asked};

/// For whom a file is encrypted.
pub(crate) struct Seal(Sealer);

impl Seal {
    /// As it is said; a passphrase is asked for where no recipient is named.
    pub(crate) fn asked_for(to: &SealTo, secret: &KeysSecret) -> Result<Self, String> {
        if !to.to.is_empty() {
            return Ok(Self(as_said(Sealer::recipients(&to.to), to)?));
        }
        let given = if secret.is_asked_for() {
            let once = asked::line("new passphrase")?;
            if *asked::line("the same again")? != *once {
                return Err("the passphrases differ: nothing is encrypted".into());
            }
            once
        } else {
            secret.get("new passphrase")?
        };
        Self::under(age_file::first_line(&given), to)
    }

    fn under(passphrase: &str, to: &SealTo) -> Result<Self, String> {
        let sealer = Sealer::passphrase(passphrase).and_then(|one| one.with_work(to.work_factor));
        Ok(Self(as_said(sealer, to)?))
    }

    /// Encrypts the text of a key file.
    pub(crate) fn seal(&self, text: &str) -> Result<Vec<u8>, String> {
        self.0.seal(text).map_err(|error| error.to_string())
    }
}

fn as_said(sealer: Result<Sealer, SealedError>, to: &SealTo) -> Result<Sealer, String> {
    let sealer = sealer.map_err(|error| error.to_string())?;
    Ok(if to.armor { sealer.armored() } else { sealer })
}

/// The text of an encrypted file, and how it is encrypted again: under the passphrase that opened it, or
/// for recipients that are named, since the file does not say whose they are.
pub(crate) fn reopened(
    path: &Path,
    bytes: &[u8],
    to: &SealTo,
    secret: &KeysSecret,
) -> Result<(Zeroizing<String>, Seal), String> {
    let (text, passphrase) =
        age_file::opened(path, bytes, secret.is_asked_for(), &|what| secret.get(what))?;
    let shown = path.display();
    let seal = match passphrase {
        None if to.to.is_empty() => {
            return Err(format!(
                "{shown}: it does not say for whom it is encrypted: name all recipients with --to"
            ));
        }
        Some(given) if to.to.is_empty() => Seal::under(age_file::first_line(&given), to)?,
        None | Some(_) => Seal(as_said(Sealer::recipients(&to.to), to)?),
    };
    let armored = Sealed::read(bytes).is_ok_and(|sealed| sealed.is_armored());
    Ok((text, if armored { Seal(seal.0.armored()) } else { seal }))
}
