// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is told how far a card is, step by step, while it is in hand: for whoever stands beside it.

use core::fmt;
use std::sync::Arc;

use crate::encode::forecast::describe::described;
use crate::encode::job::Job;
use crate::encode::plan::step::Step;

/// A step that is about to be taken. No field value, UID or key is in it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress<'s> {
    /// The reader that the card lies on, where [the origin](crate::encode::Origin) names one.
    pub reader: Option<&'s str>,
    /// The ticket of the [station](crate::station)'s order; `None` where an encoder works alone.
    pub ticket: Option<u64>,
    /// Its number among the steps, from 1. It begins anew where the card is looked at once more.
    pub step: usize,
    /// How many steps are planned.
    pub of: usize,
    what: (&'s Step, &'s Job),
}

impl Progress<'_> {
    /// The step in words, as [a plan](crate::encode::PlannedStep) has it.
    #[must_use]
    pub fn words(&self) -> String {
        let (step, job) = self.what;
        described(step, job)
    }
}

/// Told before each step, on the thread that takes it: the card waits meanwhile, and its
/// [time](crate::transport::Budget) runs.
///
/// ```
/// # #[cfg(feature = "emulator")]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::{Arc, Mutex};
///
/// use cardwright::emulator::{Model, SoftCard};
/// use cardwright::encode::Progress;
/// use cardwright::iso14443::RealUid;
/// use cardwright::{Encoder, Job, KeyFile, Outcome, Profile, Records};
///
/// let profile = Profile::parse(include_str!("../../examples/data/profiles/door.toml"))?;
/// let keys = KeyFile::parse(include_str!("../../examples/data/test-keys.toml"))?;
/// let job = Job::new(profile, &keys)?;
/// let records = include_bytes!("../../examples/data/door-records.csv");
/// let records = Records::csv(job.profile(), records)?;
/// let record = records.entries.into_iter().flatten().next().ok_or("no record")?;
///
/// let told = Arc::new(Mutex::new(Vec::new()));
/// let watch = {
///     let told = Arc::clone(&told);
///     move |at: &Progress<'_>| {
///         told.lock().expect("nobody panics with it").push((at.step, at.of, at.words()));
///     }
/// };
/// let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x41]);
/// let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
/// let ended = Encoder::new(&job).with_watch(watch).encode(card.in_field(), &record);
/// assert_eq!(ended.outcome, Outcome::Done);
/// let told = told.lock().expect("nobody panics with it");
/// let (step, of, words) = told.last().ok_or("no step")?;
/// assert_eq!(step, of);
/// println!("{step} of {of}: {words}");
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "emulator"))]
/// # fn main() {}
/// ```
pub trait Watch: Send + Sync {
    /// A step is about to be taken.
    fn step(&self, progress: &Progress<'_>);
}

impl<F: Fn(&Progress<'_>) + Send + Sync> Watch for F {
    fn step(&self, progress: &Progress<'_>) {
        self(progress);
    }
}

impl<W: Watch + ?Sized> Watch for Arc<W> {
    fn step(&self, progress: &Progress<'_>) {
        (**self).step(progress);
    }
}

/// Whoever is told, if anybody is.
#[derive(Clone, Default)]
pub(crate) struct Watched(pub(crate) Option<Arc<dyn Watch>>);

/// Who is told, and of what.
#[derive(Clone, Copy)]
pub(crate) struct Watching<'c> {
    pub(crate) watch: &'c dyn Watch,
    pub(crate) reader: Option<&'c str>,
    pub(crate) ticket: Option<u64>,
}

impl Watching<'_> {
    /// Tells of a step by its place among those that are planned.
    pub(crate) fn tell(&self, at: usize, steps: &[Step], job: &Job) {
        let Some(step) = steps.get(at) else { return };
        let Self { watch, reader, ticket } = *self;
        let (of, step_no) = (steps.len(), at.saturating_add(1));
        watch.step(&Progress { reader, ticket, step: step_no, of, what: (step, job) });
    }
}

impl Watched {
    pub(crate) fn watching<'c>(
        &'c self,
        reader: Option<&'c str>,
        ticket: Option<u64>,
    ) -> Option<Watching<'c>> {
        self.0.as_deref().map(|watch| Watching { watch, reader, ticket })
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "nobody" })
    }
}
