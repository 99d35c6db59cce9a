// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text files and the profiles in them. Every mistake names its file.

use std::error::Error;
use std::path::Path;

use cardwright::profile::Profile;
use zeroize::Zeroizing;

/// The profile of a file.
pub(crate) fn profile(path: &Path) -> Result<Profile, String> {
    Profile::parse(&text(path)?).map_err(|error| at(path, &error))
}

/// The text of a file, which may hold keys.
pub(crate) fn text(path: &Path) -> Result<Zeroizing<String>, String> {
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| at(path, &error))
}

/// A mistake with the file it is in.
pub(crate) fn at(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}
