// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the table of kinds says, and the reference page.

use super::ROWS;

/// The table "Parts of a content" of the reference page.
#[test]
fn the_reference_page_has_the_rows_of_the_kinds() {
    let page = include_str!("../../../profile.rs");
    let page = page.split("//! | part | bytes |\n//! |---|---|\n").nth(1).unwrap();
    let written: Vec<_> = page.lines().map_while(|line| line.strip_prefix("//! |")).collect();
    let rows: Vec<_> = ROWS.iter().flat_map(|row| row.reference).collect();
    let rows: Vec<_> = rows.iter().map(|row| row.strip_prefix('|').unwrap()).collect();
    assert_eq!(written, rows);
}

#[test]
fn each_kind_has_a_name_of_its_own_and_a_row_that_begins_with_it() {
    for (at, row) in ROWS.iter().enumerate() {
        assert!(ROWS[..at].iter().all(|other| other.name != row.name), "{}", row.name);
        assert!(!row.reference.is_empty(), "{}", row.name);
        for line in row.reference {
            assert!(line.starts_with(&format!("| `{{ {} = ", row.name)), "{line}");
        }
    }
    assert!(ROWS.len() <= 25, "what is rarer is for the embedder");
}
