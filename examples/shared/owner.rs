// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may read and write a file besides its owner.

use std::fs::File;
use std::io;

/// The permission bits of a file that others than its owner may read or write.
#[cfg(unix)]
pub(crate) fn open_to_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok((mode & 0o066 != 0).then_some(mode))
}

/// Where files have no such bits, as on Windows, the folder's rights are the owner's business.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "stands for one that can fail")]
pub(crate) fn open_to_others(_file: &File) -> io::Result<Option<u32>> {
    Ok(None)
}
