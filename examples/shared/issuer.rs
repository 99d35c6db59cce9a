// SPDX-License-Identifier: MIT OR Apache-2.0
//! Issuer keys by name.

use cardwright::keys::KeyFile;
use cardwright::wire::KeyVersion;

/// The version of the key of this name that is asked for, or the only one that there is.
pub(crate) fn version(
    file: &KeyFile,
    name: &str,
    asked: Option<KeyVersion>,
) -> Result<KeyVersion, String> {
    let versions: Vec<KeyVersion> =
        file.names().filter(|(known, _)| *known == name).map(|(_, version)| version).collect();
    let names: Vec<String> =
        file.names().map(|(name, version)| format!("{name} (version {version})")).collect();
    match (asked, versions.as_slice()) {
        (Some(asked), all) if all.contains(&asked) => Ok(asked),
        (None, [only]) => Ok(*only),
        (None, [_, _, ..]) => Err(format!("there are several keys {name}: say --key-version")),
        _ => Err(format!("no such key; the file has {}", names.join(", "))),
    }
}
