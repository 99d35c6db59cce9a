// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for readers where they were left out of the build.

use std::error::Error;
use std::process::ExitCode;

use cardwright::encode::Job;
use cardwright::profile::Record;

use crate::arguments::Arguments;

/// Says how to get readers.
pub(crate) fn plan(
    _arguments: &Arguments,
    _job: &Job,
    _record: &Record,
) -> Result<ExitCode, Box<dyn Error>> {
    Err("--reader needs the feature pcsc: cargo run --release --features pcsc --example plan"
        .into())
}
