// SPDX-License-Identifier: MIT OR Apache-2.0
//! What eight times as much takes: keys, records and readers.
//!
//! Instructions are counted by valgrind's callgrind, which runs this program again for each row, so
//! the figures do not depend on what else the machine does, and the start of the program is taken
//! off. Ends with status 1 where eight thousand take more than ten times what a thousand take.

#![expect(clippy::print_stdout, reason = "the figures are what is asked for")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start may stop")]

use std::fmt::Write;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use cardwright::encode::{Job, Ledger};
use cardwright::keys::KeyFile;
use cardwright::profile::{OnCard, Profile, Record, RecordError, Records};
use cardwright::reader::Names;

type Row = (&'static str, fn(usize));

/// What is repeated, and what is done with so many of it.
const ROWS: [Row; 12] = [
    ("keys of a profile, in slots", |count| drop(profile(count))),
    ("keys of a profile, in none", |count| drop(spare_keys(count))),
    ("keys of a key file", |count| drop(key_file(count))),
    ("keys of a job", |count| drop(Job::new(profile(count), &key_file(count)).unwrap())),
    ("keys, compared with a former edition", |count| {
        let profile = profile(count);
        assert!(profile.changes_from(&profile).is_empty());
        black_box(profile.trust().to_string());
    }),
    ("records", |count| drop(records(count))),
    ("records in JSON, all on one line", |count| {
        let objects: Vec<_> = (0..count).map(|number| format!("{{{}}}", entries(number))).collect();
        assert_eq!(json(&format!("[{}]", objects.join(","))).flatten().count(), count);
    }),
    ("entries of a record that no field has", |count| {
        let others: Vec<_> = (0..count).map(|number| format!("\"other{number}\":1")).collect();
        assert_eq!(json(&format!("[{{{}}}]", others.join(","))).count(), 1);
    }),
    ("columns that no field has", |count| {
        let others: Vec<_> = (0..count).map(|number| format!("other{number}")).collect();
        let text = format!("{}\n", others.join(","));
        let read = Records::csv(&Profile::parse(DOOR).unwrap(), text.as_bytes());
        assert_eq!(count > 0, read.is_err_and(|error| error.code().name() != "records-empty"));
    }),
    ("rows of a list", list),
    ("receipts of records", ledger),
    ("readers, each by its name", readers),
];

const FEW: usize = 1_000;
const MANY: usize = 8_000;

/// At most so many times what [`FEW`] take.
const LIMIT: u64 = 10;

const DOOR: &str = include_str!("../examples/data/profiles/door.toml");
const KEYS: &str = include_str!("../examples/data/test-keys.toml");

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip_while(|word| word != "--row").skip(1);
    if let (Some(row), Some(count)) = (arguments.next(), arguments.next()) {
        let row: usize = row.parse().unwrap();
        ROWS.get(row).unwrap().1(count.parse().unwrap());
        return ExitCode::SUCCESS;
    }
    let mut well = true;
    println!("{:38} {:>15} {:>15}  times", "instructions for", FEW, MANY);
    for (row, (name, _)) in ROWS.iter().enumerate() {
        let start = instructions(row, 0);
        let [few, many] = [FEW, MANY].map(|count| instructions(row, count).saturating_sub(start));
        let tenths = many * 10 / few.max(1);
        println!("{name:38} {few:15} {many:15}  {}.{}", tenths / 10, tenths % 10);
        well &= many <= few * LIMIT;
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many instructions a row takes, as callgrind counts them.
fn instructions(row: usize, count: usize) -> u64 {
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args(["--row", &row.to_string(), &count.to_string()])
        .output()
        .unwrap();
    let told = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.success(), "{told}");
    let counted = told.lines().find_map(|line| line.split_once("Collected : "));
    counted.unwrap().1.trim().parse().unwrap()
}

/// As many keys as asked for besides the demonstration's, fourteen to an application.
fn profile(count: usize) -> Profile {
    let (mut keys, mut applications) = (String::from("[keys]\n"), String::new());
    for number in 0..count {
        writeln!(keys, "k{number} = {{ ref = \"k{number}\", version = 1 }}").unwrap();
    }
    let numbers: Vec<usize> = (0..count).collect();
    for (aid, slots) in numbers.chunks(14).enumerate() {
        let names: Vec<_> = slots.iter().map(|number| format!("\"k{number}\"")).collect();
        let aid = aid + 1;
        writeln!(
            applications,
            "[[application]]\naid = \"{aid:06X}\"\nkeys = [{}]",
            names.join(", ")
        )
        .unwrap();
    }
    let text = DOOR.replacen("[keys]\n", &keys, 1).replacen("\"ev1\", ", "", 1);
    Profile::parse(&format!("{text}\n{applications}")).unwrap()
}

/// As many keys besides, each of which is warned of.
fn spare_keys(count: usize) -> Profile {
    let mut keys = String::from("[keys]\n");
    for number in 0..count {
        writeln!(keys, "k{number} = {{ ref = \"k\", version = 1 }}").unwrap();
    }
    let profile = Profile::parse(&DOOR.replacen("[keys]\n", &keys, 1)).unwrap();
    assert_eq!(profile.warnings().len(), count);
    profile
}

fn key_file(count: usize) -> KeyFile {
    let mut text = KEYS.to_owned();
    for number in 0..count {
        let entry = format!("name = \"k{number}\"\ntype = \"aes128\"\nversion = 1");
        writeln!(text, "[[key]]\n{entry}\nvalue = \"{number:032x}\"").unwrap();
    }
    KeyFile::parse(&text).unwrap()
}

fn csv(count: usize) -> String {
    let mut text = String::from("id,facility,number,issue,valid_until,site\n");
    for number in 0..count {
        writeln!(text, "r{number},1,{number},1,20281231,North").unwrap();
    }
    text
}

fn records(count: usize) -> Option<Records> {
    let records = Records::csv(&Profile::parse(DOOR).unwrap(), csv(count).as_bytes()).ok()?;
    assert!(records.entries.iter().all(Result::is_ok));
    Some(records)
}

fn entries(number: usize) -> String {
    format!(
        "\"id\":\"r{number}\",\"facility\":1,\"number\":{number},\"issue\":1,\
         \"valid_until\":20281231,\"site\":\"North\""
    )
}

/// None where there is none.
fn json(text: &str) -> impl Iterator<Item = Result<Record, RecordError>> {
    let profile = Profile::parse(DOOR).unwrap();
    let read = Records::read(&profile, profile.import(), Some("json"), text.as_bytes());
    read.map(|records| records.entries).unwrap_or_default().into_iter()
}

/// A list of as many rows, read back to go on with.
fn list(count: usize) {
    let columns = "[export]\ncolumns = [{ column = \"n\", field = \"number\" }]\n";
    let profile = Profile::parse(&format!("{DOOR}\n{columns}")).unwrap();
    let (export, records) = (profile.export(None).unwrap(), records(count));
    let (mut list, mut file) = (export.list(b"").unwrap(), Vec::new());
    for record in records.iter().flat_map(|records| records.entries.iter().flatten()) {
        let row = export.row(record, &OnCard::default()).unwrap();
        file.extend_from_slice(list.add(&row).unwrap().bytes());
    }
    assert_eq!(export.list(&file).unwrap().rows(), count);
}

fn readers(count: usize) {
    let all: Vec<String> = (0..count).map(|number| format!("Reader {number} 00")).collect();
    let names = Names::of(&all);
    for (place, name) in all.iter().enumerate() {
        assert_eq!(names.place(name), Ok(place));
    }
}

/// Receipts of refused records, which are the shortest.
fn ledger(count: usize) {
    let job = Job::new(Profile::parse(DOOR).unwrap(), &KeyFile::parse(KEYS).unwrap()).unwrap();
    let Some(records) = records(count) else { return };
    let (mut lines, mut chain) = (String::new(), Ledger::default().chain(&job));
    let encoder = cardwright::encode::Encoder::new(&job).with_rng(rand::rng());
    for record in records.entries.iter().flatten() {
        let error = cardwright::reader::ReaderError::NoReader;
        let encoded = encoder.turn_away(record, error);
        let sealed = chain.seal(&encoded.receipt).unwrap();
        lines += sealed.text();
        chain.accept(&sealed);
    }
    black_box(Ledger::read(lines.as_bytes(), &job, None).unwrap());
}
