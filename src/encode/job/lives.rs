// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whose keys a job has, and whether they may be put on cards.

use crate::encode::card::stop::Stop;
use crate::encode::job::Job;
use crate::encode::job::bound::Bound;
use crate::encode::job::error::JobError;
use crate::encode::job::transport::TransportKey;
use crate::encode::verdict::failure::Failure;
use crate::key::KeyError;
use crate::profile::{Application, Day};

/// A key that a job would put on cards and may not.
pub(crate) struct Unfit<'j> {
    bound: &'j Bound,
    error: KeyError,
}

impl From<Unfit<'_>> for JobError {
    fn from(unfit: Unfit<'_>) -> Self {
        let (spec, error) = (&unfit.bound.spec, unfit.error);
        let (name, reference) = (spec.name.clone(), spec.reference.clone());
        Self::Key { line: spec.line, name, reference, version: spec.version, error }
    }
}

impl From<Unfit<'_>> for Stop {
    fn from(unfit: Unfit<'_>) -> Self {
        let (spec, error) = (&unfit.bound.spec, unfit.error.into());
        Self::Fail(Failure::Key { name: spec.name.clone(), version: spec.version, error })
    }
}

impl Job {
    /// Whose keys they are, where the store says so.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Whether orders of this tenant may be made with the keys. Those of a store that names no tenant are
    /// anybody's.
    ///
    /// # Errors
    /// [`JobError::Tenant`] where they are another one's.
    pub fn is_for(&self, tenant: &str) -> Result<(), JobError> {
        match &self.tenant {
            Some(of) if of != tenant => {
                let (profile, wanted) = (self.profile.name().to_owned(), tenant.to_owned());
                Err(JobError::Tenant { profile, wanted, found: of.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether every key that the job puts on cards may be put on any on this day.
    ///
    /// # Errors
    /// The first that may not.
    pub(crate) fn puts_on(&self, today: Option<Day>) -> Result<(), Unfit<'_>> {
        for bound in self.put_on_cards() {
            let life = bound.issuer.life();
            life.on(today).map_err(|error| Unfit { bound, error })?;
        }
        Ok(())
    }

    /// The keys that the task leaves on cards or makes contents with. One that cards only come with, or hold
    /// from their former edition, is none of them.
    fn put_on_cards(&self) -> Vec<&Bound> {
        let mut all = Vec::new();
        if self.task.makes_blank() {
            // A card with a fixed layout comes with keys of zeros.
            all.extend(match self.transport.first() {
                Some(TransportKey::Issuer(bound)) => Some(&**bound),
                Some(TransportKey::Factory) | None => None,
            });
        }
        if self.task.brings_keys() {
            let applications = self.profile.applications().iter();
            let counted = applications.clone().filter_map(Application::keyed_transaction_mac);
            let own = applications.flat_map(Application::own_keys);
            let master = self.profile.card().map(|card| card.master_key);
            let own = master.into_iter().chain(own).chain(counted.map(|(_, key, _)| key));
            all.extend(own.map(|index| &self.keys[index]));
        }
        if self.task.brings_contents() {
            all.extend(self.profile.content_keys().map(|index| &self.keys[index]));
        }
        if self.task.makes_cards() {
            all.extend(&self.start);
        }
        all
    }
}
