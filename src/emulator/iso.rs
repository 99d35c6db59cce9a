// SPDX-License-Identifier: MIT OR Apache-2.0
//! ISO/IEC 7816-4 commands: class 00, status words of their own, mixed with wrapped ones at will.

mod authenticate;
mod data;
mod select;
pub(super) mod state;

use crate::iso7816::{Command, StatusWord};
use crate::transport::ReplyBuf;
use crate::wire::Messaging;

use super::behaviour::Candidate;
use super::card::Card;

pub(super) use select::PICC_NAME;

/// Carries out a command of class 00, its reply into `out`, and says with which status word; an
/// error is for the caller to act on.
pub(super) fn answer(
    card: &mut Card,
    command: &Command<'_>,
    out: &mut ReplyBuf,
) -> Result<StatusWord, StatusWord> {
    let challenged = card.iso.challenged.take();
    if !card.model().silicon().iso.contains(&command.ins) {
        return Err(StatusWord::INS_NOT_SUPPORTED);
    }
    // What would open is a session of EV1.
    if authenticates(command) && card.has_closed(Messaging::Ev1) {
        let unknown = card.follows(Candidate::ClosedUnknown);
        return Err(if unknown {
            StatusWord::INS_NOT_SUPPORTED
        } else {
            StatusWord::CONDITIONS_OF_USE
        });
    }
    match command.ins {
        SELECT => select::select(card, command, out),
        READ_BINARY => data::read_binary(card, command, out),
        UPDATE_BINARY => data::update_binary(card, command),
        READ_RECORDS => data::read_records(card, command, out),
        APPEND_RECORD => data::append_record(card, command),
        GET_CHALLENGE => authenticate::challenge(card, command, out),
        EXTERNAL_AUTHENTICATE => authenticate::external(card, command, challenged),
        INTERNAL_AUTHENTICATE => authenticate::internal(card, command, challenged, out),
        _ => Err(StatusWord::INS_NOT_SUPPORTED),
    }
}

/// Whether this is a step of an authentication.
pub(super) const fn authenticates(command: &Command<'_>) -> bool {
    matches!(command.ins, GET_CHALLENGE | EXTERNAL_AUTHENTICATE | INTERNAL_AUTHENTICATE)
}

const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
const UPDATE_BINARY: u8 = 0xD6;
const READ_RECORDS: u8 = 0xB2;
const APPEND_RECORD: u8 = 0xE2;
const GET_CHALLENGE: u8 = 0x84;
const EXTERNAL_AUTHENTICATE: u8 = 0x82;
const INTERNAL_AUTHENTICATE: u8 = 0x88;
