// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is kept of an encoding: what was done and what proves it, and nobody's data.
//!
//! A receipt names its card by an HMAC of the UID under the tenant's receipt key; without that
//! key no receipt can be joined with a card.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::attempt::Findings;
use super::encoder::Outcome;
use super::job::Job;
use super::place::{Level, Slot, slot_number};
use super::recovery::{Recovery, Wrote};
use super::task::Task;
use super::verdict::{Ground, Grounds};
use crate::host::Grade;
use crate::iso14443::RealUid;
use crate::transport::Traffic;
use crate::wire::{Chip, KeyNo, Messaging};

/// One line of a receipts file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Receipt {
    /// The record's opaque `id`, or its line number.
    pub record: String,
    /// HMAC of the records file under the receipt key, where its records have no `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
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
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
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
    /// What a card that was brought back to blank has shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<BlankGrade>,
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

/// How an encoding ended, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "mirrors the outcomes")]
pub enum OutcomeName {
    /// See [`Outcome::Done`].
    Done,
    /// See [`Outcome::AlreadyDone`].
    AlreadyDone,
    /// See [`Outcome::Written`].
    Written,
    /// See [`Outcome::Refused`].
    Refused,
    /// See [`Outcome::Failed`].
    Failed,
}

impl OutcomeName {
    /// The name as receipts have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "already-done",
            Self::Written => "written",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// A profile's name and the SHA-256 of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProfileMark {
    /// The name in the profile.
    pub name: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// What a card proved of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// What a card proved of being blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BlankGrade {
    /// The transport key opens it.
    pub key: Grade,
    /// It has the settings of the factory.
    pub settings: Grade,
    /// It has no application.
    pub empty: Grade,
}

/// What a card proved of key settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// What a card proved of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The mark of a records file whose records have no `id`: its HMAC under the receipt key.
#[must_use]
pub fn batch_mark(job: &Job, records: &[u8]) -> [u8; 32] {
    job.receipt_key().hmac("records", records)
}

/// The mark of a card: the HMAC of its UID under the receipt key, hexadecimal.
pub(crate) fn card_mark(job: &Job, uid: &RealUid) -> String {
    hex::encode(job.receipt_key().hmac("card", uid.expose()))
}

/// What a receipt is made of.
pub(crate) struct Facts<'a> {
    pub(crate) record: &'a str,
    pub(crate) batch: Option<&'a [u8; 32]>,
    pub(crate) findings: &'a Findings,
    pub(crate) uid: Option<&'a RealUid>,
    pub(crate) chip: Option<Chip>,
    pub(crate) messaging: Option<Messaging>,
    pub(crate) traffic: Traffic,
    pub(crate) started: SystemTime,
}

impl Facts<'_> {
    /// What stands for the things of a level.
    fn ground(&self, job: &Job, level: Level) -> Option<Ground> {
        let grounds = Grounds::new(job, self.messaging?);
        match level {
            Level::Picc => grounds.picc(self.findings),
            Level::Application(index) => {
                grounds.application(self.findings.evidence.applications.get(index)?)
            }
        }
    }
}

impl Receipt {
    pub(crate) fn of(job: &Job, outcome: &Outcome, facts: &Facts<'_>) -> Self {
        let profile = job.profile();
        let evidence = &facts.findings.evidence;
        let (name, reason, recovery) = match outcome {
            Outcome::Done => (OutcomeName::Done, None, None),
            Outcome::AlreadyDone => (OutcomeName::AlreadyDone, None, None),
            Outcome::Written(unproven) => (OutcomeName::Written, Some(unproven.to_string()), None),
            Outcome::Refused(refusal) => {
                (OutcomeName::Refused, Some(refusal.to_string()), Some(refusal.recovery()))
            }
            Outcome::Failed(failure) => {
                let recovery = failure.recovery(facts.findings.wrote);
                (OutcomeName::Failed, Some(failure.to_string()), Some(recovery))
            }
        };
        Self {
            record: facts.record.to_owned(),
            records: facts.batch.map(hex::encode),
            job: job.task(),
            outcome: name,
            wrote: facts.findings.wrote,
            keyed: facts.findings.keyed
                && !matches!(name, OutcomeName::Done | OutcomeName::AlreadyDone),
            reason,
            recovery,
            profile: ProfileMark {
                name: profile.name().to_owned(),
                sha256: hex::encode(profile.sha256()),
            },
            card: facts.uid.map(|uid| card_mark(job, uid)),
            chip: facts.chip.map(|chip| chip.to_string()),
            originality: facts.findings.originality.map(|finding| finding.name().to_owned()),
            messaging: facts.messaging.map(|one| facts.findings.spoken.instead_of(one)),
            messaging_refused: facts.findings.spoken.told(),
            keys: keys(job, facts),
            settings: settings(job, facts),
            files: files(job, facts),
            random_uid: profile.card().random_uid.then_some(evidence.random_uid),
            no_format: profile.card().no_format.then_some(evidence.no_format),
            blank: (job.task() == Task::Recycle).then_some(BlankGrade {
                key: evidence.blank.key,
                settings: evidence.blank.settings,
                empty: evidence.blank.empty,
            }),
            started: utc(facts.started),
            finished: utc(SystemTime::now()),
            exchanges: facts.traffic.exchanges,
            sent: facts.traffic.sent,
            received: facts.traffic.received,
        }
    }

    /// The receipt as one line of JSON, without the line's end.
    ///
    /// # Errors
    /// [`serde_json::Error`], which a receipt gives no cause for.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

fn keys(job: &Job, facts: &Facts<'_>) -> Vec<KeyGrade> {
    let evidence = &facts.findings.evidence;
    let picc = (Slot::master(Level::Picc), evidence.picc.key, None);
    let applications = evidence.applications.iter().enumerate().flat_map(|(index, proven)| {
        let ground = facts.ground(job, Level::Application(index));
        proven.keys.iter().enumerate().filter_map(move |(slot, grade)| {
            let no = slot_number(slot)?;
            let ground = ground.filter(|_| no != KeyNo::MASTER);
            Some((Slot { level: Level::Application(index), no }, *grade, ground))
        })
    });
    core::iter::once(picc)
        .chain(applications)
        .filter_map(|(slot, grade, ground)| {
            let spec = job.own_spec(slot)?;
            Some(KeyGrade {
                at: place(job, slot.level),
                no: slot.no.into(),
                name: spec.name.clone(),
                version: spec.version.0,
                grade,
                ground: needed(ground, grade),
                held: held(facts.findings, slot),
            })
        })
        .collect()
}

/// The low bits that a key turned out to have had, where they are worth a word.
fn held(findings: &Findings, slot: Slot) -> Option<String> {
    let form = findings.held.iter().find(|(held, _)| *held == slot);
    form.map(|(_, form)| form.name().to_owned())
}

fn settings(job: &Job, facts: &Facts<'_>) -> Vec<SettingsGrade> {
    let evidence = &facts.findings.evidence;
    let grade = |level: Level, grade: Grade| {
        let ground = needed(facts.ground(job, level), grade);
        SettingsGrade { at: place(job, level), grade, ground }
    };
    let applications = evidence.applications.iter().enumerate();
    let applications =
        applications.map(|(index, proven)| grade(Level::Application(index), proven.settings));
    core::iter::once(grade(Level::Picc, evidence.picc.settings)).chain(applications).collect()
}

fn files(job: &Job, facts: &Facts<'_>) -> Vec<FileGrade> {
    let applications =
        job.profile().applications().iter().zip(&facts.findings.evidence.applications);
    let mut files = Vec::new();
    for (index, (spec, proven)) in applications.enumerate() {
        let ground = facts.ground(job, Level::Application(index));
        for (file, (content, shape)) in
            spec.files.iter().zip(proven.files.iter().zip(&proven.shapes))
        {
            let grade = if file.content.is_some() { *content } else { *shape };
            let ground = needed(ground, *shape);
            files.push(FileGrade { at: spec.aid.to_string(), no: file.no.into(), grade, ground });
        }
    }
    files
}

/// A ground, where the grade is no proof by itself.
fn needed(ground: Option<Ground>, grade: Grade) -> Option<Ground> {
    ground.filter(|_| grade <= Grade::Said)
}

fn place(job: &Job, level: Level) -> String {
    match level {
        Level::Picc => "picc".to_owned(),
        Level::Application(_) => job.aid(level).to_string(),
    }
}

fn utc(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}
