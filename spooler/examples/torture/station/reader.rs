// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reader whose cards are in another program.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cardwright::iso14443::{Ats, Uid};
use cardwright::reader::{Reader, ReaderError};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright_spooler::flow::Mark;

use super::End;
use crate::link::{self, Link};
use crate::toll::Point;

/// How long until somebody looks for a card again.
const LOOK: Duration = Duration::from_millis(10);

/// The bytes of a UID; what follows them is the answer to select.
const UID: usize = 7;

/// What is known of a reader outside its thread.
pub(super) struct Hand {
    pub(super) name: String,
    /// The card that its order asks for.
    wanted: Mutex<String>,
    /// Its card may be changed now.
    changing: AtomicBool,
}

impl Hand {
    pub(super) fn new(name: &str) -> Self {
        let (wanted, changing) = (Mutex::default(), AtomicBool::new(false));
        Self { name: name.to_owned(), wanted, changing }
    }

    pub(super) fn wants(&self, card: Option<Mark>) {
        let card = card.map(|card| card.to_string()).unwrap_or_default();
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = card;
    }

    pub(super) fn may_change(&self) {
        self.changing.store(true, Ordering::SeqCst);
    }

    fn wanted(&self) -> String {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A reader at the far end of a connection. Where that is cut, the card was pulled.
pub(super) struct CardReader {
    folder: PathBuf,
    hand: Arc<Hand>,
    end: Arc<End>,
    link: Option<Link>,
}

impl CardReader {
    pub(super) fn new(folder: &Path, hand: Arc<Hand>, end: Arc<End>) -> Self {
        Self { folder: folder.to_owned(), hand, end, link: None }
    }

    fn ask(&mut self, word: u8, rest: &[u8]) -> Option<(u8, Vec<u8>)> {
        let answer = self.link.as_mut()?.ask(word, rest);
        if answer.is_err() {
            self.link = None;
        }
        answer.ok()
    }

    /// What the next card shows of itself.
    fn put_on(&mut self) -> Result<Option<(Uid, Ats)>, ReaderError> {
        let unplugged = || ReaderError::Unplugged { reader: self.hand.name.clone() };
        if self.link.is_none() {
            self.link = Some(Link::to(&self.folder).map_err(|_| unplugged())?);
        }
        self.hand.changing.store(false, Ordering::SeqCst);
        let wanted = self.hand.wanted();
        let Some((link::YES, shown)) = self.ask(link::NEXT, wanted.as_bytes()) else {
            return Ok(None);
        };
        let shown = shown.split_at_checked(UID);
        Ok(shown.and_then(|(uid, ats)| Some((Uid::from_bytes(uid).ok()?, Ats::new(ats).ok()?))))
    }
}

impl Reader for CardReader {
    fn name(&self) -> &str {
        &self.hand.name
    }

    fn next_card(
        &mut self,
        wait: Duration,
    ) -> Result<Option<InField<Box<dyn Transport + '_>>>, ReaderError> {
        let began = Instant::now();
        loop {
            if let Some((uid, ats)) = self.put_on()? {
                let transport: Box<dyn Transport + '_> = Box::new(self);
                return Ok(Some(InField::new(uid, transport).with_ats(ats)));
            }
            if began.elapsed() >= wait {
                return Ok(None);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn hand_out_again(&mut self) {
        let _answer = self.ask(link::AGAIN, &[]);
    }

    fn recover(&mut self) -> Result<(), ReaderError> {
        Ok(())
    }
}

impl Transport for CardReader {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        reply.clear();
        let answer = self.ask(link::APDU, command);
        if self.hand.changing.load(Ordering::SeqCst) {
            self.end.here(Point::Half);
        }
        match answer {
            Some((link::YES, answer)) if answer.len() < 2 => Err(LinkError::NoStatusWord),
            Some((link::YES, answer)) => {
                reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
            }
            Some((link::RESET, _)) => Err(LinkError::CardReset),
            Some(_) | None => Err(LinkError::CardRemoved),
        }
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        match self.ask(link::UID, &[]) {
            Some((link::YES, uid)) => Ok(Uid::from_bytes(&uid).ok()),
            Some(_) | None => Err(LinkError::CardRemoved),
        }
    }

    fn is_software(&self) -> bool {
        true
    }
}
