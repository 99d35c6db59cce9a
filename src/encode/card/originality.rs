// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the chip's maker signed it, where the profile asks.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::originality::ReadSig;
use crate::host::originality::judge;
use crate::host::{Answer, Error};
use crate::originality::Finding;
use crate::profile::Originality;
use crate::secret::Secret;
use crate::wire::Version;

/// What Read_Sig answered outside of any session; `None` where it was not asked there.
pub(crate) type Early = Option<Result<Answer<Secret<[u8; 56]>>, Error>>;

impl Attempt<'_, '_> {
    /// Asks for the signature before any key has authenticated, as a chip that has none refuses and
    /// a refusal ends a session. One with a random UID gives it in a session only.
    pub(crate) fn early_signature(&mut self) -> Early {
        let asks = self.job.profile().originality() != Originality::Ignored;
        (asks && !self.hides_uid()).then(|| self.walk.run(&ReadSig))
    }

    /// Takes down what the signature is worth on the chip that a session has named by now.
    pub(crate) fn judge_signature(&mut self, early: Early, version: &Version) -> Result<(), Stop> {
        let wanted = self.job.profile().originality();
        if wanted == Originality::Ignored {
            return Ok(());
        }
        let uid = self.uid.clone().ok_or(Refusal::UidHidden)?;
        // What an older chip answers is known, and would end the session.
        let offers = version.chip().is_some_and(|chip| chip.silicon().is_signed());
        let answer = match early {
            Some(answer) => Some(answer),
            None if offers => Some(self.walk.run(&ReadSig)),
            None => None,
        };
        let finding = match answer {
            Some(answer) => judge(answer, &uid, version, self.job.trust())?,
            None => Finding::NotOffered,
        };
        self.findings.originality = Some(finding);
        if wanted == Originality::Required && !finding.holds() {
            return Err(Refusal::NotGenuine(finding).into());
        }
        Ok(())
    }
}
