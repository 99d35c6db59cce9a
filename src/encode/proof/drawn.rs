// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a receipt is drawn up from what a card has shown.

use std::time::SystemTime;

use crate::code::Code;
use crate::encode::card::findings::Findings;
use crate::encode::card::walk::Committed;
use crate::encode::job::Job;
use crate::encode::outcome::Outcome;
use crate::encode::plan::place::{Level, Slot, slot_number};
use crate::encode::proof::evidence::Evidence;
use crate::encode::proof::mark::Named;
use crate::encode::proof::receipt::{
    BlankGrade, CountedTransaction, FileGrade, KeyGrade, KeySetGrade, LeftSlot, OutcomeName,
    ProfileMark, Receipt, SettingsGrade, ToldGrade,
};
use crate::encode::verdict::recovery::{Recovery, Wrote};
use crate::encode::verdict::refusal::Refusal;
use crate::encode::verdict::unproven::{Ground, Grounds};
use crate::host::Grade;
use crate::host::command::key_set::KeySetNo;
use crate::iso14443::RealUid;
use crate::profile::{AppRef, CardSpec, Delegation, Profile};
use crate::transport::Traffic;
use crate::wire::{Aid, Chip, KeyNo, Messaging};

/// The program, as receipts name it.
const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// What a receipt is made of.
pub(crate) struct Facts<'a> {
    pub(crate) record: &'a Named,
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
            Level::Application(at) => grounds.application(&self.findings.evidence.applications[at]),
        }
    }
}

impl Receipt {
    pub(crate) fn of(job: &Job, outcome: &Outcome, facts: &Facts<'_>) -> Self {
        let profile = job.profile();
        let evidence = &facts.findings.evidence;
        let wants = |what: fn(&CardSpec) -> bool| profile.card().is_some_and(what);
        let told = Told::of(outcome, facts.findings.wrote);
        let name = told.name;
        Self {
            record: facts.record.label.clone(),
            unnamed: facts.record.unnamed,
            schema: Self::SCHEMA,
            program: Some(PROGRAM.to_owned()),
            order: None,
            station: None,
            reader: None,
            records: facts.batch.map(hex::encode),
            contents: facts.record.contents.map(|mark| mark.to_string()),
            job: job.task(),
            outcome: name,
            wrote: facts.findings.wrote,
            keyed: facts.findings.keyed && !name.is_well(),
            reason: told.reason,
            code: told.code.map(|code| code.name().to_owned()),
            recovery: told.recovery,
            profile: ProfileMark::of(profile),
            card: facts.uid.and_then(|uid| facts.findings.mark_now(job, uid)),
            chip: facts.chip.map(|chip| chip.to_string()),
            originality: facts.findings.originality.map(|finding| finding.name().to_owned()),
            messaging: facts.messaging.map(|one| facts.findings.spoken.instead_of(one)),
            messaging_refused: facts.findings.spoken.told(),
            keys: keys(job, facts),
            settings: settings(job, facts),
            files: files(job, facts),
            random_uid: wants(|card| card.random_uid).then_some(evidence.random_uid),
            no_format: wants(|card| card.no_format).then_some(evidence.no_format),
            legacy_off: wants(|card| card.legacy_off).then_some(evidence.legacy_off),
            name: gives(job, Profile::renames).then_some(evidence.name),
            numbers: gives(job, Profile::renumbers).then_some(evidence.numbers),
            told: evidence
                .told
                .iter()
                .map(|&(setting, grade)| ToldGrade { setting, grade })
                .collect(),
            blank: job.task().makes_blank().then_some(BlankGrade {
                key: evidence.blank.key,
                settings: evidence.blank.settings,
                empty: evidence.blank.empty,
            }),
            stays: facts.findings.stays.iter().map(|&what| what.to_owned()).collect(),
            transactions: facts.findings.transactions.iter().map(counted).collect(),
            key_sets: ended(name, || key_sets(job, evidence)),
            left: ended(name, || left(job)),
            not_looked_at: match matches!(name, OutcomeName::Done | OutcomeName::AlreadyDone) {
                true => not_looked_at(job, evidence),
                false => Vec::new(),
            },
            started: utc(facts.started),
            finished: utc(SystemTime::now()),
            exchanges: facts.traffic.exchanges,
            sent: facts.traffic.sent,
            received: facts.traffic.received,
        }
    }

    /// Takes back that all is well.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) {
        self.outcome = OutcomeName::Refused;
        self.reason = Some(refusal.to_string());
        self.code = Some(refusal.code().name().to_owned());
        self.recovery = Some(refusal.recovery());
        self.not_looked_at.clear();
    }
}

/// What an outcome puts into a receipt.
struct Told {
    name: OutcomeName,
    reason: Option<String>,
    code: Option<Code>,
    recovery: Option<Recovery>,
}

impl Told {
    fn of(outcome: &Outcome, wrote: Wrote) -> Self {
        let because = |name, reason: &dyn core::fmt::Display, code| {
            let reason = Some(reason.to_string());
            Self { name, reason, code: Some(code), recovery: None }
        };
        let well = |name| Self { name, reason: None, code: None, recovery: None };
        match outcome {
            Outcome::Done => well(OutcomeName::Done),
            Outcome::AlreadyDone => well(OutcomeName::AlreadyDone),
            Outcome::Prepared => well(OutcomeName::Prepared),
            Outcome::Written(unproven) => because(OutcomeName::Written, unproven, unproven.code()),
            Outcome::Refused(refusal) => Self {
                recovery: Some(refusal.recovery()),
                ..because(OutcomeName::Refused, refusal, refusal.code())
            },
            Outcome::Failed(failure) => Self {
                recovery: Some(failure.recovery(wrote)),
                ..because(OutcomeName::Failed, failure, failure.code())
            },
        }
    }
}

fn keys(job: &Job, facts: &Facts<'_>) -> Vec<KeyGrade> {
    let evidence = &facts.findings.evidence;
    let picc = (job.picc_slot(), evidence.picc.key, None);
    let applications = evidence.applications.iter().flat_map(|(at, proven)| {
        let ground = facts.ground(job, Level::Application(at));
        proven.keys.iter().enumerate().filter_map(move |(slot, grade)| {
            let no = slot_number(slot)?;
            let ground = ground.filter(|_| no != KeyNo::MASTER);
            Some((Slot { level: Level::Application(at), no }, *grade, ground))
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

/// What is told of a card that came to the end of what was to be done with it.
fn ended<T>(name: OutcomeName, told: impl FnOnce() -> Vec<T>) -> Vec<T> {
    if name.tells_the_card() { told() } else { Vec::new() }
}

/// The applications that a reader is to roll, those that have no key sets, and those whose active set has another
/// version than its key 0.
fn key_sets(job: &Job, evidence: &Evidence) -> Vec<KeySetGrade> {
    let each = evidence.applications.iter();
    each.filter_map(|(at, proven)| {
        let waits = proven.prepared > Grade::Said;
        let key_0 = job.profile().key_0(at).map(|key| key.version.0);
        let version = proven.set_version.filter(|version| !waits && Some(*version) != key_0);
        let told = waits || version.is_some() || proven.in_sets == Some(false);
        told.then(|| KeySetGrade {
            at: place(job, Level::Application(at)),
            waits: waits.then(|| KeySetNo::FIRST.into()),
            version,
            grade: if waits { proven.prepared } else { proven.settings },
        })
    })
    .collect()
}

fn counted((aid, Committed { mac, answered }): &(Aid, Committed)) -> CountedTransaction {
    CountedTransaction {
        at: aid.to_string(),
        counter: mac.counter.0,
        mac: hex::encode_upper(mac.value),
        answered: answered.map(hex::encode_upper),
    }
}

fn settings(job: &Job, facts: &Facts<'_>) -> Vec<SettingsGrade> {
    let evidence = &facts.findings.evidence;
    let grade = |level: Level, grade: Grade| {
        let ground = needed(facts.ground(job, level), grade);
        SettingsGrade { at: place(job, level), grade, ground }
    };
    let applications = evidence.applications.iter();
    let applications =
        applications.map(|(at, proven)| grade(Level::Application(at), proven.settings));
    // Where nothing lies above the applications, nothing of it has settings.
    let picc = job.profile().card().map(|_| grade(Level::Picc, evidence.picc.settings));
    let slot = job.profile().delegation().filter(|_| !job.task().makes_blank());
    let slot = slot.map(|Delegation { slot, .. }| SettingsGrade {
        at: format!("slot {slot}"),
        grade: evidence.picc.settings,
        ground: None,
    });
    picc.into_iter().chain(slot).chain(applications).collect()
}

fn files(job: &Job, facts: &Facts<'_>) -> Vec<FileGrade> {
    let profile = job.profile();
    let mut files = Vec::new();
    for (at, proven) in facts.findings.evidence.applications.iter() {
        let ground = facts.ground(job, Level::Application(at));
        for (file, content) in proven.files.iter() {
            let (spec, shape) = (&profile[file], proven.shapes[file]);
            let grade = if spec.content.is_some() { *content } else { shape };
            let ground = needed(ground, shape);
            let at = profile[at].aid.to_string();
            files.push(FileGrade { at, no: spec.no.into(), grade, ground });
        }
        if let Some((no, ..)) = profile[at].keyed_transaction_mac() {
            let (grade, ground) = (proven.counts, needed(ground, proven.counts));
            let at = profile[at].aid.to_string();
            files.push(FileGrade { at, no: no.into(), grade, ground });
        }
    }
    files
}

/// Whether an application is given names of this kind, where cards are not brought back to blank.
fn gives(job: &Job, names: fn(&Profile, AppRef) -> bool) -> bool {
    let mut applications = job.profile().each_application();
    !job.task().makes_blank() && applications.any(|(at, _)| names(job.profile(), at))
}

/// What a card was not asked about, and did not show otherwise.
fn not_looked_at(job: &Job, evidence: &Evidence) -> Vec<String> {
    let profile = job.profile();
    let unseen = |grade: Grade| grade == Grade::NotLookedAt;
    let mut words = Vec::new();
    if job.task().makes_blank() {
        return words;
    }
    let mut key = |slot: Slot, grade: Grade| {
        if let Some(spec) = job.own_spec(slot).filter(|_| unseen(grade)) {
            words.push(format!("key {} of {}", spec.name, place(job, slot.level)));
        }
    };
    key(job.picc_slot(), evidence.picc.key);
    for (at, proven) in evidence.applications.iter() {
        for (slot, grade) in proven.keys.iter().enumerate() {
            let level = Level::Application(at);
            slot_number(slot).into_iter().for_each(|no| key(Slot { level, no }, *grade));
        }
    }
    if profile.card().is_some() && unseen(evidence.picc.settings) {
        words.push("settings of picc".to_owned());
    }
    for (at, proven) in evidence.applications.iter() {
        let aid = place(job, Level::Application(at));
        if unseen(proven.settings) {
            words.push(format!("settings of {aid}"));
        }
        for (file, content) in proven.files.iter() {
            let spec = &profile[file];
            if unseen(proven.shapes[file]) {
                words.push(format!("rights of file {} of {aid}", spec.no));
            }
            if spec.content.is_some() && unseen(*content) {
                words.push(format!("contents of file {} of {aid}", spec.no));
            }
        }
        let counter = profile[at].keyed_transaction_mac().filter(|_| unseen(proven.counts));
        words.extend(counter.map(|(no, ..)| format!("rights of file {no} of {aid}")));
    }
    words
}

/// The slots that are left to other issuers, and so to whoever comes first.
fn left(job: &Job) -> Vec<LeftSlot> {
    let profile = job.profile();
    if job.task().makes_blank() {
        return Vec::new();
    }
    let slots = profile.applications().iter().flat_map(|application| {
        application.foreign_slots().map(|(no, name)| LeftSlot {
            at: application.aid.to_string(),
            no: no.into(),
            name: name.to_owned(),
        })
    });
    slots.collect()
}

/// A ground, where the grade is no proof by itself.
fn needed(ground: Option<Ground>, grade: Grade) -> Option<Ground> {
    ground.filter(|_| grade <= Grade::Said)
}

/// What receipts call a level: `picc`, or its AID.
pub(crate) fn place(job: &Job, level: Level) -> String {
    match level {
        Level::Picc => "picc".to_owned(),
        Level::Application(_) => job.aid(level).to_string(),
    }
}

fn utc(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}
