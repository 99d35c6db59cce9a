// SPDX-License-Identifier: MIT OR Apache-2.0
//! Frames: native commands out of their ISO wrapping, replies cut into the pieces that fit.

use zeroize::{Zeroize, Zeroizing};

use crate::iso7816::{Command, StatusWord};
use crate::transport::ReplyBuf;
use crate::wire::{Ins, Status};

use super::behaviour::CommandFrame;

/// A wrapped native command: `90 INS 00 00 [Lc parameters] 00`.
pub(super) struct Frame<'a> {
    pub(super) ins: Ins,
    pub(super) parameters: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Takes the wrapping off, or says with which status word the card refuses.
    pub(super) fn unwrap(apdu: &'a [u8], limit: CommandFrame) -> Result<Self, StatusWord> {
        let Ok(command) = Command::decode(apdu) else { return Err(StatusWord::WRONG_LENGTH) };
        match command.cla {
            0x90 => {}
            0x00 => return Err(StatusWord::INS_NOT_SUPPORTED),
            _ => return Err(StatusWord::CLA_NOT_SUPPORTED),
        }
        if (command.p1, command.p2) != (0x00, 0x00) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        if command.le.is_none() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let longest = match limit {
            CommandFrame::Apdu60 => 54,
            CommandFrame::Native60 => 59,
        };
        if command.data.len() > longest {
            return Err(wrapped(Status::LengthError));
        }
        Ok(Self { ins: Ins::from(command.ins), parameters: command.data })
    }
}

/// The status word of a native status.
pub(super) fn wrapped(status: Status) -> StatusWord {
    StatusWord(u16::from_be_bytes([0x91, status.into()]))
}

/// Ends a reply with its status word.
pub(super) fn finish(out: &mut ReplyBuf, word: StatusWord) {
    out.extend(word.0.to_be_bytes());
}

/// A whole reply, and how much of it has been sent.
#[derive(Clone, Default)]
pub(super) struct Reply {
    pub(super) data: Zeroizing<Vec<u8>>,
    pub(super) cut: Cut,
    /// The length was not asked for, so the padding must mark where the data end.
    pub(super) open_ended: bool,
    /// Where pieces of their own end, where the reply has such.
    pub(super) ends: Vec<usize>,
    /// The session is over, and the reply bare.
    pub(super) ends_session: bool,
    sent: usize,
}

/// Where a reply is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// After as many bytes as fit.
    Every(usize),
    /// After the hardware and the software part.
    Version,
}

impl Cut {
    /// 60 bytes of APDU, two of them the status word.
    pub(super) const PLAIN: Self = Self::Every(58);
    /// 19 identifiers.
    pub(super) const IDENTIFIERS: Self = Self::Every(57);

    /// The whole blocks of a cipher that fit.
    pub(super) const fn enciphered(block: usize) -> Self {
        if block == 16 { Self::Every(48) } else { Self::Every(56) }
    }

    const fn next(self, sent: usize, left: usize) -> usize {
        let size = match self {
            Self::Every(size) => size,
            Self::Version if sent < 14 => 7,
            Self::Version => left,
        };
        if size < left { size } else { left }
    }
}

impl Default for Cut {
    fn default() -> Self {
        Self::PLAIN
    }
}

impl Reply {
    /// Makes room for the next reply.
    pub(super) fn clear(&mut self) {
        self.data.zeroize();
        self.cut = Cut::PLAIN;
        self.open_ended = false;
        self.ends.clear();
        self.ends_session = false;
        self.sent = 0;
    }

    /// Puts the next piece into `out`.
    pub(super) fn send(&mut self, out: &mut ReplyBuf) {
        let rest = self.data.get(self.sent..).unwrap_or_default();
        let piece = rest.get(..self.next_piece(rest.len())).unwrap_or(rest);
        if out.try_extend_from_slice(piece).is_ok() {
            self.sent = self.sent.saturating_add(piece.len());
        }
    }

    fn next_piece(&self, left: usize) -> usize {
        let ends = self.ends.as_slice();
        match ends.iter().position(|&end| end > self.sent) {
            // What protects the reply goes with its last piece.
            Some(at) if at + 1 < ends.len() => {
                ends.get(at).map_or(left, |end| end.saturating_sub(self.sent))
            }
            Some(_) => left,
            None => self.cut.next(self.sent, left),
        }
    }

    /// Whether all pieces have been sent.
    pub(super) fn is_sent(&self) -> bool {
        self.sent >= self.data.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(apdu: &[u8]) -> Option<u16> {
        Frame::unwrap(apdu, CommandFrame::default()).err().map(|word| word.0)
    }

    #[test]
    fn what_is_not_wrapped_right_gets_a_status_word() {
        assert_eq!(refusal(&[0x90, 0x60, 0x00, 0x00, 0x00]), None);
        assert_eq!(refusal(&[0x90, 0x64, 0x00, 0x00, 0x01, 0x00, 0x00]), None);
        for (apdu, word) in [
            (&[][..], 0x6700),
            (&[0x60], 0x6700),
            (&[0x90, 0x60, 0x00, 0x00], 0x6700),
            (&[0x90, 0x64, 0x00, 0x00, 0x02, 0x00, 0x00], 0x6700),
            (&[0x90, 0x64, 0x00, 0x00, 0x03, 0x00, 0x00], 0x6700),
            (&[0x80, 0x60, 0x00, 0x00, 0x00], 0x6E00),
            (&[0x00, 0xA4, 0x00, 0x00, 0x00], 0x6D00),
            (&[0x90, 0x60, 0x01, 0x00, 0x00], 0x6A86),
            (&[0x90, 0x60, 0x00, 0x01, 0x00], 0x6A86),
        ] {
            assert_eq!(refusal(apdu), Some(word), "{apdu:02X?}");
        }
    }

    #[test]
    fn frames_are_limited_to_sixty_bytes() {
        let apdu = |length: u8| {
            let mut apdu = vec![0x90, 0x3D, 0x00, 0x00, length];
            apdu.extend(vec![0; usize::from(length)]);
            apdu.push(0x00);
            apdu
        };
        assert_eq!(refusal(&apdu(54)), None);
        assert_eq!(refusal(&apdu(55)), Some(0x917E));
        assert!(Frame::unwrap(&apdu(59), CommandFrame::Native60).is_ok());
        assert!(Frame::unwrap(&apdu(60), CommandFrame::Native60).is_err());
    }
}
