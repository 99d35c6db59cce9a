// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wanted of the chips' signatures, where it can be had.

use super::super::error::ProfileError;
use super::super::model::Originality;
use super::super::shape;
use super::Check;
use crate::profile::error::{mistake, warning};
use crate::wire::Generation;

impl Check<'_> {
    /// A wish that this build, or a chip of the profile, cannot grant is a mistake: nothing is passed
    /// over in silence.
    pub(super) fn originality(
        &mut self,
        raw: Option<&shape::Card>,
        chips: &[Generation],
    ) -> Result<Originality, ProfileError> {
        let Some(wish) = raw.and_then(|raw| raw.originality.as_ref()) else {
            return Ok(Originality::Ignored);
        };
        let at = wish.span().start;
        if !cfg!(feature = "originality") {
            let problem = "this program is built without what verifies signatures of chips";
            let instead = "take it out, or build with the feature \"originality\"";
            return Err(self.error(mistake::NOT_BUILT, at, problem, instead));
        }
        match wish.get_ref() {
            shape::Originality::Noted => Ok(Originality::Noted),
            shape::Originality::Required if chips.contains(&Generation::D40) => {
                let instead = "write \"noted\", or take \"d40\" out of chips";
                Err(self.error(mistake::NOT_ON_CHIP, at, "no D40 chip has a signature", instead))
            }
            shape::Originality::Required => {
                if chips.contains(&Generation::Ev1) {
                    let message = "EV1 chips without a signature, which the older ones are, will be \
                                   refused";
                    self.warn(warning::NO_SIGNATURE, at, message.to_owned());
                }
                Ok(Originality::Required)
            }
        }
    }
}
