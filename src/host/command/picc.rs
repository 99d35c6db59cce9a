// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card as a whole: GetVersion `60`, GetCardUID `51`, FreeMemory `6E`, SetConfiguration `5C`,
//! FormatPICC `FC`.

use arrayvec::ArrayVec;

use super::super::answer::Answer;
use super::super::error::Error;
use super::super::rules;
use super::super::session::{Auth, Level, Picc, Secure, Session};
use super::{Extent, Request};
use crate::bytes::Cursor;
use crate::iso14443::{Ats, RealUid};
use crate::key::{CardKey, ChangeBuf};
use crate::wire::{PiccConfiguration, Version};

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
    /// SetConfiguration option 00: switches formatting off, or the random UID on, for good. Needs
    /// the PICC master key.
    ///
    /// Request: option `00`, then enciphered the switches (1). Reply: nothing (libfreefare's
    /// sources; no published bytes). What is not set stays as it is.
    ///
    /// # Errors
    /// [`Error`].
    pub fn configure_for_good(&mut self, set: PiccConfiguration) -> Result<Answer<()>, Error> {
        let data = &[set.to_byte()];
        self.perform_empty(&Request { data, ..Request::new(&rules::SET_CONFIGURATION, &[0x00]) })
    }

    /// SetConfiguration option 01: what the slots of applications created from now on hold. Needs
    /// the PICC master key.
    ///
    /// Request: option `01`, then enciphered the key with zeros up to 24 bytes, and its version
    /// (libfreefare's sources; no published bytes). Reply: nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub fn set_default_key(&mut self, key: &CardKey) -> Result<Answer<()>, Error> {
        let mut data = ChangeBuf::new(ArrayVec::new());
        key.append_to(None, &mut data);
        let bytes = data.expose_secret_mut();
        bytes.extend(core::iter::repeat_n(0x00, 24 - bytes.len().min(24)));
        bytes.push(key.version().0);
        let request = Request::new(&rules::SET_CONFIGURATION, &[0x01]);
        self.perform_empty(&Request { data: data.expose_secret(), ..request })
    }

    /// SetConfiguration option 02: the answer to select from the next activation on. Needs the PICC
    /// master key. A wrong one can make the card unreadable for good.
    ///
    /// Request: option `02`, then enciphered the ATS, which ends with `80` and zeros (libfreefare's
    /// sources; no published bytes). Reply: nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub fn set_ats(&mut self, ats: &Ats) -> Result<Answer<()>, Error> {
        let request = Request::new(&rules::SET_CONFIGURATION, &[0x02]);
        self.perform_empty(&Request { data: ats.as_bytes(), marked: true, ..request })
    }

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
