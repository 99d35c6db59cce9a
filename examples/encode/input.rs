// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes in: profile, records and keys, each checked before the first card.

use std::error::Error;
use std::path::Path;

use cardwright::encode::Job;
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
    let software = arguments.reader.is_empty();
    if keys.purpose() == Purpose::Live {
        // A program may lie on a reader under any name, and the file holds the keys in the clear.
        let why = if software { "uses software cards" } else { "may meet them on a reader" };
        return Err(format!(
            "{} is marked live, and this run {why}; use a key file marked test",
            name.display()
        )
        .into());
    }
    let mut job = Job::new(profile, &keys).map_err(|error| at(name, &error))?;
    if let Some(messaging) = arguments.messaging {
        job = job.with_messaging(messaging)?;
    }
    if software {
        job.messaging_for(arguments.card.generation())?;
    }
    Ok(job)
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
