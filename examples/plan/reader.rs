// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card on a PC/SC reader.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use cardwright::encode::{Encoder, Job, Presented};
use cardwright::profile::Record;
use cardwright::reader::pcsc::Service;
use cardwright::reader::{InField, Reader};
use rand::rngs::StdRng;

use crate::arguments::Arguments;

/// Waits for a card and plans for it.
pub(crate) fn plan(
    arguments: &Arguments,
    encoder: Encoder<&Job, StdRng>,
    record: &Record,
) -> Result<ExitCode, Box<dyn Error>> {
    let asked = arguments.reader.as_deref().unwrap_or_default();
    let mut reader = Service::connect()?.reader(asked)?;
    let name = reader.name().to_owned();
    match reader.next_card(Duration::from_secs(arguments.wait))? {
        Some(InField { uid, mut transport, .. }) => {
            crate::plan(arguments, encoder, record, Presented { uid, transport: &mut *transport })
        }
        None => {
            let instead = "put one on the reader, or allow more with --wait";
            Err(format!("no card came to {name} in {} s; {instead}", arguments.wait).into())
        }
    }
}
