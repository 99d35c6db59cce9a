// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list of beliefs says of each rule all that it should.

use crate::emulator::BELIEFS;

#[test]
fn every_belief_is_told_once_and_in_full() {
    println!("{} beliefs of the software card", BELIEFS.len());
    let mut rules: Vec<_> = BELIEFS.iter().map(|belief| belief.rule).collect();
    for belief in BELIEFS {
        println!("{} ({}; {})", belief.rule, belief.place, belief.source);
        for text in [belief.rule, belief.place, belief.source, belief.settle] {
            assert!(!text.is_empty(), "{belief:?}");
        }
    }
    rules.sort_unstable();
    rules.dedup();
    assert_eq!(rules.len(), BELIEFS.len());
}
