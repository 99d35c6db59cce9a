// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan as tables, or as JSON.

use std::time::Duration;

use cardwright::encode::{ApplicationMemory, CardMemory, FileMemory, MemoryMap, Plan, StepCost};
use cardwright::shown::Shown;
use cardwright::wire::Aid;
use comfy_table::{CellAlignment, Table};

use crate::table;

/// The bit rates of the four times, in kbit/s.
const RATES: [&str; 4] = ["106", "212", "424", "848"];

/// How many columns a terminal needs for all of them; a narrower one has the first.
const ALL_RATES: u16 = 120;

pub(crate) fn tables(plan: &Plan) -> String {
    let mut steps = table::bare();
    let titles = ["", "step", "exchanges", "sent", "received", "memory"].map(str::to_owned);
    let rates = if table::width().is_some_and(|width| width < ALL_RATES) { 1 } else { RATES.len() };
    let times = RATES.iter().take(rates).map(|rate| format!("ms at {rate}"));
    steps.set_header(titles.into_iter().chain(times));
    let row = |number: &str, text: &str, cost: &StepCost| row(number, text, cost, rates);
    for (number, step) in (1..).zip(&plan.steps) {
        steps.add_row(row(&format!("{number}"), &Shown(&step.text).to_string(), &step.cost));
    }
    steps.add_row(row("", "together", &plan.total));
    let mut whole = plan.look;
    whole += plan.total;
    steps.add_row(row("", "with looking at the card first", &whole));
    for column in [0].into_iter().chain(2..6 + rates) {
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

fn row(number: &str, text: &str, cost: &StepCost, rates: usize) -> Vec<String> {
    let memory = if cost.memory == 0 { String::new() } else { cost.memory.to_string() };
    let counts = [cost.exchanges, cost.sent, cost.received].map(|count| count.to_string());
    let milliseconds = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    [number.to_owned(), text.to_owned()]
        .into_iter()
        .chain(counts)
        .chain([memory])
        .chain(cost.time.map(milliseconds).into_iter().take(rates))
        .collect()
}

/// Applications and files that are there before or after, the latter first.
fn memory(memory: &CardMemory) -> Table {
    let CardMemory { before, after, .. } = memory;
    let mut table = table::bare();
    table.set_header(["memory in bytes", "", "before", "after"]);
    let gone = before.applications.iter().filter(|found| of(after, found.aid).is_none());
    for ApplicationMemory { aid, .. } in after.applications.iter().chain(gone) {
        let both = [of(before, *aid), of(after, *aid)];
        let bytes = both.map(|found| cell(found.map(|found| found.bytes)));
        table.add_row([format!("application {aid}"), String::new()].into_iter().chain(bytes));
        let mut files: Vec<_> = both.iter().flatten().flat_map(|found| &found.files).collect();
        files.sort_by_key(|file| file.no);
        files.dedup();
        for FileMemory { no, .. } in files {
            let file = |found: Option<&ApplicationMemory>| {
                let file = found?.files.iter().find(|file| file.no == *no)?;
                Some(file.bytes)
            };
            let bytes = both.map(|found| cell(file(found)));
            table.add_row([String::new(), format!("file {no}")].into_iter().chain(bytes));
        }
    }
    let free = if memory.told { "free, as the card says" } else { "free, if a blank one is usual" };
    let [before, after] = [before, after].map(|map| map.free.to_string());
    table.add_row([free.to_owned(), String::new(), before, after]);
    for column in 2..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn of(map: &MemoryMap, aid: Aid) -> Option<&ApplicationMemory> {
    map.applications.iter().find(|application| application.aid == aid)
}

fn cell(bytes: Option<u32>) -> String {
    bytes.map_or_else(String::new, |bytes| bytes.to_string())
}
