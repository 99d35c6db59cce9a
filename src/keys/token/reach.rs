// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token that is reached again where it went away.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::session::Session;
use zeroize::Zeroizing;

use super::crew::Crew;
use super::error::TokenError;
use super::fault::Fault;
use super::link::{Found, Link, find};
use super::login::{Identity, may_try};
use super::module::{LetsGo, Module, locked, within};
use super::pin::{Pin, PinSource};
use super::uri::{Fits, TokenUri};
use crate::key::{KeyError, Operation};

/// One token, and how long it may take.
#[derive(Debug)]
pub(super) struct Reach {
    module: Arc<Module>,
    fits: Fits,
    pub(super) identity: Identity,
    /// It was taken once.
    pin: Option<Arc<Pin>>,
    limit: Duration,
    way: Mutex<Way>,
    changed: Condvar,
    /// The last to be dropped.
    _lets_go: LetsGo,
}

#[derive(Debug)]
struct Way {
    crew: Option<Arc<Crew>>,
    /// Of which epoch the last one was.
    epoch: u64,
    /// Somebody looks for the token.
    looking: bool,
}

/// How often a token may go away that was found again, before a call gives up.
const LOSSES: usize = 3;

impl Reach {
    /// Opens a token. The PIN is asked for where it wants one, however long that takes.
    pub(super) fn open(
        uri: &TokenUri,
        pin: &PinSource,
        limit: Duration,
    ) -> Result<Self, TokenError> {
        let (files, fits) = (uri.module_files(), uri.fits().clone());
        let slow = || TokenError::Slow(limit);
        let lets_go = LetsGo;
        let look = {
            let fits = fits.clone();
            move || {
                let module = Module::load(&files)?;
                let found = look(&module, &fits)?;
                if found.login {
                    may_try(&found.identity, found.flags)?;
                }
                Ok::<_, TokenError>((module, found))
            }
        };
        let (module, found) = within(limit, look).ok_or_else(slow)??;
        let pin = match found.login && !found.keypad {
            true => Some(Arc::new(secret(pin.read(&found.identity.label)?))),
            false => None,
        };
        let epoch = module.epoch();
        let reach = Self {
            module,
            fits,
            identity: found.identity.clone(),
            pin,
            limit,
            way: Mutex::new(Way { crew: None, epoch, looking: false }),
            changed: Condvar::new(),
            _lets_go: lets_go,
        };
        // A person at a keypad takes longer than a token.
        let login = if found.keypad { limit.saturating_add(KEYPAD) } else { limit };
        let (link, first) = within(login, reach.connecting(Instant::now().checked_add(login)))
            .ok_or_else(slow)??;
        locked(&reach.way).crew = Some(Crew::new(link, first));
        Ok(reach)
    }

    /// Looks for the token, and opens it; who is late does not log in any more.
    fn connecting(
        &self,
        until: Option<Instant>,
    ) -> impl FnOnce() -> Result<(Link, Session), TokenError> + Send + use<> + 'static {
        let (module, fits) = (Arc::clone(&self.module), self.fits.clone());
        let (identity, pin) = (self.identity.clone(), self.pin.clone());
        move || {
            let epoch = module.epoch();
            let inside = module.enter(epoch).map_err(|_| TokenError::Away)?;
            let found = find(&inside, &fits)?;
            if found.identity != identity {
                return Err(TokenError::NoToken { labels: vec![found.identity.label] });
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Err(TokenError::Away);
            }
            Link::open(&module, epoch, &inside, &found, pin.as_ref())
        }
    }

    /// Has something done by the token, and waits for the token where it went away, as long as the limit.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        operation: Operation,
        work: impl Fn(&Session, &Link) -> Result<T, Fault> + Clone + Send + 'static,
    ) -> Result<T, KeyError> {
        let until = Instant::now().checked_add(self.limit).ok_or(KeyError::TimedOut)?;
        let (mut losses, mut stale) = (0_usize, false);
        loop {
            let crew = self.crew(until)?;
            match crew.ask(until, work.clone()) {
                Ok(done) => return Ok(done),
                Err(Fault::Gone) => {
                    self.lose(&crew);
                    losses += 1;
                    if losses >= LOSSES {
                        return Err(KeyError::Away);
                    }
                }
                Err(Fault::Stale) if !stale => {
                    crew.link.forget();
                    stale = true;
                }
                Err(Fault::Stale) => return Err(KeyError::NotThere),
                Err(Fault::Sessions) if Instant::now() < until => thread::sleep(PAUSE),
                Err(Fault::Sessions | Fault::Late) => return Err(KeyError::TimedOut),
                Err(Fault::Cannot) => return Err(KeyError::Cannot(operation)),
                Err(Fault::Key(error)) => return Err(error),
                Err(Fault::Other(why)) => {
                    tracing::warn!(why, "the token refused");
                    return Err(KeyError::Refused);
                }
            }
        }
    }

    fn lose(&self, lost: &Arc<Crew>) {
        lost.lose();
        let mut way = locked(&self.way);
        if way.crew.as_ref().is_some_and(|crew| Arc::ptr_eq(crew, lost)) {
            way.crew = None;
            way.epoch = lost.link.epoch;
            tracing::warn!(token = self.identity.label, "the token went away");
        }
    }

    /// The way to the token; who comes first looks for it, the others wait.
    fn crew(&self, until: Instant) -> Result<Arc<Crew>, KeyError> {
        let mut way = locked(&self.way);
        loop {
            if let Some(crew) = &way.crew {
                return Ok(Arc::clone(crew));
            }
            if !way.looking {
                break;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(KeyError::Away);
            }
            let waited = self.changed.wait_timeout(way, left);
            way = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        way.looking = true;
        let epoch = way.epoch;
        drop(way);
        let found = self.look_again(epoch, until);
        let mut way = locked(&self.way);
        way.looking = false;
        way.epoch = self.module.epoch();
        if let Ok(crew) = &found {
            way.crew = Some(Arc::clone(crew));
            tracing::info!(token = self.identity.label, "the token is back");
        }
        drop(way);
        self.changed.notify_all();
        found
    }

    /// Begins the module anew and looks for the token, again and again.
    fn look_again(&self, mut epoch: u64, until: Instant) -> Result<Arc<Crew>, KeyError> {
        let mut pause = PAUSE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let (module, connecting) = (Arc::clone(&self.module), self.connecting(Some(until)));
            let tried = within(left, move || {
                // What ends in an error here does so again below, and is told there.
                let _begun = module.anew(epoch, until);
                connecting()
            });
            match tried {
                None => return Err(KeyError::Away),
                Some(Ok((link, first))) => return Ok(Crew::new(link, first)),
                Some(Err(
                    TokenError::WrongPin
                    | TokenError::OtherPin
                    | TokenError::RefusedBefore
                    | TokenError::FinalTry
                    | TokenError::Locked
                    | TokenError::Expired
                    | TokenError::NoUserPin,
                )) => return Err(KeyError::Refused),
                Some(Err(error)) => tracing::debug!(%error, "the token is not back"),
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(KeyError::Away);
            }
            thread::sleep(pause.min(left));
            pause = pause.saturating_mul(2);
            epoch = self.module.epoch();
        }
    }
}

impl Drop for Reach {
    fn drop(&mut self) {
        if let Some(crew) = locked(&self.way).crew.take() {
            crew.close();
        }
    }
}

fn look(module: &Module, fits: &Fits) -> Result<Found, TokenError> {
    let inside = module.enter(module.epoch()).map_err(|_| TokenError::Away)?;
    find(&inside, fits)
}

/// The PIN itself; no copy stays behind.
fn secret(mut pin: Zeroizing<String>) -> Pin {
    Pin::new(core::mem::take(&mut *pin))
}

/// How long a person may take at a keypad.
const KEYPAD: Duration = Duration::from_secs(60);
/// How long is waited before the next try.
const PAUSE: Duration = Duration::from_millis(100);
