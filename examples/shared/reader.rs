// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card on a PC/SC reader.

use std::error::Error;
use std::time::Duration;

use cardwright::encode::Presented;
use cardwright::iso14443::Ats;
use cardwright::reader::pcsc::Service;
use cardwright::reader::{InField, Reader};

/// Waits so many seconds for a card on the reader of this name, and does something with it and
/// its historical bytes.
pub(crate) fn with_card<T>(
    asked: &str,
    seconds: u64,
    act: impl FnOnce(Presented<'_>, &[u8]) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let mut reader = Service::connect()?.reader(asked)?;
    let name = reader.name().to_owned();
    match reader.next_card(Duration::from_secs(seconds))? {
        Some(InField { uid, ats, mut transport, .. }) => {
            let historical = ats.as_ref().map_or(&[][..], Ats::historical);
            act(Presented { uid, transport: &mut *transport }, historical)
        }
        None => {
            let instead = "put one on the reader, or allow more with --wait";
            Err(format!("no card came to {name} in {seconds} s; {instead}").into())
        }
    }
}
