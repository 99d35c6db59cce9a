// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that are encoded, verified, updated and recycled through a man in the middle who does what
//! the input says, sessions under public keys opened. What is called done is looked at by the
//! referee of the tests.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/mod.rs"]
mod common;
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/cards/referee/parts.rs"]
mod parts;

use parts::trial::Trial;
use parts::tricks::{Ploy, TRICKS};
use parts::world::{Case, Combination, combinations};

/// One thing that the man does.
#[derive(Arbitrary, Debug)]
struct Move {
    trick: u8,
    at: u8,
    lasting: bool,
    turn: u32,
}

thread_local! {
    /// Every seventh profile, chip and messaging, made once.
    static CASES: Vec<&'static Case> =
        combinations().iter().step_by(7).flat_map(Combination::cases).collect();
}

fuzz_target!(|input: (u16, [Option<Move>; 3], Option<Move>)| {
    let (number, moves, before) = input;
    let ploy = |done: &Move| Ploy {
        trick: TRICKS[usize::from(done.trick) % TRICKS.len()].0,
        at: done.at.into(),
        lasting: done.lasting,
        turn: done.turn,
    };
    CASES.with(|cases| {
        let case = cases[usize::from(number) % cases.len()];
        let ploys = moves.iter().flatten().map(ploy).collect();
        let before = before.iter().map(ploy).collect();
        let trial = Trial { seed: 0, case, before, ploys };
        if let Some(deceit) = trial.play().deceit {
            let blame = trial.blame(&deceit);
            assert!(trial.excuse(&blame, &deceit).is_some(), "{deceit}: {blame}, {trial}");
        }
    });
});
