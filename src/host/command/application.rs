// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: GetApplicationIDs `6A`, GetDFNames `6D`, CreateApplication `CA`, DeleteApplication
//! `DA`.

use arrayvec::ArrayVec;

use super::super::answer::Answer;
use super::super::error::{Error, Misbehaviour, Misuse};
use super::super::rules;
use super::super::session::{Auth, Picc, Session};
use super::{Extent, Request};
use crate::bytes::Cursor;
use crate::wire::{Aid, DfEntry, DfName, IsoDf, KeySettings, KeySlots};

impl<A: Auth> Session<'_, Picc, A> {
    /// GetApplicationIDs: the applications on the card. Needs the PICC master key unless listing
    /// is free.
    ///
    /// Request: nothing. Reply: AIDs (3 each, least significant byte first) in any number of
    /// frames (`RFDoorLock` `GetApplicationIDs`).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn application_ids(&mut self) -> Result<Answer<Vec<Aid>>, Error> {
        self.perform(&Request::new(&rules::GET_APPLICATION_IDS, &[]), |reply| {
            let mut cursor = Cursor::new("application IDs", reply);
            let mut aids = Vec::with_capacity(reply.len() / 3);
            while cursor.remaining() > 0 {
                aids.push(Aid::from_wire(cursor.array()?));
            }
            Ok(aids)
        })
    }

    /// CreateApplication, with all its keys zero and of version 0. Does not select it.
    ///
    /// Request: AID (3, least significant byte first), settings (1), key slots (1). Reply: nothing
    /// (`RFDoorLock` `CreateApplication`).
    ///
    /// # Errors
    /// [`Error`]; `DE` where it exists, `0E` without memory, `CE` with too many applications, `AE`
    /// where the PICC master key has to authenticate first. [`Misuse::NoApplication`] for `000000`.
    pub fn create_application(
        &mut self,
        aid: Aid,
        settings: KeySettings,
        slots: KeySlots,
    ) -> Result<Answer<()>, Error> {
        if aid == Aid::PICC {
            return Err(Misuse::NoApplication.into());
        }
        let [a, b, c] = aid.to_wire();
        let header = [a, b, c, settings.to_byte(), slots.to_byte()];
        self.perform_empty(&Request::new(&rules::CREATE_APPLICATION, &header))
    }

    /// CreateApplication with names for ISO/IEC 7816-4 commands. Does not select it.
    ///
    /// Request: AID (3), settings (1), key slots (1), ISO identifier (2), name (0 to 16); numbers
    /// least significant byte first. Reply: nothing (libfreefare's sources; no published bytes).
    ///
    /// # Errors
    /// As [`Session::create_application`]; `DE` where the identifier or the name exists too.
    pub fn create_iso_application(
        &mut self,
        aid: Aid,
        settings: KeySettings,
        slots: KeySlots,
        iso: &IsoDf,
    ) -> Result<Answer<()>, Error> {
        if aid == Aid::PICC {
            return Err(Misuse::NoApplication.into());
        }
        let mut header = ArrayVec::<u8, 23>::new();
        header.extend(aid.to_wire());
        header.extend([settings.to_byte(), slots.to_byte()]);
        header.extend(iso.id.to_wire());
        header.extend(iso.name.iter().flat_map(DfName::as_bytes).copied());
        self.perform_empty(&Request::new(&rules::CREATE_APPLICATION, &header))
    }

    /// GetDFNames: the applications that have ISO names. Needs the PICC master key unless listing
    /// is free.
    ///
    /// Request: nothing. Reply: one application a frame, as [`DfEntry::decode`] says (libfreefare's
    /// sources; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn df_names(&mut self) -> Result<Answer<Vec<DfEntry>>, Error> {
        let extent = Extent::Framed;
        let request = Request { extent, ..Request::new(&rules::GET_DF_NAMES, &[]) };
        let Answer { value: joined, grade } = self.perform(&request, |reply| Ok(reply.to_vec()))?;
        let mut entries = Vec::new();
        let mut start = 0;
        for end in self.line.ends().iter().map(|&end| end.min(joined.len())) {
            if let Some(frame) = joined.get(start..end).filter(|frame| !frame.is_empty()) {
                entries.push(DfEntry::decode(frame).map_err(|error| {
                    let how = Misbehaviour::Value(error);
                    Error::Misbehaved { command: rules::GET_DF_NAMES.ins, how }
                })?);
            }
            start = end;
        }
        Ok(Answer { value: entries, grade })
    }

    /// DeleteApplication. Its memory comes back only when the card is formatted.
    ///
    /// Request: AID (3, least significant byte first). Reply: nothing (`RFDoorLock`
    /// `DeleteApplication`).
    ///
    /// # Errors
    /// [`Error`]; `A0` where there is none, `AE` where the PICC master key has to authenticate
    /// first.
    pub fn delete_application(&mut self, aid: Aid) -> Result<Answer<()>, Error> {
        self.perform_empty(&Request::new(&rules::DELETE_APPLICATION, &aid.to_wire()))
    }
}

#[cfg(test)]
mod tests {
    use crate::host::session::Session;
    use crate::host::testing::Script;
    use crate::wire::Aid;

    #[test]
    fn a_list_of_any_length_is_joined_and_has_whole_aids() {
        let first = "2081F4".repeat(19) + "91AF";
        let mut script = Script::new([("906A000000", &*first), ("90AF000000", "2181F4 9100")]);
        let aids = Session::open(&mut script).application_ids().unwrap().value;
        assert_eq!((aids.len(), aids.last()), (20, Some(&Aid::new([0xF4, 0x81, 0x21]))));
        script.assert_used_up();
        let mut script = Script::new([("906A000000", "2081F421 9100")]);
        assert!(Session::open(&mut script).application_ids().is_err());
    }
}
