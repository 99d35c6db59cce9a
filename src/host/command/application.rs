// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: GetApplicationIDs `6A`, CreateApplication `CA`, DeleteApplication `DA`.

use super::super::answer::Answer;
use super::super::error::{Error, Misuse};
use super::super::rules;
use super::super::session::{Auth, Picc, Session};
use super::Request;
use crate::bytes::Cursor;
use crate::wire::{Aid, KeySettings, KeySlots};

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
