// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: keys and files under one identifier.

use crate::secret::Secret;
use crate::wire::{Aid, FixedApplication, FixedFile, IsoDf, IsoFileId, KeySlots, Status};

use super::file::{File, WRONG_KIND};
use super::key_sets::KeySets;
use super::keys::KeyRing;
use super::transaction_mac::TransactionMac;

/// One application.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) aid: Aid,
    /// Its names for ISO/IEC 7816-4 commands.
    pub(super) iso: Option<IsoDf>,
    /// Whether its files have ISO identifiers.
    pub(super) iso_file_ids: bool,
    pub(super) keys: KeyRing,
    /// The third settings byte, where it was created with one.
    pub(super) third: Option<u8>,
    /// The key sets beside the active one, where it was created with several.
    pub(super) sets: Option<KeySets>,
    /// The slot of a delegated application.
    pub(super) slot: Option<u16>,
    /// In the order of their creation.
    pub(super) files: Vec<File>,
    /// The file that holds the MAC over the last transaction.
    pub(super) transaction_mac: Option<TransactionMac>,
}

impl Application {
    /// An application without files.
    pub(super) const fn new(aid: Aid, iso: Option<IsoDf>, slots: KeySlots, keys: KeyRing) -> Self {
        Self {
            aid,
            iso,
            iso_file_ids: slots.iso_file_ids,
            keys,
            third: None,
            sets: None,
            slot: None,
            files: Vec::new(),
            transaction_mac: None,
        }
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
            file.without_spare_record()
        };
        let files = fixed.files.iter().map(file).collect();
        let transaction_mac = fixed.transaction_mac.map(|mac| {
            let key = Secret::new([0; 16]);
            TransactionMac::new(mac.number.into(), mac.mode, mac.rights, key, 0)
        });
        let (third, sets, slot) = (None, None, None);
        Self { aid: fixed.aid, iso, iso_file_ids, keys, third, sets, slot, files, transaction_mac }
    }

    /// The file with this ISO identifier.
    pub(super) fn iso_file(&self, id: IsoFileId) -> Option<&File> {
        self.files.iter().find(|file| file.iso_id == Some(id))
    }

    /// Whether any file has this number.
    pub(super) fn has(&self, number: u8) -> bool {
        self.file(number).err() != Some(Status::FileNotFound)
    }

    pub(super) fn file(&self, number: u8) -> Result<&File, Status> {
        let missing = self.no_file(number);
        self.files.iter().find(|file| file.number == number).ok_or(missing)
    }

    pub(super) fn file_mut(&mut self, number: u8) -> Result<&mut File, Status> {
        let missing = self.no_file(number);
        self.files.iter_mut().find(|file| file.number == number).ok_or(missing)
    }

    /// The status where this is none of the files: the transaction MAC file is of another kind than
    /// every command is for but those that ask for it before.
    fn no_file(&self, number: u8) -> Status {
        let mac = self.transaction_mac.as_ref().is_some_and(|mac| mac.number == number);
        if mac { WRONG_KIND } else { Status::FileNotFound }
    }
}
