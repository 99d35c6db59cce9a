// SPDX-License-Identifier: MIT OR Apache-2.0
//! A man in the middle.

mod cipher;
mod editions;
mod handshake;
mod judge;
mod session;
mod sheet;
mod world;

#[test]
fn world() {
    let combinations = world::combinations();
    let mut count = std::collections::BTreeMap::new();
    let now = std::time::Instant::now();
    for combination in &combinations {
        for case in combination.cases() {
            *count.entry(case.life).or_insert(0) += 1;
        }
    }
    println!("{} combinations {count:?} {:?}", combinations.len(), now.elapsed());
}
