// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[table]]`: a byte for each byte.

use std::sync::Arc;

use toml::Spanned;

use super::super::content::Table;
use super::super::error::{ProfileError, mistake};
use super::super::shape;
use super::{Check, Declared, meant};

/// What `turned` takes besides tables.
const WORDS: [&str; 2] = ["inverse", "reversed"];

const BYTES: &str = "write bytes = \"hex:…\" with 256 bytes, the first one for 00";

impl Check<'_> {
    pub(super) fn declare_tables(
        &mut self,
        tables: &[Spanned<shape::Table>],
    ) -> Result<(), ProfileError> {
        for raw in tables {
            let raw = raw.get_ref();
            let (at, name) = (raw.name.span().start, raw.name.get_ref());
            if name.is_empty() || name.chars().any(char::is_control) {
                let problem = "the table has no name";
                return Err(self.error(mistake::NO_NAME, at, problem, "write a name"));
            }
            let known = self.tables.iter().any(|table| table.item.name == *name);
            if known || WORDS.contains(&name.as_str()) {
                let problem = format!("there is something called {name:?} already");
                return Err(self.error(mistake::NAME_TAKEN, at, problem, "write another name"));
            }
            let (bytes_at, text) = (raw.bytes.span().start, raw.bytes.get_ref());
            let Some(bytes) = super::constant(text).filter(|_| text.starts_with("hex:")) else {
                let problem = "these are no bytes in hexadecimal digits";
                return Err(self.error(mistake::FORM, bytes_at, problem, BYTES));
            };
            let Ok(bytes) = <[u8; 256]>::try_from(bytes.as_slice()) else {
                let problem = format!("the table has {} bytes", bytes.len());
                return Err(self.error(mistake::RANGE, bytes_at, problem, BYTES));
            };
            let table = Table { name: name.clone(), bytes };
            if !table.can_go_back() {
                let message = format!(
                    "the table {name:?} turns different bytes into the same: nobody can read back \
                     what it turned"
                );
                self.warn(bytes_at, message);
            }
            let item = Arc::new(table);
            self.tables.push(Declared { item, at, version_at: at, used: false });
        }
        Ok(())
    }

    /// The table of this name.
    pub(in crate::profile) fn table(
        &mut self,
        at: usize,
        name: &str,
    ) -> Result<Arc<Table>, ProfileError> {
        if let Some(table) = self.tables.iter_mut().find(|table| table.item.name == name) {
            table.used = true;
            return Ok(Arc::clone(&table.item));
        }
        let declared = self.tables.iter().map(|table| table.item.name.as_str());
        let instead = meant(name, WORDS.into_iter().chain(declared), "");
        Err(self.error(mistake::UNKNOWN_NAME, at, format!("no table is called {name:?}"), instead))
    }
}
