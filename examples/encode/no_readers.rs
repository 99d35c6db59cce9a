// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for readers where they were left out of the build.

use std::error::Error;
use std::sync::Arc;

use cardwright::encode::Job;
use cardwright::profile::{Record, RecordError};

use crate::arguments::Arguments;
use crate::interrupt::Interrupt;
use crate::results::Results;

/// Says how to get readers.
pub(crate) fn encode(
    _arguments: &Arguments,
    _job: Job,
    _batch: (Option<[u8; 32]>, Arc<[Record]>),
    _left: &[&Result<Record, RecordError>],
    _stop: &Interrupt,
    _results: &mut Results,
) -> Result<(), Box<dyn Error>> {
    Err("--reader needs the feature pcsc: cargo run --release --features pcsc --example encode"
        .into())
}
