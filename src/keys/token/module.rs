// SPDX-License-Identifier: MIT OR Apache-2.0
//! Modules: loaded once for the process, begun anew where what is behind them went away.

use core::fmt;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::RvError;

use super::error::TokenError;
use super::fault::{Fault, returned};

/// A module. Nobody calls it but inside of its gate, so that it is never begun anew under a call.
pub(super) struct Module {
    client: Pkcs11,
    gate: Mutex<Gate>,
    changed: Condvar,
}

struct Gate {
    /// How often it was begun anew: sessions and handles are of one epoch.
    epoch: u64,
    inside: usize,
    closing: bool,
}

/// Those that this process has, by their files. They stay loaded.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many threads work for [`within`], those that nobody waits for any more too.
static AT_WORK: Mutex<usize> = Mutex::new(0);
static LESS_AT_WORK: Condvar = Condvar::new();

/// One of them.
struct AtWork;

impl AtWork {
    fn begins() -> Self {
        let mut threads = locked(&AT_WORK);
        *threads = threads.saturating_add(1);
        Self
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut threads = locked(&AT_WORK);
        *threads = threads.saturating_sub(1);
        LESS_AT_WORK.notify_all();
    }
}

/// Does some work in a thread of its own and waits so long for it. What comes later is dropped.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, waiting) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("token".to_owned());
    let at_work = AtWork::begins();
    let works = move || {
        // Who does not wait any longer gets no answer.
        let _sent = done.send(work());
        drop(at_work);
    };
    let _thread = thread.spawn(works).ok()?;
    waiting.recv_timeout(limit).ok()
}

/// Whoever drops it waits a little for work that nobody waits for any more: a process that ends in the middle of
/// a call would end in the module.
#[derive(Debug)]
pub(super) struct LetsGo;

impl Drop for LetsGo {
    fn drop(&mut self) {
        let _waited = LESS_AT_WORK.wait_timeout_while(locked(&AT_WORK), PATIENCE, |work| *work > 0);
    }
}

/// How long is waited for calls that nobody needs any more.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

impl Module {
    /// The module of the first of these files that there is.
    pub(super) fn load(files: &[PathBuf]) -> Result<Arc<Self>, TokenError> {
        let Some(file) = files.iter().find(|file| file.is_file()) else {
            return Err(TokenError::NoModule { tried: files.to_vec() });
        };
        let file = file.canonicalize().unwrap_or_else(|_| file.clone());
        let failed = |error: cryptoki::error::Error| TokenError::Module {
            file: file.clone(),
            why: error.to_string(),
        };
        let mut modules = locked(&MODULES);
        if let Some(module) = modules.get(&file) {
            return Ok(Arc::clone(module));
        }
        let client = Pkcs11::new(&file).map_err(failed)?;
        begin(&client).map_err(failed)?;
        let gate = Mutex::new(Gate { epoch: 0, inside: 0, closing: false });
        let module = Arc::new(Self { client, gate, changed: Condvar::new() });
        modules.insert(file.clone(), Arc::clone(&module));
        Ok(module)
    }

    /// Which epoch this is.
    pub(super) fn epoch(&self) -> u64 {
        locked(&self.gate).epoch
    }

    /// Goes in, to call the module; what is of another epoch is gone.
    pub(super) fn enter(&self, epoch: u64) -> Result<Inside<'_>, Fault> {
        let mut gate = locked(&self.gate);
        while gate.closing {
            gate = self.changed.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
        if gate.epoch != epoch {
            return Err(Fault::Gone);
        }
        gate.inside = gate.inside.saturating_add(1);
        drop(gate);
        Ok(Inside(self))
    }

    /// Begins the module anew, unless somebody did so since this epoch. It waits for calls that are
    /// inside until then.
    pub(super) fn anew(&self, epoch: u64, until: Instant) -> Result<(), Fault> {
        let mut gate = locked(&self.gate);
        if gate.epoch != epoch || gate.closing {
            return Ok(());
        }
        gate.closing = true;
        while gate.inside > 0 {
            let left = until.saturating_duration_since(Instant::now());
            let waited = self.changed.wait_timeout(gate, left);
            let (now, time) = waited.unwrap_or_else(PoisonError::into_inner);
            gate = now;
            if time.timed_out() && gate.inside > 0 {
                gate.closing = false;
                drop(gate);
                self.changed.notify_all();
                return Err(Fault::Late);
            }
        }
        drop(gate);
        // One that cannot end is not begun either, and says so when it is begun.
        let _ended = self.client.clone().finalize();
        let begun = begin(&self.client);
        let mut gate = locked(&self.gate);
        gate.closing = false;
        gate.epoch = gate.epoch.saturating_add(1);
        drop(gate);
        self.changed.notify_all();
        Ok(begun?)
    }
}

fn begin(client: &Pkcs11) -> Result<(), cryptoki::error::Error> {
    match client.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Err(error) if returned(&error) == Some(&RvError::CryptokiAlreadyInitialized) => Ok(()),
        begun => begun,
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Module")
    }
}

/// Whoever has it may call the module.
pub(super) struct Inside<'m>(&'m Module);

impl Inside<'_> {
    pub(super) const fn client(&self) -> &Pkcs11 {
        &self.0.client
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut gate = locked(&self.0.gate);
        gate.inside = gate.inside.saturating_sub(1);
        drop(gate);
        self.0.changed.notify_all();
    }
}
