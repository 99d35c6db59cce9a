// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keeps the state of a software card. The file holds keys in clear, so only its owner may read it.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cardwright::emulator::SoftCard;
use cardwright::keys::Purpose;

use crate::private::{create_new, sync_directory_of};

/// Writes a card's state over the file, which is the old one or the new one at any time. The keys that
/// it got are for this purpose: live ones never come into a file.
pub(crate) fn save(path: &Path, card: &SoftCard, keys: Purpose) -> Result<(), Box<dyn Error>> {
    if keys == Purpose::Live {
        let why =
            "the state is not kept: the keys are marked live, and it would hold them in clear";
        return Err(format!("{}: {why}", path.display()).into());
    }
    let told = |error: io::Error| format!("{}: {error}; the state is not kept", path.display());
    let beside = beside(path);
    // What an earlier run left behind may be open to others, and a link leads elsewhere: it is
    // taken away itself, and the new file is made only where nothing is.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}; take it away", beside.display()).into());
        }
        Ok(()) | Err(_) => {}
    }
    let mut file = create_new(&beside)
        .map_err(|error| format!("{}: {error}; the state is not kept", beside.display()))?;
    let kept = file.write_all(&card.save()).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = kept.and_then(|()| fs::rename(&beside, path)) {
        // It holds keys, and half of a state helps nobody.
        let _ = fs::remove_file(&beside);
        return Err(told(error).into());
    }
    sync_directory_of(path).map_err(|error| {
        format!("{}: {error}; the state may not outlast a power cut", path.display())
    })?;
    Ok(())
}

/// Where the new state is written before it takes the old one's place.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    PathBuf::from(beside)
}
