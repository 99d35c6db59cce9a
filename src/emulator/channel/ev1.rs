// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV1 messaging: one chaining value runs through every CMAC and every cryptogram, both ways.

use crate::crypto::{Block, ChainedCmac, crc, padding};
use crate::emulator::frames::Reply;
use crate::secret::ct_eq;
use crate::wire::{CommMode, Status};

use super::mode::Mode;
use super::session_key::SessionKey;
use super::shape::Shape;

/// How a command travels.
enum Inbound {
    /// In clear; its CMAC is not sent but moves the chaining value.
    Chained,
    /// In clear, its CMAC behind it.
    Mac,
    /// All but the header enciphered, with a checksum.
    Full,
}

const fn inbound(mode: Mode, file: CommMode) -> Inbound {
    match (mode, file) {
        (Mode::Full, _) | (Mode::FileWrite, CommMode::Full) => Inbound::Full,
        (Mode::FileWrite, CommMode::Mac) => Inbound::Mac,
        (Mode::Bare | Mode::Mac | Mode::FullReply | Mode::FileRead, _)
        | (Mode::FileWrite, CommMode::Plain) => Inbound::Chained,
    }
}

/// The card's end of an EV1 session.
#[derive(Clone)]
pub(in crate::emulator) struct Ev1 {
    cmac: ChainedCmac,
    chain: Block,
}

impl Ev1 {
    /// The session after an authentication in which these nonces were exchanged.
    pub(in crate::emulator) fn new(kind: SessionKey, rnd_a: &[u8], rnd_b: &[u8]) -> Self {
        let cipher = kind.derive(rnd_a, rnd_b);
        Self { chain: cipher.zero_iv(), cmac: ChainedCmac::new(cipher) }
    }

    /// How long the blocks of its cipher are.
    pub(super) const fn block(&self) -> usize {
        self.cmac.cipher().block_size()
    }

    pub(super) const fn length(&self, shape: Shape, mode: Mode, file: CommMode) -> usize {
        match inbound(mode, file) {
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
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        let whole = match inbound(mode, file) {
            Inbound::Chained => {
                self.cmac.mac(&mut self.chain, &[&[ins], body]);
                Some(true)
            }
            Inbound::Mac => body.split_last_chunk::<MAC>().map(|(message, sent)| {
                self.cmac.mac(&mut self.chain, &[&[ins], message]);
                self.chain.as_slice().get(..MAC).is_some_and(|mac| ct_eq(mac, sent))
            }),
            Inbound::Full => self.decipher(ins, body, shape),
        };
        if whole == Some(true) { Ok(()) } else { Err(Status::IntegrityError) }
    }

    /// `header | E(data | CRC(ins header data) | tail | 00...)`; `None` where the lengths do not
    /// fit, `Some(false)` where checksum or padding do not.
    fn decipher(&mut self, ins: u8, body: &mut [u8], shape: Shape) -> Option<bool> {
        let (header, cryptogram) = body.split_at_mut_checked(shape.header)?;
        self.cmac.cipher().cbc_decrypt(&mut self.chain, cryptogram).ok()?;
        let (data, rest) = cryptogram.split_at_checked(shape.data)?;
        let (sent, rest) = rest.split_first_chunk::<CRC>()?;
        let (_, padding) = rest.split_at_checked(shape.tail)?;
        let fits = ct_eq(&crc::crc32(&[&[ins], header, data]), sent)
            && padding.iter().all(|&byte| byte == 0x00);
        // The checksum has served; what stands behind it moves up to the data.
        let after = shape.data.checked_add(CRC)?;
        let behind = after..after.checked_add(shape.tail)?;
        cryptogram.copy_within(behind, shape.data);
        Some(fits)
    }

    pub(super) fn seal(
        &mut self,
        reply: &mut Reply,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        let data = &mut reply.data;
        if mode.reply(file) != CommMode::Full {
            self.cmac.mac(&mut self.chain, &[data, &[reply.done.into()]]);
            data.extend(self.chain.as_slice().iter().take(MAC));
            return Ok(());
        }
        let block = self.cmac.cipher().block_size();
        let checksum = crc::crc32(&[data, &[reply.done.into()]]);
        data.extend(checksum);
        if reply.open_ended {
            data.push(0x80);
        }
        let filled = data.len().saturating_add(padding::to_block(data.len(), block));
        data.resize(filled, 0x00);
        let enciphered = self.cmac.cipher().cbc_encrypt(&mut self.chain, data);
        enciphered.map_err(|_| Status::IntegrityError)
    }

    /// As [`Ev1::open`], for data whose padding marks their end: `header | E(data | CRC | 80 00...)`.
    /// Says how many bytes there are in clear.
    pub(super) fn open_marked(&mut self, ins: u8, body: &mut [u8], header: usize) -> Option<usize> {
        let (header, cryptogram) = body.split_at_mut_checked(header)?;
        self.cmac.cipher().cbc_decrypt(&mut self.chain, cryptogram).ok()?;
        let checked = cryptogram.get(..padding::strip_method2(cryptogram)?)?;
        let (data, sent) = checked.split_last_chunk::<CRC>()?;
        let fits = ct_eq(&crc::crc32(&[&[ins], header, data]), sent);
        fits.then_some(header.len().saturating_add(data.len()))
    }

    /// The MAC of a reply in clear.
    pub(in crate::emulator) fn reply_mac(&mut self, data: &[u8]) -> [u8; MAC] {
        self.cmac.mac(&mut self.chain, &[data, &[OK]]);
        self.chain.as_slice().first_chunk().copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(in crate::emulator) fn resume(cipher: crate::crypto::Cipher, chain: &[u8]) -> Self {
        let mut block = cipher.zero_iv();
        block.as_mut_slice().copy_from_slice(chain);
        Self { chain: block, cmac: ChainedCmac::new(cipher) }
    }
}

/// How much of a CMAC is sent.
const MAC: usize = 8;
/// How long the checksum is.
const CRC: usize = 4;
/// The status byte that enters the CMAC of a reply to an ISO command.
const OK: u8 = 0x00;
