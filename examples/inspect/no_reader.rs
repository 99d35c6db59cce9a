// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for readers where they were left out of the build.

use std::error::Error;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::keys::Keys;

/// Says how to get readers.
pub(crate) fn inspect(
    _arguments: &Arguments,
    _keys: Option<&Keys>,
) -> Result<ExitCode, Box<dyn Error>> {
    Err("--reader needs the feature pcsc: cargo run --release --features pcsc --example inspect"
        .into())
}
