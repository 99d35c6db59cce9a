// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verifies what readers report of transactions with cards that make a MAC over each.

mod arguments;
#[path = "../shared/book.rs"]
mod book;
#[path = "../shared/issuer.rs"]
mod issuer;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
mod report;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use cardwright::diversify::{InputPart, Recipe, Subject, undiversified};
use cardwright::host::transaction::{
    Last, Order, ReaderId, TransactionCounter, TransactionError, Verified, Verifier,
};
use cardwright::iso14443::RealUid;
use cardwright::key::{CardKey, KeyError, LowBits};
use cardwright::keys::{ReceiptKey, Store};
use cardwright::wire::{Aid, KeyVersion};
use clap::Parser;
use serde::Serialize;
use zeroize::Zeroizing;

use arguments::{Action, Arguments, Key};
use book::Book;
use report::Report;

fn main() -> ExitCode {
    let Action::Verify { reports, key, cards, uid, json } = Arguments::parse().action;
    match verify(&reports, &key, cards.as_deref(), Tell { uid, json }) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => say::ended(&*error, 2),
    }
}

#[derive(Debug, Clone, Copy)]
struct Tell {
    uid: bool,
    json: bool,
}

/// What became of a report.
#[derive(Serialize)]
struct Judged {
    line: usize,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    counter: u32,
    /// How many transactions before this one nobody has reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<u32>,
    /// The reader that has committed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_reader: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Whether every report is verified and none is missing.
fn verify(
    reports: &Path,
    key: &Key,
    cards: Option<&Path>,
    tell: Tell,
) -> Result<bool, Box<dyn Error>> {
    let keys = key_file::open(&key.keys, &key.secret)?;
    let receipt_key = keys.receipt_key()?;
    let maker = Maker::new(key, &*keys)?;
    let mut book = cards.map(Book::open).transpose()?;
    let from: Box<dyn BufRead> = if reports.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(reports).map_err(|error| at(reports, &error))?))
    };
    let mut whole = true;
    for (number, line) in (1..).zip(from.lines()) {
        let line = Zeroizing::new(line.map_err(|error| at(reports, &error))?);
        if line.trim().is_empty() {
            continue;
        }
        let told =
            |why: &dyn std::fmt::Display| format!("{}: line {number}: {why}", reports.display());
        let report = Report::read(&line).map_err(|why| told(&why))?;
        let uid = report.uid();
        let card = name(&receipt_key, &uid).map_err(|why| told(&why.to_string()))?;
        let last = book.as_ref().and_then(|book| book.get(&card));
        let last = last.map(known).transpose().map_err(|why| told(&why))?;
        let operations = report.operations().map_err(|why| told(&why))?;
        let card_key = maker.key(&uid).map_err(|why| told(&why))?;
        let verifier = Verifier::new(card_key, report.cipher(), uid).map_err(|why| told(&why))?;
        let verdict = verifier.verify(&report.mac(), &operations, last.as_ref());
        if let (Ok(verified), Some(book)) = (&verdict, &mut book) {
            book.put(&card, written(&verified.last))?;
        }
        let judged = judged(number, &report, verdict, tell);
        whole &= judged.why.is_none() && judged.missing.is_none();
        let mut shown = if tell.json { serde_json::to_string(&judged)? } else { judged.line() };
        shown.push('\n');
        result::write(&shown, tell.json)?;
    }
    if book.is_none() {
        say::say("warning: without --cards the same report is taken again, and none is missed");
    }
    Ok(whole)
}

fn judged(
    line: usize,
    report: &Report,
    verdict: Result<Verified, TransactionError>,
    tell: Tell,
) -> Judged {
    let uid = tell.uid.then(|| hex::encode_upper(report.uid().expose()));
    let counter = report.mac().counter.committed(report.cipher());
    let judged = Judged {
        line,
        verdict: "refused",
        uid,
        counter,
        missing: None,
        previous_reader: None,
        why: None,
    };
    match verdict {
        Err(error) => Judged { why: Some(error.to_string()), ..judged },
        Ok(verified) => {
            let (verdict, missing) = match verified.order {
                Order::First => ("verified, the first that is known", None),
                Order::Next => ("verified", None),
                Order::Gap { missing } => ("verified, behind a gap", Some(missing)),
            };
            let previous = verified.previous.filter(|reader| *reader != ReaderId::NONE);
            let previous_reader = previous.map(|ReaderId(bytes)| hex::encode_upper(bytes));
            Judged { verdict, missing, previous_reader, ..judged }
        }
    }
}

impl Judged {
    fn line(&self) -> String {
        let mut line = format!("line {}: transaction {}", self.line, self.counter);
        if let Some(uid) = &self.uid {
            line += &format!(" of card {uid}");
        }
        line += &format!(": {}", self.verdict);
        if let Some(missing) = self.missing {
            line += &format!(": {missing} before it not reported");
        }
        if let Some(reader) = &self.previous_reader {
            line += &format!(", reader before {reader}");
        }
        if let Some(why) = &self.why {
            line += &format!(": {why}");
        }
        line
    }
}

/// Makes the key of each card.
struct Maker<'a> {
    keys: &'a dyn Store,
    name: &'a str,
    version: KeyVersion,
    recipe: Option<Recipe>,
    key: &'a Key,
}

impl<'a> Maker<'a> {
    fn new(key: &'a Key, keys: &'a dyn Store) -> Result<Self, Box<dyn Error>> {
        let version = issuer::version(keys, &key.key, ("--key-version", key.key_version))
            .map_err(|why| format!("--key: {why}"))?;
        let parts = || match &key.input {
            Some(parts) => parts.clone(),
            None if key.aid == Aid::PICC => vec![InputPart::Uid],
            None => vec![InputPart::Uid, InputPart::Aid],
        };
        let recipe = key.scheme.map(|scheme| Recipe::new(scheme, parts())).transpose()?;
        Ok(Self { keys, name: &key.key, version, recipe, key })
    }

    fn key(&self, uid: &RealUid) -> Result<CardKey, Box<dyn Error>> {
        let issuer = self.keys.issuer(self.name, self.version)?;
        let subject =
            Subject { uid: Some(uid), aid: self.key.aid, no: self.key.key_no, fields: None };
        Ok(match &self.recipe {
            Some(recipe) => recipe.derive(&*issuer, &subject, self.version)?,
            None => undiversified(&*issuer, self.version, LowBits::Inverted)?,
        })
    }
}

/// The name of a card in the book, which tells nobody its UID without the key file.
fn name(key: &ReceiptKey, uid: &RealUid) -> Result<String, KeyError> {
    key.hmac("transactions of a card", uid.expose()).map(hex::encode)
}

/// An entry of the book: counter and reader, `-` where none has named itself.
fn written(last: &Last) -> String {
    let reader =
        last.reader.map_or_else(|| "-".to_owned(), |ReaderId(bytes)| hex::encode_upper(bytes));
    format!("{:08X} {reader}", last.counter.0)
}

fn known(entry: &str) -> Result<Last, String> {
    let parts = entry.split_once(' ').and_then(|(counter, reader)| {
        let counter = TransactionCounter(u32::from_str_radix(counter, 16).ok()?);
        let mut bytes = [0; 16];
        let named = reader != "-";
        if named {
            hex::decode_to_slice(reader, &mut bytes).ok()?;
        }
        Some(Last { counter, reader: named.then_some(ReaderId(bytes)) })
    });
    parts.ok_or_else(|| "--cards: the entry of this card is none of a transaction".to_owned())
}

fn at(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}
