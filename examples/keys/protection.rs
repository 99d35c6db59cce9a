// SPDX-License-Identifier: MIT OR Apache-2.0
//! Block protection keys: of a file, or as somebody types them.

use cardwright::keys::{BlockVersion, ProtectionKey};
use cardwright::secret::ct_eq;
use zeroize::Zeroizing;

use crate::arguments::Protection;
use crate::component;
use crate::key_file::{KeysSecret, asked};

const TYPED: &str = "block protection key";

impl Protection {
    /// The key for blocks of this version. Whoever types it without a block that shows a slip types it `twice`.
    pub(crate) fn key(&self, version: BlockVersion, twice: bool) -> Result<ProtectionKey, String> {
        let (whose, bytes) = match &self.under {
            Some(path) => {
                let whose = path.display().to_string();
                let bytes = bytes(&whose, &KeysSecret::of_file(path)?)?;
                (whose, bytes)
            }
            None => (TYPED.to_owned(), typed(twice)?),
        };
        let key = match version {
            BlockVersion::B => ProtectionKey::tdes(&bytes),
            BlockVersion::D => ProtectionKey::aes(&bytes),
        };
        key.map_err(|error| format!("{whose}: {error}"))
    }
}

fn typed(twice: bool) -> Result<Zeroizing<Vec<u8>>, String> {
    let line = asked::line(&format!("{TYPED}, hexadecimal digits"))?;
    let once = bytes(TYPED, &line)?;
    if twice {
        let line = asked::line("the same again")?;
        if !component::bytes(&line).is_some_and(|again| ct_eq(&again, &once)) {
            return Err(format!("{TYPED}: the two differ: nothing is exported"));
        }
    }
    Ok(once)
}

fn bytes(whose: &str, text: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    component::bytes(text).ok_or_else(|| {
        format!(
            "{whose}: a protection key is written in hexadecimal digits, in pairs, and nothing else"
        )
    })
}
