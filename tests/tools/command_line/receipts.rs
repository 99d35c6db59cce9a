// SPDX-License-Identifier: MIT OR Apache-2.0
//! Receipts and read-outs: what they hold, how a batch goes on from them, and files that are none.

use serde_json::Value;

use super::place::{Place, done, json_lines, made_up, row};

#[test]
fn a_batch_goes_on_where_its_receipts_end() {
    let place = Place::new();
    place.write("r.csv", made_up(10));
    let ran = place.run("--records r.csv --receipts out.jsonl --readout uids.jsonl --limit 4");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "4"));
    assert_eq!(place.lines("out.jsonl").len(), 4);
    let ran = place.run("--records r.csv --receipts out.jsonl --readout uids.jsonl --limit 4");
    assert_eq!(ran.row("skipped, done by an earlier run"), "4");
    assert_eq!(ran.row("cards done"), "4", "a limit counts the cards of this run");
    let ran = place.run("--records r.csv --receipts out.jsonl --readout uids.jsonl");
    assert_eq!(ran.row("skipped, done by an earlier run"), "8");
    assert_eq!(ran.row("cards done"), "2");
    let receipts = place.lines("out.jsonl");
    let done = done(&receipts);
    assert_eq!(done.len(), 10);
    assert!(done.values().all(|count| *count == 1), "{done:?}");
    let names =
        |lines: &[Value]| lines.iter().map(|line| line["record"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&receipts), names(&place.lines("uids.jsonl")));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "0"));
    assert_eq!(place.lines("out.jsonl"), receipts, "nothing is added");
}

#[test]
fn a_refused_record_is_tried_again_once_it_is_mended() {
    let place = Place::new();
    place.write("r.csv", made_up(3).replace("r00001,", "r00001,9"));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"));
    place.write("r.csv", made_up(3));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"));
    assert_eq!(done(&place.lines("out.jsonl")).len(), 3);
}

#[test]
fn a_last_line_cut_short_is_dropped_with_a_warning() {
    let place = Place::new();
    assert_eq!(place.run("--limit 3 --receipts out.jsonl").code, Some(0));
    let whole = place.read("out.jsonl");
    let third = whole.trim_end().rfind('\n').unwrap() + 1;
    for keep in [third + 1, third + 9, third + 60, whole.len() - 2] {
        place.write("out.jsonl", &whole.as_bytes()[..keep]);
        let ran = place.run("--limit 1 --receipts out.jsonl");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let warning = "warning: out.jsonl: the last line was cut short and is dropped\n";
        assert!(ran.err.starts_with(warning), "{}", ran.err);
        assert_eq!(ran.row("skipped, done by an earlier run"), "2");
        assert_eq!(done(&place.lines("out.jsonl")).len(), 3, "cut at {keep}");
    }
}

#[test]
fn a_whole_receipt_without_its_line_end_counts() {
    let place = Place::new();
    assert_eq!(place.run("--limit 2 --receipts out.jsonl").code, Some(0));
    let whole = place.read("out.jsonl");
    place.write("out.jsonl", whole.trim_end());
    let ran = place.run("--limit 1 --receipts out.jsonl");
    assert_eq!(ran.row("skipped, done by an earlier run"), "2");
    assert_eq!(done(&place.lines("out.jsonl")).len(), 3);
    assert!(place.read("out.jsonl").starts_with(&whole));
}

#[test]
fn one_file_is_not_written_for_two_purposes() {
    let place = Place::new();
    place
        .run("--limit 1 --receipts out.jsonl --readout out.jsonl")
        .did_not_start("out.jsonl: --receipts and --readout are one file; name two");
    assert!(!place.exists("out.jsonl"));
}

#[test]
fn a_file_that_holds_something_else_is_left_as_it_is() {
    let place = Place::new();
    assert_eq!(place.run("--limit 2 --receipts out.jsonl").code, Some(0));
    let receipts = place.read("out.jsonl");
    for (text, line) in [
        ("my only copy, one line without an end".to_owned(), 1),
        (format!("{receipts}garbage\n"), 3),
        (format!("{receipts}{{\"record\":\"a\"}}\n{receipts}"), 3),
        (format!("{receipts}garbage"), 3),
    ] {
        place.write("other.txt", &text);
        place.run("--receipts other.txt").did_not_start(&format!(
            "other.txt: line {line} is no receipt; repair or move the file, or name another one"
        ));
        assert_eq!(place.read("other.txt"), text);
    }
}

#[test]
fn receipts_of_records_without_ids_name_their_records_file() {
    let place = Place::new();
    let without_ids: String =
        made_up(3).lines().map(|line| format!("{}\n", line.split_once(',').unwrap().1)).collect();
    place.write("r.csv", &without_ids);
    assert_eq!(place.run("--records r.csv --receipts out.jsonl --limit 2").code, Some(0));
    let receipts = place.lines("out.jsonl");
    assert_eq!([&receipts[0]["record"], &receipts[1]["record"]], ["2", "3"], "line numbers");
    let mark = receipts[0]["records"].as_str().unwrap();
    assert_eq!((mark.len(), &receipts[1]["records"]), (64, &receipts[0]["records"]));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!(ran.row("skipped, done by an earlier run"), "2");
    place.write("other.csv", format!("{without_ids}1,60000,1,20281231,North\n"));
    let ran = place.run("--records other.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "the new one");
    place.write("ids.csv", made_up(1));
    assert_eq!(place.run("--records ids.csv --receipts ids.jsonl").code, Some(0));
    assert!(place.lines("ids.jsonl")[0].get("records").is_none(), "ids need no mark");
}

#[test]
fn receipts_on_standard_output_send_the_table_to_standard_error() {
    let place = Place::new();
    let ran = place.run("--receipts - --limit 3");
    assert_eq!(ran.code, Some(0));
    assert_eq!(done(&json_lines(&ran.out)).len(), 3);
    assert_eq!(row(&ran.err, "cards done"), "3");
    let again = place.run("--receipts - --limit 3");
    assert_eq!(row(&again.err, "cards done"), "3", "nothing is kept, nothing is skipped");
}

#[test]
fn a_seed_repeats_a_run_but_for_its_times() {
    let place = Place::new();
    let run = |seed: &str| {
        let ran = place.run(&format!("--receipts - --limit 5 --seed {seed}"));
        let mut receipts = json_lines(&ran.out);
        for receipt in &mut receipts {
            for time in ["started", "finished"] {
                let time = receipt.as_object_mut().unwrap().remove(time).unwrap();
                let time = time.as_str().unwrap();
                assert!(time.len() == 24 && time.ends_with('Z'), "{time} is not in UTC");
            }
            // They are over the times, too.
            for mac in ["previous", "mac"] {
                let mac = receipt.as_object_mut().unwrap().remove(mac).unwrap();
                assert_eq!(mac.as_str().map(str::len), Some(64));
            }
        }
        receipts
    };
    let first = run("7");
    assert_eq!(first.len(), 5);
    assert_eq!(first, run("7"));
    assert_ne!(first, run("8"), "another seed makes other cards");
}

#[test]
fn no_uid_key_or_value_is_in_a_receipt_or_on_the_screen() {
    let place = Place::new();
    let rows = "a,42,48975,1,20281231,Cinnabar Hut,04A1B2C3D4E5F6\n\
                b,42,5987612,1,20281231,Cinnabar Hut,04A1B2C3D4E5F7\n\
                c,42,48975,1,20281231,Cinnabar Hut,04A1B2C3D4E5F8\n";
    place.write("r.csv", format!("{},uid\n{rows}", super::place::HEADER));
    let ran = place.run("--records r.csv --receipts out.jsonl");
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "2"));
    let receipts = place.read("out.jsonl");
    for canary in ["48975", "5987612", "20281231", "Cinnabar", "A1B2C3D4E5", "2ED03D9E15A9DDE6"] {
        for text in [&ran.out, &ran.err, &receipts] {
            assert!(!text.to_uppercase().contains(&canary.to_uppercase()), "{canary} in {text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn receipts_go_to_a_file_and_nothing_else() {
    let place = Place::new();
    for device in ["/dev/null", "/dev/zero"] {
        place
            .run(&format!("--receipts {device}"))
            .did_not_start(&format!("{device}: not a file; name one, or \"-\""));
    }
}

/// A record counts as done only once its receipt is kept, so nothing is lost by a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_batch_with_the_record_that_has_to_be_repeated() {
    let place = Place::new();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let lost = "error: standard output: No space left on device (os error 28); the line of record \
                demo-0001 is lost: make room, then run again and present its card again";
    let output = place.command("--limit 3 --receipts -").stdout(full()).output().unwrap();
    let ran = super::place::Ran::of(&output);
    assert_eq!((ran.code, ran.err.trim_end()), (Some(2), lost));

    let output = place.command("--limit 3").stdout(full()).output().unwrap();
    let ran = super::place::Ran::of(&output);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.ends_with(
            "error: the table cannot be written: No space left on device (os error 28)\n"
        )
    );

    // Where only the progress is lost, the cards are not.
    let output = place.command("--limit 3 --receipts out.jsonl").stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(place.lines("out.jsonl").len(), 3);
}

/// One UID stands for one record: software cards of one seed are copies of each other.
#[test]
fn a_card_whose_mark_is_done_for_another_record_is_asked_about() {
    let place = Place::new();
    place.write("r.csv", made_up(2));
    let once = "--records r.csv --receipts out.jsonl --limit 1 --seed 7";
    assert_eq!(place.run(once).code, Some(0));
    let ran = place.run(once);
    assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{ran:?}");
    assert!(ran.err.contains("a card with this UID is done for record r00000"), "{}", ran.err);
    assert!(ran.err.contains("put the card aside"), "{}", ran.err);
    assert!(ran.err.contains("--accept again"), "{}", ran.err);
    let ran = place.run(&format!("{once} --accept again"));
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
    let receipts = place.lines("out.jsonl");
    assert_eq!(receipts[0]["card"], receipts[2]["card"], "the mark of both");
    assert_ne!(receipts[0]["record"], receipts[2]["record"]);
}
