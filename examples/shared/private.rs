// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that only their owner may read, and that are on the disk when they are said to be.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that was not there, for its owner alone.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Puts the name of a file on the disk.
#[cfg(unix)]
pub(crate) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    match File::open(directory.unwrap_or(Path::new(".")))?.sync_all() {
        // Of a file system that cannot sync directories.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Where directories cannot be synced, the file system does it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "stands for one that can fail")]
pub(crate) fn sync_directory_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
