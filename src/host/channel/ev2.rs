// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV2 messaging, after AuthenticateEV2First (NXP AN12343, AN12196).
//!
//! Two session keys, one for CMACs and one for encryption. Transaction identifier and command
//! counter go into every CMAC and every initial value; nothing is chained.

use super::super::answer::Grade;
use super::super::command::{KeyChange, Request};
use super::super::error::{Error, Misbehaviour, Misuse};
use super::super::rules;
use crate::crypto::padding::{strip_method2, to_block};
use crate::crypto::{AesCmac, Block, Cipher};
use crate::key::ChangeBuf;
use crate::secret::{Secret, ct_eq};
use crate::wire::{CommMode, Ins, KeyType};

/// How many bytes of a CMAC are sent.
const MAC: usize = 8;

/// The block size of AES.
const BLOCK: usize = 16;

pub(in super::super) struct Ev2 {
    enc: Cipher,
    mac: AesCmac,
    transaction: Transaction,
}

/// What a second authentication in the same transaction keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Transaction {
    identifier: [u8; 4],
    counter: u16,
}

impl Transaction {
    /// A transaction as AuthenticateEV2First begins it.
    pub(in super::super) const fn begun(identifier: [u8; 4]) -> Self {
        Self { identifier, counter: 0 }
    }
}

impl Ev2 {
    /// A channel under the session keys for encryption and for CMACs.
    pub(in super::super) fn new(
        enc: &Secret<[u8; 16]>,
        mac: &Secret<[u8; 16]>,
        transaction: Transaction,
    ) -> Self {
        let enc = Cipher::aes(enc.expose_secret());
        Self { enc, mac: AesCmac::new(mac.expose_secret()), transaction }
    }

    /// The transaction as it stands.
    pub(in super::super) const fn transaction(&self) -> Transaction {
        self.transaction
    }

    pub(super) fn seal(&mut self, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let [mode, _] = request.rule.ev2;
        let mode = mode.or_of_file(request.file);
        self.seal_as(mode, request.rule.ins, request.header, request.data, out)
    }

    /// New key XOR old key, version where the new key is AES, and where another key than the
    /// session's is replaced CRC-32 over the new key alone (AN12343 tables 39 and 40).
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
        if old.is_some() {
            plain.extend(new.crc32());
        }
        self.seal_as(CommMode::Full, rules::CHANGE_KEY.ins, &[no], plain, out)
    }

    /// Header in clear, data in clear or enciphered, CMAC over both as they are sent.
    fn seal_as(
        &self,
        mode: CommMode,
        ins: Ins,
        header: &[u8],
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Transaction { identifier, counter } = self.transaction;
        // At FFFF the card refuses the next command, as there is no counter for its reply.
        if counter == u16::MAX {
            return Err(Misuse::CounterUsedUp.into());
        }
        out.extend_from_slice(header);
        let start = out.len();
        out.extend_from_slice(data);
        if mode == CommMode::Full && !data.is_empty() {
            out.push(0x80);
            out.resize(out.len() + to_block(out.len() - start, BLOCK), 0x00);
            let mut iv = self.iv(COMMAND_LABEL, counter);
            let data = out.get_mut(start..).unwrap_or_default();
            // The data are padded, so this cannot fail; if it could, nothing must go out in clear.
            self.enc.cbc_encrypt(&mut iv, data).map_err(|_| Error::SessionLost)?;
        }
        if mode != CommMode::Plain {
            let mac = self.mac([ins.into()], counter, identifier, out);
            out.extend(mac);
        }
        Ok(())
    }

    /// Counts, then verifies the CMAC over status and data as they came, then deciphers.
    pub(super) fn open(
        &mut self,
        request: &Request<'_>,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        // Sealing has left room for this count.
        self.transaction.counter = self.transaction.counter.saturating_add(1);
        let Transaction { identifier, counter } = self.transaction;
        let [_, mode] = request.rule.ev2;
        let mode = mode.or_of_file(request.file);
        if mode == CommMode::Plain {
            return Ok(Grade::Said);
        }
        let found = reply.len();
        let Some((data, mac)) = reply.split_last_chunk::<MAC>() else {
            return Err(Misbehaviour::Length { found });
        };
        if !ct_eq(&self.mac([STATUS_OK], counter, identifier, data), mac) {
            return Err(Misbehaviour::Mac);
        }
        let length = data.len();
        reply.truncate(length);
        if mode == CommMode::Full && length > 0 {
            let mut iv = self.iv(REPLY_LABEL, counter);
            let aligned = self.enc.cbc_decrypt(&mut iv, reply);
            aligned.map_err(|_| Misbehaviour::Length { found })?;
            let plain = strip_method2(reply).filter(|&plain| length - plain <= BLOCK);
            reply.truncate(plain.ok_or(Misbehaviour::Padding)?);
        }
        Ok(Grade::Sealed)
    }

    /// CMAC over what leads (instruction or status), counter, transaction identifier and the
    /// rest; its bytes at odd places are sent.
    fn mac(&self, lead: [u8; 1], counter: u16, identifier: [u8; 4], rest: &[u8]) -> [u8; MAC] {
        let whole = self.mac.mac(&[&lead, &counter.to_le_bytes(), &identifier, rest]);
        let [_, a, _, b, _, c, _, d, _, e, _, f, _, g, _, h] = whole;
        [a, b, c, d, e, f, g, h]
    }

    /// The initial value of one direction: label, transaction identifier and counter, enciphered.
    fn iv(&self, label: [u8; 2], counter: u16) -> Block {
        let mut iv = self.enc.zero_iv();
        let counter = counter.to_le_bytes();
        let input = label.iter().chain(&self.transaction.identifier).chain(&counter);
        for (slot, byte) in iv.as_mut_slice().iter_mut().zip(input) {
            *slot = *byte;
        }
        self.enc.encrypt_block(&mut iv);
        iv
    }
}

/// The status byte that enters a reply's CMAC.
const STATUS_OK: u8 = 0x00;

/// Begins the initial value of a command.
const COMMAND_LABEL: [u8; 2] = [0xA5, 0x5A];

/// Begins the initial value of a reply.
const REPLY_LABEL: [u8; 2] = [0x5A, 0xA5];
