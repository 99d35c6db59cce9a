// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reader that software cards are put on: for tests, for trying things out, and for an embedder's first
//! program.

pub(super) mod presentation;

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::soft_card::SoftCard;
use crate::iso14443::Uid;
use crate::reader::{Reader, ReaderError};
use crate::transport::{InField, LinkError, ReplyBuf, Transport};

use self::presentation::{Lying, Presentation};

/// A reader on which software cards are put, one after the other.
///
/// Each card lies there until it was handed out, and then on its pile ([`Feed::presented`]), in the state
/// that it was left in. With nothing to put on, the reader waits as one of the system's does.
///
/// ```
/// use core::time::Duration;
///
/// use cardwright::emulator::{Model, Presentation, SoftCard, SoftReader};
/// use cardwright::iso14443::RealUid;
/// use cardwright::reader::Reader;
///
/// let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
/// let card = SoftCard::new(Model::Ev2_8k, uid, 1);
/// let mut reader = SoftReader::new("tray");
/// // From any thread, also while the reader waits for a card.
/// let feed = reader.feed();
/// feed.put(Presentation::of(card).pulled(12));
/// let card = reader.next_card(Duration::from_secs(1))?;
/// assert!(card.is_some());
/// drop(card);
/// assert!(reader.next_card(Duration::ZERO)?.is_none());
/// assert_eq!(feed.presented().len(), 1);
/// # Ok::<(), cardwright::reader::ReaderError>(())
/// ```
pub struct SoftReader {
    name: String,
    feed: Feed,
    /// How long each exchange takes.
    pace: Duration,
}

/// The way to put cards on a [`SoftReader`], from any thread. Clones are of the same reader.
#[derive(Clone)]
pub struct Feed(Arc<Shared>);

#[derive(Default)]
struct Shared {
    tray: Mutex<Tray>,
    fed: Condvar,
}

#[derive(Default)]
struct Tray {
    next: VecDeque<Next>,
    /// What was handed out last, once it was given back.
    lying: Option<Lying>,
    presented: Vec<SoftCard>,
}

impl Tray {
    fn take_off(&mut self) {
        self.presented.extend(self.lying.take().into_iter().flat_map(Lying::cards));
    }
}

/// A card that is handed out.
struct Handed {
    feed: Feed,
    /// Until it is given back.
    lying: Option<Lying>,
}

/// What comes next.
enum Next {
    Card(Box<Presentation>),
    Trouble(ReaderError),
}

impl SoftReader {
    /// A reader of this name, with nothing on it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), feed: Feed(Arc::default()), pace: Duration::ZERO }
    }

    /// These cards come first, each as it is, or as a [`Presentation`] says.
    #[must_use]
    pub fn with_cards<P>(self, cards: impl IntoIterator<Item = P>) -> Self
    where
        P: Into<Presentation>,
    {
        for card in cards {
            self.feed.put(card);
        }
        self
    }

    /// Each exchange takes so long. Without, it takes what the machine takes; what it would take on the
    /// air is [`SoftCard::clock`].
    #[must_use]
    pub const fn with_pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// The way to put cards on it.
    #[must_use]
    pub fn feed(&self) -> Feed {
        self.feed.clone()
    }
}

impl Feed {
    /// Puts a card on the reader, behind those that wait to be put on.
    pub fn put(&self, card: impl Into<Presentation>) {
        self.push(Next::Card(Box::new(card.into())));
    }

    /// Has the reader tell this once, instead of a card.
    pub fn trouble(&self, error: ReaderError) {
        self.push(Next::Trouble(error));
    }

    fn push(&self, next: Next) {
        self.lock().next.push_back(next);
        self.0.fed.notify_all();
    }

    /// Takes the card off that lies on the reader, as it is otherwise when the next one is asked for. One
    /// that somebody speaks with stays.
    pub fn take_off(&self) {
        self.lock().take_off();
    }

    /// Takes the cards that lay on the reader and are off again, in the order in which they did.
    #[must_use]
    pub fn presented(&self) -> Vec<SoftCard> {
        core::mem::take(&mut self.lock().presented)
    }

    /// How many cards wait to be put on.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().next.len()
    }

    fn lock(&self) -> MutexGuard<'_, Tray> {
        self.0.tray.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What comes next, if anything does in this time.
    fn next(&self, wait: Duration) -> Option<Next> {
        let until = Instant::now().checked_add(wait);
        let mut tray = self.lock();
        loop {
            if let Some(next) = tray.next.pop_front() {
                return Some(next);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.unwrap_or(Duration::MAX);
            if left.is_zero() {
                return None;
            }
            let waited = self.0.fed.wait_timeout(tray, left);
            tray = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Reader for SoftReader {
    fn name(&self) -> &str {
        &self.name
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        self.feed.take_off();
        match self.feed.next(wait) {
            None => Ok(None),
            Some(Next::Trouble(error)) => Err(error),
            Some(Next::Card(card)) => {
                let lying = card.lie_down(self.pace);
                let (uid, ats) = lying.shows();
                let handed = Handed { feed: self.feed.clone(), lying: Some(lying) };
                let transport: Box<dyn Transport + '_> = Box::new(handed);
                Ok(Some(InField::new(uid, transport).with_ats(ats)))
            }
        }
    }

    fn hand_out_again(&mut self) {
        let mut tray = self.feed.lock();
        if let Some(lying) = tray.lying.take() {
            let (before, again) = lying.again();
            tray.presented.extend(before);
            tray.next.push_front(Next::Card(Box::new(again)));
        }
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        Ok(())
    }
}

/// What lies there is taken off.
impl Drop for SoftReader {
    fn drop(&mut self) {
        self.feed.take_off();
    }
}

impl Transport for Handed {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.lying.as_mut().ok_or(LinkError::CardRemoved)?.exchange(command, reply)
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.lying.as_mut().ok_or(LinkError::CardRemoved)?.uid_in_field()
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// It lies there until somebody takes it off.
impl Drop for Handed {
    fn drop(&mut self) {
        self.feed.lock().lying = self.lying.take();
    }
}

impl fmt::Debug for SoftReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftReader").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}
