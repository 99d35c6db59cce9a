// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan as tables, or as JSON.

use std::time::Duration;

use cardwright::encode::{MemoryMap, Plan, StepCost};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

/// The bit rates of the four times, in kbit/s.
const RATES: [&str; 4] = ["106", "212", "424", "848"];

pub(crate) fn tables(plan: &Plan) -> String {
    let mut steps = table();
    let titles = ["", "step", "exchanges", "sent", "received", "memory"].map(str::to_owned);
    steps.set_header(titles.into_iter().chain(RATES.map(|rate| format!("ms at {rate}"))));
    for (number, step) in (1..).zip(&plan.steps) {
        steps.add_row(row(&format!("{number}"), &step.text, &step.cost));
    }
    steps.add_row(row("", "together", &plan.total));
    for column in [0].into_iter().chain(2..10) {
        if let Some(column) = steps.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let head = format!(
        "{} on an {} card in {} messaging, after {} exchanges to look at it\n",
        plan.task, plan.chip, plan.messaging, plan.look.exchanges
    );
    let nothing = if plan.steps.is_empty() { "nothing is left to do\n" } else { "" };
    format!("{head}{steps}\n{nothing}\n{}\n", memory(&plan.memory))
}

fn row(number: &str, text: &str, cost: &StepCost) -> Vec<String> {
    let memory = if cost.memory == 0 { String::new() } else { cost.memory.to_string() };
    let counts = [cost.exchanges, cost.sent, cost.received].map(|count| count.to_string());
    let milliseconds = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    [number.to_owned(), text.to_owned()]
        .into_iter()
        .chain(counts)
        .chain([memory])
        .chain(cost.time.map(milliseconds))
        .collect()
}

fn memory(map: &MemoryMap) -> Table {
    let told = |bytes: Option<u32>| bytes.map_or_else(|| "not told".to_owned(), |b| b.to_string());
    let mut table = table();
    table.set_header(["memory in bytes", "", "before", "after"]);
    for application in &map.applications {
        let cells = |made: bool, bytes: u32| {
            let before = if made { String::new() } else { bytes.to_string() };
            [before, bytes.to_string()]
        };
        let [before, after] = cells(application.made, application.bytes);
        table.add_row([format!("application {}", application.aid), String::new(), before, after]);
        for file in &application.files {
            let [before, after] = cells(file.made, file.bytes);
            table.add_row([String::new(), format!("file {}", file.no), before, after]);
        }
    }
    let (before, after) = (told(map.free_before), told(map.free_after));
    table.add_row(["free".to_owned(), String::new(), before, after]);
    table
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

#[derive(Serialize)]
struct Shown<'a> {
    job: &'static str,
    chip: String,
    messaging: String,
    look: Look,
    steps: Vec<Step<'a>>,
    total: &'a StepCost,
    memory: &'a MemoryMap,
}

/// What looking at the card took.
#[derive(Serialize)]
struct Look {
    exchanges: u64,
    sent: u64,
    received: u64,
}

#[derive(Serialize)]
struct Step<'a> {
    step: &'a str,
    changes_card: bool,
    #[serde(flatten)]
    cost: &'a StepCost,
}

pub(crate) fn json(plan: &Plan) -> Result<String, serde_json::Error> {
    let (exchanges, sent) = (plan.look.exchanges, plan.look.sent);
    let shown = Shown {
        job: plan.task.name(),
        chip: plan.chip.to_string(),
        messaging: plan.messaging.to_string(),
        look: Look { exchanges, sent, received: plan.look.received },
        steps: plan
            .steps
            .iter()
            .map(|step| Step {
                step: &step.text,
                changes_card: step.step.changes_card(),
                cost: &step.cost,
            })
            .collect(),
        total: &plan.total,
        memory: &plan.memory,
    };
    Ok(serde_json::to_string_pretty(&shown)? + "\n")
}
