// SPDX-License-Identifier: MIT OR Apache-2.0
//! The plan of every case: what it says is what then happens: exchanges and bytes exactly, time by the same model.
use cardwright::encode::{Encoder, Plan, Presented, Step};
use cardwright::wire::Generation;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::world::{Case, cases, held};

/// FreeMemory, which only the plan asks for: 5 bytes there, 5 back.
const FREE_MEMORY: (u64, u64, u64) = (1, 5, 5);

#[test]
fn a_plan_costs_what_it_says_for_everything_that_is_done_with_cards() {
    let cases = cases();
    assert!(cases.len() > 300, "{}", cases.len());
    for case in &cases {
        let (plan, looked) = planned(case);
        let asked =
            if case.model.generation() == Generation::D40 { (0, 0, 0) } else { FREE_MEMORY };
        let exchanges = &case.exchanges;
        let sum = |part: fn(&cardwright::transport::Exchange) -> usize| {
            exchanges.iter().map(part).sum::<usize>() as u64
        };
        let made = (exchanges.len() as u64, sum(|one| one.sent), sum(|one| one.received));
        let told = (
            plan.look.exchanges + plan.total.exchanges - asked.0,
            plan.look.sent + plan.total.sent - asked.1,
            plan.look.received + plan.total.received - asked.2,
        );
        let steps: Vec<_> = plan.steps.iter().map(|step| (&step.text, step.cost)).collect();
        assert_eq!(told, made, "{case}: {steps:#?}");

        let mut card = case.start.clone();
        card.reset();
        let before = card.clock();
        let uid = card.uid();
        let mut encoder = Encoder::new(&case.job, StdRng::seed_from_u64(1));
        let _encoded = encoder.encode(Presented { uid, transport: &mut card }, &case.record);
        let took = (card.clock() - before).as_secs_f64();
        let told = plan.total.time[0].as_secs_f64() + looked;
        assert!((took - told).abs() < took * 0.01, "{case}: {told} s, and it took {took} s");
    }
}

#[test]
fn a_plan_changes_nothing_and_says_how_much_memory_is_left() {
    for case in &cases() {
        let mut card = case.start.clone();
        card.reset();
        let before = held(&card);
        let uid = card.uid();
        let mut encoder = Encoder::new(&case.job, StdRng::seed_from_u64(1));
        let plan = encoder.plan(Presented { uid, transport: &mut card }, &case.record);
        let plan = plan.unwrap_or_else(|outcome| panic!("{case}: {outcome:?}"));
        assert_eq!(held(&card), before, "{case}");
        if case.model.generation() == Generation::D40
            || plan.steps.iter().any(|step| step.step == Step::Format)
        {
            continue;
        }
        card.reset();
        let uid = card.uid();
        let _encoded = encoder.encode(Presented { uid, transport: &mut card }, &case.record);
        card.reset();
        let state: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
        let left = state["free"].as_u64().unwrap();
        assert_eq!(plan.memory.free_after.map(u64::from), Some(left), "{case}");
    }
}

/// The plan of a case, and how long it looked, in seconds, without asking for the memory.
fn planned(case: &Case) -> (Plan, f64) {
    let mut card = case.start.clone();
    card.reset();
    let before = card.clock();
    let uid = card.uid();
    let mut encoder = Encoder::new(&case.job, StdRng::seed_from_u64(1));
    let plan = encoder.plan(Presented { uid, transport: &mut card }, &case.record);
    let plan = plan.unwrap_or_else(|outcome| panic!("{case}: {outcome:?}"));
    let looked = (card.clock() - before).as_secs_f64();
    let mut other = case.start.clone();
    other.reset();
    let before = other.clock();
    let asks = case.model.generation() != Generation::D40;
    if asks {
        let _free = cardwright::host::Session::open(&mut other).free_memory().unwrap();
    }
    (plan, looked - (other.clock() - before).as_secs_f64())
}
