// SPDX-License-Identifier: MIT OR Apache-2.0
//! Block ciphers, CMAC, checksums and padding: primitives only, each held by an outside vector.
//!
//! What is encrypted or MACed, from which initial value, with which counter, is written twice:
//! once in `host` and once in `emulator`, never here.

pub mod cipher;
pub mod cmac;
pub mod crc;
pub mod padding;

pub use cipher::{Block, Cipher, NotBlockAligned};
pub use cmac::{AesCmac, ChainedCmac};
