// SPDX-License-Identifier: MIT OR Apache-2.0
//! D40 messaging, after Authenticate: the host only ever deciphers, and every message starts anew.

use super::super::answer::Grade;
use super::super::command::{Extent, KeyChange, Request};
use super::super::error::Misbehaviour;
use crate::crypto::crc::crc16;
use crate::crypto::padding::{strip_method2, to_block};
use crate::crypto::{Block, Cipher};
use crate::key::ChangeBuf;
use crate::secret::ct_eq;
use crate::wire::{CommMode, KeyType};

/// How many bytes of a MAC are sent.
const MAC: usize = 4;

/// Length of the checksum inside enciphered data.
const CRC: usize = 2;

/// Block length of DES.
const BLOCK: usize = 8;

pub(in super::super) struct D40 {
    cipher: Cipher,
}

impl D40 {
    /// A channel under the session key.
    pub(in super::super) const fn new(session_key: Cipher) -> Self {
        Self { cipher: session_key }
    }

    /// MAC and checksum are over the data alone; what stands before them is not protected.
    pub(super) fn seal(&self, request: &Request<'_>, out: &mut Vec<u8>) {
        let Request { rule, header, data, .. } = *request;
        let [mode, _] = rule.d40;
        out.extend_from_slice(header);
        let start = out.len();
        out.extend_from_slice(data);
        match mode.or_of_file(request.file) {
            CommMode::Plain => {}
            CommMode::Mac => out.extend(self.mac(data)),
            CommMode::Full => {
                out.extend(crc16(&[data]));
                if request.marked {
                    out.push(0x80);
                }
                out.resize(out.len() + to_block(out.len() - start, BLOCK), 0x00);
                self.send(out.get_mut(start..).unwrap_or_default());
            }
        }
    }

    /// New key XOR old key, version where the new key is AES, CRC-16 over these, CRC-16 over the
    /// new key where another key than the session's is replaced, zeros.
    pub(super) fn seal_key_change(&self, change: &KeyChange<'_>, out: &mut Vec<u8>) {
        let KeyChange { no, new, old, .. } = *change;
        let mut buffer = ChangeBuf::new(arrayvec::ArrayVec::new());
        new.append_to(old, &mut buffer);
        let plain = buffer.expose_secret_mut();
        if new.key_type() == KeyType::Aes {
            plain.push(new.version().0);
        }
        let crc = crc16(&[plain]);
        plain.extend(crc);
        if old.is_some() {
            plain.extend(new.crc16());
        }
        let padding = to_block(plain.len(), BLOCK);
        plain.extend(core::iter::repeat_n(0x00, padding));
        self.send(plain);
        out.push(no);
        out.extend_from_slice(plain);
    }

    /// Only file data and the UID are protected, all else is a bare word of the card.
    pub(super) fn open(
        &self,
        request: &Request<'_>,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        let [_, mode] = request.rule.d40;
        let mode = mode.or_of_file(request.file);
        if let Some(grade) = Self::without_mac(mode) {
            return Ok(grade);
        }
        Ok(match mode {
            CommMode::Plain | CommMode::Mac => {
                self.verify(reply)?;
                Grade::Sealed
            }
            CommMode::Full => {
                self.receive(request.extent, reply)?;
                Grade::Enciphered
            }
        })
    }

    /// What a reply in this mode is worth that carries no MAC; `None` where it has to be proven.
    const fn without_mac(mode: CommMode) -> Option<Grade> {
        match mode {
            CommMode::Plain => Some(Grade::Said),
            CommMode::Mac | CommMode::Full => None,
        }
    }

    fn verify(&self, reply: &mut Vec<u8>) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let Some((data, mac)) = reply.split_last_chunk::<MAC>() else {
            return Err(Misbehaviour::Length { found });
        };
        if !ct_eq(&self.mac(data), mac) {
            return Err(Misbehaviour::Mac);
        }
        reply.truncate(found - MAC);
        Ok(())
    }

    fn receive(&self, extent: Extent, reply: &mut Vec<u8>) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let aligned = self.cipher.cbc_decrypt(&mut self.cipher.zero_iv(), reply);
        aligned.map_err(|_| Misbehaviour::Length { found })?;
        let length = match extent {
            Extent::Bare => None,
            Extent::Told(length) => {
                let checked = length.saturating_add(CRC);
                if found != checked.saturating_add(to_block(checked, BLOCK)) {
                    return Err(Misbehaviour::Length { found });
                }
                if reply.iter().skip(checked).any(|&byte| byte != 0x00) {
                    return Err(Misbehaviour::Padding);
                }
                proven(reply, checked)
            }
            // Some cards put no marker where data and checksum happen to fill the last block.
            Extent::Rest(_) | Extent::UpTo(_) | Extent::Framed(_) => strip_method2(reply)
                .filter(|&checked| found - checked <= BLOCK)
                .and_then(|checked| proven(reply, checked))
                .or_else(|| proven(reply, found)),
        };
        reply.truncate(length.ok_or(Misbehaviour::Checksum)?);
        Ok(())
    }

    /// The first bytes of the last block of CBC encryption over the data, filled up with zeros.
    fn mac(&self, data: &[u8]) -> [u8; MAC] {
        let mut chain = self.cipher.zero_iv();
        for block in data.chunks(BLOCK) {
            chain.xor(block);
            self.cipher.encrypt_block(&mut chain);
        }
        chain.as_slice().first_chunk().copied().unwrap_or_default()
    }

    fn send(&self, data: &mut [u8]) {
        decipher_on_send(&self.cipher, data);
    }
}

/// Each block is XORed with the block sent before it, then deciphered; the card undoes it by
/// enciphering.
pub(in super::super) fn decipher_on_send(cipher: &Cipher, data: &mut [u8]) {
    let mut sent: Block = cipher.zero_iv();
    for block in data.chunks_exact_mut(BLOCK) {
        sent.xor(block);
        cipher.decrypt_block(&mut sent);
        block.copy_from_slice(sent.as_slice());
    }
}

/// The length of the data where the first `checked` bytes are data and a checksum that fits.
fn proven(plain: &[u8], checked: usize) -> Option<usize> {
    let (data, crc) = plain.get(..checked)?.split_last_chunk::<CRC>()?;
    ct_eq(&crc16(&[data]), crc).then_some(data.len())
}

/// How many bytes the parameters of a command become.
pub(super) const fn command_length(mode: CommMode, data: usize) -> usize {
    match mode {
        CommMode::Plain => data,
        CommMode::Mac => data + MAC,
        CommMode::Full => (data + CRC).next_multiple_of(BLOCK),
    }
}

/// How many bytes the data of a reply become. Where the host did not tell how much it wants, padding
/// marks where they end.
pub(super) fn reply_length(mode: CommMode, data: usize, open: bool) -> usize {
    command_length(mode, if mode == CommMode::Full { data + usize::from(open) } else { data })
}

/// Length of the checksum of a key that is replaced.
pub(super) const KEY_CHECKSUM: usize = CRC;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::command::data::ReadData;
    use crate::host::command::key::ChangeKeySettings;
    use crate::host::testing::{array, field, hex, part, text, vectors};
    use crate::key::CardKey;
    use crate::wire::KeyVersion;

    fn cipher(key: &str) -> Cipher {
        match key.len() {
            16 => Cipher::des(&array(key)),
            _ if part(key, ..16) == part(key, 16..) => Cipher::des(&array(part(key, ..16))),
            _ => Cipher::tdes2(&array(key)),
        }
    }

    /// libfreefare's tests, and a post to NXP's forum.
    #[test]
    fn published_blocks_go_out_deciphered_and_come_in_deciphered() {
        for vector in vectors("ev1", "kind", "d40_cbc_send") {
            let mut data = field(&vector["inputs"]["data"]);
            decipher_on_send(&cipher(text(&vector["inputs"]["key"])), &mut data);
            assert_eq!(hex(&data), text(&vector["expected"]), "{}", vector["name"]);
        }
        for vector in vectors("ev1", "kind", "d40_cbc_receive") {
            let mut data = field(&vector["inputs"]["data"]);
            let cipher = cipher(text(&vector["inputs"]["key"]));
            cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut data).unwrap();
            assert_eq!(hex(&data), text(&vector["expected"]), "{}", vector["name"]);
        }
    }

    /// desfire-tools-for-android `DESEncryptionTest`, and mifare.net 18844.
    #[test]
    fn settings_are_sealed_as_published() {
        for vector in vectors("ev1", "kind", "d40_enciphered_command") {
            let channel = D40::new(cipher(text(&vector["inputs"]["session_key"])));
            let request = Request { data: &[0x0F], ..Request::new(&ChangeKeySettings::RULE, &[]) };
            let mut out = Vec::new();
            channel.seal(&request, &mut out);
            assert_eq!(hex(&out), text(&vector["expected"]), "{}", vector["name"]);
        }
    }

    /// desfire-tools-for-android `DESEncryptionTest`: to an AES key. mifare.net 18844: a DES key, of
    /// three blocks that are not alike, where the card refused another chaining.
    #[test]
    fn key_changes_are_sealed_as_published() {
        let sealed = |vector: &serde_json::Value, new: &CardKey| {
            let channel = D40::new(cipher(text(&vector["inputs"]["session_key"])));
            let header = field(&vector["inputs"]["header"]);
            let mut out = Vec::new();
            let change = KeyChange { set: None, no: header[1], new, old: None };
            channel.seal_key_change(&change, &mut out);
            assert_eq!(out[0], header[1]);
            hex(&out[1..])
        };
        for vector in vectors("ev1", "kind", "d40_changekey") {
            let new = array(text(&vector["inputs"]["new_key"]));
            let version = field(&vector["inputs"]["version"])[0];
            let new = CardKey::aes(&new, KeyVersion(version));
            assert_eq!(sealed(&vector, &new), text(&vector["expected"]));
        }
        for vector in vectors("ev1", "kind", "d40_negative") {
            let new = CardKey::des(&array(part(text(&vector["inputs"]["plain"]), ..32)));
            let sealed = sealed(&vector, &new);
            assert_eq!(sealed, text(&vector["computed_send_mode"]));
            assert_ne!(sealed, text(&vector["expected"]));
        }
    }

    #[test]
    fn what_does_not_prove_is_told_apart() {
        let channel = D40::new(cipher("A0A1A2A3B0B1B2B3A4A5A6A7B4B5B6B7"));
        let read = |file, extent| Request { file, extent, ..Request::new(&ReadData::RULE, &[]) };
        let open = |request: &Request<'_>, reply: &[u8]| {
            let mut reply = reply.to_vec();
            channel.open(request, &mut reply).map(|grade| (grade, hex(&reply)))
        };
        let mut sealed = vec![0xD1, 0xD2, 0xD3, 0xD4, 0xD5];
        let mac = channel.mac(&sealed);
        sealed.extend(mac);
        let request = read(CommMode::Mac, Extent::Told(5));
        assert_eq!(open(&request, &sealed), Ok((Grade::Sealed, "D1D2D3D4D5".into())));
        sealed[4] ^= 0x80;
        assert_eq!(open(&request, &sealed), Err(Misbehaviour::Mac));
        assert_eq!(open(&request, &[1, 2, 3]), Err(Misbehaviour::Length { found: 3 }));
        let request = read(CommMode::Plain, Extent::Told(1));
        assert_eq!(open(&request, &[0x33]), Ok((Grade::Said, "33".into())));
        for (plain, extent, outcome) in [
            ("D1D2D3D4D5", Extent::Told(5), Ok(())),
            ("D1D2D3D4D5", Extent::Told(4), Err(Misbehaviour::Padding)),
            ("D1D2D3D4D5", Extent::Told(9), Err(Misbehaviour::Length { found: 8 })),
        ] {
            let mut data = hex::decode(plain).unwrap();
            data.extend(crc16(&[&data]));
            data.resize(8, 0x00);
            channel.cipher.cbc_encrypt(&mut channel.cipher.zero_iv(), &mut data).unwrap();
            assert_eq!(open(&read(CommMode::Full, extent), &data).map(drop), outcome);
            data[7] ^= 0x01;
            assert!(open(&read(CommMode::Full, extent), &data).is_err());
        }
    }
}
