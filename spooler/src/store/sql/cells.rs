// SPDX-License-Identifier: MIT OR Apache-2.0
//! A value on its way to a database or back.

use crate::error::StoreError;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn flag(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }

    pub(super) fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }
}

pub(super) fn bytes(bytes: &[u8; 32]) -> Cell {
    Cell::Blob(bytes.to_vec())
}

/// The one number of the one row.
pub(super) fn count(rows: Vec<Vec<Cell>>) -> Result<i64, StoreError> {
    rows.into_iter().next().map_or_else(|| Err(Row::damaged("a number")), |row| Row::of(row).int())
}

/// The cells of a row, one after the other.
pub(super) struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    pub(super) fn damaged(what: &str) -> StoreError {
        StoreError::Damaged { what: what.to_owned() }
    }

    pub(super) fn int(&mut self) -> Result<i64, StoreError> {
        self.maybe_int()?.ok_or_else(|| Self::damaged("a number"))
    }

    pub(super) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.maybe_text()?.ok_or_else(|| Self::damaged("a text"))
    }

    pub(super) fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        self.maybe_blob()?.ok_or_else(|| Self::damaged("bytes"))
    }

    pub(super) fn hash(&mut self) -> Result<[u8; 32], StoreError> {
        self.maybe_hash()?.ok_or_else(|| Self::damaged("32 bytes"))
    }

    pub(super) fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(Cell::Int(number)) => Ok(Some(number)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Text(_) | Cell::Blob(_)) | None => Err(Self::damaged("a number")),
        }
    }

    pub(super) fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(_) | Cell::Blob(_)) | None => Err(Self::damaged("a text")),
        }
    }

    pub(super) fn maybe_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.next() {
            Some(Cell::Blob(blob)) => Ok(Some(blob)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(_) | Cell::Text(_)) | None => Err(Self::damaged("bytes")),
        }
    }

    pub(super) fn maybe_hash(&mut self) -> Result<Option<[u8; 32]>, StoreError> {
        let Some(blob) = self.maybe_blob()? else { return Ok(None) };
        <[u8; 32]>::try_from(blob).map(Some).map_err(|_| Self::damaged("32 bytes"))
    }
}
