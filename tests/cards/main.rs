// SPDX-License-Identifier: MIT OR Apache-2.0
//! Host and software card together: single commands, published conversations, whole cards.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a helper of a test fails loudly"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../vectors/loader.rs"]
mod vectors;

mod again;
mod by_hand;
mod contents;
mod conversations;
mod costs;
mod counts;
mod credentials;
mod delegated;
mod diagnose;
mod diversified;
mod door;
mod embedding;
mod enrol;
mod exchanges;
mod field;
mod fixed;
mod former;
mod guessable;
mod iso_names;
mod key_sets;
mod kinds;
mod left;
mod legacy;
mod light;
mod light_lrp;
mod light_numbers;
mod lives;
mod low_bits;
mod made;
mod misheard;
mod pairs;
mod permits;
mod pictures;
mod proximity;
mod readback;
mod referee;
mod refusals;
mod rights;
mod round;
mod secure;
mod sessions;
mod sheet;
mod stations;
mod stores;
mod swapped;
mod tags;
mod tags_jobs;
mod tags_lrp;
mod tasks;
mod tear;
mod test_chip;
mod told;
mod torn;
mod written;
