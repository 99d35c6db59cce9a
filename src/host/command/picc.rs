// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card as a whole: GetVersion `60`, GetCardUID `51`, FreeMemory `6E`, SetConfiguration `5C`,
//! FormatPICC `FC`.

use arrayvec::ArrayVec;

use super::configuration::CardSwitches;
use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::error::{Error, Misbehaviour};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{Auth, Level, Picc, Secure, Session};
use crate::iso14443::{Ats, RealUid, Uid};
use crate::key::{CardKey, ChangeBuf, Purpose};
use crate::transport::Transport;
use crate::wire::{Ins, PiccConfiguration, Status, Version};

/// GetVersion.
#[derive(Debug)]
pub(crate) struct GetVersion;

impl GetVersion {
    /// `RFDoorLock` `GetCardVersion`; NTAG 424 DNA capture in ntag424.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetVersion);
}

impl Command for GetVersion {
    type Output = Version;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    /// Some chips tell a fifteenth byte of production.
    fn extent(&self) -> Extent {
        Extent::UpTo(29)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Version, Misbehaviour> {
        Ok(Version::decode(reply.data)?)
    }
}

/// GetCardUID.
#[derive(Debug)]
pub(crate) struct GetCardUid;

impl GetCardUid {
    /// libfreefare (belief for EV1); AN12343 table 7.
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::GetCardUid).secure().travels([Plain, Full], [Mac, Full]);
}

impl Command for GetCardUid {
    type Output = RealUid;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::Told(7)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<RealUid, Misbehaviour> {
        let mut cursor = Cursor::new("card UID", reply.data);
        let uid = RealUid::new(cursor.array()?);
        cursor.finish()?;
        Ok(uid)
    }
}

/// GetCardUID with its option: the UID, and the one of four bytes that the card can show instead.
#[derive(Debug)]
pub(crate) struct GetCardUids;

impl Command for GetCardUids {
    type Output = (RealUid, [u8; 4]);

    fn rule(&self) -> &'static Rule {
        &GetCardUid::RULE
    }

    fn header(&self) -> &[u8] {
        &[0x01]
    }

    fn extent(&self) -> Extent {
        Extent::Told(11)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        let mut cursor = Cursor::new("card UIDs", reply.data);
        let uid = RealUid::new(cursor.array()?);
        let nuid = cursor.array()?;
        cursor.finish()?;
        Ok((uid, nuid))
    }
}

/// What a card says of itself, whatever it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct CardUids {
    /// Its own UID, of four, seven or ten bytes.
    pub own: Uid,
    /// The one of four bytes that it can show instead and that other cards may have too, where it was asked for.
    pub nuid: Option<Uid>,
}

/// GetCardUID of a card whose UID may have another length than seven bytes, with its option or without.
#[derive(Debug)]
pub(crate) struct GetAnyUid {
    nuid: bool,
}

impl GetAnyUid {
    /// Where the length has to be read from what is enciphered.
    pub(in crate::host) const RULE: Rule = GetCardUid::RULE.in_ev2();

    /// A UID of ten bytes with what stands in front of it, and the other one.
    const MOST: usize = 2 + 10 + 4;
}

impl Command for GetAnyUid {
    type Output = CardUids;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        if self.nuid { &[0x01] } else { &[] }
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(Self::MOST)
    }

    /// No UID begins with `00`: it says that the length comes next.
    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        let mut cursor = Cursor::new("card UID", reply.data);
        let length = match reply.data.split_first() {
            Some((0x00, _)) => {
                let _ = cursor.u8()?;
                let length = cursor.u8()?;
                if ![4, 10].contains(&length) {
                    return Err(cursor.invalid(length).into());
                }
                length
            }
            _ => 7,
        };
        let uid = |bytes| {
            let found = reply.data.len();
            Uid::from_bytes(bytes).map_err(|_| Misbehaviour::Length { found })
        };
        let own = uid(cursor.take(length.into())?)?;
        let nuid = if self.nuid { Some(uid(cursor.take(4)?)?) } else { None };
        cursor.finish()?;
        Ok(CardUids { own, nuid })
    }
}

/// FreeMemory.
#[derive(Debug)]
pub(crate) struct FreeMemory;

impl FreeMemory {
    /// libfreefare (belief for EV1); Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::FreeMemory).at_picc();
}

impl Command for FreeMemory {
    type Output = u32;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(3)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<u32, Misbehaviour> {
        let mut cursor = Cursor::new("free memory", reply.data);
        let bytes = cursor.u24_le()?;
        cursor.finish()?;
        Ok(bytes)
    }
}

/// SetConfiguration.
#[derive(Debug)]
pub(crate) struct SetConfiguration<'a> {
    option: [u8; 1],
    set: Set<'a>,
}

/// What SetConfiguration sets.
#[derive(Debug)]
enum Set<'a> {
    Switches([u8; 1]),
    DefaultKey(ChangeBuf, Purpose),
    Ats(&'a Ats),
    /// What EV2 and EV3 have beyond that.
    Later(&'static Rule, ArrayVec<u8, { SetConfiguration::MOST }>),
}

impl<'a> SetConfiguration<'a> {
    /// libfreefare (belief); AN12196 table 27.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::SetConfiguration)
        .at_picc()
        .secure()
        .travels([Full, Plain], [Full, Mac])
        .hints(Self::HINTS);

    /// Likely causes of a refusal.
    pub(super) const HINTS: &'static [(Status, &'static str)] = &[
        (Status::ParameterError, " (an option, or a bit of it, that this chip does not have)"),
        (Status::PermissionDenied, " (set before, and it can be set once only)"),
    ];

    /// The longest of the later options: MAC, name, and how long it is.
    const MOST: usize = 8 + 16 + 1;

    /// An option of EV2 or EV3 and its data.
    pub(super) fn later(rule: &'static Rule, option: u8, data: &[u8]) -> Self {
        let data = data.iter().copied().take(Self::MOST).collect();
        Self { option: [option], set: Set::Later(rule, data) }
    }

    /// Option 00: what cannot be switched back.
    pub(crate) const fn for_good(set: PiccConfiguration) -> Self {
        Self { option: [0x00], set: Set::Switches([set.to_byte()]) }
    }

    /// Option 00: what cannot be switched back, and all that can, which is written anew each time.
    pub(crate) fn for_good_beside(set: PiccConfiguration, switches: CardSwitches) -> Self {
        Self { option: [0x00], set: Set::Switches([set.to_byte() | switches.byte()]) }
    }

    /// Option 01: the key, with zeros up to 24 bytes, and its version.
    pub(crate) fn default_key(key: &CardKey) -> Self {
        let mut data = ChangeBuf::new(ArrayVec::new());
        key.append_to(None, &mut data);
        let bytes = data.expose_secret_mut();
        bytes.extend(core::iter::repeat_n(0x00, 24 - bytes.len().min(24)));
        bytes.push(key.version().0);
        Self { option: [0x01], set: Set::DefaultKey(data, key.purpose()) }
    }

    /// Option 02: the answer to select.
    pub(crate) const fn ats(ats: &'a Ats) -> Self {
        Self { option: [0x02], set: Set::Ats(ats) }
    }
}

impl Command for SetConfiguration<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        match &self.set {
            Set::Later(rule, _) => rule,
            Set::Switches(_) | Set::DefaultKey(..) | Set::Ats(_) => &Self::RULE,
        }
    }

    fn header(&self) -> &[u8] {
        &self.option
    }

    fn data(&self) -> Data<'_> {
        match &self.set {
            Set::Later(_, data) => Data::Plain(data),
            Set::Switches(switches) => Data::Plain(switches),
            Set::DefaultKey(key, _) => Data::Sensitive(key.expose_secret()),
            Set::Ats(ats) => Data::Marked(ats.as_bytes()),
        }
    }

    fn brings_live_key(&self) -> bool {
        matches!(self.set, Set::DefaultKey(_, Purpose::Live))
    }
}

/// FormatPICC.
#[derive(Debug)]
pub(crate) struct FormatPicc;

impl FormatPicc {
    /// `RFDoorLock` `FormatCard`, Proxmark3 issue 2961; belief for EV2.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::FormatPicc).at_picc().secure().slow();
}

impl Command for FormatPicc {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// GetVersion: hardware, software and production data.
    ///
    /// Request: nothing. Reply: three frames of 7, 7 and 14 bytes, one MAC over all
    /// (`RFDoorLock` `GetCardVersion`; NTAG 424 DNA capture in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`].
    pub fn version(&mut self) -> Result<Answer<Version>, Error> {
        self.talk.run(&GetVersion)
    }
}

/// What a card says that it is at first contact. Where somebody else spoke to it meanwhile, it is asked
/// once more from the start.
///
/// # Errors
/// [`Error`], the second answer's.
pub(crate) fn first_version(card: &mut dyn Transport) -> Result<Version, Error> {
    let ask = |card: &mut dyn Transport| Ok(Session::open(card).version()?.value);
    match ask(card) {
        Err(
            Error::Refused { status: Status::CommandAborted, .. }
            | Error::Misbehaved { how: Misbehaviour::Interrupted(_), .. },
        ) => ask(card),
        told => told,
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
        self.talk.run(&GetCardUid)
    }
}

impl<L: Level> Session<'_, L, Secure> {
    /// GetCardUID of an EV3 with its option: the real UID, and the NUID of four bytes, which is not unique and which
    /// the card can be set to show ([`CardSwitches`](crate::host::CardSwitches)). Any key serves.
    ///
    /// Request: `01`. Reply: UID (7), NUID (4), enciphered (a host library for EV3; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `7E` of older cards, which have no option.
    pub fn card_uid_and_nuid(&mut self) -> Result<Answer<(RealUid, [u8; 4])>, Error> {
        self.talk.run(&GetCardUids)
    }
}

impl<L: Level> Session<'_, L, Secure> {
    /// GetCardUID of a card of which nobody knows how long its UID is: seven bytes as they are, four or ten behind
    /// `00` and their number. With `nuid` it is asked for its other one of four bytes too, as
    /// [`Session::card_uid_and_nuid`] does. Any key serves.
    ///
    /// Request: nothing, or `01`. Reply: UID, and NUID (4) where it was asked for, enciphered (a host library for
    /// EV3; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `7E` of older cards for the option. [`Misuse::OnlyEv2`](crate::host::Misuse::OnlyEv2) in another
    /// session, where the length has to be known.
    pub fn card_uid_of_any_length(&mut self, nuid: bool) -> Result<Answer<CardUids>, Error> {
        self.talk.run(&GetAnyUid { nuid })
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
        self.talk.run(&FreeMemory)
    }
}

impl Session<'_, Picc, Secure> {
    /// SetConfiguration option 00: switches formatting off, or the random UID on, for good. Needs
    /// the PICC master key.
    ///
    /// Request: option `00`, then enciphered the switches (1). Reply: nothing (libfreefare's
    /// sources; for EV2 NXP AN12196 table 27). What is not set stays as it is, but on EV2 and EV3 the other
    /// [switches](crate::host::CardSwitches) of this option are off afterwards.
    ///
    /// # Errors
    /// [`Error`].
    pub fn configure_for_good(&mut self, set: PiccConfiguration) -> Result<Answer<()>, Error> {
        self.talk.run(&SetConfiguration::for_good(set))
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
        self.talk.run(&SetConfiguration::default_key(key))
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
        self.talk.run(&SetConfiguration::ats(ats))
    }

    /// FormatPICC: deletes every application and gives the memory back. The PICC master key and
    /// its settings survive, and so does the session.
    ///
    /// Request: nothing. Reply: nothing (`RFDoorLock` `FormatCard`).
    ///
    /// # Errors
    /// [`Error`]; `9D` where formatting is switched off.
    pub fn format_picc(&mut self) -> Result<Answer<()>, Error> {
        self.talk.run(&FormatPicc)
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
