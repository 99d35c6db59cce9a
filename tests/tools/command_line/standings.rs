// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which record is done: a file that comes again, in whatever form, with one record corrected, under
//! another edition of its profile, or with receipts of an older version.

use super::place::{DOOR, Place, Ran, made_up};

/// Three records without references.
fn without_ids() -> String {
    let lines = made_up(3);
    lines.lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1)).collect()
}

fn run(place: &Place, arguments: &str) -> Ran {
    place.run(&format!("--records r.csv --receipts out.jsonl {arguments}"))
}

/// A place where the records of this file are done.
fn all_done(records: &str) -> Place {
    let place = Place::new();
    place.write("r.csv", records);
    let ran = run(&place, "");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "3"), "{ran:?}");
    place
}

/// Nothing is to be done, and nothing is written.
#[track_caller]
fn nothing_is_left(place: &Place, records: &str) {
    place.write("r.csv", records);
    let before = place.read("out.jsonl");
    let ran = run(place, "");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "0"), "{ran:?}");
    assert_eq!(ran.row("skipped, done by an earlier run"), "3");
    assert_eq!(ran.err, "");
    assert_eq!(place.read("out.jsonl"), before);
}

/// One record is asked about, no card is touched, and the others are passed over.
#[track_caller]
fn one_is_asked_about(place: &Place, arguments: &str, record: &str, why: &str, advice: &str) {
    let before = place.lines("out.jsonl").len();
    let ran = run(place, arguments);
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    assert_eq!(ran.row("cards done"), "0", "{ran:?}");
    assert!(ran.err.starts_with(&format!("record {record}: {why}\n")), "{}", ran.err);
    assert!(ran.err.contains(advice), "{}", ran.err);
    let asked = &place.lines("out.jsonl")[before];
    assert_eq!((&asked["outcome"], &asked["wrote"]), (&"refused".into(), &"nothing".into()));
    assert_eq!(asked["recovery"], "bad-record");
    assert_eq!(asked.get("card"), None);
}

#[track_caller]
fn makes(place: &Place, arguments: &str, cards: &str) {
    let ran = run(place, arguments);
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), cards), "{ran:?}");
}

/// With the columns in another order.
fn turned(records: &str) -> String {
    let turn = |line: &str| {
        let (first, rest) = line.split_once(',').unwrap();
        let (second, rest) = rest.split_once(',').unwrap();
        format!("{second},{first},{rest}\n")
    };
    records.lines().map(turn).collect()
}

/// With the records in another order.
fn reordered(records: &str) -> String {
    let lines: Vec<_> = records.lines().collect();
    format!("{}\n{}\n{}\n{}\n", lines[0], lines[3], lines[1], lines[2])
}

#[test]
fn the_same_file_again_is_done() {
    for records in [made_up(3), without_ids()] {
        nothing_is_left(&all_done(&records), &records);
    }
}

#[test]
fn other_line_ends_and_columns_are_the_same_records() {
    for records in [made_up(3), without_ids()] {
        let place = all_done(&records);
        nothing_is_left(&place, &records.replace('\n', "\r\n"));
        nothing_is_left(&place, &turned(&records));
        nothing_is_left(&place, &format!("\u{FEFF}{records}\n\n"));
    }
}

#[test]
fn records_that_get_references_are_the_same() {
    let place = all_done(&without_ids());
    let receipts = place.lines("out.jsonl");
    assert_eq!(receipts[0]["unnamed"], true);
    nothing_is_left(&place, &made_up(3));
    // One of them is corrected besides: it may be any of those that nobody finds any more.
    place.write("r.csv", corrected(&made_up(3)));
    one_is_asked_about(&place, "", "r00001", PERHAPS, "--accept changed");
}

/// Who takes the references away leaves nothing that they are known by.
#[test]
fn records_that_lose_their_references_are_asked_about() {
    let place = all_done(&made_up(3));
    assert_eq!(place.lines("out.jsonl")[0].get("unnamed"), None);
    place.write("r.csv", without_ids());
    let ran = run(&place, "");
    assert_eq!((ran.code, ran.row("perhaps done before").as_str()), (Some(1), "3"), "{ran:?}");
    makes(&place, "--accept changed", "3");
}

const PERHAPS: &str = "cards are done for what no record here says, and this may be one of their records, changed since";

/// The second record with another issue.
fn corrected(records: &str) -> String {
    let text = records.replacen(",89,", ",88,", 1);
    assert_ne!(text, records);
    text
}

#[test]
fn a_corrected_record_is_done_with_other_contents() {
    let place = all_done(&made_up(3));
    place.write("r.csv", corrected(&made_up(3)));
    let (why, advice) = ("the record is done with other contents", "--job update");
    one_is_asked_about(&place, "", "r00001", why, advice);
    one_is_asked_about(&place, "", "r00001", why, "--accept changed");
    makes(&place, "--accept changed", "1");
    makes(&place, "", "0");
    // Taken back, it is another one again.
    place.write("r.csv", made_up(3));
    one_is_asked_about(&place, "", "r00001", why, advice);
}

#[test]
fn a_corrected_record_without_a_reference_is_asked_about() {
    let place = all_done(&without_ids());
    place.write("r.csv", corrected(&without_ids()));
    one_is_asked_about(&place, "", "3", PERHAPS, "--accept changed");
    makes(&place, "--accept changed", "1");
}

/// A corrected record comes onto the card that it has, and is done by that.
#[test]
fn an_updated_card_is_done_with_its_new_contents() {
    let place = Place::new();
    place.write("r.csv", made_up(2));
    let on_card = |arguments: &str| run(&place, &format!("--state card.json {arguments}"));
    assert_eq!(on_card("--limit 1").row("cards done"), "1");
    place.write("r.csv", made_up(1).replace("North", "South"));
    assert_eq!(on_card("").row("done with other contents"), "1");
    assert_eq!(on_card("--job update").row("cards done"), "1");
    for job in ["encode", "update"] {
        let ran = on_card(&format!("--job {job}"));
        assert_eq!((ran.code, ran.row("skipped, done by an earlier run")), (Some(0), "1".into()));
    }
    // A card that is blank again is nobody's.
    assert_eq!(on_card("--job recycle").row("cards done"), "1");
    assert_eq!(on_card("").row("cards done"), "1");
}

#[test]
fn records_in_another_order_are_the_same() {
    for records in [made_up(3), without_ids()] {
        nothing_is_left(&all_done(&records), &reordered(&records));
    }
    // A new one among them is made, and no other.
    let place = all_done(&without_ids());
    place.write("r.csv", format!("{}9,60000,1,20281231,North\n", reordered(&without_ids())));
    makes(&place, "", "1");
}

/// Records that say the same are as many cards as there are of them.
#[test]
fn equal_records_have_a_card_each() {
    let profile = DOOR.replace(", unique = true", "");
    let first = without_ids();
    let first: Vec<_> = first.lines().take(2).collect();
    let place = Place::new();
    place.write("p.toml", profile);
    place.write("r.csv", format!("{}\n{}\n{}\n", first[0], first[1], first[1]));
    for cards in ["1", "1", "0"] {
        makes(&place, "--profile p.toml --limit 1", cards);
    }
    let receipts = place.lines("out.jsonl");
    assert_eq!(receipts[0]["contents"], receipts[1]["contents"]);
    assert_ne!(receipts[0]["card"], receipts[1]["card"]);
    // With references they are two records, and their marks say nothing of each other.
    let named = |id: &str| format!("{id},{}\n", first[1]);
    place.write("r.csv", format!("id,{}\n{}{}", first[0], named("a"), named("b")));
    let ran = place.run("--records r.csv --receipts named.jsonl --profile p.toml");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "2"), "{ran:?}");
    let named = place.lines("named.jsonl");
    assert_ne!(named[0]["contents"], named[1]["contents"]);
}

/// The first run refuses a record that cannot be; once it is mended it is made, and nothing else is.
#[test]
fn a_mended_record_without_a_reference_is_made() {
    let place = Place::new();
    let bad = without_ids().replacen(",1,", ",99999999,", 1);
    assert_ne!(bad, without_ids());
    place.write("r.csv", bad);
    let ran = run(&place, "");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(1), "2"), "{ran:?}");
    place.write("r.csv", without_ids());
    makes(&place, "", "1");
    makes(&place, "", "0");
}

#[test]
fn a_record_that_names_another_card_than_it_has_is_asked_about() {
    let with = |uid: &str| {
        let lines = made_up(1);
        let mut lines = lines.lines();
        format!("{},uid\n{},{uid}\n", lines.next().unwrap(), lines.next().unwrap())
    };
    let place = Place::new();
    place.write("r.csv", with("04A1B2C3D4E5F6"));
    makes(&place, "", "1");
    makes(&place, "", "0");
    place.write("r.csv", with("04A1B2C3D4E5F7"));
    let why = "the record names a card, and is done on another one";
    one_is_asked_about(&place, "", "r00000", why, "--accept changed");
}

/// What a profile's text looks like is nothing to ask about; what it means is.
#[test]
fn a_profile_is_known_by_what_it_means() {
    let place = all_done(&made_up(3));
    for text in [format!("{DOOR}# one byte more\n"), DOOR.replace('\n', "\r\n")] {
        place.write("p.toml", text);
        makes(&place, "--profile p.toml", "0");
    }
    place.write("p.toml", DOOR.replace("\"ascii:DOOR\"", "\"ascii:GATE\""));
    let ran = run(&place, "--profile p.toml");
    assert_eq!((ran.code, ran.row("done under another profile").as_str()), (Some(1), "3"));
    let why = "record r00000: the record is done under another profile, or another edition of it: \
               \"door\"\n";
    assert!(ran.err.contains(why) && ran.err.contains("--accept profile"), "{}", ran.err);
    makes(&place, "--profile p.toml --accept profile", "3");
    makes(&place, "--profile p.toml", "0");
    makes(&place, "", "0");
}

/// Finished cards do not show an edition whose key versions are those of the one before.
#[test]
fn an_edition_without_a_new_version_is_warned_of_and_not_looked_at() {
    let place = Place::new();
    place.write("r.csv", made_up(1));
    let on_card = |arguments: &str| run(&place, &format!("--state card.json {arguments}"));
    assert_eq!(on_card("").row("cards done"), "1");
    let freed = "free_list = true\nfree_create = false";
    let text = DOOR.replace("free_list = false\nfree_create = false", freed);
    assert_ne!(text, DOOR);
    place.write("p.toml", &text);
    let ran = on_card("--profile p.toml --accept profile");
    assert_eq!((ran.code, ran.row("already done").as_str()), (Some(0), "1"), "{ran:?}");
    assert!(ran.err.starts_with("warning: the receipts have cards of another edition"), "{ran:?}");
    assert_eq!(ran.row("not looked at: settings of picc"), "1");
    let receipts = place.lines("out.jsonl");
    let unseen = receipts[1]["not_looked_at"].as_array().unwrap();
    assert!(unseen.contains(&"settings of picc".into()), "{unseen:?}");
    // The task that looks at everything.
    let ran = on_card("--profile p.toml --job verify");
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    let ran = place.run("--records r.csv --state card.json --job verify");
    assert!(ran.code == Some(0) && !ran.out.contains("not looked at"), "{ran:?}");
    // An edition that raises them is what it is.
    place.write("p.toml", text.replace("version = 1,", "version = 2, former = 1,"));
    let ran = on_card("--profile p.toml --accept profile");
    assert!(!ran.err.contains("warning"), "{ran:?}");
}

#[test]
fn what_is_left_is_said() {
    let place = Place::new();
    place.write("r.csv", made_up(3));
    let ran = run(&place, "--limit 2");
    assert_eq!((ran.code, ran.row("left for another run").as_str()), (Some(0), "1"));
    let ran = run(&place, "");
    assert!(!ran.out.contains("left for another run"), "{}", ran.out);
}

/// Receipts of the version before this one: with references, and without.
const OLDER: &str = include_str!("fixtures/receipts-without-contents.jsonl");
/// Their profile.
const OLDER_DOOR: &str = include_str!("fixtures/door.toml");
const OLDER_UNNAMED: &str = include_str!("fixtures/receipts-without-ids.jsonl");

#[test]
fn receipts_that_do_not_tell_the_contents_are_gone_on_with() {
    let place = Place::new();
    place.write("r.csv", made_up(3));
    place.write("out.jsonl", OLDER);
    place.write("p.toml", OLDER_DOOR);
    let ran = run(&place, "--profile p.toml");
    assert_eq!((ran.code, ran.row("skipped, done by an earlier run").as_str()), (Some(0), "3"));
    let warning =
        "warning: receipts of an older version do not tell with what they are done, records: 3;";
    assert!(ran.err.starts_with(warning), "{}", ran.err);
    // They know their profile by its text alone.
    place.write("p.toml", format!("{OLDER_DOOR}# one byte more\n"));
    let ran = run(&place, "--profile p.toml");
    assert_eq!((ran.code, ran.row("done under another profile").as_str()), (Some(1), "3"));
}

#[test]
fn receipts_that_know_records_by_their_lines_are_for_one_file() {
    let place = Place::new();
    place.write("r.csv", without_ids());
    place.write("out.jsonl", OLDER_UNNAMED);
    place.write("p.toml", OLDER_DOOR);
    let before = place.read("out.jsonl");
    let ran = run(&place, "--profile p.toml");
    assert_eq!((ran.code, ran.row("skipped, done by an earlier run").as_str()), (Some(0), "3"));
    for records in [without_ids().replace('\n', "\r\n"), made_up(3)] {
        place.write("r.csv", records);
        run(&place, "").did_not_start(
            "out.jsonl: line 1 is a receipt of an older version for another records file, whose \
             records have no `id`, and does not tell which of them it is for; name another receipts \
             file: cards that are finished say so themselves",
        );
        assert_eq!(place.read("out.jsonl"), before);
    }
}
