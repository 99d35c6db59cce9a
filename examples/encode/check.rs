// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every mistake of a file of records, before the first card. No value shows.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use cardwright::code::Code;
use cardwright::profile::{RecordError, Records};
use cardwright::shown::Shown;

use crate::arguments::Arguments;
use crate::files;
use crate::lists;
use crate::paths;

/// Lists the mistakes, and tells whether there is none.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let task = arguments.job;
    if lists::makes_only_rows(task) {
        let why =
            "reads the records from the cards, so there is no file for --check: leave that out";
        return Err(format!("--job {task} {why}").into());
    }
    paths::distinct(arguments)?;
    let files = &arguments.files;
    let profile = files::profile(files.profile.as_ref())?;
    let import = files::import(files, &profile)?;
    let file = files.record_file();
    let bytes = files::record_bytes(file.as_ref())?;
    let ending = file.as_deref().and_then(Path::extension).and_then(|it| it.to_str());
    let lists = lists::of(arguments, &profile)?;
    let mut list = List { out: io::stdout().lock(), codes: BTreeMap::new() };
    let mut unlisted = 0;
    let records = match Records::read(&profile, &import, ending, &bytes) {
        Ok(records) => {
            for mistake in records.mistakes() {
                list.record(mistake)?;
            }
            unlisted = records.unlisted;
            for record in records.entries.iter().flatten() {
                for wrong in lists.iter().filter_map(|(list, _)| list.takes(record).err()) {
                    list.tell(wrong.code(), &format!("line {}", record.line()), wrong)?;
                }
            }
            records.entries.len()
        }
        Err(error) => {
            for error in error.each() {
                list.tell(error.code(), "file", error)?;
            }
            0
        }
    };
    Ok(list
        .end(records, unlisted)
        .map_err(|error| format!("the list cannot be written: {error}"))?)
}

/// The mistakes so far.
struct List<W> {
    out: W,
    codes: BTreeMap<&'static str, usize>,
}

impl<W: Write> List<W> {
    fn record(&mut self, mistake: &RecordError) -> io::Result<()> {
        let place = match mistake.column() {
            Some(column) => format!("line {}, column {column}", mistake.line()),
            None => format!("line {}", mistake.line()),
        };
        let reason = mistake.reason();
        match mistake.field() {
            Some(field) => self.tell(reason.code(), &place, format!("field {field:?}: {reason}")),
            None => self.tell(reason.code(), &place, reason),
        }
    }

    fn tell(&mut self, code: Code, place: &str, what: impl Display) -> io::Result<()> {
        let count = self.codes.entry(code.name()).or_default();
        *count = count.saturating_add(1);
        writeln!(self.out, "{place}: {code}: {}", Shown(what))
    }

    fn end(mut self, records: usize, unlisted: usize) -> io::Result<bool> {
        let mistakes: usize = self.codes.values().sum();
        for (code, count) in &self.codes {
            writeln!(self.out, "{count:>8} {code}")?;
        }
        writeln!(self.out, "{mistakes:>8} mistakes in {records} records")?;
        if unlisted > 0 {
            writeln!(
                self.out,
                "{unlisted:>8} more, of records that are listed, are not counted above"
            )?;
        }
        self.out.flush()?;
        Ok(mistakes == 0)
    }
}
