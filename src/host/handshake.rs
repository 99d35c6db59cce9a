// SPDX-License-Identifier: MIT OR Apache-2.0
//! Authentications: each side proves that it knows the key, and a channel comes of it.

mod d40;
mod ev1;
mod ev2;
mod lrp;

pub(super) use d40::D40Handshake;
pub(super) use ev1::{Ev1Handshake, session_key};
pub(super) use ev2::Ev2Handshake;
pub(super) use lrp::LrpHandshake;

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::dialogue::Progress;
use super::error::{Error, Misbehaviour};
use crate::iso7816::Response;
use crate::wire::Ins;

/// Room for both challenges of an authentication.
type Challenges = Zeroizing<ArrayVec<u8, 32>>;

/// Bytes turned left by one: the first goes last.
fn turned(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.iter().skip(1).chain(bytes.first()).copied()
}

/// The data of a reply that must have this status and length.
fn exactly(
    command: Ins,
    reply: &Response<'_>,
    expected: Progress,
    length: usize,
) -> Result<Challenges, Error> {
    let progress = Progress::of(command, reply)?;
    if progress != expected {
        let how = Misbehaviour::Chain(progress.status());
        return Err(Error::Misbehaved { command, how });
    }
    if reply.data.len() != length {
        let how = Misbehaviour::Length { found: reply.data.len() };
        return Err(Error::Misbehaved { command, how });
    }
    Ok(Zeroizing::new(reply.data.iter().copied().collect()))
}
