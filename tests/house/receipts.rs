// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever a receipt may say stands on `docs/receipts.md`: each entry, and each word that an entry may be.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The names of entries and the words of a schema.
fn named(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::Object(properties)) = entries.get("properties") {
                names.extend(properties.keys().cloned());
            }
            let words = entries.get("enum").and_then(Value::as_array).into_iter().flatten();
            let words = words.chain(entries.get("const"));
            names.extend(words.filter_map(Value::as_str).map(str::to_owned));
            entries.values().for_each(|below| named(below, names));
        }
        Value::Array(all) => all.iter().for_each(|below| named(below, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn each_entry_of_a_receipt_stands_on_its_page() {
    let mut names = BTreeSet::new();
    named(&serde_json::from_str(&read("schemas/receipt.json")).unwrap(), &mut names);
    assert!(
        ["told", "ground", "already-done", "chained-writes"].iter().all(|one| names.contains(*one))
    );
    let page = read("docs/receipts.md");
    let missing: Vec<_> =
        names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/receipts.md does not name {missing:?}");
}
