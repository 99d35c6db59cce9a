// SPDX-License-Identifier: MIT OR Apache-2.0
//! A plan as its reader sees it: steps in words, with their costs, and the card's memory.

use serde::{Serialize, Serializer};

use crate::encode::card::attempt::{Attempt, Known};
use crate::encode::card::stop::Stop;
use crate::encode::forecast::cost::StepCost;
use crate::encode::forecast::describe::described;
use crate::encode::forecast::estimate::Estimate;
use crate::encode::forecast::map::{CardMemory, Inventory, MemoryMap};
use crate::encode::forecast::room::blank_memory;
use crate::encode::job::Job;
use crate::encode::plan::step::Step;
use crate::encode::task::Task;
use crate::host::Error;
use crate::host::command::picc::FreeMemory;
use crate::wire::{Chip, Ins, Messaging};

/// What a job would do with a card. Nothing of it is done yet. No UID, key or field value is in it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Plan {
    /// What the job does with cards.
    #[serde(rename = "job")]
    pub task: Task,
    /// The chip; where only the first card of a stock is identified, that of the first.
    #[serde(serialize_with = "shown")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub chip: Chip,
    /// The messaging that will be used.
    pub messaging: Messaging,
    /// The steps, in order; none where the card is done.
    pub steps: Vec<PlannedStep>,
    /// What all steps cost together.
    pub total: StepCost,
    /// What the job takes before the first of these steps, to find out what the card is.
    pub look: StepCost,
    /// Where the card's memory goes.
    pub memory: CardMemory,
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

/// What an attempt found out, short of what its owner counts and asks for besides.
pub(crate) struct Outlook {
    chip: Chip,
    messaging: Messaging,
    steps: Vec<PlannedStep>,
    before: MemoryMap,
    after: MemoryMap,
    /// The free memory, where the job itself asks for it.
    free: Option<u32>,
}

/// A step as it is told.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "PlannedStep")]
struct Shown<'a> {
    /// In words.
    step: &'a str,
    changes_card: bool,
    #[serde(flatten)]
    cost: StepCost,
}

impl Serialize for PlannedStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { step, text, cost } = self;
        Shown { step: text, changes_card: step.changes_card(), cost: *cost }.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PlannedStep {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PlannedStep".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Shown::json_schema(generator)
    }
}

fn shown<S: Serializer>(chip: &Chip, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(chip)
}

impl Attempt<'_, '_> {
    /// Identifies and observes the card as the job does, and tells what would be done with it.
    pub(crate) fn outlook(&mut self, known: &mut Known) -> Result<Outlook, Stop> {
        let (identity, prepared) = self.prepare(known)?;
        let (job, contents, messaging) = (self.job, self.contents().ok(), identity.messaging);
        let lrp = self.findings.lrp == Some(true);
        let speech = (identity.chip.generation(), messaging, lrp);
        let talk = self.walk.talk();
        let as_it_comes = self.findings.named == Some(false);
        let held = (self.findings.counts.clone(), as_it_comes);
        let mut estimate = Estimate::new(job, contents, speech, held, talk, &self.away);
        let mut inventory =
            Inventory::found(job.profile(), identity.chip.silicon(), &prepared.applications);
        let before = inventory.map();
        let planned = |step: Step| {
            inventory.after(&step);
            PlannedStep { text: described(&step, job), cost: estimate.step(&step), step }
        };
        let steps = prepared.steps.into_iter().map(planned).collect();
        let (chip, free, after) = (identity.chip, identity.free, inventory.map());
        Ok(Outlook { chip, messaging, steps, before, after, free })
    }

    /// What is free on the card; `None` where it does not tell.
    pub(crate) fn free_memory(&mut self, chip: Chip) -> Result<Option<u32>, Stop> {
        if !chip.silicon().has(Ins::FreeMemory) {
            return Ok(None);
        }
        match self.walk.run(&FreeMemory) {
            Err(Error::Refused { .. }) => Ok(None),
            told => Ok(Some(told?.value)),
        }
    }
}

impl Outlook {
    pub(crate) const fn chip(&self) -> Chip {
        self.chip
    }
}

impl Plan {
    /// Of a card that told how much is free, or did not.
    pub(crate) fn new(job: &Job, outlook: Outlook, look: StepCost, told: Option<u32>) -> Self {
        let Outlook { chip, messaging, mut steps, mut before, mut after, free } = outlook;
        let (blank, used) = (blank_memory(chip), before.used());
        let told = told.or(free);
        before.free = told.unwrap_or_else(|| blank.saturating_sub(used));
        let mut total = StepCost::default();
        for PlannedStep { step, cost, .. } in &mut steps {
            if *step == Step::Format {
                let returned = blank.saturating_sub(before.free).max(used);
                cost.memory = -i64::from(returned);
            }
            total += *cost;
        }
        let left = i64::from(before.free).saturating_sub(total.memory).max(0);
        after.free = u32::try_from(left).unwrap_or(u32::MAX);
        let memory = CardMemory { blank, told: told.is_some(), before, after };
        Self { task: job.task(), chip, messaging, steps, total, look, memory }
    }
}
