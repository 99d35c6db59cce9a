// SPDX-License-Identifier: MIT OR Apache-2.0
//! Short command APDUs (ISO/IEC 7816-4, 5.2).

use core::fmt;

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError};

/// The longest short command APDU: header 4, Lc 1, data 255, Le 1.
pub const MAX_COMMAND: usize = 261;

/// Room for one short command APDU.
pub type CommandBuf = ArrayVec<u8, MAX_COMMAND>;

/// A short command APDU. The data are at most 255 bytes; `le` is 1 to 256.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command<'a> {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter byte.
    pub p1: u8,
    /// Second parameter byte.
    pub p2: u8,
    /// The command data; empty in cases 1 and 2.
    pub data: &'a [u8],
    /// How many bytes are expected at most, 1 to 256; `None` in cases 1 and 3.
    pub le: Option<u16>,
}

impl<'a> Command<'a> {
    /// A command from its header and data, with `le` as it should appear.
    #[must_use]
    pub const fn new(header: [u8; 4], data: &'a [u8], le: Option<u16>) -> Self {
        let [cla, ins, p1, p2] = header;
        Self { cla, ins, p1, p2, data, le }
    }

    /// Reads a short command APDU in any of the four cases.
    ///
    /// # Errors
    /// [`DecodeError`] where the header is cut, or `Lc` does not fit the bytes that follow.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("command APDU", bytes);
        let header = cursor.array()?;
        if cursor.remaining() == 0 {
            return Ok(Self::new(header, &[], None));
        }
        let length = cursor.u8()?;
        if cursor.remaining() == 0 {
            return Ok(Self::new(header, &[], Some(le_from_byte(length))));
        }
        if length == 0 {
            return Err(cursor.invalid(length));
        }
        let data = cursor.take(usize::from(length))?;
        let le = if cursor.remaining() == 0 { None } else { Some(le_from_byte(cursor.u8()?)) };
        cursor.finish()?;
        Ok(Self::new(header, data, le))
    }

    /// Writes the command over `out`. Returns `false`, with `out` empty, where the data are more
    /// than 255 bytes or `le` is not 1 to 256.
    #[must_use]
    pub fn encode(&self, out: &mut CommandBuf) -> bool {
        out.clear();
        let Ok(length) = u8::try_from(self.data.len()) else { return false };
        let le = match self.le {
            None => None,
            // An Le of 256 is written 00 (5.2).
            Some(256) => Some(0x00),
            Some(le) => match u8::try_from(le) {
                Ok(byte) if byte > 0 => Some(byte),
                _ => return false,
            },
        };
        out.extend([self.cla, self.ins, self.p1, self.p2]);
        if length > 0 {
            out.push(length);
            out.extend(self.data.iter().copied());
        }
        out.extend(le);
        true
    }
}

/// Command data may be anything a card is to hold, so only their length shows.
impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cla, ins, p1, p2, data, le } = self;
        let length = data.len();
        write!(f, "Command({cla:02X}{ins:02X}{p1:02X}{p2:02X}, {length} bytes, Le {le:?})")
    }
}

fn le_from_byte(byte: u8) -> u16 {
    if byte == 0 { 256 } else { u16::from(byte) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_four_cases() {
        let header = [0x00, 0xA4, 0x04, 0x0C];
        let data = &[0xD2, 0x76][..];
        for (bytes, command) in [
            (&[0x00, 0xA4, 0x04, 0x0C][..], Command::new(header, &[], None)),
            (&[0x00, 0xA4, 0x04, 0x0C, 0x00], Command::new(header, &[], Some(256))),
            (&[0x00, 0xA4, 0x04, 0x0C, 0x02, 0xD2, 0x76], Command::new(header, data, None)),
            (
                &[0x00, 0xA4, 0x04, 0x0C, 0x02, 0xD2, 0x76, 0x07],
                Command::new(header, data, Some(7)),
            ),
        ] {
            assert_eq!(Command::decode(bytes), Ok(command));
            let mut out = CommandBuf::new();
            assert!(command.encode(&mut out));
            assert_eq!(out.as_slice(), bytes);
        }
    }

    #[test]
    fn an_lc_that_does_not_fit_is_an_error() {
        for bytes in [
            &[][..],
            &[0x90, 0x60, 0x00],
            &[0x90, 0x60, 0x00, 0x00, 0x00, 0x01],
            &[0x90, 0x60, 0x00, 0x00, 0x03, 0x01, 0x02],
            &[0x90, 0x60, 0x00, 0x00, 0x01, 0x01, 0x02, 0x03],
        ] {
            assert!(Command::decode(bytes).is_err(), "{bytes:02X?}");
        }
    }

    #[test]
    fn what_does_not_fit_a_short_apdu_is_not_written() {
        let mut out = CommandBuf::new();
        assert!(!Command::new([0; 4], &[0; 256], None).encode(&mut out));
        assert!(!Command::new([0; 4], &[], Some(257)).encode(&mut out));
        assert!(!Command::new([0; 4], &[], Some(0)).encode(&mut out));
        assert!(out.is_empty());
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_the_same_bytes(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            if let Ok(command) = Command::decode(&bytes) {
                let mut out = CommandBuf::new();
                prop_assert!(command.encode(&mut out));
                prop_assert_eq!(out.as_slice(), &bytes[..]);
            }
        }
    }
}
