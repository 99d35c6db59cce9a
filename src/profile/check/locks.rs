// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that readers have and with which they could shut others out: key 0 may do so anyway, and is the issuer's.

use crate::profile::error::warning;
use crate::profile::model::{Application, FileSpec, TransactionMacFate};
use crate::profile::shape;
use crate::wire::{Access, FileNo, Generation, KeyNo};

use super::Check;

impl Check<'_> {
    /// Warns of rights that a reader's key has beside those to contents.
    pub(super) fn readers_that_lock(
        &mut self,
        raw: &shape::Application,
        spec: &Application,
        chips: &[Generation],
    ) {
        let rolls = spec.key_sets.map(|sets| sets.roll_key);
        if let (Some(no), Some(entry)) = (rolls, &raw.key_sets)
            && let Some(file) = opened_with(spec, no)
        {
            let message = format!(
                "key {no} opens file {file} and rolls key sets: whoever has it may go back to the keys of before, \
                 and readers that know the present ones alone are shut out"
            );
            self.warn(warning::READER_MAY_LOCK, entry.span().start, message);
        }
        let mac = spec.transaction_mac.as_ref();
        let limits = mac.and_then(|mac| match &mac.fate {
            TransactionMacFate::Keyed { settings, .. } => key(settings.change),
            TransactionMacFate::Kept | TransactionMacFate::Deleted => None,
        });
        if let (Some(no), Some(entry)) = (limits, &raw.transaction_mac)
            && chips.contains(&Generation::Ev3)
            && let Some(file) = opened_with(spec, no)
        {
            let message = format!(
                "key {no} opens file {file} and changes the transaction MAC file: whoever has it may set a limit of \
                 transactions, after which nobody reads or writes the application's data"
            );
            self.warn(warning::READER_MAY_LOCK, entry.span().start, message);
        }
        for (raw, file) in raw.file.iter().zip(&spec.files) {
            let several = file.settings.sets().count() > 1;
            let changes = key(file.settings.rights.change).filter(|no| several && uses(file, *no));
            if let Some(no) = changes {
                let message = format!(
                    "key {no} opens file {} and changes its settings: whoever has it may take their rights from the \
                     other keys",
                    file.no
                );
                self.warn(warning::READER_MAY_LOCK, raw.span().start, message);
            }
        }
    }
}

/// The key that has a right, unless it is key 0.
fn key(right: Access) -> Option<KeyNo> {
    match right {
        Access::Key(no) if no != KeyNo::MASTER => Some(no),
        Access::Key(_) | Access::Free | Access::Never => None,
    }
}

/// The first file whose contents a key reads or writes; none for key 0.
fn opened_with(spec: &Application, no: KeyNo) -> Option<FileNo> {
    let opened = spec.files.iter().filter(|_| no != KeyNo::MASTER);
    opened.into_iter().find(|file| uses(file, no)).map(|file| file.no)
}

fn uses(file: &FileSpec, no: KeyNo) -> bool {
    let mut rights = file.settings.sets().flat_map(|set| [set.read, set.write, set.read_write]);
    rights.any(|right| right == Access::Key(no))
}
