// SPDX-License-Identifier: MIT OR Apache-2.0
//! Commands about the card as a whole.

use crate::bytes::u24_le;
use crate::wire::Status;

use super::super::card::Card;
use super::super::channel::Channel;
use super::super::frames::{Cut, Reply};
use super::super::rules::Grant;

/// Nothing has to be proven.
pub(in super::super) const fn anybody(_card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    Ok(Grant::MANAGE)
}

/// Any session will do.
pub(in super::super) const fn authenticated(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    if card.session.is_some() { Ok(Grant::MANAGE) } else { Err(Status::AuthenticationError) }
}

/// FormatPICC needs the PICC master key, whatever the settings.
pub(in super::super) fn may_format(card: &Card, _header: &[u8]) -> Result<Grant, Status> {
    card.require_master()
}

/// FormatPICC: all applications go, their memory comes back; keys and settings of the PICC stay.
pub(in super::super) fn format(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    card.memory.format();
    let ev2 = card.session.as_ref().is_some_and(|open| matches!(open.channel, Channel::Ev2(_)));
    reply.ends_session = ev2 && card.behaviour.format_ends_ev2_session;
    Ok(())
}

/// GetVersion: hardware, software, production data in a frame each.
pub(in super::super) fn version(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    reply.data.extend(card.model().hardware().to_wire());
    reply.data.extend(card.model().software().to_wire());
    reply.data.extend(card.version_uid());
    reply.data.extend(card.production);
    reply.cut = Cut::Version;
    Ok(())
}

/// GetCardUID: the real UID, in random UID mode too.
pub(in super::super) fn card_uid(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    reply.data.extend(card.real_uid().expose());
    Ok(())
}

/// FreeMemory: three bytes, least significant first.
pub(in super::super) fn free_memory(
    card: &mut Card,
    _parameters: &[u8],
    reply: &mut Reply,
) -> Result<(), Status> {
    reply.data.extend(u24_le(card.memory.free()));
    Ok(())
}
