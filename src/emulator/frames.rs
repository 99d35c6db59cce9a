// SPDX-License-Identifier: MIT OR Apache-2.0
//! Frames: native commands out of their ISO wrapping, replies cut into the pieces that fit.

use zeroize::{Zeroize, Zeroizing};

use crate::iso7816::{Command, StatusWord};
use crate::transport::ReplyBuf;
use crate::wire::{Ins, Status};

use super::behaviour::CommandFrame;

/// How commands come since the card was activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// As they are: instruction and parameters in, status and data out.
    Native,
    /// In APDUs.
    Apdu,
}

impl Framing {
    /// What the first byte tells: an instruction, or else a class.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let known = bytes.first().is_some_and(|&first| Frame::of(first, &[]).is_known());
        if known { Self::Native } else { Self::Apdu }
    }
}

/// A native frame, out of its wrapping `90 INS 00 00 [Lc parameters] 00` if it had one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// The beginning of a command, and often all of it.
    Command(Ins, &'a [u8]),
    /// What a chain goes on with.
    Continuation(&'a [u8]),
}

impl<'a> Frame<'a> {
    /// The one place where a code becomes a frame of one kind or the other.
    fn of(code: u8, parameters: &'a [u8]) -> Self {
        let ins = Ins::from(code);
        if ins == Ins::AdditionalFrame {
            Self::Continuation(parameters)
        } else {
            Self::Command(ins, parameters)
        }
    }

    /// Whether any card knows what it begins with.
    const fn is_known(&self) -> bool {
        !matches!(self, Self::Command(Ins::Unknown(_), _))
    }

    /// A command that came as it is, to a card that takes frames of so many bytes.
    pub(super) fn native(bytes: &'a [u8], frame: usize) -> Result<Self, Status> {
        let (&code, parameters) = bytes.split_first().ok_or(Status::LengthError)?;
        if bytes.len() > in_frame(frame) {
            return Err(Status::LengthError);
        }
        Ok(Self::of(code, parameters))
    }

    /// Takes the wrapping off, or says with which status word the card refuses.
    pub(super) fn unwrap(
        command: &Command<'a>,
        (frame, limit): (usize, CommandFrame),
    ) -> Result<Self, StatusWord> {
        if command.cla != 0x90 {
            return Err(StatusWord::CLA_NOT_SUPPORTED);
        }
        if (command.p1, command.p2) != (0x00, 0x00) {
            return Err(StatusWord::WRONG_P1_P2);
        }
        if command.le.is_none() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let longest = match limit {
            CommandFrame::Apdu => in_frame(frame).saturating_sub(6),
            CommandFrame::Native => in_frame(frame).saturating_sub(1),
        };
        // What is carried by blocks of ISO/IEC 14443-4 is as long as an APDU is.
        let whole = matches!(
            Ins::from(command.ins),
            Ins::ReadDataIso | Ins::WriteDataIso | Ins::WriteRecordIso | Ins::UpdateRecordIso
        );
        if command.data.len() > longest && !whole {
            return Err(wrapped(Status::LengthError));
        }
        Ok(Self::of(command.ins, command.data))
    }
}

/// What a frame carries besides PCB, CID and checksum.
const fn in_frame(size: usize) -> usize {
    size.saturating_sub(4)
}

/// The status word of a native status.
pub(super) fn wrapped(status: Status) -> StatusWord {
    StatusWord(u16::from_be_bytes([0x91, status.into()]))
}

/// Ends a reply with its status word.
pub(super) fn finish(out: &mut ReplyBuf, word: StatusWord) {
    out.extend(word.0.to_be_bytes());
}

/// Puts the status before a native reply.
pub(super) fn lead(out: &mut ReplyBuf, status: Status) {
    // A piece and its status are shorter than the buffer by far.
    let _ = out.try_insert(0, status.into());
}

/// A whole reply, and how much of it has been sent.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) data: Zeroizing<Vec<u8>>,
    /// The status that stands with the last piece.
    pub(super) done: Status,
    pub(super) cut: Cut,
    /// The length was not asked for, so the padding must mark where the data end.
    pub(super) open_ended: bool,
    /// Where pieces of their own end, where the reply has such.
    pub(super) ends: Vec<usize>,
    /// The session is over, and the reply bare.
    pub(super) ends_session: bool,
    /// The session goes on, and the reply is bare.
    pub(super) bare: bool,
    sent: usize,
}

/// Where a reply is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Cut {
    /// After as many bytes as fit.
    #[default]
    Fitting,
    /// After so many bytes, until the rest fits that many.
    Every(usize),
    /// After the whole blocks of a session's cipher that fit, until the rest fits a frame.
    Blocks(usize),
    /// After the hardware and the software part.
    Version,
    /// Nowhere.
    Whole,
}

impl Cut {
    /// 19 identifiers.
    pub(super) const IDENTIFIERS: Self = Self::Every(57);

    /// Of a reply that a session protects, in clear or enciphered: 48 bytes under AES, else 56. A
    /// real EV3 cuts 328 bytes in clear so, a real EV1 sends 48 bytes and a MAC in one frame.
    pub(super) const fn protected(self, block: usize) -> Self {
        match self {
            Self::Fitting if block == 16 => Self::Blocks(48),
            Self::Fitting => Self::Blocks(56),
            Self::Every(_) | Self::Blocks(_) | Self::Version | Self::Whole => self,
        }
    }

    const fn next(self, sent: usize, left: usize, room: usize) -> usize {
        let size = match self {
            Self::Fitting => room,
            Self::Every(size) => size,
            Self::Blocks(_) if left <= room => left,
            Self::Blocks(size) => size,
            Self::Version if sent < 14 => 7,
            Self::Version | Self::Whole => left,
        };
        if size < left { size } else { left }
    }
}

impl Default for Reply {
    fn default() -> Self {
        Self {
            data: Zeroizing::default(),
            done: Status::Ok,
            cut: Cut::Fitting,
            open_ended: false,
            ends: Vec::new(),
            ends_session: false,
            bare: false,
            sent: 0,
        }
    }
}

impl Reply {
    /// Makes room for the next reply.
    pub(super) fn clear(&mut self) {
        self.data.zeroize();
        self.done = Status::Ok;
        self.cut = Cut::Fitting;
        self.open_ended = false;
        self.ends.clear();
        self.ends_session = false;
        self.bare = false;
        self.sent = 0;
    }

    /// Puts the next piece into `out`.
    pub(super) fn send(&mut self, out: &mut ReplyBuf, room: usize) {
        let rest = self.data.get(self.sent..).unwrap_or_default();
        let piece = rest.get(..self.next_piece(rest.len(), room)).unwrap_or(rest);
        if out.try_extend_from_slice(piece).is_ok() {
            self.sent = self.sent.saturating_add(piece.len());
        }
    }

    fn next_piece(&self, left: usize, room: usize) -> usize {
        let ends = self.ends.as_slice();
        match ends.iter().position(|&end| end > self.sent) {
            // What protects the reply goes with its last piece.
            Some(at) if at + 1 < ends.len() => {
                ends.get(at).map_or(left, |end| end.saturating_sub(self.sent))
            }
            Some(_) => left,
            None => self.cut.next(self.sent, left, room),
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
    use crate::wire::Generation;

    fn refusal(apdu: &[u8]) -> Option<u16> {
        let command = Command::decode(apdu).unwrap();
        Frame::unwrap(&command, (64, CommandFrame::default())).err().map(|word| word.0)
    }

    #[test]
    fn what_is_not_wrapped_right_gets_a_status_word() {
        assert_eq!(refusal(&[0x90, 0x60, 0x00, 0x00, 0x00]), None);
        assert_eq!(refusal(&[0x90, 0x64, 0x00, 0x00, 0x01, 0x00, 0x00]), None);
        for (apdu, word) in [
            (&[0x90, 0x60, 0x00, 0x00][..], 0x6700),
            (&[0x80, 0x60, 0x00, 0x00, 0x00], 0x6E00),
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
        let long = |apdu: &[u8]| {
            Frame::unwrap(&Command::decode(apdu).unwrap(), (64, CommandFrame::Native)).is_ok()
        };
        assert!(long(&apdu(59)) && !long(&apdu(60)));
        assert!(Frame::native(&[0xAF; 60], 64).is_ok() && Frame::native(&[0xAF; 61], 64).is_err());
    }

    fn pieces(cut: Cut, block: Option<usize>, length: usize, room: usize) -> Vec<usize> {
        let cut = block.map_or(cut, |block| cut.protected(block));
        let mut reply = Reply { cut, ..Reply::default() };
        reply.data.resize(length, 0x00);
        let mut pieces = Vec::new();
        loop {
            let mut out = ReplyBuf::new();
            reply.send(&mut out, room);
            pieces.push(out.len());
            if reply.is_sent() {
                return pieces;
            }
        }
    }

    #[test]
    fn replies_are_cut_as_cards_cut_them() {
        let [ev1, ev3] = [Generation::Ev1, Generation::Ev3].map(|one| one.silicon().frame);
        for (cut, block, length, room, expected) in [
            (Cut::Fitting, None, 59, ev1, &[59][..]),
            (Cut::Fitting, None, 60, ev1, &[59, 1]),
            (Cut::Fitting, None, 59, ev3, &[58, 1]),
            // What fits one frame is one, whatever protects it; the rest of a longer one may too.
            (Cut::Fitting, Some(16), 56, ev1, &[56]),
            (Cut::Fitting, Some(16), 59, ev1, &[59]),
            (Cut::Fitting, Some(16), 59, ev3, &[48, 11]),
            (Cut::Fitting, Some(16), 107, ev1, &[48, 59]),
            (Cut::Fitting, Some(16), 108, ev1, &[48, 48, 12]),
            (Cut::Fitting, Some(16), 328 + 8, ev3, &[48; 7]),
            (Cut::Fitting, Some(8), 59, ev1, &[59]),
            (Cut::Fitting, Some(8), 60, ev1, &[56, 4]),
            (Cut::Fitting, Some(8), 72, ev1, &[56, 16]),
            (Cut::IDENTIFIERS, Some(16), 60, ev1, &[57, 3]),
            (Cut::Every(54), None, 56, ev3, &[54, 2]),
            (Cut::Version, Some(16), 36, ev1, &[7, 7, 22]),
        ] {
            assert_eq!(pieces(cut, block, length, room), expected, "{cut:?} {block:?} {length}");
        }
    }
}
