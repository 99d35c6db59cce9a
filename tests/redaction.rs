// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys, UIDs and field values never show: not in `Debug` or `Display`, not in errors, logs or
//! receipts. Known bytes are pushed through all of them, and every text is searched for them.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

mod redaction {
    mod canary;
    mod counts;
    mod diagnose;
    mod encodings;
    mod log;
    mod made;
    mod mistakes;
    mod observed;
    mod permitted;
    mod pictures;
    #[cfg(feature = "age")]
    mod sealed;
    mod sheet;
    mod tags;
    mod tasks;
    mod unlinked;
    mod values;
    mod world;
}
