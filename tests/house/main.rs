// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds of the crate itself: its layers, its beliefs, its primitives, its dependencies.

#[cfg(feature = "emulator")]
mod beliefs;
// Other systems have other dependencies.
#[cfg(target_os = "linux")]
mod dependencies;
mod evidence;
mod layers;
mod primitives;
