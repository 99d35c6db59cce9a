// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a record puts onto a card, put together once the card is known.

use std::sync::OnceLock;

use crate::encode::verdict::refusal::Refusal;
use crate::iso14443::RealUid;
use crate::profile::{Application, FileSpec, Profile, Record};
use crate::secret::Secret;

/// What a record puts into each file of each application, where it puts anything. The card's UID
/// may stand in it, so it is put together once that is known.
#[derive(Default)]
pub(crate) struct Contents(OnceLock<Vec<Rendered>>);

/// What it puts into the files of one application.
struct Rendered(Vec<Option<Secret<Vec<u8>>>>);

impl Contents {
    /// Puts them together, unless they are.
    ///
    /// # Errors
    /// [`Refusal::Field`] where a field does not fit.
    pub(crate) fn render(
        &self,
        profile: &Profile,
        record: &Record,
        uid: &RealUid,
    ) -> Result<(), Refusal> {
        if self.0.get().is_some() {
            return Ok(());
        }
        let render = |file: &FileSpec| {
            file.content.as_ref().map(|content| content.render(record, uid)).transpose()
        };
        let application = |spec: &Application| {
            spec.files.iter().map(render).collect::<Result<_, _>>().map(Rendered)
        };
        let contents = profile.applications().iter().map(application).collect::<Result<_, _>>();
        let contents = contents.map_err(Refusal::Field)?;
        self.0.get_or_init(|| contents);
        Ok(())
    }

    /// Of one file; nothing before the UID is known.
    pub(crate) fn of(&self, application: usize, file: usize) -> &[u8] {
        let contents = self.0.get().and_then(|all| all.get(application)?.0.get(file));
        contents.and_then(Option::as_ref).map_or(&[], |contents| contents.expose_secret())
    }
}

/// A record that may be on a card or come onto it, and what it puts there.
pub(crate) struct Candidate<'c> {
    pub(crate) record: &'c Record,
    pub(crate) contents: Contents,
}

/// Where there is no record.
pub(crate) static NO_CONTENTS: Contents = Contents(OnceLock::new());
