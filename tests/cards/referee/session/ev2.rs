// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is of EV2 messaging alone, and how it is done in LRP.

use super::super::cipher::{Cipher, Key};
use super::super::lrp::{self, Counted};
use super::support::context;
use super::{Opened, Session, Speech};

impl Session {
    /// The same in LRP.
    pub(crate) fn in_lrp((key_no, key): (u8, &Key), a: &[u8], b: &[u8]) -> Self {
        Self::counted(key_no, lrp::session(&key.bytes, &context(a, b)))
    }

    /// With MACs, and what enciphers.
    pub(crate) fn counted(key_no: u8, (mac, counted): (Cipher, Counted)) -> Self {
        Self {
            how: Speech::Ev2,
            key_no,
            cipher: mac.clone(),
            mac,
            counted: Some(counted),
            iv: Vec::new(),
            ti: [0; 4],
            counter: 0,
        }
    }

    /// A MAC over just this, as the authentication in LRP has it.
    pub(crate) fn whole_mac(&self, message: &[u8]) -> Vec<u8> {
        self.mac.cmac(&[0; 16], message)
    }

    /// Blocks under the counter of LRP, without padding.
    pub(crate) fn count(&mut self) -> &mut Counted {
        self.counted.as_mut().unwrap()
    }

    /// Every second byte of the CMAC over code, counter, transaction and message.
    pub(super) fn short_mac(&self, code: u8, counter: u16, message: &[u8]) -> Vec<u8> {
        let counter = counter.to_le_bytes();
        let whole = [&[code], &counter[..], &self.ti, message].concat();
        self.mac.cmac(&self.mac.zero_iv(), &whole).into_iter().skip(1).step_by(2).collect()
    }

    fn iv_ev2(&self, label: [u8; 2]) -> Vec<u8> {
        let counter = self.counter.to_le_bytes();
        let mut iv = [&label[..], &self.ti, &counter, &[0; 8]].concat();
        self.cipher.encrypt(&mut iv);
        iv
    }

    pub(super) fn encrypt_ev2(&mut self, label: [u8; 2], data: &[u8]) -> Vec<u8> {
        let padded = self.padded(data.to_vec(), true);
        match &mut self.counted {
            Some(counted) => counted.encrypt(&padded),
            None => self.cipher.cbc_encrypt(&mut self.iv_ev2(label), &padded),
        }
    }

    pub(super) fn decrypt_ev2(&mut self, label: [u8; 2], sealed: &[u8]) -> Option<Opened> {
        let mut data = match &mut self.counted {
            Some(counted) => counted.decrypt(sealed),
            None => self.cipher.cbc_decrypt(&mut self.iv_ev2(label), sealed),
        };
        while data.last() == Some(&0x00) {
            data.pop();
        }
        (data.pop() == Some(0x80)).then_some(Opened { data, marked: true })
    }
}
