// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a record puts onto a card, put together once the card is known.

use std::sync::OnceLock;

use crate::diversify::FieldBytes;
use crate::encode::verdict::refusal::Refusal;
use crate::iso14443::RealUid;
use crate::profile::{FileRef, FileSpec, ForApplications, ForFiles, Profile, Record};
use crate::secret::Secret;

/// What a record puts onto a card. The card's UID may stand in it, so it is put together once that is
/// known.
#[derive(Default)]
pub(crate) struct Contents(OnceLock<Rendered>);

/// What a record puts into each file of each application, where it puts anything.
pub(crate) struct Rendered(ForApplications<ForFiles<Option<Secret<Vec<u8>>>>>);

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
        let file = |_: FileRef, spec: &FileSpec| {
            spec.content.as_ref().map(|content| content.render(record, uid)).transpose()
        };
        let contents =
            profile.try_for_applications(|application, _| profile.try_for_files(application, file));
        let contents = contents.map_err(Refusal::Field)?;
        self.0.get_or_init(|| Rendered(contents));
        Ok(())
    }

    /// What was put together, if it was.
    pub(crate) fn rendered(&self) -> Option<&Rendered> {
        self.0.get()
    }
}

impl Rendered {
    /// What comes into a file; nothing where the profile says nothing of that.
    pub(crate) fn of(&self, file: FileRef) -> &[u8] {
        let contents = self.0[file.application()][file].as_ref();
        contents.map_or(&[], |contents| contents.expose_secret())
    }
}

/// A record that may be on a card or come onto it, and what it puts there.
pub(crate) struct Candidate<'c> {
    pub(crate) record: &'c Record,
    pub(crate) contents: Contents,
    /// What it puts into the card's keys.
    pub(crate) fields: FieldBytes,
}
