// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a configuration comes to once its files, its store and its readers are there.

use core::time::Duration;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cardwright::encode::{Permission, PermissionError, Task};
use cardwright::keys::Purpose;
use cardwright::profile::Day;
use cardwright::station::Deadlines;
use cardwright::{Job, Profile};

use super::files::{make_tenant_key, secret, tenant_key};
use super::keys::Stores;
use super::{Config, Mistakes, ProfileOf};
use crate::flow::{Deed, Mark, Rules};
use crate::rows::Store;
use crate::service::api::{App, Limits};
use crate::service::auth::{Token, Tokens};
use crate::service::engine::{Engine, Setup};
use crate::service::hopper::Hopper;
use crate::spooler::Spooler;
use crate::tenant::{Tenant, TenantKey};

/// What a service is made of, before anything has begun.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// The books.
    pub spooler: Spooler,
    /// The station.
    pub setup: Setup,
    /// Who puts cards on readers of software.
    pub hoppers: Vec<Hopper>,
    /// Who may ask.
    pub tokens: Tokens,
    /// How much.
    pub limits: Limits,
    behind_tls: bool,
}

/// What comes from elsewhere than the file.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "the program's arguments")]
pub struct Sources {
    /// Another store than the file says.
    pub store: Option<String>,
}

impl Config {
    /// Opens everything that it names.
    ///
    /// # Errors
    /// [`Mistakes`], all that there are.
    pub fn open(&self, sources: &Sources) -> Result<Opened, Mistakes> {
        let mut mistakes = Vec::new();
        let key = tenant_key(&self.beside(&self.tenant.key));
        let key = key.map_err(|more| mistakes.extend(more)).ok();
        let jobs = self.jobs(&mut mistakes);
        let tokens = self.tokens(&mut mistakes);
        let (readers, hoppers) = self.make_readers(&mut mistakes);
        let store = sources.store.as_deref().unwrap_or(&self.store);
        let store =
            self.store(store).map_err(|error| mistakes.push(format!("store: {error}"))).ok();
        let (Some(key), Some(store), true) = (key, store, mistakes.is_empty()) else {
            return Err(Mistakes(mistakes));
        };
        let limits = self.limits();
        let mut setup = Setup::new(&self.station);
        setup.jobs = jobs;
        setup.readers = readers;
        setup.lease = self.lease_seconds.map(Duration::from_secs);
        setup.lot.clone_from(&self.lot);
        setup.deadlines = Some(self.deadlines());
        Ok(Opened {
            spooler: Spooler::new(store, self.tenant(key.clone())),
            setup,
            hoppers,
            tokens: Tokens::new(tokens, limits.second, key),
            limits,
            behind_tls: self.behind_tls,
        })
    }

    /// Makes the file of a tenant's key.
    ///
    /// # Errors
    /// In words.
    pub fn make_tenant_key(path: &Path) -> Result<(), String> {
        make_tenant_key(path)
    }

    fn tenant(&self, key: TenantKey) -> Tenant {
        let usual = Rules::default();
        let rules = Rules {
            most_tries: self.tenant.most_tries.unwrap_or(usual.most_tries),
            second_person: self.tenant.second_person.iter().copied().map(Deed::from).collect(),
        };
        let tenant = Tenant::new(&self.tenant.name, key).with_rules(rules);
        let days = self.tenant.retention_days;
        let retention = days.map(|days| Duration::from_secs(days.saturating_mul(86_400)));
        retention.into_iter().fold(tenant, Tenant::with_retention)
    }

    fn deadlines(&self) -> Deadlines {
        let usual = Deadlines::default();
        let or = |seconds: Option<u64>, usual| seconds.map_or(usual, Duration::from_secs);
        Deadlines {
            usual: or(self.deadlines.usual, usual.usual),
            slow: or(self.deadlines.slow, usual.slow),
            look: or(self.deadlines.look, usual.look),
        }
    }

    fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            body: self.limits.body_bytes.unwrap_or(usual.body),
            orders: self.limits.orders.unwrap_or(usual.orders),
            second: self.limits.requests_per_second.unwrap_or(usual.second),
            answer: self.limits.answer_seconds.map_or(usual.answer, Duration::from_secs),
            connections: self.limits.connections.unwrap_or(usual.connections),
            streams: self.limits.streams.unwrap_or(usual.streams),
        }
    }

    fn tokens(&self, mistakes: &mut Vec<String>) -> Vec<Token> {
        let mut tokens = Vec::new();
        for token in &self.tokens {
            match Mark::parse(&token.sha256) {
                Some(Mark(sha256)) => tokens.push(Token {
                    name: token.name.clone(),
                    rights: token.rights.clone(),
                    sha256,
                }),
                None => mistakes.push(format!(
                    "[[token]] {:?}: sha256 has 64 hexadecimal digits; cardwright-spooler token prints them",
                    token.name
                )),
            }
        }
        tokens
    }

    fn jobs(&self, mistakes: &mut Vec<String>) -> Vec<Arc<Job>> {
        let mut jobs: BTreeMap<String, Arc<Job>> = BTreeMap::new();
        let mut opened = Stores::default();
        for (number, profile) in (1..).zip(&self.profiles) {
            match self.job(profile, &mut opened) {
                Ok(job) => {
                    let name = job.profile().name().to_owned();
                    if jobs.insert(name.clone(), Arc::new(job)).is_some() {
                        mistakes.push(format!(
                            "[[profile]] {number}: a profile {name:?} stands there already"
                        ));
                    }
                }
                Err(more) => mistakes
                    .extend(more.into_iter().map(|error| format!("[[profile]] {number}: {error}"))),
            }
        }
        jobs.into_values().collect()
    }

    fn job(&self, of: &ProfileOf, opened: &mut Stores) -> Result<Job, Vec<String>> {
        let one = |error: String| vec![error];
        let path = self.beside(&of.file);
        let shown = path.display();
        let text =
            std::fs::read_to_string(&path).map_err(|error| one(format!("{shown}: {error}")))?;
        let profile = Profile::parse(&text).map_err(|error| one(format!("{shown}: {error}")))?;
        let keys = self.keys(of, opened).map_err(one)?;
        let task = of.job.as_deref().map_or(Ok(Task::default()), str::parse);
        let task = task.map_err(|error: cardwright::encode::TaskError| one(error.to_string()))?;
        let job = Job::making(profile, &*keys).with_task(task).make();
        let mut job = job.map_err(|error| one(error.to_string()))?;
        job.is_for(&self.tenant.name).map_err(|error| one(error.to_string()))?;
        for (key, version, ways) in job.ways() {
            let ways: Vec<_> = ways.iter().map(ToString::to_string).collect();
            tracing::info!(key, version = version.0, ways = ways.join(", "), "a key is elsewhere");
        }
        if let Some(permission) = &of.permission {
            job = permitted(job, &self.beside(permission)).map_err(one)?;
        }
        let mut allowed = Vec::new();
        for name in &of.allow {
            let option = name.parse();
            allowed.push(
                option.map_err(|error: cardwright::encode::OneWayError| one(error.to_string()))?,
            );
        }
        job = job.allowing(&allowed);
        match job.missing_allowance() {
            Some(option) => Err(one(format!(
                "the profile does what cannot be undone: write allow = [\"{}\"] where that is meant",
                option.name()
            ))),
            None => Ok(job),
        }
    }

    /// Opens the books. What a server's address says besides may be a password, and is not repeated.
    fn store(&self, store: &str) -> Result<Arc<dyn Store>, String> {
        if store.starts_with("postgres://") || store.starts_with("postgresql://") {
            return server(store, self.plain_store_beyond_loopback);
        }
        if store.contains("://") || store.contains(['@', '=']) {
            let words =
                "a store is a file, or a server as postgres://… or postgresql://…; this is neither";
            return Err(words.to_owned());
        }
        file(&self.beside(Path::new(store)))
    }
}

/// The job with the permission of a file, as it is today.
fn permitted(job: Job, path: &Path) -> Result<Job, String> {
    let (text, open) = secret(path)?;
    let told = |error: PermissionError| format!("{}: {error}", path.display());
    let permission = Permission::parse(&text).map_err(told)?;
    if let Some(open) = open.filter(|_| permission.purpose() != Purpose::Test) {
        return Err(open);
    }
    let today = Day::of_clock(SystemTime::now())
        .ok_or("the clock tells no day by which a permission could be judged: set it")?;
    job.permitted(permission, today).map_err(told)
}

#[cfg(feature = "postgres")]
fn server(address: &str, beyond: bool) -> Result<Arc<dyn Store>, String> {
    if !beyond && !crate::store::Postgres::stays_here(address) {
        let words = "the server is on another machine, and the connection is plain: who may do what, and whose \
                     cards are lost, would go over the network for anyone to read and change. Lead it through a \
                     tunnel to 127.0.0.1; or write plain_store_beyond_loopback = true where the network is yours \
                     alone";
        return Err(words.to_owned());
    }
    let store = crate::store::Postgres::connect(address);
    store.map(|store| Arc::new(store) as _).map_err(|error| error.to_string())
}

#[cfg(not(feature = "postgres"))]
fn server(_address: &str, _beyond: bool) -> Result<Arc<dyn Store>, String> {
    Err("a server needs the feature postgres: build with --features postgres".to_owned())
}

#[cfg(feature = "sqlite")]
fn file(path: &Path) -> Result<Arc<dyn Store>, String> {
    let store = crate::store::Sqlite::open(path);
    store.map(|store| Arc::new(store) as _).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(not(feature = "sqlite"))]
fn file(_path: &Path) -> Result<Arc<dyn Store>, String> {
    Err("a file needs the feature sqlite: build with --features sqlite".to_owned())
}

impl Opened {
    /// Begins.
    ///
    /// # Errors
    /// In words, where the system has no thread left.
    pub fn start(self) -> Result<App, String> {
        let Self { spooler, setup, hoppers, tokens, limits, behind_tls } = self;
        let engine = Engine::start(spooler, setup)?;
        for hopper in hoppers {
            hopper.start(&engine)?;
        }
        let app = App::new(engine, tokens, limits);
        Ok(if behind_tls { app.behind_tls() } else { app })
    }
}
