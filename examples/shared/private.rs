// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that only their owner may read, and that are on the disk when they are said to be.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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

/// Writes a file over the one of its name, which is the old one or the new one at any time. `what` is
/// told where it does not come about: "the state", of which half helps nobody.
pub(crate) fn replace(path: &Path, bytes: &[u8], what: &str) -> Result<(), String> {
    let told =
        |path: &Path, error: io::Error| format!("{}: {error}; {what} is not kept", path.display());
    let beside = beside(path);
    // What an earlier run left behind may be open to others, and a link leads elsewhere: it is
    // taken away itself, and the new file is made only where nothing is.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}; take it away", beside.display()));
        }
        Ok(()) | Err(_) => {}
    }
    let mut file = create_new(&beside).map_err(|error| told(&beside, error))?;
    let kept = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = kept.and_then(|()| fs::rename(&beside, path)) {
        // It may hold keys.
        let _ = fs::remove_file(&beside);
        return Err(told(path, error));
    }
    sync_directory_of(path)
        .map_err(|error| format!("{}: {error}; {what} may not outlast a power cut", path.display()))
}

/// Where a new file is written before it takes the old one's place.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    PathBuf::from(beside)
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
