// SPDX-License-Identifier: MIT OR Apache-2.0
//! A row of a list.

use core::fmt;

use crate::secret::Secret;

/// A row of a list: the values of its columns, and how the file has them. `Debug` shows none of them.
#[derive(Clone)]
pub struct Row {
    pub(super) values: Vec<Option<Secret<String>>>,
    /// As the file has it, without the end of its line.
    pub(super) bytes: Secret<Vec<u8>>,
}

impl Row {
    /// The values, in the order of the columns; `None` where a field that may be missing is.
    pub fn values(&self) -> impl Iterator<Item = Option<&str>> {
        self.values.iter().map(|value| Some(value.as_ref()?.expose_secret().as_str()))
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({} columns, <secret>)", self.values.len())
    }
}
