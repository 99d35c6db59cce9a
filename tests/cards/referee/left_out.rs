// SPDX-License-Identifier: MIT OR Apache-2.0
//! What somebody leaves out on the way so that the card takes the rest: parts of writes, sets of rights, a
//! setting of the card. Each trick at each command that it is for.

use cardwright::emulator::Model;
use cardwright::wire::Messaging;

use super::parts::trial::{Kind, Trial, shows_nowhere};
use super::parts::tricks::{Ploy, Trick};
use super::parts::world::{Case, Combination, Life, combinations, find, finished};

/// Turns that leave out much, and little.
const TURNS: [u32; 4] = [0x0000_0001, 0x0000_004D, 0x00BC_614E, 0x919C_52A3];

const MODELS: [Model; 2] = [Model::Ev2_4k, Model::Ev3_4k];

/// A trial at each command that a trick is for.
fn trials(case: &Case, trick: Trick) -> impl Iterator<Item = Trial<'_>> {
    let commands = case.instructions.iter().enumerate();
    let ats = commands.filter(move |(_, ins)| trick.is_for().contains(ins)).map(|(at, _)| at);
    ats.flat_map(|at| TURNS.map(|turn| (at, turn))).map(move |(at, turn)| {
        let ploys = vec![Ploy { trick, at, lasting: false, turn }];
        Trial { seed: 0, case, before: Vec::new(), ploys }
    })
}

/// Where he knows the key of the session, and where a file has no MACs for its data.
#[test]
fn a_write_that_was_cut_short_is_not_done() {
    let mut played = 0;
    for (model, life) in
        MODELS.iter().flat_map(|model| [(model, Life::Make), (model, Life::Update)])
    {
        for trial in trials(find("eight", *model, Messaging::Ev2, life), Trick::ShortWrite) {
            let end = trial.play();
            assert!(end.deceit.is_none() && !finished(&end.encoded.outcome), "{trial}");
            played += usize::from(end.seen);
        }
    }
    assert!(played > 40, "{played}");
}

/// Somebody lets a file be read by fewer keys than it is to be.
#[test]
fn a_file_that_lacks_a_set_of_rights_is_not_done() {
    let mut played = 0;
    for (model, profile) in
        MODELS.iter().flat_map(|one| ["eight", "several-keys"].map(|of| (one, of)))
    {
        for trial in trials(find(profile, *model, Messaging::Ev2, Life::Make), Trick::FewerRights) {
            let end = trial.play();
            assert!(end.deceit.is_none() && !finished(&end.encoded.outcome), "{trial}");
            assert!(end.seen, "{trial}");
            played += 1;
        }
    }
    assert_eq!(played, 2 * 4 * (2 + 3));
}

/// Older messaging that is said to be off, LRP that is said to be on, an ATS that is said to be another: not for whoever did not listen when
/// the card's key came onto it; and whoever did is found where he does not stand.
#[test]
fn a_setting_that_never_reached_the_card_is_done_only_for_whoever_read_its_key() {
    let profiles = ["legacy-off", "sun-lrp", "tag-lrp", "counted-lrp", "told", "nuid"];
    let mut told = profiles.map(|name| (name, 0));
    for (name, told) in &mut told {
        let of = combinations().iter().filter(|one| one.name() == *name);
        for trial in of.flat_map(Combination::cases).flat_map(|case| trials(case, Trick::Setting)) {
            let end = trial.play();
            let Some(deceit) = end.deceit else { continue };
            let listed = trial.excuse(&trial.blame(&deceit), &deceit);
            assert_eq!(listed, Some((Trick::Setting, Kind::Factory)), "{deceit}: {trial}");
            let of_it = ["older messaging", "in LRP false", "told ", "random UID "];
            let of_it = of_it.iter().any(|told| deceit.contains(told));
            assert!(
                of_it && (end.found || shows_nowhere(trial.case, &deceit)),
                "{deceit}: {trial}"
            );
            *told += 1;
        }
    }
    println!("{told:?}");
    assert!(told.iter().all(|(_, told)| *told > 0), "{told:?}");
}
