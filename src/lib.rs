// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encode and prove MIFARE DESFire access cards.

pub mod belief;
pub mod bytes;
pub mod secret;

pub mod crypto;
pub mod iso14443;
pub mod iso7816;

pub mod wire;

pub mod key;

pub mod diversify;

pub mod credential;

pub mod transport;

pub mod keys;

pub mod profile;
