// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of a run, each of which has one purpose. They are compared before any is opened, so
//! that a receipt never lands among the keys.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::files::is_standard_input;
use crate::intents;
use crate::lists;
use crate::private;

/// Refuses a run in which one file stands for two things, by whatever names.
pub(crate) fn distinct(arguments: &Arguments) -> Result<(), String> {
    let files = &arguments.files;
    let state = arguments.state.as_deref();
    let named = [
        ("--profile", files.profile.clone()),
        ("--records", files.records.clone().filter(|path| !is_standard_input(path))),
        ("--import", files.import.clone()),
        ("--keys", files.keys.clone()),
        ("--receipts", arguments.receipts_file().map(Path::to_owned)),
        ("what is begun beside --receipts", arguments.receipts_file().map(intents::beside)),
        ("--readout", arguments.readout.clone()),
        ("--state", state.map(Path::to_owned)),
        ("the new state beside --state", state.map(private::beside)),
    ];
    let lists = lists::named(arguments).into_iter().map(|(_, path)| ("--export", Some(path)));
    let mut met: Vec<(&str, Identity)> = Vec::new();
    for (option, path) in named.into_iter().chain(lists) {
        let Some(path) = path else { continue };
        let identity = Identity::of(&path);
        if let Some((other, _)) = met.iter().find(|(_, met)| met.same(&identity)) {
            return Err(format!("{}: {other} and {option} are one file; name two", path.display()));
        }
        met.push((option, identity));
    }
    streams(&met)
}

/// What tells a file from another.
struct Identity {
    /// The path without links, as far as it exists.
    path: PathBuf,
    /// Device and file number, which hard links share.
    #[cfg(unix)]
    number: Option<(u64, u64)>,
}

impl Identity {
    fn of(path: &Path) -> Self {
        Self {
            path: canonical(path).unwrap_or_else(|_| path.to_owned()),
            #[cfg(unix)]
            number: fs::metadata(path).ok().map(|metadata| number(&metadata)),
        }
    }

    fn same(&self, other: &Self) -> bool {
        #[cfg(unix)]
        if self.number.is_some() && self.number == other.number {
            return true;
        }
        self.path == other.path
    }
}

/// The path without links. Of a file that is not there yet, its directory's.
fn canonical(path: &Path) -> io::Result<PathBuf> {
    match (fs::canonicalize(path), path.file_name()) {
        (Err(error), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
            let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            Ok(fs::canonicalize(directory.unwrap_or(Path::new(".")))?.join(name))
        }
        (found, _) => found,
    }
}

#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// The table and what is told go to none of the files either, where a shell leads them to one.
#[cfg(unix)]
fn streams(met: &[(&str, Identity)]) -> Result<(), String> {
    use std::os::fd::AsFd;
    let streams = [
        ("standard output", io::stdout().as_fd().try_clone_to_owned()),
        ("standard error", io::stderr().as_fd().try_clone_to_owned()),
    ];
    for (stream, descriptor) in streams {
        // A stream that is closed, or no file, is none of them.
        let Ok(metadata) = descriptor.and_then(|owned| fs::File::from(owned).metadata()) else {
            continue;
        };
        let number = Some(number(&metadata)).filter(|_| metadata.is_file());
        let same = |(_, met): &&(&str, Identity)| number.is_some() && met.number == number;
        if let Some((option, _)) = met.iter().find(same) {
            return Err(format!("{stream} and {option} are one file; name two"));
        }
    }
    Ok(())
}

/// Elsewhere a stream does not tell which file it is led to.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "stands for one that can fail")]
fn streams(_met: &[(&str, Identity)]) -> Result<(), String> {
    Ok(())
}
