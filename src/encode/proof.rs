// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card has proved, and what is kept of that.

pub(super) mod chain;
pub(super) mod done;
pub(super) mod drawn;
pub(super) mod evidence;
pub(super) mod ledger;
pub(super) mod mark;
pub(super) mod origin;
pub(super) mod receipt;
#[cfg(feature = "schema")]
mod schema;
pub(super) mod standing;
