// SPDX-License-Identifier: MIT OR Apache-2.0
//! The key of a key block in a key file.

use std::fs::File;

use cardwright::key::CheckValue;
use cardwright::keys::{BlockError, BlockVersion, Exportability, KeyBlock};
use zeroize::Zeroizing;

use crate::arguments::Import;
use crate::entry::Reference;
use crate::kept::Kept;
use crate::say::say;
use crate::target::Target;
use crate::{component, result, rotated, whole};

/// Brings in the key of a block.
pub(crate) fn import(asked: &Import) -> Result<(), String> {
    match &asked.which.key {
        Some(key) => issuer(asked, key),
        None => receipt(asked),
    }
}

fn issuer(asked: &Import, named: &Reference) -> Result<(), String> {
    let target = Target::of(&asked.file, named, &asked.new, &asked.to, &asked.secret)?;
    let block = opened(asked)?;
    let told = |error: BlockError| format!("{}: {error}", asked.block.display());
    let check = CheckValue::of(&block.issuer_key().map_err(told)?);
    let check = check.map_err(|error| format!("{}: {error}", asked.block.display()))?;
    let entry = block.entry(&named.name, named.version).map_err(told)?;
    let mut apart = Zeroizing::new(String::with_capacity(1 + entry.len()));
    apart.push('\n');
    apart.push_str(&entry);
    target.put(&apart)?;
    warn(asked, &block);
    result::write(&format!("{}: {named}, {check}\n", asked.file.display()), false)
}

fn receipt(asked: &Import) -> Result<(), String> {
    if asked.new.purpose.is_some() {
        return Err("--receipt replaces the key of a file that is there: leave --use out".into());
    }
    let kept = Kept::open(&asked.file, &asked.to, &asked.secret)?;
    let block = opened(asked)?;
    let told = |error: BlockError| format!("{}: {error}", asked.block.display());
    let entry = block.receipt_entry().map_err(told)?;
    let digits = entry.split('"').nth(1).unwrap_or_default();
    let key = component::bytes(digits).ok_or_else(|| told(BlockError::Content))?;
    rotated::replace(&asked.file, &kept, &key, asked.yes)?;
    warn(asked, &block);
    Ok(())
}

/// The block, opened.
fn opened(asked: &Import) -> Result<KeyBlock, String> {
    let shown = asked.block.display();
    let bytes = File::open(&asked.block).and_then(whole::read);
    let bytes = bytes.map_err(|error| format!("{shown}: {error}"))?;
    let text = str::from_utf8(&bytes).map_err(|_| format!("{shown}: this is no key block"))?;
    let version = match text.trim_ascii_start().starts_with('B') {
        true => BlockVersion::B,
        false => BlockVersion::D,
    };
    let protection = asked.protection.key(version, false)?;
    KeyBlock::open(text, &protection).map_err(|error| format!("{shown}: {error}"))
}

/// A key file does not keep what a block says of where its key may go.
fn warn(asked: &Import, block: &KeyBlock) {
    if block.exportability() == Exportability::Not {
        say(&format!(
            "warning: {}: the key is not to be exported again, which {} does not say",
            asked.block.display(),
            asked.file.display()
        ));
    }
}
