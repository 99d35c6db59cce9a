// SPDX-License-Identifier: MIT OR Apache-2.0
//! In what a card differs from its profile, by the step that would mend it.

use core::fmt;

use crate::encode::job::Job;
use crate::encode::plan::place::Level;
use crate::encode::plan::step::Step;
use crate::wire::{Aid, FileNo, KeyNo};

/// In what a card differs from its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// An application is missing.
    Application(Aid),
    /// A key is another version.
    Key {
        /// The application, or [`Aid::PICC`].
        aid: Aid,
        /// The key's number there.
        no: KeyNo,
    },
    /// Key settings are others.
    Settings(Aid),
    /// A file is missing, has other settings or holds something else.
    File {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The card does not hide its UID.
    RandomUid,
}

impl Difference {
    /// What a step would mend.
    pub(crate) fn of(step: &Step, job: &Job) -> Self {
        let file = |application: usize, file: usize| {
            let spec = job.profile().applications().get(application);
            let file = spec.and_then(|spec| spec.files.get(file));
            let aid = job.aid(Level::Application(application));
            file.map_or(Self::Application(aid), |file| Self::File { aid, file: file.no })
        };
        match *step {
            Step::File { application, file: index, .. } => file(application, index),
            Step::WriteContents { application, ref files } => {
                file(application, files.first().copied().unwrap_or(usize::MAX))
            }
            Step::CreateApplication { application, .. }
            | Step::DeleteApplication { application } => {
                Self::Application(job.aid(Level::Application(application)))
            }
            Step::ChangeKey { application, no, .. } => {
                Self::Key { aid: job.aid(Level::Application(application)), no }
            }
            Step::ChangeOwnKey { slot, .. } | Step::Authenticate { slot, .. } => {
                Self::Key { aid: job.aid(slot.level), no: slot.no }
            }
            Step::ChangeSettings { level, .. } | Step::Select(level) => {
                Self::Settings(job.aid(level))
            }
            Step::Configure(_) => Self::RandomUid,
            Step::Look(level) => Self::Settings(job.aid(level)),
            Step::SeeOwnKey { application } => {
                let aid = job.aid(Level::Application(application));
                Self::Key { aid, no: KeyNo::MASTER }
            }
            Step::Format | Step::ListNothing | Step::StartKey { .. } | Step::CheckUid => {
                Self::Application(Aid::PICC)
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application(aid) => write!(f, "application {aid} is missing"),
            Self::Key { aid: Aid::PICC, .. } => {
                f.write_str("the PICC master key has another version")
            }
            Self::Key { aid, no } => {
                write!(f, "key {} of application {aid} has another version", u8::from(*no))
            }
            Self::Settings(Aid::PICC) => f.write_str("the card has other key settings"),
            Self::Settings(aid) => write!(f, "application {aid} has other key settings"),
            Self::File { aid, file } => {
                write!(f, "file {file} of application {aid} is missing or another one")
            }
            Self::RandomUid => f.write_str("it does not hide its UID"),
        }
    }
}
