// SPDX-License-Identifier: MIT OR Apache-2.0
//! The non-volatile memory: what is on the card and how much room is left.

use crate::wire::{Aid, FileSettings, Generation, KeySettings, KeySlots, KeyType, Status};

use super::application::Application;
use super::file::File;
use super::keys::KeyRing;
use super::model::Model;

/// All that outlives the field.
#[derive(Clone)]
pub(super) struct Memory {
    pub(super) master: KeyRing,
    /// In the order of their creation.
    pub(super) applications: Vec<Application>,
    model: Model,
    free: u32,
}

impl Memory {
    /// The memory of a card from the factory: one DES key of zeros, settings `0F`.
    pub(super) fn new(model: Model) -> Self {
        Self {
            master: KeyRing::new(KeySettings::FACTORY, KeyType::Des, 1),
            applications: Vec::new(),
            model,
            free: model.memory(),
        }
    }

    /// What FreeMemory reports.
    pub(super) const fn free(&self) -> u32 {
        self.free
    }

    pub(super) fn position(&self, aid: Aid) -> Option<usize> {
        self.applications.iter().position(|application| application.aid == aid)
    }

    pub(super) fn create_application(
        &mut self,
        aid: Aid,
        settings: KeySettings,
        slots: KeySlots,
    ) -> Result<(), Status> {
        if self.model.generation() == Generation::Ev1 && self.applications.len() >= EV1_APPLICATIONS
        {
            return Err(Status::CountError);
        }
        let keys = u32::from(slots.count).saturating_mul(key_bytes(slots.key_type));
        self.allocate(APPLICATION.saturating_add(in_blocks(keys)))?;
        self.applications.push(Application::new(aid, settings, slots));
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
        settings: FileSettings,
    ) -> Result<(), Status> {
        let bytes = settings.kind.size().ok_or(Status::ParameterError)?.bytes();
        let size = usize::try_from(bytes).map_err(|_| Status::OutOfMemory)?;
        let images = if settings.kind.is_transactional() { 2 } else { 1 };
        let files = self.applications.get(position).map_or(0, |found| found.files.len());
        if files >= FILES {
            return Err(Status::CountError);
        }
        self.allocate(in_blocks(bytes).saturating_mul(images))?;
        if let Some(application) = self.applications.get_mut(position) {
            application.files.push(File::new(number, settings, size));
        }
        Ok(())
    }

    fn allocate(&mut self, bytes: u32) -> Result<(), Status> {
        self.free = self.free.checked_sub(bytes).ok_or(Status::OutOfMemory)?;
        Ok(())
    }
}

const fn in_blocks(bytes: u32) -> u32 {
    bytes.next_multiple_of(BLOCK)
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
/// How many files an application holds at most.
const FILES: usize = 32;
