// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds of the crate itself: its layers, its beliefs, its primitives.

#[cfg(feature = "emulator")]
mod beliefs;
mod layers;
mod primitives;
