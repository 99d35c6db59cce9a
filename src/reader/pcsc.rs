// SPDX-License-Identifier: MIT OR Apache-2.0
//! PC/SC readers: which there are, what comes and goes, and the card on one of them.
//!
#![doc = include_str!("../../docs/readers.md")]

mod card;
mod errors;
mod holders;
mod watch;

pub use watch::{Event, Watch};

use core::time::Duration;
use std::ffi::{CStr, CString};
use std::time::Instant;

use pcsc::{Context, ReaderState, Scope, State};

use self::card::PcscCard;
use self::errors::problem;
use super::first::{Field, Silence, settle};
use super::{Names, Reader, ReaderError};
use crate::iso14443::Uid;
use crate::transport::{InField, Transport};

/// How long one look at a reader waits at most, so that nobody waits longer for a worker to stop.
const LOOK: Duration = Duration::from_millis(250);

/// The connection to the service that the readers are reached through.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a handle of the system")]
pub struct Service {
    context: Context,
}

impl Service {
    /// Connects to the service.
    ///
    /// # Errors
    /// [`ReaderError::NoService`] where it does not run.
    pub fn connect() -> Result<Self, ReaderError> {
        let context = Context::establish(Scope::User).map_err(|error| problem("", error))?;
        Ok(Self { context })
    }

    /// The names of the readers, none where none is connected.
    ///
    /// # Errors
    /// [`ReaderError`].
    pub fn readers(&self) -> Result<Vec<String>, ReaderError> {
        Ok(self.names()?.iter().map(|name| shown(name)).collect())
    }

    /// A reader by its name, or by a part of it that no other reader has.
    ///
    /// # Errors
    /// [`ReaderError`] where there is none such, or several.
    pub fn reader(&self, asked: &str) -> Result<PcscReader, ReaderError> {
        let found = self.found(core::slice::from_ref(&asked))?;
        let [(name, shown)] = <[_; 1]>::try_from(found).map_err(|_| ReaderError::NoReader)?;
        Ok(PcscReader::of(self.clone(), name, shown))
    }

    /// The readers of these names, as [`Service::reader`] finds them, by one list of all. Each has
    /// a connection of its own: a call that hangs does not hold up the others.
    ///
    /// # Errors
    /// [`ReaderError`] where there is none such, or several.
    pub fn each_reader(&self, asked: &[impl AsRef<str>]) -> Result<Vec<PcscReader>, ReaderError> {
        let found = self.found(asked)?.into_iter();
        let reader = |(name, shown)| Ok(PcscReader::of(Self::connect()?, name, shown));
        found.map(reader).collect()
    }

    /// The names of the readers that are meant: the service's, and as they are shown.
    fn found(&self, asked: &[impl AsRef<str>]) -> Result<Vec<(CString, String)>, ReaderError> {
        let names = self.names()?;
        let all: Vec<String> = names.iter().map(|name| shown(name)).collect();
        let by_name = Names::of(&all);
        let found = asked.iter().map(|asked| {
            let place = by_name.place(asked.as_ref())?;
            names.get(place).cloned().zip(all.get(place).cloned()).ok_or(ReaderError::NoReader)
        });
        found.collect()
    }

    fn names(&self) -> Result<Vec<CString>, ReaderError> {
        match self.context.list_readers_owned() {
            Err(pcsc::Error::NoReadersAvailable) => Ok(Vec::new()),
            names => names.map_err(|error| problem("", error)),
        }
    }
}

fn shown(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

/// A reader, from one card to the next.
#[expect(missing_debug_implementations, reason = "a handle of the system")]
pub struct PcscReader {
    service: Service,
    name: CString,
    shown: String,
    /// The last card, until it is seen to leave.
    taken: Option<Taken>,
    /// Since when something lies there that gives no answer.
    silence: Silence,
}

impl PcscReader {
    fn of(service: Service, name: CString, shown: String) -> Self {
        Self { service, name, shown, taken: None, silence: Silence::default() }
    }
}

/// What came of taking the card that lies there.
enum Took {
    Card(InField<Box<dyn Transport>>),
    /// It was handed out or turned away before.
    Known,
    /// It gives no answer, or left again.
    Silent,
}

/// A card that was handed out or turned away.
struct Taken {
    /// `None` where it was turned away.
    uid: Option<Uid>,
    /// How many insertions and removals the service had counted then.
    events: u32,
}

impl PcscReader {
    /// Waits until something lies on the reader, and gives the count of insertions and removals.
    fn presence(&self, wait: Duration) -> Result<Option<u32>, ReaderError> {
        let until = Instant::now() + wait;
        let mut known = State::UNAWARE;
        loop {
            let mut states = [ReaderState::new(self.name.clone(), known)];
            let left = until.saturating_duration_since(Instant::now()).min(LOOK);
            match self.service.context.get_status_change(left, &mut states) {
                Ok(()) | Err(pcsc::Error::Timeout) => {}
                Err(error) => return Err(problem(&self.shown, error)),
            }
            let [state] = &states;
            let seen = state.event_state();
            if seen.intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
                return Err(ReaderError::Unplugged { reader: self.shown.clone() });
            }
            // A mute card too: it may have been swapped for one that answers, unseen.
            if seen.contains(State::PRESENT) {
                return Ok(Some(state.event_count()));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            known = seen;
        }
    }

    /// Takes the card that lies there, unless it was handed out or turned away before.
    fn take(&mut self, events: u32) -> Result<Took, ReaderError> {
        if matches!(self.taken, Some(Taken { uid: None, events: then }) if then == events) {
            return Ok(Took::Known);
        }
        let took = self.take_new(events);
        if took.as_ref().is_err_and(ReaderError::is_the_cards) {
            self.taken = Some(Taken { uid: None, events });
        }
        took
    }

    fn take_new(&mut self, events: u32) -> Result<Took, ReaderError> {
        let card = PcscCard::connect(&self.service.context, &self.name, &self.shown)?;
        let Some(mut card) = card else { return Ok(Took::Silent) };
        let shown = card.show_uid(&self.shown)?;
        let spoke = shown.is_some();
        if shown.as_ref().is_some_and(|uid| self.is_taken(uid, events)) {
            return Ok(Took::Known);
        }
        // Powered anew, so that it starts as every card does, whatever the system sent it when it came;
        // a random UID changes.
        let uid = match settle(shown, || card.power_anew(&self.shown))? {
            Field::One(uid) if !spoke && self.is_taken(&uid, events) => return Ok(Took::Known),
            Field::One(uid) => uid,
            Field::Two => return Err(ReaderError::TwoCards { reader: self.shown.clone() }),
            Field::Silent => return Ok(Took::Silent),
        };
        let Ok(ats) = card.show_ats() else { return Ok(Took::Silent) };
        self.taken = Some(Taken { uid: Some(uid.clone()), events });
        Ok(Took::Card(InField { uid, ats, transport: Box::new(card) }))
    }

    /// Whether the card that shows this UID is the one that was handed out last. A random UID is a
    /// new one whenever the card is powered, so there only the service's count tells.
    fn is_taken(&self, uid: &Uid, events: u32) -> bool {
        self.taken.as_ref().is_some_and(|taken| {
            let same = !uid.stays() || taken.uid.as_ref() == Some(uid);
            same && taken.events == events
        })
    }
}

impl Reader for PcscReader {
    fn name(&self) -> &str {
        &self.shown
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Some(events) = self.presence(left)? else {
                self.taken = None;
                self.silence.broken();
                return Ok(None);
            };
            match self.take(events) {
                Ok(Took::Silent) => {
                    if self.silence.lasts(events, Instant::now()) {
                        return Err(ReaderError::Silent { reader: self.shown.clone() });
                    }
                }
                took => {
                    self.silence.broken();
                    if let Took::Card(field) = took? {
                        return Ok(Some(field));
                    }
                }
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            std::thread::sleep(LOOK.min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn hand_out_again(&mut self) {
        self.taken = None;
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        // A connection whose service was started again stays dead, and may call itself valid.
        let names = match self.service.names() {
            Err(ReaderError::NoService) => {
                self.service = Service::connect()?;
                self.service.names()?
            }
            names => names?,
        };
        match names.contains(&self.name) {
            true => Ok(()),
            false => Err(ReaderError::Unplugged { reader: self.shown.clone() }),
        }
    }
}
