// SPDX-License-Identifier: MIT OR Apache-2.0
//! The address in a file, and how programs on the way write it.

use crate::profile::beginning;

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
pub(super) fn percent_decoded(text: &str) -> Vec<u8> {
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
