// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the memory of a card goes, before a plan and after it.

use serde::{Serialize, Serializer};

use crate::encode::plan::state::{ApplicationState, FileStage, OpenApplication};
use crate::encode::plan::step::{FileAct, Step, TransactionMacAct};
use crate::profile::{AppRef, Application, FileRef, ForApplications, ForFiles, Profile};
use crate::wire::{Aid, FileNo, Silicon};

/// The memory of a card before a plan and after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CardMemory {
    /// What a blank card of the chip has free, in bytes: as AN12752 has it, and as it was measured.
    pub blank: u32,
    /// Whether the card told its free memory (FreeMemory). Else what is free is reckoned from what
    /// a blank card has: at most, as a file that was deleted takes its room until FormatPICC.
    pub told: bool,
    /// Before the first step.
    pub before: MemoryMap,
    /// After the last step.
    pub after: MemoryMap,
}

/// What lies on a card. An application that was not looked into counts as the profile has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct MemoryMap {
    /// The profile's applications that are there, in its order.
    pub applications: Vec<ApplicationMemory>,
    /// What is free, in bytes.
    pub free: u32,
}

/// The memory of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ApplicationMemory {
    /// The application.
    #[serde(serialize_with = "shown")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub aid: Aid,
    /// What it takes without its files, in bytes: itself and its keys.
    pub bytes: u32,
    /// Its files, in the profile's order.
    pub files: Vec<FileMemory>,
}

/// The memory of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileMemory {
    /// The file.
    #[serde(serialize_with = "number")]
    #[cfg_attr(feature = "schema", schemars(with = "u8"))]
    pub no: FileNo,
    /// What it takes, in bytes: its size in blocks of 32, twice for a backup file.
    pub bytes: u32,
}

impl MemoryMap {
    /// What its applications and files take together, in bytes.
    #[must_use]
    pub fn used(&self) -> u32 {
        self.applications.iter().map(ApplicationMemory::total).fold(0, u32::saturating_add)
    }
}

impl ApplicationMemory {
    /// What it takes with its files, in bytes.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.files.iter().map(|file| file.bytes).fold(self.bytes, u32::saturating_add)
    }
}

/// Which files of which applications of the profile are on a card.
pub(crate) struct Inventory<'a> {
    profile: &'a Profile,
    chip: &'static Silicon,
    /// Which of its files an application has, where it is there.
    present: ForApplications<Option<ForFiles<bool>>>,
    /// Whether it has its transaction MAC file.
    counts: ForApplications<bool>,
}

impl<'a> Inventory<'a> {
    /// As the card was found.
    pub(crate) fn found(
        profile: &'a Profile,
        chip: &'static Silicon,
        states: &ForApplications<ApplicationState>,
    ) -> Self {
        let present = |at: AppRef, _: &Application| match &states[at] {
            ApplicationState::Absent => None,
            ApplicationState::Closed { .. } => Some(profile.for_files(at, |_, _| true)),
            ApplicationState::Open(OpenApplication { files, .. }) => {
                Some(profile.for_files(at, |file, _| files[file] != FileStage::Absent))
            }
        };
        let counts = |at: AppRef, spec: &Application| {
            let wanted = spec.keyed_transaction_mac().is_some();
            match &states[at] {
                ApplicationState::Absent => false,
                ApplicationState::Closed { .. } => wanted,
                ApplicationState::Open(open) => open.counts.is_there(wanted),
            }
        };
        let counts = profile.for_applications(counts);
        Self { profile, chip, present: profile.for_applications(present), counts }
    }

    /// As a step leaves the card.
    pub(crate) fn after(&mut self, step: &Step) {
        match *step {
            Step::Format => {
                self.present.iter_mut().for_each(|application| *application = None);
                self.counts.iter_mut().for_each(|counts| *counts = false);
            }
            Step::DeleteApplication { application } | Step::DeleteDelegated { application } => {
                self.present[application] = None;
                self.counts[application] = false;
            }
            Step::TransactionMac { application, act } => {
                self.counts[application] = act != TransactionMacAct::Delete;
            }
            Step::CreateApplication { application, .. } | Step::CreateDelegated { application } => {
                let files = self.profile.for_files(application, |_, _| false);
                self.present[application] = Some(files);
            }
            Step::File { file, act: act @ (FileAct::Create | FileAct::Delete) } => {
                if let Some(files) = &mut self.present[file.application()] {
                    files[file] = act == FileAct::Create;
                }
            }
            Step::Select(_)
            | Step::Authenticate { .. }
            | Step::ListNothing
            | Step::File { .. }
            | Step::Rename { .. }
            | Step::RenameFile { .. }
            | Step::SeeNumbers { .. }
            | Step::WriteContents { .. }
            | Step::ChangeKey { .. }
            | Step::KeySet { .. }
            | Step::ChangeSettings { .. }
            | Step::ChangeOwnKey { .. }
            | Step::StartKey { .. }
            | Step::CheckUid
            | Step::SeeOwnKey { .. }
            | Step::Look(_)
            | Step::Configure(_)
            | Step::Tell(_)
            | Step::TellAgain(_)
            | Step::LegacyOff { .. }
            | Step::TryLegacy
            | Step::SwitchToLrp { .. }
            | Step::WatchSeal { .. } => {}
        }
    }

    /// The map; what is free is for others to say.
    pub(crate) fn map(&self) -> MemoryMap {
        let (profile, layout) = (self.profile, self.profile.layout());
        let file = |(at, present): (FileRef, &bool)| {
            let spec = &profile[at];
            present.then(|| FileMemory { no: spec.no, bytes: layout.file_memory(spec) })
        };
        let application = |(at, present): (AppRef, &Option<ForFiles<bool>>)| {
            let spec = &profile[at];
            let counter = spec.transaction_mac.filter(|_| self.counts[at]);
            let counter =
                counter.map(|mac| FileMemory { no: mac.no, bytes: layout.counter_memory() });
            let counter = counter.filter(|counter| counter.bytes > 0);
            let files = present.as_ref()?.iter().filter_map(file).chain(counter).collect();
            let bytes = layout.own_memory(spec, self.chip);
            Some(ApplicationMemory { aid: spec.aid, bytes, files })
        };
        let applications = self.present.iter().filter_map(application).collect();
        MemoryMap { applications, free: 0 }
    }
}

fn shown<S: Serializer>(aid: &Aid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(aid)
}

fn number<S: Serializer>(no: &FileNo, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8((*no).into())
}
