// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists for others: what an access control system or an office imports of the cards that were made or
//! read. `[export]` of a profile says which columns one has and how it is written.

mod column;
mod error;
mod form;
mod list;
mod row;
pub(super) mod shape;
#[cfg(test)]
mod tests;
mod unlisted;

use crate::iso14443::RealUid;
use crate::wire::KeyVersion;

use super::model::KeyIndex;
use super::record::Record;

pub use error::{ExportError, ExportReason};
pub use list::{Added, List};
pub use row::Row;
pub use unlisted::ListError;

pub(super) use column::{Bytes, Column, Piece, Show};
pub(super) use form::{Csv, Formulas, Quotes, Style, is_formula};

/// A list for others, as `[export]` of a profile has it. `docs/export.md` is the reference.
///
/// ```
/// use cardwright::iso14443::RealUid;
/// use cardwright::profile::{OnCard, Profile, Records};
///
/// let door = include_str!("../../examples/data/profiles/door.toml");
/// let profile = Profile::parse(&format!(
///     "{door}
/// [export]
/// separator = \";\"
/// columns = [
///     {{ column = \"Badge\", field = \"number\", width = 8 }},
///     {{ column = \"UID\", parts = [{{ uid = \"written\" }}], as = \"hex\", between = \":\" }},
/// ]
/// "
/// ))?;
/// let records = include_bytes!("../../examples/data/door-records.csv");
/// let records = Records::csv(&profile, records)?;
/// let record = records.entries[0].as_ref().map_err(Clone::clone)?;
///
/// let export = profile.export(None).ok_or("one list")?;
/// let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
/// let row = export.row(record, &OnCard { uid: Some(uid), ..OnCard::default() })?;
/// let mut list = export.list(b"")?;
/// let added = list.add(&row).ok_or("a new row")?;
/// assert_eq!(added.bytes(), b"Badge;UID\r\n00048975;04:DE:5F:1E:AC:C0:40\r\n");
/// assert!(list.add(&row).is_none(), "it is there");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub(super) name: Option<String>,
    pub(super) style: Style,
    pub(super) columns: Vec<Column>,
}

/// What a card tells beside its contents, for the columns that ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it; what is not known is left out")]
pub struct OnCard {
    /// The UID that it was made with.
    pub uid: Option<RealUid>,
    /// What chip it is, as receipts have it.
    pub chip: Option<String>,
    /// The versions of keys that it holds.
    pub key_versions: Vec<(KeyIndex, KeyVersion)>,
}

impl Export {
    /// Its name, where the profile has several lists.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The names of its columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The keys whose versions it has.
    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyIndex> {
        self.columns.iter().flat_map(|column| &column.pieces).filter_map(|piece| match piece {
            Piece::KeyVersion(key, _) => Some(*key),
            Piece::Field { .. }
            | Piece::Bytes(_)
            | Piece::Constant(_)
            | Piece::Reference
            | Piece::Chip => None,
        })
    }

    /// The row of a record and its card.
    ///
    /// # Errors
    /// [`ExportError`] where a column cannot be written.
    pub fn row(&self, record: &Record, card: &OnCard) -> Result<Row, ExportError> {
        let values = self.columns.iter().map(|column| {
            let told = |reason| ExportError { column: column.name.clone(), reason };
            let value = column.value(record, card).map_err(told)?;
            value.iter().try_for_each(|value| self.style.takes(value)).map_err(told)?;
            Ok(value)
        });
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let bytes = self.style.line(self.columns(), &values);
        let bytes = bytes.map_err(|(column, reason)| {
            let column = self.columns.get(column).map_or_else(String::new, |of| of.name.clone());
            ExportError { column, reason }
        })?;
        Ok(Row { values, bytes })
    }

    /// Whether a record makes a row, whatever card it is for: what is asked before a card is made of it.
    ///
    /// # Errors
    /// [`ExportError`] where a column cannot be written.
    pub fn takes(&self, record: &Record) -> Result<(), ExportError> {
        let card = OnCard {
            uid: Some(RealUid::new([0; 7])),
            chip: Some(String::new()),
            key_versions: self.keys().map(|key| (key, KeyVersion(0))).collect(),
        };
        self.row(record, &card).map(drop)
    }

    /// The list that a file holds so far, to go on with: nothing at first.
    ///
    /// # Errors
    /// [`ListError`] where the file holds something else.
    pub fn list(&self, held: &[u8]) -> Result<List, ListError> {
        List::read(self, held)
    }
}
