// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files that are made.

use std::path::Path;

use cardwright::profile::{AppTransport, KeySpec, PiccTransport, Profile};
use zeroize::Zeroizing;

use crate::arguments::{Make, Use};
use crate::entry::{self, Named};
use crate::kept;
use crate::sealing::Seal;
use crate::{read, result, say};

/// Makes a key file with keys that nobody knows.
pub(crate) fn make(asked: &Make) -> Result<(), String> {
    kept::must_be_free(&asked.out)?;
    let mut wanted: Vec<Named> = Vec::new();
    for key in &asked.key {
        add(&mut wanted, key.clone())?;
    }
    for path in &asked.from {
        let profile = read::profile(path)?;
        for key in named_in(&profile) {
            add(&mut wanted, key).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        warn_of_suppliers(path, &profile);
    }
    let seal = asked.to.is_said().then(|| Seal::asked_for(&asked.to, &asked.secret)).transpose()?;
    let mut text = head(asked.purpose, asked.tenant.as_deref(), wanted.len())?;
    for key in &wanted {
        text.push_str(&key.entry(&entry::unknown(key.length())?));
    }
    kept::make(&asked.out, &text, seal.as_ref())?;
    let (out, word) = (asked.out.display(), asked.purpose.word());
    let clear = if seal.is_some() { "" } else { ", in the clear" };
    let keys = match wanted.len() {
        1 => "a key".to_owned(),
        several => format!("{several} keys"),
    };
    let told = format!("{out}: {keys} and a receipt key, use {word}{clear}\n");
    result::write(&told, false)
}

/// The beginning of a key file, with room for so many keys behind it, so that no copy stays behind.
pub(crate) fn head(
    purpose: Use,
    tenant: Option<&str>,
    keys: usize,
) -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::with_capacity(ROOM * (keys + 1)));
    text.push_str(&format!("use = \"{}\"\n", purpose.word()));
    if let Some(tenant) = tenant {
        text.push_str(&format!("tenant = {}\n", entry::quoted(tenant)));
    }
    text.push_str("receipt = \"");
    entry::push_digits(&mut text, &entry::unknown(RECEIPT)?);
    text.push_str("\"\n");
    Ok(text)
}

/// More than an entry takes whose name is as long as may be, and all of it escaped.
const ROOM: usize = 1024;
/// The bytes of a receipt key.
pub(crate) const RECEIPT: usize = 32;

/// A key once, and never twice otherwise.
fn add(wanted: &mut Vec<Named>, key: Named) -> Result<(), String> {
    let same = |known: &&Named| known.name == key.name && known.version == key.version;
    match wanted.iter().find(same) {
        None => wanted.push(key),
        Some(known) if *known == key => {}
        Some(known) => {
            return Err(format!(
                "key {} (version {}) is of type {} and of type {}: name one of them otherwise",
                key.name,
                key.version.0,
                known.type_word(),
                key.type_word()
            ));
        }
    }
    Ok(())
}

/// The keys that a profile names: its own, and those that its cards or applications come with.
fn named_in(profile: &Profile) -> impl Iterator<Item = Named> {
    let started = match &profile.transport().app {
        AppTransport::Key(spec) => Some(spec),
        AppTransport::Zero => None,
    };
    let all = profile.keys().iter().chain(started).chain(supplied(profile));
    all.map(|spec| Named {
        name: spec.reference.clone(),
        key_type: spec.key_type,
        version: spec.version,
    })
}

fn supplied(profile: &Profile) -> impl Iterator<Item = &KeySpec> {
    profile.transport().picc.iter().filter_map(|key| match key {
        PiccTransport::Factory => None,
        PiccTransport::Key(spec) => Some(spec),
    })
}

/// Cards come with keys that somebody else has set.
fn warn_of_suppliers(path: &Path, profile: &Profile) {
    for spec in supplied(profile) {
        say::say(&format!(
            "warning: {}: cards come with key {} (version {}): put the supplier's value into the file",
            path.display(),
            spec.reference,
            spec.version.0
        ));
    }
}
