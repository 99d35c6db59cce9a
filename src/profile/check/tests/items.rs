// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in items, in what shows a hidden UID, and in the application directory.

use super::*;

const ITEM: &str = "[[item]]\nname = \"badge\"\ncontent = [{ text = \"name\", bytes = 8 }, { uid = \
                    \"written\" }]\n[card]";

fn with_item() -> String {
    let base = BASE.replacen("{ text = \"name\", bytes = 8 }", "{ item = \"badge\" }", 1);
    base.replacen("[card]", ITEM, 1)
}

/// What is said where something of the base is replaced.
pub(super) fn refused_items(cases: &[(&str, &str, &str)]) {
    let base = with_item();
    for (from, to, wanted) in cases {
        assert!(base.contains(from), "{from}");
        let said = Profile::parse(&base.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.starts_with(wanted), "{said}");
    }
}

#[test]
fn items() {
    refused_items(&[
        (
            "name = \"badge\"",
            "name = \"\"",
            "line 19, column 8: the item has no name: write a name",
        ),
        (
            "name = \"badge\"",
            "name = \"b\"",
            "line 36, column 14: no item is called \"badge\": write \"b\"",
        ),
        (
            "{ item = \"badge\" },",
            "",
            "line 19, column 8: no file takes the item \"badge\": write { item = \"badge\" } in a \
             cont",
        ),
        (
            "{ item = \"badge\" }",
            "{ item = \"badge\", from = 15 }",
            "line 36, column 30: from is out of range: write from = … with an offset from 0 to 14",
        ),
        (
            "{ item = \"badge\" }",
            "{ item = \"badge\", from = 10, bytes = 6 }",
            "line 36, column 42: bytes is out of range: write bytes = … with a number from 1 to 5",
        ),
        (
            "{ uid = \"written\" }]",
            "{ pad = \"00\" }]",
            "line 20, column 42: no room that a pad could fill up: write bytes = …",
        ),
        (
            "{ uid = \"written\" }]",
            "{ pad = \"00\", bytes = 32768 }]",
            "line 20, column 11: the content takes 32776 bytes, and the largest card is 32768",
        ),
        (
            "[card]",
            "[[item]]\nname = \"badge\"\ncontent = [{ pad = \"00\", bytes = 1 }]\n[card]",
            "line 22, column 8: two items are called \"badge\": write another name",
        ),
        (
            "[card]",
            "[[item]]\nname = \"x\"\ncontent = []\n[card]",
            "line 23, column 11: an empty content",
        ),
    ]);
}

#[test]
fn bytes_of_items_that_nothing_takes_are_told() {
    for (pieces, wanted) in [
        (&["{ item = \"badge\" }"][..], &[][..]),
        (&["{ item = \"badge\", from = 4 }", "{ item = \"badge\", bytes = 4 }"], &[]),
        (&["{ item = \"badge\", from = 4 }", "{ item = \"badge\", bytes = 6 }"], &[]),
        (
            &["{ item = \"badge\", bytes = 4 }"],
            &["line 19, column 8: nothing takes bytes 4 to 14 of the item \"badge\""],
        ),
        (
            &[
                "{ item = \"badge\", from = 6, bytes = 3 }",
                "{ item = \"badge\", from = 1, bytes = 4 }",
            ],
            &[
                "line 19, column 8: nothing takes byte 0 of the item \"badge\"",
                "line 19, column 8: nothing takes byte 5 of the item \"badge\"",
                "line 19, column 8: nothing takes bytes 9 to 14 of the item \"badge\"",
            ],
        ),
    ] {
        let text = with_item().replacen("{ item = \"badge\" }", &pieces.join(", "), 1);
        let text = text.replacen("size = 28", "size = 32", 1);
        let profile = Profile::parse(&text).unwrap();
        let warnings: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
        let warnings: Vec<_> = warnings.iter().filter(|w| !w.contains("personal")).collect();
        assert_eq!(warnings, wanted.iter().collect::<Vec<_>>());
    }
}

#[test]
fn personal_fields_of_items_are_kept_from_the_public() {
    let base = with_item();
    let profile = Profile::parse(&base).unwrap();
    let warnings: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["line 13, column 1: the personal field \"name\" is written to the card"]);
    let public = "read = \"free\"\nwrite = \"master\"";
    let own = "read = \"read\"\nwrite = \"master\"";
    let said = Profile::parse(&base.replacen("\"full\"", "\"plain\"", 1).replacen(own, public, 1));
    let said = said.unwrap_err().to_string();
    let wanted =
        "line 36, column 14: anyone may read the personal field \"name\" in this file: let a key";
    assert!(said.starts_with(wanted), "{said}");
}

/// Who may read the UID of a card that hides it knows whose card it is.
#[test]
fn a_hidden_uid_is_kept_from_the_public() {
    let hidden = BASE
        .replacen("[\"uid\", \"hex:4143\"]", "[\"hex:4143\"]", 1)
        .replacen("[card]", "[card]\nrandom_uid = true", 1)
        .replacen("mode = \"full\"\nread = \"read\"", "mode = \"plain\"\nread = \"free\"", 1)
        .replacen("{ text = \"name\", bytes = 8 }", "{ uid = \"reversed\" }", 1)
        .replacen("name = { type = \"text\", max_length = 8, class = \"personal\" }\n", "", 1);
    let said = Profile::parse(&hidden).unwrap_err().to_string();
    let wanted =
        "line 33, column 5: anyone may read the UID in this file, which the card hides: let";
    assert!(said.starts_with(wanted), "{said}");
    assert!(Profile::parse(&hidden.replacen("no = 1", "no = 1\nallow_public = true", 1)).is_ok());
    assert!(Profile::parse(&hidden.replacen("random_uid = true", "", 1)).is_ok());
}

const DIRECTORY: &str = r#"
[[application]]
aid = "mad"
keys = ["master"]
[[application.file]]
no = 0
type = "value"
mode = "plain"
lower = 0
upper = 3
free_get_value = true
read_write = "master"
value = 3
[[application.file]]
no = 2
type = "standard"
size = 16
mode = "plain"
read = "free"
write = "master"
content = [{ constant = "ascii:ISSUER" }]
"#;

#[test]
fn the_application_directory() {
    let base = BASE.replacen("[card]", "[card]\nfree_list = true", 1);
    let base = base.replacen("\"F48120\"", "\"mad:4812\"", 1) + DIRECTORY;
    let profile = Profile::parse(&base).unwrap();
    let aids = profile.applications().iter().map(|application| application.aid.to_string());
    assert_eq!(aids.collect::<Vec<_>>(), ["F48120", "FFFFFF"]);
    for (from, to, wanted) in [
        (
            "free_list = true",
            "free_list = false",
            "line 22, column 7: the application directory is the list of applications, which only \
             the \
             PICC master key may see: write free_list = true under [card]",
        ),
        (
            "\"mad:4812\"",
            "\"mad:481\"",
            "line 22, column 7: \"481\" is no number of the directory: write \"mad:\" and four hex",
        ),
        ("\"mad:4812\"", "\"mad:4812/G\"", "line 22, column 7: \"4812/G\" is no number of the dir"),
        (
            "\"mad:4812\"",
            "\"mad:4812/10\"",
            "line 22, column 7: \"4812/10\" is no number of the dir",
        ),
        ("\"mad:4812\"", "\"mad:0004\"", "line 22, column 7: function cluster 00 is for the admin"),
        (
            "\"mad:4812\"",
            "\"mad:FFFF/F\"",
            "line 22, column 7: the AID FFFFFF stands for the directory: write another index",
        ),
        (
            "free_get_value = true\n",
            "",
            "line 41, column 1: file 0 is not as the application directory has it: write type = \
             \"v",
        ),
        ("value = 3\n[[", "value = 2\n[[", "line 41, column 1: file 0 is not as the application"),
        (
            "read = \"free\"",
            "read = \"master\"",
            "line 50, column 1: file 2 is not as the application",
        ),
        ("type = \"standard\"", "type = \"backup\"", "line 50, column 1: file 2 is not as the app"),
        (
            "no = 2\ntype",
            "no = 3\ntype",
            "line 50, column 1: file 3 is not as the application directory has it: take it out:",
        ),
        ("no = 0\ntype", "no = 4\ntype", "line 41, column 1: file 4 is not as the application"),
    ] {
        assert!(base.contains(from), "{from}");
        let said = Profile::parse(&base.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(said.starts_with(wanted), "{said}");
    }
    let (before, _) = base.split_once("[[application.file]]\nno = 0").unwrap();
    let said = Profile::parse(before).unwrap_err().to_string();
    let wanted =
        "line 39, column 7: the application directory has no version: add file 0: type = \"value\"";
    assert!(said.starts_with(wanted), "{said}");
}

/// An index is the last digit of the AID.
#[test]
fn numbers_of_the_directory_have_indices() {
    for (number, aid) in [("4812/0", "F48120"), ("4812/3", "F48123"), ("4812/b", "F4812B")] {
        let text = BASE.replacen("\"F48120\"", &format!("\"mad:{number}\""), 1);
        let text = text.replacen("[card]", "[card]\nfree_list = true", 1) + DIRECTORY;
        assert_eq!(Profile::parse(&text).unwrap().applications()[0].aid.to_string(), aid);
    }
}
