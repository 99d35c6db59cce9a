// SPDX-License-Identifier: MIT OR Apache-2.0
//! The non-volatile memory: what is on the card and how much room is left.

use crate::wire::{
    Aid, FileKind, Generation, IsoDf, KeySettings, KeySlots, KeyType, NewFile, Status,
};

use super::application::Application;
use super::configuration::Configuration;
use super::file::File;
use super::keys::KeyRing;
use super::model::Model;

/// All that outlives the field.
#[derive(Clone)]
pub(super) struct Memory {
    pub(super) master: KeyRing,
    /// In the order of their creation.
    pub(super) applications: Vec<Application>,
    pub(super) configuration: Configuration,
    model: Model,
    free: u32,
}

impl Memory {
    /// The memory of a card from the factory: one DES key of zeros, settings `0F`.
    pub(super) fn new(model: Model) -> Self {
        Self {
            master: KeyRing::new(KeySettings::FACTORY, KeyType::Des, 1),
            applications: Vec::new(),
            configuration: Configuration::default(),
            model,
            free: model.memory(),
        }
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

    pub(super) fn create_application(
        &mut self,
        aid: Aid,
        iso: Option<IsoDf>,
        settings: KeySettings,
        slots: KeySlots,
    ) -> Result<(), Status> {
        if self.model.generation() <= Generation::Ev1 && self.applications.len() >= EV1_APPLICATIONS
        {
            return Err(Status::CountError);
        }
        let keys = u32::from(slots.count).saturating_mul(key_bytes(slots.key_type));
        self.allocate(APPLICATION.saturating_add(in_blocks(keys)))?;
        let key = self.configuration.first_key(slots.key_type);
        let keys = KeyRing::filled(settings, &key, slots.count);
        self.applications.push(Application::new(aid, iso, slots, keys));
        Ok(())
    }

    /// Takes an application off. Its memory comes back only when the card is formatted.
    pub(super) fn delete_application(&mut self, position: usize) {
        if position < self.applications.len() {
            self.applications.remove(position);
        }
    }

    /// Takes all applications off and gives their memory back.
    pub(super) fn format(&mut self) {
        self.applications.clear();
        self.free = self.model.memory();
    }

    pub(super) fn create_file(
        &mut self,
        position: usize,
        number: u8,
        new: &NewFile,
    ) -> Result<(), Status> {
        let files = self.applications.get(position).map_or(0, |found| found.files.len());
        if files >= self.model.files() {
            return Err(Status::CountError);
        }
        let settings = new.settings;
        self.allocate(file_bytes(settings.kind))?;
        if let Some(application) = self.applications.get_mut(position) {
            application.files.push(File::new(number, new.iso_id, settings, new.value));
        }
        Ok(())
    }

    /// The application that has this ISO identifier or this name.
    pub(super) fn iso_position(&self, wanted: impl Fn(&IsoDf) -> bool) -> Option<usize> {
        self.applications.iter().position(|found| found.iso.as_ref().is_some_and(&wanted))
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

/// What a file takes: a backup file two images, a record file all its records.
const fn file_bytes(kind: FileKind) -> u32 {
    match kind {
        FileKind::Standard { size } => in_blocks(size.bytes()),
        FileKind::Backup { size } => in_blocks(size.bytes()).saturating_mul(2),
        FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
            in_blocks(layout.size.bytes().saturating_mul(layout.max.get()))
        }
        FileKind::Value(_) => BLOCK,
    }
}

const fn key_bytes(kind: KeyType) -> u32 {
    match kind {
        KeyType::Des | KeyType::Aes => 16,
        KeyType::Tdes3 => 24,
    }
}

/// What an application takes besides its keys.
const APPLICATION: u32 = 128;
/// The unit of allocation.
const BLOCK: u32 = 32;
/// How many applications an EV1 card holds at most.
const EV1_APPLICATIONS: usize = 28;
