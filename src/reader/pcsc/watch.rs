// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes and goes: readers, and cards on them.

use core::time::Duration;
use std::collections::{BTreeSet, VecDeque};
use std::ffi::CString;
use std::time::Instant;

use pcsc::{PNP_NOTIFICATION, ReaderState, State};

use super::errors::problem;
use super::{Service, shown};
use crate::reader::ReaderError;

/// How often the list of readers is looked at where the platform reports no arrivals.
const POLL: Duration = Duration::from_secs(1);

/// Something came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A reader was there from the start, or was plugged in.
    ReaderArrived {
        /// Its name.
        reader: String,
    },
    /// A reader was unplugged.
    ReaderLeft {
        /// Its name.
        reader: String,
    },
    /// A card came.
    CardInserted {
        /// The reader that it lies on.
        reader: String,
        /// Its answer to reset.
        atr: Vec<u8>,
    },
    /// A card left.
    CardRemoved {
        /// The reader that it lay on.
        reader: String,
    },
}

/// Follows readers and cards. What is there at the start counts as arrived.
#[expect(missing_debug_implementations, reason = "a handle of the system")]
pub struct Watch {
    service: Service,
    readers: Vec<Watched>,
    news: VecDeque<Event>,
}

struct Watched {
    name: CString,
    state: State,
    present: bool,
}

impl Service {
    /// Follows what comes and goes from now on.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch { service: self.clone(), readers: Vec::new(), news: VecDeque::new() }
    }
}

impl Watch {
    /// The next event; `None` where nothing came or went in this time.
    ///
    /// # Errors
    /// [`ReaderError`]. After [`ReaderError::NoService`] start again with a new service.
    pub fn next(&mut self, wait: Duration) -> Result<Option<Event>, ReaderError> {
        let until = Instant::now() + wait;
        loop {
            // What one listing found is told before the next.
            if let Some(event) = self.news.pop_front() {
                return Ok(Some(event));
            }
            self.list()?;
            if let Some(event) = self.news.pop_front() {
                return Ok(Some(event));
            }
            let left = until.saturating_duration_since(Instant::now());
            self.look(left.min(POLL))?;
            if let Some(event) = self.news.pop_front() {
                return Ok(Some(event));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
        }
    }

    /// Takes down which readers came and went.
    fn list(&mut self) -> Result<(), ReaderError> {
        let names = self.service.names()?;
        let news = &mut self.news;
        let there: BTreeSet<&CString> = names.iter().collect();
        self.readers.retain(|watched| {
            let stays = there.contains(&watched.name);
            if !stays {
                news.push_back(Event::ReaderLeft { reader: shown(&watched.name) });
            }
            stays
        });
        let known: BTreeSet<CString> =
            self.readers.iter().map(|watched| watched.name.clone()).collect();
        for name in names {
            if !known.contains(&name) {
                self.news.push_back(Event::ReaderArrived { reader: shown(&name) });
                self.readers.push(Watched { name, state: State::UNAWARE, present: false });
            }
        }
        Ok(())
    }

    /// Waits for a change on any reader, or of their list where the platform reports it.
    fn look(&mut self, wait: Duration) -> Result<(), ReaderError> {
        let known = self.readers.iter();
        let mut states: Vec<_> =
            known.map(|watched| ReaderState::new(watched.name.clone(), watched.state)).collect();
        states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        match self.service.context.get_status_change(wait, &mut states) {
            Ok(()) => {}
            // A reader that went meanwhile is missed when they are listed again.
            Err(pcsc::Error::Timeout | pcsc::Error::UnknownReader) => return Ok(()),
            Err(error) => return Err(problem("", error)),
        }
        for (watched, state) in self.readers.iter_mut().zip(&states) {
            let seen = state.event_state();
            let present = seen.contains(State::PRESENT);
            let reader = shown(&watched.name);
            if present && !watched.present {
                self.news.push_back(Event::CardInserted { reader, atr: state.atr().to_vec() });
            } else if !present && watched.present {
                self.news.push_back(Event::CardRemoved { reader });
            }
            watched.present = present;
            watched.state = seen;
        }
        Ok(())
    }
}
