// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asking a chip for its signature, and what it is worth.

use super::answer::Answer;
use super::error::Error;
use super::session::{Auth, Level, Session};
use crate::iso14443::RealUid;
use crate::originality::{Finding, Product, Trust, check};
use crate::secret::Secret;
use crate::wire::{Ins, Status, Version};

/// What a chip's answer to Read_Sig is worth: a refusal with `1C` is a finding, any other error
/// stays one.
pub(crate) fn judge(
    answer: Result<Answer<Secret<[u8; 56]>>, Error>,
    uid: &RealUid,
    version: &Version,
    trust: Trust,
) -> Result<Finding, Error> {
    let signature = match answer {
        Ok(answer) => answer.value,
        Err(Error::Refused { command: Ins::ReadSig, status: Status::IllegalCommand }) => {
            return Ok(Finding::NotOffered);
        }
        Err(error) => return Err(error),
    };
    Ok(match check(uid, signature.expose_secret(), Product::of(version), trust) {
        Ok(Some(key)) => Finding::Genuine(key),
        Ok(None) => Finding::TestKey,
        Err(why) => Finding::NotGenuine(why),
    })
}

impl<L: Level, A: Auth> Session<'_, L, A> {
    /// Whether NXP made the chip, as far as its [signature](crate::originality) shows: Read_Sig,
    /// then the check over `uid`, the real one, for the product that `version` tells of. What the
    /// chip answers is a finding; whether it is good enough is the caller's to say.
    ///
    /// The signature proves itself, so it may be asked for before any key has authenticated, and
    /// should be: a chip that has none refuses, which ends a session that is authenticated. A chip
    /// that shows a random UID gives it to authenticated keys only.
    ///
    /// # Errors
    /// [`Error`]: the link, a refusal for another reason than that there is no signature, or a reply
    /// that does not fit.
    pub fn originality(
        &mut self,
        uid: &RealUid,
        version: &Version,
        trust: Trust,
    ) -> Result<Finding, Error> {
        judge(self.originality_signature(), uid, version, trust)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::host::Misbehaviour;
    use crate::host::testing::{Script, array, part, text, vectors};

    const READ: &str = "903C0000010000";

    /// The blank EV3 of kpn532: what it says of itself, and its signature.
    fn ev3() -> (RealUid, String) {
        let name = "originality-ev3-0495910A5D6D80";
        let [entry] = &vectors("ev2-more", "name", name)[..] else { panic!("one") };
        let inputs = &entry["inputs"];
        (RealUid::new(array(text(&inputs["uid"]))), text(&inputs["signature"]).to_owned())
    }

    fn version(hardware: &str) -> Version {
        let rest = "04010103001A05 0495910A5D6D80 9953673030 2020";
        Version::decode(&array::<28>(&format!("{hardware}{rest}"))).unwrap()
    }

    fn asked(reply: &str, hardware: &str) -> Result<Finding, Error> {
        let mut script = Script::new([(READ, reply)]);
        let (uid, _) = ev3();
        let found =
            Session::open(&mut script).originality(&uid, &version(hardware), Trust::default());
        script.assert_used_up();
        found
    }

    const EV3: &str = "04010133001A05";

    /// What NXP's own program asked of a blank EV3 8K, and its answers (kpn532).
    #[test]
    fn a_real_chip_is_genuine_by_the_name_of_its_key() {
        let [entry] = &vectors("ev2-more", "name", "hw-ev3-8k-blank-taginfo")[..] else {
            panic!("one")
        };
        let steps = entry["inputs"]["steps"].as_array().unwrap();
        let step = |step: &Value| {
            let reply = format!("{}{}", text(&step["recv"]), text(&step["sw"]));
            (text(&step["send"]).to_owned(), reply)
        };
        let read = steps.iter().find(|step| step["send"] == READ).unwrap();
        let mut script = Script::new(steps[7..10].iter().chain([read]).map(step));
        let mut session = Session::open(&mut script);
        let version = session.version().unwrap().value;
        let uid = version.uid.clone().unwrap();
        let found = session.originality(&uid, &version, Trust::default()).unwrap();
        script.assert_used_up();
        assert!(found.holds());
        assert_eq!(found.name(), "genuine");
        assert_eq!(found.to_string(), "genuine, signed with NXP's key of DESFire EV3");
    }

    #[test]
    fn what_a_chip_answers_is_a_finding() {
        let (_, signature) = ev3();
        let bent = format!("{}F9190", part(&signature, ..111));
        for (reply, hardware, name, told) in [
            ("911C".to_owned(), EV3, "not-offered", "not offered: this chip has no signature"),
            (bent, EV3, "not-genuine", "does not verify: no known key signed this UID so"),
            (
                format!("{signature}9190"),
                "04010112001A05",
                "not-genuine",
                "does not verify: signed with NXP's key of DESFire EV3, and the chip says that it \
                 is a DESFire EV2",
            ),
            (
                format!("{}9190", "00".repeat(56)),
                EV3,
                "not-genuine",
                "does not verify: what the chip gives is no signature",
            ),
        ] {
            let found = asked(&reply, hardware).unwrap();
            assert!(!found.holds(), "{told}");
            assert_eq!((found.name(), found.to_string().as_str()), (name, told));
        }
    }

    #[test]
    fn what_is_no_answer_is_an_error_of_its_culprit() {
        let refused = asked("910B", EV3).unwrap_err();
        assert!(matches!(refused, Error::Refused { status: Status::Unknown(0x0B), .. }));
        let short = asked("AB9190", EV3).unwrap_err();
        let how = Misbehaviour::Length { found: 1 };
        assert_eq!(short, Error::Misbehaved { command: Ins::ReadSig, how });
    }

    #[test]
    fn a_session_without_a_key_goes_on_after_a_chip_without_a_signature() {
        let mut script = Script::new([(READ, "911C"), ("906E000000", "001F009100")]);
        let (uid, _) = ev3();
        let mut session = Session::open(&mut script);
        let found = session.originality(&uid, &version(EV3), Trust::default());
        assert_eq!(found, Ok(Finding::NotOffered));
        assert!(session.free_memory().is_ok());
    }
}
