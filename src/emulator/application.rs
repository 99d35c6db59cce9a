// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: keys and files under one identifier.

use crate::wire::{Aid, KeySettings, KeySlots, Status};

use super::file::File;
use super::keys::KeyRing;

/// One application.
#[derive(Clone)]
pub(super) struct Application {
    pub(super) aid: Aid,
    pub(super) keys: KeyRing,
    /// In the order of their creation.
    pub(super) files: Vec<File>,
}

impl Application {
    pub(super) fn new(aid: Aid, settings: KeySettings, slots: KeySlots) -> Self {
        Self { aid, keys: KeyRing::new(settings, slots.key_type, slots.count), files: Vec::new() }
    }

    pub(super) fn file(&self, number: u8) -> Result<&File, Status> {
        self.files.iter().find(|file| file.number == number).ok_or(Status::FileNotFound)
    }

    pub(super) fn file_mut(&mut self, number: u8) -> Result<&mut File, Status> {
        self.files.iter_mut().find(|file| file.number == number).ok_or(Status::FileNotFound)
    }
}
