// SPDX-License-Identifier: MIT OR Apache-2.0
//! D40 messaging: the card only ever enciphers, and nothing is carried from message to message.

use crate::crypto::{Block, Cipher, crc, padding};
use crate::emulator::behaviour::D40Error;
use crate::emulator::frames::Reply;
use crate::secret::ct_eq;
use crate::wire::{CommMode, Status};

use super::mode::Mode;
use super::session_key::SessionKey;
use super::shape::Shape;

/// The card's end of a D40 session.
#[derive(Clone)]
pub(in crate::emulator) struct D40 {
    cipher: Cipher,
}

impl D40 {
    /// How long the blocks of its cipher are.
    pub(super) const BLOCK: usize = BLOCK;

    /// The session after an authentication in which these nonces were exchanged.
    pub(in crate::emulator) fn new(kind: SessionKey, rnd_a: &[u8], rnd_b: &[u8]) -> Self {
        Self { cipher: kind.derive(rnd_a, rnd_b) }
    }

    pub(super) const fn length(shape: Shape, mode: Mode, file: CommMode) -> usize {
        match command(mode, file) {
            CommMode::Plain => shape.clear(),
            CommMode::Mac => shape.clear().saturating_add(MAC),
            CommMode::Full => {
                let cryptogram = shape.covered().saturating_add(CRC).next_multiple_of(BLOCK);
                shape.header.saturating_add(cryptogram)
            }
        }
    }

    /// MAC and checksum cover the data only, never instruction and header.
    pub(super) fn open(
        &self,
        body: &mut [u8],
        shape: Shape,
        mode: Mode,
        file: CommMode,
    ) -> Result<(), Status> {
        let (_, data) = body.split_at_mut_checked(shape.header).ok_or(Status::LengthError)?;
        let fits = match command(mode, file) {
            CommMode::Plain => Some(true),
            CommMode::Mac => {
                data.split_last_chunk::<MAC>().map(|(data, sent)| ct_eq(&self.mac(data), sent))
            }
            CommMode::Full => self.decipher(data, shape),
        };
        if fits == Some(true) { Ok(()) } else { Err(Status::IntegrityError) }
    }

    /// `data | CRC(data) | tail | 00...`; `None` where the lengths do not fit.
    fn decipher(&self, cryptogram: &mut [u8], shape: Shape) -> Option<bool> {
        recover(&self.cipher, cryptogram);
        let (data, rest) = cryptogram.split_at_checked(shape.data)?;
        let (sent, rest) = rest.split_first_chunk::<CRC>()?;
        let (_, padding) = rest.split_at_checked(shape.tail)?;
        let fits = ct_eq(&crc::crc16(&[data]), sent) && padding.iter().all(|&byte| byte == 0x00);
        // The checksum has served; what stands behind it moves up to the data.
        let after = shape.data.checked_add(CRC)?;
        let behind = after..after.checked_add(shape.tail)?;
        cryptogram.copy_within(behind, shape.data);
        Some(fits)
    }

    /// As [`D40::open`], for data whose padding marks their end. Says how many bytes there are in
    /// clear.
    pub(super) fn open_marked(&self, body: &mut [u8], header: usize) -> Option<usize> {
        let (_, cryptogram) = body.split_at_mut_checked(header)?;
        recover(&self.cipher, cryptogram);
        let checked = cryptogram.get(..padding::strip_method2(cryptogram)?)?;
        let (data, sent) = checked.split_last_chunk::<CRC>()?;
        let fits = ct_eq(&crc::crc16(&[data]), sent);
        fits.then_some(header.saturating_add(data.len()))
    }

    pub(super) fn seal(&self, reply: &mut Reply, mode: Mode, file: CommMode) -> Result<(), Status> {
        let data = &mut reply.data;
        match reply_mode(mode, file) {
            CommMode::Plain => Ok(()),
            CommMode::Mac => {
                let mac = self.mac(data);
                data.extend(mac);
                Ok(())
            }
            CommMode::Full => {
                let checksum = crc::crc16(&[data]);
                data.extend(checksum);
                if reply.open_ended {
                    data.push(0x80);
                }
                let filled = data.len().saturating_add(padding::to_block(data.len(), BLOCK));
                data.resize(filled, 0x00);
                let enciphered = self.cipher.cbc_encrypt(&mut self.cipher.zero_iv(), data);
                enciphered.map_err(|_| Status::IntegrityError)
            }
        }
    }

    /// Whether a session outlives this error.
    pub(super) const fn outlives(status: Status, error: D40Error) -> bool {
        let proof = matches!(status, Status::AuthenticationError | Status::IntegrityError);
        match error {
            D40Error::SessionStays => true,
            D40Error::EndsOnProof => !proof,
            D40Error::EndsSession => false,
        }
    }

    /// The first half of the last block of a CBC over the data and zeros.
    fn mac(&self, data: &[u8]) -> [u8; MAC] {
        let mut state = self.cipher.zero_iv();
        for chunk in data.chunks(BLOCK) {
            state.xor(chunk);
            self.cipher.encrypt_block(&mut state);
        }
        state.as_slice().first_chunk().copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(in crate::emulator) const fn resume(cipher: Cipher) -> Self {
        Self { cipher }
    }
}

/// Only data that are written or set are protected, and a reply only where it has file data or the
/// UID.
const fn command(mode: Mode, file: CommMode) -> CommMode {
    match mode {
        Mode::Bare | Mode::Mac | Mode::FullReply | Mode::FileRead => CommMode::Plain,
        Mode::Full => CommMode::Full,
        Mode::FileWrite => file,
    }
}

const fn reply_mode(mode: Mode, file: CommMode) -> CommMode {
    match mode {
        Mode::Bare | Mode::Mac | Mode::Full | Mode::FileWrite => CommMode::Plain,
        Mode::FullReply => CommMode::Full,
        Mode::FileRead => file,
    }
}

/// What a reader that only deciphers has sent: each block enciphered, then XORed with the block
/// received before it. Bytes beyond the last whole block stay.
pub(in crate::emulator) fn recover(cipher: &Cipher, received: &mut [u8]) {
    let mut before = cipher.zero_iv();
    for chunk in received.chunks_exact_mut(BLOCK) {
        let mut block: Block = cipher.zero_iv();
        block.xor(chunk);
        let current = block;
        cipher.encrypt_block(&mut block);
        block.xor(before.as_slice());
        chunk.copy_from_slice(block.as_slice());
        before = current;
    }
}

/// How much of a MAC is sent.
const MAC: usize = 4;
/// How long the checksum is.
const CRC: usize = 2;
/// The block of the DES family.
const BLOCK: usize = 8;
