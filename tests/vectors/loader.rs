// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one way to the published vectors, for the tests of the library and those beside it.

use serde_json::Value;

/// Every file of vectors, by its short name.
pub(crate) const FILES: [(&str, &str); 5] = [
    ("ev1", include_str!("desfire-ev1.json")),
    ("ev2", include_str!("desfire-ev2.json")),
    ("ev2-more", include_str!("desfire-ev2-more.json")),
    ("credentials", include_str!("published-credentials.json")),
    ("key-blocks", include_str!("key-blocks.json")),
];

/// The vectors of one file.
pub(crate) fn of_file(file: &str) -> Vec<Value> {
    let (_, text) = FILES.iter().find(|(name, _)| *name == file).expect("a file of vectors");
    let file: Value = serde_json::from_str(text).expect("a file of vectors is JSON");
    let vectors = file["vectors"].as_array().expect("a list of vectors").iter();
    vectors.inspect(|vector| assert_eq!(vector["verified"], true, "{vector}")).cloned().collect()
}

/// What a vector is of: `kind` in one file, `op` in the others.
pub(crate) fn kind(vector: &Value) -> &str {
    vector["kind"].as_str().or(vector["op"].as_str()).expect("a vector is of a kind")
}

/// The vectors of one kind of one file. There is one at least.
pub(crate) fn of_kind(file: &str, wanted: &str) -> Vec<Value> {
    let found: Vec<Value> =
        of_file(file).into_iter().filter(|vector| kind(vector) == wanted).collect();
    assert!(!found.is_empty(), "{file} has no {wanted}");
    found
}
