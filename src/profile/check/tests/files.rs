// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in applications, files, rights and contents.

use super::{BASE, Profile, refused};

#[test]
fn applications() {
    refused(&[
        (
            "\"F48120\"",
            "\"F4812\"",
            "line 21, column 7: \"F4812\" is no AID: write six hexadecimal d",
        ),
        (
            "\"F48120\"",
            "\"000000\"",
            "line 21, column 7: the AID 000000 stands for the card itself:",
        ),
        (
            "\"F48120\"",
            "\"ffffff\"",
            "line 21, column 7: the AID FFFFFF stands for the application d",
        ),
        (
            "\"read\"]",
            "\"master\"]",
            "line 22, column 19: two slots hold the key \"master\": declare",
        ),
        (
            "\"read\"]",
            "\"reed\"]",
            "line 22, column 19: no key is called \"reed\": write \"read\", or one of \"picc\"",
        ),
        (
            "[\"master\", \"read\"]",
            "[]",
            "line 22, column 8: an application with 0 keys: name 1 to 14",
        ),
        (
            "change = \"master\"",
            "change = \"picc\"",
            "line 23, column 10: the application has no key \"picc\": write one of \"master\", \"read\", \
             \"same\", \"never\"",
        ),
    ]);
    let twice = BASE.to_owned() + "[[application]]\naid = \"F48120\"\nkeys = [\"master\"]\n";
    let error = Profile::parse(&twice).unwrap_err().to_string();
    assert!(
        error.starts_with("line 37, column 7: two applications have the AID F48120"),
        "{error}"
    );
    let none = BASE.split("[[application]]").next().unwrap();
    let error = Profile::parse(none).unwrap_err().to_string();
    assert!(error.contains("no application: write [[application]] with aid and keys"), "{error}");
}

#[test]
fn slots_and_applications_are_counted() {
    let names: Vec<_> = (0..15).map(|slot| format!("k{slot}")).collect();
    let declared: String =
        names.iter().map(|name| format!("{name} = {{ ref = {name:?}, version = 1 }}\n")).collect();
    let text = BASE.replace("[card]", &format!("{declared}[card]"));
    let slots = |count: usize| {
        let more = names.iter().take(count).map(|name| format!(", {name:?}")).collect::<String>();
        Profile::parse(&text.replace("\"read\"]", &format!("\"read\"{more}]")))
    };
    assert_eq!(slots(12).unwrap().applications()[0].slots().count, 14);
    let error = slots(13).unwrap_err().to_string();
    assert!(error.contains("an application with 15 keys: name 1 to 14 keys"), "{error}");

    let applications = |count: u32| {
        let more = (1..count)
            .map(|n| format!("[[application]]\naid = \"F500{n:02X}\"\nkeys = [\"master\"]\n"));
        Profile::parse(&(BASE.to_owned() + &more.collect::<String>()))
    };
    assert_eq!(applications(28).unwrap().applications().len(), 28);
    let error = applications(29).unwrap_err().to_string();
    assert!(error.contains("an EV1 card holds 28 applications at most: take some out"), "{error}");
}

#[test]
fn files() {
    refused(&[
        (
            "no = 1",
            "no = 32",
            "line 25, column 6: no file has number 32: write a number from 0 to 31",
        ),
        (
            "size = 28",
            "size = 0",
            "line 27, column 8: size = 0 is out of range: write size = … with a number from 1 to 32768",
        ),
        (
            "size = 28",
            "size = 32769",
            "line 27, column 8: size = 32769 is out of range: write size = … with a number from 1 to",
        ),
        (
            "\"backup\"",
            "\"ring\"",
            "line 26, column 8: unknown variant `ring`: write one of `standard`, `backup`, `value`",
        ),
        (
            "\"full\"",
            "\"clear\"",
            "line 28, column 8: unknown variant `clear`: write one of `plain`",
        ),
        (
            "[[application.file]]",
            "[[application.file]]\nno = 1\ntype = \"standard\"\nsize = 1\nmode = \"full\"\nread = \
             \"read\"\n[[application.file]]",
            "line 31, column 6: two files of the application have number 1: write another",
        ),
    ]);
}

#[test]
fn rights() {
    refused(&[
        (
            "read = \"read\"",
            "read = \"picc\"",
            "line 29, column 8: the application has no key \"picc\": write one of \"master\", \"read\", \
             \"free\", \"never\"",
        ),
        (
            "read = \"read\"",
            "read = \"free\"",
            "line 29, column 8: read = \"free\" in a protected mode: data go in clear: name a key, or",
        ),
        (
            "write = \"master\"",
            "write = \"free\"",
            "line 30, column 9: write = \"free\" in a protected mode",
        ),
        (
            "\"full\"\nread = \"read\"",
            "\"mac\"\nread_write = \"free\"",
            "line 29, column 14: read_write = \"free\" in a protected mode",
        ),
        (
            "read = \"read\"\n",
            "",
            "line 30, column 11: nobody may read the content back: name a key for read or read_write",
        ),
        (
            "read = \"read\"\nwrite = \"master\"\n",
            "",
            "line 24, column 1: nobody may do anything with the file: name a key for read",
        ),
    ]);
    let proven_by_mac = BASE.replace("\"read-back\"", "\"mac\"").replace("read = \"read\"\n", "");
    assert!(Profile::parse(&proven_by_mac).is_ok());
    let proven_by_key = BASE.replace("\"read-back\"", "\"key\"").replace("read = \"read\"\n", "");
    assert!(Profile::parse(&proven_by_key).is_err());
}

#[test]
fn personal_fields_are_kept_from_the_public() {
    let public = BASE.replace("\"full\"\nread = \"read\"", "\"plain\"\nread = \"free\"");
    let error = Profile::parse(&public).unwrap_err().to_string();
    assert!(
        error
            .starts_with("line 33, column 14: anyone may read the personal field \"name\" in this"),
        "{error}"
    );
    let allowed = public.replace("no = 1", "no = 1\nallow_public = true");
    let profile = Profile::parse(&allowed).unwrap();
    let warnings: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "line 13, column 1: the personal field \"name\" is written to the card",
            "line 25, column 6: anyone may read the personal field \"name\" in this file",
        ]
    );
}

#[test]
fn parts_that_take_a_field() {
    refused(&[
        (
            "\"h10301\"",
            "\"h10399\"",
            "line 32, column 14: no bit format is called \"h10399\": write \"h10304\", or one of \"h10301\"",
        ),
        ("number = \"number\" }", "nummer = \"number\" }", "line 32, column 5: number is missing"),
        (
            "number = \"number\" }",
            "number = \"number\", order = \"big\" }",
            "line 32, column 66: a part of this kind has no entry \"order\": write one of \"bits\", \"fa",
        ),
        (
            "max = 255",
            "max = 256",
            "line 32, column 35: the field's max = 256 does not fit facility:",
        ),
        (
            "number = \"number\" }",
            "number = \"name\" }",
            "line 32, column 56: the field \"name\" is not of type \"uint\" or \"int\": write one of \"fac",
        ),
        (
            "{ bits = \"h10301\", facility",
            "{ uint = \"facility\", bytes = 0, facility",
            "line 32, column 34: bytes is out of range: write bytes = … with a number from 1 to 8",
        ),
        (
            "text = \"name\"",
            "text = \"nam\"",
            "line 33, column 14: no field is called \"nam\": write \"n",
        ),
        (
            "bytes = 8 }",
            "bytes = 7 }",
            "line 33, column 14: 8 characters do not fit 7 bytes: write m",
        ),
        (
            "bytes = 8 }",
            "}",
            "line 33, column 5: bytes is missing: write bytes = … with how many it",
        ),
        (
            "bytes = 8 }",
            "bytes = 8, charset = \"ebcdic\" }",
            "line 33, column 43: \"ebcdic\" is no charset: write one of \"ascii\", \"latin-1\", \"latin-9\"",
        ),
        (
            "bytes = 8 }",
            "bytes = 8, fill = \"0\" }",
            "line 33, column 40: \"0\" is no byte: write fill",
        ),
    ]);
}

#[test]
fn parts_and_their_places() {
    refused(&[
        (
            "{ pad = \"00\" }",
            "{ pad = 0 }",
            "line 34, column 13: pad is a text: write pad = \"00\", tw",
        ),
        (
            "{ pad = \"00\" },",
            "{ pad = \"00\" },\n{ pad = \"FF\" },",
            "line 35, column 1: two parts fill up the file: write pad once",
        ),
        (
            "{ pad = \"00\" }",
            "{ hex = \"0102\" }",
            "line 34, column 13: no field is called \"0102\": de",
        ),
        (
            "{ pad = \"00\" }",
            "{ constant = \"0102\" }",
            "line 34, column 18: \"0102\" is no constant: w",
        ),
        (
            "{ pad = \"00\" }",
            "{ filler = \"00\" }",
            "line 34, column 5: \"filler\" is no kind of part: write one of \"bits\", \"raw\", \"uint\", \"int\"",
        ),
        (
            "{ pad = \"00\" }",
            "{ pad = \"00\", constant = \"hex:00\" }",
            "line 34, column 5: a part of kind \"constant\" and of kind \"pad\": take one of them out",
        ),
        (
            "{ pad = \"00\" }",
            "{ uint = \"number\", bytes = 2 }",
            "line 34, column 5: several bytes need an order: write order = \"big\" for the most",
        ),
        (
            "{ pad = \"00\" }",
            "{ uint = \"number\", bytes = 1 }",
            "line 34, column 14: the field's max = 65535 does not fit 1 bytes: write max = 255 or",
        ),
        (
            "size = 28",
            "size = 11",
            "line 31, column 11: the content takes 12 bytes, and size is 11:",
        ),
    ]);
}

#[test]
fn a_content_has_parts() {
    let text = BASE.split("content = ").next().unwrap().to_owned() + "content = []";
    let error = Profile::parse(&text).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 31, column 11: an empty content: write its parts, or leave content out"
    );
}
