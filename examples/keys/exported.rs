// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key of a key file as a key block.

use cardwright::encode::SystemRandom;
use cardwright::key::{CheckValue, Life};
use cardwright::keys::token::TokenUri;
use cardwright::keys::{BlockVersion, Exportability, KeyBlock, KeyFile, Store as _};
use toml::de::DeTable;
use zeroize::Zeroizing;

use crate::arguments::{Export, Exportable, Version};
use crate::entry::Reference;
use crate::say::say;
use crate::{kept, key_file, result};

/// Writes a key as a key block.
pub(crate) fn export(asked: &Export) -> Result<(), String> {
    if let Some(to) = &asked.out {
        kept::must_be_free(to)?;
    }
    if asked.keys.to_str().is_some_and(TokenUri::is_meant) {
        return Err(
            "keys of a token do not leave it by this: export them where the token is run, \
                    and name a key file here"
                .into(),
        );
    }
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", asked.keys.display());
    let text = key_file::text(&asked.keys, &asked.secret)?;
    let keys = key_file::in_text(&asked.keys, &text)?;
    let (block, what) = match &asked.which.key {
        Some(key) => issuer(&keys, key).map_err(|error| told(&error))?,
        None => {
            let key = receipt(&text.text).ok_or_else(|| told(&"it has no receipt key"))?;
            (KeyBlock::of_receipt_key(&key), "receipt key".to_owned())
        }
    };
    let block = match &asked.label {
        Some(label) => block.labelled(label).map_err(|error| format!("--label: {error}"))?,
        None => block,
    };
    let protection = asked.protection.key(asked.block_version.meant(), true)?;
    let block =
        block.exportable(asked.exportable.meant()).wrap(&protection, &mut SystemRandom::default());
    let block = block.map_err(|error| told(&format!("{what}: {error}")))? + "\n";
    let told = told(&format!("{what} in a key block"));
    match &asked.out {
        Some(to) => {
            kept::write_new(to, block.as_bytes(), "nothing is exported")?;
            result::write(&format!("{}: {told}\n", to.display()), false)
        }
        None => {
            result::write(&block, false)?;
            say(&told);
            Ok(())
        }
    }
}

/// An issuer key, and which it is.
fn issuer(keys: &KeyFile, named: &Reference) -> Result<(KeyBlock, String), String> {
    let told = |error: &dyn std::fmt::Display| format!("{named}: {error}");
    let block = keys.key_block(&named.name, named.version).map_err(|error| told(&error))?;
    let key = keys.issuer(&named.name, named.version).map_err(|error| told(&error))?;
    if key.life() != Life::ALWAYS {
        say(&format!(
            "warning: {named}: a key block does not say on which days a key is put on cards: tell whoever gets it"
        ));
    }
    let check = CheckValue::of(&*key).map_err(|error| told(&error))?;
    Ok((block, format!("{named}, {check}")))
}

/// The receipt key in the text of a key file, whose form was found right.
fn receipt(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let table = DeTable::parse(text).ok()?;
    let digits = table.get_ref().get("receipt")?.get_ref().as_str()?;
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, &mut *key).ok()?;
    Some(key)
}

impl Version {
    const fn meant(self) -> BlockVersion {
        match self {
            Self::B => BlockVersion::B,
            Self::D => BlockVersion::D,
        }
    }
}

impl Exportable {
    const fn meant(self) -> Exportability {
        match self {
            Self::Trusted => Exportability::Trusted,
            Self::No => Exportability::Not,
            Self::Any => Exportability::Sensitive,
        }
    }
}
