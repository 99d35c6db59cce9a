// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ctrl-C and kill: the first finishes the cards in hand, the second ends the run at once.

use std::collections::BTreeMap;
use std::error::Error;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::say::say;

/// The exit status of a run that was ended at once: the shell's for one that SIGINT ended.
const AT_ONCE: i32 = 130;

/// How long what is said of a signal may take, where nobody reads standard error any more.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Whether the run is to stop, and what is in hand meanwhile.
#[derive(Default)]
pub(crate) struct Interrupt {
    stopped: AtomicBool,
    /// The record that each reader has, or asks for a card for.
    in_hand: Mutex<BTreeMap<String, String>>,
}

impl Interrupt {
    /// Listens from here on.
    pub(crate) fn listen() -> Result<Arc<Self>, Box<dyn Error>> {
        let interrupt = Arc::new(Self::default());
        let handler = Arc::clone(&interrupt);
        ctrlc::set_handler(move || handler.signalled())?;
        Ok(interrupt)
    }

    /// Whether no further card is to be begun.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// A reader has this record in hand.
    pub(crate) fn begin(&self, reader: &str, record: &str) {
        self.lock().insert(reader.to_owned(), record.to_owned());
    }

    /// What a reader had in hand is over, and its receipt is written.
    pub(crate) fn end(&self, reader: &str) {
        self.lock().remove(reader);
    }

    fn signalled(self: &Arc<Self>) {
        let again = self.is_stopped();
        let (said, wait) = mpsc::channel();
        let interrupt = Arc::clone(self);
        thread::spawn(move || {
            if again {
                interrupt.last_words();
            } else {
                say("stopping after the cards in hand; another Ctrl-C ends the run at once");
            }
            let _nobody = said.send(());
        });
        // Said before anything comes of it, so that what the run says last stays last.
        let _late = wait.recv_timeout(LAST_WORDS);
        if again {
            process::exit(AT_ONCE);
        }
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn last_words(&self) {
        for (reader, record) in &*self.lock() {
            say(&format!(
                "record {record}: what became of its card, if one came to {reader}, is unknown; \
                 present the same card again"
            ));
        }
        say("ended at once; what is not done can be encoded by another run");
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
