// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that only their owner may read, and that are on the disk when they are said to be.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Read by others, and neither written nor removed: `FILE_SHARE_READ`.
#[cfg(windows)]
const SHARED_FOR_READING: u32 = 1;

/// Makes a file that was not there, for its owner alone. On Windows a file has the rights of its
/// folder, which are its owner's business, and nobody else writes it while it is open.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, SHARED_FOR_READING);
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

/// Where directories cannot be synced, as on Windows, the file system's journal has the names.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "stands for one that can fail")]
pub(crate) fn sync_directory_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
