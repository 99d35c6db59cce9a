// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a job comes about.

use std::time::SystemTime;

use crate::encode::job::bound::Bound;
use crate::encode::job::error::JobError;
use crate::encode::job::permissions::Permissions;
use crate::encode::job::transport::TransportKey;
use crate::encode::job::{Derived, Job};
use crate::encode::task::Task;
use crate::keys::Store;
use crate::originality::Trust;
use crate::profile::{AppTransport, Day, Hooks, KeySpec, PiccTransport, Profile};

/// A job that is about to be made of a profile and the keys of a store. Which keys have to be fit to be put
/// on cards depends on the task: those that are verified, enrolled or rekeyed away from need not be.
///
/// ```
/// use cardwright::encode::Task;
/// use cardwright::{Job, KeyFile, Profile};
///
/// let profile = Profile::parse(include_str!("../../../examples/data/profiles/door.toml"))?;
/// let keys = include_str!("../../../examples/data/test-keys.toml");
/// let keys = KeyFile::parse(&keys.replace("[[key]]", "[[key]]\nnot_after = \"2020-12-31\""))?;
/// assert!(Job::new(profile.clone(), &keys).is_err());
/// assert!(Job::making(profile, &keys).with_task(Task::Verify).make().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Making<'s> {
    profile: Profile,
    store: &'s dyn Store,
    hooks: Hooks,
    task: Task,
    today: Option<Day>,
    /// Whether nothing is put on cards.
    reads: bool,
}

impl Job {
    /// A job to encode the cards of a profile with the keys of a store, today. [`Job::making`] makes others.
    ///
    /// # Errors
    /// As [`Making::make`].
    pub fn new(profile: Profile, store: &dyn Store) -> Result<Self, JobError> {
        Self::making(profile, store).make()
    }

    /// The same for a profile that takes bytes from [hooks](crate::profile::Hook).
    ///
    /// # Errors
    /// As [`Making::make`].
    pub fn with_hooks(profile: Profile, store: &dyn Store, hooks: Hooks) -> Result<Self, JobError> {
        Self::making(profile, store).with_hooks(hooks).make()
    }

    /// A job that is about to be made of a profile and the keys of a store.
    #[must_use]
    pub fn making(profile: Profile, store: &dyn Store) -> Making<'_> {
        let today = Day::of_clock(SystemTime::now());
        Making { profile, store, hooks: Hooks::new(), task: Task::default(), today, reads: false }
    }
}

impl Making<'_> {
    /// To do something else with each card than encode it.
    #[must_use]
    pub const fn with_task(mut self, task: Task) -> Self {
        self.task = task;
        self
    }

    /// For whoever reads what is on cards and makes none, as a server or a sheet for readers does: no key has to
    /// be fit to be put on any.
    #[must_use]
    pub const fn to_read(mut self) -> Self {
        self.reads = true;
        self
    }

    /// For a profile that takes bytes from [hooks](crate::profile::Hook).
    #[must_use]
    pub fn with_hooks(self, hooks: Hooks) -> Self {
        Self { hooks, ..self }
    }

    /// For another day than the clock says. With each card its keys are judged by the clock.
    #[must_use]
    pub const fn on(mut self, today: Day) -> Self {
        self.today = Some(today);
        self
    }

    /// Takes every key of the profile out of the store, and asks it whether it can do what the card
    /// keys take.
    ///
    /// # Errors
    /// [`JobError::MissingKey`] for the first that is not there, [`JobError::Key`] for the first that
    /// cannot be had or may not be put on cards today, [`JobError::KeyType`] for the first that has another
    /// type there, [`JobError::Cannot`] for the first that cannot do what it is asked,
    /// [`JobError::CheckValue`] for the first whose check value is another than the profile says and
    /// [`JobError::Unchecked`] where it has none by that method, [`JobError::KeptVersion`] for the first
    /// whose own low bits are of another version; [`JobError::ReceiptKey`]; [`JobError::MissingHook`] for
    /// the first hook that was not given; what [`Job::with_task`] says of the task.
    pub fn make(self) -> Result<Job, JobError> {
        let (task, reads) = (self.task, self.reads);
        let job = self.bound()?;
        if reads { Ok(job) } else { job.with_task(task) }
    }

    fn bound(self) -> Result<Job, JobError> {
        let Self { profile, store, hooks, task, today, .. } = self;
        if let Some(name) = profile.hooks().find(|name| hooks.get(name).is_none()) {
            return Err(JobError::MissingHook { name: name.to_owned() });
        }
        let bind = |spec: &KeySpec| Bound::of(spec, store);
        let keys = profile.try_for_keys(bind)?;
        let former = |spec: &KeySpec| spec.at_former_version().as_ref().map(bind).transpose();
        let former = profile.try_for_keys(former)?;
        let transport = |key: &PiccTransport| match key {
            PiccTransport::Factory => Ok(TransportKey::Factory),
            PiccTransport::Key(spec) => Ok(TransportKey::Issuer(Box::new(bind(spec)?))),
        };
        let transport = profile.transport().picc.iter().map(transport);
        let transport = transport.collect::<Result<_, JobError>>()?;
        let start = match &profile.transport().app {
            AppTransport::Zero => None,
            AppTransport::Key(spec) => Some(bind(spec)?),
        };
        let messaging = profile.messaging().to_vec();
        let receipt_key = store.receipt_key().map_err(JobError::ReceiptKey)?;
        let derived = Derived::of(&receipt_key).map_err(JobError::ReceiptKey)?;
        Ok(Job {
            profile,
            messaging,
            keys,
            former,
            transport,
            start,
            purpose: store.purpose(),
            receipt_key,
            derived,
            task,
            allowed: Vec::new(),
            trust: Trust::Maker,
            hooks,
            permissions: Permissions::default(),
            tenant: store.tenant().map(str::to_owned),
            today,
        })
    }
}
