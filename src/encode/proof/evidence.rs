// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card has proved, for each key, setting and file of the profile.

use crate::encode::plan::place::{Level, Slot};
use crate::host::Grade;
use crate::profile::Profile;
use crate::wire::PiccConfiguration;

/// The grades of one presentation. They start at [`Grade::NotLookedAt`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) picc: LevelEvidence,
    /// For the random UID, where the profile switches it on.
    pub(crate) random_uid: Grade,
    /// For FormatPICC switched off, where the profile does so.
    pub(crate) no_format: Grade,
    /// For a card that is brought back to blank.
    pub(crate) blank: BlankEvidence,
    /// One entry for each application of the profile.
    pub(crate) applications: Vec<ApplicationEvidence>,
}

/// The grades of what a blank card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlankEvidence {
    /// The transport key.
    pub(crate) key: Grade,
    /// The settings of the factory.
    pub(crate) settings: Grade,
    /// That there is no application.
    pub(crate) empty: Grade,
}

/// The grades of a level's master key and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelEvidence {
    pub(crate) key: Grade,
    pub(crate) settings: Grade,
    /// Whether the card was asked for the settings after their last change.
    pub(crate) looked: bool,
}

/// The grades of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApplicationEvidence {
    /// One for each key, key 0 first.
    pub(crate) keys: Vec<Grade>,
    pub(crate) settings: Grade,
    /// One for each file, in the profile's order: what it holds, where the profile says anything.
    pub(crate) files: Vec<Grade>,
    /// One for each file: that it is there, with its kind, rights and mode.
    pub(crate) shapes: Vec<Grade>,
    /// Whether the card was asked for all of this after its last change.
    pub(crate) looked: bool,
    /// Whether a session in which it was changed was cut short and another took its place: then key 0
    /// stands for the last of them alone.
    pub(crate) split: bool,
}

impl Evidence {
    pub(crate) fn none(profile: &Profile) -> Self {
        let unseen = Grade::NotLookedAt;
        let applications = profile.applications().iter().map(|application| ApplicationEvidence {
            keys: vec![unseen; application.keys.len()],
            settings: unseen,
            files: vec![unseen; application.files.len()],
            shapes: vec![unseen; application.files.len()],
            looked: false,
            split: false,
        });
        Self {
            picc: LevelEvidence { key: unseen, settings: unseen, looked: false },
            random_uid: unseen,
            no_format: unseen,
            blank: BlankEvidence { key: unseen, settings: unseen, empty: unseen },
            applications: applications.collect(),
        }
    }

    /// Raises a key's grade; weaker evidence takes nothing away.
    pub(crate) fn key(&mut self, slot: Slot, grade: Grade) {
        match slot.level {
            Level::Picc => raise(Some(&mut self.picc.key), grade),
            Level::Application(index) => {
                let keys = self.applications.get_mut(index).map(|proven| &mut proven.keys);
                raise(keys.and_then(|keys| keys.get_mut(usize::from(u8::from(slot.no)))), grade);
            }
        }
    }

    /// The grade of a key.
    pub(crate) fn key_grade(&self, slot: Slot) -> Grade {
        match slot.level {
            Level::Picc => self.picc.key,
            Level::Application(index) => {
                let keys = self.applications.get(index).map(|proven| &proven.keys);
                let grade = keys.and_then(|keys| keys.get(usize::from(u8::from(slot.no))));
                grade.copied().unwrap_or(Grade::NotLookedAt)
            }
        }
    }

    /// The grade of a level's settings.
    pub(crate) fn settings_grade(&self, level: Level) -> Grade {
        match level {
            Level::Picc => self.picc.settings,
            Level::Application(index) => {
                self.applications.get(index).map_or(Grade::NotLookedAt, |proven| proven.settings)
            }
        }
    }

    /// Takes down that the card was asked for everything at a level, or that this is outdated.
    pub(crate) fn looked(&mut self, level: Level, looked: bool) {
        match level {
            Level::Picc => self.picc.looked = looked,
            Level::Application(index) => {
                if let Some(proven) = self.applications.get_mut(index) {
                    proven.looked = looked;
                }
            }
        }
    }

    /// A session at a level was cut short after a change, and another one goes on.
    pub(crate) fn split(&mut self, level: Level) {
        if let Level::Application(index) = level
            && let Some(proven) = self.applications.get_mut(index)
        {
            proven.split = true;
        }
    }

    /// Raises the grade of a level's settings.
    pub(crate) fn settings(&mut self, level: Level, grade: Grade) {
        match level {
            Level::Picc => raise(Some(&mut self.picc.settings), grade),
            Level::Application(index) => {
                let proven = self.applications.get_mut(index);
                raise(proven.map(|proven| &mut proven.settings), grade);
            }
        }
    }

    /// Raises the grades of what was switched on for good.
    pub(crate) fn configuration(&mut self, set: PiccConfiguration, grade: Grade) {
        if set.random_uid {
            self.random_uid(grade);
        }
        if set.no_format {
            raise(Some(&mut self.no_format), grade);
        }
    }

    /// Raises the grade of the random UID.
    pub(crate) fn random_uid(&mut self, grade: Grade) {
        raise(Some(&mut self.random_uid), grade);
    }

    /// Raises the grade of a blank card's key.
    pub(crate) fn blank_key(&mut self, grade: Grade) {
        raise(Some(&mut self.blank.key), grade);
    }

    /// Raises the grade of a blank card's settings.
    pub(crate) fn blank_settings(&mut self, grade: Grade) {
        raise(Some(&mut self.blank.settings), grade);
    }

    /// Whether anything has shown that there is no application.
    pub(crate) fn is_emptied(&self) -> bool {
        self.blank.empty > Grade::NotLookedAt
    }

    /// Raises the grade of a card without applications.
    pub(crate) fn emptied(&mut self, grade: Grade) {
        raise(Some(&mut self.blank.empty), grade);
    }

    /// Raises the grade of a file's kind, rights and mode.
    pub(crate) fn shape(&mut self, application: usize, file: usize, grade: Grade) {
        let shapes = self.applications.get_mut(application).map(|proven| &mut proven.shapes);
        raise(shapes.and_then(|shapes| shapes.get_mut(file)), grade);
    }

    /// Raises a file's grade.
    pub(crate) fn file(&mut self, application: usize, file: usize, grade: Grade) {
        let files = self.applications.get_mut(application).map(|proven| &mut proven.files);
        raise(files.and_then(|files| files.get_mut(file)), grade);
    }
}

fn raise(held: Option<&mut Grade>, grade: Grade) {
    if let Some(held) = held {
        *held = grade.max(*held);
    }
}
