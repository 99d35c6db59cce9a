// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which reader is meant.

use std::collections::BTreeMap;

use super::error::ReaderError;

/// The names of all readers, for whoever looks up many.
#[derive(Debug)]
pub struct Names<'n> {
    all: &'n [String],
    places: BTreeMap<&'n str, usize>,
}

impl<'n> Names<'n> {
    /// Of two readers with one name the first counts.
    #[must_use]
    pub fn of(all: &'n [String]) -> Self {
        let mut places = BTreeMap::new();
        for (place, name) in all.iter().enumerate() {
            places.entry(name.as_str()).or_insert(place);
        }
        Self { all, places }
    }

    /// The place of the reader that [`one_named`] means. Whole names are found without a look at
    /// the others.
    ///
    /// # Errors
    /// As [`one_named`].
    pub fn place(&self, asked: &str) -> Result<usize, ReaderError> {
        let place = |name: &str| self.places.get(name).copied();
        match place(asked) {
            Some(exact) => Ok(exact),
            None => one_named(asked, self.all).map(|name| place(name).unwrap_or_default()),
        }
    }
}

/// The reader whose name is `asked`, or else the only one that has it in its name, whatever the
/// case of its letters.
///
/// # Errors
/// [`ReaderError::NoReader`], [`ReaderError::NotFound`] and [`ReaderError::Ambiguous`], with what
/// there is.
pub fn one_named<'n>(asked: &str, names: &'n [String]) -> Result<&'n str, ReaderError> {
    if names.is_empty() {
        return Err(ReaderError::NoReader);
    }
    if let Some(exact) = names.iter().find(|name| *name == asked) {
        return Ok(exact);
    }
    let part = asked.to_lowercase();
    let fits: Vec<_> = names.iter().filter(|name| name.to_lowercase().contains(&part)).collect();
    let asked = asked.to_owned();
    match fits.as_slice() {
        [one] => Ok(one),
        [] => Err(ReaderError::NotFound { asked, found: names.to_vec() }),
        _ => Err(ReaderError::Ambiguous { asked, found: fits.into_iter().cloned().collect() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_enough_where_it_fits_one() {
        let names =
            ["Virtual PCD A 00 00", "Virtual PCD A 00 01", "ACS ACR1252 00 00"].map(str::to_owned);
        assert_eq!(one_named("acr1252", &names), Ok("ACS ACR1252 00 00"));
        assert_eq!(one_named("Virtual PCD A 00 01", &names), Ok("Virtual PCD A 00 01"));
        let said = one_named("pcd", &names).unwrap_err().to_string();
        assert_eq!(
            said,
            "\"pcd\" fits \"Virtual PCD A 00 00\", \"Virtual PCD A 00 01\"; write more of the name"
        );
        let said = one_named("omnikey", &names).unwrap_err().to_string();
        assert!(said.starts_with("no reader is called \"omnikey\"; there is \"Virtual"), "{said}");
        assert_eq!(one_named("any", &[]), Err(ReaderError::NoReader));
    }

    #[test]
    fn an_exact_name_wins_over_a_longer_one() {
        let names = ["Reader 01".to_owned(), "Reader 0".to_owned()];
        assert_eq!(one_named("Reader 0", &names), Ok("Reader 0"));
    }

    #[test]
    fn many_are_looked_up_as_each_would_be() {
        let all = ["Reader 01", "Reader 0", "Other", "Reader 01"].map(str::to_owned);
        let names = Names::of(&all);
        for asked in ["Reader 0", "Reader 01", "other", "reader", "none"] {
            let one =
                one_named(asked, &all).map(|name| all.iter().position(|n| n == name).unwrap());
            assert_eq!(names.place(asked), one, "{asked}");
        }
        assert_eq!(Names::of(&[]).place("any"), Err(ReaderError::NoReader));
    }
}
