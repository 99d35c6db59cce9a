// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes with the crate for its users: the programs among the examples, the virtual reader.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod bridge;
mod command_line;
mod fake_card;
mod survey;
mod virtual_reader;
