// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists for others: a row of each card that is done, on the disk before its receipt. They name people
//! and cards, so they are their owner's alone.

use std::error::Error;
use std::path::{Path, PathBuf};

use cardwright::encode::{Encoded, Job, Task};
use cardwright::profile::{Export, List, Profile};

use crate::arguments::Arguments;
use crate::lines::Lines;
use crate::owner::open_to_others;
use crate::read::{at, meant};
use crate::say::say;

/// The lists of a run, and where their rows go.
pub(crate) struct Lists(Vec<(List, Lines)>);

/// The files that are named, each with the name of its list where it has one before a `=`.
pub(crate) fn named(arguments: &Arguments) -> Vec<(Option<&str>, PathBuf)> {
    let plain = |name: &str| {
        let sign = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
        !name.is_empty() && name.chars().all(sign)
    };
    let named = arguments.export.iter().map(|text| match text.split_once('=') {
        Some((name, path)) if plain(name) => (Some(name), PathBuf::from(path)),
        _ => (None, PathBuf::from(text)),
    });
    named.collect()
}

/// The lists that are named, out of the profile.
pub(crate) fn of<'p>(
    arguments: &Arguments,
    profile: &'p Profile,
) -> Result<Vec<(&'p Export, PathBuf)>, String> {
    let mut lists: Vec<(&Export, PathBuf)> = Vec::new();
    for (name, path) in named(arguments) {
        let shown = path.display();
        if path.as_os_str().is_empty() {
            let name = name.map_or_else(String::new, |name| format!("{name}="));
            return Err(format!("--export {name}: no file is named: write its name behind it"));
        }
        if is_stream(&path) {
            let why = "a list names people and cards, and is written to a file alone: name one";
            return Err(format!("--export {shown}: {why}"));
        }
        let list = profile.export(name).ok_or_else(|| missing(profile, name, &path))?;
        if lists.iter().any(|(other, _)| other.name() == list.name()) {
            return Err(format!("--export {shown}: its list has a file already; name it once"));
        }
        lists.push((list, path));
    }
    Ok(lists)
}

/// Whether what is written there goes to a screen or to another program.
fn is_stream(path: &Path) -> bool {
    let streams = ["-", "/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/dev/tty"];
    streams.iter().any(|stream| path == Path::new(stream))
}

/// What to name instead of a list that the profile does not have.
fn missing(profile: &Profile, name: Option<&str>, path: &Path) -> String {
    let names: Vec<&str> = profile.exports().iter().filter_map(Export::name).collect();
    let shown = path.display();
    match (profile.exports().len(), name) {
        (0, _) => format!(
            "--export {shown}: the profile has no list: write one under [export], as docs/export.md has it"
        ),
        (_, None) => format!(
            "--export {shown}: the profile has several lists: say which, as --export {}={shown}",
            names.first().unwrap_or(&"NAME")
        ),
        (_, Some(name)) if names.is_empty() => format!(
            "--export {name}={shown}: the list of the profile has no name: leave it out, and write \
             ./ before the name of a file with ="
        ),
        (_, Some(name)) => {
            let near = meant(name, names.iter().map(|known| (*known).to_owned()));
            let known = names.join(", ");
            format!("--export {name}={shown}: no list of this name: the profile has {known}{near}")
        }
    }
}

/// Whether a task takes no records and is for lists alone.
pub(crate) fn makes_only_rows(task: Task) -> bool {
    task.makes_rows() && !task.needs_record()
}

/// Refuses a task that has no row for any card, and one that makes nothing but rows without a list.
pub(crate) fn fit(arguments: &Arguments, job: &Job) -> Result<(), String> {
    let task = job.task();
    let lists = of(arguments, job.profile())?;
    if !task.makes_rows() && !lists.is_empty() {
        let why = "does not tell whose card it is, so it has no row for --export: leave that out";
        return Err(format!("--job {task} {why}"));
    }
    let only_rows = makes_only_rows(task);
    if only_rows && lists.is_empty() {
        let why = "reads cards for a list: name the file that gets it with --export";
        return Err(format!("--job {task} {why}"));
    }
    if only_rows && arguments.files.records.is_some() {
        let why = "reads the records from the cards: leave --records out";
        return Err(format!("--job {task} {why}"));
    }
    Ok(())
}

impl Lists {
    /// Opens the files, or makes them. A last row that was cut short is dropped: its record has no
    /// receipt, and comes again.
    pub(crate) fn open(arguments: &Arguments, job: &Job) -> Result<Self, String> {
        let lists = of(arguments, job.profile())?.into_iter();
        lists.map(|(export, path)| open(export, &path)).collect::<Result<_, _>>().map(Self)
    }

    /// Says where a list cannot have the rows of all records that are skipped.
    pub(crate) fn warn_of_rows(&self, skipped: usize) {
        for (list, to) in &self.0 {
            let rows = list.rows();
            if rows < skipped {
                say(&format!(
                    "warning: {}: rows: {rows}, records that are skipped as done: {skipped}; those that were made \
                     without this list have no row: --job verify with the same --export adds it when their cards \
                     are presented",
                    to.name()
                ));
            }
        }
    }

    /// Writes the rows of a card. Where it makes none of a list, what is left of it is refused.
    pub(crate) fn write(&mut self, encoded: &Encoded) -> Result<Option<Encoded>, Box<dyn Error>> {
        let mut rows = Vec::new();
        for (list, _) in &self.0 {
            match encoded.row(list.export()) {
                Ok(row) => rows.push(row),
                Err(error) => return Ok(Some(encoded.clone().without_row(error))),
            }
        }
        for ((list, to), row) in self.0.iter_mut().zip(rows) {
            if let Some(added) = row.and_then(|row| list.add(&row)) {
                to.add(&encoded.receipt.record, added.behind(), added.bytes())?;
            }
        }
        Ok(None)
    }
}

fn open(export: &Export, path: &Path) -> Result<(List, Lines), String> {
    let name = path.display();
    let (lines, bytes) = Lines::open(path, "")?;
    if let Some(mode) = open_to_others(lines.file()).map_err(|error| at(path, &error))? {
        return Err(format!(
            "{name}: others may read or write it (mode {mode:03o}), and it names people and cards; \
             chmod 600 it, or name another file"
        ));
    }
    let list = export.list(&bytes).map_err(|error| format!("{name}: {}: {error}", error.code()))?;
    if list.was_cut() {
        say(&format!("warning: {name}: the last row was cut short and is dropped"));
    }
    Ok((list, lines))
}
