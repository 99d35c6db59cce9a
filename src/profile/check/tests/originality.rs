// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile may want of the chips' signatures.

use super::*;
use crate::profile::Originality;

fn with(wish: &str) -> String {
    BASE.replacen("[card]", &format!("[card]\noriginality = {wish}"), 1)
}

#[test]
fn no_chip_is_asked_unless_the_profile_says_so() {
    assert_eq!(Profile::parse(BASE).unwrap().originality(), Originality::Ignored);
}

#[cfg(feature = "originality")]
#[test]
fn a_signature_is_noted_or_required() {
    let noted = Profile::parse(&with("\"noted\"")).unwrap();
    assert_eq!(noted.originality(), Originality::Noted);
    let warnings = Profile::parse(BASE).unwrap().warnings().len();
    assert_eq!(noted.warnings().len(), warnings);
    let required = Profile::parse(&with("\"required\"")).unwrap();
    assert_eq!(required.originality(), Originality::Required);
    let [warning, ..] = required.warnings() else { panic!("old chips are warned of") };
    assert_eq!(
        warning.to_string(),
        "line 19, column 15: EV1 chips without a signature, which the older ones are, will be \
         refused"
    );
    let newer = with("\"required\"").replacen("\"ev1\", \"ev2\"", "\"ev2\"", 1);
    assert_eq!(Profile::parse(&newer).unwrap().warnings().len(), warnings);
}

#[cfg(feature = "originality")]
#[test]
fn a_d40_chip_has_none_that_could_be_required() {
    let legacy = include_str!("../../../../examples/data/profiles/legacy.toml");
    let with = |wish: &str| legacy.replacen("[card]", &format!("[card]\noriginality = {wish}"), 1);
    let error = Profile::parse(&with("\"required\"")).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "no D40 chip has a signature: write \"noted\", or take \"d40\" out of chips"
        ),
        "{error}"
    );
    assert!(Profile::parse(&with("\"noted\"")).is_ok());
}

#[cfg(not(feature = "originality"))]
#[test]
fn a_program_that_cannot_check_signatures_takes_no_wish_for_them() {
    for wish in ["\"noted\"", "\"required\""] {
        let error = Profile::parse(&with(wish)).unwrap_err().to_string();
        assert_eq!(
            error,
            "line 19, column 15: this program is built without what verifies signatures of chips: \
             take it out, or build with the feature \"originality\""
        );
    }
}

#[test]
fn another_word_is_a_mistake_that_names_both() {
    for wish in ["\"ignored\"", "true"] {
        let error = Profile::parse(&with(wish)).unwrap_err().to_string();
        assert!(error.starts_with("line 19, column 15: "), "{error}");
    }
    let error = Profile::parse(&with("\"checked\"")).unwrap_err().to_string();
    assert!(error.ends_with("write `noted` or `required`"), "{error}");
}
