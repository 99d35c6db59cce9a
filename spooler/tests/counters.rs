// SPDX-License-Identifier: MIT OR Apache-2.0
//! Read counters in a file: each is taken once, whoever asks; a file that was put back is told.
#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[cfg(feature = "postgres")]
#[path = "counters/server.rs"]
mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use cardwright::sdm::Counters;
use cardwright_spooler::StoreError;
use cardwright_spooler::counters::{TagCounters, TagCountersError};
use cardwright_spooler::store::Sqlite;

const MOST: u32 = 60;

fn open(folder: &Path) -> Result<TagCounters, TagCountersError> {
    TagCounters::open(folder.join("tags.db"), folder.join("elsewhere"))
}

/// Which of the counters were taken, each offered once.
fn taken(folder: &Path) -> Vec<u32> {
    let counters = open(folder).unwrap();
    (0..MOST).filter(|counter| counters.advance("tag", *counter).unwrap()).collect()
}

fn each_once(taken: &[Vec<u32>], folder: &Path) {
    let all: Vec<u32> = taken.concat();
    assert!(all.contains(&(MOST - 1)));
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{taken:?}");
    let counters = open(folder).unwrap();
    assert_eq!(counters.take("tag", MOST - 1), Ok(false));
    assert_eq!(counters.take("tag", MOST), Ok(true));
}

#[test]
fn a_counter_only_goes_up_and_each_tag_has_its_own() {
    let folder = common::folder("counters");
    let seen = |tag, counter| open(&folder).unwrap().take(tag, counter).unwrap();
    assert!(seen("a", 0) && seen("a", 7) && seen("b", 3));
    assert!(!seen("a", 7) && !seen("a", 6) && !seen("b", 3));
    assert!(seen("a", 8) && seen("b", 0x00FF_FFFF));
}

#[test]
fn threads_take_a_counter_once() {
    let folder = common::folder("counters-threads");
    let taken: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| taken(&folder))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    each_once(&taken, &folder);
}

#[test]
fn programs_take_a_counter_once() {
    let folder = common::folder("counters-programs");
    let start = |_| {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "one_of_several_programs", "--ignored"]);
        program.env("COUNTERS", &folder).stdout(Stdio::null()).spawn().unwrap()
    };
    let programs: Vec<_> = (0..3).map(start).collect();
    let of = |mut program: std::process::Child| {
        assert!(program.wait().unwrap().success());
        let text = fs::read_to_string(folder.join(program.id().to_string())).unwrap();
        text.lines().map(|line| line.parse().unwrap()).collect()
    };
    let taken: Vec<Vec<u32>> = programs.into_iter().map(of).collect();
    each_once(&taken, &folder);
}

#[test]
#[ignore = "what the test above starts"]
fn one_of_several_programs() {
    let folder = PathBuf::from(std::env::var_os("COUNTERS").unwrap());
    let lines: Vec<_> = taken(&folder).iter().map(|counter| format!("{counter}\n")).collect();
    fs::write(folder.join(std::process::id().to_string()), lines.concat()).unwrap();
}

/// The file as it is when nobody has it open.
fn copy(folder: &Path) -> Vec<u8> {
    assert!(!folder.join("tags.db-wal").exists());
    fs::read(folder.join("tags.db")).unwrap()
}

#[test]
fn a_file_that_was_put_back_is_told() {
    let folder = common::folder("counters-back");
    let file = folder.join("tags.db");
    let take = |counter| open(&folder)?.take("tag", counter);
    assert_eq!(take(1), Ok(true));
    let (old, anchor) = (copy(&folder), fs::read(folder.join("elsewhere")).unwrap());
    assert_eq!(take(2), Ok(true));
    let new = copy(&folder);
    fs::write(&file, &old).unwrap();
    assert_eq!(take(2), Err(TagCountersError::TurnedBack));
    // The newest one again, and one that is further than its anchor: the program was interrupted.
    fs::write(&file, &new).unwrap();
    assert_eq!(take(2), Ok(false));
    fs::write(folder.join("elsewhere"), anchor).unwrap();
    assert_eq!(take(2), Ok(false));
    assert_eq!(take(3), Ok(true));
    for missing in ["elsewhere", "tags.db"] {
        let path = folder.join(missing);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(take(4), Err(TagCountersError::TurnedBack), "{missing}");
        assert!(!path.exists(), "{missing}");
        fs::write(&path, kept).unwrap();
        assert_eq!(take(3), Ok(false), "{missing}");
    }
    // Another file in its place, which has counted as far.
    let other = common::folder("counters-other");
    let counters = open(&other).unwrap();
    assert!((0..9).all(|counter| counters.take("tag", counter).unwrap()));
    drop(counters);
    fs::write(&file, copy(&other)).unwrap();
    assert_eq!(take(10), Err(TagCountersError::TurnedBack));
}

/// However often it is asked: what is refused does not count.
#[test]
fn a_file_that_is_put_back_while_it_is_open_stays_told() {
    let folder = common::folder("counters-open");
    assert_eq!(open(&folder).unwrap().take("tag", 1), Ok(true));
    fs::copy(folder.join("tags.db"), folder.join("old.db")).unwrap();
    let counters = open(&folder).unwrap();
    assert!((2..5).all(|counter| counters.take("tag", counter).unwrap()));
    let hand = rusqlite::Connection::open(folder.join("tags.db")).unwrap();
    let old = folder.join("old.db").display().to_string();
    hand.execute("ATTACH ?1 AS old", [old]).unwrap();
    let back = "BEGIN; DELETE FROM tags; INSERT INTO tags SELECT * FROM old.tags;
        DELETE FROM book; INSERT INTO book SELECT * FROM old.book; COMMIT";
    hand.execute_batch(back).unwrap();
    for counter in [2, 3, 4, 5, 6, 7, 5, 5] {
        assert_eq!(counters.take("tag", counter), Err(TagCountersError::TurnedBack), "{counter}");
    }
}

/// The log that a program left behind is newer than the file that was put back: the book is that of the log.
#[test]
fn a_file_that_is_put_back_under_a_newer_log_is_told() {
    let folder = common::folder("counters-log");
    let counters = open(&folder).unwrap();
    let tags: Vec<_> = (0..200).map(|number| format!("{number:064}")).collect();
    assert!(tags.iter().all(|tag| counters.take(tag, 1).unwrap()));
    drop(counters);
    let old = copy(&folder);
    let counters = open(&folder).unwrap();
    assert!(tags.iter().all(|tag| counters.take(tag, 2).unwrap()));
    drop(counters);
    // It ends without bringing its log in.
    let counters = open(&folder).unwrap();
    assert_eq!(counters.take(&tags[0], 3), Ok(true));
    let log = fs::read(folder.join("tags.db-wal")).unwrap();
    drop(counters);
    fs::write(folder.join("tags.db"), &old).unwrap();
    fs::write(folder.join("tags.db-wal"), &log).unwrap();
    let error = open(&folder).map(drop).unwrap_err();
    assert_eq!(error, TagCountersError::Damaged { what: "their sum".to_owned() });
}

#[test]
fn a_file_that_is_taken_away_takes_nothing() {
    let folder = common::folder("counters-away");
    let counters = open(&folder).unwrap();
    assert_eq!(counters.take("tag", 1), Ok(true));
    fs::rename(folder.join("tags.db"), folder.join("other.db")).unwrap();
    let error = counters.advance("tag", 2).unwrap_err().to_string();
    assert!(error.contains("taken away"), "{error}");
}

#[test]
fn what_is_damaged_takes_nothing() {
    let folder = common::folder("counters-damaged");
    assert_eq!(open(&folder).unwrap().take("tag", 1), Ok(true));
    let whole = copy(&folder);
    let damaged = |bytes: &[u8]| {
        fs::write(folder.join("tags.db"), bytes).unwrap();
        open(&folder).map(drop).unwrap_err()
    };
    let noise = [0x5A; 8192];
    assert!(matches!(damaged(&noise), TagCountersError::Damaged { .. }));
    assert_eq!(damaged(&[]), TagCountersError::TurnedBack);
    fs::write(folder.join("tags.db"), &whole).unwrap();
    fs::write(folder.join("elsewhere"), "nothing").unwrap();
    let error = open(&folder).map(drop).unwrap_err();
    assert!(matches!(error, TagCountersError::Anchor { .. }), "{error}");
    // The tables of other programs, which are left as they are.
    let orders = common::folder("counters-orders");
    drop(Sqlite::open(orders.join("tags.db")).unwrap());
    let other = common::folder("counters-tables");
    let tables = rusqlite::Connection::open(other.join("tags.db")).unwrap();
    tables.execute_batch("CREATE TABLE a (b); PRAGMA user_version = 1").unwrap();
    drop(tables);
    for folder in [orders, other] {
        let before = copy(&folder);
        let error = open(&folder).map(drop).unwrap_err();
        assert_eq!(error, TagCountersError::Damaged { what: "other tables".to_owned() });
        assert_eq!(copy(&folder), before);
        assert!(!folder.join("elsewhere").exists());
    }
    // One that a later edition made.
    let newer = common::folder("counters-newer");
    drop(open(&newer).unwrap());
    let hand = rusqlite::Connection::open(newer.join("tags.db")).unwrap();
    hand.pragma_update(None, "user_version", 2).unwrap();
    drop(hand);
    let error = open(&newer).map(drop).unwrap_err();
    assert_eq!(error, TagCountersError::Store(StoreError::Newer { found: 2, known: 1 }));
}

/// What is no file of orders is told from one before anything of it changes.
#[test]
fn nobody_keeps_orders_in_counters() {
    let orders = |folder: &Path| Sqlite::open(folder.join("tags.db")).map(drop).unwrap_err();
    let damaged = |what: &str| StoreError::Damaged { what: what.to_owned() };
    let folder = common::folder("orders-counters");
    assert_eq!(open(&folder).unwrap().take("tag", 1), Ok(true));
    let before = copy(&folder);
    assert_eq!(orders(&folder), damaged("it holds read counters of tags"));
    assert_eq!(copy(&folder), before);
    assert_eq!(open(&folder).unwrap().take("tag", 2), Ok(true));
    for (name, sql, what) in [
        ("marked", "PRAGMA application_id = 7", "it has the mark of another program"),
        ("tables", "CREATE TABLE a (b)", "it holds other tables"),
        ("form", "CREATE TABLE a (b); PRAGMA user_version = 1", "it holds no orders"),
    ] {
        let folder = common::folder(&format!("orders-{name}"));
        let hand = rusqlite::Connection::open(folder.join("tags.db")).unwrap();
        hand.execute_batch(sql).unwrap();
        drop(hand);
        let before = copy(&folder);
        assert_eq!(orders(&folder), damaged(what), "{name}");
        assert_eq!(copy(&folder), before, "{name}");
    }
    let folder = common::folder("orders-again");
    for _ in 0..2 {
        drop(Sqlite::open(folder.join("tags.db")).unwrap());
    }
}
