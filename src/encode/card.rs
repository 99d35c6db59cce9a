// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card at hand: which it is, what is on it, and what is done to it, step by step.

mod apply;
pub(super) mod attempt;
mod bring_back;
pub(super) mod contents;
mod delegated;
mod enrol;
pub(super) mod findings;
mod identify;
pub(super) mod identity;
mod key_sets;
mod look;
mod observe;
mod opening;
#[cfg(feature = "originality")]
mod originality;
mod recycle;
pub(super) mod spoken;
pub(super) mod stop;
pub(super) mod walk;
