// SPDX-License-Identifier: MIT OR Apache-2.0
//! Permissions of the owners of cards, in files that are somebody's alone.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cardwright::encode::{Job, Permission};
use cardwright::keys::Purpose;
use cardwright::profile::Day;

use crate::owner::open_to_others;
use crate::say::say;
use crate::whole;

/// The job with the permissions of these files.
pub(crate) fn permitted(job: Job, paths: &[PathBuf]) -> Result<Job, String> {
    let today = today()?;
    paths.iter().try_fold(job, |job, path| {
        let job = job.permitted(read(path)?, today);
        job.map_err(|error| format!("{}: {error}", path.display()))
    })
}

/// By which day a permission is judged.
pub(crate) fn today() -> Result<Day, String> {
    let today = Day::of_clock(SystemTime::now());
    today.ok_or_else(|| "the clock tells no day by which a permission could be judged".to_owned())
}

/// The permission of a file. One that others may read or write is refused where it is marked live, and warned of
/// where it is marked test.
pub(crate) fn read(path: &Path) -> Result<Permission, String> {
    let at = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| at(&error))?;
    // Of the file that is read, whatever its name is given to meanwhile.
    let open = open_to_others(&file).map_err(|error| at(&error))?;
    let bytes = whole::read(file).map_err(|error| at(&error))?;
    let text = str::from_utf8(&bytes).map_err(|error| at(&error))?;
    let permission = Permission::parse(text).map_err(|error| at(&error))?;
    if let Some(mode) = open {
        let path = path.display();
        let why = format!("{path}: others may read or write this permission (mode {mode:03o})");
        match permission.purpose() {
            Purpose::Live => return Err(format!("{why}: it is marked live; chmod 600 the file")),
            Purpose::Test => say(&format!("warning: {why}")),
        }
    }
    Ok(permission)
}
