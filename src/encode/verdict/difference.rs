// SPDX-License-Identifier: MIT OR Apache-2.0
//! In what a card differs from its profile, by the step that would mend it.

use core::fmt;

use crate::encode::plan::step::Step;
use crate::profile::{Application, CardSetting, FileRef, Profile, TransactionMacSpec};
use crate::wire::{Aid, FileNo, KeyNo, PiccKey};

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
    /// An application has its former keys, and no other key set with the present ones.
    KeySet(Aid),
    /// The card does not hide its UID, or not as the profile says.
    RandomUid,
    /// The card is in AES, where the profile is in LRP.
    Lrp,
    /// The chip does not look at the wire of its seal.
    Seal,
    /// The card still takes D40 or EV1 messaging.
    Legacy,
    /// The card shows that it was not told this.
    Told(CardSetting),
    /// An application has the name that it came with.
    Name(Aid),
    /// A file has the number that it came with.
    Number {
        /// The application.
        aid: Aid,
        /// The file, by that number.
        file: FileNo,
    },
}

impl Difference {
    /// What a step would mend.
    pub(crate) fn of(step: &Step, profile: &Profile) -> Self {
        let in_file =
            |at: FileRef| Self::File { aid: profile[at.application()].aid, file: profile[at].no };
        match *step {
            Step::File { file, .. } => in_file(file),
            Step::WriteContents { application, ref files } => {
                let first = files.first().copied();
                first.map_or(Self::Application(profile[application].aid), in_file)
            }
            Step::TransactionMac { application, .. } => {
                let Application { aid, transaction_mac, .. } = profile[application];
                let file = |mac: TransactionMacSpec| Self::File { aid, file: mac.no };
                transaction_mac.map_or(Self::Application(aid), file)
            }
            Step::CreateApplication { application, .. }
            | Step::CreateDelegated { application }
            | Step::DeleteDelegated { application }
            | Step::DeleteApplication { application } => {
                Self::Application(profile[application].aid)
            }
            Step::ChangeKey { application, no, .. } => {
                Self::Key { aid: profile[application].aid, no }
            }
            Step::KeySet { application, .. } => Self::KeySet(profile[application].aid),
            Step::ChangeOwnKey { slot, .. } | Step::Authenticate { slot, .. } => {
                Self::Key { aid: slot.level.aid(profile), no: slot.no }
            }
            Step::ChangeSettings { level, .. } | Step::Select(level) => {
                Self::Settings(level.aid(profile))
            }
            Step::Configure(_) => Self::RandomUid,
            // It is told before its own key comes, and nothing but that stands for it.
            Step::Tell(_) => Self::Key { aid: Aid::PICC, no: KeyNo::MASTER },
            Step::TellAgain(setting) => Self::Told(setting),
            Step::SwitchToLrp { .. } => Self::Lrp,
            Step::WatchSeal { .. } => Self::Seal,
            Step::LegacyOff { .. } | Step::TryLegacy => Self::Legacy,
            Step::RenameFile { file } => {
                Self::Number { aid: profile[file.application()].aid, file: profile[file].no }
            }
            Step::SeeNumbers { application } => Self::Application(profile[application].aid),
            Step::Rename { application } => Self::Name(profile[application].aid),
            Step::Look(level) => Self::Settings(level.aid(profile)),
            Step::SeeOwnKey { application } => {
                Self::Key { aid: profile[application].aid, no: KeyNo::MASTER }
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
            Self::Key { aid: Aid::PICC, no } if *no == PiccKey::DamAuth.number() => {
                f.write_str("DAMAuthKey of the card is another one")
            }
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
            Self::RandomUid => f.write_str("it does not hide its UID as the profile says"),
            Self::Name(aid) => {
                write!(f, "application {aid} has the name that it came with")
            }
            Self::Number { aid, file } => {
                write!(f, "file {file} of application {aid} has the number that it came with")
            }
            Self::Lrp => f.write_str("it was not switched to LRP"),
            Self::Seal => f.write_str("it does not look at the wire of its seal"),
            Self::KeySet(aid) => {
                write!(
                    f,
                    "application {aid} has its former keys, and not the present ones in another set"
                )
            }
            Self::Told(setting) => write!(f, "it does not have {}", setting.words()),
            Self::Legacy => f.write_str("it still takes D40 or EV1 messaging"),
        }
    }
}
