// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: keys and files under one identifier.

use crate::wire::{Aid, FixedApplication, FixedFile, IsoDf, IsoFileId, KeySlots, Status};

use super::file::File;
use super::keys::KeyRing;

/// One application.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) aid: Aid,
    /// Its names for ISO/IEC 7816-4 commands.
    pub(super) iso: Option<IsoDf>,
    /// Whether its files have ISO identifiers.
    pub(super) iso_file_ids: bool,
    pub(super) keys: KeyRing,
    /// In the order of their creation.
    pub(super) files: Vec<File>,
}

impl Application {
    /// An application without files.
    pub(super) const fn new(aid: Aid, iso: Option<IsoDf>, slots: KeySlots, keys: KeyRing) -> Self {
        Self { aid, iso, iso_file_ids: slots.iso_file_ids, keys, files: Vec::new() }
    }

    /// An application that nobody creates, as the factory leaves it.
    pub(super) fn of_factory(fixed: &FixedApplication) -> Self {
        let keys = KeyRing::new(fixed.settings, fixed.key_type, fixed.keys);
        let iso = fixed.iso_id.map(|id| IsoDf { id, name: fixed.name() });
        let iso_file_ids = fixed.files.iter().any(|file| file.iso_id.is_some());
        let file = |fixed: &FixedFile| {
            let mut file = File::new(fixed.number.into(), fixed.iso_id, fixed.settings, 0);
            if let Ok(data) = file.data_mut() {
                data.write(0, fixed.contents);
            }
            file
        };
        let files = fixed.files.iter().map(file).collect();
        Self { aid: fixed.aid, iso, iso_file_ids, keys, files }
    }

    /// The file with this ISO identifier.
    pub(super) fn iso_file(&self, id: IsoFileId) -> Option<&File> {
        self.files.iter().find(|file| file.iso_id == Some(id))
    }

    pub(super) fn file(&self, number: u8) -> Result<&File, Status> {
        self.files.iter().find(|file| file.number == number).ok_or(Status::FileNotFound)
    }

    pub(super) fn file_mut(&mut self, number: u8) -> Result<&mut File, Status> {
        self.files.iter_mut().find(|file| file.number == number).ok_or(Status::FileNotFound)
    }
}
