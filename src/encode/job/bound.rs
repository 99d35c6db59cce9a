// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the profile says of a key, bound to the issuer key that it names.

use std::sync::Arc;

use crate::diversify::{DeriveError, Subject, undiversified};
use crate::encode::card::stop::Stop;
use crate::encode::job::error::JobError;
use crate::encode::plan::place::{Slot, key_at};
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::key::{CardKey, IssuerKey, KeyError, LowBits, Operation};
use crate::keys::Store;
use crate::profile::KeySpec;
use crate::wire::{KeyType, KeyVersion};

#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) spec: KeySpec,
    pub(super) issuer: Arc<dyn IssuerKey>,
}

impl Bound {
    /// Takes the issuer key out of the store, and asks it what it can do.
    ///
    /// # Errors
    /// [`JobError`] where it is not there, cannot be had, is of another type or version, or cannot do
    /// what the card keys take.
    pub(super) fn of(spec: &KeySpec, store: &dyn Store) -> Result<Self, JobError> {
        let KeySpec { line, version, .. } = *spec;
        let (name, reference) = (spec.name.clone(), spec.reference.clone());
        let issuer = match store.issuer(&spec.reference, version) {
            Ok(issuer) => issuer,
            Err(KeyError::NotThere) => {
                return Err(JobError::MissingKey { line, name, reference, version });
            }
            Err(error) => return Err(JobError::Key { line, name, reference, version, error }),
        };
        let (declared, found) = (spec.key_type, issuer.key_type());
        if declared != found {
            return Err(JobError::KeyType { line, name, reference, version, declared, found });
        }
        let can = issuer.can();
        if let Some(operation) = spec.lacks(can) {
            return Err(JobError::Cannot { line, name, reference, version, operation });
        }
        checked(spec, &*issuer)?;
        let kept = spec.low_bits == LowBits::Kept && found != KeyType::Aes;
        if kept && can.has(Operation::Itself) {
            let found = match undiversified(&*issuer, version, LowBits::Kept) {
                Ok(key) => key.version(),
                Err(error) => return Err(JobError::Key { line, name, reference, version, error }),
            };
            if found != version {
                return Err(JobError::KeptVersion { line, name, reference, version, found });
            }
        }
        Ok(Self { spec: spec.clone(), issuer })
    }

    /// Makes the card's key.
    pub(super) fn make(&self, subject: &Subject<'_>) -> Result<CardKey, NoKey> {
        self.spec.card_key(&*self.issuer, subject).map_err(|error| {
            let (name, version) = (self.spec.name.clone(), self.spec.version);
            match error {
                DeriveError::NoUid => NoKey::NeedsUid,
                DeriveError::NoRecord => NoKey::NeedsRecord,
                error @ (DeriveError::Written(_)
                | DeriveError::KeyType { .. }
                | DeriveError::Input { .. }
                | DeriveError::KeyNo { .. }
                | DeriveError::Key(_)) => NoKey::NotHad { name, version, error },
            }
        })
    }
}

/// Whether an issuer key has the check value that the profile names.
fn checked(spec: &KeySpec, issuer: &dyn IssuerKey) -> Result<(), JobError> {
    let KeySpec { line, version, .. } = *spec;
    let (name, reference) = (spec.name.clone(), spec.reference.clone());
    match (spec.other_check(issuer), spec.check) {
        (Ok(None), _) => Ok(()),
        (Ok(Some((stated, found))), _) => {
            Err(JobError::CheckValue { line, name, reference, version, stated, found })
        }
        (Err(KeyError::Cannot(operation)), Some(stated)) => {
            Err(JobError::Unchecked { line, name, reference, version, stated, operation })
        }
        (Err(error), _) => Err(JobError::Key { line, name, reference, version, error }),
    }
}

/// Why there is no key for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The UID goes in, and the card has not told it.
    NeedsUid,
    /// A field of the record goes in, and it is not known whose card it is.
    NeedsRecord,
    /// The issuer key cannot be had, or does not do what it is asked.
    NotHad { name: String, version: KeyVersion, error: DeriveError },
}

impl NoKey {
    /// The same as an error of its making.
    pub(crate) fn why(self) -> DeriveError {
        match self {
            Self::NeedsUid => DeriveError::NoUid,
            Self::NeedsRecord => DeriveError::NoRecord,
            Self::NotHad { error, .. } => error,
        }
    }

    /// The tenant's receipt key does not give the card its name.
    pub(crate) fn receipt(error: KeyError) -> Self {
        let (name, version) = ("receipt".to_owned(), KeyVersion(0));
        Self::NotHad { name, version, error: error.into() }
    }

    /// The profile has no such slot.
    pub(super) fn nowhere(slot: Slot) -> Self {
        let error = KeyError::NotThere.into();
        Self::NotHad { name: key_at(&slot), version: KeyVersion(0), error }
    }
}

impl From<NoKey> for Stop {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::NeedsUid => Refusal::UidHidden.into(),
            NoKey::NeedsRecord => Refusal::RecordNeeded { records: 0, budget: 0 }.into(),
            NoKey::NotHad { name, version, error } => {
                Self::Fail(Failure::Key { name, version, error })
            }
        }
    }
}
