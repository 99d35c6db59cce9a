// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which reader is meant.

use super::error::ReaderError;

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
        let names = ["Reader 0".to_owned(), "Reader 01".to_owned()];
        assert_eq!(one_named("Reader 0", &names), Ok("Reader 0"));
    }
}
