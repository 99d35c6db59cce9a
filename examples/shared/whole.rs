// SPDX-License-Identifier: MIT OR Apache-2.0
//! A whole file in memory that is wiped, with no copy left behind where it turns out longer.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

/// The bytes of a file, which may hold keys.
pub(crate) fn read(mut file: File) -> io::Result<Zeroizing<Vec<u8>>> {
    // One more than it says to have, to see its end.
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(vec![0; length.saturating_add(1).min(MOST)]);
    let mut filled = 0;
    loop {
        let room = bytes.get_mut(filled..).unwrap_or_default();
        match file.read(room) {
            Ok(0) if !room.is_empty() => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled == bytes.len() {
            if filled >= MOST {
                return Err(io::Error::other("this is more than any such file has"));
            }
            let mut larger = Zeroizing::new(vec![0; MOST.min(2 * filled)]);
            for (slot, byte) in larger.iter_mut().zip(bytes.iter()) {
                *slot = *byte;
            }
            bytes = larger;
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Many times what a large file of this kind has.
const MOST: usize = 1 << 26;
