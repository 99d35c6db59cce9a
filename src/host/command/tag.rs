// SPDX-License-Identifier: MIT OR Apache-2.0
//! What NTAG 424 DNA has and a DESFire has not, or not so: GetTTStatus `F7`, and SetConfiguration `5C` in
//! the application.

use arrayvec::ArrayVec;

use super::{Command, Data, Extent, Reply, says_nothing};
use crate::host::answer::Answer;
use crate::host::error::{Error, Failed, Misbehaviour};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Public, Secure, Session};
use crate::wire::{Access, Ins, Status, TtStatus};

/// GetTTStatus.
#[derive(Debug)]
pub(crate) struct GetTtStatus;

impl GetTtStatus {
    /// Capture of an NTAG 424 DNA TagTamper in ntag424.
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::GetTtStatus).in_application().travels([Plain, Full], [Mac, Full]).hints(&[
            (Status::IllegalCommand, " (an NTAG 424 DNA without TagTamper?)"),
            (Status::PermissionDenied, " (the tag was configured to tell nobody)"),
        ]);
}

impl Command for GetTtStatus {
    type Output = TtStatus;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::Told(2)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<TtStatus, Misbehaviour> {
        Ok(TtStatus::decode(reply.data)?)
    }
}

/// SetConfiguration of a chip that has its configuration in its only application.
#[derive(Debug)]
pub(crate) struct ConfigureTag {
    option: [u8; 1],
    data: ArrayVec<u8, 20>,
    /// Whether the session ends with it.
    last: bool,
}

/// What SetConfiguration sets on an NTAG 424 DNA (NXP NT4H2421Gx, SetConfiguration; NT4H2421Tx for the
/// seal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagConfiguration {
    /// Option `00`: the chip shows a random UID of four bytes from the next activation on, **for good**.
    RandomUid,
    /// Option `04`: whether WriteData in frames is refused for MACed and enciphered files.
    NoChainedWrites(bool),
    /// Option `0A`: when a key is blocked after failed authentications.
    FailureLimit(FailureLimit),
    /// Option `0B`: whether the chip answers with strong back modulation.
    StrongBackModulation(bool),
    /// Option `07`: the chip looks at the wire of its seal **for good**, and tells this one. TagTamper only.
    TagTamper(Access),
}

/// When a key is blocked: an application's key for good, unless key 0 changes it; key 0 itself for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the option")]
pub struct FailureLimit {
    /// Whether failures are counted at all.
    pub counted: bool,
    /// At how many the key is blocked; 1000 from the factory.
    pub limit: u16,
    /// How many a success takes off; 10 from the factory.
    pub forgiven: u16,
}

impl FailureLimit {
    /// As the chip comes from the factory.
    pub const FACTORY: Self = Self { counted: true, limit: 1000, forgiven: 10 };
}

impl ConfigureTag {
    /// NXP AN12196 table 27, AN12343 table 18; the other options by the data sheets.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::SetConfiguration)
        .in_application()
        .secure()
        .travels([Full, Plain], [Full, Mac])
        .hints(super::picc::SetConfiguration::HINTS);

    pub(crate) fn new(set: TagConfiguration) -> Self {
        match set {
            TagConfiguration::RandomUid => Self::option(0x00, &[0x02]),
            TagConfiguration::NoChainedWrites(on) => Self::option(0x04, &[u8::from(on) << 2, 0x00]),
            TagConfiguration::FailureLimit(FailureLimit { counted, limit, forgiven }) => {
                let [[l0, l1], [f0, f1]] = [limit, forgiven].map(u16::to_le_bytes);
                Self::option(0x0A, &[u8::from(counted), l0, l1, f0, f1])
            }
            TagConfiguration::StrongBackModulation(on) => Self::option(0x0B, &[u8::from(on)]),
            TagConfiguration::TagTamper(told) => {
                let told = match told {
                    Access::Key(key) => key.into(),
                    Access::Free => 0x0E,
                    Access::Never => 0x0F,
                };
                Self::option(0x07, &[0x01, told])
            }
        }
    }

    /// Capabilities, of which PDCap2.1 (bit 1) switches to LRP; the session ends without a MAC.
    pub(crate) fn lrp() -> Self {
        let capabilities = [0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00];
        Self { last: true, ..Self::option(0x05, &capabilities) }
    }

    /// An option and its data, of which there are 20 bytes at most.
    pub(super) fn option(option: u8, data: &[u8]) -> Self {
        Self { option: [option], data: data.iter().copied().take(20).collect(), last: false }
    }
}

impl Command for ConfigureTag {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.option
    }

    fn data(&self) -> Data<'_> {
        Data::Plain(&self.data)
    }

    fn extent(&self) -> Extent {
        if self.last { Extent::Bare } else { Extent::Told(0) }
    }
}

impl<'t> Session<'t, App, Secure> {
    /// SetConfiguration of an NTAG 424 DNA, whose key 0 must have authenticated. What its documentation
    /// calls "for good" no key and nobody takes back.
    ///
    /// Request: option (1), then enciphered its data. Reply: nothing (NXP AN12196, table 27; the others by
    /// NXP NT4H2421Gx, SetConfiguration).
    ///
    /// # Errors
    /// [`Error`]; `9E` for an option that the chip does not have, `AE` where another key has authenticated.
    pub fn configure_tag(&mut self, set: TagConfiguration) -> Result<Answer<()>, Error> {
        self.talk.run(&ConfigureTag::new(set))
    }

    /// SetConfiguration option `05`: switches the chip to LRP, **for good**. From then on it takes
    /// authentications in LRP only, whoever asks; secure dynamic messaging is off in every file and has to
    /// be set anew, with PICC data of 48 characters; keys and contents stay. Key 0 must have authenticated.
    /// The session ends; the bare reply is worth [`Grade::Said`](crate::host::Grade::Said).
    ///
    /// Request: option `05`, then enciphered the capabilities (10), of which byte 4 is `02`. Reply: the bare
    /// status (NXP AN12343, table 18).
    ///
    /// # Errors
    /// [`Failed`]; `AE` where another key has authenticated.
    pub fn switch_to_lrp_for_good(
        mut self,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, App, Public>>> {
        let switched = self.talk.run_last(&ConfigureTag::lrp()).map(drop);
        self.onward(switched)
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// GetTTStatus: whether the seal of an NTAG 424 DNA TagTamper was ever found open, and whether it is.
    ///
    /// Request: nothing. Reply: two characters, as [`TtStatus::decode`] says; enciphered in a session, in clear
    /// without one (NT4H2421Tx; a capture in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; `9D` where nobody may ask, `AE` where another key may.
    pub fn tt_status(&mut self) -> Result<Answer<TtStatus>, Error> {
        self.talk.run(&GetTtStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Misuse;
    use crate::host::channel::{Channel, Ev2};
    use crate::host::testing::{Script, hex, text, vectors};
    use crate::host::tests::secure;
    use crate::wire::{KeyNo, TtState};

    /// The session of AN12343 table 18 and AN12196 table 27, as sent and answered.
    fn published(name: &str, reply: &str) -> (Script, Channel) {
        let [entry] = &vectors("ev2", "name", name)[..] else { panic!("{name}: one") };
        let (inputs, sent) = (&entry["inputs"], text(&entry["expected"]["apdu_data"]));
        let script = Script::new([(format!("905C0000{:02X}{sent}00", sent.len() / 2), reply)]);
        let key = |name: &str| text(&inputs[name]);
        let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
        let counter = inputs["cmd_ctr"].as_u64().unwrap().try_into().unwrap();
        (script, Channel::Ev2(Ev2::recorded(enc, mac, key("ti"), counter)))
    }

    #[test]
    fn the_switch_to_lrp_is_the_published_one_and_ends_the_session() {
        let (mut script, channel) = published("an12343-t18-setconfig-05-enable-lrp", "9100");
        let mut session = secure::<App>(&mut script, 0, channel).switch_to_lrp_for_good().unwrap();
        assert_eq!(session.talk.key_no(), None);
        assert_eq!(session.talk.run(&ConfigureTag::lrp()).unwrap_err(), Misuse::Nobody.into());
        drop(session);
        script.assert_used_up();
    }

    #[test]
    fn a_random_uid_is_set_as_published() {
        let name = "an12196-t27-setconfig-randomid";
        let [entry] = &vectors("ev2", "name", name)[..] else { panic!("{name}: one") };
        let reply = format!("{}9100", text(&entry["inputs"]["response"]));
        let (mut script, channel) = published(name, &reply);
        let mut session = secure::<App>(&mut script, 0, channel);
        assert!(session.configure_tag(TagConfiguration::RandomUid).is_ok());
        script.assert_used_up();
    }

    /// NXP NT4H2421Gx, SetConfiguration; option 07 by the crate ntag424.
    #[test]
    fn each_option_has_its_bytes() {
        let key = Access::Key(KeyNo::new(3).unwrap());
        let limit = FailureLimit { counted: false, limit: 0x0102, forgiven: 0x0304 };
        for (set, option, data) in [
            (TagConfiguration::RandomUid, 0x00, "02"),
            (TagConfiguration::NoChainedWrites(true), 0x04, "0400"),
            (TagConfiguration::NoChainedWrites(false), 0x04, "0000"),
            (TagConfiguration::TagTamper(key), 0x07, "0103"),
            (TagConfiguration::TagTamper(Access::Free), 0x07, "010E"),
            (TagConfiguration::TagTamper(Access::Never), 0x07, "010F"),
            (TagConfiguration::FailureLimit(FailureLimit::FACTORY), 0x0A, "01E8030A00"),
            (TagConfiguration::FailureLimit(limit), 0x0A, "0002010403"),
            (TagConfiguration::StrongBackModulation(true), 0x0B, "01"),
            (TagConfiguration::StrongBackModulation(false), 0x0B, "00"),
        ] {
            let command = ConfigureTag::new(set);
            assert_eq!((command.option, &*hex(&command.data)), ([option], data), "{set:?}");
            assert_eq!(command.extent(), Extent::Told(0));
        }
    }

    #[test]
    fn a_tag_tells_its_seal_and_why_it_does_not() {
        for (reply, told) in
            [("4F43 9100", Some("OC")), ("4949 9100", Some("II")), ("4F58 9100", None)]
        {
            let mut script =
                Script::new([("00A4040C 07 D2760000850101", "9000"), ("90F7000000", reply)]);
            let session = Session::open(&mut script);
            let mut session = session.select_name(&"D2760000850101".parse().unwrap()).unwrap();
            let state = |state| match state {
                TtState::Closed => 'C',
                TtState::Open => 'O',
                TtState::Invalid => 'I',
            };
            let answer = session.tt_status().ok().map(|told| told.value);
            let answer = answer.map(|told| [told.permanent, told.current].map(state));
            assert_eq!(answer.map(String::from_iter).as_deref(), told, "{reply}");
        }
        let refused = |status| Error::Refused { command: Ins::GetTtStatus, status }.to_string();
        assert!(refused(Status::IllegalCommand).ends_with("without TagTamper?)"));
        assert!(refused(Status::PermissionDenied).ends_with("to tell nobody)"));
    }
}
