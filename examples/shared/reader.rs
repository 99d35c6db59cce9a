// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card on a PC/SC reader.

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use cardwright::reader::Reader;
use cardwright::reader::pcsc::Service;
use cardwright::transport::{InField, Transport};

use crate::say::say;

/// How long somebody is given to take a card off, before the reader is looked at again.
const AGAIN: Duration = Duration::from_millis(250);

/// Waits so many seconds for a card on the reader of this name, and does something with it.
pub(crate) fn with_card<T>(
    asked: &str,
    seconds: u64,
    act: impl FnOnce(InField<&mut dyn Transport>) -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>> {
    let mut reader = Service::connect()?.reader(asked)?;
    let name = reader.name().to_owned();
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut told = None;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        // What is mended by hand may be mended in time.
        let mended = match reader.next_card(left) {
            Err(error) if error.is_mended_by_hand() && !left.is_zero() => {
                if told.as_ref() != Some(&error) {
                    say(&error.to_string());
                }
                told = Some(error);
                thread::sleep(AGAIN.min(left));
                continue;
            }
            found => found?,
        };
        if let Some(mut card) = mended {
            return act(card.lend());
        }
        if let Some(error) = told {
            return Err(error.into());
        }
        let instead = "put one on the reader, or allow more with --wait";
        return Err(format!("no card came to {name} in {seconds} s; {instead}").into());
    }
}
