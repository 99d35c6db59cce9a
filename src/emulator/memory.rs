// SPDX-License-Identifier: MIT OR Apache-2.0
//! The non-volatile memory: what is on the card and how much room is left.

use std::collections::BTreeMap;

use crate::wire::{
    Aid, FileKind, FreeRoom, Ins, IsoDf, KeySettings, KeySlots, KeyType, Layout, NewFile, Status,
};

use super::application::Application;
use super::configuration::Configuration;
use super::definition::Definition;
use super::delegation::{self, Slot};
use super::file::File;
use super::key_sets::KeySets;
use super::keys::{KeyRing, StoredKey};
use super::model::Model;
use super::transaction_mac::TransactionMac;

/// All that outlives the field.
#[derive(Clone)]
pub(super) struct Memory {
    pub(super) master: KeyRing,
    /// In the order of their creation.
    pub(super) applications: Vec<Application>,
    pub(super) configuration: Configuration,
    /// The slots of delegated applications that were ever used.
    pub(super) slots: BTreeMap<u16, Slot>,
    model: Model,
    free: u32,
}

impl Definition {
    /// How much memory the application takes.
    fn bytes(&self) -> u32 {
        let sets = self.sets.as_ref().map(KeySets::described);
        let sets = sets.map(|sets| (sets.count, sets.key_length));
        application_bytes(self.slots, self.iso.is_some(), sets)
    }
}

impl Memory {
    /// The memory of a card from the factory: a master key of zeros with settings `0F`, where the chip
    /// has one, and the applications that nobody creates.
    pub(super) fn new(model: Model) -> Self {
        let silicon = model.silicon();
        let master = silicon.picc.as_ref().map_or_else(
            || KeyRing::new(KeySettings::FACTORY, KeyType::Aes, 0),
            |picc| KeyRing::new(KeySettings::FACTORY, picc.master_key, 1),
        );
        let delegates = silicon.has(Ins::CreateDelegatedApplication);
        let keys: &[u8] = if delegates { &delegation::KEYS } else { &[] };
        // On EV3, which counts the reads of files, they wait to be written.
        let master = master.with_further(keys, !silicon.has(Ins::GetFileCounters));
        let applications = silicon.layout.fixed().iter().map(Application::of_factory).collect();
        let configuration = Configuration::default();
        let free = if silicon.layout.is_free() { model.memory() } else { 0 };
        let slots = BTreeMap::new();
        Self { master, applications, configuration, slots, model, free }
    }

    /// What FreeMemory reports.
    pub(super) const fn free(&self) -> u32 {
        self.free
    }

    /// Puts back what a saved card had left; `None` where that is more than a blank one has.
    pub(super) fn set_free(&mut self, free: u32) -> Option<()> {
        self.free = Some(free).filter(|&free| free <= self.model.memory())?;
        Some(())
    }

    pub(super) const fn model(&self) -> Model {
        self.model
    }

    pub(super) fn position(&self, aid: Aid) -> Option<usize> {
        self.applications.iter().position(|application| application.aid == aid)
    }

    pub(super) fn create_application(&mut self, new: Definition) -> Result<(), Status> {
        let most = self.room().and_then(|room| room.applications);
        if most.is_some_and(|most| self.applications.len() >= most) {
            return Err(Status::CountError);
        }
        self.allocate(new.bytes())?;
        let key = self.configuration.first_key(new.slots.key_type);
        self.push(new, &key, None);
        Ok(())
    }

    fn push(&mut self, new: Definition, key: &StoredKey, slot: Option<u16>) {
        let keys = KeyRing::filled(new.settings, key, new.slots.count);
        let mut application = Application::new(new.aid, new.iso, new.slots, keys);
        (application.third, application.sets, application.slot) = (new.third, new.sets, slot);
        self.applications.push(application);
    }

    /// Whether a delegated application may be created in a slot.
    ///
    /// # Errors
    /// `9D` where the slot has one, or had one of this version or a later; `0E` where the quota is nothing, more
    /// than is free, or less than the application itself takes.
    pub(super) fn check_slot(
        &self,
        number: u16,
        version: u8,
        quota: u16,
        new: &Definition,
    ) -> Result<(), Status> {
        let slot = self.slots.get(&number);
        let lives = self.applications.iter().any(|found| found.slot == Some(number));
        let later = slot.is_none_or(|slot| version > slot.version || version == u8::MAX);
        if lives || !later {
            return Err(Status::PermissionDenied);
        }
        let (bytes, had) = (delegation::bytes(quota), slot.map_or(0, Slot::bytes));
        if new.bytes() > bytes || bytes > self.free.saturating_add(had) {
            return Err(Status::OutOfMemory);
        }
        Ok(())
    }

    /// Creates a delegated application in a slot that takes it, all its keys this one.
    pub(super) fn create_delegated(
        &mut self,
        number: u16,
        version: u8,
        quota: u16,
        new: Definition,
        key: &StoredKey,
    ) {
        let had = self.slots.get(&number).map_or(0, Slot::bytes);
        let mut slot = Slot { version, quota, own: new.bytes(), free: 0 };
        slot.empty();
        self.free = self.free.saturating_add(had).saturating_sub(slot.bytes());
        self.slots.insert(number, slot);
        self.push(new, key, Some(number));
    }

    /// Takes an application off. Its memory comes back only when the card is formatted; that of a delegated one
    /// comes back to its slot.
    pub(super) fn delete_application(&mut self, position: usize) {
        if position < self.applications.len() {
            let slot = self.applications.remove(position).slot;
            if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(&slot)) {
                slot.vacate();
            }
        }
    }

    /// Takes all files of a delegated application off and gives their memory back to its slot.
    pub(super) fn clear_files(&mut self, position: usize) {
        let Some(application) = self.applications.get_mut(position) else { return };
        application.files.clear();
        application.transaction_mac = None;
        if let Some(slot) = application.slot.and_then(|slot| self.slots.get_mut(&slot)) {
            slot.empty();
        }
    }

    /// Takes all applications off and gives their memory back.
    pub(super) fn format(&mut self) {
        self.applications.clear();
        self.slots.clear();
        self.free = self.model.memory();
    }

    pub(super) fn create_file(
        &mut self,
        position: usize,
        number: u8,
        new: &NewFile,
    ) -> Result<(), Status> {
        self.require_room_for_file(position)?;
        let settings = new.settings;
        self.allocate_in(position, file_bytes(settings.kind))?;
        if let Some(application) = self.applications.get_mut(position) {
            application.files.push(File::new(number, new.iso_id, settings, new.value));
        }
        Ok(())
    }

    /// Makes the transaction MAC file of an application, which is one of its files. That of a fixed layout
    /// has its place already.
    pub(super) fn create_transaction_mac(
        &mut self,
        position: usize,
        file: TransactionMac,
    ) -> Result<(), Status> {
        if self.room().is_some() {
            self.require_room_for_file(position)?;
            self.allocate_in(position, TRANSACTION_MAC)?;
        }
        if let Some(application) = self.applications.get_mut(position) {
            application.transaction_mac = Some(file);
        }
        Ok(())
    }

    fn require_room_for_file(&self, position: usize) -> Result<(), Status> {
        let files = self.applications.get(position).map_or(0, |found| {
            found.files.len().saturating_add(usize::from(found.transaction_mac.is_some()))
        });
        let room = self.room().map_or(0, |room| room.files);
        if files < room { Ok(()) } else { Err(Status::CountError) }
    }

    /// The application that has this ISO identifier or this name.
    pub(super) fn iso_position(&self, wanted: impl Fn(&IsoDf) -> bool) -> Option<usize> {
        self.applications.iter().position(|found| found.iso.as_ref().is_some_and(&wanted))
    }

    /// What can be created; nothing where the layout is fixed.
    const fn room(&self) -> Option<&'static FreeRoom> {
        match &self.model.silicon().layout {
            Layout::Free(room) => Some(room),
            Layout::Fixed(_) => None,
        }
    }

    /// Memory for a file of an application, of its slot where it has one.
    fn allocate_in(&mut self, position: usize, bytes: u32) -> Result<(), Status> {
        let slot = self.applications.get(position).and_then(|found| found.slot);
        let Some(slot) = slot.and_then(|slot| self.slots.get_mut(&slot)) else {
            return self.allocate(bytes);
        };
        slot.free = slot.free.checked_sub(bytes).ok_or(Status::OutOfMemory)?;
        Ok(())
    }

    fn allocate(&mut self, bytes: u32) -> Result<(), Status> {
        self.free = self.free.checked_sub(bytes).ok_or(Status::OutOfMemory)?;
        Ok(())
    }
}

const fn in_blocks(bytes: u32) -> u32 {
    match bytes.checked_next_multiple_of(BLOCK) {
        Some(blocks) => blocks,
        None => u32::MAX,
    }
}

/// What an application takes: a block for itself, one to three for the index of its keys, its keys
/// four units of eight bytes to a block, and two more where it has ISO names.
/// `sets` has the number of key sets and the length of their keys where there are several, each of which takes
/// what its keys do at that length.
fn application_bytes(slots: KeySlots, named: bool, sets: Option<(u8, u8)>) -> u32 {
    let keys = u32::from(slots.count);
    let index = match keys {
        ..=3 => 1,
        4..=11 => 2,
        _ => 3,
    };
    let units = match slots.key_type {
        KeyType::Des | KeyType::Aes => keys.saturating_mul(2),
        KeyType::Tdes3 => keys.saturating_mul(3),
    };
    let names = if named { 2 } else { 0 };
    let blocks = match sets {
        None => units.div_ceil(4),
        Some((count, length)) => {
            keys.saturating_mul(u32::from(length / 8)).div_ceil(4).saturating_mul(count.into())
        }
    };
    blocks.saturating_add(1 + index + names).saturating_mul(BLOCK)
}

/// What a file takes: a backup file two images, a record file all its records and two blocks.
const fn file_bytes(kind: FileKind) -> u32 {
    match kind {
        FileKind::Standard { size } => in_blocks(size.bytes()),
        FileKind::Backup { size } => in_blocks(size.bytes()).saturating_mul(2),
        FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
            in_blocks(layout.size.bytes().saturating_mul(layout.max.get()))
                .saturating_add(2 * BLOCK)
        }
        FileKind::Value(_) => BLOCK,
    }
}

/// What a transaction MAC file takes (belief).
const TRANSACTION_MAC: u32 = BLOCK;
/// The unit of allocation.
const BLOCK: u32 = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{FileSize, RecordCount, RecordLayout};

    const fn slots(key_type: KeyType, count: u8) -> KeySlots {
        KeySlots { count, key_type, iso_file_ids: false }
    }

    /// A real EV2 2K: 1 and 14 AES keys; a real EV1 2K: two AES keys and an ISO identifier; a real
    /// EV2 8K: 14 DES keys, an ISO identifier, a name and a file of 256 bytes.
    #[test]
    fn applications_take_what_was_measured() {
        assert_eq!(application_bytes(slots(KeyType::Aes, 1), false, None), 96);
        assert_eq!(application_bytes(slots(KeyType::Aes, 14), false, None), 352);
        assert_eq!(2304 - application_bytes(slots(KeyType::Aes, 2), true, None), 2144);
        assert_eq!(8192 - application_bytes(slots(KeyType::Des, 14), true, None) - 256, 7520);
        assert_eq!(application_bytes(slots(KeyType::Tdes3, 14), false, None), 32 * (1 + 3 + 11));
    }

    /// Three sets of five keys of 24 bytes: four blocks each.
    #[test]
    fn every_key_set_takes_its_keys() {
        let bytes = application_bytes(slots(KeyType::Aes, 5), false, Some((3, 24)));
        assert_eq!(bytes, 32 * (1 + 2 + 3 * 4));
    }

    /// A real EV2 2K.
    #[test]
    fn files_take_what_was_measured() {
        let standard = |bytes| FileKind::Standard { size: FileSize::new(bytes).unwrap() };
        assert_eq!((file_bytes(standard(1)), file_bytes(standard(33))), (32, 64));
        let (size, max) = (FileSize::new(32).unwrap(), RecordCount::new(32).unwrap());
        assert_eq!(file_bytes(FileKind::LinearRecord(RecordLayout { size, max })), 1088);
    }
}
