// SPDX-License-Identifier: MIT OR Apache-2.0
//! Response APDUs (ISO/IEC 7816-4, 5.3).

use crate::bytes::{DecodeError, DecodeErrorKind};

use super::StatusWord;

/// The longest reply to a short command: 256 data bytes and the status word.
pub const MAX_REPLY: usize = 258;

/// A response APDU: data and the status word behind them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response<'a> {
    /// The response data, without the status word.
    pub data: &'a [u8],
    /// SW1 and SW2.
    pub status: StatusWord,
}

impl<'a> Response<'a> {
    /// Splits the status word from the data.
    ///
    /// # Errors
    /// [`DecodeError`] where there are fewer than two bytes.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        match bytes.split_last_chunk() {
            Some((data, status)) => {
                Ok(Self { data, status: StatusWord(u16::from_be_bytes(*status)) })
            }
            None => Err(DecodeError {
                what: "response APDU",
                at: 0,
                kind: DecodeErrorKind::Truncated { needed: 2, left: bytes.len() },
            }),
        }
    }
}

/// Response data may be anything a card holds, so only their length shows.
impl core::fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_bytes_are_the_status_word() {
        let response = Response::decode(&[0xAA, 0xBB, 0x91, 0xAF]).unwrap();
        assert_eq!((response.data, response.status), (&[0xAA, 0xBB][..], StatusWord(0x91AF)));
        assert_eq!(format!("{response:?}"), "Response(2 bytes, 91AF)");
        assert!(Response::decode(&[0x91]).is_err());
    }
}
