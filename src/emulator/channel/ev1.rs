// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV1 messaging: one chaining value runs through every CMAC and every cryptogram, both ways.

use crate::crypto::{Block, ChainedCmac, crc, padding};
use crate::secret::ct_eq;
use crate::wire::{CommMode, Status};

use super::super::frames::{Cut, Reply};
use super::{SessionKey, Shape};

/// How a command travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Inbound {
    /// In clear; its CMAC is not sent but moves the chaining value.
    Chained,
    /// In clear, its CMAC behind it.
    Mac,
    /// All but the header enciphered, with a checksum.
    Full,
}

/// The card's end of an EV1 session.
#[derive(Clone)]
pub(in super::super) struct Ev1 {
    cmac: ChainedCmac,
    chain: Block,
}

impl Ev1 {
    /// The session after an authentication in which these nonces were exchanged.
    pub(in super::super) fn new(kind: SessionKey, rnd_a: &[u8], rnd_b: &[u8]) -> Self {
        let cipher = kind.derive(rnd_a, rnd_b);
        Self { chain: cipher.zero_iv(), cmac: ChainedCmac::new(cipher) }
    }

    pub(super) const fn length(&self, shape: Shape, inbound: Inbound) -> usize {
        match inbound {
            Inbound::Chained => shape.clear(),
            Inbound::Mac => shape.clear().saturating_add(MAC),
            Inbound::Full => {
                let block = self.cmac.cipher().block_size();
                let cryptogram = shape.covered().saturating_add(CRC).next_multiple_of(block);
                shape.header.saturating_add(cryptogram)
            }
        }
    }

    pub(super) fn open(
        &mut self,
        ins: u8,
        body: &mut [u8],
        shape: Shape,
        inbound: Inbound,
    ) -> Result<usize, Status> {
        let clear = shape.clear();
        let length = match inbound {
            Inbound::Chained => {
                self.cmac.mac(&mut self.chain, &[&[ins], body]);
                Some(clear)
            }
            Inbound::Mac => body.split_last_chunk::<MAC>().and_then(|(message, sent)| {
                self.cmac.mac(&mut self.chain, &[&[ins], message]);
                let mac = self.chain.as_slice().get(..MAC)?;
                ct_eq(mac, sent).then_some(clear)
            }),
            Inbound::Full => self.decipher(ins, body, shape),
        };
        length.ok_or(Status::IntegrityError)
    }

    /// `header | E(data | CRC(ins header data) | tail | 00...)`, and how many bytes it has in clear;
    /// `None` where lengths, checksum or padding do not fit.
    fn decipher(&mut self, ins: u8, body: &mut [u8], shape: Shape) -> Option<usize> {
        let (header, cryptogram) = body.split_at_mut_checked(shape.header)?;
        self.cmac.cipher().cbc_decrypt(&mut self.chain, cryptogram).ok()?;
        let covers =
            |data: &[u8], sent: &[u8; CRC]| ct_eq(&crc::crc32(&[&[ins], header, data]), sent);
        let length = shape.unpack(cryptogram, covers)?;
        Some(shape.header.saturating_add(length))
    }

    pub(super) fn seal(&mut self, reply: &mut Reply, mode: CommMode) -> Result<(), Status> {
        let data = &mut reply.data;
        if mode != CommMode::Full {
            let mac = self.reply_mac(data);
            data.extend(mac);
            return Ok(());
        }
        let block = self.cmac.cipher().block_size();
        let checksum = crc::crc32(&[data, &[OK]]);
        data.extend(checksum);
        if reply.open_ended {
            data.push(0x80);
        }
        let filled = data.len().saturating_add(padding::to_block(data.len(), block));
        data.resize(filled, 0x00);
        reply.cut = Cut::enciphered(block);
        let enciphered = self.cmac.cipher().cbc_encrypt(&mut self.chain, data);
        enciphered.map_err(|_| Status::IntegrityError)
    }

    /// The MAC of a reply in clear.
    pub(in super::super) fn reply_mac(&mut self, data: &[u8]) -> [u8; MAC] {
        self.cmac.mac(&mut self.chain, &[data, &[OK]]);
        self.chain.as_slice().first_chunk().copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(in super::super) fn resume(cipher: crate::crypto::Cipher, chain: &[u8]) -> Self {
        let mut block = cipher.zero_iv();
        block.as_mut_slice().copy_from_slice(chain);
        Self { chain: block, cmac: ChainedCmac::new(cipher) }
    }
}

/// How much of a CMAC is sent.
const MAC: usize = 8;
/// How long the checksum is.
const CRC: usize = 4;
/// The status byte that enters the CMAC and the checksum of a reply.
const OK: u8 = 0x00;
