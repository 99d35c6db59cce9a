// SPDX-License-Identifier: MIT OR Apache-2.0
//! What of an order is personal: the record, and what a door controller knows the card by.

use core::fmt;
use std::io::{self, Write};

use cardwright::Record;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::Error;

/// The personal part as it is enciphered.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct Personal {
    record: Queued,
    /// What the profile names for a door controller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) control: Option<String>,
}

/// A record as serde writes it (`schemas/order.json`), wiped on drop.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Queued {
    line: usize,
    id: String,
    named: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    fields: Vec<Field>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    value: Value,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "lowercase")]
enum Value {
    Number(u64),
    Text(String),
    Bytes(String),
    Date(String),
    Integer(i64),
    Moment(String),
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(<secret>)")
    }
}

const RECORD: Error = Error::Form { what: "the record" };

impl Personal {
    /// What is personal of an order. The record goes on under the order's name: what its file called it
    /// by stays behind.
    pub(crate) fn new(
        record: &Record,
        name: &[u8; 32],
        control: Option<&str>,
    ) -> Result<Self, Error> {
        let mut queued: Queued = serde_json::from_slice(&written(record)?).map_err(|_| RECORD)?;
        queued.id.zeroize();
        queued.id = hex::encode(name);
        queued.named = true;
        queued.line = 0;
        Ok(Self { record: queued, control: control.map(str::to_owned) })
    }

    /// The record, for a station.
    pub(crate) fn record(&self) -> Result<Record, Error> {
        serde_json::from_slice(&written(&self.record)?).map_err(|_| RECORD)
    }

    pub(crate) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        written(self)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        // What serde says of it may quote a value.
        serde_json::from_slice(bytes).map_err(|_| RECORD)
    }
}

/// As JSON, in a buffer that did not grow: no copy of a part of it stays behind.
fn written<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value).map_err(|_| RECORD)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, value).map_err(|_| RECORD)?;
    Ok(bytes)
}

/// Counts what is written to it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
