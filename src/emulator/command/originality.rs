// SPDX-License-Identifier: MIT OR Apache-2.0
//! The proof of origin.

use crate::bytes::Cursor;
use crate::wire::{Ins, Status};

use super::read;
use crate::emulator::card::Card;
use crate::emulator::channel::Mode;
use crate::emulator::frames::{Cut, Reply};
use crate::emulator::grant::Grant;
use crate::emulator::rule::{Level, Rule, Size, Statuses};

/// Read_Sig.
pub(in crate::emulator) static READ_SIG: Rule = Rule::new(
    Ins::ReadSig,
    Level::Any,
    Mode::FullReply,
    Size::Exactly(1, 0),
    (may_read, signature),
    "public captures of an EV3 card and an NTAG 424 DNA; D40 and EV1 messaging: belief",
)
.with_statuses(Statuses { done: SIGNED, length: Status::NoChanges, integrity: REFUSED });

/// Read_Sig: anybody, unless the UID is hidden from those without a session.
const fn may_read(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    let hidden = card.memory.configuration.picc.random_uid;
    if hidden && card.session.is_none() { Err(REFUSED) } else { Ok(Grant::MANAGE) }
}

/// Read_Sig: `address`, of which there is one; r and s, most significant byte first.
fn signature(card: &mut Card, parameters: &[u8], reply: &mut Reply) -> Result<(), Status> {
    if read(parameters, Cursor::u8)? != ADDRESS {
        return Err(Status::NoChanges);
    }
    let signature = card.signature.over(card.real_uid()).ok_or(Status::IllegalCommand)?;
    reply.data.extend(signature.expose_secret());
    // A real NTAG 424 DNA answers in a session with 72 bytes at once (crate ntag424, `read_sig_mac_hw_aes`).
    if !card.model().silicon().layout.is_free() {
        reply.cut = Cut::Whole;
    }
    Ok(())
}

/// Where the signature is.
const ADDRESS: u8 = 0x00;
/// What stands for success.
const SIGNED: Status = Status::Unknown(0x90);
/// Not in this state.
const REFUSED: Status = Status::Unknown(0x0B);
