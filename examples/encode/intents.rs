// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which card each record was begun on: taken down before the card is changed, and crossed out once its
//! receipt is kept. A run that is ended in between leaves it, and the next one asks for that very card, so
//! that no record has two cards of which nobody knows.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cardwright::encode::{Intent, Permit, Receipt, Recovery, Veto};
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::read::at;
use crate::say::say;

/// The records that were begun, shared with those who ask.
#[derive(Clone)]
pub(crate) struct Intents(Arc<Mutex<Book>>);

struct Book {
    path: PathBuf,
    /// There is a file while a record is begun.
    lines: Option<Lines>,
    begun: Vec<Begun>,
    /// How many of them are of earlier runs.
    earlier: usize,
    /// Whether another card may be taken instead.
    accepts_other: bool,
    /// Why a record could not be taken down.
    failed: Option<String>,
}

/// A record, and the card that it was begun on, both as receipts name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    record: String,
    /// What tells a record that brought no reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contents: Option<String>,
    card: String,
    /// Its receipt is kept.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    kept: bool,
}

impl Begun {
    fn same_record(&self, other: &Self) -> bool {
        self.record == other.record && self.contents == other.contents
    }

    fn of_intent(intent: &Intent) -> Self {
        let contents = intent.contents.clone().filter(|_| intent.unnamed);
        Self { record: intent.record.clone(), contents, card: intent.card.clone(), kept: false }
    }

    fn of_receipt(receipt: &Receipt) -> Option<Self> {
        let contents = receipt.contents.clone().filter(|_| receipt.unnamed);
        let card = receipt.card.clone()?;
        Some(Self { record: receipt.record.clone(), contents, card, kept: true })
    }
}

impl Intents {
    /// The records that earlier runs left behind, beside their receipts. Of those whose receipt was kept
    /// after all nothing is left.
    pub(crate) fn open(receipts: &Path, kept: &[u8], accepts_other: bool) -> Result<Self, String> {
        let path = beside(receipts);
        let (mut begun, mut lines) = (Vec::new(), None);
        if path.exists() {
            let (mut file, bytes) = Lines::open(&path, "")?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let text = bytes.get(..whole).and_then(|whole| core::str::from_utf8(whole).ok());
            for line in text.ok_or_else(|| unreadable(&path))?.lines() {
                let line = serde_json::from_str(line).map_err(|_| unreadable(&path))?;
                enter(&mut begun, line);
            }
            // A line that is cut was never answered: its card was not changed.
            file.go_on(whole, false)?;
            lines = Some(file);
        }
        if !begun.is_empty() {
            let done = |line: &str| serde_json::from_str::<Receipt>(line).ok();
            let kept = String::from_utf8_lossy(kept);
            for receipt in kept.lines().filter_map(done).filter(is_done) {
                begun.retain(|begun| {
                    Begun::of_receipt(&receipt)
                        .is_none_or(|other| !begun.same_record(&other) || begun.card != other.card)
                });
            }
        }
        if !begun.is_empty() {
            say(&format!(
                "warning: {}: an earlier run was ended before it kept the receipts of cards that it had begun: \
                 {}; present these cards again, or make others with --accept other",
                path.display(),
                begun.len()
            ));
        }
        let earlier = begun.len();
        Ok(Self(Arc::new(Mutex::new(Book {
            path,
            lines,
            begun,
            earlier,
            accepts_other,
            failed: None,
        }))))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run where the record of a card could not be taken down: that card was not changed.
    pub(crate) fn went_well(&self) -> Result<(), String> {
        self.book().failed.take().map_or(Ok(()), Err)
    }

    /// The receipt of a card is kept.
    pub(crate) fn kept(&self, receipt: &Receipt) -> Result<(), String> {
        match Begun::of_receipt(receipt) {
            Some(line) => self.book().cross_out(&line, is_done(receipt)),
            None => Ok(()),
        }
    }

    /// The run is over: the file goes where nothing stands in it.
    pub(crate) fn end(&self) -> Result<(), String> {
        let mut book = self.book();
        if !book.begun.is_empty() || book.lines.take().is_none() {
            return Ok(());
        }
        fs::remove_file(&book.path).map_err(|error| at(&book.path, &error))
    }
}

impl Permit for Intents {
    fn permit(&self, intent: &Intent) -> Result<(), Veto> {
        let line = Begun::of_intent(intent);
        let mut book = self.book();
        let earlier = book.begun.iter().take(book.earlier);
        let cards: Vec<_> = earlier.filter(|begun| begun.same_record(&line)).collect();
        let other = !cards.is_empty() && cards.iter().all(|begun| begun.card != line.card);
        if other && !book.accepts_other {
            return Err(Veto::new(
                "an earlier run began another card for this record, and was ended before its receipt: present \
                 that card, or, where it is destroyed, make another one with --accept other",
                Recovery::RejectCard,
            ));
        }
        book.enter(line).map_err(|error| {
            book.failed = Some(error);
            let why = "which card the record is begun on cannot be kept: see to the disk";
            Veto::new(why, Recovery::StopLine)
        })
    }
}

impl Book {
    fn enter(&mut self, line: Begun) -> Result<(), String> {
        if self.begun.contains(&line) {
            return Ok(());
        }
        self.append(&line)?;
        self.begun.push(line);
        Ok(())
    }

    /// With the others of its record, where it is done on the card that was to be instead of them.
    fn cross_out(&mut self, line: &Begun, done: bool) -> Result<(), String> {
        let instead = done && self.accepts_other;
        let is_over =
            |begun: &Begun| begun.same_record(line) && (instead || begun.card == line.card);
        let over: Vec<Begun> = self.begun.iter().filter(|begun| is_over(begun)).cloned().collect();
        self.earlier = self.begun.iter().take(self.earlier).filter(|begun| !is_over(begun)).count();
        self.begun.retain(|begun| !is_over(begun));
        match &mut self.lines {
            Some(lines) if self.begun.is_empty() && !over.is_empty() => lines.go_on(0, false),
            _ => over.into_iter().try_for_each(|over| self.append(&Begun { kept: true, ..over })),
        }
    }

    fn append(&mut self, line: &Begun) -> Result<(), String> {
        let lines = match &mut self.lines {
            Some(lines) => lines,
            none => none.insert(Lines::open(&self.path, "")?.0),
        };
        let text = serde_json::to_string(line).map_err(|error| error.to_string())?;
        lines.append(&line.record, &format!("{text}\n"))
    }
}

const fn is_done(receipt: &Receipt) -> bool {
    receipt.outcome.is_well()
}

/// Takes down a line, or crosses out what an earlier one says.
fn enter(begun: &mut Vec<Begun>, line: Begun) {
    begun.retain(|begun| !begun.same_record(&line) || begun.card != line.card);
    if !line.kept {
        begun.push(line);
    }
}

/// The file beside one of receipts.
pub(crate) fn beside(receipts: &Path) -> PathBuf {
    let mut name = OsString::from(receipts.as_os_str());
    name.push(".begun");
    PathBuf::from(name)
}

fn unreadable(path: &Path) -> String {
    let why = "what cards were begun cannot be read: put it aside, and look which record each card has with \
               --job verify";
    format!("{}: {why}", path.display())
}
