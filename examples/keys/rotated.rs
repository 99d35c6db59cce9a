// SPDX-License-Identifier: MIT OR Apache-2.0
//! A new receipt key in an old file.

use std::path::Path;

use toml::de::DeTable;
use zeroize::Zeroizing;

use crate::arguments::SealTo;
use crate::entry;
use crate::kept::Kept;
use crate::key_file::{KeysSecret, asked};
use crate::made::RECEIPT;
use crate::result;

/// Replaces the receipt key of a file.
pub(crate) fn rotate(
    path: &Path,
    yes: bool,
    to: &SealTo,
    secret: &KeysSecret,
) -> Result<(), String> {
    replace(path, &Kept::open(path, to, secret)?, &entry::unknown(RECEIPT)?, yes)
}

/// Puts this receipt key in the old one's place, where somebody says yes.
pub(crate) fn replace(path: &Path, kept: &Kept<'_>, key: &[u8], yes: bool) -> Result<(), String> {
    let text = with_receipt(&kept.text, key);
    let text = text.ok_or_else(|| format!("{}: {NO_PLACE}", path.display()))?;
    if !yes {
        let answer = asked::line(
            "names in old and new receipts cannot be linked then, and old receipts are checked with a copy of \
             this file alone: type yes",
        )?;
        if *answer != "yes" {
            return Err(format!("{}: nobody said yes: the receipt key stays", path.display()));
        }
    }
    kept.replace(&text)?;
    result::write(&format!("{}: another receipt key\n", path.display()), false)
}

const NO_PLACE: &str =
    "the receipt key has to be written in place: receipt = \"…\" with 64 hexadecimal digits";

/// The text with another receipt key, and all else as it was.
fn with_receipt(text: &str, key: &[u8]) -> Option<Zeroizing<String>> {
    let table = DeTable::parse(text).ok()?;
    let value = table.get_ref().get("receipt")?;
    let digits = value.get_ref().as_str()?;
    let written = text.get(value.span())?;
    // Between its quotes, whichever they are; not where it is written otherwise than it reads.
    if written.len() != digits.len() + 2 {
        return None;
    }
    let start = value.span().start + 1;
    let (before, rest) = text.split_at_checked(start)?;
    let after = rest.get(digits.len()..)?;
    let mut new = Zeroizing::new(String::with_capacity(text.len()));
    new.push_str(before);
    entry::push_digits(&mut new, key);
    new.push_str(after);
    Some(new)
}
