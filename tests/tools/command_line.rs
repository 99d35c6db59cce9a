// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example `encode` as its user meets it: the built program, files in a directory of its own,
//! exit status, both output streams.

mod bad_input;
mod batches;
mod begun;
mod chains;
mod contents;
mod credential;
mod delegate;
mod diagnose;
mod diversify;
mod files;
mod inspect;
mod interrupt;
mod keys;
mod kinds;
mod lists;
#[cfg(target_os = "linux")]
mod memory;
mod orders;
mod pictures;
pub(crate) mod place;
mod plan;
mod published;
mod receipts;
mod records;
mod sdm;
mod sheet;
mod shown;
mod standings;
mod tasks;
mod transactions;
