// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with finished cards: verified, rekeyed, updated, recycled.

use super::place::{DOOR, Place, Ran};

const DOOR_2: &str = include_str!("../../../examples/data/profiles/door-2.toml");
const CANTEEN: &str = include_str!("../../../examples/data/profiles/canteen.toml");
const RECORDS: &str = include_str!("../../../examples/data/door-records.csv");

/// A place with a finished card of the first edition, which holds the record `demo-0001`.
fn finished() -> Place {
    let place = Place::new();
    place.write("1.toml", DOOR);
    place.write("2.toml", DOOR_2);
    place.write("r.csv", RECORDS);
    let ran = on_card(&place, "--profile 1.toml --limit 1");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
    place
}

fn on_card(place: &Place, arguments: &str) -> Ran {
    place.run(&format!("--records r.csv --card ev2-8k --state card.json {arguments}"))
}

#[track_caller]
fn is_done(ran: &Ran) {
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
}

/// The card stays as it was, and the reason stands on its own line.
#[track_caller]
fn refuses(place: &Place, arguments: &str, why: &str) {
    let before = place.read("card.json");
    let ran = on_card(place, arguments);
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    assert!(ran.err.lines().any(|line| line.contains(why)), "{why}: {}", ran.err);
    assert_eq!(place.read("card.json"), before);
}

#[test]
fn a_card_goes_through_its_life_by_the_command_line() {
    let place = finished();
    let ran = on_card(&place, "--profile 1.toml --job verify --receipts v.jsonl");
    is_done(&ran);
    let receipt = &place.lines("v.jsonl")[0];
    assert_eq!((&receipt["job"], &receipt["record"]), (&"verify".into(), &"demo-0001".into()));

    refuses(&place, "--profile 2.toml --job verify", "the PICC master key has another version");
    is_done(&on_card(&place, "--profile 2.toml --job rekey"));
    let again = on_card(&place, "--profile 2.toml --job rekey");
    assert_eq!((again.code, again.row("already done").as_str()), (Some(0), "1"));
    is_done(&on_card(&place, "--profile 2.toml --job verify"));

    place.write("r.csv", second_record_only());
    refuses(&place, "--profile 2.toml", "holds another record");
    is_done(&on_card(&place, "--profile 2.toml --job update"));
    is_done(&on_card(&place, "--profile 2.toml --job verify --receipts w.jsonl"));
    assert_eq!(place.lines("w.jsonl")[0]["record"], "demo-0002");

    is_done(&on_card(&place, "--profile 2.toml --job recycle --receipts b.jsonl"));
    assert_eq!(place.lines("b.jsonl")[0]["blank"]["key"], "used");
    let why = "the card was never finished under this profile: encode it first";
    for job in ["verify", "rekey", "update"] {
        refuses(&place, &format!("--profile 2.toml --job {job}"), why);
    }
    is_done(&on_card(&place, "--profile 1.toml"));
}

/// The header and the second record.
fn second_record_only() -> String {
    let mut lines = RECORDS.lines();
    let header = lines.next().unwrap();
    format!("{header}\n{}\n", lines.nth(1).unwrap())
}

#[test]
fn what_a_job_needs_is_told_before_the_first_card() {
    let place = finished();
    for job in ["verify", "rekey", "update", "recycle"] {
        let why = format!("--job {job} takes finished cards: name --state FILE or --reader");
        place.run(&format!("--job {job}")).did_not_start(&why);
    }
    let ran = place.run("--job erase");
    let why = "a job is encode, verify, rekey, recycle, update or enrol";
    assert!(ran.code == Some(2) && ran.err.contains(why), "{ran:?}");
    let ran = place.run("--allow everything");
    let why = "what can be allowed is random-uid, no-format, frozen-key, frozen-settings, lrp, legacy-off, chained-writes-off, answers, value-limits, seal, transaction-limit, counter-anew and names";
    assert!(ran.code == Some(2) && ran.err.contains(why), "{ran:?}");
    place
        .run("--job recycle --reader any")
        .did_not_start("recycling deletes what is on the cards: say --yes if that is meant");
}

/// Under any profile, not only that of the demonstration records.
#[test]
fn a_job_that_needs_no_record_asks_for_none() {
    let place = Place::new();
    place.write("p.toml", CANTEEN.replace("random_uid = true\n", ""));
    place.write("r.csv", include_str!("../../../examples/data/canteen-records.csv"));
    is_done(&on_card(&place, "--profile p.toml --limit 1"));
    let alone = "--profile p.toml --card ev2-8k --state card.json --receipts a.jsonl --job";
    for (task, row) in
        [("rekey", "already done"), ("recycle", "cards done"), ("recycle", "already done")]
    {
        let ran = place.run(&format!("{alone} {task}"));
        assert_eq!((ran.code, ran.row(row).as_str()), (Some(0), "1"), "{task}: {ran:?}");
    }
    let receipts = place.lines("a.jsonl");
    assert!(receipts.len() == 3 && receipts.iter().all(|receipt| receipt["record"] == "-"));
    let how_many = "--job recycle needs no records, so say for how many cards: --once or --limit N";
    let ran = place.run("--profile p.toml --job recycle --yes --reader any");
    assert!(ran.code == Some(2) && ran.err.contains(how_many), "{ran:?}");
    let most = format!("--limit {}", usize::MAX);
    let ran = place.run(&format!("--profile p.toml --job recycle --yes --reader any {most}"));
    let too_many = format!("{most}: are too many cards without records for one run: say 100000");
    assert!(ran.code == Some(2) && ran.err.contains(&too_many), "{ran:?}");
    // The others do.
    let ran = place.run("--profile p.toml --card ev2-8k --state card.json --job verify");
    assert!(ran.code == Some(2) && ran.err.contains("--records"), "{ran:?}");
}

#[test]
fn a_card_that_hides_its_uid_for_good_is_not_recycled() {
    let place = Place::new();
    place.write("p.toml", CANTEEN);
    place.write("r.csv", include_str!("../../../examples/data/canteen-records.csv"));
    let canteen = "--profile p.toml --limit 1 --allow random-uid";
    is_done(&on_card(&place, canteen));
    let why = "the card cannot be made blank again: it shows a random UID for good";
    refuses(&place, &format!("{canteen} --job recycle"), why);
}
