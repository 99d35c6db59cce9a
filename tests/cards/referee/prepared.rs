// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that come in another key set: what a card is left as, and what somebody swallows on the way there.

use std::collections::BTreeSet;

use cardwright::encode::{Outcome, Task};
use cardwright::wire::Messaging;

use super::parts::judge::is_of_other_set;
use super::parts::knowledge::Slot;
use super::parts::man::Man;
use super::parts::trial::{Trial, present};
use super::parts::tricks::{Ploy, Trick};
use super::parts::world::{Case, Combination, Life, UID, combinations, finished};

/// InitializeKeySet, ChangeKeyEV2, FinalizeKeySet, RollKeySet.
const OF_SETS: [u8; 4] = [0x56, 0xC6, 0x57, 0x55];

const PROFILES: [&str; 4] = ["barrier", "key-sets", "key-sets-later", "let-in"];

/// Cards whose keys come in a set.
fn cases() -> impl Iterator<Item = &'static Case> {
    let of = combinations().iter().filter(|one| PROFILES.contains(&one.name()));
    let by_set = |case: &&Case| case.instructions.iter().any(|ins| OF_SETS.contains(ins));
    of.flat_map(Combination::cases).filter(by_set)
}

/// A card that waits opens with its former keys alone, and with the present ones once somebody rolls.
#[test]
fn a_card_that_waits_has_all_its_former_keys_and_all_present_ones_behind_them() {
    let mut lives = BTreeSet::new();
    let of = combinations().iter().filter(|one| PROFILES.contains(&one.name()));
    let there = |case: &&Case| case.life.task() != Task::Recycle;
    for case in of.flat_map(Combination::cases).filter(there) {
        let owners = |line: &String| line.starts_with("owner: ");
        let of_slots =
            |line: &&String| line.contains(": key ") && !is_of_other_set(line) && !owners(line);
        let active: Vec<_> = case.wanted.iter().filter(of_slots).collect();
        let next: Vec<_> = case.wanted.iter().filter(|line| is_of_other_set(line)).collect();
        let former = active.iter().all(|line| line.contains("is the former one"));
        let present = active.iter().all(|line| line.contains("is the present one"));
        assert_eq!((former, present), (case.prepared, !case.prepared), "{case}: {active:?}");
        if case.prepared {
            let all = next.iter().map(|line| line.matches("is the present one").count());
            assert_eq!((all.collect::<Vec<_>>(), active.len()), (vec![3], 3), "{case}: {next:?}");
            lives.insert(case.life);
        }
    }
    let waits = [Life::Upgrade, Life::MendUpgrade, Life::Rekey, Life::Replace];
    let waits = waits.into_iter().chain([Life::AgainPrepared, Life::VerifyPrepared]);
    assert_eq!(lives, waits.collect());
}

/// One command after the other, and all that come from one on; then nobody stands there any more.
#[test]
fn a_key_set_that_never_reached_the_card_is_neither_done_nor_prepared() {
    let mut played = [0; OF_SETS.len()];
    for case in cases() {
        let commands = case.instructions.iter().enumerate();
        for (at, ins) in commands.filter(|(_, ins)| OF_SETS.contains(ins)) {
            never_reaches(case, at);
            played[OF_SETS.iter().position(|of| of == ins).unwrap()] += 1;
        }
    }
    assert!(played.iter().all(|played| *played > 5), "{played:?}");
}

/// A command is swallowed, and nothing is done; presented again to nobody but the card, it is.
pub(super) fn never_reaches(case: &Case, at: usize) {
    for (trick, lasting, turn) in [
        (Trick::Swallow, false, 0x919C_52A3),
        (Trick::Swallow, true, 0x919C_52A3),
        (Trick::SwallowAtLength, false, 0x919C_52A3),
        (Trick::DropCommand, false, 0),
        (Trick::DropReply, false, 0),
    ] {
        let ploy = Ploy { trick, at, lasting, turn };
        let trial = Trial { seed: 0, case, before: Vec::new(), ploys: vec![ploy] };
        let end = trial.play();
        assert!(end.deceit.is_none() && !finished(&end.encoded.outcome), "{trial}");
        let never = Ploy { at: usize::MAX, ..ploy };
        let again = Trial { seed: 0, case, before: vec![ploy], ploys: vec![never] };
        let end = again.play();
        let outcome = &end.encoded.outcome;
        assert!(end.deceit.is_none() && finished(outcome), "{outcome:?}: {again}");
    }
}

/// Whoever refuses EV2 messaging in the card's place gets its keys one by one and at once, which the receipt says.
#[test]
fn a_card_that_refuses_ev2_has_its_present_keys_at_once() {
    let mut told = 0;
    for case in cases().filter(|case| case.job.messaging_for(case.model.generation()).is_ok()) {
        let ploy = Ploy { trick: Trick::NoEv2, at: 0, lasting: true, turn: 0 };
        let trial = Trial { seed: 0, case, before: Vec::new(), ploys: vec![ploy] };
        let end = trial.play();
        assert_eq!(end.deceit, None, "{trial}");
        if finished(&end.encoded.outcome) {
            assert_ne!(end.encoded.outcome, Outcome::Prepared, "{trial}");
            assert!(end.encoded.receipt.messaging == Some(Messaging::Ev1), "{trial}");
            assert!(end.encoded.receipt.messaging_refused.is_some(), "{trial}");
            told += 1;
        }
    }
    assert!(told > 3, "{told}");
}

/// A chip of which somebody says that it knows no key sets is asked in a session: in EV1 messaging all are opened alike.
#[test]
fn a_chip_that_is_said_to_know_no_key_sets_has_them_or_is_not_done() {
    let of = combinations().iter().filter(|one| PROFILES.contains(&one.name()));
    let of = of.flat_map(Combination::cases).filter(|case| case.messaging == Messaging::Ev1);
    let claims = Ploy { trick: Trick::Generation, at: 0, lasting: true, turn: 0 };
    // An EV1 card, of the size that it has.
    let turn = (0..99).find(|&turn| {
        let claims = Ploy { turn, ..claims };
        claims.pick(0, 5) == 1 && claims.pick(1, 3) != 0
    });
    let claims = Ploy { turn: turn.unwrap(), ..claims };
    let mut asked = 0;
    for case in of.filter(|case| case.life == Life::Make) {
        // Torn anywhere, then taken up with the man.
        for at in 0..case.replies.len() {
            let torn = Ploy { trick: Trick::DropReply, at, lasting: true, turn: 0 };
            let trial = Trial { seed: 0, case, before: vec![torn], ploys: vec![claims] };
            let end = trial.play();
            assert_eq!(end.deceit, None, "{trial}");
            let talk = end.talk[end.begun..].iter();
            let versions = talk.filter(|(command, _)| command[1] == 0x60).count();
            asked += usize::from(versions > 1);
        }
    }
    assert!(asked > 20, "{asked}");
}

/// Whoever has the former keys reads what comes in a set, and seals it as it was.
#[test]
fn keys_that_come_in_a_set_are_read_by_whoever_has_the_former_ones() {
    let mut read = 0;
    for case in cases().filter(|case| [Life::Upgrade, Life::Rekey].contains(&case.life)) {
        let mut man = Man::new(vec![case.start.clone()]);
        man.comes(&[]);
        let sheet = &case.sheet;
        let levels = sheet.applications.iter().map(|one| (one.aid, &one.keys[..]));
        for (aid, keys) in levels.chain([([0; 3], sheet.picc.as_slice())]) {
            for (name, no) in keys.iter().zip(0..) {
                let [a, b, c] = aid;
                let slot = Slot { aid: [c, b, a], set: 0, no };
                man.learns(slot, &sheet.former(name, UID, aid).unwrap());
            }
        }
        let _encoded = present(case, &mut man);
        assert!(man.shown == case.replies, "{case}");
        assert!(man.knows_all() || !case.starts_with_zeros(), "{case}");
        read += 1;
    }
    assert!(read > 6, "{read}");
}
