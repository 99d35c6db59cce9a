// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the man in the middle does with replies.

use cardwright::transport::LinkError;

use super::super::tricks::{Ploy, Trick};
use super::{LINKS, Man};

impl Man {
    /// What he does with a reply.
    pub(super) fn after(
        &mut self,
        number: usize,
        ploy: Ploy,
        ins: u8,
        reply: &mut Vec<u8>,
    ) -> Result<(), LinkError> {
        let length = reply.len();
        match ploy.trick {
            Trick::DropReply => {
                self.fired[number] = true;
                return Err(LINKS[ploy.pick(0, LINKS.len())]);
            }
            Trick::FlipReply => ploy.flip(reply),
            Trick::CutReply if length > 2 => drop(reply.remove(ploy.pick(0, length - 2))),
            Trick::LengthenReply => reply.insert(ploy.pick(0, length - 1), ploy.byte(1)),
            Trick::Status => {
                reply[length - 1] =
                    [0x00, 0xAF, 0xAE, 0x9D, 0x1E, 0x7E, 0xBE, 0xF0, 0x1C][ploy.pick(0, 9)];
            }
            Trick::StripMac if length >= 10 => drop(reply.drain(length - 10..length - 2)),
            Trick::StripMac if length >= 6 => drop(reply.drain(length - 6..length - 2)),
            Trick::Version if ins == 0x64 && length == 3 => {
                reply[0] = [0, 1, 2, 3, 4, 9, 101, 102, 55][ploy.pick(0, 9)];
            }
            Trick::Uid => self.tell_uid(reply),
            Trick::Generation => self.tell_generation(ploy, reply),
            _ => return Ok(()),
        }
        if !matches!(ploy.trick, Trick::Uid | Trick::Generation) {
            self.fired[number] = true;
        }
        Ok(())
    }

    /// The third frame of GetVersion begins with the UID.
    fn tell_uid(&self, reply: &mut [u8]) {
        if let Some(uid) = self.tells
            && self.version_frame == 2
            && reply.len() >= 16
            && reply[..7] != [0; 7]
        {
            reply[..7].copy_from_slice(&uid);
        }
    }

    /// The first two have version and size.
    fn tell_generation(&self, ploy: Ploy, reply: &mut [u8]) {
        let claims = [[0x00, 0x02, 0x00, 0x06], [0x01, 0x00, 0x01, 0x04], [0x12, 0x00, 0x02, 0x01]];
        let claims = [&claims[..], &[[0x33, 0x00, 0x03, 0x00], [0x30, 0x00, 0x30, 0x00]]].concat();
        let claim = claims[ploy.pick(0, claims.len())];
        if self.version_frame < 2 && reply.len() >= 9 {
            reply[3..5].copy_from_slice(&claim[2 * self.version_frame..][..2]);
            if ploy.pick(1, 3) == 0 {
                reply[5] = [0x16, 0x18, 0x1A][ploy.pick(2, 3)];
            }
        }
    }
}
