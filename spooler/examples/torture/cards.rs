// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cards, in a program that is never killed. Each reader is a connection: while it lasts, cards are put
//! on it one after the other, and what lies there when it ends goes back to the others.

use std::io;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cardwright::transport::{ReplyBuf, Transport};

use crate::link::{self, Link};
use crate::operator::{Lying, Mishap, Operator};
use crate::shared::{Failure, SOCKET};

/// How long a card takes for an exchange, at least. Real ones take ten times that.
const PACE: Duration = Duration::from_millis(1);

/// How long a card that is going off its reader is waited for.
const PATIENCE: u32 = 500;

/// Serves until it is told that that is all.
pub(crate) fn serve(folder: &Path, seed: u64) -> Result<(), Failure> {
    let operator = Arc::new(Mutex::new(Operator::new(folder, seed)?));
    let listener = UnixListener::bind(folder.join(SOCKET))?;
    let ended = Arc::new(Mutex::new(false));
    for stream in listener.incoming() {
        if *locked(&ended) {
            return Ok(());
        }
        let reader = Reader {
            link: Link::over(stream?),
            operator: Arc::clone(&operator),
            lying: None,
            before: None,
            exchanges: 0,
            again: false,
        };
        let (folder, ended) = (folder.to_owned(), Arc::clone(&ended));
        std::thread::spawn(move || {
            let all = reader.serve(&folder);
            *locked(&ended) |= all;
            // Lets the loop see it.
            let _seen = all.then(|| Link::to(&folder));
        });
    }
    Ok(())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection.
struct Reader {
    link: Link,
    operator: Arc<Mutex<Operator>>,
    lying: Option<Lying>,
    /// The card that lies there, as it was when it was put on.
    before: Option<Vec<u8>>,
    exchanges: u64,
    again: bool,
}

impl Reader {
    /// Whether that was all there is to do for this program.
    fn serve(mut self, folder: &Path) -> bool {
        while let Ok((word, rest)) = self.link.hear() {
            if word == link::END {
                return self.end(folder).is_ok();
            }
            // An error cuts the connection, as the far end does when it is killed.
            if self.answer(word, &rest).is_err() {
                break;
            }
        }
        self.take_off();
        false
    }

    fn answer(&mut self, word: u8, rest: &[u8]) -> io::Result<()> {
        let text = str::from_utf8(rest).unwrap_or_default();
        match word {
            link::NEXT => self.next(text),
            link::APDU => self.exchange(rest),
            link::UID => match &self.lying {
                Some(lying) => self.link.say(link::YES, lying.card.uid().expose()),
                None => self.link.say(link::NO, &[]),
            },
            link::AGAIN => {
                self.again = true;
                self.link.say(link::YES, &[])
            }
            link::LINE => {
                locked(&self.operator).keep_line(rest)?;
                self.link.say(link::YES, &[])
            }
            link::LOOK => self.look(text),
            link::SPOIL => {
                locked(&self.operator).spoil(text);
                self.link.say(link::YES, &[])
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn take_off(&mut self) {
        let Some(lying) = self.lying.take() else { return };
        let changed = self.before.take().is_none_or(|before| before != *lying.card.save());
        locked(&self.operator).take_off(lying, changed);
    }

    fn lay_down(&mut self, lying: Option<Lying>) {
        self.before = lying.as_ref().map(|lying| lying.card.save().to_vec());
        self.lying = lying;
        self.exchanges = 0;
    }

    fn next(&mut self, wanted: &str) -> io::Result<()> {
        if core::mem::take(&mut self.again)
            && let Some(lying) = &mut self.lying
        {
            lying.card.reset();
            lying.mishap = None;
        } else {
            self.take_off();
            let next = locked(&self.operator).put_on(wanted);
            self.lay_down(next);
        }
        let Some(lying) = &self.lying else { return self.link.say(link::NO, &[]) };
        let (uid, ats) = (lying.card.uid(), lying.card.ats());
        let shown = [uid.expose(), ats.as_bytes()].concat();
        self.link.say(link::YES, &shown)
    }

    fn exchange(&mut self, command: &[u8]) -> io::Result<()> {
        std::thread::sleep(PACE);
        let at = self.exchanges;
        self.exchanges += 1;
        let mishap = self.lying.as_mut().and_then(|lying| lying.mishap.take_if(|due| due.0 == at));
        let mishap = mishap.map(|(_, mishap)| mishap);
        let gone = || Err(io::ErrorKind::ConnectionAborted.into());
        match mishap {
            Some(Mishap::Pulled) => return gone(),
            Some(Mishap::Swapped) => {
                self.take_off();
                let next = locked(&self.operator).swap();
                self.lay_down(next);
            }
            Some(Mishap::Reset) => {
                if let Some(lying) = &mut self.lying {
                    lying.card.reset();
                }
                return self.link.say(link::RESET, &[]);
            }
            Some(Mishap::PulledAfter) | None => {}
        }
        let Some(lying) = &mut self.lying else { return gone() };
        let mut reply = ReplyBuf::new();
        let answered = lying.card.exchange(command, &mut reply);
        if answered.is_err() || mishap == Some(Mishap::PulledAfter) {
            return gone();
        }
        self.link.say(link::YES, &reply)
    }

    fn look(&mut self, mark: &str) -> io::Result<()> {
        for _ in 0..PATIENCE {
            let found = locked(&self.operator).look(mark);
            if let Some(saved) = found {
                return self.link.say(link::YES, &saved);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        self.link.say(link::NO, &[])
    }

    /// Writes everything down, once no card is on a reader any more.
    fn end(&mut self, folder: &Path) -> Result<(), Failure> {
        self.take_off();
        while !locked(&self.operator).write_down(folder)? {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(self.link.say(link::YES, &[])?)
    }
}
