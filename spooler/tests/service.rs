// SPDX-License-Identifier: MIT OR Apache-2.0
//! The service as whoever asks it sees it.

#![cfg(all(feature = "service", feature = "sqlite"))]
#![expect(clippy::unwrap_used, reason = "what a test is prepared with")]
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "what is not there is no answer"
)]

mod common;

#[path = "service/house.rs"]
mod house;

#[path = "service/asked.rs"]
mod asked;
#[path = "service/bad.rs"]
mod bad;
#[path = "service/canary.rs"]
mod canary;
#[path = "service/config.rs"]
mod config;
#[path = "service/program.rs"]
mod program;
#[path = "service/receipts.rs"]
mod receipts;
#[path = "service/rights.rs"]
mod rights;
#[path = "service/station.rs"]
mod station;
#[path = "service/tags.rs"]
mod tags;
