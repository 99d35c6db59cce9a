// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card has proved, for each key, setting and file of the profile.

use crate::encode::plan::place::{Level, Slot};
use crate::host::Grade;
use crate::profile::{
    AppRef, Application, CardSetting, FileRef, ForApplications, ForFiles, Profile,
};
use crate::wire::{KeyNo, PiccConfiguration};

/// The grades of one presentation. They start at [`Grade::NotLookedAt`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) picc: LevelEvidence,
    /// For the random UID, where the profile switches it on.
    pub(crate) random_uid: Grade,
    /// For FormatPICC switched off, where the profile does so.
    pub(crate) no_format: Grade,
    /// For D40 and EV1 messaging switched off, where the profile does so.
    pub(crate) legacy_off: Grade,
    /// For the name of an application that came with another one, where the profile gives it one.
    pub(crate) name: Grade,
    /// For the numbers of files that came with other ones, where the profile gives them any.
    pub(crate) numbers: Grade,
    /// For what it was told and nothing shows, in its order.
    pub(crate) told: Vec<(CardSetting, Grade)>,
    /// For a card that is brought back to blank.
    pub(crate) blank: BlankEvidence,
    pub(crate) applications: ForApplications<ApplicationEvidence>,
}

/// The grades of what a blank card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlankEvidence {
    /// The transport key.
    pub(crate) key: Grade,
    /// The settings of the factory.
    pub(crate) settings: Grade,
    /// That there is no application, or none that is other than it comes.
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
    /// What a file holds, where the profile says anything.
    pub(crate) files: ForFiles<Grade>,
    /// That a file is there, with its kind, rights and mode.
    pub(crate) shapes: ForFiles<Grade>,
    /// That its transaction MAC file is there, with its rights and the version of its key.
    pub(crate) counts: Grade,
    /// Whether the card was asked for all of this after its last change.
    pub(crate) looked: bool,
    /// For its next key set, which has all present keys and waits for a reader to roll.
    pub(crate) prepared: Grade,
    /// Whether it has key sets, where the card told.
    pub(crate) in_sets: Option<bool>,
    /// The version of its active key set, where the card told.
    pub(crate) set_version: Option<u8>,
    /// Whether a session in which it was changed was cut short and another took its place: then key 0
    /// stands for the last of them alone.
    pub(crate) split: bool,
}

impl Evidence {
    pub(crate) fn none(profile: &Profile) -> Self {
        let unseen = Grade::NotLookedAt;
        let application = |at: AppRef, spec: &Application| ApplicationEvidence {
            keys: vec![unseen; spec.keys.len()],
            settings: unseen,
            files: profile.for_files(at, |_, _| unseen),
            shapes: profile.for_files(at, |_, _| unseen),
            counts: unseen,
            looked: false,
            prepared: unseen,
            in_sets: None,
            set_version: None,
            split: false,
        };
        Self {
            picc: LevelEvidence { key: unseen, settings: unseen, looked: false },
            random_uid: unseen,
            no_format: unseen,
            legacy_off: unseen,
            name: unseen,
            numbers: unseen,
            told: profile.card().map_or_else(Vec::new, |card| {
                card.told.each().map(|setting| (setting, unseen)).collect()
            }),
            blank: BlankEvidence { key: unseen, settings: unseen, empty: unseen },
            applications: profile.for_applications(application),
        }
    }

    /// Raises a key's grade; weaker evidence takes nothing away.
    pub(crate) fn key(&mut self, slot: Slot, grade: Grade) {
        match slot.level {
            Level::Picc => raise(&mut self.picc.key, grade),
            Level::Application(at) => {
                // The card may name a key that the profile knows nothing of.
                let keys = &mut self.applications[at].keys;
                if let Some(held) = keys.get_mut(usize::from(u8::from(slot.no))) {
                    raise(held, grade);
                }
            }
        }
    }

    /// The grade of a key.
    pub(crate) fn key_grade(&self, slot: Slot) -> Grade {
        match slot.level {
            Level::Picc => self.picc.key,
            Level::Application(at) => self.applications[at].key(slot.no),
        }
    }

    /// The grade of a level's settings.
    pub(crate) fn settings_grade(&self, level: Level) -> Grade {
        match level {
            Level::Picc => self.picc.settings,
            Level::Application(at) => self.applications[at].settings,
        }
    }

    /// Takes down that the card was asked for everything at a level, or that this is outdated.
    pub(crate) fn looked(&mut self, level: Level, looked: bool) {
        match level {
            Level::Picc => self.picc.looked = looked,
            Level::Application(at) => self.applications[at].looked = looked,
        }
    }

    /// Another set became the active one: what was proven of keys is not proven of these.
    pub(crate) fn rolled(&mut self, at: AppRef) {
        self.applications[at].keys.fill(Grade::NotLookedAt);
    }

    /// Whether an application is left for a reader to roll its keys.
    pub(crate) fn is_prepared(&self) -> bool {
        self.applications.iter().any(|(_, one)| one.prepared > Grade::Said)
    }

    /// A session at a level was cut short after a change, and another one goes on.
    pub(crate) fn split(&mut self, level: Level) {
        if let Level::Application(at) = level {
            self.applications[at].split = true;
        }
    }

    /// Raises the grade of a level's settings.
    pub(crate) fn settings(&mut self, level: Level, grade: Grade) {
        match level {
            Level::Picc => raise(&mut self.picc.settings, grade),
            Level::Application(at) => raise(&mut self.applications[at].settings, grade),
        }
    }

    /// Raises the grades of what was switched on for good.
    pub(crate) fn configuration(&mut self, set: PiccConfiguration, grade: Grade) {
        if set.random_uid {
            self.random_uid(grade);
        }
        if set.no_format {
            raise(&mut self.no_format, grade);
        }
    }

    /// Raises the grade of the random UID.
    pub(crate) fn random_uid(&mut self, grade: Grade) {
        raise(&mut self.random_uid, grade);
    }

    /// Raises the grade of something that the card was told.
    pub(crate) fn told(&mut self, setting: CardSetting, grade: Grade) {
        let mut told = self.told.iter_mut();
        if let Some((_, held)) = told.find(|(told, _)| *told == setting) {
            raise(held, grade);
        }
    }

    /// Raises the grade of older messaging switched off.
    pub(crate) fn legacy_off(&mut self, grade: Grade) {
        raise(&mut self.legacy_off, grade);
    }

    /// Raises the grade of an application's name.
    pub(crate) fn name(&mut self, grade: Grade) {
        raise(&mut self.name, grade);
    }

    /// Raises the grade of the numbers of files.
    pub(crate) fn numbers(&mut self, grade: Grade) {
        raise(&mut self.numbers, grade);
    }

    /// Raises the grade of a blank card's key.
    pub(crate) fn blank_key(&mut self, grade: Grade) {
        raise(&mut self.blank.key, grade);
    }

    /// Raises the grade of a blank card's settings.
    pub(crate) fn blank_settings(&mut self, grade: Grade) {
        raise(&mut self.blank.settings, grade);
    }

    /// Takes down what brought a part of a fixed layout back, or showed it as it comes: the whole is worth
    /// what the weakest is.
    pub(crate) fn brought_back(&mut self, grade: Grade) {
        for held in [&mut self.blank.settings, &mut self.blank.empty] {
            *held = if *held == Grade::NotLookedAt { grade } else { grade.min(*held) };
        }
    }

    /// Whether anything has shown that there is no application.
    pub(crate) fn is_emptied(&self) -> bool {
        self.blank.empty > Grade::NotLookedAt
    }

    /// Raises the grade of a card without applications.
    pub(crate) fn emptied(&mut self, grade: Grade) {
        raise(&mut self.blank.empty, grade);
    }

    /// Raises the grade of a file's kind, rights and mode.
    pub(crate) fn shape(&mut self, file: FileRef, grade: Grade) {
        raise(&mut self.applications[file.application()].shapes[file], grade);
    }

    /// Raises the grade of an application's transaction MAC file.
    pub(crate) fn counts(&mut self, at: AppRef, grade: Grade) {
        raise(&mut self.applications[at].counts, grade);
    }

    /// Raises a file's grade.
    pub(crate) fn file(&mut self, file: FileRef, grade: Grade) {
        raise(&mut self.applications[file.application()].files[file], grade);
    }
}

impl ApplicationEvidence {
    /// The grade of a key; nothing is known of one that the profile does not name.
    pub(crate) fn key(&self, no: KeyNo) -> Grade {
        self.keys.get(usize::from(u8::from(no))).copied().unwrap_or(Grade::NotLookedAt)
    }
}

fn raise(held: &mut Grade, grade: Grade) {
    *held = grade.max(*held);
}
