// SPDX-License-Identifier: MIT OR Apache-2.0
//! EV1 messaging, after AuthenticateISO or AuthenticateAES.
//!
//! One chaining value goes through every CMAC and every encryption, in both directions, so a
//! command that was lost or changed shows in the next reply.

use super::super::answer::Grade;
use super::super::command::{Extent, KeyChange, Request};
use super::super::error::{Error, Misbehaviour};
use crate::crypto::crc::crc32;
use crate::crypto::padding::{strip_method2, to_block};
use crate::crypto::{Block, ChainedCmac, Cipher};
use crate::host::command::key::ChangeKey;
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
                if request.marked {
                    out.push(0x80);
                }
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
        let KeyChange { no, new, old, .. } = *change;
        let mut buffer = ChangeBuf::new(arrayvec::ArrayVec::new());
        new.append_to(old, &mut buffer);
        let plain = buffer.expose_secret_mut();
        if new.key_type() == KeyType::Aes {
            plain.push(new.version().0);
        }
        let crc = crc32(&[&[ChangeKey::RULE.ins.into(), no], plain]);
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
    /// padding. No reply may go without: a plain one carries the MAC that a MACed one does.
    pub(super) fn open(
        &mut self,
        request: &Request<'_>,
        status: u8,
        reply: &mut Vec<u8>,
    ) -> Result<Grade, Misbehaviour> {
        let [_, mode] = request.rule.ev1;
        Ok(match mode.or_of_file(request.file) {
            CommMode::Plain | CommMode::Mac => {
                self.verify(status, reply)?;
                Grade::Sealed
            }
            CommMode::Full => {
                self.decipher(request.extent, status, reply)?;
                Grade::Enciphered
            }
        })
    }

    fn verify(&mut self, status: u8, reply: &mut Vec<u8>) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let Some((data, mac)) = reply.split_last_chunk::<MAC>() else {
            return Err(Misbehaviour::Length { found });
        };
        self.cmac.mac(&mut self.iv, &[data, &[status]]);
        let expected = self.iv.as_slice().get(..MAC).unwrap_or_default();
        if !ct_eq(expected, mac) {
            return Err(Misbehaviour::Mac);
        }
        let length = data.len();
        reply.truncate(length);
        Ok(())
    }

    fn decipher(
        &mut self,
        extent: Extent,
        status: u8,
        reply: &mut Vec<u8>,
    ) -> Result<(), Misbehaviour> {
        let found = reply.len();
        let cipher = self.cmac.cipher();
        let block = cipher.block_size();
        let aligned = cipher.cbc_decrypt(&mut self.iv, reply);
        aligned.map_err(|_| Misbehaviour::Length { found })?;
        let length = match extent {
            Extent::Bare => return Err(Misbehaviour::Length { found }),
            Extent::Told(length) => {
                let checked = length.saturating_add(CRC);
                if found != checked.saturating_add(to_block(checked, block)) {
                    return Err(Misbehaviour::Length { found });
                }
                if reply.iter().skip(checked).any(|&byte| byte != 0x00) {
                    return Err(Misbehaviour::Padding);
                }
                proven(reply, checked, status).ok_or(Misbehaviour::Checksum)?
            }
            // No marker where data and checksum happen to fill the last block.
            Extent::Rest(_) | Extent::UpTo(_) | Extent::Framed(_) => strip_method2(reply)
                .filter(|&checked| found - checked <= block)
                .and_then(|checked| proven(reply, checked, status))
                .or_else(|| proven(reply, found, status))
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

/// The length of the data where the first `checked` bytes are data and a checksum that fits.
fn proven(plain: &[u8], checked: usize, status: u8) -> Option<usize> {
    let (data, crc) = plain.get(..checked)?.split_last_chunk::<CRC>()?;
    ct_eq(&crc32(&[data, &[status]]), crc).then_some(data.len())
}

#[cfg(test)]
impl Ev1 {
    /// A channel at a step of a published session: a DES key is doubled.
    pub(in super::super) fn recorded(key: &str, iv: &[u8]) -> Self {
        use crate::host::testing::{array, part};
        let cipher = match iv.len() {
            16 => Cipher::aes(&array(key)),
            _ if key.len() == 48 => Cipher::tdes3(&array(key)),
            _ if part(key, ..16) == part(key, 16..) => Cipher::des(&array(part(key, ..16))),
            _ => Cipher::tdes2(&array(key)),
        };
        let mut channel = Self::new(cipher);
        channel.iv.as_mut_slice().copy_from_slice(iv);
        channel
    }
}

/// How many bytes the parameters of a command become, under a cipher with such blocks.
pub(super) const fn command_length(mode: CommMode, data: usize, block: usize) -> usize {
    match mode {
        CommMode::Plain => data,
        CommMode::Mac => data + MAC,
        CommMode::Full => (data + CRC).next_multiple_of(block),
    }
}

/// How many bytes the data of a reply become. Where the host did not tell how much it wants, padding
/// marks where they end.
pub(super) fn reply_length(mode: CommMode, data: usize, open: bool, block: usize) -> usize {
    match mode {
        CommMode::Plain | CommMode::Mac => data + MAC,
        CommMode::Full => (data + CRC + usize::from(open)).next_multiple_of(block),
    }
}

/// Length of the checksum of a key that is replaced.
pub(super) const KEY_CHECKSUM: usize = CRC;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::host::command::Extent;
    use crate::host::command::application::{
        CreateApplication, DeleteApplication, GetApplicationIds,
    };
    use crate::host::command::data::{ReadData, WriteData};
    use crate::host::command::file::{CreateFile, DeleteFile, GetFileSettings};
    use crate::host::command::key::{ChangeKey, ChangeKeySettings, GetKeySettings, GetKeyVersion};
    use crate::host::command::picc::{FormatPicc, GetCardUid, GetVersion};
    use crate::host::rule::Rule;
    use crate::host::testing::{array, bytes, field, hex, part, text, vectors};
    use crate::key::CardKey;
    use crate::wire::{Ins, KeyVersion};

    /// The status of every reply here.
    const OK: u8 = 0x00;

    fn joined(frames: &Value) -> Vec<u8> {
        let frames = frames.as_array().unwrap().iter();
        frames.flat_map(|frame| field(frame)[1..].to_vec()).collect()
    }

    fn rule(ins: Ins) -> Rule {
        let all = [
            GetVersion::RULE,
            CreateApplication::RULE,
            DeleteApplication::RULE,
            GetApplicationIds::RULE,
            GetKeySettings::RULE,
            ChangeKeySettings::RULE,
            ChangeKey::RULE,
            GetKeyVersion::RULE,
            CreateFile::STANDARD,
            GetFileSettings::RULE,
            WriteData::RULE,
            ReadData::RULE,
            DeleteFile::RULE,
            FormatPicc::RULE,
        ];
        all.into_iter().find(|rule| rule.ins == ins).unwrap()
    }

    /// A key from the fields of a ChangeKey vector.
    fn key(bytes: &Value, version: &Value) -> Option<CardKey> {
        let bytes = array(bytes.as_str()?);
        let aes = |version| CardKey::aes(&bytes, KeyVersion(array::<1>(version)[0]));
        Some(version.as_str().map_or_else(|| CardKey::des(&bytes), aes))
    }

    /// Every step of the real-card examples of `RFDoorLock` under DES, 2K3DES and AES: the command
    /// as sent, the reply's MAC, and the chaining value on both sides of it.
    #[test]
    fn real_card_commands_chain_as_recorded() {
        let mut steps = 0;
        for entry in vectors("ev1", "kind", "ev1_command") {
            if !entry["cipher"].is_string() || entry["cipher"] == "DES192" {
                continue;
            }
            for step in entry["steps"].as_array().unwrap() {
                let name = text(&entry["name"]);
                let iv = field(&step["iv_before"]);
                let mut channel = Ev1::recorded(text(&entry["session_key"]), &iv);
                let ins = Ins::from(field(&step["commands"][0])[0]);
                let sent = joined(&step["commands"]);
                let rule = rule(ins);
                let mut out = Vec::new();
                let mut request = Request::new(&rule, &[]);
                let data;
                if ins == Ins::ChangeKey {
                    let version = &step["key_version"];
                    let new = key(&step["new_key"], version).unwrap();
                    let old = key(&step["cur_key"], version);
                    let change = KeyChange { set: None, no: sent[0], new: &new, old: old.as_ref() };
                    channel.seal_key_change(&change, &mut out).unwrap();
                } else if ins == Ins::ChangeKeySettings {
                    data = field(&step["plain"])[..1].to_vec();
                    request.data = &data;
                    channel.seal(&request, &mut out).unwrap();
                } else {
                    request.header = &sent;
                    channel.seal(&request, &mut out).unwrap();
                    assert_eq!(hex(channel.iv.as_slice()), text(&step["tx_cmac"]), "{name}");
                }
                assert_eq!(hex(&out), hex(&sent), "{name}");
                if step["rx_cmac"].is_string() {
                    let mut reply = joined(&step["responses"]);
                    let data = reply[..reply.len() - 8].to_vec();
                    assert_eq!(channel.open(&request, OK, &mut reply), Ok(Grade::Sealed), "{name}");
                    assert_eq!(reply, data, "{name}");
                    assert_eq!(hex(channel.iv.as_slice()), text(&step["rx_cmac"]), "{name}");
                }
                steps += 1;
            }
        }
        assert!(steps >= 20, "{steps} steps");
    }

    /// crates.io desfire 0.2.0-alpha3; revk/DESFireAES, from DES to AES at PICC level.
    #[test]
    fn change_key_cryptograms_are_the_published_ones() {
        for entry in vectors("ev1", "kind", "ev1_changekey") {
            let inputs = &entry["inputs"];
            let iv = field(&inputs["iv"]);
            let mut channel = Ev1::recorded(text(&inputs["session_key"]), &iv);
            let [_, no] = array(text(&inputs["header"]));
            let new = key(&inputs["new_key"], &inputs["key_version"]).unwrap();
            let old = key(&inputs["old_key"], &inputs["key_version"]).filter(|_| no == 0x01);
            let mut out = Vec::new();
            let change = KeyChange { set: None, no, new: &new, old: old.as_ref() };
            channel.seal_key_change(&change, &mut out).unwrap();
            assert_eq!(out[0], no);
            assert_eq!(hex(&out[1..]), text(&entry["expected"]), "{}", entry["name"]);
        }
    }

    /// Proxmark3 issue 2961, a real card under DES.
    #[test]
    fn the_reply_to_format_carries_the_recorded_mac() {
        let mut channel = Ev1::recorded("0102030499D2F4FF0102030499D2F4FF", &[0; 8]);
        let request = Request::new(&FormatPicc::RULE, &[]);
        let mut out = Vec::new();
        channel.seal(&request, &mut out).unwrap();
        assert_eq!((hex(channel.iv.as_slice()).as_str(), out.len()), ("0BB6026E5623126C", 0));
        let mut reply = bytes("0A2819F80BA056A0");
        assert_eq!(channel.open(&request, OK, &mut reply), Ok(Grade::Sealed));
    }

    /// The CMAC is the one that the card of `RFDoorLock` and host agreed on for the same write to a
    /// plain file; that a MACed file has it sent is a belief.
    #[test]
    fn a_maced_write_sends_the_cmac_that_a_plain_one_only_counts() {
        let entry = vectors("ev1", "name", "WriteFileData(ID= 5, Offset= 0, Length= 80)").remove(0);
        let step = &entry["steps"][0];
        let (header, data) = (&joined(&step["commands"])[..7], &joined(&step["commands"])[7..]);
        let sealed = |file| {
            let iv = field(&step["iv_before"]);
            let mut out = Vec::new();
            let request = Request { file, data, ..Request::new(&WriteData::RULE, header) };
            Ev1::recorded(text(&entry["session_key"]), &iv).seal(&request, &mut out).unwrap();
            hex(&out)
        };
        let plain = sealed(CommMode::Plain);
        assert_eq!(sealed(CommMode::Mac), plain + part(text(&step["tx_cmac"]), ..16));
    }

    /// Enciphers what a card might say, from the channel's own chaining value.
    fn enciphered(plain: &str) -> (Ev1, Vec<u8>) {
        let key = "40E7D271626FFBD49C530E3D304F5B17";
        let mut card = Ev1::recorded(key, &[0x5A; 16]);
        let mut reply = bytes(plain);
        card.cmac.cipher().cbc_encrypt(&mut card.iv, &mut reply).unwrap();
        (Ev1::recorded(key, &[0x5A; 16]), reply)
    }

    fn read(plain: &str, extent: Extent) -> Result<String, Misbehaviour> {
        let (mut channel, mut reply) = enciphered(plain);
        let request = Request {
            extent,
            file: CommMode::Full,
            ..Request::new(&ReadData::RULE, &[0x05, 0, 0, 0, 0, 0, 0])
        };
        channel.open(&request, OK, &mut reply).map(|_| hex(&reply))
    }

    /// The CRC-32 over `0102030405060708090A0B0C` and `00` that a card sends.
    fn twelve() -> String {
        let data = bytes("0102030405060708090A0B0C");
        hex(&[&data[..], &crc32(&[&data, &[0x00]])].concat())
    }

    #[test]
    fn an_enciphered_reply_of_told_length_has_zeros_and_nothing_else() {
        let whole = twelve();
        let data = part(&whole, ..24).to_owned();
        assert_eq!(read(&whole, Extent::Told(12)), Ok(data));
        let wrong = [
            (format!("{whole}{}", "00".repeat(16)), Misbehaviour::Length { found: 32 }),
            (format!("80{}", part(&whole, 2..)), Misbehaviour::Checksum),
        ];
        for (plain, how) in wrong {
            assert_eq!(read(&plain, Extent::Told(12)), Err(how), "{plain}");
        }
        let short = bytes("010203");
        let short = hex(&[&short[..], &crc32(&[&short, &[0x00]])].concat());
        let padded = format!("{short}{}", "00".repeat(9));
        assert_eq!(read(&padded, Extent::Told(3)), Ok("010203".to_owned()));
        let marked = format!("{short}80{}", "00".repeat(8));
        assert_eq!(read(&marked, Extent::Told(3)), Err(Misbehaviour::Padding));
        assert_eq!(read(&marked, Extent::Rest(3)), Ok("010203".to_owned()));
        assert_eq!(read(&padded, Extent::Rest(3)), Err(Misbehaviour::Checksum));
    }

    /// The checksum over UID and status is Proxmark3's (`desfiretest.c`); its place is a belief.
    #[test]
    fn the_real_uid_comes_with_its_checksum() {
        let entry = vectors("ev1", "name", "CRC32 response UID + status").remove(0);
        let data = text(&entry["inputs"]["data"]);
        let plain = format!("04440F32763180{}{}", text(&entry["expected"]), "00".repeat(5));
        assert_eq!(data, "04440F3276318000");
        let (mut channel, mut reply) = enciphered(&plain);
        let extent = Extent::Told(7);
        let request = Request { extent, ..Request::new(&GetCardUid::RULE, &[]) };
        assert_eq!(channel.open(&request, OK, &mut reply), Ok(Grade::Enciphered));
        assert_eq!(hex(&reply), "04440F32763180");
    }

    #[test]
    fn the_rest_of_a_file_may_end_with_its_block_and_then_has_no_marker() {
        let whole = twelve();
        assert_eq!(read(&whole, Extent::Rest(12)), Ok(part(&whole, ..24).to_owned()));
        let marked = format!("{whole}80{}", "00".repeat(15));
        assert_eq!(read(&marked, Extent::Rest(12)), Ok(part(&whole, ..24).to_owned()));
        let far = format!("{whole}80{}", "00".repeat(31));
        assert_eq!(read(&far, Extent::Rest(12)), Err(Misbehaviour::Checksum));
    }
}
