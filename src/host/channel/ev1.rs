// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV1 messaging, after AuthenticateISO or AuthenticateAES.
//!
//! One chaining value goes through every CMAC and every encryption, in both directions, so a
//! command that was lost or changed shows in the next reply.

use super::super::answer::Grade;
use super::super::command::{Extent, KeyChange, Request};
use super::super::error::{Error, Misbehaviour};
use super::super::rules;
use crate::crypto::crc::crc32;
use crate::crypto::padding::{strip_method2, to_block};
use crate::crypto::{Block, ChainedCmac, Cipher};
use crate::key::ChangeBuf;
use crate::secret::ct_eq;
use crate::wire::{CommMode, KeyType};

/// How many bytes of a CMAC are sent.
const MAC: usize = 8;

/// Length of the checksum inside enciphered data.
const CRC: usize = 4;

pub(in super::super) struct Ev1 {
    cmac: ChainedCmac,
    iv: Block,
}

impl Ev1 {
    /// A channel under the session key; its chaining value starts at zero.
    pub(in super::super) fn new(session_key: Cipher) -> Self {
        let iv = session_key.zero_iv();
        Self { cmac: ChainedCmac::new(session_key), iv }
    }

    /// Not enciphered: the CMAC of the whole command goes into the chaining value and is sent
    /// only with writes to MACed files. Enciphered: data, CRC-32 over the whole command, zeros.
    pub(super) fn seal(&mut self, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let Request { rule, header, data, .. } = *request;
        let ins = [rule.ins.into()];
        let [mode, _] = rule.ev1;
        let mode = mode.or_of_file(request.file);
        out.extend_from_slice(header);
        let start = out.len();
        out.extend_from_slice(data);
        match mode {
            CommMode::Plain => self.cmac.mac(&mut self.iv, &[&ins, header, data]),
            CommMode::Mac => {
                self.cmac.mac(&mut self.iv, &[&ins, header, data]);
                out.extend(self.iv.as_slice().iter().take(MAC));
            }
            CommMode::Full => {
                out.extend(crc32(&[&ins, header, data]));
                let block = self.cmac.cipher().block_size();
                out.resize(out.len() + to_block(out.len() - start, block), 0x00);
                self.encrypt(out.get_mut(start..).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    /// New key XOR old key, version where the new key is AES, CRC-32 over the command so far,
    /// CRC-32 over the new key where another key than the session's is replaced, zeros.
    pub(super) fn seal_key_change(
        &mut self,
        change: &KeyChange<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let KeyChange { no, new, old } = *change;
        let mut buffer = ChangeBuf::new(arrayvec::ArrayVec::new());
        new.append_to(old, &mut buffer);
        let plain = buffer.expose_secret_mut();
        if new.key_type() == KeyType::Aes {
            plain.push(new.version().0);
        }
        let crc = crc32(&[&[rules::CHANGE_KEY.ins.into(), no], plain]);
        plain.extend(crc);
        if old.is_some() {
            plain.extend(new.crc32());
        }
        let padding = to_block(plain.len(), self.cmac.cipher().block_size());
        plain.extend(core::iter::repeat_n(0x00, padding));
        self.encrypt(plain)?;
        out.push(no);
        out.extend_from_slice(plain);
        Ok(())
    }

    /// Data and CMAC over data and status, or enciphered data, CRC-32 over data and status, and
    /// padding.
    pub(super) fn open(
        &mut self,
        request: &Request<'_>,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        let [_, mode] = request.rule.ev1;
        match mode.or_of_file(request.file) {
            CommMode::Plain | CommMode::Mac => self.verify(reply)?,
            CommMode::Full => self.decipher(request.extent, reply)?,
        }
        Ok(Grade::Sealed)
    }

    fn verify(&mut self, reply: &mut Vec<u8>) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let Some((data, mac)) = reply.split_last_chunk::<MAC>() else {
            return Err(Misbehaviour::Length { found });
        };
        self.cmac.mac(&mut self.iv, &[data, &[STATUS_OK]]);
        let expected = self.iv.as_slice().get(..MAC).unwrap_or_default();
        if !ct_eq(expected, mac) {
            return Err(Misbehaviour::Mac);
        }
        let length = data.len();
        reply.truncate(length);
        Ok(())
    }

    fn decipher(&mut self, extent: Extent, reply: &mut Vec<u8>) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let cipher = self.cmac.cipher();
        let block = cipher.block_size();
        let aligned = cipher.cbc_decrypt(&mut self.iv, reply);
        aligned.map_err(|_| Misbehaviour::Length { found })?;
        let length = match extent {
            Extent::Told(length) => {
                let checked = length.saturating_add(CRC);
                if found != checked.saturating_add(to_block(checked, block)) {
                    return Err(Misbehaviour::Length { found });
                }
                if reply.iter().skip(checked).any(|&byte| byte != 0x00) {
                    return Err(Misbehaviour::Padding);
                }
                proven(reply, checked).ok_or(Misbehaviour::Checksum)?
            }
            // No marker where data and checksum happen to fill the last block.
            Extent::Rest(_) | Extent::Any => strip_method2(reply)
                .filter(|&checked| found - checked <= block)
                .and_then(|checked| proven(reply, checked))
                .or_else(|| proven(reply, found))
                .ok_or(Misbehaviour::Checksum)?,
        };
        reply.truncate(length);
        Ok(())
    }

    fn encrypt(&mut self, data: &mut [u8]) -> Result<(), Error> {
        // The data are padded, so this cannot fail; if it could, nothing must go out in clear.
        self.cmac.cipher().cbc_encrypt(&mut self.iv, data).map_err(|_| Error::SessionLost)
    }
}

/// The status byte that enters a reply's CMAC and CRC-32: only `00` has them.
const STATUS_OK: u8 = 0x00;

/// The length of the data where the first `checked` bytes are data and a checksum that fits.
fn proven(plain: &[u8], checked: usize) -> Option<usize> {
    let (data, crc) = plain.get(..checked)?.split_last_chunk::<CRC>()?;
    ct_eq(&crc32(&[data, &[STATUS_OK]]), crc).then_some(data.len())
}
