// SPDX-License-Identifier: MIT OR Apache-2.0
//! Issuer keys by name.

use cardwright::keys::Store;
use cardwright::wire::KeyVersion;

/// The version of the key of this name that is asked for with the option, or the only one that there is.
pub(crate) fn version(
    store: &dyn Store,
    name: &str,
    (option, asked): (&str, Option<KeyVersion>),
) -> Result<KeyVersion, String> {
    let listed = store.names();
    let versions: Vec<KeyVersion> =
        listed.iter().filter(|(known, _)| known == name).map(|(_, version)| *version).collect();
    let names: Vec<String> =
        listed.iter().map(|(name, version)| format!("{name} (version {version})")).collect();
    match (asked, versions.as_slice()) {
        (Some(asked), all) if all.contains(&asked) => Ok(asked),
        (Some(asked), _) if listed.is_empty() => Ok(asked),
        (None, _) if listed.is_empty() => Err(format!("say {option}: these keys are not listed")),
        (None, [only]) => Ok(*only),
        (None, [_, _, ..]) => Err(format!("there are several keys {name}: say {option}")),
        _ => Err(format!("no such key; there are {}", names.join(", "))),
    }
}
