// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card is told and shows nowhere, and what of it would shut out every reader.

use super::{BASE, Profile};
use crate::profile::CardSetting;

fn text(chips: &str, entries: &str) -> String {
    let card = format!("[card]\n{entries}\n");
    let text =
        BASE.replacen("[\"ev1\", \"ev2\", \"ev3\"]", chips, 1).replacen("[card]\n", &card, 1);
    assert!(text.contains(chips) && text.contains(entries));
    text
}

fn mistake(chips: &str, entries: &str) -> String {
    Profile::parse(&text(chips, entries)).unwrap_err().to_string()
}

#[test]
fn each_entry_is_read() {
    let entries = "nuid = true\nchained_writes = \"off\"\nats = \"067577810280\"\nsak = \"0420\"\natqa = \"0344\"\n\
                   name = \"D2760000850100\"";
    let profile = Profile::parse(&text("[\"ev3\"]", entries)).unwrap();
    let told = &profile.card().unwrap().told;
    assert_eq!(told.ats.as_ref().unwrap().as_bytes(), [0x06, 0x75, 0x77, 0x81, 0x02, 0x80]);
    assert_eq!((told.sak, told.atqa), (Some([0x04, 0x20]), Some(0x0344)));
    let name = [0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];
    assert_eq!(told.name.as_ref().unwrap().as_bytes(), name);
    assert!(told.each().eq(CardSetting::ALL));
    let warned = profile.warnings().iter().map(ToString::to_string);
    let warned: Vec<_> = warned.filter(|warning| warning.contains("for good")).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    let on = Profile::parse(&text("[\"ev2\"]", "chained_writes = \"on\"")).unwrap();
    assert_eq!(on.card().unwrap().told.each().next(), None);
    let unsaid = Profile::parse(&text("[\"ev2\"]", "")).unwrap();
    assert_eq!(on.meaning(), unsaid.meaning());
    // EV1 has the ATS.
    assert!(Profile::parse(&text("[\"ev1\", \"ev2\", \"ev3\"]", "ats = \"067577810280\"")).is_ok());
}

#[test]
fn what_a_chip_does_not_have_is_told() {
    for (chips, entry, told) in [
        ("[\"ev1\", \"ev2\"]", "sak = \"0420\"", "a SAK to set, which a ev1 chip does not have"),
        ("[\"ev2\", \"ev3\"]", "atqa = \"0344\"", "an ATQA to set, which a ev2 chip does not have"),
        ("[\"ev1\"]", "name = \"D2\"", "a name for the card as a whole, which a ev1 chip"),
        (
            "[\"ev1\"]",
            "chained_writes = \"off\"",
            "chained writes that could be switched off, which",
        ),
    ] {
        let found = mistake(chips, entry);
        assert!(found.contains(told), "{found}");
    }
}

#[test]
fn answers_by_which_no_reader_goes_on_are_refused() {
    for (entry, told) in [
        ("ats = \"067577\"", "these 3 bytes are no ATS"),
        ("ats = \"x\"", "these 0 bytes are no ATS"),
        ("ats = \"067477810280\"", "an ATS for frames of 48 bytes"),
        ("ats = \"01\"", "an ATS for frames of 32 bytes"),
        ("sak = \"04\"", "these are no two bytes in hexadecimal digits"),
        ("sak = \"0020\"", "a SAK by which no reader would go on"),
        ("sak = \"0400\"", "a SAK by which no reader would go on"),
        ("sak = \"0424\"", "a SAK by which no reader would go on"),
        ("atqa = \"0304\"", "an ATQA by which no reader would find the card"),
        ("atqa = \"0340\"", "an ATQA by which no reader would find the card"),
        ("atqa = \"0346\"", "an ATQA by which no reader would find the card"),
        ("atqa = \"03444\"", "these are no two bytes in hexadecimal digits"),
        ("name = \"\"", "write 1 to 16 bytes"),
    ] {
        let found = mistake("[\"ev3\"]", entry);
        assert!(found.contains(told), "{entry}: {found}");
    }
}

/// What no job could deal with later, or what is not public, stands in no profile, and the mistake says why.
#[test]
fn what_shuts_out_jobs_or_is_not_public_is_refused_with_why() {
    for (entry, why) in [
        ("proximity_check = true", "no job reads or proves such a card again"),
        ("virtual_card = true", "how such a card is opened is not public"),
        ("transaction_timer = 50", "what these bytes count is not public"),
        ("capabilities = \"00\"", "what these bytes count is not public"),
        ("error_binding = true", "what a card tells of errors then is not public"),
        (
            "default_key = \"door\"",
            "write app = { ref = \"NAME\", version = NUMBER } in [transport]",
        ),
    ] {
        let found = mistake("[\"ev3\"]", entry);
        let name = entry.split(' ').next().unwrap();
        assert!(found.contains(&format!("unknown entry `{name}`")), "{found}");
        assert!(found.contains(why), "{found}");
    }
}

#[test]
fn what_an_ev3_shows_for_its_uid_is_taken_where_it_can_be_found_again() {
    let nuid = Profile::parse(&text("[\"ev3\"]", "nuid = true")).unwrap();
    assert!(nuid.card().unwrap().told.nuid && !nuid.card().unwrap().random_uid);
    for (start, old) in [("80", true), ("08", false)] {
        let entries = format!("random_uid = true\nrandom_uid_start = \"{start}\"");
        let profile = Profile::parse(&text("[\"ev3\"]", &entries)).unwrap();
        assert_eq!(profile.card().unwrap().random_uid_of_ev1, old, "{start}");
    }
    for (entries, why) in [
        ("nuid = true\nrandom_uid = true", "which of the two it shows then is not public"),
        ("random_uid_start = \"80\"", "the card shows no random UID"),
        ("random_uid = false\nrandom_uid_start = \"08\"", "the card shows no random UID"),
    ] {
        let found = mistake("[\"ev3\"]", entries);
        assert!(found.contains(why), "{entries}: {found}");
    }
    for (entries, what) in [
        ("nuid = true", "a number to show for its UID, which a ev2 chip does not have"),
        (
            "random_uid = true\nrandom_uid_start = \"08\"",
            "a choice of how a random UID begins, which a ev2 chip does not have",
        ),
    ] {
        let found = mistake("[\"ev2\", \"ev3\"]", entries);
        assert!(found.contains(what), "{found}");
    }
    let of_uid = "read = { ref = \"app1\", version = 1, diversify = { scheme = \"an10922\", input = [\"uid\"] } }";
    let every = text("[\"ev3\"]", "nuid = true");
    let every = every.replacen("read = { ref = \"app1\", version = 1 }", of_uid, 1);
    let every = Profile::parse(&every).unwrap_err().to_string();
    assert!(every.contains("nuid = true, and every key needs the real UID"), "{every}");
}
