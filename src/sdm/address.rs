// SPDX-License-Identifier: MIT OR Apache-2.0
//! An address, and where in it stands what the tag wrote.

use crate::profile::beginning;
use crate::wire::{Sdm, SdmCounter, SdmFile, SdmMeta};

/// How the addresses of a profile look.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// What stands before the text that the file has.
    begins: &'static str,
    meta: SdmMeta,
    file: SdmFile,
    /// From which byte of the file on the text stands.
    text: u32,
}

/// What a tag wrote into an address.
pub(super) struct Parts {
    pub(super) picc: Option<[u8; 16]>,
    pub(super) uid: Option<[u8; 7]>,
    /// Most significant byte first, as it stands there.
    pub(super) counter: Option<[u8; 3]>,
    pub(super) mac: [u8; 8],
    /// What the MAC goes over.
    pub(super) signed: Vec<u8>,
}

impl Form {
    /// Of a file with these settings whose address stands there.
    pub(super) fn new(sdm: &Sdm, file: SdmFile, (text, begins): (usize, &'static str)) -> Self {
        let text = u32::try_from(text).unwrap_or(u32::MAX);
        Self { begins, meta: sdm.meta, file, text }
    }

    /// Takes an address apart; `None` where it is none of these. Letters in the place of digits may be small, and
    /// signs may be written with `%`, as programs on the way do.
    pub(super) fn parts(&self, address: &str) -> Option<Parts> {
        let plain = percent_decoded(address);
        let mut text = plain.strip_prefix(self.begins.as_bytes())?.to_vec();
        let (mut picc, mut uid, mut counter) = (None, None, None);
        match self.meta {
            SdmMeta::Never { .. } => {}
            SdmMeta::Clear { uid: at, counter: count } => {
                if let Some(at) = at {
                    uid = Some(self.take(&mut text, at)?);
                }
                if let Some(SdmCounter::At(at)) = count {
                    counter = Some(self.take(&mut text, at)?);
                }
            }
            SdmMeta::Enciphered { at, .. } => picc = Some(self.take(&mut text, at)?),
        }
        let mac = self.take(&mut text, self.file.mac)?;
        let signed = text.get(self.at(self.file.from)?..self.at(self.file.mac)?)?.to_vec();
        Some(Parts { picc, uid, counter, mac, signed })
    }

    /// Where a byte of the file stands in the text.
    fn at(&self, place: u32) -> Option<usize> {
        usize::try_from(place.checked_sub(self.text)?).ok()
    }

    /// Reads digits, and leaves them as the tag writes them: in capitals.
    fn take<const N: usize>(&self, text: &mut [u8], place: u32) -> Option<[u8; N]> {
        let at = self.at(place)?;
        let digits = text.get_mut(at..at.checked_add(N.checked_mul(2)?)?)?;
        digits.make_ascii_uppercase();
        let mut bytes = [0; N];
        hex::decode_to_slice(&*digits, &mut bytes).ok()?;
        Some(bytes)
    }

    /// Puts bytes into the text of a file as digits.
    pub(super) fn put(&self, text: &mut [u8], place: u32, bytes: &[u8]) {
        let at = self.at(place).unwrap_or(usize::MAX);
        let slots = text.get_mut(at..).unwrap_or_default();
        let digits = hex::encode_upper(bytes);
        slots.iter_mut().zip(digits.bytes()).for_each(|(slot, digit)| *slot = digit);
    }

    /// The text of a file, from the address on, and what stands before it.
    pub(super) fn text<'a>(&self, file: &'a [u8]) -> (&'static str, &'a [u8]) {
        let at = usize::try_from(self.text).unwrap_or(usize::MAX);
        (self.begins, file.get(at..).unwrap_or_default())
    }

    /// What the MAC of a text goes over.
    pub(super) fn signed<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        let (from, to) = (self.at(self.file.from), self.at(self.file.mac));
        from.zip(to).and_then(|(from, to)| text.get(from..to)).unwrap_or_default()
    }
}

/// The address that an NDEF file begins with, as a phone opens it: the file as it was read, its length in front.
/// `None` where it begins with something else (NFC Forum, Type 4 Tag, NLEN; URI Record Type Definition).
#[must_use]
pub fn address(file: &[u8]) -> Option<String> {
    let (length, message) = file.split_first_chunk()?;
    let message = message.get(..usize::from(u16::from_be_bytes(*length)))?;
    let (&[flags, kind_length], rest) = message.split_first_chunk()?;
    let (carried, rest) = if flags & 0x10 != 0 {
        let (&length, rest) = rest.split_first()?;
        (usize::from(length), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (usize::try_from(u32::from_be_bytes(*length)).ok()?, rest)
    };
    // A well-known type, and no identifier.
    let (b"U", rest) = rest.split_at_checked(usize::from(kind_length))? else { return None };
    if flags & 0x0F != 0x01 {
        return None;
    }
    let (&code, text) = rest.get(..carried)?.split_first()?;
    Some(beginning(code)?.to_owned() + core::str::from_utf8(text).ok()?)
}

/// The bytes that a text stands for whose signs may be written as `%` and two digits.
fn percent_decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((&first, behind)) = rest.split_first() {
        let mut byte = [first];
        rest = behind;
        if let (b'%', Some((digits, behind))) = (first, behind.split_at_checked(2))
            && hex::decode_to_slice(digits, &mut byte).is_ok()
        {
            rest = behind;
        }
        bytes.extend(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_a_phone_reads_it() {
        let file = b"\0\x0B\xD1\x01\x07U\x04nfc.io\0\0";
        assert_eq!(address(file).unwrap(), "https://nfc.io");
        let long = b"\0\x0E\xC1\x01\0\0\0\x07U\x04nfc.io\0\0";
        assert_eq!(address(long).unwrap(), "https://nfc.io");
        for end in 0..file.len() - 2 {
            assert_eq!(address(&file[..end]), None, "{end}");
        }
        for (at, byte) in [(2, 0xD2), (5, b'T'), (6, 0x24), (7, 0xFF), (2, 0xD9)] {
            let mut other = file.to_vec();
            other[at] = byte;
            assert_eq!(address(&other), None, "{at}");
        }
    }

    #[test]
    fn signs_may_be_written_with_percent() {
        assert_eq!(percent_decoded("a%3Fb%3dc%"), b"a?b=c%");
        assert_eq!(percent_decoded("%zz%4"), b"%zz%4");
        assert_eq!(percent_decoded("%ff"), [0xFF]);
    }
}
