// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds of the crate itself: its layers, its beliefs, its primitives, its dependencies.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

#[path = "../vectors/loader.rs"]
mod vectors;

#[cfg(feature = "emulator")]
mod beliefs;
mod circles;
mod codes;
// Other systems have other dependencies.
#[cfg(target_os = "linux")]
mod dependencies;
mod evidence;
mod layers;
mod paved;
mod primitives;
mod public;
mod published;
mod receipts;
#[cfg(feature = "schema")]
mod schemas;
mod screens;
mod security;
mod tasks;
