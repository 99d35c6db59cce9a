// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a job would do with a card, and what that costs, before anything of it is done.

pub(super) mod advice;
pub(super) mod cost;
mod cut;
pub(super) mod describe;
pub(super) mod estimate;
pub(super) mod hints;
pub(super) mod map;
pub(super) mod planned;
pub(super) mod room;
