// SPDX-License-Identifier: MIT OR Apache-2.0
//! Other people's hosts drive the software card, in process.
//!
//! What they and the card agree on, neither learnt from the other. Where such a host has a bug of
//! its own, the test that shows it says so.
#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

#[path = "desfire.rs"]
mod ev1;
#[path = "ntag424.rs"]
mod ev2;
#[path = "desox.rs"]
mod ev3;

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::transport::{ReplyBuf, Transport};

const UID: [u8; 7] = [0x04, 0xC1, 0x2D, 0x3E, 0x4F, 0x5A, 0x6B];

const ZERO: [u8; 16] = [0; 16];
const MASTER: [u8; 16] = *b"\xF1master key of 1";
const SECOND: [u8; 16] = *b"\x02second key of 2";
const OTHER: [u8; 16] = *b"\x93another key of3";
const RND_A: [u8; 16] = *b"\x5Ba fresh RndA\x01\x02\x03";

fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new(UID), 11)
}

/// The whole answer to one command.
fn send(card: &mut SoftCard, command: &[u8]) -> ReplyBuf {
    let mut reply = ReplyBuf::new();
    card.exchange(command, &mut reply).unwrap();
    reply
}
