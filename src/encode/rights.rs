// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key a file is written and read with.

use crate::profile::{Application, FileSpec};
use crate::wire::{Access, KeyNo};

/// The key to write a file with, the master key where it may; `None` where anyone may.
pub(crate) fn writer(file: &FileSpec) -> Option<KeyNo> {
    let rights = file.settings.rights;
    one_of(&[rights.write, rights.read_write], Access::Key(KeyNo::MASTER))
}

/// The key to read a file with; `None` where anyone may.
pub(crate) fn reader(file: &FileSpec) -> Option<KeyNo> {
    let rights = file.settings.rights;
    one_of(&[rights.read, rights.read_write], rights.read)
}

/// Whether any key of the profile, or anyone, may read a file.
pub(crate) fn readable(file: &FileSpec) -> bool {
    let rights = file.settings.rights;
    rights.read != Access::Never || rights.read_write != Access::Never
}

/// The first key among the rights, `preferred` before the others.
fn one_of(rights: &[Access], preferred: Access) -> Option<KeyNo> {
    let preferred = rights.iter().filter(|&&right| right == preferred);
    preferred.chain(rights).find_map(|&right| match right {
        Access::Key(no) => Some(no),
        Access::Free | Access::Never => None,
    })
}

/// The files with contents, grouped by the key that `key` names for each, in order of appearance.
pub(crate) fn grouped(
    application: &Application,
    key: impl Fn(&FileSpec) -> Option<KeyNo>,
) -> Vec<(Option<KeyNo>, Vec<usize>)> {
    let mut groups: Vec<(Option<KeyNo>, Vec<usize>)> = Vec::new();
    for (index, file) in application.files.iter().enumerate() {
        if file.content.is_none() {
            continue;
        }
        let key = key(file);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, files)) => files.push(index),
            None => groups.push((key, vec![index])),
        }
    }
    groups
}
