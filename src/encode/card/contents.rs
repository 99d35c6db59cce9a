// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a record puts onto a card, put together once the card is known.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::diversify::FieldBytes;
use crate::encode::card::stop::Stop;
use crate::encode::job::Job;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::profile::{
    FileRef, FileSpec, ForApplications, ForFiles, Given, Hook, KeyIndex, Maker, Record, Unmade,
};
use crate::secret::{Secret, ct_eq};

/// What a record puts onto a card. The card's UID may stand in it, so it is put together once that is
/// known.
pub(crate) struct Contents {
    /// Where random filling comes from, so that it is the same however often it is asked for.
    seed: Secret<[u8; 32]>,
    rendered: OnceLock<Rendered>,
}

/// What a record puts into each file of each application, where it puts anything.
pub(crate) struct Rendered(ForApplications<ForFiles<Option<Made>>>);

/// What a record puts into a file.
struct Made {
    fresh: Secret<Vec<u8>>,
    /// What is taken from now on: `None` is what was made here, else what a card had that need not be
    /// the same each time.
    taken: OnceLock<Option<Secret<Vec<u8>>>>,
}

impl Contents {
    pub(crate) const fn new(seed: Secret<[u8; 32]>) -> Self {
        Self { seed, rendered: OnceLock::new() }
    }

    /// Puts them together, unless they are.
    ///
    /// # Errors
    /// [`Refusal::Field`] where a field does not fit, [`Refusal::Hook`] where a hook has no bytes,
    /// [`Failure::Key`] where a key cannot be had.
    pub(crate) fn render(&self, job: &Job, record: &Record, uid: &RealUid) -> Result<(), Stop> {
        if self.rendered.get().is_some() {
            return Ok(());
        }
        let maker = JobsMaker { job, record, uid, seed: &self.seed };
        let given = Given { record, uid, maker: Some(&maker), found: None };
        let file = |_: FileRef, spec: &FileSpec| {
            let made = spec.content.as_ref().map(|content| content.put_together(&given));
            Ok(made.transpose()?.map(|fresh| Made { fresh, taken: OnceLock::new() }))
        };
        let profile = job.profile();
        let contents = profile
            .try_for_applications(|application, _| profile.try_for_files(application, file))
            .map_err(unmade)?;
        self.rendered.get_or_init(|| Rendered(contents));
        Ok(())
    }

    /// What was put together, if it was.
    pub(crate) fn rendered(&self) -> Option<&Rendered> {
        self.rendered.get()
    }

    /// Whether these bytes of a file are what the record puts there. Where that need not be the same each
    /// time, and nothing was written there yet, what the card has is what is taken from now on.
    pub(crate) fn hold(
        &self,
        job: &Job,
        record: &Record,
        uid: Option<&RealUid>,
        (file, found): (FileRef, &[u8]),
    ) -> Result<bool, Stop> {
        let Some(rendered) = self.rendered() else { return Ok(false) };
        if ct_eq(found, rendered.of(file)) {
            return Ok(true);
        }
        let content = job.profile()[file].content.as_ref().filter(|content| content.varies());
        let made = rendered.0[file.application()][file].as_ref();
        let free = made.filter(|made| made.taken.get().is_none());
        let (Some(content), Some(made), Some(uid)) = (content, free, uid) else {
            return Ok(false);
        };
        let maker = JobsMaker { job, record, uid, seed: &self.seed };
        let given = Given { record, uid, maker: Some(&maker), found: Some(found) };
        let again = content.put_together(&given).map_err(unmade)?;
        if !ct_eq(found, again.expose_secret()) {
            return Ok(false);
        }
        made.taken.get_or_init(|| Some(again));
        Ok(true)
    }
}

impl Rendered {
    /// What comes into a file; nothing where the profile says nothing of that.
    pub(crate) fn of(&self, file: FileRef) -> &[u8] {
        let Some(made) = &self.0[file.application()][file] else { return &[] };
        made.taken.get().and_then(Option::as_ref).unwrap_or(&made.fresh).expose_secret()
    }

    /// The same, which is written now: nothing else is taken for it from here on.
    pub(crate) fn to_write(&self, file: FileRef) -> &[u8] {
        if let Some(made) = &self.0[file.application()][file] {
            made.taken.get_or_init(|| None);
        }
        self.of(file)
    }
}

/// Whether these bytes of a file are what a record puts there, that of a card which is only read.
pub(crate) fn holds(
    job: &Job,
    record: &Record,
    uid: &RealUid,
    (file, found): (FileRef, &[u8]),
) -> Result<bool, Stop> {
    let Some(content) = &job.profile()[file].content else { return Ok(found.is_empty()) };
    // Random filling is taken as it was found, so none is made.
    let maker = JobsMaker { job, record, uid, seed: &Secret::new([0; 32]) };
    let given = Given { record, uid, maker: Some(&maker), found: Some(found) };
    match content.put_together(&given) {
        Ok(made) => Ok(ct_eq(found, made.expose_secret())),
        Err(Unmade::Field(_)) => Ok(false),
        Err(other) => Err(unmade(other)),
    }
}

/// What a job has for parts of a content on one card.
struct JobsMaker<'j> {
    job: &'j Job,
    record: &'j Record,
    uid: &'j RealUid,
    seed: &'j Secret<[u8; 32]>,
}

impl Maker for JobsMaker<'_> {
    fn key(&self, key: KeyIndex) -> Result<CardKey, Unmade> {
        self.job.content_key(key, self.record, self.uid)
    }

    /// HMAC-SHA-256 in counter mode under the seed.
    fn random(&self, number: u64, bytes: usize) -> Secret<Vec<u8>> {
        let mut out = Secret::new(Vec::with_capacity(bytes.next_multiple_of(32)));
        for block in 0..bytes.div_ceil(32) as u64 {
            // A key of any length is one.
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.seed.expose_secret()) else {
                break;
            };
            mac.update(&number.to_be_bytes());
            mac.update(&block.to_be_bytes());
            out.expose_secret_mut().extend_from_slice(&mac.finalize().into_bytes());
        }
        out.expose_secret_mut().truncate(bytes);
        out
    }

    fn hook(&self, name: &str) -> Option<&dyn Hook> {
        self.job.hooks().get(name)
    }
}

fn unmade(unmade: Unmade) -> Stop {
    match unmade {
        Unmade::Field(error) => Refusal::Field(error).into(),
        Unmade::Key { name, version, error } => Stop::Fail(Failure::Key { name, version, error }),
        Unmade::Hook { name } => Refusal::Hook { name }.into(),
    }
}

/// A record that may be on a card or come onto it, and what it puts there.
pub(crate) struct Candidate<'c> {
    pub(crate) record: &'c Record,
    pub(crate) contents: Contents,
    /// What it puts into the card's keys.
    pub(crate) fields: FieldBytes,
}
