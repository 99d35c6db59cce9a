// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders for access cards that last: one order, one card.

pub mod flow;
