// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is to be done with a card: where things are on it, what state it is in, the steps from there.

pub(super) mod commands;
pub(super) mod place;
pub(super) mod planner;
pub(super) mod rights;
pub(super) mod state;
pub(super) mod step;
