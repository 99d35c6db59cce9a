// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applications: GetApplicationIDs `6A`, GetDFNames `6D`, CreateApplication `CA`, DeleteApplication
//! `DA`.

use arrayvec::ArrayVec;

use super::select::TURNED;
use super::{Command, Extent, Reply, says_nothing};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::rule::Rule;
use crate::host::session::{Auth, Picc, Session};
use crate::wire::{
    Aid, DfEntry, DfName, Ins, IsoDf, KeyDetails, KeySettings, KeySlots, KeyType, Status,
};

/// GetApplicationIDs.
#[derive(Debug)]
pub(crate) struct GetApplicationIds;

impl GetApplicationIds {
    /// `RFDoorLock` `GetApplicationIDs`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetApplicationIds).at_picc();
}

impl Command for GetApplicationIds {
    type Output = Vec<Aid>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(Extent::LIST)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Vec<Aid>, Misbehaviour> {
        let mut cursor = Cursor::new("application IDs", reply.data);
        let mut aids = Vec::with_capacity(reply.data.len() / 3);
        while cursor.remaining() > 0 {
            aids.push(Aid::from_wire(cursor.array()?));
        }
        Ok(aids)
    }
}

/// CreateApplication.
#[derive(Debug)]
pub(crate) struct CreateApplication {
    header: ArrayVec<u8, 28>,
}

impl CreateApplication {
    /// `RFDoorLock` `CreateApplication`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::CreateApplication)
        .at_picc()
        .slow()
        .hints(&[(Status::Duplicate, " (the application, its ISO identifier or its name exists)")]);

    /// An application, which ISO commands may know by a name.
    pub(crate) fn new(
        aid: Aid,
        settings: KeySettings,
        slots: KeySlots,
        iso: Option<&IsoDf>,
    ) -> Result<Self, Misuse> {
        Self::detailed(aid, KeyDetails { settings, slots, third: None, sets: None }, iso)
    }

    /// The same with a third settings byte, and with key sets.
    pub(crate) fn detailed(
        aid: Aid,
        keys: KeyDetails,
        iso: Option<&IsoDf>,
    ) -> Result<Self, Misuse> {
        if aid == Aid::PICC {
            return Err(Misuse::NoApplication);
        }
        key_sets(&keys)?;
        let mut header = ArrayVec::new();
        header.extend(aid.to_wire());
        header.extend(keys.encode());
        if let Some(iso) = iso {
            header.extend(iso.id.to_wire());
            header.extend(iso.name.iter().flat_map(DfName::as_bytes).copied());
        }
        Ok(Self { header })
    }
}

impl Command for CreateApplication {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

/// Whether an application can have these key sets, as a real EV3 answers with `9E` where it cannot
/// (ObsidianPay/libnxpsc's notes).
pub(in crate::host) fn key_sets(keys: &KeyDetails) -> Result<(), Misuse> {
    let announced = keys.third.is_some_and(|third| third & 0x01 != 0);
    let Some(sets) = keys.sets else {
        return if announced { Err(Misuse::KeySets) } else { Ok(()) };
    };
    let long = keys.slots.key_type == KeyType::Tdes3;
    let fits = announced
        && (2..=16).contains(&sets.count)
        && (sets.key_length == 24 || sets.key_length == 16 && !long)
        && sets.settings <= 7;
    if fits { Ok(()) } else { Err(Misuse::KeySets) }
}

/// GetDFNames.
#[derive(Debug)]
pub(crate) struct GetDfNames;

impl GetDfNames {
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetDfNames).at_picc();
}

impl Command for GetDfNames {
    type Output = Vec<DfEntry>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::Framed(Extent::NAMES)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Vec<DfEntry>, Misbehaviour> {
        let mut entries = Vec::new();
        let mut start = 0;
        // The last frame's end includes what protected the reply.
        for end in reply.ends.iter().map(|&end| end.min(reply.data.len())) {
            if let Some(frame) = reply.data.get(start..end).filter(|frame| !frame.is_empty()) {
                entries.push(DfEntry::decode(frame)?);
            }
            start = end;
        }
        Ok(entries)
    }
}

/// DeleteApplication.
#[derive(Debug)]
pub(crate) struct DeleteApplication {
    header: [u8; 3],
}

impl DeleteApplication {
    /// `RFDoorLock` `DeleteApplication`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::DeleteApplication)
        .at_picc()
        .slow()
        .hints(&[(Status::ApplicationNotFound, TURNED)]);

    /// The application that goes.
    pub(crate) const fn new(aid: Aid) -> Self {
        Self { header: aid.to_wire() }
    }
}

impl Command for DeleteApplication {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

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
        self.talk.run(&GetApplicationIds)
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
        self.talk.run(&CreateApplication::new(aid, settings, slots, None)?)
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
        self.talk.run(&CreateApplication::new(aid, settings, slots, Some(iso))?)
    }

    /// CreateApplication with a third settings byte, and with key sets where it announces them (EV2). The keys of
    /// set 0, the active one, are the card's default key; the others are made ready with
    /// [`Session::initialize_key_set`]. Does not select it.
    ///
    /// Request: AID (3), then as [`KeyDetails::encode`] says settings (1), key slots (1), third byte (1), version
    /// of set 0, number of sets, length of their keys and the key that rolls (1 each); ISO identifier (2), name
    /// (0 to 16). Reply: nothing (liblogicalaccess, ObsidianPay/libnxpsc's notes on a real EV3; no published
    /// bytes).
    ///
    /// # Errors
    /// As [`Session::create_application`]; `9D` for bits of the third byte that the chip does not let set.
    /// [`Misuse::KeySets`] for sets that no application has: nothing is sent then.
    pub fn create_detailed_application(
        &mut self,
        aid: Aid,
        keys: KeyDetails,
        iso: Option<&IsoDf>,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&CreateApplication::detailed(aid, keys, iso)?)
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
        self.talk.run(&GetDfNames)
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
        self.talk.run(&DeleteApplication::new(aid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::Script;
    use crate::wire::{IsoFileId, KeySets};

    const KEYS: KeyDetails = KeyDetails {
        settings: KeySettings::FACTORY,
        slots: KeySlots { count: 5, key_type: KeyType::Aes, iso_file_ids: true },
        third: Some(0x01),
        sets: Some(KeySets { version: 0xA1, count: 2, key_length: 24, settings: 3 }),
    };

    /// The block of the sets stands in front of the ISO names (ObsidianPay/libnxpsc's notes on a real EV3).
    #[test]
    fn an_application_with_key_sets_says_so_in_front_of_its_names() {
        let name = Some("D1D2D3".parse().unwrap());
        let iso = IsoDf { id: IsoFileId::new(0xE110).unwrap(), name };
        for (keys, iso, command) in [
            (KEYS, Some(&iso), "90CA00000F 2081F4 0F B5 01 A1021803 10E1 D1D2D3 00"),
            (KEYS, None, "90CA00000A 2081F4 0F B5 01 A1021803 00"),
            (
                KeyDetails { third: Some(0x10), sets: None, ..KEYS },
                None,
                "90CA000006 2081F4 0F B5 10 00",
            ),
            (KeyDetails { third: None, sets: None, ..KEYS }, None, "90CA000005 2081F4 0F A5 00"),
        ] {
            let mut script = Script::new([(command, "9100")]);
            let aid = Aid::new([0xF4, 0x81, 0x20]);
            let mut session = Session::open(&mut script);
            assert!(session.create_detailed_application(aid, keys, iso).is_ok());
            drop(session);
            script.assert_used_up();
        }
    }

    #[test]
    fn key_sets_that_no_application_has_are_not_sent() {
        let sets = KEYS.sets.unwrap();
        let with = |sets| KeyDetails { sets: Some(sets), ..KEYS };
        let long = KeySlots { key_type: KeyType::Tdes3, ..KEYS.slots };
        let short = KeySets { key_length: 16, ..sets };
        for keys in [
            KeyDetails { third: None, ..KEYS },
            KeyDetails { third: Some(0x04), ..KEYS },
            KeyDetails { sets: None, ..KEYS },
            KeyDetails { slots: long, ..with(short) },
            with(KeySets { count: 1, ..sets }),
            with(KeySets { count: 17, ..sets }),
            with(KeySets { key_length: 32, ..sets }),
            with(KeySets { settings: 8, ..sets }),
        ] {
            let refused = CreateApplication::detailed(Aid::new([1, 2, 3]), keys, None);
            assert_eq!(refused.err(), Some(Misuse::KeySets), "{keys:?}");
        }
        for keys in
            [with(short), KeyDetails { slots: long, ..KEYS }, with(KeySets { count: 16, ..sets })]
        {
            assert!(CreateApplication::detailed(Aid::new([1, 2, 3]), keys, None).is_ok());
        }
    }

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
