// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the stations and who leads them know: the books, the profile and its keys.

use std::error::Error;
use std::sync::Arc;

use cardwright::{Job, KeyFile, Profile};
use cardwright_spooler::store::Postgres;
use cardwright_spooler::{Spooler, Tenant, TenantKey};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

pub(crate) fn profile() -> Result<Profile, Failure> {
    Ok(Profile::parse(include_str!("../../../examples/data/profiles/door.toml"))?)
}

pub(crate) fn job() -> Result<Arc<Job>, Failure> {
    let keys = KeyFile::parse(include_str!("../../../examples/data/test-keys.toml"))?;
    Ok(Arc::new(Job::new(profile()?, &keys)?))
}

/// The books of one round.
pub(crate) fn open(tenant: &str, connection: &str) -> Result<Spooler, Failure> {
    let store = Arc::new(Postgres::connect(connection)?);
    Ok(Spooler::new(store, Tenant::new(tenant, TenantKey::new([0x5A; 32]))))
}
