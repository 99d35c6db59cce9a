// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes in: profile, records and keys, each checked before the first card.

use std::error::Error;
use std::path::Path;

use cardwright::encode::{Job, Task};
use cardwright::keys::{KeyFile, Purpose};
use cardwright::profile::{Profile, Records};
use zeroize::Zeroizing;

use crate::arguments::Arguments;
use crate::output::say;

/// Reads profile and keys, and binds them.
pub(crate) fn job(arguments: &Arguments) -> Result<Job, Box<dyn Error>> {
    let profile = match &arguments.profile {
        Some(path) => Profile::parse(&text(path)?).map_err(|error| at(path, &error))?,
        None => Profile::parse(include_str!("../data/profiles/door.toml"))?,
    };
    for warning in profile.warnings() {
        say(&format!("warning: {warning}"));
    }
    let keys = match &arguments.keys {
        Some(path) => KeyFile::parse(&text(path)?).map_err(|error| at(path, &error))?,
        None => KeyFile::parse(include_str!("../data/test-keys.toml"))?,
    };
    let name = arguments.keys.as_deref().unwrap_or(Path::new("the demonstration keys"));
    if keys.purpose() == Purpose::Live {
        return Err(format!(
            "{} is marked live, and this run uses software cards; use a key file marked test",
            name.display()
        )
        .into());
    }
    let mut job = Job::new(profile, &keys).map_err(|error| at(name, &error))?;
    if let Some(messaging) = arguments.messaging {
        job = job.with_messaging(messaging)?;
    }
    job.messaging_for(arguments.card.generation())?;
    let job = job.with_task(arguments.job).allowing(&arguments.allow);
    if let Some(option) = job.missing_allowance() {
        return Err(format!(
            "the profile names {option}, which no command takes back: say --allow {option}, or take \
             it out of the profile"
        )
        .into());
    }
    let on_readers = !arguments.reader.is_empty();
    match job.task() {
        Task::Recycle if on_readers && !arguments.yes => {
            Err("recycling deletes what is on the cards: say --yes if that is meant".into())
        }
        task if task != Task::Encode && !on_readers && arguments.state.is_none() => {
            Err(format!("--job {task} takes finished cards: name --state FILE or --reader").into())
        }
        Task::Encode | Task::Verify | Task::Rekey | Task::Recycle | Task::Update => Ok(job),
    }
}

/// The records, and the bytes they came from.
pub(crate) struct Batch {
    pub(crate) records: Records,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Reads the records; a bad one is refused later, a bad file now.
pub(crate) fn records(arguments: &Arguments, job: &Job) -> Result<Batch, Box<dyn Error>> {
    let Some(path) = &arguments.records else {
        let bytes = Zeroizing::new(include_bytes!("../data/door-records.csv").to_vec());
        let records = Records::csv(job.profile(), &bytes).map_err(|error| {
            format!("the demonstration records: {error}; or name your own with --records")
        })?;
        return Ok(Batch { records, bytes });
    };
    let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
    let bytes = Zeroizing::new(bytes);
    let json = path.extension().is_some_and(|end| end == "jsonl" || end == "ndjson");
    let records = if json {
        Records::json_lines(job.profile(), &bytes)
    } else {
        Records::csv(job.profile(), &bytes)
    };
    Ok(Batch { records: records.map_err(|error| at(path, &error))?, bytes })
}

fn text(path: &Path) -> Result<Zeroizing<String>, String> {
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| at(path, &error))
}

pub(crate) fn at(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}
