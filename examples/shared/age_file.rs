// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files inside age.

use std::path::Path;

use cardwright::keys::sealed::{Opener, Sealed, SealedError, Takes};
use zeroize::Zeroizing;

use super::Get;

/// The text in an age file. `asked_for`: whether somebody types what opens it.
pub(crate) fn text(
    path: &Path,
    bytes: &[u8],
    asked_for: bool,
    get: Get<'_>,
) -> Result<Zeroizing<String>, String> {
    Ok(opened(path, bytes, asked_for, get)?.0)
}

/// The text in an age file, and the passphrase that opened it; nothing where identities did.
pub(crate) fn opened(
    path: &Path,
    bytes: &[u8],
    asked_for: bool,
    get: Get<'_>,
) -> Result<(Zeroizing<String>, Option<Zeroizing<String>>), String> {
    let told = |error: SealedError| format!("{}: {error}", path.display());
    let sealed = Sealed::read(bytes).map_err(told)?;
    if sealed.takes() != Takes::Passphrase && asked_for {
        let path = path.display();
        return Err(format!(
            "{path}: this is encrypted for recipients: name the identity file of one with --keys-secret"
        ));
    }
    let given = get(&format!("passphrase of {}", path.display()))?;
    if Opener::is_identity_file(&given) {
        let opener = Opener::identities(&given).map_err(told)?;
        return Ok((sealed.text(&opener).map_err(told)?, None));
    }
    let opener = Opener::passphrase(first_line(&given)).map_err(told)?;
    Ok((sealed.text(&opener).map_err(told)?, Some(given)))
}

/// The passphrase in the file of one.
pub(crate) fn first_line(given: &str) -> &str {
    given.lines().next().unwrap_or_default()
}
