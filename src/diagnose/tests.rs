// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders without a card, and searches on a card that counts what it refuses.

mod orders;
mod searches;

use super::{Form, Issuer};
use crate::iso14443::{RealUid, Uid};
use crate::key::MasterKey;
use crate::wire::KeyVersion;

const UID: [u8; 7] = [0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80];

fn uid() -> RealUid {
    RealUid::new(UID)
}

fn shown() -> Uid {
    Uid::Real(uid())
}

/// An AES key that its number tells.
fn aes(name: &str, version: u8, number: u8) -> Issuer {
    Issuer::new(name, KeyVersion(version), MasterKey::aes(&[number; 16]))
}

/// So many keys of a version.
fn many(count: u8, version: u8) -> Vec<Issuer> {
    (1..=count).map(|number| aes(&format!("key {number}"), version, number)).collect()
}

fn undiversified() -> Vec<Form> {
    vec![Form::UNDIVERSIFIED]
}
