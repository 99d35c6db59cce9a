// SPDX-License-Identifier: MIT OR Apache-2.0
//! How it ends: what is refused, what failed, what differs, what nothing proves, and what to do next.

pub(super) mod difference;
pub(super) mod failure;
pub(super) mod recovery;
pub(super) mod refusal;
pub(super) mod unproven;
pub(super) mod veto;
