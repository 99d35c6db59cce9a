// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sessions in all three messagings, and in LRP, from both ends: what a host seals a card opens, and the other
//! way round. Whoever stands in the middle holds both ends. Written from the protocol references,
//! and shares nothing with the library.

mod ev2;
mod form;
mod support;

pub(crate) use form::{Form, Speech, forms};
use support::{ev2_keys, single, unpadded};

use super::cipher::{Cipher, Family, Key, crc16, crc32};
use super::lrp::Counted;

/// One end of a session, or both as long as they agree.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) how: Speech,
    pub(crate) key_no: u8,
    cipher: Cipher,
    mac: Cipher,
    /// What enciphers in LRP, in which everything else is as in EV2 messaging.
    counted: Option<Counted>,
    iv: Vec<u8>,
    ti: [u8; 4],
    counter: u16,
}

/// What was enciphered, and whether the padding begins with a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) data: Vec<u8>,
    pub(crate) marked: bool,
}

impl Session {
    /// After an authentication in which these challenges were exchanged.
    pub(crate) fn new(how: Speech, (key_no, key): (u8, &Key), a: &[u8], b: &[u8]) -> Self {
        let (end, four) = (a.len() - 4, |rnd: &[u8], at: usize| rnd[at..at + 4].to_vec());
        let of = |places: &[usize]| -> Vec<u8> {
            places.iter().flat_map(|&at| [four(a, at), four(b, at)].concat()).collect()
        };
        let (enc, mac) = match (how, key.family) {
            (Speech::Ev2, _) => ev2_keys(key, a, b),
            (_, Family::Tdes3) => (of(&[0, 6, 12]), Vec::new()),
            (_, Family::Aes) => (of(&[0, end]), Vec::new()),
            (_, Family::Des) if single(&key.bytes) => (of(&[0]), Vec::new()),
            (_, Family::Des) => (of(&[0, end]), Vec::new()),
        };
        let cipher = Cipher::new(key.family, &enc);
        let mac = if mac.is_empty() { cipher.clone() } else { Cipher::new(key.family, &mac) };
        let iv = cipher.zero_iv();
        Self { how, key_no, iv, cipher, mac, counted: None, ti: [0; 4], counter: 0 }
    }

    /// The transaction of EV2 messaging.
    pub(crate) fn in_transaction(mut self, ti: [u8; 4], counter: u16) -> Self {
        (self.ti, self.counter) = (ti, counter);
        self
    }

    pub(crate) const fn transaction(&self) -> ([u8; 4], u16) {
        (self.ti, self.counter)
    }

    /// The host's end of a command: what follows the instruction.
    pub(crate) fn seal_command(
        &mut self,
        ins: u8,
        header: &[u8],
        what: &Opened,
        form: Form,
    ) -> Vec<u8> {
        let data = &what.data;
        let message = [&[ins], header, data].concat();
        match (self.how, form) {
            (Speech::Ev2, Form::Plain) | (Speech::D40, Form::Plain) => message[1..].to_vec(),
            (Speech::Ev2, Form::Full) if !data.is_empty() => {
                let sealed = self.encrypt_ev2([0xA5, 0x5A], data);
                let body = [header, &sealed].concat();
                let tag = self.short_mac(ins, self.counter, &body);
                [body, tag].concat()
            }
            (Speech::Ev2, Form::Mac | Form::Full) => {
                let tag = self.short_mac(ins, self.counter, &message[1..]);
                [&message[1..], &tag].concat()
            }
            (Speech::Ev1, Form::Plain) => {
                self.iv = self.cipher.cmac(&self.iv, &message);
                message[1..].to_vec()
            }
            (Speech::Ev1, Form::Mac) => {
                self.iv = self.cipher.cmac(&self.iv, &message);
                [&message[1..], &self.iv[..8]].concat()
            }
            (Speech::Ev1, Form::Full) => {
                let plain = [&data[..], &crc32(&message)].concat();
                [header, &self.encrypt(plain, what.marked)].concat()
            }
            (Speech::D40, Form::Mac) => [&message[1..], &self.mac_d40(data)[..]].concat(),
            (Speech::D40, Form::Full) => {
                let plain = self.padded([&data[..], &crc16(data)].concat(), what.marked);
                [header, &self.cipher.decipher_on_send(&plain)].concat()
            }
        }
    }

    /// The card's end of a command: what it says behind its header, `None` where it proves nothing.
    pub(crate) fn open_command(
        &mut self,
        ins: u8,
        body: &[u8],
        header: usize,
        form: Form,
    ) -> Option<Opened> {
        let plain = |data: &[u8]| Some(Opened { data: data.to_vec(), marked: false });
        let header = header.min(body.len());
        match (self.how, form) {
            (Speech::Ev2 | Speech::D40, Form::Plain) => plain(&body[header..]),
            (Speech::Ev2, Form::Mac | Form::Full) => {
                let (message, tag) = body.split_last_chunk::<8>()?;
                if tag[..] != self.short_mac(ins, self.counter, message)[..] {
                    return None;
                }
                // Without a length of its own the header is all there is.
                let header = header.min(message.len());
                if form == Form::Mac || message.len() == header {
                    return plain(&message[header..]);
                }
                self.decrypt_ev2([0xA5, 0x5A], &message[header..])
            }
            (Speech::Ev1, Form::Plain) => {
                self.iv = self.cipher.cmac(&self.iv, &[&[ins], body].concat());
                plain(&body[header..])
            }
            (Speech::Ev1, Form::Mac) => {
                let (message, tag) = body.split_last_chunk::<8>()?;
                self.iv = self.cipher.cmac(&self.iv, &[&[ins], message].concat());
                (tag[..] == self.iv[..8]).then(|| message.get(header..).and_then(plain))?
            }
            (Speech::Ev1, Form::Full) => {
                let clear = [&[ins], &body[..header]].concat();
                let deciphered = self.cipher.cbc_decrypt(&mut self.iv, &body[header..]);
                unpadded(&deciphered, 4, |data| crc32(&[&clear, data].concat()).to_vec())
            }
            (Speech::D40, Form::Mac) => {
                let (message, tag) = body.split_last_chunk::<4>()?;
                let data = message.get(header..)?;
                (tag[..] == self.mac_d40(data)).then(|| plain(data))?
            }
            (Speech::D40, Form::Full) => {
                let deciphered = self.cipher.encipher_on_arrival(&body[header..]);
                unpadded(&deciphered, 2, |data| crc16(data).to_vec())
            }
        }
    }

    /// A change-key cryptogram behind what stands in clear, its key number last: `payload` is the new key,
    /// XORed with the one replaced, and for AES its version; `new` the new key where another than the
    /// session's is replaced.
    pub(crate) fn seal_key_change(
        &mut self,
        (ins, header): (u8, &[u8]),
        payload: &[u8],
        new: Option<&[u8]>,
    ) -> Vec<u8> {
        match self.how {
            Speech::D40 => {
                let mut plain = [payload, &crc16(payload)].concat();
                plain.extend(new.map(crc16).into_iter().flatten());
                [header, &self.cipher.decipher_on_send(&self.padded(plain, false))[..]].concat()
            }
            Speech::Ev1 => {
                let mut plain = [payload, &crc32(&[&[ins], header, payload].concat())].concat();
                plain.extend(new.map(crc32).into_iter().flatten());
                [header, &self.encrypt(plain, false)[..]].concat()
            }
            Speech::Ev2 => {
                let mut data = payload.to_vec();
                data.extend(new.map(crc32).into_iter().flatten());
                let what = Opened { data, marked: true };
                self.seal_command(ins, header, &what, Form::Full)
            }
        }
    }

    /// The payload of a change-key cryptogram, of so many bytes, and what follows it.
    pub(crate) fn open_key_change(
        &mut self,
        ins: u8,
        (header, sealed): (&[u8], &[u8]),
        length: usize,
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let plain = match self.how {
            Speech::D40 => self.cipher.encipher_on_arrival(sealed),
            Speech::Ev1 => self.cipher.cbc_decrypt(&mut self.iv, sealed),
            Speech::Ev2 => {
                let body = [header, sealed].concat();
                self.open_command(ins, &body, header.len(), Form::Full)?.data
            }
        };
        let (payload, rest) = plain.split_at_checked(length)?;
        let fits = match self.how {
            Speech::D40 => rest.starts_with(&crc16(payload)),
            Speech::Ev1 => rest.starts_with(&crc32(&[&[ins], header, payload].concat())),
            Speech::Ev2 => true,
        };
        fits.then(|| (payload.to_vec(), rest.to_vec()))
    }

    /// The card's end of a reply that says 00.
    pub(crate) fn seal_reply(&mut self, what: &Opened, form: Form) -> Vec<u8> {
        let data = &what.data;
        self.counter = self.counter.wrapping_add(1);
        match (self.how, form) {
            (Speech::Ev2 | Speech::D40, Form::Plain) => data.clone(),
            (Speech::Ev2, Form::Mac | Form::Full) => {
                let sealed = if form == Form::Full && !data.is_empty() {
                    self.encrypt_ev2([0x5A, 0xA5], data)
                } else {
                    data.clone()
                };
                let tag = self.short_mac(0x00, self.counter, &sealed);
                [sealed, tag].concat()
            }
            (Speech::Ev1, Form::Plain | Form::Mac) => {
                self.iv = self.cipher.cmac(&self.iv, &[data, &[0x00][..]].concat());
                [data, &self.iv[..8]].concat()
            }
            (Speech::Ev1, Form::Full) => {
                let plain = [data, &crc32(&[data, &[0x00][..]].concat())[..]].concat();
                self.encrypt(plain, what.marked)
            }
            (Speech::D40, Form::Mac) => [&data[..], &self.mac_d40(data)].concat(),
            (Speech::D40, Form::Full) => {
                let plain = self.padded([&data[..], &crc16(data)].concat(), what.marked);
                self.cipher.cbc_encrypt(&mut self.cipher.zero_iv(), &plain)
            }
        }
    }

    /// The host's end of a reply that says 00.
    pub(crate) fn open_reply(&mut self, body: &[u8], form: Form) -> Option<Opened> {
        self.counter = self.counter.wrapping_add(1);
        let plain = |data: &[u8]| Some(Opened { data: data.to_vec(), marked: false });
        match (self.how, form) {
            (Speech::Ev2 | Speech::D40, Form::Plain) => plain(body),
            (Speech::Ev2, Form::Mac | Form::Full) => {
                let (message, tag) = body.split_last_chunk::<8>()?;
                if tag[..] != self.short_mac(0x00, self.counter, message)[..] {
                    return None;
                }
                if form == Form::Mac || message.is_empty() {
                    return plain(message);
                }
                self.decrypt_ev2([0x5A, 0xA5], message)
            }
            (Speech::Ev1, Form::Plain | Form::Mac) => {
                let (message, tag) = body.split_last_chunk::<8>()?;
                self.iv = self.cipher.cmac(&self.iv, &[message, &[0x00]].concat());
                (tag[..] == self.iv[..8]).then(|| plain(message))?
            }
            (Speech::Ev1, Form::Full) => {
                let deciphered = self.cipher.cbc_decrypt(&mut self.iv, body);
                unpadded(&deciphered, 4, |data| crc32(&[data, &[0x00]].concat()).to_vec())
            }
            (Speech::D40, Form::Mac) => {
                let (message, tag) = body.split_last_chunk::<4>()?;
                (tag[..] == self.mac_d40(message)).then(|| plain(message))?
            }
            (Speech::D40, Form::Full) => {
                let deciphered = self.cipher.cbc_decrypt(&mut self.cipher.zero_iv(), body);
                unpadded(&deciphered, 2, |data| crc16(data).to_vec())
            }
        }
    }

    fn encrypt(&mut self, plain: Vec<u8>, marked: bool) -> Vec<u8> {
        let plain = self.padded(plain, marked);
        self.cipher.cbc_encrypt(&mut self.iv, &plain)
    }

    fn padded(&self, mut plain: Vec<u8>, marked: bool) -> Vec<u8> {
        if marked {
            plain.push(0x80);
        }
        plain.resize(plain.len().next_multiple_of(self.cipher.block()), 0x00);
        plain
    }

    fn mac_d40(&self, data: &[u8]) -> Vec<u8> {
        let mut chain = self.cipher.zero_iv();
        let _all = self.cipher.cbc_encrypt(&mut chain, &self.padded(data.to_vec(), false));
        chain[..4].to_vec()
    }
}
