// SPDX-License-Identifier: MIT OR Apache-2.0
//! Profiles, keys and records from files, or those of the demonstration.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cardwright::encode::{Job, JobError, Task};
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{Import, Profile, Records};
use clap::Args;
use zeroize::Zeroizing;

use crate::key_file::{self, KeysSecret};
use crate::read::{self, at};
use crate::say::say;

/// Where they are.
#[derive(Debug, Args)]
pub(crate) struct Files {
    /// Card profile, TOML [default: the demonstration profile "door"]
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Cardholder records, CSV with a header, JSON Lines or a JSON array, told by what the file holds
    /// and by its ending; "-" is standard input; rekey and recycle need none [default: those
    /// of the profile where that is one of the examples, else 200 synthetic ones]
    #[arg(long, value_name = "FILE|-")]
    pub(crate) records: Option<PathBuf>,
    /// Import table, TOML: how the file of records is written; stands for the profile's [import]
    /// [default: that one, or UTF-8 with the fields for columns]
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Option<PathBuf>,
    /// Key file, TOML or the same in age, or a token [default: the demonstration keys]
    #[arg(long, value_name = "FILE|pkcs11:…")]
    pub(crate) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) secret: KeysSecret,
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

/// What holds keys, and what it is called.
pub(crate) type Named<'a> = (Arc<dyn Store>, &'a Path);

/// The keys that are named, or those of the demonstration.
pub(crate) fn keys(files: &Files) -> Result<Named<'_>, Box<dyn Error>> {
    match &files.keys {
        Some(path) => Ok((key_file::open(path, &files.secret)?, path)),
        None => {
            let keys = KeyFile::parse(include_str!("../data/test-keys.toml"))?;
            Ok((Arc::new(keys), Path::new("the demonstration keys")))
        }
    }
}

/// Binds a profile to its keys, and tells by what means keys that are elsewhere do what they can. A name that is
/// not among them is told with the one that may be meant.
pub(crate) fn job(
    profile: Profile,
    (keys, name): (&dyn Store, &Path),
    task: Task,
) -> Result<Job, String> {
    let job = Job::making(profile, keys).with_task(task).make().map_err(|error| {
        let mut meant = String::new();
        if let JobError::MissingKey { reference, .. } = &error {
            let others = keys.names().into_iter().filter(|(known, _)| known != reference);
            meant = read::meant(reference, others.map(|(known, _)| known));
        }
        at(name, &error) + &meant
    })?;
    for (key, version, ways) in job.ways() {
        let ways = ways.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        say(&format!("key {key}, version {version}: {ways}"));
    }
    Ok(job)
}

/// Whether this stands for standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

impl Files {
    /// The file of records: the one that is named, or the one that goes with a profile of the examples.
    pub(crate) fn record_file(&self) -> Option<PathBuf> {
        let goes_with = || self.profile.as_deref().and_then(goes_with);
        self.records.clone().or_else(goes_with)
    }
}

/// The records that go with a profile of the examples: called after it, or after the first word of its name.
fn goes_with(profile: &Path) -> Option<PathBuf> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    let profile = profile.canonicalize().ok()?;
    if profile.parent()? != examples.join("profiles").canonicalize().ok()? {
        return None;
    }
    let name = profile.file_stem()?.to_str()?;
    let names = [name, name.split('-').next()?].into_iter();
    let mut files = names.flat_map(|name| {
        ["csv", "jsonl"].map(|ending| examples.join(format!("{name}-records.{ending}")))
    });
    files.find(|file| file.is_file())
}

/// The bytes of a records file, or of standard input. Of one that is too large no more is read than
/// shows it.
pub(crate) fn record_bytes(path: Option<&PathBuf>) -> Result<Zeroizing<Vec<u8>>, Box<dyn Error>> {
    let Some(path) = path else {
        return Ok(Zeroizing::new(include_bytes!("../data/door-records.csv").to_vec()));
    };
    let most = u64::try_from(Records::MOST_BYTES)?.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::new());
    let read = match is_standard_input(path) {
        true => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        false => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    read.map_err(|error| read::unread(path, &error))?;
    Ok(bytes)
}

/// The import table of a file, or the profile's.
pub(crate) fn import(files: &Files, profile: &Profile) -> Result<Import, String> {
    let Some(path) = &files.import else { return Ok(profile.import().clone()) };
    Import::parse(&read::text(path)?, profile).map_err(|error| at(path, &error))
}

/// The records in the bytes, as the import table has them; what is wrong with a single one is told
/// later, with the file now.
pub(crate) fn records(
    files: &Files,
    bytes: &[u8],
    profile: &Profile,
) -> Result<Records, Box<dyn Error>> {
    let import = import(files, profile)?;
    let Some(path) = files.record_file() else {
        return Ok(Records::read(profile, &import, None, bytes).map_err(|error| {
            format!("the demonstration records: {error}; or name your own with --records")
        })?);
    };
    let ending = path.extension().and_then(|ending| ending.to_str());
    let records = Records::read(profile, &import, ending, bytes);
    Ok(records.map_err(|error| at(&path, &error))?)
}
