// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card as a whole: GetVersion `60`, GetCardUID `51`, FreeMemory `6E`, FormatPICC `FC`.

use super::super::answer::Answer;
use super::super::error::Error;
use super::super::rules;
use super::super::session::{Auth, Level, Picc, Secure, Session};
use super::{Extent, Request};
use crate::bytes::Cursor;
use crate::iso14443::RealUid;
use crate::wire::Version;

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// GetVersion: hardware, software and production data.
    ///
    /// Request: nothing. Reply: three frames of 7, 7 and 14 bytes, one MAC over all
    /// (`RFDoorLock` `GetCardVersion`; NTAG 424 DNA capture in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`].
    pub fn version(&mut self) -> Result<Answer<Version>, Error> {
        self.perform(&Request::new(&rules::GET_VERSION, &[]), Version::decode)
    }
}

impl<L: Level> Session<'_, L, Secure> {
    /// GetCardUID: the real UID, also where the card shows a random one. Any key serves.
    ///
    /// Request: nothing. Reply: UID (7), enciphered (NXP AN12343 table 7; for EV1 the layout of
    /// libfreefare's sources).
    ///
    /// # Errors
    /// [`Error`].
    pub fn card_uid(&mut self) -> Result<Answer<RealUid>, Error> {
        let extent = Extent::Told(7);
        let request = Request { extent, ..Request::new(&rules::GET_CARD_UID, &[]) };
        self.perform(&request, |reply| {
            let mut cursor = Cursor::new("card UID", reply);
            let uid = RealUid::new(cursor.array()?);
            cursor.finish()?;
            Ok(uid)
        })
    }
}

impl<A: Auth> Session<'_, Picc, A> {
    /// FreeMemory: how many bytes are left for applications and files.
    ///
    /// Request: nothing. Reply: bytes (3, least significant first) (libfreefare's sources).
    ///
    /// # Errors
    /// [`Error`].
    pub fn free_memory(&mut self) -> Result<Answer<u32>, Error> {
        self.perform(&Request::new(&rules::FREE_MEMORY, &[]), |reply| {
            let mut cursor = Cursor::new("free memory", reply);
            let bytes = cursor.u24_le()?;
            cursor.finish()?;
            Ok(bytes)
        })
    }
}

impl Session<'_, Picc, Secure> {
    /// FormatPICC: deletes every application and gives the memory back. The PICC master key and
    /// its settings survive, and so does the session.
    ///
    /// Request: nothing. Reply: nothing (`RFDoorLock` `FormatCard`).
    ///
    /// # Errors
    /// [`Error`]; `9D` where formatting is switched off.
    pub fn format_picc(&mut self) -> Result<Answer<()>, Error> {
        self.perform_empty(&Request::new(&rules::FORMAT_PICC, &[]))
    }
}

#[cfg(test)]
mod tests {
    use crate::host::Grade;
    use crate::host::session::Session;
    use crate::host::testing::Script;

    /// A blank EV1 8K card has 7936 bytes, `1F00` (libfreefare's test suite for real cards).
    #[test]
    fn free_memory_is_three_bytes_low_first() {
        let mut script = Script::new([("906E000000", "001F00 9100")]);
        let answer = Session::open(&mut script).free_memory().unwrap();
        assert_eq!((answer.value, answer.grade), (7936, Grade::Said));
        script.assert_used_up();
        for reply in ["001F 9100", "001F0000 9100"] {
            let mut script = Script::new([("906E000000", reply)]);
            assert!(Session::open(&mut script).free_memory().is_err(), "{reply}");
        }
    }
}
