// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[card] foreign`: applications of others on the same card.

use crate::profile::error::mistake;
use crate::profile::shape::Spanned;

use super::super::error::ProfileError;
use super::super::model::{Application, Foreign};
use super::super::shape;
use super::Check;
use crate::wire::Aid;

impl Check<'_> {
    /// The word or the AIDs.
    pub(super) fn foreign(&self, raw: &shape::Card) -> Result<Foreign, ProfileError> {
        let Some(raw) = &raw.foreign else { return Ok(Foreign::Refused) };
        match raw.get_ref() {
            shape::Foreign::Word(word) if word == "refused" => Ok(Foreign::Refused),
            shape::Foreign::Word(word) if word == "allowed" => Ok(Foreign::Allowed),
            shape::Foreign::Word(word) => {
                let instead = "write \"refused\", \"allowed\", or a list of AIDs: [\"F48120\"]";
                Err(self.error(
                    mistake::FORM,
                    raw.span().start,
                    format!("no answer to {word:?}"),
                    instead,
                ))
            }
            shape::Foreign::Aids(aids) => self.foreign_aids(aids).map(Foreign::Named),
        }
    }

    fn foreign_aids(&self, raw: &[Spanned<String>]) -> Result<Vec<Aid>, ProfileError> {
        let mut aids = Vec::with_capacity(raw.len());
        for text in raw {
            let aid = self.aid(text)?;
            if aids.contains(&aid) {
                return Err(self.error(
                    mistake::REPEATED,
                    text.span().start,
                    "named twice",
                    "name each once",
                ));
            }
            aids.push(aid);
        }
        Ok(aids)
    }

    /// An application cannot be the profile's and somebody else's.
    pub(super) fn foreign_is_foreign(
        &self,
        raw: &shape::Card,
        foreign: &Foreign,
        applications: &[Application],
    ) -> Result<(), ProfileError> {
        let (Foreign::Named(aids), Some(raw)) = (foreign, &raw.foreign) else { return Ok(()) };
        match applications.iter().find(|own| aids.contains(&own.aid)) {
            Some(own) => {
                let problem = format!("application {} is the profile's own", own.aid);
                Err(self.error(
                    mistake::CONFLICT,
                    raw.span().start,
                    problem,
                    "take it out of foreign",
                ))
            }
            None => Ok(()),
        }
    }
}
