// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keeps the state of a software card. The file holds keys in clear, so only its owner may read it.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use cardwright::emulator::SoftCard;

/// Writes a card's state over the file, which is the old one or the new one at any time.
pub(crate) fn save(path: &Path, card: &SoftCard) -> Result<(), Box<dyn Error>> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // What an earlier run left behind may be open to others.
    let _ = fs::remove_file(beside);
    let mut file = options.open(beside).map_err(told)?;
    file.write_all(&card.save()).and_then(|()| file.sync_all()).map_err(told)?;
    fs::rename(beside, path).map_err(told)?;
    Ok(())
}
