// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for readers where they were left out of the build.

use std::error::Error;
use std::process::ExitCode;

use cardwright::encode::{Encoder, Job};
use cardwright::profile::Record;
use rand::rngs::StdRng;

use crate::arguments::Arguments;

/// Says how to get readers.
pub(crate) fn plan(
    _arguments: &Arguments,
    _encoder: Encoder<&Job, StdRng>,
    _record: &Record,
) -> Result<ExitCode, Box<dyn Error>> {
    Err("--reader needs the feature pcsc: cargo run --release --features pcsc --example plan"
        .into())
}
