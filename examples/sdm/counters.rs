// SPDX-License-Identifier: MIT OR Apache-2.0
//! Read counters in a book.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cardwright::sdm::{Counters, CountersError};

use crate::book::{Book, BookError};

/// The counters of a file.
#[derive(Debug)]
pub(crate) struct InBook(Mutex<Book>);

impl InBook {
    pub(crate) fn open(path: &Path) -> Result<Self, BookError> {
        Book::open(path).map(|book| Self(Mutex::new(book)))
    }
}

impl Counters for InBook {
    fn advance(&self, tag: &str, counter: u32) -> Result<bool, CountersError> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = |why: &dyn std::fmt::Display| CountersError::new(why.to_string());
        let seen = book.get(tag).map(str::parse::<u32>).transpose();
        let seen = seen.map_err(|_| told(&"an entry of the book is no counter"))?;
        if seen.is_some_and(|seen| seen >= counter) {
            return Ok(false);
        }
        book.put(tag, counter.to_string()).map_err(|error| told(&error))?;
        Ok(true)
    }
}
