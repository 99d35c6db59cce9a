// SPDX-License-Identifier: MIT OR Apache-2.0
//! The codes that machines know refusals, failures and mistakes by: `docs/codes.md` is what the tables
//! in the code come to, and the record of every code that was ever given.
//!
//! `CODES=write cargo test --test house codes` writes the page anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cardwright::code::Code;
use cardwright::encode::{
    Failure, JobError, JobWarning, LedgerError, PermissionError, Refusal, Unproven,
};
use cardwright::keys::token::TokenError;
use cardwright::profile::{
    EditionChange, ExportReason, ListError, ProfileError, RecordReason, RecordsError, Warning,
};
use cardwright::reader::ReaderError;
use cardwright::sheet::SheetError;
use cardwright::survey::ReaderKeyError;

/// The tables, in the order of the page.
const TABLES: [(&str, &str, &[Code]); 18] = [
    (
        "Refusals",
        "A card or a record was not taken on: `code` of a receipt whose `outcome` is `refused`, where it is \
         not one of a record, a row or a reader.",
        Refusal::CODES,
    ),
    (
        "Failures",
        "An encoding began and did not end well: `code` of a receipt whose `outcome` is `failed`.",
        Failure::CODES,
    ),
    (
        "Not proven",
        "Everything is written: `code` of a receipt whose `outcome` is `written`.",
        Unproven::CODES,
    ),
    (
        "Readers",
        "No card could be presented. Where the card is at fault, `code` of a receipt whose `outcome` is \
         `refused`.",
        ReaderError::CODES,
    ),
    (
        "Records",
        "A record cannot be encoded: `code` of a receipt whose `outcome` is `refused`.",
        RecordReason::CODES,
    ),
    (
        "Rows of lists",
        "A record or a card makes no row of a list of `[export]`: `code` of a receipt whose `outcome` is \
         `refused`.",
        ExportReason::CODES,
    ),
    ("Lists", "A file cannot be gone on with as a list.", ListError::CODES),
    ("Files of records", "Nothing of a file can be read as records.", RecordsError::CODES),
    ("Profiles", "A profile cannot be used.", ProfileError::CODES),
    ("Warnings", "A profile is allowed, and worth a second look.", Warning::CODES),
    (
        "Editions",
        "Finished cards of the former edition do not show it, or cannot take it.",
        EditionChange::CODES,
    ),
    ("Jobs", "A profile and a key store are no job.", JobError::CODES),
    ("Tokens", "A token cannot be opened, or what names it is wrong.", TokenError::CODES),
    ("Permissions", "A permission of a card's owner cannot be used.", PermissionError::CODES),
    ("Sheets for readers", "A sheet for readers cannot be made.", SheetError::CODES),
    ("Keys of a reader", "The keys that a reader is said to have are none.", ReaderKeyError::CODES),
    (
        "Warnings about keys",
        "A profile and a key store are a job, and worth a second look.",
        JobWarning::CODES,
    ),
    ("Receipts files", "A receipts file cannot be gone on with.", LedgerError::CODES),
];

/// Codes that former versions gave, with what they meant.
const FORMER: [(&str, &str); 2] = [
    ("job-never-blank", "cards with fixed applications could not be made blank; tags are, by now"),
    (
        "transaction-mac-file",
        "a DESFire Light with a transaction MAC file could not be recycled; it is, by now",
    ),
];

const HEAD: &str = "\
# Codes

Each kind of refusal, failure and mistake has a code, by which machines know it; messages are for people
and may be reworded. A code is unique among all of them, keeps its meaning from version to version, and is
never given to anything else: one that is no longer given stays on this page. Receipts have it as `code`
beside `reason`, programs get it from `code()` of the error.

The tables stand in the code; `CODES=write cargo test --test house codes` writes this page anew.
";

#[test]
fn the_page_is_what_the_tables_say() {
    let path = root().join("docs/codes.md");
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let gone = gone(&written);
    assert!(gone.is_empty(), "codes of docs/codes.md that no table has any more: {gone:?}");
    let page = page();
    if std::env::var_os("CODES").is_some_and(|word| word == "write") {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert_eq!(written, page, "docs/codes.md is not what the tables say");
}

#[test]
fn a_code_stands_for_one_thing() {
    let mut seen = BTreeSet::new();
    for code in all() {
        let name = code.name();
        assert!(seen.insert(name), "{name} is given twice");
        assert!(name.starts_with(|sign: char| sign.is_ascii_lowercase()), "{name}");
        let fits = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        assert!(name.chars().all(fits) && name.len() <= 40, "{name}");
        for told in [code.meaning(), code.advice()] {
            assert!(
                told.len() > 5 && !told.ends_with('.') && !told.contains(['|', '\n']),
                "{told}"
            );
        }
    }
    assert!(seen.len() > 120, "{}", seen.len());
    for (name, _) in FORMER {
        assert!(seen.insert(name), "{name} is given again");
    }
}

/// A row that nothing gives would be told of and never met.
#[test]
fn each_row_is_given_somewhere() {
    let mut rows = 0;
    let sources: Vec<String> = walkdir::WalkDir::new(root().join("src"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for text in sources.iter().filter(|text| text.contains("crate::code::codes!")) {
        for constant in constants(text) {
            rows += 1;
            // A table beside its match, or the kinds of mistakes of a profile.
            let given = ["table", "mistake", "warning"].map(|of| format!("{of}::{constant}"));
            let is_given = sources.iter().any(|text| {
                given.iter().any(|given| {
                    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
                    text.split(given.as_str()).skip(1).any(|rest| !rest.starts_with(part))
                })
            });
            assert!(is_given, "{constant}");
        }
    }
    assert_eq!(rows, all().count());
}

#[test]
fn a_code_that_went_is_missed() {
    assert_eq!(gone("| `key-refused` | a | b |\n| `no-such-code` | a | b |\n"), ["no-such-code"]);
    assert_eq!(constants("codes! { A_1 = \"a\", \"b\",\n \"c\";\n    B = \"d\"; }"), ["A_1", "B"]);
}

fn all() -> impl Iterator<Item = &'static Code> {
    TABLES.iter().flat_map(|(_, _, codes)| codes.iter())
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (title, about, codes) in TABLES {
        write!(
            page,
            "\n## {title}\n\n{about}\n\n| code | what it means | what to do |\n|---|---|---|\n"
        )
        .unwrap();
        for code in codes {
            writeln!(page, "| `{code}` | {} | {} |", code.meaning(), code.advice()).unwrap();
        }
    }
    page.push_str("\n## No longer given\n\n| code | what it meant |\n|---|---|\n");
    for (code, meaning) in FORMER {
        writeln!(page, "| `{code}` | {meaning} |").unwrap();
    }
    page
}

/// The codes of a page that no table has.
fn gone(page: &str) -> Vec<String> {
    let told = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let told = told.map(|(name, _)| name);
    let names = || all().map(|code| code.name()).chain(FORMER.map(|(name, _)| name));
    told.filter(|told| !names().any(|name| name == *told)).map(str::to_owned).collect()
}

/// The constants of a table, by its text.
fn constants(text: &str) -> Vec<&str> {
    let (_, table) = text.split_once("codes! {").unwrap();
    let named = table.split(" = \"").filter_map(|before| before.rsplit([' ', '\n']).next());
    let is_constant = |word: &&str| {
        word.starts_with(|sign: char| sign.is_ascii_uppercase())
            && !word.contains(|sign: char| sign.is_lowercase())
    };
    named.filter(is_constant).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
