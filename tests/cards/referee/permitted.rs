// SPDX-License-Identifier: MIT OR Apache-2.0
//! An application on somebody else's card: what the owner finds there, and what somebody swallows on the way.

use super::parts::knowledge::Slot;
use super::parts::man::Man;
use super::parts::trial::present;
use super::parts::world::{Case, Combination, Life, UID, combinations};
use super::prepared::never_reaches;

/// CreateDelegatedApplication and DeleteApplication.
const BY_PERMISSION: [u8; 2] = [0xC9, 0xDA];

fn cases() -> impl Iterator<Item = &'static Case> {
    combinations().iter().filter(|one| one.name() == "delegated").flat_map(Combination::cases)
}

/// Whatever is done, the owner has the keys, and the slot holds the application until it is deleted.
#[test]
fn the_owner_of_a_card_finds_what_was_permitted() {
    let mut played = 0;
    for case in cases() {
        let of = |of: &str| case.wanted.iter().filter(|line| line.contains(of)).count();
        assert_eq!(of("owner: key "), 4, "{case}");
        assert_eq!(of("opens false"), 0, "{case}");
        let recycled = matches!(case.life, Life::Recycle | Life::RecycleTorn);
        // 6 of 12 blocks are free, least significant byte first.
        let there = of("the slot holds 0600A0D1F5");
        let gone = of("the slot holds nothing") + of(": [A0]");
        let wanted = if recycled { (0, 2) } else { (1, 0) };
        assert_eq!((there, gone), wanted, "{case}: {:?}", case.wanted);
        played += 1;
    }
    assert!(played > 60, "{played}");
}

/// Whoever has the key with which applications come and go reads the frames, and seals them as they were.
#[test]
fn what_is_permitted_is_sealed_as_it_was_by_whoever_has_the_managing_key() {
    let mut read = 0;
    for case in cases().filter(|case| [Life::Make, Life::Recycle].contains(&case.life)) {
        let mut man = Man::new(vec![case.start.clone()]);
        man.comes(&[]);
        for (no, key, _) in case.sheet.owners(UID) {
            man.learns(Slot { aid: [0; 3], set: 0, no }, &key);
        }
        let _encoded = present(case, &mut man);
        assert!(man.shown == case.replies, "{case}");
        read += 1;
    }
    assert!(read > 8, "{read}");
}

/// Each command that takes a permission, and all that come from one on; then nobody stands there any more.
#[test]
fn what_is_permitted_and_never_reached_the_card_is_not_done() {
    let mut played = [0; BY_PERMISSION.len()];
    for case in cases() {
        let commands = case.instructions.iter().enumerate();
        for (at, ins) in commands.filter(|(_, ins)| BY_PERMISSION.contains(ins)) {
            never_reaches(case, at);
            played[BY_PERMISSION.iter().position(|of| of == ins).unwrap()] += 1;
        }
    }
    assert!(played.iter().all(|played| *played > 5), "{played:?}");
}
