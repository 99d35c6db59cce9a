// SPDX-License-Identifier: MIT OR Apache-2.0
//! Originality: Read_Sig `3C`.

use super::{Command, Extent, Reply};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::error::{Error, Misbehaviour};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{Auth, Level, Session};
use crate::iso7816::StatusWord;
use crate::secret::Secret;
use crate::wire::{Ins, Status};

/// Read_Sig.
#[derive(Debug)]
pub(crate) struct ReadSig;

impl ReadSig {
    /// NTAG 424 DNA captures in ntag424, a blank EV3 in kpn532; in D40 and EV1 sessions belief.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ReadSig)
        .travels([Plain, Full], [Mac, Full])
        .done(StatusWord(0x9190))
        .hints(&[
            (Status::IllegalCommand, " (a chip without a signature)"),
            (Status::Unknown(0x0B), " (the UID is random: a key must authenticate first)"),
        ]);

    /// The first signature, which is the only one.
    const ADDRESS: [u8; 1] = [0x00];
}

impl Command for ReadSig {
    type Output = Secret<[u8; 56]>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &Self::ADDRESS
    }

    fn extent(&self) -> Extent {
        Extent::Told(56)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Secret<[u8; 56]>, Misbehaviour> {
        let mut cursor = Cursor::new("originality signature", reply.data);
        let signature = Secret::new(cursor.array()?);
        cursor.finish()?;
        Ok(signature)
    }
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// Read_Sig: the signature that the chip's maker put on it, over its UID. It does not show,
    /// since whoever has the public key can work out the UID from it.
    ///
    /// Request: address `00`. Reply: r (28), s (28), most significant byte first, with status `90`;
    /// enciphered where a key has authenticated (NTAG 424 DNA captures in the crate ntag424; NXP
    /// AN12343 table 44 for the plain form). A status of `00` is taken too.
    ///
    /// # Errors
    /// [`Error`]; `1C` where the chip has none, `0B` where it shows a random UID and nobody is
    /// authenticated. Where a key has authenticated, a refusal ends the session as any other.
    pub fn originality_signature(&mut self) -> Result<Answer<Secret<[u8; 56]>>, Error> {
        self.talk.run(&ReadSig)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Grade;
    use crate::host::channel::{Channel, Ev2};
    use crate::host::session::App;
    use crate::host::testing::{Script, hex, text, vectors};
    use crate::host::tests::secure;

    const READ: &str = "903C0000010000";

    /// The answers of a blank EV3 and of the DESFire Light of AN12343, as they came.
    #[test]
    fn a_signature_in_clear_is_read_from_one_frame_or_more_and_with_either_status() {
        for name in ["originality-ev3-0495910A5D6D80", "originality-an12343-t44-light"] {
            let [entry] = &vectors("ev2-more", "name", name)[..] else { panic!("{name}: one") };
            let published = text(&entry["inputs"]["signature"]);
            let (head, tail) = published.split_at(40);
            for steps in [
                vec![(READ, format!("{published}9190"))],
                vec![(READ, format!("{published}9100"))],
                vec![(READ, format!("{head}91AF")), ("90AF000000", format!("{tail}9190"))],
            ] {
                let mut script = Script::new(steps);
                let answer = Session::open(&mut script).originality_signature().unwrap();
                assert_eq!(hex(answer.value.expose_secret()), published);
                assert_eq!(answer.grade, Grade::Said);
                script.assert_used_up();
            }
        }
    }

    #[test]
    fn a_reply_of_another_length_or_status_is_none() {
        let mut sixty = "AB".repeat(60);
        sixty.push_str("9190");
        let replies = [format!("{}9190", "AB".repeat(55)), sixty, "9190".into(), "9000".into()];
        for reply in replies {
            let mut script = Script::new([(READ, &reply)]);
            let error = Session::open(&mut script).originality_signature().unwrap_err();
            assert!(matches!(error, Error::Misbehaved { command: Ins::ReadSig, .. }), "{reply}");
        }
    }

    #[test]
    fn refusals_say_why_and_leave_the_session_usable() {
        for (status, why) in [
            ("911C", "a chip without a signature"),
            ("910B", "the UID is random: a key must authenticate first"),
        ] {
            let mut script = Script::new([(READ, status), ("906E000000", "001F009100")]);
            let mut session = Session::open(&mut script);
            let error = session.originality_signature().unwrap_err();
            assert!(error.to_string().ends_with(&format!("({why})")), "{error}");
            assert!(session.free_memory().is_ok());
        }
    }

    /// The recorded reply says `90`, and its MAC covers that.
    #[test]
    fn in_a_session_the_mac_is_over_the_status_that_came() {
        let [entry] = &vectors("ev2", "name", "hw-aes-readsig-full")[..] else { panic!("one") };
        let (inputs, sent) = (&entry["inputs"], text(&entry["expected"]["apdu_data"]));
        for (status, proven) in [("9190", true), ("9100", false)] {
            let reply = format!("{}{status}", text(&inputs["response"]));
            let mut script = Script::new([(format!("903C000009{sent}00"), reply)]);
            let key = |name: &str| text(&inputs[name]);
            let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
            let channel = Ev2::recorded(enc, mac, key("ti"), 1);
            let mut session = secure::<App>(&mut script, 0, Channel::Ev2(channel));
            let answer = session.originality_signature();
            assert_eq!(answer.is_ok(), proven, "{status}");
        }
    }

    /// `90` says done to this command and to no other.
    #[test]
    fn no_other_command_takes_status_90() {
        let mut script = Script::new([("906E000000", "001F00 9190")]);
        assert!(Session::open(&mut script).free_memory().is_err());
    }
}
