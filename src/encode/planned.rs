// SPDX-License-Identifier: MIT OR Apache-2.0
//! A plan as its reader sees it: steps in words, with their costs, and the card's memory.

use serde::Serialize;

use super::attempt::{Attempt, Stop};
use super::cost::{Estimate, StepCost};
use super::identity::Identity;
use super::job::Job;
use super::place::{Holder, Level, Slot};
use super::step::{FileAct, Step};
use super::task::Task;
use crate::profile::{FileSpec, Messaging};
use crate::transport::Traffic;
use crate::wire::{Chip, Generation};

/// What a job would do with a card. Nothing of it is done yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// What the job does with cards.
    pub task: Task,
    /// The chip, where the card itself told.
    pub chip: Chip,
    /// The messaging that will be used.
    pub messaging: Messaging,
    /// The steps, in order.
    pub steps: Vec<PlannedStep>,
    /// What all steps cost together.
    pub total: StepCost,
    /// What looking at the card took, which the job would take again before its first step; one
    /// exchange of it asked for the free memory.
    pub look: Traffic,
    /// The card's memory before and after.
    pub memory: MemoryMap,
}

/// A step with its cost.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedStep {
    /// The step.
    pub step: Step,
    /// The same in words. No UID, key or field value is in it.
    pub text: String,
    /// What it costs.
    pub cost: StepCost,
}

/// What applications and files take of a card, in bytes (belief: the accounting of EV1 cards).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MemoryMap {
    /// Free before, where the card tells.
    pub free_before: Option<u32>,
    /// Free after the plan.
    pub free_after: Option<u32>,
    /// The profile's applications.
    pub applications: Vec<ApplicationMemory>,
}

/// What an application takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApplicationMemory {
    /// Its AID.
    pub aid: String,
    /// Whether the plan makes it.
    pub made: bool,
    /// Its own bytes, keys included.
    pub bytes: u32,
    /// Its files.
    pub files: Vec<FileMemory>,
}

/// What a file takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileMemory {
    /// Its number.
    pub no: u8,
    /// Whether the plan makes it.
    pub made: bool,
    /// Its bytes.
    pub bytes: u32,
}

/// What an attempt found out, short of the traffic that its owner counts.
pub(crate) struct Outlook {
    chip: Chip,
    messaging: Messaging,
    steps: Vec<PlannedStep>,
    free: Option<u32>,
}

impl Attempt<'_, '_> {
    /// Identifies and observes the card, and tells what would be done with it.
    pub(crate) fn outlook(&mut self, identity: &mut Option<Identity>) -> Result<Outlook, Stop> {
        let identity = match identity {
            Some(identity) => identity,
            none => none.insert(self.identify().map_err(Stop::repeatable)?),
        };
        // A D40 card does not tell.
        let tells = identity.chip.generation() != Generation::D40;
        let free = if tells { Some(self.walk.free_memory()?.value) } else { None };
        let steps = self.plan(identity).map_err(Stop::repeatable)?;
        let (job, contents) = (self.job, self.contents());
        let messaging = identity.messaging;
        let mut estimate = Estimate::new(job, contents, messaging, self.walk.authenticated());
        let steps = steps.into_iter().map(|step| PlannedStep {
            text: described(&step, job),
            cost: estimate.step(&step),
            step,
        });
        Ok(Outlook { chip: identity.chip, messaging, steps: steps.collect(), free })
    }
}

impl Plan {
    pub(crate) fn new(job: &Job, outlook: Outlook, look: Traffic) -> Self {
        let Outlook { chip, messaging, steps, free } = outlook;
        let mut total = StepCost::default();
        for step in &steps {
            total += step.cost;
        }
        let formats = steps.iter().any(|step| step.step == Step::Format);
        let taken = job.profile().memory();
        let after = |free: u32| match formats {
            true => free.saturating_add(taken),
            false => free.saturating_sub(total.memory),
        };
        let memory = MemoryMap {
            free_before: free,
            free_after: free.map(after),
            applications: applications(job, &steps),
        };
        Self { task: job.task(), chip, messaging, steps, total, look, memory }
    }
}

fn applications(job: &Job, steps: &[PlannedStep]) -> Vec<ApplicationMemory> {
    let makes = |wanted: &dyn Fn(&Step) -> bool| steps.iter().any(|step| wanted(&step.step));
    let specs = job.profile().applications().iter().enumerate();
    specs
        .map(|(index, spec)| {
            let file = |(at, file): (usize, &FileSpec)| FileMemory {
                no: file.no.into(),
                made: makes(&|step| {
                    let act = FileAct::Create;
                    *step == Step::File { application: index, file: at, act }
                }),
                bytes: file.memory(),
            };
            let files: Vec<FileMemory> = spec.files.iter().enumerate().map(file).collect();
            let in_files = files.iter().map(|file| file.bytes).fold(0, u32::saturating_add);
            ApplicationMemory {
                aid: spec.aid.to_string(),
                made: makes(&|step| {
                    matches!(step, Step::CreateApplication { application, .. } if *application == index)
                }),
                bytes: spec.memory().saturating_sub(in_files),
                files,
            }
        })
        .collect()
}

fn described(step: &Step, job: &Job) -> String {
    match *step {
        Step::Select(Level::Picc) => "select the card".to_owned(),
        Step::Select(level) => format!("select application {}", job.aid(level)),
        Step::Authenticate { slot, holder } => {
            format!("authenticate with {}", key(slot, holder, job))
        }
        Step::Format => "format: delete all applications".to_owned(),
        Step::ListNothing => "see that no application is left".to_owned(),
        Step::CreateApplication { application, settings } => {
            let (aid, settings) = (aid(application, job), settings.to_byte());
            format!("create application {aid} with settings {settings:02X}")
        }
        Step::File { application, file: index, act } => {
            let file = file(application, index, job);
            match act {
                FileAct::Create => format!("create {file}"),
                FileAct::Delete => format!("delete {file}, to make it anew"),
                FileAct::ClearRecords => format!("clear the records of {file}"),
                FileAct::AppendRecords => format!("append the records of {file}"),
                FileAct::SetValue => format!("credit or debit the value of {file}"),
                FileAct::Settle { .. } => format!("give {file} its final rights"),
                FileAct::ReadBack => format!("read {file} back"),
            }
        }
        Step::WriteContents { application, ref files } => {
            let files: Vec<String> = files
                .iter()
                .filter_map(|file| {
                    let spec = job.profile().applications().get(application)?.files.get(*file)?;
                    Some(u8::from(spec.no).to_string())
                })
                .collect();
            format!("write files {} of {} and commit", files.join(", "), aid(application, job))
        }
        Step::ChangeKey { application, no, .. } => {
            let slot = Slot { level: Level::Application(application), no };
            format!("change to {}", key(slot, Holder::Own, job))
        }
        Step::ChangeOwnKey { slot, new } => {
            format!("change the session's own key to {}", key(slot, new, job))
        }
        Step::ChangeSettings { level: Level::Picc, settings } => {
            format!("give the card the settings {:02X}", settings.to_byte())
        }
        Step::ChangeSettings { level, settings } => {
            let aid = job.aid(level);
            format!("give application {aid} the settings {:02X}", settings.to_byte())
        }
        Step::Configure(set) => {
            let uid = set.random_uid.then_some("a random UID");
            let format = set.no_format.then_some("no FormatPICC");
            let set: Vec<&str> = uid.into_iter().chain(format).collect();
            format!("for good: {}", set.join(" and "))
        }
    }
}

fn aid(application: usize, job: &Job) -> String {
    job.aid(Level::Application(application)).to_string()
}

fn file(application: usize, index: usize, job: &Job) -> String {
    let spec = job.profile().applications().get(application);
    let no = spec.and_then(|spec| spec.files.get(index)).map_or(0, |file| file.no.into());
    format!("file {no} of {}", aid(application, job))
}

/// A key by its place, and by its name and version in the profile.
fn key(slot: Slot, holder: Holder, job: &Job) -> String {
    let place = match slot.level {
        Level::Picc => "the PICC master key".to_owned(),
        Level::Application(index) => format!("key {} of {}", u8::from(slot.no), aid(index, job)),
    };
    let spec = job.own_spec(slot);
    match (holder, spec) {
        (Holder::Own, Some(spec)) => format!("{place}, {} version {}", spec.name, spec.version),
        (Holder::Former, Some(spec)) => match spec.former {
            Some(former) => format!("{place}, {} version {former}", spec.name),
            None => place,
        },
        _ => format!("{place}, a transport key"),
    }
}
