// SPDX-License-Identifier: MIT OR Apache-2.0
//! Profiles, keys and records from files, or those of the demonstration.

use std::error::Error;
use std::path::{Path, PathBuf};

use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Records};
use clap::Args;
use zeroize::Zeroizing;

use crate::key_file;
use crate::read::{self, at};
use crate::say::say;

/// Where they are.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Card profile, TOML [default: the demonstration profile "door"]
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Cardholder records, CSV with a header or JSON Lines (.jsonl); rekey and recycle need none
    /// [default: 200 synthetic ones]
    #[arg(long, value_name = "FILE")]
    pub(crate) records: Option<PathBuf>,
    /// Key file, TOML [default: the demonstration keys]
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
}

/// The profile of a file. What is worth a second look in it is told.
pub(crate) fn profile(path: Option<&PathBuf>) -> Result<Profile, Box<dyn Error>> {
    let Some(path) = path else {
        return Ok(Profile::parse(include_str!("../data/profiles/door.toml"))?);
    };
    let profile = read::profile(path)?;
    for warning in profile.warnings() {
        say(&format!("warning: {}: {warning}", path.display()));
    }
    Ok(profile)
}

/// The keys of a file, and what the file is called.
pub(crate) fn keys(path: Option<&PathBuf>) -> Result<(KeyFile, &Path), Box<dyn Error>> {
    match path {
        Some(path) => Ok((key_file::read(path)?, path)),
        None => {
            let keys = KeyFile::parse(include_str!("../data/test-keys.toml"))?;
            Ok((keys, Path::new("the demonstration keys")))
        }
    }
}

/// The bytes of a records file.
pub(crate) fn record_bytes(path: Option<&PathBuf>) -> Result<Zeroizing<Vec<u8>>, Box<dyn Error>> {
    match path {
        Some(path) => Ok(Zeroizing::new(std::fs::read(path).map_err(|error| at(path, &error))?)),
        None => Ok(Zeroizing::new(include_bytes!("../data/door-records.csv").to_vec())),
    }
}

/// The records in them; a bad one is refused later, a bad file now.
pub(crate) fn records(
    path: Option<&PathBuf>,
    bytes: &[u8],
    profile: &Profile,
) -> Result<Records, Box<dyn Error>> {
    let Some(path) = path else {
        return Ok(Records::csv(profile, bytes).map_err(|error| {
            format!("the demonstration records: {error}; or name your own with --records")
        })?);
    };
    let json = path.extension().is_some_and(|end| end == "jsonl" || end == "ndjson");
    let records =
        if json { Records::json_lines(profile, bytes) } else { Records::csv(profile, bytes) };
    Ok(records.map_err(|error| at(path, &error))?)
}
