// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card on a PC/SC reader.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use cardwright::reader::pcsc::Service;
use cardwright::reader::{InField, Reader};

use crate::arguments::Arguments;
use crate::keys::Keys;

/// Waits for a card and shows it.
pub(crate) fn inspect(
    arguments: &Arguments,
    keys: Option<&Keys>,
) -> Result<ExitCode, Box<dyn Error>> {
    let asked = arguments.reader.as_deref().unwrap_or_default();
    let mut reader = Service::connect()?.reader(asked)?;
    let name = reader.name().to_owned();
    match reader.next_card(Duration::from_secs(arguments.wait))? {
        Some(InField { uid, mut transport, .. }) => {
            crate::show(arguments, &mut *transport, &uid, keys)
        }
        None => {
            let instead = "put one on the reader, or allow more with --wait";
            Err(format!("no card came to {name} in {} s; {instead}", arguments.wait).into())
        }
    }
}
