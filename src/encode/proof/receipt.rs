// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is kept of an encoding: what was done and what proves it, and nobody's data.
//!
//! A receipt names its card by an HMAC of the UID under the tenant's receipt key; without that
//! key no receipt can be joined with a card.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::encode::task::Task;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::recovery::{Recovery, Wrote};
use crate::encode::verdict::refusal::Refusal;
use crate::encode::verdict::unproven::{Ground, Unproven};
use crate::host::Grade;
use crate::profile::{CardSetting, ExportReason, Profile, RecordReason};
use crate::reader::ReaderError;
use crate::wire::Messaging;

/// One line of a receipts file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Receipt {
    /// The record's reference, its opaque `id`; or, where it brought none, the number of its line, or
    /// `-` where it came alone.
    pub record: String,
    /// The version of this form, [`Receipt::SCHEMA`]. Receipts of before there was one are of version 1.
    #[serde(default = "first_schema")]
    pub schema: u32,
    /// The program that wrote it, with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The order that the record came with, by the caller's reference ([`Origin`](crate::encode::Origin)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The station, by the caller's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// The reader that the card lay on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The record brought no reference: `record` is only what people call it by.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unnamed: bool,
    /// HMAC of the records file under the receipt key, where its records have no `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// The mark of the record's values: HMAC under a key that comes of the receipt key and the record's
    /// reference. Receipts of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<String>,
    /// What the job did with the card.
    #[serde(default)]
    pub job: Task,
    /// How it ended.
    pub outcome: OutcomeName,
    /// Whether the card was changed.
    pub wrote: Wrote,
    /// The card is not done and bears a key of the customer's, or may: it must not go back to stock.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub keyed: bool,
    /// Why it was refused or failed, or what of it nothing proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The [code](crate::code::Code) of the reason, by which machines know it (`docs/codes.md`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What to do next where it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// The profile that was applied.
    pub profile: ProfileMark,
    /// HMAC of the card's real UID under the receipt key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
    /// The chip, where the card itself told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip: Option<String>,
    /// What the chip's signature is worth, by [`Finding::name`](crate::originality::Finding::name),
    /// where the profile asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originality: Option<String>,
    /// The messaging, as far as a key's type lets it choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging: Option<Messaging>,
    /// What the card refused to be spoken to in, though its version promises it and the profile prefers
    /// it, and with which status, as `ev2 refused: 1C`. A clone does that, or somebody in its place;
    /// `messaging` is what was spoken instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messaging_refused: Option<String>,
    /// The grade of each key.
    pub keys: Vec<KeyGrade>,
    /// The grade of the settings of each level.
    pub settings: Vec<SettingsGrade>,
    /// The grade of each file.
    pub files: Vec<FileGrade>,
    /// The grade of the random UID, where the profile switches it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_uid: Option<Grade>,
    /// The grade of FormatPICC switched off, where the profile does so. Nothing on a card shows it
    /// later: then the PICC master key stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_format: Option<Grade>,
    /// The grade of D40 and EV1 messaging switched off, where the profile does so. That a card refuses them
    /// is a refusal, which nobody's key protects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_off: Option<Grade>,
    /// The grade of the name of an application that comes with another one, where the profile gives it one.
    /// That a card answers to it is what anybody could say; a job that gives it has a reply with a MAC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Grade>,
    /// The grade of the numbers of files that come with other ones, where the profile gives them any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Grade>,
    /// The grades of what the card was told. Nothing under a MAC shows it later: then the PICC master key, or the
    /// random UID, stands for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldGrade>,
    /// What a card that was brought back to blank has shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<BlankGrade>,
    /// The applications of a card that ended well or was written for which the profile names key sets, where they
    /// wait for a reader to roll, have no sets and change key by key, or did so in a set whose version stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_sets: Vec<KeySetGrade>,
    /// What a card keeps for good that was brought back to blank and has its applications from the factory,
    /// in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<String>,
    /// What a card that ended well was not asked about, in words: keys, settings, files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_looked_at: Vec<String>,
    /// The transactions that were committed in applications which count them, or, of a card that is verified, the
    /// last of each: for the server that verifies their MACs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<CountedTransaction>,
    /// The key slots of a card that ended well or was written which the profile leaves to other issuers, at
    /// the key that new applications start with: nothing of what they open is proven, whatever else is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftSlot>,
    /// When it began, UTC.
    pub started: String,
    /// When it ended, UTC.
    pub finished: String,
    /// How many commands went to the card.
    pub exchanges: u64,
    /// Bytes to the card.
    pub sent: u64,
    /// Bytes from the card.
    pub received: u64,
}

const fn first_schema() -> u32 {
    1
}

/// How an encoding ended, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "mirrors the outcomes")]
pub enum OutcomeName {
    /// See [`Outcome::Done`](crate::encode::Outcome::Done).
    Done,
    /// See [`Outcome::AlreadyDone`](crate::encode::Outcome::AlreadyDone).
    AlreadyDone,
    /// See [`Outcome::Prepared`](crate::encode::Outcome::Prepared).
    Prepared,
    /// See [`Outcome::Written`](crate::encode::Outcome::Written).
    Written,
    /// See [`Outcome::Refused`](crate::encode::Outcome::Refused).
    Refused,
    /// See [`Outcome::Failed`](crate::encode::Outcome::Failed).
    Failed,
}

impl OutcomeName {
    /// Whether nothing is left to do with the card for jobs: it is done, or a reader is to roll its keys.
    #[must_use]
    pub const fn is_well(self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone | Self::Prepared => true,
            Self::Written | Self::Refused | Self::Failed => false,
        }
    }

    /// Whether the card came to the end of what was to be done with it, proven or not.
    pub(crate) const fn tells_the_card(self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone | Self::Prepared | Self::Written => true,
            Self::Refused | Self::Failed => false,
        }
    }

    /// The name as receipts have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "already-done",
            Self::Prepared => "prepared",
            Self::Written => "written",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// A profile's name, and by what it is known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ProfileMark {
    /// The name in the profile.
    pub name: String,
    /// SHA-256 of its text, hexadecimal.
    pub sha256: String,
    /// SHA-256 of [what it means](crate::profile::Profile::meaning), hexadecimal. Receipts of older
    /// versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// What a card proved of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeyGrade {
    /// `picc`, or the AID.
    pub at: String,
    /// The key's number there.
    pub no: u8,
    /// Its name in the profile.
    pub name: String,
    /// Its version.
    pub version: u8,
    /// How strong the evidence is.
    pub grade: Grade,
    /// What stands for it, where its own grade is no proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    /// How the low bits of the key were written that this one replaced, by
    /// [`LowBits::name`](crate::key::LowBits::name), where that is not what the profile says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

/// A transaction that a card counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CountedTransaction {
    /// The AID.
    pub at: String,
    /// The counter with this transaction counted, as the number of its four bytes, the first the least
    /// significant.
    pub counter: u32,
    /// Its MAC, 8 bytes, hexadecimal.
    pub mac: String,
    /// What the card answered to the reader's name, 16 bytes, hexadecimal: the reader before, enciphered, which
    /// goes under the MAC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
}

/// A key slot that is left to another issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct LeftSlot {
    /// The AID.
    pub at: String,
    /// The key's number there.
    pub no: u8,
    /// Its name in the profile.
    pub name: String,
}

/// What a card showed of the key sets of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeySetGrade {
    /// The AID.
    pub at: String,
    /// The set that has the present keys and waits; `None` where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<u8>,
    /// The version of the active set where it is not that of its key 0, as a card has it whose keys were changed one
    /// by one. `None` beside no set that waits: the application was made without key sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u8>,
    /// How strong the evidence is.
    pub grade: Grade,
}

/// What a card proved of being blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BlankGrade {
    /// The transport key opens it.
    pub key: Grade,
    /// It has the settings of the factory, and with a fixed layout all its keys.
    pub settings: Grade,
    /// It has no application, or, where they are there from the factory, holds nothing else than it comes
    /// with.
    pub empty: Grade,
}

/// What a card proved of key settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SettingsGrade {
    /// `picc`, or the AID.
    pub at: String,
    /// How strong the evidence is.
    pub grade: Grade,
    /// What stands for it, where its own grade is no proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
}

/// What a card proved of something that it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ToldGrade {
    /// What it was told.
    pub setting: CardSetting,
    /// How strong the evidence is.
    pub grade: Grade,
}

/// What a card proved of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileGrade {
    /// The AID.
    pub at: String,
    /// The file's number.
    pub no: u8,
    /// How strong the evidence is.
    pub grade: Grade,
    /// What stands for it, where its own grade is no proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
}

impl ProfileMark {
    /// The mark of a profile.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        Self {
            name: profile.name().to_owned(),
            sha256: hex::encode(profile.sha256()),
            meaning: Some(hex::encode(profile.meaning())),
        }
    }

    /// Whether both are of one text, or mean the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let meaning = self.meaning.is_some() && self.meaning == other.meaning;
        meaning || self.sha256 == other.sha256
    }
}

impl Receipt {
    /// The version of the form that this edition writes. It reads those before it.
    pub const SCHEMA: u32 = 2;

    /// What the [code](Self::code) of the receipt says; `None` where it has none, or one that this edition
    /// does not know.
    #[must_use]
    pub fn known_code(&self) -> Option<Code> {
        Self::code_named(self.code.as_deref()?)
    }

    /// The code of this name that receipts may have; `None` where this edition knows none.
    #[must_use]
    pub fn code_named(name: &str) -> Option<Code> {
        let tables = [
            Refusal::CODES,
            Failure::CODES,
            Unproven::CODES,
            ReaderError::CODES,
            RecordReason::CODES,
            ExportReason::CODES,
        ];
        tables.into_iter().flatten().copied().find(|code| code.name() == name)
    }

    /// Whether the record brought no reference. Receipts of older versions name a file then.
    pub(crate) const fn is_unnamed(&self) -> bool {
        self.unnamed || self.records.is_some()
    }

    /// The receipt as one line of JSON, without the line's end.
    ///
    /// # Errors
    /// [`serde_json::Error`], which a receipt gives no cause for.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}
