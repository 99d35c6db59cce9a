// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stands for readers where they were left out of the build.

use std::error::Error;

use cardwright::transport::{InField, Transport};

/// Says how to get readers.
pub(crate) fn with_card<T>(
    _asked: &str,
    _seconds: u64,
    _act: impl FnOnce(InField<&mut dyn Transport>) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let again = concat!("cargo run --release --features pcsc --example ", env!("CARGO_BIN_NAME"));
    Err(format!("--reader needs the feature pcsc: {again}").into())
}
