// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may do what: tokens with rights, of which only hashes are kept, and sessions of the page, which are
//! nothing but chance and a token's name under a MAC of the tenant's key, and the list of those that were ended
//! early.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::seal::{SealError, random_name};
use crate::tenant::TenantKey;

/// How long a session of the page lasts: a shift.
const SESSION: u64 = 12 * 60 * 60;

/// What a token may be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "each route names one")]
pub enum Right {
    /// Put orders, withdraw them, and take receipts.
    Put,
    /// See orders, the station and figures.
    See,
    /// Do what an operator does.
    Operate,
    /// Erase orders.
    Erase,
    /// Stock, the list to block, and what people did.
    Administer,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Put, Self::See, Self::Operate, Self::Erase, Self::Administer];

    /// Its name, as the configuration has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::See => "see",
            Self::Operate => "operate",
            Self::Erase => "erase",
            Self::Administer => "administer",
        }
    }
}

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write it")]
pub struct Token {
    /// Whose it is, by a name that says nothing of a person: it stands in what people did.
    pub name: String,
    /// What it is good for.
    pub rights: Vec<Right>,
    /// SHA-256 of the token.
    pub sha256: [u8; 32],
}

impl Token {
    /// A token of 256 random bits, and what is kept of it.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn make(
        name: impl Into<String>,
        rights: &[Right],
    ) -> Result<(Zeroizing<String>, Self), SealError> {
        let bytes = Zeroizing::new(random_name()?);
        let text = Zeroizing::new(format!("cw_{}", hex::encode(*bytes)));
        let sha256 = Sha256::digest(text.as_bytes()).into();
        Ok((text, Self { name: name.into(), rights: rights.to_vec(), sha256 }))
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Who {
    /// The token's name.
    pub name: Arc<str>,
    rights: Arc<[Right]>,
    /// Which of the tokens.
    at: usize,
}

impl Who {
    /// Whether they have one of these rights.
    #[must_use]
    pub fn may(&self, any: &[Right]) -> bool {
        any.iter().any(|right| self.rights.contains(right))
    }
}

/// How many requests a token has at once, and how many come back in a second.
#[derive(Debug, Clone, Copy)]
struct Pace {
    most: f64,
    second: f64,
}

/// What is left of a pace.
#[derive(Debug)]
struct Bucket {
    left: f64,
    since: Instant,
}

impl Bucket {
    /// Takes one, or says after how many seconds there is one again.
    fn take(&mut self, pace: Pace) -> Result<(), u32> {
        let now = Instant::now();
        let back = now.duration_since(self.since).as_secs_f64() * pace.second;
        self.left = (self.left + back).min(pace.most);
        self.since = now;
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        let wait = ((1.0 - self.left) / pace.second).ceil().clamp(1.0, 3600.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 3600"
        )]
        Err(wait as u32)
    }
}

/// The tokens that are known.
#[derive(Debug)]
pub struct Tokens {
    tokens: Vec<Token>,
    who: Vec<Who>,
    /// What each has left, and behind them whoever is not known.
    buckets: Mutex<Vec<Bucket>>,
    pace: Pace,
    /// To how many streams more each may listen.
    streams: Vec<Arc<Semaphore>>,
    /// The sessions that were ended before their time, by their cookies' MACs, and until when they would
    /// have lasted. This process knows them; whoever starts another one ends no session by that.
    ended: Mutex<BTreeMap<[u8; 32], u64>>,
    key: TenantKey,
}

/// Somebody listens to a stream for as long as there is this.
pub(super) type Listens = OwnedSemaphorePermit;

/// A session of the page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Session {
    /// Who.
    pub who: Who,
    /// What forms of theirs carry.
    pub proof: String,
}

/// What a cookie says.
struct Opened<'a> {
    who: &'a Who,
    until: u64,
    own: [u8; 32],
    mac: [u8; 32],
}

impl Tokens {
    /// These tokens, each with so many requests in a second and twice as many at once; they listen to nothing
    /// yet. Sessions hang on the tenant's key.
    #[must_use]
    pub fn new(tokens: Vec<Token>, second: u32, key: TenantKey) -> Self {
        let one = |(at, token): (usize, &Token)| {
            let rights = token.rights.clone().into();
            Who { name: token.name.as_str().into(), rights, at }
        };
        let who: Vec<Who> = tokens.iter().enumerate().map(one).collect();
        let second = f64::from(second.max(1));
        let pace = Pace { most: second * 2.0, second };
        let full = |_| Bucket { left: pace.most, since: Instant::now() };
        let buckets = Mutex::new((0..=who.len()).map(full).collect());
        let ended = Mutex::default();
        Self { tokens, who, buckets, pace, streams: Vec::new(), ended, key }
    }

    /// Each may listen to so many streams at once.
    pub(super) fn with_streams(self, most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS);
        let streams = self.who.iter().map(|_| Arc::new(Semaphore::new(most))).collect();
        Self { streams, ..self }
    }

    /// Lets somebody listen to one stream more, where they may.
    pub(super) fn listen(&self, who: &Who) -> Option<Listens> {
        Arc::clone(self.streams.get(who.at)?).try_acquire_owned().ok()
    }

    /// Whose token this is. Each is looked at, whichever it is.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Who> {
        // Nobody has none, whatever a file says.
        if token.is_empty() {
            return None;
        }
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut found = None;
        for (one, who) in self.tokens.iter().zip(&self.who) {
            if bool::from(one.sha256.ct_eq(&hash)) {
                found = Some(who);
            }
        }
        found.cloned()
    }

    /// Counts a request of theirs, or of somebody who is not known.
    ///
    /// # Errors
    /// After how many seconds there is room for another one.
    pub fn count(&self, who: Option<&Who>) -> Result<(), u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let at = who.map_or(self.who.len(), |who| who.at);
        buckets.get_mut(at).map_or(Ok(()), |bucket| bucket.take(self.pace))
    }

    /// What a browser keeps of a token: which it is, until when, what tells this session from others that
    /// began in the same second, and a MAC over them and the token's hash.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn cookie(&self, who: &Who) -> Result<String, SealError> {
        let (until, own) = (now() + SESSION, random_name()?);
        let mac = self.mac("session", who, until, &own);
        Ok(format!("{}.{until}.{}.{}", who.at, hex::encode(own), hex::encode(mac)))
    }

    fn mac(&self, kind: &str, who: &Who, until: u64, own: &[u8; 32]) -> [u8; 32] {
        let hash = self.tokens.get(who.at).map(|token| token.sha256).unwrap_or_default();
        let text = [&hash[..], &until.to_be_bytes(), own, who.name.as_bytes()].concat();
        self.key.name(kind, &text)
    }

    /// Whose session a cookie is.
    #[must_use]
    pub fn session(&self, cookie: &str) -> Option<Session> {
        let Opened { who, until, own, mac } = self.opened(cookie)?;
        if self.ended().contains_key(&mac) {
            return None;
        }
        Some(Session { who: who.clone(), proof: hex::encode(self.mac("proof", who, until, &own)) })
    }

    /// Ends the session of a cookie, whoever has a copy of it.
    pub fn end(&self, cookie: &str) {
        let Some(Opened { until, mac, .. }) = self.opened(cookie) else { return };
        let mut ended = self.ended();
        let now = now();
        ended.retain(|_, until| *until > now);
        let _before = ended.insert(mac, until);
    }

    /// What a cookie says, where it is one of this service's and its time is not over.
    fn opened(&self, cookie: &str) -> Option<Opened<'_>> {
        let mut parts = cookie.split('.');
        let (at, until) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse().ok()?);
        let (mut own, mut said) = ([0; 32], [0; 32]);
        hex::decode_to_slice(parts.next()?, &mut own).ok()?;
        hex::decode_to_slice(parts.next()?, &mut said).ok()?;
        let who = self.who.get(at)?;
        let mac = self.mac("session", who, until, &own);
        let same = bool::from(mac.ct_eq(&said)) && parts.next().is_none();
        (same && until > now()).then_some(Opened { who, until, own, mac })
    }

    fn ended(&self) -> MutexGuard<'_, BTreeMap<[u8; 32], u64>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a session lasts, in seconds.
    #[must_use]
    pub const fn lasts() -> u64 {
        SESSION
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
