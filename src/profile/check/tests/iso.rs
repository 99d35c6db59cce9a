// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO identifiers and names of applications and files.

use super::{BASE, Profile, refused};

const AID: &str = "aid = \"F48120\"";

#[test]
fn names_are_read_and_counted_into_the_key_slots() {
    let text = BASE
        .replace(AID, "aid = \"F48120\"\niso_id = \"E110\"\ndf_name = \"D2760000850101\"")
        .replace("no = 1", "no = 1\niso_id = \"E103\"");
    let profile = Profile::parse(&text).unwrap();
    let application = &profile.applications()[0];
    let iso = application.iso.as_ref().unwrap();
    assert_eq!((iso.id.get(), iso.name.as_ref().unwrap().as_bytes().len()), (0xE110, 7));
    assert_eq!(application.files[0].iso_id.unwrap().get(), 0xE103);
    assert_eq!(application.slots().to_byte(), 0xA2);
    // Files may have identifiers where the application has none, and the other way round.
    let files = BASE.replace("no = 1", "no = 1\niso_id = \"E103\"");
    assert_eq!(Profile::parse(&files).unwrap().applications()[0].slots().to_byte(), 0xA2);
    let application = BASE.replace(AID, "aid = \"F48120\"\niso_id = \"E110\"");
    assert_eq!(Profile::parse(&application).unwrap().applications()[0].slots().to_byte(), 0x82);
}

#[test]
fn names_that_no_card_takes() {
    let another = "\n[[application]]\naid = \"F48121\"\nkeys = [\"read\"]\niso_id = \"E110\"\n\
                   df_name = \"A1\"\n[[application]]\naid = \"F48120\"";
    let file = "[[application.file]]\nno = 2\ntype = \"backup\"\nsize = 8\nmode = \"full\"\n\
                read = \"read\"\nwrite = \"master\"\n";
    refused(&[
        (AID, "aid = \"F48120\"\niso_id = \"3F00\"", "line 22, column 10: \"3F00\" is no ISO iden"),
        (AID, "aid = \"F48120\"\niso_id = \"E1100\"", "line 22, column 10: \"E1100\" is no ISO i"),
        (AID, "aid = \"F48120\"\ndf_name = \"A1\"", "line 22, column 11: a df_name without an iso"),
        (
            AID,
            "aid = \"F48120\"\niso_id = \"E110\"\ndf_name = \"\"",
            "line 23, column 11: \"\" is no DF name: write 1 to 16 bytes",
        ),
        (
            "[[application]]\naid = \"F48120\"",
            &format!("{}\niso_id = \"E110\"", another.trim_start()),
            "line 27, column 10: two applications have the iso_id E110",
        ),
        (
            "[[application]]\naid = \"F48120\"",
            &format!("{}\niso_id = \"E111\"\ndf_name = \"A1\"", another.trim_start()),
            "line 28, column 11: two applications have this df_name",
        ),
        ("no = 1", "no = 1\niso_id = \"E1\"", "line 26, column 10: \"E1\" is no ISO identifier"),
        (
            "[[application.file]]\nno = 1",
            &format!("{file}iso_id = \"E103\"\n[[application.file]]\nno = 1"),
            "line 33, column 6: a file without iso_id beside one that has E103",
        ),
        (
            "[[application.file]]\nno = 1",
            &format!("{file}iso_id = \"E103\"\n[[application.file]]\nno = 1\niso_id = \"E103\""),
            "line 34, column 10: two files of the application have the iso_id E103",
        ),
    ]);
}
