// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a batch from starting: exit status 2, what is wrong, where, and what to do.

use super::place::{DOOR, HEADER, KEYS, Place};

/// What never ends is no profile, and is not read to its end.
#[cfg(target_os = "linux")]
#[test]
fn a_profile_without_end_and_one_that_is_no_text_are_refused() {
    let place = Place::new();
    place.write("p.toml", b"name = \"\xFC\"");
    for (profile, why) in [
        ("/dev/zero", "this is more than any such file has"),
        ("p.toml", "this is no text in UTF-8: save it as UTF-8"),
    ] {
        place.run(&format!("--profile {profile}")).did_not_start(&format!("{profile}: {why}"));
    }
}

#[test]
fn an_unknown_option_or_model_is_a_usage_error() {
    let place = Place::new();
    for (arguments, why) in [
        ("--bogus", "error: unexpected argument '--bogus' found"),
        ("surplus", "error: unexpected argument 'surplus' found"),
        (
            "--card ev4-8k",
            "error: invalid value 'ev4-8k' for '--card <MODEL>': write \"ev3-8k\": a card model is \
             ev1, ev2 or ev3 and 2k, 4k or 8k, such as ev2-8k, or d40-4k, ev1-256, ev2-16k, ev2-32k, \
             ev3-16k, light, ntag424 or ntag424tt",
        ),
        (
            "--job verfiy",
            "error: invalid value 'verfiy' for '--job <encode|verify|rekey|recycle|update|enrol>': write \
             \"verify\": a job is encode, ",
        ),
        (
            "--allow random_uid",
            "error: invalid value 'random_uid' for '--allow <OPTION>': write \"random-uid\": what can ",
        ),
        (
            "--messaging EV2",
            "error: invalid value 'EV2' for '--messaging <d40|ev1|ev2>': write \"ev2\": messaging is",
        ),
        (
            "--messaging ev3",
            "error: invalid value 'ev3' for '--messaging <d40|ev1|ev2>': messaging is d40, ev1 or ev2",
        ),
        ("--limit few", "error: invalid value 'few' for '--limit <N>'"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments}");
        assert!(ran.err.starts_with(why), "{arguments}: {}", ran.err);
        assert!(ran.err.contains("--help"), "{arguments}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn messaging_that_the_card_does_not_speak_is_told_before_the_first_card() {
    let place = Place::new();
    place.run("--messaging ev2 --card ev1-8k").did_not_start(
        "an ev1 card does not speak ev2 messaging: allow what it speaks, or take other cards",
    );
    place.write("p.toml", changed(DOOR, "messaging = ", "messaging = [\"ev1\"]"));
    place
        .run("--profile p.toml --messaging ev2")
        .did_not_start("the profile does not name ev2 messaging; add it to `messaging`");
    place.write("p.toml", changed(DOOR, "chips = ", "chips = [\"ev3\"]"));
    place.run("--profile p.toml").did_not_start(
        "the profile does not name ev2 cards; add it to `chips`, or say --card with a model of its chips: \
         software cards are ev2-8k where no model is named",
    );
}

#[test]
fn a_missing_file_is_named() {
    let place = Place::new();
    for option in ["--profile", "--records", "--keys"] {
        let ran = place.run(&format!("{option} nowhere.txt"));
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.starts_with("error: nowhere.txt: "), "{option}: {}", ran.err);
    }
}

#[test]
fn a_mistake_in_the_profile_is_told_with_its_line() {
    let place = Place::new();
    for (start, line, why) in [
        (
            "size = 28",
            "size = 8",
            "line 49, column 11: the content takes 9 bytes, and size is 8: write size = 9 or more, \
             or a shorter content",
        ),
        (
            "read = \"read\"",
            "read = \"raed\"",
            "line 47, column 8: the application has no key \"raed\": write \"read\", or one \
             of \"master\", \"write\", \"update\", \"spare\", \"free\", \"never\"",
        ),
        (
            "chips = ",
            "chip = [\"ev1\"]",
            "line 7, column 1: unknown entry `chip`: write `chips`, or one of `name`, \
             `messaging`, `verify`, `failed_authentications`",
        ),
    ] {
        place.write("p.toml", changed(DOOR, start, line));
        place.run("--profile p.toml --receipts r.jsonl").did_not_start(&format!("p.toml: {why}"));
        assert!(!place.exists("r.jsonl"), "nothing is left behind");
    }
}

#[test]
fn a_mistake_in_the_key_file_is_told_with_its_line_and_without_its_text() {
    let place = Place::new();
    for (start, line, why) in [
        (
            "value = \"2ED0",
            "value = \"2ED0\"",
            "k.toml: line 9, column 9: this is not a key of the right length: write value = \"…\" with \
             32 hexadecimal digits, or 48 for a 3k3des key; a DES key is written twice",
        ),
        (
            "use = ",
            "use = 2ED03D9E15A9DDE60B6D2744B7AEDD0A",
            "k.toml: line 2, column 9: this is not TOML: write entries such as name = \"picc\", each \
             once and on its own line",
        ),
        (
            "name = \"app2\"",
            "name = \"app9\"",
            "k.toml: line 26 of the profile: key `write` needs version 1 of `app2`, which is not in the key file; did you mean \"app4\"?",
        ),
        (
            "use = ",
            "use = \"live\"",
            "k.toml is marked live, and this run uses software cards; use a key file marked test",
        ),
    ] {
        place.write("k.toml", changed(KEYS, start, line));
        place.run("--keys k.toml").did_not_start(why);
    }
}

#[test]
fn files_in_each_others_place_are_told_with_a_line() {
    let place = Place::new();
    place.write("keys.toml", KEYS);
    place.write("door.toml", DOOR);
    let ran = place.run("--profile keys.toml");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: keys.toml: line "), "{}", ran.err);
    for value in KEYS.lines().filter_map(|line| line.strip_prefix("value = ")) {
        assert!(!ran.err.contains(value.trim_matches('"')), "a key shows");
    }
    let ran = place.run("--keys door.toml");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.starts_with("error: door.toml: line "), "{}", ran.err);
}

#[test]
fn a_records_file_that_fits_no_record_is_told_as_a_whole() {
    let place = Place::new();
    let row = "a,42,48975,1,20281231,North";
    for (text, why) in [
        (
            format!("{HEADER},color\n{row},red\n"),
            "header: column 7 is none of id, uid, facility, number, issue, valid_until, site: rename \
             it or take it out",
        ),
        (
            "id,facility\na,42\n".to_owned(),
            "the header has no column \"number\": add it, a whole number from 0 to 65535, digits only; \
             mistakes of the header besides: 3",
        ),
        (
            format!("{HEADER},id\n{row},b\n"),
            "the header has the column \"id\" twice: name each once",
        ),
        (
            format!("{HEADER}\n"),
            "no record: write a header and a line per record, or a JSON object per line",
        ),
        (
            String::new(),
            "no record: write a header and a line per record, or a JSON object per line",
        ),
    ] {
        place.write("r.csv", text);
        place.run("--records r.csv").did_not_start(&format!("r.csv: {why}"));
    }
    place.write("p.toml", DOOR.replace("issue = ", "issued = ").replace("\"issue\"", "\"issued\""));
    place.run("--profile p.toml").did_not_start(
        "the demonstration records: header: column 4 is none of id, uid, facility, number, issued, \
         valid_until, site: rename it or take it out; mistakes of the header besides: 1; or name your \
         own with --records",
    );
}

#[test]
fn outputs_that_cannot_be_written_are_told_before_the_first_card() {
    let place = Place::new();
    for option in ["--receipts", "--readout"] {
        let ran = place.run(&format!("{option} no/such/directory.jsonl"));
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.starts_with("error: no/such/directory.jsonl: "), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
}

/// The text with the line that starts with `start` replaced.
fn changed(text: &str, start: &str, line: &str) -> String {
    let old = text.lines().find(|old| old.starts_with(start)).unwrap();
    text.replacen(old, line, 1)
}

/// A live key file with a key that is no secret, or one that others may read, is not used; a test key
/// file is, and the warning does not show the key.
#[test]
fn keys_that_are_no_secret_are_refused_when_live_and_warned_of_when_test() {
    let place = Place::new();
    let value = "2ED03D9E15A9DDE60B6D2744B7AEDD0A";
    let (zero, equal) = ("0".repeat(32), "1F9CD088EE2BAF92F301BD0D340F609D");
    let known = "k.toml: line 9, column 9: this key is zero, which everybody tries first";
    // What everybody knows proves nothing.
    for (value_now, why, code) in
        [(zero.as_str(), known, 1), (equal, "k.toml: line 15, column 9: ", 0)]
    {
        let keys = KEYS.replacen(value, value_now, 1);
        place.write("k.toml", &keys);
        let test = place.run("--keys k.toml --limit 1");
        assert_eq!(test.code, Some(code), "{test:?}");
        assert!(test.err.starts_with(&format!("warning: {why}")), "{}", test.err);
        assert_eq!(test.err.contains("nothing proves the PICC master key"), code == 1, "{test:?}");
        assert!(!test.err.contains(value_now), "{}", test.err);
        place.write("k.toml", keys.replacen("use = \"test\"", "use = \"live\"", 1));
        let live = place.run("--keys k.toml --limit 1");
        assert_eq!(live.code, Some(2), "{live:?}");
        assert!(live.err.starts_with(&format!("error: {why}")), "{}", live.err);
    }
    let good = place.run("--limit 1");
    assert!(!good.err.contains("warning"), "{}", good.err);
}

#[test]
fn a_file_that_is_not_there_names_the_one_that_may_be_meant() {
    let place = Place::new();
    place.write("people.csv", HEADER);
    place.write("door.toml", DOOR);
    for (arguments, meant) in [
        ("--profile dor.toml", "did you mean \"door.toml\"?"),
        ("--import Door.tml", "did you mean \"door.toml\"?"),
        ("--records poeple.csv", "did you mean \"people.csv\"?"),
    ] {
        let ran = place.run(arguments);
        assert!(ran.code == Some(2) && ran.err.contains(meant), "{ran:?}");
    }
    let ran = place.run("--profile other.json");
    assert!(ran.code == Some(2) && !ran.err.contains("did you mean"), "{ran:?}");
}

#[test]
fn a_key_that_is_not_there_names_the_one_that_may_be_meant() {
    let place = Place::new();
    place.write("p.toml", DOOR.replacen("ref = \"app1\"", "ref = \"ap1\"", 1));
    place.write("keys.toml", KEYS);
    let ran = place.run("--profile p.toml --keys keys.toml");
    assert!(ran.code == Some(2) && ran.err.contains("version 1 of `ap1`, which"), "{ran:?}");
    assert!(ran.err.contains("; did you mean \"app1\"?"), "{ran:?}");
}
